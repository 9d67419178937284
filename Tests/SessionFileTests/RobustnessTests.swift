import SessionFile
import Testing

@Suite struct RobustnessTests {
  private static let lines = """
    title: Extremes
    patient: { mass: PATIENT }
    drug: { name: ketamine, indication: cancer-pain, concentration: CONCENTRATION }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - loading: DOSE over TIME
      - basal: RATE for TIME
      - basal: RATE for TIME
      - change: { syringe: bd-plastipak-1, fill: 1 mL, concentration: CONCENTRATION }
      - basal: RATE for TIME
    patientBolus: { dose: DOSE, lockout: 5 min, maximum: 12 per h }
    limits: { dose: [RATE] }
    events:
      - { at: 1 min, operator: clinician, action: titrate, to: RATE }
      - { at: 1 min, operator: clinician, action: clinician-bolus, dose: DOSE, over: 1 s }
      - { at: TIME, operator: nurse, action: change-syringe, syringe: terumo-60, fill: 60 mL, \
    concentration: CONCENTRATION }
    """

  @Test(
    "The largest and smallest values that can be written are mistakes, not crashes",
    arguments: [
      ("1000 kg", "1000 mg/mL", "1000 g", "1000 g/ms", "30 d"),
      ("300 kg", "0.001 mg/mL", "1000 g", "1000 g/10 ms", "30 d"),
      ("300 kg", "0.001 mg/mL", "1 g/kg", "1 g/kg/10 ms", "30 d"),
      ("300 kg", "1000 mg/mL", "10 L", "10 L/10 ms", "30 d"),
      ("1 kg", "1000 mg/mL", "0.000001 mg", "0.000001 mg/30 d", "1 min"),
      ("1 kg", "0.001 mg/mL", "0.000000001 mL", "0.000000001 mL/366 d", "1 min"),
      ("300 kg", "999.999999 mg/mL", "999.999999999 g", "999999999.999 µg/kg/h", "29 d 23 h"),
    ])
  func extremes(
    values: (
      patient: String, concentration: String, dose: String, rate: String, time: String
    )
  ) throws {
    let text = Self.lines.replacing("PATIENT", with: values.patient)
      .replacing("CONCENTRATION", with: values.concentration)
      .replacing("DOSE", with: values.dose).replacing("RATE", with: values.rate)
      .replacing("TIME", with: values.time)
    let error = try #require(Fixture.refusal(of: text))
    #expect(error.kind == .refused)
    #expect(error.mistakes.count >= 2)
  }

  @Test("A file in which bytes have been changed at random is read or refused, never a crash")
  func mutations() throws {
    let paths = [Fixture.good("everything.yaml"), Fixture.example("ketamine-24h.yaml")]
    let originals = try paths.map { try SessionDescription(contentsOf: $0).source }
    let replacements = Array("&*{}[]:,-?|>'\"%!#@\t\n 0129.eEnµ/".utf8) + [0, 0xC2, 0xFF]
    var random = Congruential(state: 1)
    var refused = 0
    let count = 400
    for round in 0..<count {
      var bytes = originals[round % originals.count]
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = replacements[random.below(replacements.count)]
        case 1: bytes.remove(at: place)
        default: bytes.insert(replacements[random.below(replacements.count)], at: place)
        }
      }
      let error = Fixture.refusal { () throws(SessionFileError) in
        _ = try SessionDescription(bytes: bytes, name: "session.yaml")
      }
      guard let error else { continue }
      refused += 1
      let lines = bytes.count(where: { $0 == 0x0A }) + 1
      #expect(!error.mistakes.isEmpty)
      #expect(error.mistakes.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 })
    }
    // Most changes fall on something that counts; some on comments and digits.
    #expect(refused > count / 2)
  }
}

/// Knuth's linear congruential generator: the same numbers on every machine.
private struct Congruential {
  var state: UInt64
  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
