import BoardProtocol
import PumpHAL
import PumpPlant

/// A pump on a serial port that speaks the protocol of the open motor board.
public final class SerialPump: PumpHardware, @unchecked Sendable {
  /// What the board declared.
  public private(set) var capabilities = Capabilities()
  /// Who drives time: the board's clock, or this host tick by tick.
  public let mode: BoardMode = .lockstep

  /// Opens the board on `path` and begins a session.
  public static func open(path: String, mode: BoardMode) throws(SerialPumpError) -> SerialPump {
    throw .noAnswer(path: path, sawOtherBytes: false)
  }
  /// Whether the board is emulated and has a world that can be changed.
  public var hasWorld: Bool { false }
  /// Whether the pump behind the board has power; always true on hardware.
  public var isPowered: Bool { true }
  /// What the memory holds: the first copy, then the second.
  public func restoreMemory() -> [JournalEntry] { [] }
  /// The newest readings; never blocks.
  public func sense() -> SensorFrame { SensorFrame() }
  /// Takes what shall be done; never blocks.
  public func actuate(_ frame: ActuatorFrame) {}
  /// Lockstep: lets a tick pass in which the motor hears nothing; real time: sends nothing.
  public func elapse() {}
  /// Lockstep: waits for the answer to the last `actuate` or `elapse`; real time: returns at once.
  ///
  /// To be called by whoever paces, once a tick, after `actuate`. False when the link is lost.
  public func awaitFrame(withinMilliseconds limit: Int = 2000) -> Bool { true }
  /// Ends the session; the motor stops.
  public func close() {}

  /// Builds a new world behind an emulated board and begins a new session.
  public func configure(
    _ parameters: PlantParameters, memory: [JournalEntry]? = nil
  ) throws(SerialPumpError) {}
  /// Makes something go wrong.
  public func inject(_ fault: Fault) throws(SerialPumpError) {}
  /// Puts everything of one kind right again.
  public func clear(_ kind: FaultKind) throws(SerialPumpError) {}
  /// Fits another syringe, with so much fluid (µL) of so much drug (mg/mL).
  public func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double
  ) throws(SerialPumpError) {}
  /// The next write to the memory leaves half of its bytes.
  public func tearNextWrite() throws(SerialPumpError) {}
  /// The next write to the memory does not happen.
  public func loseNextWrite() throws(SerialPumpError) {}
  /// Asks the world what is really the case.
  public func readTruth() throws(SerialPumpError) -> PlantTruth { PlantTruth() }
  /// Asks the world for the fingerprint of its whole state.
  public func readStateDigest() throws(SerialPumpError) -> UInt64 { 0 }

  private init() {}
}
