import PumpHAL
import PumpPlant
import Testing

@Suite("Pharmacokinetics")
struct PharmacokineticsTests {
  private func agree(_ row: Pharmacokinetics.Row, _ expected: [Double]) -> Bool {
    zip([row.depot, row.central, row.second, row.third], expected).allSatisfy {
      abs($0 - $1) <= 1e-12 * abs($1)
    }
  }

  @Test("The transition over one second equals the published decimals to 1e-12")
  func transition() {
    let patient = Pharmacokinetics(DrugParameters())
    #expect(agree(patient.depotRow, [9.9944459873685809e-01, 0, 0, 0]))
    #expect(
      agree(
        patient.centralRow,
        [
          5.5440279039109682e-04, 9.9640724583771978e-01, 7.9685711785862378e-04,
          1.3951252068783671e-04,
        ]))
    #expect(
      agree(
        patient.secondRow,
        [
          4.9609384231900384e-07, 1.7849599440033169e-03, 9.9920242077097843e-01,
          1.2483072385593613e-07,
        ]))
    #expect(
      agree(
        patient.thirdRow,
        [
          2.4347840820406882e-07, 8.7613862991961435e-04, 3.4997185081039236e-07,
          9.9986029750217087e-01,
        ]))
    #expect(
      agree(
        patient.input,
        [
          2.7770063157094661e-04, 7.7053720319444844e-08, 4.5953578511634497e-11,
          2.2552365116107902e-11,
        ]))
  }

  @Test("A patient of half the mass reaches twice the level at the same dose")
  func bodyMass() {
    var drug = DrugParameters()
    var adult = Pharmacokinetics(drug)
    drug.bodyMass = 35
    var child = Pharmacokinetics(drug)
    for _ in 0..<7200 {
      adult.advance(mass: 0.001)
      child.advance(mass: 0.001)
    }
    #expect(abs(child.plasma / adult.plasma - 2) < 1e-9)
  }

  @Test("Allometric clearance grows with the 0.75th power of body mass")
  func allometry() {
    var drug = DrugParameters()
    drug.isAllometric = true
    drug.bodyMass = 70 * 16
    drug.secondVolume = 0
    drug.thirdVolume = 0
    var patient = Pharmacokinetics(drug)
    for _ in 0..<(40 * 3600) { patient.advance(mass: 0.01) }
    // 16^0.75 is 8.
    #expect(abs(patient.plasma - 36 / (84.0 * 8) * 1000) < 0.01)
  }
}
