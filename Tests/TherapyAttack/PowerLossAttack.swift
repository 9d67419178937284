// Power taken away at one tick of a bolus after another, with the write under way whole, torn or lost.

import PumpHAL
import PumpMonitor
import PumpPlant

/// A bolus of realistic length in the middle of a basal, from which the power can be taken at any tick.
struct PowerLossAttack {
  /// What the memory does to the write under way.
  enum Write: String, CaseIterable, Sendable {
    case whole
    case torn
    case lost
  }

  /// 2 mg of 6 mg/mL at 60 mL/h: 20 s.
  static let bolus_mg = 2.0
  static let bolusTicks: Int64 = 2000
  /// mL/h.
  static let basal = 1.2
  /// What the monitor's dose history may lack: 0.02 mL, and what goes out at 60 mL/h in the second
  /// between two of its writes; as much again where the last one went wrong.
  static func uncountedMost(_ write: Write) -> Double {
    (0.02 + 60.0 / 3600) * (write == .whole ? 1 : 2)
  }

  private static func therapy(_ rest: Int64) -> Therapy {
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(basal * 6, seconds: 30 + bolusTicks / 100 + rest)]
    therapy.bolus = bolus_mg
    // The grant looks an hour ahead: 7.2 mg of basal, the bolus, and a bin of a minute.
    therapy.caps = [9.4, 0, 0]
    return therapy
  }

  /// Volume of the programme, mL.
  private let programme: Double
  /// The world in which the bolus goes on.
  private(set) var world: TherapyWorld
  /// Ticks since it was granted.
  private(set) var tick: Int64 = 0

  /// - Parameter rest: what is left of the programme after the bolus, s; long enough for a few
  ///   journal writes.
  init(rest: Int64 = 6) {
    programme = Self.basal / 3600 * Double(30 + Self.bolusTicks / 100 + rest)
    world = TherapyWorld(Self.therapy(rest))
    world.properties = TherapyProperties(isFaultFree: false)
    world.setUp()
    world.give(.start)
    world.run(seconds: 30)
    world.give(.requestBolus, by: .patient)
  }

  /// Whether the bolus was granted.
  var isGranted: Bool { world.output.result == .accepted }

  mutating func advance() {
    world.pass()
    tick += 1
  }

  /// What one loss of power did.
  struct Outcome {
    /// What was not so.
    var findings: [String] = []
    /// Of the programme and of what the bolus had given, mL; negative where something was repeated.
    var skipped = 0.0
    /// What the monitor's own dose history lacks after the loss, mL.
    var uncounted = 0.0
  }

  /// Takes the power away now, gives it back, resumes and runs to the end of the programme.
  func losePower(_ write: Write) -> Outcome {
    var copy = world.snapshot()
    var outcome = Outcome()
    func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
      if !holds { outcome.findings.append("\(write) write, tick \(tick): \(text())") }
    }
    switch write {
    case .whole: break
    case .torn: copy.pump.tearNextWrite()
    case .lost: copy.pump.loseNextWrite()
    }
    // The write that goes wrong is the one before the power goes.
    if write != .whole { copy.pass() }
    let before = Double(copy.truth.stepsDone) * copy.stepVolume
    copy.pump.inject(.powerLoss(duration: 0.05))
    copy.run(ticks: 30)
    guard copy.output.mode == .askResume else {
      expect(false, "\(copy.output.mode), not asked whether to resume")
      return outcome
    }
    // Concentration 6 mg/mL.
    let counted = Double(copy.monitor.countedMass(in: .oneHour).nanograms) / 6e6
    outcome.uncounted = before - counted
    expect(
      outcome.uncounted <= Self.uncountedMost(write),
      "\(outcome.uncounted) mL are missing in the monitor's history")
    let resumed = copy.give(.answerResume(isResuming: true))
    expect(resumed == .accepted, "resuming \(resumed)")
    copy.give(.acknowledge)
    let started = copy.give(.start)
    expect(started == .accepted, "start \(started)")
    let again = copy.give(.requestBolus, by: .patient)
    // In the tick of the grant itself nothing has been written yet, and next to nothing given.
    let bolusDone = before - Self.basal / 3600 * (30 + Double(tick) / 100)
    let isHardlyBegun = bolusDone < 4 * copy.stepVolume && again == .accepted
    if isHardlyBegun { return outcome }
    expect(again == .refusedLockout, "another bolus \(again)")
    copy.run(atMost: 60) { $0.output.mode != .infusing }
    expect(copy.output.mode == .complete, "ends in \(copy.output.mode)")
    copy.run(ticks: 5)
    if let violation = copy.properties?.violation { expect(false, violation) }
    expect(
      copy.verdict.objections.isEmpty, "the monitor objects \(copy.verdict.objections.bits)")
    // The bolus is not resumed: what it had given is all.
    let done = Double(copy.truth.stepsDone) * copy.stepVolume
    outcome.skipped = programme + bolusDone - done
    //
    expect(outcome.skipped < 0.02, "\(outcome.skipped) mL skipped")
    // Four steps of 71 nL for rounding, and what was on its way.
    expect(outcome.skipped > -0.0004, "\(-outcome.skipped) mL repeated")
    return outcome
  }

  /// A controller that has forgotten everything, after the same patient was entered again, gives a
  /// bolus; the monitor has to remember the one before.
  ///
  /// - Returns: what went out beyond the basal before the monitor stopped it, mL; nil where it did not.
  func forgetfulController(_ write: Write) -> Double? {
    var copy = world.snapshot()
    switch write {
    case .whole: break
    case .torn: copy.pump.tearNextWrite()
    case .lost: copy.pump.loseNextWrite()
    }
    if write != .whole { copy.pass() }
    copy.pump.inject(.powerLoss(duration: 0.05))
    copy.isForgetful = true
    copy.properties = nil
    copy.run(ticks: 30)
    copy.give(.answerResume(isResuming: false))
    copy.setUp(isNewPatient: false)
    copy.give(.acknowledge)
    guard copy.give(.start) == .accepted else { return nil }
    let before = Double(copy.truth.stepsDone) * copy.stepVolume
    guard copy.give(.requestBolus, by: .patient) == .accepted else { return nil }
    for count in 0..<3000 {
      copy.pass()
      if !copy.verdict.objections.isEmpty {
        copy.run(ticks: 50)
        return Double(copy.truth.stepsDone) * copy.stepVolume - before
          - Self.basal / 360_000 * Double(count)
      }
    }
    return nil
  }
}
