// What must hold in every tick of every therapy, computed from the motor's steps and the commands
// alone; neither channel's own arithmetic is used.

import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor

/// What entered one tick and what both channels said.
struct Pass {
  var input: TickInput
  var output: TickOutput
  var verdict: MonitorOutput
  /// What went out to the hardware.
  var frame: ActuatorFrame

  init(input: TickInput, output: TickOutput, verdict: MonitorOutput, frame: ActuatorFrame) {
    self.input = input
    self.output = output
    self.verdict = verdict
    self.frame = frame
  }

  init(_ loop: ControlLoop) {
    self.init(
      input: loop.input, output: loop.output, verdict: loop.verdict,
      frame: ActuatorFrame(controller: loop.output, monitor: loop.verdict))
  }
}

/// What must hold, by name.
enum Property: String, CaseIterable, Sendable {
  /// In every window of every length, no more than the cap.
  case caps
  /// No more goes out than was prescribed, granted and asked for.
  case prescribed
  /// Nothing moves without both permits, in a mode at rest, or after a stop.
  case rest
  /// A condition of high priority has its lamp and its sound within 1 s.
  case signals
  /// Delivery begins with an operator's start and with nothing else.
  case starts
  /// Lockout and boluses per hour.
  case boluses
  /// Nothing alarms or objects while nothing is wrong.
  case quiet
  /// The account agrees with itself and with the motor.
  case account
}

/// Watches a therapy; the first thing that is not so is kept.
struct TherapyProperties {
  /// Whether nothing is wrong in the world, so that neither channel may object or alarm.
  var isFaultFree: Bool
  /// Volume of doubt, mL: what an unfound fault is worth; the encoder's resolution comes on top.
  var slackVolume: Double
  private(set) var violation: String?
  /// Which property that is, and when.
  private(set) var violated: (property: Property, tick: Int64)?

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
  private var silencedAt: Int64 = -100_000
  private var silentTicks: Int64 = 0
  private var isStarted = false
  /// Whether a step forward was made since the last start or priming.
  private var hasStepped = false
  private var looseTicks = 0
  private var lastObjections: UInt64 = 0
  private var lastGrant: Int64?
  private var grants: [Int64] = []
  private var darkTicks: Int64 = 0
  private(set) var bolusesGranted = 0
  private(set) var confirmations = 0
  private var hidden = 0.0
  private var largestStep = 0.0
  private(set) var hasOtherSolution = false

  init(isFaultFree: Bool, microstep_nm: Double = 250, slackVolume: Double = 0) {
    self.isFaultFree = isFaultFree
    self.microstep_nm = microstep_nm
    self.slackVolume = slackVolume
  }

  private var stepVolume: Double { area * microstep_nm * 1e-15 }

  private mutating func fail(_ property: Property, _ text: String, at tick: Int64) {
    guard violation == nil else { return }
    violation = "\(property.rawValue): tick \(tick): " + text
    violated = (property, tick)
  }

  /// One tick without power.
  mutating func seeDark(moved: Int64, tick: Int64) {
    darkTicks += 1
    if moved != 0 { fail(.rest, "\(moved) steps without power", at: tick) }
  }

  /// Another controller wakes up.
  mutating func powerReturned() {
    mode = .selfTest
    proposal = nil
    highSince = nil
    silentTicks = 0
    isStarted = false
    hasStepped = false
  }

  /// One tick of both channels, in which the motor did `moved` steps.
  mutating func see(_ loop: Pass, elapsed: UInt16, moved: Int64, tick: Int64) {
    let output = loop.output
    let command = loop.input.command
    hear(command.action, output.result, tick: tick)
    checkPermits(loop, moved: moved, tick: tick)
    checkModes(command, output, tick: tick)
    checkStart(loop, moved: moved, tick: tick)
    checkSignals(loop, elapsed: elapsed, tick: tick)
    count(output, elapsed: elapsed, moved: moved, tick: tick)
    mode = output.mode
    // A titration that was not confirmed ends with its phase.
    if output.phase != phase { proposal = nil }
    phase = output.phase
  }

  // MARK: - Motion

  private mutating func checkPermits(_ loop: Pass, moved: Int64, tick: Int64) {
    let output = loop.output
    let isMoving =
      output.mode == .infusing || output.mode == .priming || output.mode == .keepOpen
      || output.mode == .retracting
    if output.actuator.isControllerPermitting != isMoving {
      fail(.rest, "permit in \(output.mode)", at: tick)
    }
    if moved != 0, !isMoving { fail(.rest, "\(moved) steps in \(output.mode)", at: tick) }
    if moved != 0, !loop.frame.isMonitorPermitting {
      fail(.rest, "\(moved) steps without the monitor's permit", at: tick)
    }
    if output.mode == .retracting, moved > 0 { fail(.rest, "forward while retracting", at: tick) }
    switch loop.input.command.action {
    case .stop, .pause:
      if isMoving || moved != 0 || loop.frame.isPermitted {
        fail(.rest, "a stop did not stop in its tick", at: tick)
      }
    default: break
    }
    if loop.input.sensors.link == .lost, isMoving { fail(.rest, "moves without a link", at: tick) }
  }

