// The independent protective channel. Start reading at `step`.

import PumpHAL

/// The independent protective channel: one value, stepped once a tick beside the controller.
///
/// Sees what the operators ask and what the sensors say, and nothing of what the controller thinks.
/// Computes for itself what went out and what may have, and withdraws its permit in the same tick
/// in which the two do not agree. `Docs/Monitor.md` has its rules, their limits and what it
/// cannot catch.
///
/// - Requirements: @relation(R-007, R-008, R-028, R-030, R-040, R-043, R-060, R-061, scope=file)
///   @relation(R-062, R-063, R-072, R-083, R-103, scope=file)
public struct ProtectiveMonitor: Sendable {
  /// The incremental fingerprint of everything the monitor has done.
  public internal(set) var digest = StateDigest()

  let powerOn: PowerOn
  /// Ticks since power-on, the first pass being 1.
  var now: Int64 = 0
  var mode: MonitorMode = .standstill
  /// Objections that stay until they are acknowledged.
  var latched = AlarmSet()
  /// Whether a reaction stopped delivery, so that only a clinician resumes.
  var needsClinician = false
  /// Whether the memory holds a programme that the operator has not yet answered for.
  var asksResume = false
  /// Whether the dose history could be read back; without it no bolus is allowed for.
  var isHistoryTrusted = true

  var entered = Prescription()
  var confirmed = Prescription()
  var hasNewPhases = false
  var hasNewSyringe = false
  var titration: ProgrammePhase?
  /// The phase for which `titration` was proposed; 255 where that was in doubt.
  var titrationPhase: UInt8 = 255
  /// Whether something was entered and not yet confirmed.
  var hasPendingEntries = false
  /// Whether entries, or the beginning of a set-up, were ignored because the controller may have been
  /// delivering.
  var hasMissedEntry = false
  var hasMissedBeginning = false

  var motion: MotionWatch
  var thrust = ThrustWatch()
  var retraction = RetractionWatch()
  var progress = ProgressWatch()
  var signals = SignalWatch()
  var access = RoleAccess()
  var envelope: Envelope
  var hour = DoseWindow(minutes: 60)
  var fourHours = DoseWindow(minutes: 240)
  var day = DoseWindow(minutes: 1440)
  var boluses = BolusCount()
  var isBolusNoted = true
  var journal = MonitorJournal()

  /// Net volume delivered under a permit since power-on.
  var delivered = Attolitres.zero
  /// Ticks for which the stop key and the bolus key have been down.
  var stopKeyTicks: Int64 = 0
  var bolusKeyTicks: Int64 = 0
  /// Ticks since the step generator last moved.
  var sinceMotion: Int64 = 0
  /// Forward motion since the monitor allowed none.
  var idle = Attolitres.zero
  /// Ticks since the permit was withdrawn.
  var sincePermit: Int64 = 1_000_000
  /// What priming may still push out.
  var primeLeft = Attolitres.zero
  /// What is left in the syringe by what was entered as its fill; 0 where that is not known.
  var fillLeft = Attolitres.zero
  /// What was drawn back since the last start, and what may be.
  var drawnBack = Attolitres.zero
  var drawBackBound = MonitorLimits.retractionUnknown
  /// Lost motion, going backwards, that the next forward motion takes up first.
  var reversal: Int64 = 0
  /// Whether a set-up was confirmed since the last start: only then the controller primes.
  var isReady = false
  /// Whether a step forward was seen since the last start or priming.
  var hasStepped = false
  /// Ticks left to retract after the pressure ceiling, and forward microsteps meanwhile.
  var retractionLeft: Int64 = 0
  var forwardSteps: Int64 = 0

  /// Powers on.
  ///
  /// - Parameters:
  ///   - powerOn: what the hardware is and how the pump is configured.
  ///   - memory: what the non-volatile memory restored, first copy then second; may be empty.
  public init(powerOn: PowerOn, memory: Span<JournalEntry>) {
    self.powerOn = powerOn
    motion = MotionWatch(powerOn.capabilities)
    envelope = Envelope(powerOn.capabilities)
    restore(memory)
    settleDigest()
  }

  /// One tick: reads nothing but itself and `input`.
  ///
  /// What the sensors show happened under the permit of the tick before, so it is judged before the
  /// command is heard; the permit given is the one that holds after it.
  public mutating func step(_ input: TickInput) -> MonitorOutput {
    let ticks = Int64(input.elapsedTicks)
    now += ticks
    judgeLoop(input)
    let moved = motion.take(
      input.sensors, elapsed: input.elapsedTicks, isMoving: mode != .standstill && mode != .off)
    noteRest(moved, ticks: ticks)
    judge(moved, ticks: ticks)
    countDose(ticks: ticks)
    judgeThrust(input.sensors, steps: moved.steps)
    if mode == .running || mode == .priming { watchProgress(moved, input.sensors, ticks: ticks) }
    if retraction.isArmed { watchRetraction(moved, ticks: ticks) }
    watchSignals(input.sensors, steps: moved.steps, ticks: ticks)
    hearKeys(input.sensors.keys, ticks: ticks)
    if case .none = input.command.action {
    } else {
      hear(input.command)
    }
    var output = MonitorOutput()
    output.objections = objections(input.sensors)
    output.isPermitting = isPermitting(output.objections)
    sincePermit = output.isPermitting ? 0 : Swift.min(sincePermit + ticks, 1_000_000)
    if now % 100 == 50 { output.journal = nextEntry() }
    fingerprint(output)
    return output
  }

  /// Net volume that went out under a permit since power-on, by the monitor's own count; priming
  /// is not in it.
  public var deliveredVolume: Volume { delivered.volume }

  /// Mass of the leading drug that the monitor counts in one window of a dose cap.
  public func countedMass(in window: CapWindow) -> Mass {
    let total =
      switch window {
      case .oneHour: hour.total(confirmed.solution)
      case .fourHours: fourHours.total(confirmed.solution)
      case .day: day.total(confirmed.solution)
      }
    return Mass(nanograms: total)
  }

  /// Mass of the second drug that the monitor counts in one window; nil where there never was one.
  public func countedSecondMass(in window: CapWindow) -> Mass? {
    guard journal.hasSecond else { return nil }
    let total =
      switch window {
      case .oneHour: hour.secondTotal(confirmed.solution)
      case .fourHours: fourHours.secondTotal(confirmed.solution)
      case .day: day.secondTotal(confirmed.solution)
      }
    return Mass(nanograms: total)
  }

  // Mutating, as everything that a tick calls: else the whole monitor is copied to call it.
  private mutating func isPermitting(_ objections: AlarmSet) -> Bool {
    switch mode {
    case .standstill, .off: false
    case .priming, .running: objections.isEmpty
    case .backwardOnly: objections == AlarmSet(.downstreamOcclusion)
    }
  }

  private mutating func fingerprint(_ output: MonitorOutput) {
    digest.combine(
      UInt64(mode.rawValue) | (output.isPermitting ? 0x100 : 0) | output.objections.bits << 16)
    digest.combine(UInt64(bitPattern: envelope.credit.rawValue))
    digest.combine(UInt64(bitPattern: delivered.rawValue))
    if let entry = output.journal { digest.combine(UInt64(entry.checksum)) }
  }

  private mutating func settleDigest() {
    digest.combine(UInt64(bitPattern: confirmed.area))
    digest.combine(UInt64(journal.sequence))
  }
}
