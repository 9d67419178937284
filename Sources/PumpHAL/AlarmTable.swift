// The alarm table: one row a condition, and the sets that follow from it. `Docs/Alarms.md` shows it to
// people, the host adds names and texts.

/// What the pump does when an alarm condition comes up.
public enum AlarmAction: UInt8, Sendable {
  /// Stops delivery.
  case stop
  /// Goes on with the basal, grants no bolus.
  case hold
  /// Goes on.
  case goOn
  /// Does not start.
  case noStart
}

/// A row of the alarm table.
///
/// - Requirements: @relation(R-070, scope=file)
public struct AlarmRule: Equatable, Sendable {
  /// The priority that its signal begins with.
  public var priority: AlarmPriority
  /// The priority that it rises to as time passes or matters get worse.
  public var risen: AlarmPriority
  /// The priority that it comes to at last.
  public var urgent: AlarmPriority
  /// Whether its signal stays until somebody acknowledges it after the cause has gone.
  public var isLatching: Bool
  /// What the pump does.
  public var action: AlarmAction
  /// Whether delivery ends in the tick in which it comes up, not later and by the way.
  public var stopsAtOnce: Bool

  @inlinable init(
    _ priority: AlarmPriority, risesTo risen: AlarmPriority? = nil,
    then urgent: AlarmPriority? = nil,
    isLatching: Bool = false, _ action: AlarmAction, stopsAtOnce: Bool? = nil
  ) {
    self.priority = priority
    self.risen = risen ?? priority
    self.urgent = urgent ?? risen ?? priority
    self.isLatching = isLatching
    self.action = action
    self.stopsAtOnce = stopsAtOnce ?? (action == .stop)
  }
}

extension AlarmRule {
  /// Gives every row to `take`, by number.
  ///
  /// Straight on and inlined, so that what is asked of all rows is worked out when it is compiled: a
  /// global worked out on first use would take a lock in a tick.
  @inlinable @inline(__always)
  public static func visit(_ take: (AlarmID, AlarmRule) -> Void) {
    // Retracts first.
    take(.downstreamOcclusion, AlarmRule(.high, isLatching: true, .stop, stopsAtOnce: false))
    take(.plungerVacuum, AlarmRule(.high, isLatching: true, .stop))
    take(.overInfusion, AlarmRule(.high, isLatching: true, .stop))
    take(.airInLine, AlarmRule(.high, isLatching: true, .stop))
    take(.lineDisconnected, AlarmRule(.medium, isLatching: true, .goOn))
    take(.underInfusion, AlarmRule(.high, isLatching: true, .stop))
    take(.driveFault, AlarmRule(.high, isLatching: true, .stop))
    take(.syringeDisplaced, AlarmRule(.high, isLatching: true, .stop))
    take(.syringeMismatch, AlarmRule(.high, isLatching: true, .stop))
    // The programme ends by its mode.
    take(
      .endOfInfusion,
      AlarmRule(.medium, risesTo: .high, isLatching: true, .stop, stopsAtOnce: false))
    take(.batteryDepleted, AlarmRule(.high, isLatching: true, .stop))
    take(.powerLost, AlarmRule(.high, isLatching: true, .stop))
    take(.memoryFault, AlarmRule(.high, isLatching: true, .stop))
    take(.annunciatorFault, AlarmRule(.high, isLatching: true, .stop))
    take(.sensorImplausible, AlarmRule(.high, isLatching: true, .stop))
    take(.keyStuck, AlarmRule(.medium, .goOn))
    take(.clockInvalid, AlarmRule(.medium, isLatching: true, .hold))
    take(.temperature, AlarmRule(.medium, risesTo: .high, isLatching: true, .hold))
    take(.watchdog, AlarmRule(.high, isLatching: true, .stop))
    take(.doseCapReached, AlarmRule(.medium, .hold))
    take(.pausedTooLong, AlarmRule(.low, risesTo: .medium, then: .high, .goOn))
    take(.batteryLow, AlarmRule(.low, risesTo: .medium, .goOn))
    take(.nearEnd, AlarmRule(.low, risesTo: .medium, .goOn))
    take(.programmingIncomplete, AlarmRule(.low, risesTo: .medium, .noStart))
    take(.notStarted, AlarmRule(.medium, .goOn))
    take(.restartLimit, AlarmRule(.high, isLatching: true, .stop))
    take(.recordFailed, AlarmRule(.medium, isLatching: true, .hold))
    // Not started, and not gone on with.
    take(.libraryInvalid, AlarmRule(.high, isLatching: true, .noStart, stopsAtOnce: true))
    take(.bolusDenied, AlarmRule(.information, .goOn))
    take(.commsLost, AlarmRule(.high, isLatching: true, .stop))
    take(.serviceDue, AlarmRule(.information, .goOn))
    take(.unacknowledged, AlarmRule(.high, .goOn))
    take(.deadManMissing, AlarmRule(.low, .goOn))
  }
}

extension AlarmID {
  /// Its row of the alarm table.
  public var rule: AlarmRule {
    var rule = AlarmRule(.none, .goOn)
    AlarmRule.visit { if $0 == self { rule = $1 } }
    return rule
  }
}

extension AlarmPriority {
  /// What the lamp shows for it; off where it is no alarm.
  @inlinable public var lamp: Lamp {
    switch self {
    case .none, .information: .off
    case .low: .low
    case .medium: .medium
    case .high: .high
    }
  }

  /// What the buzzer sounds for it; off where it is no alarm.
  @inlinable public var buzzer: Buzzer {
    switch self {
    case .none, .information: .off
    case .low: .low
    case .medium: .medium
    case .high: .high
    }
  }
}

extension AlarmSet {
  /// Conditions that stay signalled until acknowledged.
  @inlinable public static var latching: AlarmSet { AlarmSet(where: { $0.isLatching }) }
  /// Conditions that end delivery at once.
  @inlinable public static var stopping: AlarmSet { AlarmSet(where: { $0.stopsAtOnce }) }
  /// Conditions that are shown and are no alarm.
  @inlinable public static var information: AlarmSet {
    AlarmSet(where: { $0.priority == .information })
  }

  @inlinable @inline(__always) init(where belongs: (AlarmRule) -> Bool) {
    var bits: UInt64 = 0
    AlarmRule.visit { if belongs($1) { bits |= 1 << UInt64($0.rawValue) } }
    self.init(bits: bits)
  }
}
