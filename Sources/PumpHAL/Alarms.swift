/// The alarm conditions, numbered as in the alarm table (`Docs/Alarms.md`).
///
/// - Requirements: @relation(R-070, scope=file)
public enum AlarmID: UInt8, Sendable, CaseIterable {
  /// ALM01: pressure downstream reached its limit.
  case downstreamOcclusion = 1
  /// ALM02: vacuum at the plunger.
  case plungerVacuum = 2
  /// ALM03: more delivered than commanded, or motion that nobody commanded.
  case overInfusion = 3
  /// ALM04: air in the line.
  case airInLine = 4
  /// ALM05: pressure fell away: line disconnected.
  case lineDisconnected = 5
  /// ALM06: less delivered than commanded.
  case underInfusion = 6
  /// ALM07: stall, slip, lost steps.
  case driveFault = 7
  /// ALM08: barrel, flange or plunger out of place.
  case syringeDisplaced = 8
  /// ALM09: the syringe seen is not the syringe confirmed.
  case syringeMismatch = 9
  /// ALM10: reservoir empty or infusion complete.
  case endOfInfusion = 10
  /// ALM11: battery depleted.
  case batteryDepleted = 11
  /// ALM12: power lost.
  case powerLost = 12
  /// ALM13: memory, checksum or processor failure.
  case memoryFault = 13
  /// ALM14: lamp, buzzer or display failed.
  case annunciatorFault = 14
  /// ALM15: sensors contradict each other or are missing.
  case sensorImplausible = 15
  /// ALM16: a key is stuck.
  case keyStuck = 16
  /// ALM17: the clock is invalid.
  case clockInvalid = 17
  /// ALM18: temperature out of range.
  case temperature = 18
  /// ALM19: watchdog: a task or a channel went silent.
  case watchdog = 19
  /// ALM20: a dose cap was reached.
  case doseCapReached = 20
  /// ALM21: paused for too long.
  case pausedTooLong = 21
  /// ALM22: battery low.
  case batteryLow = 22
  /// ALM23: near the end of the infusion.
  case nearEnd = 23
  /// ALM24: programming left incomplete.
  case programmingIncomplete = 24
  /// ALM25: programmed, but not started.
  case notStarted = 25
  /// ALM26: too many restarts after occlusion.
  case restartLimit = 26
  /// ALM27: the record or the journal failed.
  case recordFailed = 27
  /// ALM28: drug library invalid or mismatched.
  case libraryInvalid = 28
  /// ALM29: a bolus was denied (information).
  case bolusDenied = 29
  /// ALM30: link to the hardware lost.
  case commsLost = 30
  /// ALM31: calibration or service overdue (information).
  case serviceDue = 31
  /// ALM32: a high-priority alarm stayed unacknowledged.
  case unacknowledged = 32
  /// ALM33: the hardware has no dead man of its own: should this program die, nothing stops it.
  case deadManMissing = 33
}

/// How urgent an alarm is (IEC 60601-1-8).
public enum AlarmPriority: UInt8, Sendable, Comparable {
  /// No alarm.
  case none = 0
  /// Shown and recorded, not an alarm signal.
  case information = 1
  /// Low priority.
  case low = 2
  /// Medium priority.
  case medium = 3
  /// High priority.
  case high = 4
  /// Orders by urgency.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A set of alarm conditions.
public struct AlarmSet: Equatable, Sendable {
  /// Bit n stands for the condition with raw value n.
  public var bits: UInt64
  /// A set from its bits.
  @inlinable public init(bits: UInt64 = 0) { self.bits = bits }
  /// A set of one.
  @inlinable public init(_ id: AlarmID) { self.init(bits: 1 << UInt64(id.rawValue)) }
  /// Whether it holds none.
  @inlinable public var isEmpty: Bool { bits == 0 }
  /// Whether it holds `id`.
  @inlinable public func contains(_ id: AlarmID) -> Bool { bits >> UInt64(id.rawValue) & 1 == 1 }
  /// Adds `id`.
  @inlinable public mutating func insert(_ id: AlarmID) { bits |= 1 << UInt64(id.rawValue) }
  /// Whether it and `other` have one in common.
  @inlinable public func intersects(_ other: AlarmSet) -> Bool { bits & other.bits != 0 }
  /// What is in it and in `other`.
  @inlinable public func intersection(_ other: AlarmSet) -> AlarmSet {
    AlarmSet(bits: bits & other.bits)
  }
  /// What is in it and not in `other`.
  @inlinable public func subtracting(_ other: AlarmSet) -> AlarmSet {
    AlarmSet(bits: bits & ~other.bits)
  }
  /// Adds everything in `other`.
  @inlinable public mutating func formUnion(_ other: AlarmSet) { bits |= other.bits }
  /// A set of those in `set` and `id`.
  @inlinable public static func | (set: AlarmSet, id: AlarmID) -> AlarmSet {
    AlarmSet(bits: set.bits | 1 << UInt64(id.rawValue))
  }
  /// Removes `id`.
  @inlinable public mutating func remove(_ id: AlarmID) { bits &= ~(1 << UInt64(id.rawValue)) }
}
