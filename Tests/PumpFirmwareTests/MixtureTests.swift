// @relation(R-009, R-028, R-030, R-031, R-033, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

/// Ketamine (library number 1) 10 mg/mL and morphine (2) 2 mg/mL in one syringe.
extension Rig {
  mutating func enterMixture(
    basal: Int64 = 6_000_000, bolus: Dose? = Dose(5_000_000, .mass), second: Int64 = 2_000_000,
    secondCaps: [(CapWindow, Int64)] = [], caps: [(CapWindow, Int64)] = [],
    secondLimits: (rate: Int64, bolus: Int64, loading: Int64)? = (4_000_000, 5_000_000, 5_000_000),
    phases: [ProgrammePhase]? = nil, number: UInt16 = 2
  ) {
    run(600)
    enterPrescription(
      phases: phases ?? [.basal(Dose(basal, .mass), for: .hours(12))], concentration: 10_000_000,
      bolus: bolus, caps: caps, flow: 5_000_000, occlusion: 71_994, keepOpen: 0,
      libraryRate: 70_000_000, fill: .millilitres(20))
    setSecond(second, number: number)
    if let secondLimits {
      tick(
        .setDrugLimits(
          index: 1, doseRate: DoseRate(nanogramsPerHour: secondLimits.rate),
          bolus: Mass(nanograms: secondLimits.bolus),
          loading: Mass(nanograms: secondLimits.loading)))
    }
    for (window, cap) in secondCaps {
      tick(.setDoseCap(index: 1, window: window, cap: Mass(nanograms: cap)))
    }
  }

  mutating func setSecond(_ nanogramsPerMillilitre: Int64, number: UInt16 = 2) {
    tick(
      .setDrug(
        index: 1, number: number,
        concentration: Concentration(nanogramsPerMillilitre: nanogramsPerMillilitre)))
  }

  /// What `confirm` says to a mixture.
  static func confirming(_ enter: (inout Rig) -> Void) -> CommandResult {
    var rig = Rig()
    enter(&rig)
    return rig.tick(.confirm(phaseCount: 1)).result
  }

  static func infusingMixture(
    secondCaps: [(CapWindow, Int64)] = [], caps: [(CapWindow, Int64)] = []
  ) -> Rig {
    var rig = Rig()
    rig.enterMixture(secondCaps: secondCaps, caps: caps)
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    return rig
  }
}

@Suite("Two drugs in one syringe")
struct MixtureTests {
  /// Mass of morphine in so many microsteps of the 20 mL syringe at 2 mg/mL, ng, by itself:
  /// 285.023 mm² × 250 nm × 2 mg/mL.
  private static let morphinePerStep = 285.023e-6 * 250e-9 * 1e6 * 2e6

