import PumpHAL

/// A pump whose hardware is the modelled world, in the same process.
public struct SimulatedPump: PumpHardware, Sendable {
  /// What the world was made of at power-on.
  public let parameters: PlantParameters
  /// What the hardware is and can do.
  public var capabilities = Capabilities()

  /// Builds a world and powers the pump on.
  ///
  /// - Parameters:
  ///   - parameters: what the world is made of.
  ///   - memory: what the non-volatile memory holds, first copy then second (512 entries); blank
  ///     where nil.
  public init(_ parameters: PlantParameters, memory: [JournalEntry]? = nil) {
    self.parameters = parameters
  }

  /// What the memory holds: the first copy, then the second.
  public mutating func restoreMemory() -> [JournalEntry] { [] }
  /// The newest readings.
  public mutating func sense() -> SensorFrame { SensorFrame() }
  /// Takes what shall be done and lets one tick of 10 ms pass.
  public mutating func actuate(_ frame: ActuatorFrame) {}
  /// Lets one tick pass in which nothing was heard.
  public mutating func elapse() {}
  /// Makes something go wrong.
  public mutating func inject(_ fault: Fault) {}
  /// Puts everything of one kind right again.
  public mutating func clear(_ kind: FaultKind) {}
  /// Fits another syringe, with so much fluid (µL) of so much drug (mg/mL).
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double
  ) {}
  /// The next write to the memory leaves half of its bytes.
  public mutating func tearNextWrite() {}
  /// The next write to the memory does not happen.
  public mutating func loseNextWrite() {}
  /// Whether the controller has power.
  public var isPowered: Bool { true }
  /// What is really the case.
  public var truth: PlantTruth { PlantTruth() }
  /// A fingerprint of the whole state.
  public var stateDigest: StateDigest { StateDigest() }
  /// A copy that shares nothing with this one, so that no later tick has to allocate.
  public func snapshot() -> SimulatedPump { self }
}

extension SimulatedPump: CanonicalCodable {
  /// Appends the whole state.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) { parameters.encode(to: &sink) }
  /// Reads a whole state.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init(PlantParameters(from: &source))
  }
}
