import PumpHAL

/// The controller: one value, stepped once a tick.
public struct Controller: Sendable {
  /// The incremental fingerprint of everything the controller has done.
  public private(set) var digest = StateDigest()

  /// Powers on.
  ///
  /// - Parameters:
  ///   - powerOn: what the hardware is and how the pump is configured.
  ///   - memory: what the non-volatile memory restored, first copy then second.
  public init(powerOn: PowerOn, memory: Span<JournalEntry>) {}

  /// One tick: reads nothing but itself and `input`.
  public mutating func step(_ input: TickInput) -> TickOutput { TickOutput() }

  /// What a display or a record shows a person; not part of a tick.
  public var telemetry: Telemetry { Telemetry() }
}
