import PumpHAL
import PumpPlant
import PumpSerial

/// A board on a port as a session runs it.
///
/// What the board's world refuses or cannot answer is kept in `failure`, so that a tick never throws.
public struct AttachedBoard: AttachedHardware, Sendable {
  private let pump: SerialPump
  /// The first thing the board could not do.
  public private(set) var failure: SerialPumpError?

  /// A board that has been opened.
  public init(_ pump: SerialPump) { self.pump = pump }

  /// What the hardware is and can do.
  public var capabilities: Capabilities { pump.capabilities }
  /// What goes over the wire.
  public var wire: WireTap? { pump.wire }
  /// What went over the wire, counted.
  public var statistics: LinkStatistics { pump.statistics }
  /// Whether the board is emulated and its world can be changed.
  public var hasWorld: Bool { pump.hasWorld }
  /// Whether the pump behind the board has power.
  public var isPowered: Bool { pump.isPowered }
  /// What the memory holds: the first copy, then the second.
  public mutating func restoreMemory() -> [JournalEntry] { pump.restoreMemory() }
  /// The newest readings.
  public mutating func sense() -> SensorFrame { pump.sense() }
  /// Takes what shall be done until the next tick.
  public mutating func actuate(_ frame: ActuatorFrame) { pump.actuate(frame) }
  /// Lets one tick pass in which the board hears nothing.
  public mutating func elapse() {
    pump.elapse()
    pump.awaitFrame()
  }
  /// Waits for the board's answer; a board that gives none shows in the link's state.
  public mutating func awaitAnswer() { pump.awaitFrame() }
  /// Does nothing: the board has its own supply.
  public mutating func interruptSupply() {}
  /// Ends the board's session; the motor stops.
  public func close() { pump.close() }

  /// Makes something go wrong in the world behind the board.
  public mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool {
    attempt { pump throws(SerialPumpError) in try pump.inject(fault, lasting: seconds) }
    return true
  }
  /// Puts faults right again.
  public mutating func clear(_ selection: FaultSelection) {
    attempt { pump throws(SerialPumpError) in try pump.clear(selection) }
  }
  /// Fits another syringe.
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) {
    attempt { pump throws(SerialPumpError) in
      try pump.changeSyringe(syringe, fill: fill, concentration: concentration, second: second)
    }
  }
  /// What is really the case; nil on hardware.
  public mutating func currentTruth() -> PlantTruth? {
    guard pump.hasWorld else { return nil }
    var truth: PlantTruth?
    attempt { pump throws(SerialPumpError) in truth = try pump.readTruth() }
    return truth
  }

  private mutating func attempt(_ act: (SerialPump) throws(SerialPumpError) -> Void) {
    do { try act(pump) } catch { if failure == nil { failure = error } }
  }
}
