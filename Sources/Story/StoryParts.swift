// The parts of a session's story, each with its moments in session ticks.

import PumpHAL
import PumpPlant

/// A time from one tick to another.
public struct TickSpan: Equatable, Sendable {
  /// The first tick.
  public var from: Int64
  /// The first tick after it; nil where it still lasted at the end of the record.
  public var to: Int64?
  /// A span.
  public init(from: Int64, to: Int64? = nil) {
    self.from = from
    self.to = to
  }
}

/// One alarm, from its condition to the end of its signal.
public struct AlarmStory: Equatable, Sendable {
  /// Which.
  public var id: AlarmID
  /// When its condition came up; nil where only the monitor objected.
  public var conditionTick: Int64?
  /// When it was signalled.
  public var span: TickSpan
  /// Whether the lamp of a high-priority alarm was on in the tick of the first signal.
  public var isLampHigh: Bool
  /// Pressure as the pump estimated it then, mmHg; nil where unknown.
  public var pressureMmHg: Double?
  /// An alarm.
  public init(
    id: AlarmID, conditionTick: Int64?, span: TickSpan, isLampHigh: Bool,
    pressureMmHg: Double? = nil
  ) {
    self.id = id
    self.conditionTick = conditionTick
    self.span = span
    self.isLampHigh = isLampHigh
    self.pressureMmHg = pressureMmHg
  }
}

/// What the pump was and did around one tick.
public struct PumpMoment: Equatable, Sendable {
  /// The mode.
  public var mode: PumpMode
  /// Whether drug was being pushed towards the patient: both permits, a moving mode and a flow.
  public var isDelivering: Bool
  /// Flow commanded towards the patient, mL/h.
  public var flowMillilitresPerHour: Double
  /// Alarm conditions that stood.
  public var conditions: AlarmSet
  /// Alarm signals.
  public var signals: AlarmSet
  /// A moment.
  public init(
    mode: PumpMode = .selfTest, isDelivering: Bool = false, flowMillilitresPerHour: Double = 0,
    conditions: AlarmSet = AlarmSet(), signals: AlarmSet = AlarmSet()
  ) {
    self.mode = mode
    self.isDelivering = isDelivering
    self.flowMillilitresPerHour = flowMillilitresPerHour
    self.conditions = conditions
    self.signals = signals
  }
}

/// A command, what became of it, and the pump before and after it.
public struct ActionStory: Equatable, Sendable {
  /// When.
  public var tick: Int64
  /// Who and what.
  public var command: OperatorCommand
  /// What became of it.
  public var result: CommandResult
  /// The tick before.
  public var before: PumpMoment
  /// The tick of the command.
  public var after: PumpMoment
  /// An action.
  public init(
    tick: Int64, command: OperatorCommand, result: CommandResult, before: PumpMoment,
    after: PumpMoment
  ) {
    self.tick = tick
    self.command = command
    self.result = result
    self.before = before
    self.after = after
  }
}

/// A basal rate as it is prescribed: a dose in a time.
public struct PrescribedRateStory: Equatable, Sendable {
  /// The dose.
  public var dose: Dose
  /// The time in which it is given.
  public var per: Ticks
  /// A rate.
  public init(dose: Dose, per: Ticks) {
    self.dose = dose
    self.per = per
  }
}

