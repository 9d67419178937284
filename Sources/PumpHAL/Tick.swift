/// The control loop runs at 100 Hz: the ticks in one second.
@inlinable public var ticksPerSecond: Int64 { 100 }

/// Everything that enters one tick: the one door.
public struct TickInput: Equatable, Sendable {
  /// Ticks since the last pass: 1, or more after an overrun; 0 is impossible.
  public var elapsedTicks: UInt16
  /// What the hardware senses.
  public var sensors: SensorFrame
  /// What an operator asks, if anything.
  public var command: OperatorCommand
  /// An input.
  @inlinable public init(elapsedTicks: UInt16, sensors: SensorFrame, command: OperatorCommand) {
    self.elapsedTicks = elapsedTicks
    self.sensors = sensors
    self.command = command
  }
  /// The most bytes an encoded input takes.
  @inlinable public static var maximumEncodedSize: Int32 { 128 }
}

/// A bound of the rate limiter that holds the commanded flow below the programme, as bits.
public struct RateBounds: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// A set from its bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The prescribed maximum.
  @inlinable public static var prescription: RateBounds { RateBounds(rawValue: 1 << 0) }
  /// The drug library's hard limit.
  @inlinable public static var library: RateBounds { RateBounds(rawValue: 1 << 1) }
  /// The pump's maximum.
  @inlinable public static var pump: RateBounds { RateBounds(rawValue: 1 << 2) }
  /// The syringe's maximum (the motor's step rate on this bore).
  @inlinable public static var syringe: RateBounds { RateBounds(rawValue: 1 << 3) }
  /// The slew limit.
  @inlinable public static var slew: RateBounds { RateBounds(rawValue: 1 << 4) }
  /// A dose cap.
  @inlinable public static var doseCap: RateBounds { RateBounds(rawValue: 1 << 5) }
}

/// What became of a command.
public enum CommandResult: UInt8, Sendable, CaseIterable {
  /// There was no command.
  case none = 0
  /// Done, or begun.
  case accepted = 1
  /// Not in this mode.
  case refusedMode = 2
  /// Not by this role.
  case refusedRole = 3
  /// A value is out of range.
  case refusedRange = 4
  /// Something is missing that must be entered first.
  case refusedIncomplete = 5
  /// An alarm stands in the way.
  case refusedAlarm = 6
  /// The lockout still runs.
  case refusedLockout = 7
  /// As many boluses as allowed were given this hour.
  case refusedCount = 8
  /// A dose cap would be passed.
  case refusedDoseCap = 9
  /// A hard limit of the drug library would be passed.
  case refusedLibrary = 10
  /// The programme does not fit the reservoir.
  case refusedReservoir = 11
  /// The occlusion limit cannot be reached by this drive or cell with this syringe.
  case refusedOcclusionLimit = 12
  /// The syringe seen is not the syringe confirmed.
  case refusedSyringe = 13
  /// The dose history cannot be trusted.
  case refusedHistory = 14
  /// A bolus is already being delivered.
  case refusedBusy = 15
  /// The record failed; boluses are held.
  case refusedRecord = 16
  /// A soft limit of the drug library would be passed, and nobody has overridden it.
  case refusedSoftLimit = 17
  /// The code is wrong.
  case refusedCode = 18
  /// The role is locked: its code has to be entered first, or is not taken for a while.
  case refusedLocked = 19
}

/// Everything that the controller says in one tick.
public struct TickOutput: Equatable, Sendable {
  /// What the hardware shall do, but for the monitor's permit.
  public var actuator = ActuatorFrame()
  /// What became of this tick's command.
  public var result: CommandResult = .none
  /// Conditions that are present.
  public var conditions = AlarmSet()
  /// Conditions that are signalled: present, or latched until acknowledged.
  public var signals = AlarmSet()
  /// Bounds that hold the flow below the programme.
  public var bounds: RateBounds = []
  /// Index of the programme phase that runs.
  public var phase: UInt8 = 0
  /// Predicted time from an occlusion now to its alarm at the present rate, s; 0 where unknown.
  public var predictedTimeToAlarm: UInt32 = 0
  /// An output that permits nothing.
  public init() {}
  /// The mode.
  @inlinable public var mode: PumpMode { actuator.display.screen }
}

/// Everything that the protective monitor says in one tick.
public struct MonitorOutput: Equatable, Sendable {
  /// Whether the motor may move.
  public var isPermitting = false
  /// Why not, as alarm conditions; empty while it permits, but for the pressure ceiling, at which it
  /// permits only backward motion.
  public var objections = AlarmSet()
  /// A write to the monitor's part of the memory; only in ticks whose number ends in 50 (mod 100),
  /// which the controller leaves to it.
  public var journal: JournalEntry?
  /// An output that permits nothing.
  public init() {}
}

extension TickInput: CanonicalCodable {
  /// Appends the input, at most 128 bytes.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(elapsedTicks)
    sensors.encode(to: &sink)
    command.encode(to: &sink)
  }
  /// Reads an input.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    elapsedTicks = source.take16()
    sensors = SensorFrame(from: &source)
    command = OperatorCommand(from: &source)
  }
}

extension TickOutput: CanonicalCodable {
  /// Appends the output.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    actuator.encode(to: &sink)
    sink.put(result)
    sink.put(conditions.bits)
    sink.put(signals.bits)
    sink.put(bounds.rawValue)
    sink.put(phase)
    sink.put(predictedTimeToAlarm)
  }
  /// Reads an output.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    actuator = ActuatorFrame(from: &source)
    result = source.takeCase(or: .none)
    conditions = AlarmSet(bits: source.take64())
    signals = AlarmSet(bits: source.take64())
    bounds = RateBounds(rawValue: source.take8())
    phase = source.take8()
    predictedTimeToAlarm = source.take32()
  }
}

extension MonitorOutput: CanonicalCodable {
  /// Appends the output.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(isPermitting)
    sink.put(objections.bits)
    sink.put(journal != nil)
    if let journal { journal.encode(to: &sink) }
  }
  /// Reads an output.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    isPermitting = source.takeBool()
    objections = AlarmSet(bits: source.take64())
    if source.takeBool() { journal = JournalEntry(from: &source) }
  }
}
