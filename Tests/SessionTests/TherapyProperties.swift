// What must hold in every tick of every therapy, computed from the motor's steps and the commands
// alone; neither channel's own arithmetic is used.

import PumpFirmware
import PumpHAL
import PumpMonitor
import PumpPlant
import Session

/// The mass that went out in every window of one length, wherever it begins.
struct ExactWindow {
  let ticks: Int64
  private var queue: [(tick: Int64, total: Double)] = []
  private var head = 0
  private(set) var highest = 0.0

  init(ticks: Int64) { self.ticks = ticks }

  /// The total was `before` up to this tick and is `after` now, ng.
  mutating func see(tick: Int64, before: Double, after: Double) {
    while queue.count > head, let last = queue.last, last.total >= before { queue.removeLast() }
    if queue.count < head { head = queue.count }
    queue.append((tick, before))
    while head < queue.count - 1, queue[head].tick <= tick - ticks { head += 1 }
    highest = max(highest, after - queue[head].total)
  }
}

/// What entered one tick and what both channels said.
struct Pass {
  var input: TickInput
  var output: TickOutput
  var verdict: MonitorOutput

  init(_ loop: ControlLoop) {
    input = loop.input
    output = loop.output
    verdict = loop.verdict
  }
}

/// Watches a therapy; the first thing that is not so is kept.
struct TherapyProperties {
  /// Whether nothing is wrong in the world, so that neither channel may object or alarm.
  var isFaultFree: Bool
  /// Microsteps of doubt: what the encoder's resolution and an unfound fault are worth.
  var slackSteps: Double
  private(set) var violation: String?

  // What was entered, and what was confirmed.
  private var entered = Therapy()
  private var confirmed: Therapy?
  private var enteredArea = 0.0
  private var area = 0.0
  private var proposal: (dose: Dose, per: Ticks)?
  private var rates = [Double](repeating: 0, count: 17)
  private let microstep_nm: Double

  // What was allowed and what was done, in mL.
  private var allowed = 0.0
  private(set) var delivered = 0.0
  private(set) var deliveredMass = 0.0
  private var windows = [
    ExactWindow(ticks: 360_000), ExactWindow(ticks: 4 * 360_000), ExactWindow(ticks: 24 * 360_000),
  ]
  private var mode = PumpMode.selfTest
  private var phase: UInt8 = 0
  private var highSince: Int64?
  private var lastGrant: Int64?
  private var grants: [Int64] = []
  private var darkTicks: Int64 = 0
  private(set) var bolusesGranted = 0
  private(set) var confirmations = 0
  private var starts = 0
  private(set) var hasOtherSolution = false

  init(isFaultFree: Bool, microstep_nm: Double = 250, slackSteps: Double = 12) {
    self.isFaultFree = isFaultFree
    self.microstep_nm = microstep_nm
    self.slackSteps = slackSteps
  }

  private var stepVolume: Double { area * microstep_nm * 1e-15 }

  private mutating func fail(_ text: String, at tick: Int64) {
    if violation == nil { violation = "tick \(tick): " + text }
  }

  /// One tick without power.
  mutating func seeDark(moved: Int64, tick: Int64) {
    darkTicks += 1
    if moved != 0 { fail("\(moved) steps without power", at: tick) }
  }

  /// Another controller wakes up.
  mutating func powerReturned() {
    mode = .selfTest
    proposal = nil
    highSince = nil
  }

  /// One tick of both channels, in which the motor did `moved` steps.
  mutating func see(_ loop: Pass, elapsed: UInt16, moved: Int64, tick: Int64) {
    let output = loop.output
    let command = loop.input.command
    hear(command.action, output.result, tick: tick)
    checkPermits(loop, moved: moved, tick: tick)
    checkModes(command, output, tick: tick)
    checkSignals(loop, tick: tick)
    count(output, elapsed: elapsed, moved: moved, tick: tick)
    mode = output.mode
    phase = output.phase
  }

  // MARK: - Motion