/// A proposed change of the basal rate and what became of it.
public struct TitrationStory: Equatable, Sendable {
  /// What became of the proposal.
  public enum Outcome: Equatable, Sendable {
    /// Confirmed at this tick.
    case confirmed(Int64)
    /// Thrown away at this tick.
    case dropped(Int64)
    /// Still open at the end of the record.
    case open
  }
  /// When it was proposed.
  public var proposedTick: Int64
  /// By whom.
  public var role: Role
  /// The rate before; nil where none was being given.
  public var old: PrescribedRateStory?
  /// The rate proposed.
  public var new: PrescribedRateStory
  /// What became of it.
  public var outcome = Outcome.open
  /// The commanded flow in the tick before the confirmation and in its own, mL/h; nil without one.
  public var flowBefore: Double?
  /// See `flowBefore`.
  public var flowAfter: Double?
  /// Whether the commanded basal flow stayed the same from the proposal to its outcome.
  public var isFlowUnchangedMeanwhile = true
  /// A proposal.
  public init(
    proposedTick: Int64, role: Role, old: PrescribedRateStory?, new: PrescribedRateStory
  ) {
    self.proposedTick = proposedTick
    self.role = role
    self.old = old
    self.new = new
  }
}

/// A reported reaction and the end of delivery after it.
public struct ReactionStory: Equatable, Sendable {
  /// When it was reported.
  public var tick: Int64
  /// 1 mild to 3 severe.
  public var severity: UInt8
  /// Whether drug was being delivered when it was reported.
  public var wasDelivering: Bool
  /// Ticks from the report to the first tick without delivery, 0 for the tick of the report; nil
  /// where delivery went on.
  public var ticksToStop: Int64?
  /// A reaction.
  public init(tick: Int64, severity: UInt8, wasDelivering: Bool, ticksToStop: Int64?) {
    self.tick = tick
    self.severity = severity
    self.wasDelivering = wasDelivering
    self.ticksToStop = ticksToStop
  }
}

/// A power-on and what followed it.
public struct PowerStory: Equatable, Sendable {
  /// When power came on.
  public var tick: Int64
  /// When it was lost again; nil where it was not.
  public var lostTick: Int64?
  /// When the self test had ended.
  public var selfTestEndTick: Int64?
  /// When the pump asked whether to resume; nil where it did not.
  public var askedTick: Int64?
  /// When `start` was accepted for the first time.
  public var startedTick: Int64?
  /// When the motor was first told to move towards the patient or to prime.
  public var firstMotionTick: Int64?
  /// Whether anything moved during the self test.
  public var hasMovedInSelfTest = false
  /// A power-on.
  public init(tick: Int64) { self.tick = tick }
}

/// A time in which the monitor held back a motor that the controller permitted.
public struct WithheldStory: Equatable, Sendable {
  /// When.
  public var span: TickSpan
  /// Microsteps that the motor made in it, from the second tick on: one tick lies between a permit
  /// and the count that shows it.
  public var steps: Int64
  /// Such a time.
  public init(span: TickSpan, steps: Int64) {
    self.span = span
    self.steps = steps
  }
}

/// A fault in the world, from its appearance until it was put right.
public struct FaultStory: Equatable, Sendable {
  /// What was wrong.
  public var fault: Fault
  /// While it lasted.
  public var span: TickSpan
  /// The predicted time to an occlusion alarm in the tick before it appeared, s; 0 where unknown.
  public var predictedTimeToAlarm_s: UInt32
  /// A fault.
  public init(_ fault: Fault, span: TickSpan, predictedTimeToAlarm_s: UInt32 = 0) {
    self.fault = fault
    self.span = span
    self.predictedTimeToAlarm_s = predictedTimeToAlarm_s
  }
}

/// One line of the record's event channel.
public struct StoryEvent: Equatable, Sendable {
  /// When.
  public var tick: Int64
  /// What kind, as the record writes it.
  public var kind: String
  /// What.
  public var name: String
  /// Who did it.
  public var role: String?
  /// What became of it.
  public var outcome: String?
  /// Priority of an alarm.
  public var priority: String?
  /// One line for people.
  public var text: String?
  /// What was found at a disposal, in `unit`.
  public var amount: Double?
  /// Unit of `amount`.
  public var unit: String?
  /// Who saw a disposal.
  public var witnesses: [String] = []
  /// An event.
  public init(tick: Int64, kind: String, name: String) {
    self.tick = tick
    self.kind = kind
    self.name = name
  }
}