  @Test("R-031: stop, wait, start, bolus, basal never passes the cap of the second drug")
  func secondCapBites() {
    let cap = 2_500_000.0
    var rig = Rig.infusingMixture(
      secondCaps: [(.oneHour, 2_500_000)], caps: [(.oneHour, 25_000_000)])
    var given: [Int64] = []
    func run(_ rig: inout Rig, minutes: Int) {
      for _ in 0..<minutes * 60 {
        rig.run(100)
        given.append(rig.motor)
      }
    }
    run(&rig, minutes: 40)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    run(&rig, minutes: 35)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedDoseCap)
    #expect(rig.tick(.stop, by: .nurse).result == .accepted)
    run(&rig, minutes: 10)
    #expect(rig.tick(.start, by: .nurse).result == .accepted)
    run(&rig, minutes: 1)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedDoseCap)
    run(&rig, minutes: 16)
    // The first bolus began more than an hour and a bin ago.
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    run(&rig, minutes: 20)
    var highest = 0.0
    for end in given.indices {
      let before = end >= 3600 ? given[end - 3600] : 0
      highest = max(highest, Double(given[end] - before) * Self.morphinePerStep)
    }
    #expect(highest <= cap)
    // 1.2 mg of basal and 1.0 mg of bolus lie in the fullest hour.
    #expect(abs(highest - 2_200_000) < 25_000)
    #expect(rig.last.mode == .infusing)
  }

  @Test("R-028: a second drug without room stops the basal although the leading one has room")
  func basalReachesSecondCap() {
    var rig = Rig.infusingMixture(secondCaps: [(.oneHour, 1_250_000)])
    rig.run(minutes: 2)
    // A titration is checked against the library, not against what was given: caps stop it.
    #expect(
      rig.tick(.titrate(dose: Dose(18_000_000, .mass), per: .hours(1))).result == .accepted)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    let ticks = rig.run(atMost: 200_000) { $0.signals.contains(.doseCapReached) }
    // 0.04 mg in 2 min, then 3.6 mg/h: 1.21 mg take 20.2 min.
    #expect(abs(Double(ticks ?? 0) / 6000 - 20.17) < 0.1)
    #expect(rig.last.mode == .alarmStop)
    let counted = rig.controller.telemetry.second?.countedInHour.nanograms ?? 0
    #expect(counted <= 1_250_000 && counted > 1_249_000)
  }

  @Test("A mixture is refused for what either of its drugs does not allow")
  func refusals() {
    #expect(Rig.confirming { $0.enterMixture() } == .accepted)
    #expect(
      Rig.confirming { $0.enterMixture(secondCaps: [(.oneHour, 1_199_000)]) } == .refusedDoseCap)
    #expect(Rig.confirming { $0.enterMixture(secondCaps: [(.oneHour, 1_200_000)]) } == .accepted)
    #expect(Rig.confirming { $0.enterMixture(secondCaps: [(.day, 14_300_000)]) } == .refusedDoseCap)
    #expect(
      Rig.confirming { $0.enterMixture(secondLimits: (1_199_999, 5_000_000, 5_000_000)) }
        == .refusedLibrary)
    #expect(
      Rig.confirming { $0.enterMixture(secondLimits: (1_200_000, 999_999, 5_000_000)) }
        == .refusedLibrary)
    #expect(
      Rig.confirming { $0.enterMixture(secondLimits: (1_200_000, 1_000_000, 5_000_000)) }
        == .accepted)
    #expect(
      Rig.confirming {
        $0.enterMixture(
          secondLimits: (4_000_000, 5_000_000, 999_999),
          phases: [.loading(Dose(5_000_000, .mass), over: .minutes(15))])
      } == .refusedLibrary)
    #expect(Rig.confirming { $0.enterMixture(secondLimits: nil) } == .refusedIncomplete)
    #expect(Rig.confirming { $0.enterMixture(number: 1) } == .refusedRange)
  }

  @Test("A drug beyond the second, or of no possible concentration, is refused at once")
  func ranges() {
    var rig = Rig()
    rig.enterMixture()
    let some = Concentration(nanogramsPerMillilitre: 1_000_000)
    #expect(rig.tick(.setDrug(index: 2, number: 3, concentration: some)).result == .refusedRange)
    #expect(rig.tick(.setDrug(index: 0, number: 1, concentration: .zero)).result == .refusedRange)
    #expect(rig.tick(.setDrug(index: 1, number: 3, concentration: .zero)).result == .accepted)
    #expect(
      rig.tick(.setDoseCap(index: 2, window: .day, cap: Mass(nanograms: 1))).result
        == .refusedRange)
  }

  @Test("The account has both drugs, as their concentrations are")
  func account() throws {
    var rig = Rig.infusingMixture()
    rig.run(minutes: 10)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 20)
    let telemetry = rig.controller.telemetry
    let second = try #require(telemetry.second)
    #expect(abs(telemetry.dispensedMass.nanograms - 8_000_000) < 2000)
    #expect(abs(second.dispensed.nanograms * 5 - telemetry.dispensedMass.nanograms) <= 10)
    #expect(abs(second.bolus.nanograms - 1_000_000) <= 200)
    #expect(second.dispensed == second.loading + second.basal + second.bolus)
    // Counted in whole steps of 143 ng, each rounded up; a microstep may be under way.
    #expect(abs(second.countedInHour.nanograms - second.dispensed.nanograms) <= 200)
  }

  @Test("R-030: the history of both drugs survives a power loss, never smaller")
  func historySurvives() throws {
    var rig = Rig.infusingMixture(secondCaps: [(.oneHour, 3_000_000)])
    rig.run(minutes: 70)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 3)
    let before = rig.controller.telemetry
    var next = Rig(memory: rig.memory)
    next.run(600)
    let after = next.controller.telemetry
    let (old, new) = (try #require(before.second), try #require(after.second))
    #expect(new.countedInHour >= old.countedInHour && new.countedInDay >= old.countedInDay)
    // A portion of 10 µL at 2 mg/mL is 0.02 mg, a bin of the hour as much, the mark's unit 256 ng.
    #expect(new.countedInHour.nanograms - old.countedInHour.nanograms < 45_000)
    #expect(new.countedInDay.nanograms - old.countedInDay.nanograms < 25_000)
    #expect(abs(new.dispensed.nanograms - old.dispensed.nanograms) < 25_000)
    next.tick(.acknowledge, by: .nurse)
    next.tick(.answerResume(isResuming: true), by: .nurse)
    next.tick(.start, by: .nurse)
    next.run(10)
    #expect(next.last.mode == .infusing)
    #expect(next.controller.secondMassPerStep == rig.controller.secondMassPerStep)
  }

  @Test("R-033: a syringe with another mixture carries what was counted over, in mg of each drug")
  func otherMixture() throws {
    var rig = Rig.infusingMixture()
    rig.run(minutes: 30)
    let before = try #require(rig.controller.telemetry.second)
    rig.tick(.stop)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(20)))
    rig.setSecond(4_000_000)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    rig.tick(.start)
    rig.run(minutes: 30)
    let after = try #require(rig.controller.telemetry.second)
    // 0.6 mg from the first syringe, 1.2 mg from the second.
    #expect(abs(before.dispensed.nanograms - 600_000) < 1000)
    #expect(abs(after.dispensed.nanograms - 1_800_000) < 2000)
    #expect(abs(after.countedInHour.nanograms - 1_800_000) < 3000)
    #expect(abs(rig.controller.telemetry.dispensedMass.nanograms - 6_000_000) < 2000)
  }

  @Test("A syringe without the second drug keeps its history and adds nothing to it")
  func leftOut() throws {
    var rig = Rig.infusingMixture(secondCaps: [(.oneHour, 1_300_000)])
    rig.run(minutes: 20)
    rig.tick(.stop)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(20)))
    rig.setSecond(0)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    let before = try #require(rig.controller.telemetry.second)
    rig.tick(.start)
    rig.run(minutes: 20)
    #expect(rig.controller.telemetry.second == before)
    // An hour after the first syringe began, its first bins leave the window.
    rig.run(minutes: 30)
    let later = try #require(rig.controller.telemetry.second)
    #expect(later.countedInHour < before.countedInHour)
    #expect(later.countedInDay == before.countedInDay)
  }

  @Test("R-009: what kept the vein open stays in the account of both drugs with the next syringe")
  func keptOpen() throws {
    var rig = Rig()
    rig.enterMixture(phases: [.basal(Dose(6_000_000, .mass), for: .minutes(2))])
    rig.tick(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 5_000_000), occlusion: Pressure(pascals: 71_994),
        keepOpen: FlowRate(nanolitresPerHour: 100_000)))
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    rig.run(atMost: 20_000) { $0.mode == .keepOpen }
    rig.run(minutes: 10)
    rig.tick(.stop)
    let (first, second) = try (
      rig.controller.telemetry, #require(rig.controller.telemetry.second)
    )
    // 0.02 mL of basal and 0.1 mL/h for 10 min, of 2 mg/mL.
    #expect(abs(second.basal.nanograms - 73_333) < 500)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(19)))
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    let after = rig.controller.telemetry
    #expect(abs((after.basalMass - first.basalMass).nanograms) < 10)
    #expect(try abs((#require(after.second).basal - second.basal).nanograms) < 10)
  }

  @Test("A history belongs to its drug: another drug needs a new patient")
  func otherDrug() {
    var rig = Rig.infusingMixture()
    rig.run(minutes: 5)
    rig.tick(.stop)
    rig.setSecond(1_000_000, number: 3)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .refusedHistory)
    // The memory knows the drugs as well.
    rig.run(200)
    var next = Rig(memory: rig.memory)
    next.run(600)
    next.tick(.answerResume(isResuming: false), by: .nurse)
    next.enterMixture(number: 3)
    #expect(next.tick(.confirm(phaseCount: 1)).result == .accepted)
    #expect(next.controller.secondHistory.drug == 3)
  }

  @Test("A mark tells the second drug's total from the newest bin on", arguments: 0..<200)
  func marks(_ number: Int) {
    var generator = SystemRandomNumberGenerator()
    let portion: Int64 = 256 * 65_536
    let known = Int64.random(in: 0...1 << 50, using: &generator)
    let since = Int64.random(in: 0...(1 << 23 - 2) * portion, using: &generator)
    let mark = JournalMark(
      delivered: -Int64(number), total: .max, secondTotal: known + since, phase: 16,
      phaseDone: 1 << 40)
    let entry = mark.entry(sequence: 7)
    #expect(entry.isWhole && JournalMark(entry) == mark)
    let told = JournalMark(entry).secondTotal(atLeast: known)
    #expect(told >= known + since && told < known + since + 2 * portion)
    // A mark whose newer writing was lost is older than the bin: the bin counts.
    let older = JournalMark(
      delivered: 0, total: 0, secondTotal: known, phase: 0, phaseDone: 0)
    #expect(older.secondTotal(atLeast: known + 2 * portion) == known + 2 * portion)
  }

  @Test("A prescription fits the slots that the memory keeps for it")
  func fits() {
    var crc = JournalWindow(offset: 0)
    Prescription().encode(to: &crc)
    #expect(crc.position <= Int32(JournalSlot.prescriptionCount) * JournalWindow.length)
    #expect(JournalSlot.prescription + JournalSlot.prescriptionCount <= JournalSlot.secondAccount)
    #expect(
      JournalSlot.secondHistory + 3 * DoseCap.slotCount <= JournalEntry.firstMonitorSlot)
  }

  @Test("R-028, R-033: what was given of a drug stands in no way of a syringe without a second one")
  func historyOfNone() {
    var history = DoseHistory()
    history.drug = 5
    history.total = 1000
    let none = PrescribedDrug()
    #expect(history.isOf(none))
    var other = PrescribedDrug()
    other.number = 7
    other.concentration = Concentration(nanogramsPerMillilitre: 1_000_000)
    #expect(!history.isOf(other))
    other.number = 5
    #expect(history.isOf(other))
    history.total = 0
    other.number = 7
    #expect(history.isOf(other))
  }
}