  private mutating func checkPermits(_ loop: Pass, moved: Int64, tick: Int64) {
    let output = loop.output
    let isMoving =
      output.mode == .infusing || output.mode == .priming || output.mode == .keepOpen
      || output.mode == .retracting
    if output.actuator.isControllerPermitting != isMoving {
      fail("permit in \(output.mode)", at: tick)
    }
    if moved != 0, !isMoving { fail("\(moved) steps in \(output.mode)", at: tick) }
    if moved != 0, !loop.verdict.isPermitting {
      fail("\(moved) steps without the monitor's permit", at: tick)
    }
    if output.mode == .retracting, moved > 0 { fail("forward while retracting", at: tick) }
    switch loop.input.command.action {
    case .stop, .pause:
      if isMoving || moved != 0 || loop.verdict.isPermitting {
        fail("a stop did not stop in its tick", at: tick)
      }
    default: break
    }
    if loop.input.sensors.link == .lost, isMoving { fail("moves without a link", at: tick) }
  }

  /// Delivery begins with an operator's accepted start, and with nothing else.
  private mutating func checkModes(
    _ command: OperatorCommand, _ output: TickOutput, tick: Int64
  ) {
    guard output.mode != mode else { return }
    let isStarted = command.action == .start && output.result == .accepted
    if isStarted { starts += 1 }
    switch output.mode {
    case .infusing:
      if !isStarted { fail("\(mode) became infusing without a start", at: tick) }
    case .keepOpen:
      // With nothing left to give, a start ends in the tick in which it began.
      if mode != .infusing, !isStarted { fail("\(mode) became keepOpen", at: tick) }
    case .priming:
      if mode != .ready { fail("\(mode) became priming", at: tick) }
    case .retracting:
      if mode != .infusing, mode != .keepOpen { fail("\(mode) became retracting", at: tick) }
    default: break
    }
    if isStarted, command.role == .patient { fail("a patient started", at: tick) }
  }

  // MARK: - Signals

  /// Conditions of high priority as the alarm table has them, ALM10 and ALM18 apart.
  static let high: UInt64 = {
    var set = AlarmSet()
    for id in [
      AlarmID.downstreamOcclusion, .plungerVacuum, .overInfusion, .airInLine, .underInfusion,
      .driveFault, .syringeDisplaced, .syringeMismatch, .batteryDepleted, .powerLost,
      .memoryFault, .annunciatorFault, .sensorImplausible, .watchdog, .restartLimit,
      .libraryInvalid, .commsLost, .unacknowledged,
    ] {
      set.insert(id)
    }
    return set.bits
  }()

  private mutating func checkSignals(_ loop: Pass, tick: Int64) {
    let frame = ActuatorFrame(controller: loop.output, monitor: loop.verdict)
    let present = loop.output.conditions.bits | loop.verdict.objections.bits
    if present & Self.high != 0 {
      let since = highSince ?? tick
      highSince = since
      if frame.lamp != .high, tick - since >= 100 {
        fail("high condition \(present & Self.high) without red lamp", at: tick)
      }
    } else {
      highSince = nil
    }
    guard isFaultFree else { return }
    if !loop.verdict.objections.isEmpty {
      fail("the monitor objects: \(loop.verdict.objections.bits)", at: tick)
    }
    let signals = loop.output.signals.bits & Self.high
    if signals != 0 { fail("false alarm \(signals)", at: tick) }
  }

  // MARK: - Volume and mass

  private mutating func count(
    _ output: TickOutput, elapsed: UInt16, moved: Int64, tick: Int64
  ) {
    let ticks = Double(min(elapsed, 25))
    let isDelivering = output.mode == .infusing || mode == .infusing
    if isDelivering {
      allowed += ticks * max(rates[Int(output.phase)], rates[Int(phase)])
    }
    if output.mode == .keepOpen || mode == .keepOpen {
      allowed += ticks * (confirmed?.keepOpen ?? 0) / 360_000
    }
    guard moved != 0, output.mode != .priming else { return }
    if mode == .priming { return }
    delivered += Double(moved) * stepVolume
    // An encoder that has gone silent hides up to 40 steps of every start.
    let hidden = isFaultFree ? 0 : Double(40 * starts)
    if delivered > allowed + (slackSteps + hidden) * stepVolume {
      fail("\(delivered) mL delivered, \(allowed) mL prescribed", at: tick)
    }
    guard let confirmed else {
      fail("\(moved) steps with nothing confirmed", at: tick)
      return
    }
    let before = deliveredMass
    deliveredMass += Double(moved) * stepVolume * confirmed.concentration * 1e6
    // Without power no time counts for the caps: a gap of it is left out here as well.
    let lit = tick - darkTicks
    // What is made up before a silent encoder is found may come when the cap is all but reached.
    let slack = (isFaultFree ? 2.0 : 60) * stepVolume * confirmed.concentration * 1e6
    for index in 0..<3 {
      windows[index].see(tick: lit, before: before, after: deliveredMass)
      let cap = confirmed.caps[index] * 1e6
      if cap > 0, windows[index].highest > cap + slack {
        fail("\(windows[index].highest) ng in window \(index), cap \(cap) ng", at: tick)
      }
    }
  }

