import PumpHAL

/// The independent protective channel: one value, stepped once a tick beside the controller.
public struct ProtectiveMonitor: Sendable {
  /// The incremental fingerprint of everything the monitor has done.
  public private(set) var digest = StateDigest()

  /// Powers on.
  public init(powerOn: PowerOn, memory: Span<JournalEntry>) {}

  /// One tick: reads nothing but itself and `input`.
  public mutating func step(_ input: TickInput) -> MonitorOutput { MonitorOutput() }
}
