import Procedures
import Story
import Testing

@Suite("Uncertainty before a measurement")
struct UncertaintyTests {
  /// A balance with a last digit of 0.1 mg and as much repeatability, over water.
  private var balance: MeasuringMeans {
    var means = MeasuringMeans(.balance, digitMillilitres: 1e-4)
    means.repeatabilityMillilitres = 1e-4
    means.gainPercent = 0.1
    means.driftMillilitresPerHour = 0.001
    return means
  }

  @Test("The uncertainty of a volume is that of its parts, by hand")
  func parts() {
    // Two readings of √(0.1²/12 + 0.1²) µL, 1 µL/h of drift over 2 min, 0.1 % of 33.33 µL; twice.
    let reading = (1e-8 / 12 + 1e-8).squareRoot()
    let drift = 0.001 / 30
    let gain = 0.001 / 30
    let expected = 2 * (2 * reading * reading + drift * drift + gain * gain).squareRoot()
    let ours = balance.expandedMillilitres(of: 1.0 / 30, minutes: 2)
    #expect(abs(ours - expected) < 1e-12)
    #expect(
      abs(balance.expandedPercent(millilitresPerHour: 1, minutes: 2) - 100 * expected * 30) < 1e-9)
  }

  @Test("A window is told the better the longer and the faster; a gain is not")
  func growth() {
    let short = balance.expandedPercent(millilitresPerHour: 1, minutes: 2)
    let long = balance.expandedPercent(millilitresPerHour: 1, minutes: 31)
    let fast = balance.expandedPercent(millilitresPerHour: 10, minutes: 2)
    #expect(short > 3 * long && short > 3 * fast)
    #expect(long > 0.2 && fast > 0.2)
  }

  @Test("A balance that cannot tell is refused with what would do, and what would do does")
  func refusal() throws {
    var coarse = MeasuringMeans(.balance, digitMillilitres: 0.01)
    coarse.repeatabilityMillilitres = 0.01
    let budget = UncertaintyBudget(
      coarse, millilitresPerHour: 0.1, windows: [2, 31], periodMinutes: 60, within: 5)
    let refusal = try #require(budget.refusal)
    #expect(refusal.contains("±29.44 %"), "\(refusal)")
    #expect(refusal.contains("an analysis period of 600 min"), "\(refusal)")
    #expect(refusal.contains("a rate of 1 mL/h") && refusal.contains("10 times finer"))
    let faster = UncertaintyBudget(
      coarse, millilitresPerHour: 1, windows: [2, 31], periodMinutes: 60, within: 5)
    #expect(faster.refusal == nil)
    // The mean can be told then, the window of 2 min cannot.
    #expect(faster.lines.map(\.isEnough) == [true, false, false])
  }

  @Test("Where the evaporation is what is not known, a longer rest is what would do")
  func evaporation() throws {
    var means = MeasuringMeans(.balance, digitMillilitres: 1e-4)
    means.driftMillilitresPerHour = 0.04
    let budget = UncertaintyBudget(
      means, millilitresPerHour: 0.05, windows: [2], periodMinutes: 60, within: 5)
    let refusal = try #require(budget.refusal)
    #expect(refusal.contains("watch the vessel longer") && !refusal.contains("times finer"))
  }

  @Test("A bolus that is lost in the readings is refused")
  func bolus() {
    var coarse = MeasuringMeans(.balance, digitMillilitres: 0.01)
    coarse.repeatabilityMillilitres = 0.01
    let small = UncertaintyBudget(
      coarse, of: "one bolus", millilitres: 0.02, minutes: 6, within: 5)
    #expect(small.refusal?.contains("a volume of at least") == true)
    let large = UncertaintyBudget(
      coarse, of: "one bolus", millilitres: 2, minutes: 6, within: 5)
    #expect(large.refusal == nil)
  }
}

@Suite("A vessel at rest on a balance")
struct RestTests {
  private func masses(_ count: Int, perSecond: Double, noise: Double = 0) -> [WeighedMass] {
    (0..<count).map { index in
      let off = index.isMultiple(of: 2) ? noise : -noise
      return WeighedMass(
        nanoseconds: 5_000_000_000 + UInt64(index) * 1_000_000_000,
        grams: 50 + perSecond * Double(index) + off, digitGrams: 1e-4)
    }
  }

  @Test("Evaporation is the slope of the readings, repeatability what is left about it")
  func slope() throws {
    let found = try RestFinding(masses(301, perSecond: -0.02 / 3600, noise: 1e-4))
    #expect(abs(found.evaporationGramsPerHour - 0.02) < 1e-4)
    #expect(abs(found.repeatabilityGrams - 1e-4) < 2e-6)
    // s / √Σ(t − t̄)² for 301 readings a second apart.
    let squares = Double(301 * (301 * 301 - 1)) / 12
    #expect(abs(found.evaporationUncertainty - 3600e-4 / squares.squareRoot()) < 2e-5)
    #expect(found.seconds == 300 && found.count == 301)
  }

  @Test("Readings that are all the same still leave the doubt of the last digit")
  func rounding() throws {
    let found = try RestFinding(masses(61, perSecond: 0))
    #expect(found.repeatabilityGrams < 1e-9)
    #expect(found.evaporationUncertainty > 0)
  }

  @Test("Fewer than ten readings are refused, with what to do")
  func tooFew() {
    #expect {
      _ = try RestFinding(masses(9, perSecond: 0))
    } throws: { "\($0)".contains("9 readings") && "\($0)".contains("--rest") }
  }
}