  // MARK: - What was asked and granted

  private mutating func hear(_ action: OperatorAction, _ result: CommandResult, tick: Int64) {
    guard result == .accepted else { return }
    switch action {
    case .requestBolus: heardBolus(tick: tick)
    case .clinicianBolus(let dose, _): allowed += volume(of: dose)
    case .titrate(let dose, let per): proposal = (dose, per)
    case .cancel:
      proposal = nil
      if let confirmed { entered = confirmed }
      enteredArea = area
    case .confirm: heardConfirm()
    case .reportReaction(let severity):
      if let confirmed, confirmed.order == .halve, severity < 3, mode == .infusing,
        confirmed.phases[Int(phase)].kind == .basal
      {
        rates[Int(phase)] /= 2
        changePhase { $0.dose.amount /= 2 }
      }
    default: heardEntry(action)
    }
  }

  private mutating func heardBolus(tick: Int64) {
    guard let confirmed else { return }
    bolusesGranted += 1
    allowed += confirmed.bolus / confirmed.concentration
    let lit = tick - darkTicks
    if let last = grants.last, lit - last < confirmed.lockout_min * 6000 {
      fail("a bolus \(lit - last) ticks after the last", at: tick)
    }
    grants.append(lit)
    if grants.count(where: { lit - $0 < 360_000 }) > Int(confirmed.bolusesPerHour) {
      fail("too many boluses in an hour", at: tick)
    }
  }

  private mutating func heardConfirm() {
    if let proposal {
      rates[Int(phase)] = volume(of: proposal.dose) / Double(proposal.per.count)
      changePhase { phase in
        phase.dose = proposal.dose
        phase.per = proposal.per
      }
      self.proposal = nil
      return
    }
    if let confirmed, confirmed.concentration != entered.concentration { hasOtherSolution = true }
    confirmed = entered
    confirmations += 1
    area = enteredArea
    for (index, phase) in entered.phases.enumerated() {
      rates[index] =
        phase.kind == .syringeChange ? 0 : volume(of: phase.dose) / Double(phase.per.count)
    }
  }

  /// The phase that runs is another from now on.
  private mutating func changePhase(_ change: (inout ProgrammePhase) -> Void) {
    let index = Int(phase)
    guard var now = confirmed, index < now.phases.count else { return }
    change(&now.phases[index])
    confirmed = now
    if index < entered.phases.count { entered.phases[index] = now.phases[index] }
  }

  private mutating func heardEntry(_ action: OperatorAction) {
    switch action {
    case .beginSetUp(let isNewPatient):
      proposal = nil
      entered = Therapy()
      entered.phases = []
      if isNewPatient {
        for index in 0..<3 { windows[index] = ExactWindow(ticks: windows[index].ticks) }
        grants = []
      }
    case .confirmSyringe(let syringe): enteredArea = Double(syringe.boreArea.squareMicrometres)
    case .setDrug(_, _, let concentration):
      entered.concentration = Double(concentration.nanogramsPerMillilitre) / 1e6
    case .setDoseCap(_, let window, let cap):
      entered.caps[Int(window.rawValue)] = Double(cap.nanograms) / 1e6
    case .setLimits(_, _, let keepOpen):
      entered.keepOpen = Double(keepOpen.nanolitresPerHour) / 1e6
    case .setPhase(let index, let phase):
      while entered.phases.count <= Int(index) { entered.phases.append(phase) }
      entered.phases[Int(index)] = phase
    case .setPatientBolus(let dose, let lockout, let maximum, _):
      entered.bolus = Double(dose.amount) / 1e6
      entered.lockout_min = lockout.count / 6000
      entered.bolusesPerHour = maximum
    case .setReactionOrder(let order): entered.order = order
    default: break
    }
  }

  /// A dose by mass or volume, mL.
  private func volume(of dose: Dose) -> Double {
    let concentration = (confirmed ?? entered).concentration
    switch dose.basis {
    case .mass: return Double(dose.amount) / 1e6 / entered.concentration
    case .massPerKilogram: return Double(dose.amount) / 1e6 * 70 / concentration
    case .volume: return Double(dose.amount) / 1e9
    }
  }
}