  /// Delivery begins with an operator's accepted start, and with nothing else.
  private mutating func checkModes(
    _ command: OperatorCommand, _ output: TickOutput, tick: Int64
  ) {
    guard output.mode != mode else { return }
    let isStarted = command.action == .start && output.result == .accepted
    // An encoder that has gone silent hides up to 40 steps of every start.
    if isStarted, !isFaultFree { hidden += 40 * stepVolume }
    switch output.mode {
    case .infusing:
      if !isStarted { fail(.starts, "\(mode) became infusing without a start", at: tick) }
    case .keepOpen:
      // With nothing left to give, a start ends in the tick in which it began.
      if mode != .infusing, !isStarted { fail(.starts, "\(mode) became keepOpen", at: tick) }
    case .priming:
      if mode != .ready { fail(.starts, "\(mode) became priming", at: tick) }
    case .retracting:
      if mode != .infusing, mode != .keepOpen {
        fail(.starts, "\(mode) became retracting", at: tick)
      }
    default: break
    }
    if isStarted, command.role == .patient { fail(.starts, "a patient started", at: tick) }
  }

  /// The motor goes forward only after an accepted start or priming that nothing has ended since;
  /// an acknowledgement, a pause of the sound or the end of a condition is none.
  private mutating func checkStart(_ loop: Pass, moved: Int64, tick: Int64) {
    let isAccepted = loop.output.result == .accepted
    switch loop.input.command.action {
    case .start where isAccepted, .prime where isAccepted:
      isStarted = true
      hasStepped = false
    // What the monitor had stopped goes on when it is asked for again, before the controller gives up:
    // the controller, which has not seen the motor stop, refuses that as being under way.
    case .start
    where loop.input.command.role != .patient && loop.output.result == .refusedMode
      && (loop.output.mode == .infusing || loop.output.mode == .keepOpen):
      isStarted = true
    case .prime where loop.output.mode == .priming && loop.input.command.role != .patient:
      isStarted = true
    case .powerOff where isAccepted: isStarted = false
    case .stop, .pause: isStarted = false
    default: break
    }
    if moved > 0, !isStarted { fail(.starts, "\(moved) steps that nobody started", at: tick) }
    // What stops is a condition in the alarm table's column, of either channel. Of the monitor two
    // things alone do not: at the pressure ceiling it lets the motor draw back, and judges a step forward
    // by itself; and before the first step after a start, counts that are too old for one tick hold
    // the motor for that tick.
    let objections = loop.verdict.objections.bits & ~Self.ceiling
    let ending = hasStepped ? objections : objections & (~Self.held | lastObjections)
    let stopping = (loop.output.conditions.bits | ending) & Self.stopping
    lastObjections = objections
    if moved > 0 { hasStepped = true }
    if stopping != 0 || loop.output.mode == .alarmStop { isStarted = false }
    if loop.input.sensors.syringe.validity == .valid,
      loop.input.sensors.syringe.value.isSecure || moved == 0
    {
      looseTicks = 0
    } else {
      // 1 s; a sample is up to 0.1 s old.
      looseTicks += 1
      if looseTicks > 110 { fail(.rest, "moves with the syringe out of place", at: tick) }
    }
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

  /// Those of them that stop; the last two high ones do not.
  static let stopping: UInt64 = {
    var set = AlarmSet(bits: high)
    set.remove(.unacknowledged)
    set.remove(.libraryInvalid)
    return set.bits
  }()

  private static let ceiling: UInt64 = 1 << UInt64(AlarmID.downstreamOcclusion.rawValue)
  private static let held: UInt64 = 1 << UInt64(AlarmID.commsLost.rawValue)

  private mutating func checkSignals(_ loop: Pass, elapsed: UInt16, tick: Int64) {
    let frame = loop.frame
    switch loop.input.command.action {
    case .audioPause where loop.output.result == .accepted,
      .acknowledge where loop.output.result == .accepted:
      silencedAt = tick
    default: if loop.input.sensors.keys.contains(.audioPause) { silencedAt = tick }
    }
    // A condition may be gone in the next tick; what it latched is told until acknowledged.
    let present =
      loop.output.conditions.bits | loop.output.signals.bits | loop.verdict.objections.bits
    if present & Self.high != 0 {
      let since = highSince ?? tick
      highSince = since
      if frame.lamp != .high, tick - since >= 100 {
        fail(.signals, "high condition \(present & Self.high) without red lamp", at: tick)
      }
      // 120 s of audio pause at most; the sound of a key that was pressed takes a tick.
      let isSilenced = tick - silencedAt <= 12_000
      silentTicks = frame.buzzer == .high || isSilenced ? 0 : silentTicks + Int64(elapsed)
      if silentTicks > 100 {
        fail(.signals, "high condition \(present & Self.high) without sound", at: tick)
      }
    } else {
      highSince = nil
      silentTicks = 0
    }
    guard isFaultFree else { return }
    if !loop.verdict.objections.isEmpty {
      fail(.quiet, "the monitor objects: \(loop.verdict.objections.bits)", at: tick)
    }
    let signals = loop.output.signals.bits & Self.high
    if signals != 0 { fail(.quiet, "false alarm \(signals)", at: tick) }
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
    if delivered > allowed + slackVolume + hidden + 12 * largestStep {
      fail(.prescribed, "\(delivered) mL delivered, \(allowed) mL prescribed", at: tick)
    }
    guard let confirmed else {
      fail(.prescribed, "\(moved) steps with nothing confirmed", at: tick)
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
        fail(.caps, "\(windows[index].highest) ng in window \(index), cap \(cap) ng", at: tick)
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
      fail(.boluses, "a bolus \(lit - last) ticks after the last", at: tick)
    }
    grants.append(lit)
    if grants.count(where: { lit - $0 < 360_000 }) > Int(confirmed.bolusesPerHour) {
      fail(.boluses, "too many boluses in an hour", at: tick)
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
    largestStep = max(largestStep, stepVolume)
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
    // An entry of a set-up throws away what was proposed.
    switch action {
    case .beginSetUp, .confirmSyringe, .setDrug, .setFill, .setPhase, .setLimits: proposal = nil
    default: break
    }
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
