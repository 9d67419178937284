import PumpHAL
import SessionFile

/// What a session is run with besides hardware and record.
struct SessionPlan {
  var configuration: PumpConfiguration
  var script: ScriptedInput
  var rules: EndingRules
  /// Ticks between samples of telemetry and truth.
  var samplePeriod: Int64
  /// Whether what reached the tissue is kept at every sample.
  var keepsCourse = false
  /// What of a wire is recorded, where there is one.
  var wire: WireRecorder.Selection
  /// Whether the line is primed before it is connected.
  var isPrimed: Bool
  /// Soft limits that were passed on purpose, for the log.
  var confirmations: [SessionOccurrence.Kind]
}

/// Decides when a session is over.
struct EndingRules {
  /// The file's `duration`, from the start of the programme.
  var duration: Ticks?
  /// Whether somebody at the keys may yet do something, so that idling is no end.
  var isAttended = false
  private var restSince: Int64?
  private var lostSince: Int64?
  private var isSwitchedOff = false

  /// After the programme is complete the session goes on for a minute.
  private static let trailing: Int64 = 6000
  /// A pump that delivers nothing and is asked for nothing more is watched for a quarter of an hour:
  /// longer than the longest release after an occlusion is watched.
  private static let idleLimit: Int64 = 90_000
  /// A link that is lost for two seconds will not come back: it is latched.
  private static let lostLimit: Int64 = 200

  init(duration: Ticks?, isAttended: Bool) {
    self.duration = duration
    self.isAttended = isAttended
  }

  mutating func commanded(_ command: OperatorCommand, _ result: CommandResult) {
    if command.action == .powerOff, result == .accepted { isSwitchedOff = true }
  }

  /// Another power-on with hardware that was opened anew: what was waited out before counts no more.
  mutating func beginAnew() {
    restSince = nil
    lostSince = nil
  }

  /// Whether to ask in this tick: once a second is often enough to notice an end; only a link must be
  /// noticed sooner.
  @inline(__always)
  static func isDue(at tick: Int64, link: LinkState) -> Bool {
    tick % ticksPerSecond == 0 || (link != .inProcess && link != .up)
  }

  /// The ending, if the session is over with this tick.
  mutating func ending(
    at tick: Int64, mode: PumpMode, script: ScriptedInput, link: LinkState
  ) -> SessionEnding? {
    if link != .inProcess, link != .up { return lost(at: tick) }
    return slowly(at: tick, mode: mode, script: script)
  }

  private mutating func lost(at tick: Int64) -> SessionEnding? {
    let since = lostSince ?? tick
    lostSince = since
    return tick - since >= Self.lostLimit ? .hardwareLost : nil
  }

  private mutating func slowly(
    at tick: Int64, mode: PumpMode, script: ScriptedInput
  ) -> SessionEnding? {
    if mode == .off, isSwitchedOff { return .poweredOff }
    if let duration, let start = script.startTick, tick >= start + duration.count {
      return .duration
    }
    // The file's events count from the start: a pump that died before it is helped by none of them.
    let isDeadBeforeStart = mode == .off && script.startTick == nil
    // Operators who stand before a pump that is dead for good wait for ever; the session does not.
    let isDeadForGood = mode == .off && script.waitsInVain(at: tick)
    guard script.isDone || isDeadBeforeStart || isDeadForGood, mode.isAtRest else {
      restSince = nil
      return nil
    }
    let since = restSince ?? tick
    restSince = since
    let isComplete = mode == .complete || mode == .keepOpen
    if isComplete, duration == nil, tick - since >= Self.trailing { return .complete }
    if duration == nil || isDeadBeforeStart, !isAttended, tick - since >= Self.idleLimit {
      return .idle
    }
    return nil
  }
}

extension PumpMode {
  /// Whether nothing goes on by itself in this mode.
  var isAtRest: Bool {
    switch self {
    case .selfTest, .priming, .infusing, .retracting: false
    case .askResume, .setUp, .ready, .keepOpen, .paused, .stopped, .alarmStop, .awaitingSyringe,
      .complete, .failed, .off:
      true
    }
  }
}
