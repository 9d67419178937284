/// A pump's hardware, whatever stands behind it: the plant in process, a device on a port, or the
/// frames of an earlier session.
///
/// `sense` and `actuate` neither throw nor block; opening and closing, which may throw, belong to
/// each implementation. Every implementation stops its motor by itself when it has heard nothing
/// for 250 ms (the dead man).
public protocol PumpHardware: ~Copyable {
  /// What the hardware is and can do.
  var capabilities: Capabilities { get }
  /// What the non-volatile memory holds at power-on: `slotCount` entries of the first copy, then
  /// as many of the second; a slot never written is `JournalEntry.blank`.
  mutating func restoreMemory() -> [JournalEntry]
  /// The newest readings.
  mutating func sense() -> SensorFrame
  /// Takes what shall be done until the next tick.
  mutating func actuate(_ frame: ActuatorFrame)
}
