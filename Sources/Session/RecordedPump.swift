// An earlier session as hardware.

import PumpHAL
import PumpPlant

/// The frames of an earlier session as hardware: senses what was sensed, moves nothing.
public struct RecordedPump: PumpHardware {
  /// What the recorded hardware was.
  public private(set) var capabilities: Capabilities
  /// Whether the controller had power.
  public internal(set) var isPowered = true
  private var memory: [JournalEntry]
  private var frame = SensorFrame()

  /// The hardware of one recorded power-on.
  public init(_ powerOn: PowerOn, memory: [JournalEntry]) {
    capabilities = powerOn.capabilities
    self.memory = memory
  }

  /// Goes on to another recorded power-on.
  mutating func load(_ powerOn: PowerOn, memory: [JournalEntry]) {
    capabilities = powerOn.capabilities
    self.memory = memory
  }

  /// Goes on to the next recorded frame.
  @inline(__always) public mutating func load(_ frame: SensorFrame) { self.frame = frame }
  /// What the memory held at that power-on.
  public mutating func restoreMemory() -> [JournalEntry] { memory }
  /// The frame that was recorded.
  @inline(__always) public mutating func sense() -> SensorFrame { frame }
  /// Does nothing: what was done then was done.
  @inline(__always) public mutating func actuate(_ frame: ActuatorFrame) {}
}

extension RecordedPump: AttachedHardware {
  /// What the world was is not in the frames.
  public var hasWorld: Bool { false }
  /// Lets a tick pass for which there is no frame.
  public mutating func elapse() {}
  /// Does nothing: what went wrong then is in the frames.
  public mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool { true }
  /// Does nothing: what was put right then is in the frames.
  public mutating func clear(_ selection: FaultSelection) {}
  /// Does nothing: what was fitted then is in the frames.
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) {}
  /// Nobody knows.
  public mutating func currentTruth() -> PlantTruth? { nil }
  /// A frame is there at once.
  public mutating func awaitAnswer() {}
  /// The next power-on is loaded from the record.
  public mutating func interruptSupply() {}
}
