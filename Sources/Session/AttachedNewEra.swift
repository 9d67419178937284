import PumpHAL
import PumpPlant
import PumpSerial

/// A New Era pump on a port as a session runs it: hardware, with no world that could be changed.
public struct AttachedNewEra: AttachedHardware, Sendable {
  private let pump: NewEraPump

  /// A pump that has been opened and begun.
  public init(_ pump: NewEraPump) { self.pump = pump }

  /// What the hardware is and can do.
  public var capabilities: Capabilities { pump.capabilities }
  /// What goes over the wire.
  public var wire: WireTap? { pump.wire }
  /// There is none that anybody could change.
  public var hasWorld: Bool { false }
  /// Whether the controller has power: it runs here.
  public var isPowered: Bool { true }
  /// What the memory holds: the first copy, then the second.
  public mutating func restoreMemory() -> [JournalEntry] { pump.restoreMemory() }
  /// The newest readings.
  public mutating func sense() -> SensorFrame { pump.sense() }
  /// Takes what shall be done until the next tick.
  public mutating func actuate(_ frame: ActuatorFrame) { pump.actuate(frame) }
  /// Time passes by itself.
  public mutating func elapse() {}
  /// Does nothing: the port's own thread has the answers.
  public mutating func awaitAnswer() {}
  /// Does nothing: the pump has its own supply.
  public mutating func interruptSupply() {}
  /// Stops the pump and closes the port.
  public func close() { pump.close() }

  /// Nothing can be made to go wrong.
  public mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool { false }
  /// Nothing was made to go wrong.
  public mutating func clear(_ selection: FaultSelection) {}
  /// Nobody can change a syringe from here.
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) {}
  /// Nobody can know.
  public mutating func currentTruth() -> PlantTruth? { nil }

  /// What the pump's own counter says was dispensed, and why it was given up, if it was.
  public var measured: MeasuredVolume? {
    let dispensed = pump.dispensed
    return MeasuredVolume(
      least_mL: dispensed.least_uL / 1000, most_mL: dispensed.most_uL / 1000,
      lossReason: pump.lossReason)
  }
  /// What was found out of the pump, for the record.
  public var details: [String: String] {
    var details = [
      "pumpModel": pump.version.map { $0.model + $0.upgrade } ?? "unknown",
      "pumpFirmware": pump.version?.firmware ?? "unknown",
      "pumpMode": pump.hasDeadMan ? "safe, time-out 1 s" : "basic, no dead man",
    ]
    if !pump.alarmsAtOpening.isEmpty {
      details["alarmsAtOpening"] = pump.alarmsAtOpening.joined(separator: "; ")
    }
    return details
  }
  /// Whether the pump stops by itself when it hears nothing.
  public var hasDeadMan: Bool { pump.hasDeadMan }
}
