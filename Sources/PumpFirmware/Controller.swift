import PumpHAL

/// The controller: one value of fixed size, stepped once a tick.
///
/// `step` is the whole firmware seen from above: time, sensors, command, motion, alarms, output.
/// Start reading there; each line is a file of its own.
public struct Controller: Sendable {
  // Set at power-on.
  let capabilities: Capabilities
  let configuration: PumpConfiguration

  // Time and mode.
  var now: Int64 = 0
  var mode = PumpMode.selfTest
  var modeSince: Int64 = 0

  // What was entered and confirmed.
  var prescription = Prescription()
  var isConfirmed = false
  var pending = Prescription()
  var hasPending = false
  var titration: ProgrammePhase?
  var isReactionHold = false
  var isRecordFailed = false
  /// Whether the basal reached a cap, until somebody acknowledges or starts again.
  var isCapReached = false
  var isResumable = false
  var conversions: Conversions

  // Who may do what.
  var access = AccessControl()
  /// The reason for which the next confirmation may pass soft limits; 0 is none.
  var overrideReason: UInt8 = 0
  /// Whether what is being entered was written for another drug library.
  var isLibraryMismatched = false

  // Delivery.
  var position = StepAmount.half
  var programme = ProgrammeProgress()
  var bolus = BolusProgress()
  var limiter = RateLimiter()
  var account = DispensedAccount()
  var reservoirLeft = StepAmount.zero
  var primeLeft = StepAmount.zero
  var primeRate = StepAmount.zero
  var mark: Int64 = 0
  var portion: Int64 = 0
  var history = DoseHistory()
  var caps = Windows<Int64>(repeating: .max)
  var countedMassPerStep: Int64 = 0
  /// The same for the second drug of a mixture; no mass per step where the syringe holds none.
  var secondHistory = DoseHistory()
  var secondCaps = Windows<Int64>(repeating: .max)
  var secondMassPerStep: Int64 = 0
  var countedSteps: Int64 = 0
  var uncommandedLimit: Int64 = 1 << 40
  var mismatchLimit: Int64 = 1 << 40

  // Watching.
  var occlusion = OcclusionWatch()
  var drive: DriveSupervision
  var supervision = Supervision()
  var detectors = Detectors()
  var alarms = AlarmManager()
  var annunciators = AnnunciatorWatch()
  var journal = JournalQueue()
  var generation: UInt16 = 0

  // What the last output said, and when its slow parts are due again.
  var output = TickOutput()
  var nextEstimate: Int64 = 0
  var nextPrediction: Int64 = 0
  var isNearEnd = false
  /// Conditions that stand because of what was entered and how much time has passed.
  var standing = AlarmSet()
  /// When the next of them may begin or end.
  var nextReminder: Int64 = 0
  /// Until when a denied bolus is shown.
  var deniedUntil: Int64 = 0
  var failure = AlarmSet()
  /// Conditions that the restored memory speaks of: power lost in the middle, a prescription unreadable.
  var aftermath = AlarmSet()
  /// Symbols of the display that do not depend on alarms.
  var steadyFlags: DisplayFlags = []
  /// Whether lamp, buzzer and display have to be told anew for another reason than an alarm.
  var needsAnnouncement = true
  var steadyBuzzer = Buzzer.off

  /// The incremental fingerprint of everything the controller has done.
  public internal(set) var digest = StateDigest()

  /// Powers on.
  ///
  /// - Parameters:
  ///   - powerOn: what the hardware is and how the pump is configured.
  ///   - memory: what the non-volatile memory restored: every slot of the first copy, then of the
  ///     second; empty where there is no memory.
  public init(powerOn: PowerOn, memory: Span<JournalEntry>) {
    capabilities = powerOn.capabilities
    configuration = powerOn.configuration
    conversions = Conversions(
      boreArea: .zero, microstepTravel: .zero, concentration: .zero, bodyMass: .zero)
    drive = DriveSupervision(capabilities: powerOn.capabilities)
    restore(from: memory)
    seal()
    enter(.selfTest)
    annunciators.testLeft = min(AnnunciatorWatch.testTicks, configuration.selfTest.rawValue)
  }

  /// One tick: reads nothing but itself and `input`.
  ///
  /// - Precondition: `input.elapsedTicks` is at least 1.
  /// - Requirements: @relation(R-077, scope=line)
  public mutating func step(_ input: TickInput) -> TickOutput {
    precondition(input.elapsedTicks > 0)
    let elapsed = Int64(input.elapsedTicks)
    now += elapsed
    output.result = .none
    output.bounds = []

    var conditions = supervise(input.sensors, elapsed: elapsed)
    let isStopping = !conditions.isEmpty && conditions.intersects(.stopping)
    if isStopping { stopForAlarm(conditions) }
    if case .none = input.command.action {
    } else if isStopping, input.command.action.beginsMotion {
      // The alarm of this very tick is not signalled yet, but it stands in the way already.
      output.result = .refusedAlarm
    } else {
      // Nothing is built on a value that changed by itself, and a command seals it.
      if mode != .failed, !isWhole() { failIntegrity(&conditions) }
      output.result = perform(input.command, sensors: input.sensors)
      seal()
    }
    move(elapsed: elapsed, sensors: input.sensors, conditions: &conditions)
    watchTime(input.sensors, &conditions)

    alarms.update(conditions, elapsed: elapsed)
    annunciate()
    output.actuator.journal = nextJournalEntry()
    fingerprint()
    return output
  }

  /// Changes the mode.
  mutating func enter(_ mode: PumpMode) {
    if self.mode != mode { journal.want(JournalSlot.header) }
    // What was primed is no dose, however priming ended.
    if self.mode == .priming {
      countedSteps = position.whole + drive.countedAhead
      journal.want(JournalSlot.account)
    }
    self.mode = mode
    modeSince = now
    output.actuator.isControllerPermitting = mode.isMoving
    if !mode.isMoving {
      journal.want(JournalSlot.mark)
      limiter.last = .zero
      output.actuator.stepRateBound = 0
      output.actuator.flowRate = 0
      output.actuator.display.rate = 0
      output.predictedTimeToAlarm = 0
    }
  }

  private mutating func fingerprint() {
    digest.combine(UInt64(bitPattern: position.whole))
    digest.combine(position.fraction)
    digest.combine(
      alarms.signals.bits << 16 | UInt64(mode.rawValue) << 8 | UInt64(output.result.rawValue))
  }
}

extension PumpMode {
  /// Whether the controller permits motion in this mode.
  var isMoving: Bool {
    switch self {
    case .priming, .infusing, .keepOpen, .retracting: true
    default: false
    }
  }
}

extension OperatorAction {
  /// Whether the motor would move by it.
  var beginsMotion: Bool {
    switch self {
    case .start, .prime: true
    default: false
    }
  }
}
