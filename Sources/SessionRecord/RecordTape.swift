import PumpHAL

/// The recorded inputs and outputs, tick by tick: what a replay reads.
///
/// ```swift
/// var tape = try reader.tape()
/// while true {
///   switch try tape.next() {
///   case .powerOn: // tape.powerOn, tape.memory
///   case .tick: // tape.input, tape.output, tape.monitor, tape.sessionTick
///   case .blockEnd: // tape.blockNumber, tape.controllerDigest, tape.monitorDigest
///   case .end: return
///   }
/// }
/// ```
public struct RecordTape: ~Copyable {
  /// What the tape has come to.
  public enum Item: Sendable {
    /// A power-on.
    case powerOn
    /// A tick.
    case tick
    /// The end of a block.
    case blockEnd
    /// The end of the record.
    case end
  }

  /// The session tick of the item.
  public private(set) var sessionTick: Int64 = 0
  /// What entered the tick.
  public private(set) var input = TickInput(
    elapsedTicks: 0, sensors: SensorFrame(), command: .none)
  /// What the controller said.
  public private(set) var output = TickOutput()
  /// What the monitor said.
  public private(set) var monitor = MonitorOutput()
  /// The last power-on.
  public private(set) var powerOn = PowerOn(
    capabilities: Capabilities(), configuration: PumpConfiguration())
  /// What the memory restored at the last power-on.
  public private(set) var memory: [JournalEntry] = []
  /// The number of the block; the first is 0.
  public private(set) var blockNumber: UInt64 = 0
  /// The controller's digest at the end of the block.
  public private(set) var controllerDigest: UInt64 = 0
  /// The monitor's digest at the end of the block.
  public private(set) var monitorDigest: UInt64 = 0

  init() {}

  /// Goes on to the next item.
  public mutating func next() throws(RecordError) -> Item { .end }
}
