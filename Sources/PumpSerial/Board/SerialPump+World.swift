// The world behind an emulated board, as `SimulatedPump` offers it in process.
import BoardProtocol
import PumpHAL
import PumpPlant

extension SerialPump {
  /// Builds a new world behind an emulated board and begins a new session.
  ///
  /// - Parameters:
  ///   - parameters: what the world is made of.
  ///   - memory: what the non-volatile memory holds; blank where nil.
  public func configure(
    _ parameters: PlantParameters, memory: [JournalEntry]? = nil
  ) throws(SerialPumpError) {
    try requireWorld()
    try betweenSessions { () throws(SerialPumpError) in
      try load(CanonicalBytes.of(WorldConfiguration(parameters: parameters, memory: memory)))
      _ = try world(.configure, what: "to build this world")
    }
  }

  /// Makes something go wrong; it ends by itself after `seconds`, or lasts where they are 0.
  public func inject(_ fault: Fault, lasting seconds: Double = 0) throws(SerialPumpError) {
    let order = FaultOrder(fault: fault, seconds: seconds)
    _ = try world(.inject, CanonicalBytes.of(order), what: "a fault")
  }

  /// Puts faults right again.
  public func clear(_ selection: FaultSelection) throws(SerialPumpError) {
    _ = try world(.clear, CanonicalBytes.of(selection), what: "to clear a fault")
  }

  /// Puts everything of one kind right again.
  public func clear(_ kind: FaultKind) throws(SerialPumpError) {
    try clear(.named(kind, site: nil))
  }

  /// Fits another syringe, with so much fluid (µL) of so much drug (mg/mL) and of so much of
  /// the second drug of a mixture (mg/mL).
  public func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double = 0
  ) throws(SerialPumpError) {
    try requireWorld()
    let change = SyringeChange(
      syringe: syringe, fill: fill, concentration: concentration, second: second)
    try load(CanonicalBytes.of(change))
    _ = try world(.changeSyringe, what: "another syringe")
  }

  /// The next write to the memory leaves half of its bytes.
  public func tearNextWrite() throws(SerialPumpError) {
    _ = try world(.memoryFault, [0], what: "a memory fault")
  }

  /// The next write to the memory does not happen.
  public func loseNextWrite() throws(SerialPumpError) {
    _ = try world(.memoryFault, [1], what: "a memory fault")
  }

  /// Asks the world what is really the case.
  ///
  /// In real time this is what the board has told by now: where its answer comes late, the truth of
  /// the question before, so that a slow line does not hold up the control loop.
  public func readTruth() throws(SerialPumpError) -> PlantTruth {
    try requireWorld()
    var bytes: [UInt8]?
    if mode == .realTime {
      let question = BoardRequest(.world, [WorldOperation.truth.rawValue])
      bytes = try newest(question).map { answered throws(SerialPumpError) in
        try data(of: answered, what: "the plant's truth")
      }
      if bytes == nil, let lastTruth { return lastTruth }
    }
    if bytes == nil { bytes = try world(.truth, what: "the plant's truth") }
    let told = bytes ?? []
    guard let truth = CanonicalBytes.read(told, { PlantTruth(from: &$0) }) else {
      throw violation("the plant's truth cannot be read")
    }
    lastTruth = truth
    return truth
  }

  /// Asks the world for the fingerprint of its whole state.
  public func readStateDigest() throws(SerialPumpError) -> UInt64 {
    let bytes = try world(.digest, what: "the fingerprint of its state")
    guard let digest = CanonicalBytes.read(bytes, { $0.take64() }) else {
      throw violation("the fingerprint of its state cannot be read")
    }
    return digest
  }

  private func requireWorld() throws(SerialPumpError) {
    if !hasWorld { throw .noWorld(path: path) }
  }

  /// Sends a block in parts.
  private func load(_ block: [UInt8]) throws(SerialPumpError) {
    precondition(block.count <= Int(UInt16.max))
    var offset = 0
    while offset < block.count {
      let part = block.dropFirst(offset).prefix(BlockPart.maximumDataSize)
      let head = BlockPart(offset: UInt16(offset), total: UInt16(block.count))
      _ = try world(.load, CanonicalBytes.of(head) + part, what: "a block of data")
      offset += part.count
    }
  }

  private func world(
    _ operation: WorldOperation, _ data: [UInt8] = [], what: String
  ) throws(SerialPumpError) -> [UInt8] {
    try requireWorld()
    return try read(try request(BoardRequest(.world, [operation.rawValue] + data)), what: what)
  }

  /// The data of an answer that has come.
  private func data(
    of answered: BoardRequest, what: String
  ) throws(SerialPumpError) -> [UInt8] {
    if answered.refusal != nil { throw .boardReset(path: path) }
    return try read(answered.answer, what: what)
  }

  private func read(
    _ answer: [[UInt8]], what: String
  ) throws(SerialPumpError) -> [UInt8] {
    guard let code = answer.first?.first, let status = WorldStatus(rawValue: code) else {
      throw violation("an answer without status")
    }
    switch status {
    case .done: return Array(answer.dropFirst().joined())
    case .badData: throw .refused(path: path, what: what, why: RefusalReason.badData.text)
    case .notNow: throw .refused(path: path, what: what, why: RefusalReason.sessionOpen.text)
    }
  }
}
