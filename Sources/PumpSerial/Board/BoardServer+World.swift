// The emulated board's own service: changing and asking the world behind it.
import BoardProtocol
import PumpHAL
import PumpPlant

/// What `WorldOperation.configure` carries.
struct WorldConfiguration: CanonicalCodable {
  /// What the world is made of.
  var parameters: PlantParameters
  /// What the memory holds, nil where nothing was ever written.
  var memory: [JournalEntry]?

  init(parameters: PlantParameters, memory: [JournalEntry]?) {
    self.parameters = parameters
    self.memory = memory
  }

  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    parameters.encode(to: &sink)
    let slots = memory.map { Array($0.enumerated().filter { $0.element != .blank }) } ?? []
    sink.put(memory != nil)
    sink.put(UInt16(slots.count))
    for (index, entry) in slots { MemorySlot(index: UInt16(index), entry: entry).encode(to: &sink) }
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    parameters = PlantParameters(from: &source)
    let hasMemory = source.takeBool()
    let count = source.take16()
    var slots = [JournalEntry](repeating: .blank, count: Int(MemorySlot.end))
    for _ in 0..<min(count, MemorySlot.end) {
      let slot = MemorySlot(from: &source)
      if slot.index < MemorySlot.end {
        slots[Int(slot.index)] = slot.entry
      } else {
        source.fail()
      }
    }
    memory = hasMemory ? slots : nil
  }
}

/// What `WorldOperation.inject` carries.
struct FaultOrder: CanonicalCodable {
  /// What goes wrong.
  var fault: Fault
  /// The time after which it ends by itself, s; 0 where it lasts until it is cleared.
  var seconds: Double

  init(fault: Fault, seconds: Double) {
    self.fault = fault
    self.seconds = seconds
  }

  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    fault.encode(to: &sink)
    sink.put(seconds)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    fault = Fault(from: &source)
    seconds = source.takeDouble()
    // Not a number is no time either.
    if !(seconds >= 0 && seconds <= 1e9) { source.fail() }
  }
}

/// What `WorldOperation.changeSyringe` carries.
struct SyringeChange: CanonicalCodable {
  /// The syringe that is fitted.
  var syringe: SyringeParameters
  /// Fluid in it, µL.
  var fill: Double
  /// Drug in the fluid, mg/mL.
  var concentration: Double
  /// Second drug of a mixture in the fluid, mg/mL.
  var second: Double

  init(syringe: SyringeParameters, fill: Double, concentration: Double, second: Double) {
    self.syringe = syringe
    self.fill = fill
    self.concentration = concentration
    self.second = second
  }

  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    syringe.encode(to: &sink)
    sink.put(fill)
    sink.put(concentration)
    sink.put(second)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    syringe = SyringeParameters(from: &source)
    fill = source.takeDouble()
    concentration = source.takeDouble()
    second = source.takeDouble()
    if !fill.isFinite || !concentration.isFinite || !second.isFinite { source.fail() }
  }
}

extension BoardServer {
  /// Answers a request to the world.
  mutating func world(_ header: FrameHeader) {
    guard
      let (operation, data) = payloadWithTail(
        header, { $0.takeCase(or: WorldOperation.load) })
    else { return }
    switch operation {
    case .load: answer(header, operation, load(data))
    case .configure: answer(header, operation, configure())
    case .inject:
      guard let order = CanonicalBytes.read(data, { FaultOrder(from: &$0) }),
        pump.inject(order.fault, lasting: order.seconds)
      else {
        return answer(header, operation, .badData)
      }
      worldDidChange()
      answer(header, operation, .done)
    case .clear:
      guard let selection = CanonicalBytes.read(data, { FaultSelection(from: &$0) }) else {
        return answer(header, operation, .badData)
      }
      pump.clear(selection)
      worldDidChange()
      answer(header, operation, .done)
    case .changeSyringe:
      guard let change = takeLoaded({ SyringeChange(from: &$0) }),
        change.syringe.isUsable && change.fill >= 0 && change.concentration >= 0
          && change.second >= 0
      else {
        return answer(header, operation, .badData)
      }
      pump.changeSyringe(
        change.syringe, fill: change.fill, concentration: change.concentration,
        second: change.second)
      worldDidChange()
      answer(header, operation, .done)
    case .truth: answer(header, operation, .done, CanonicalBytes.of(pump.truth))
    case .memoryFault:
      switch data {
      case [0]: pump.tearNextWrite()
      case [1]: pump.loseNextWrite()
      default: return answer(header, operation, .badData)
      }
      answer(header, operation, .done)
    case .digest:
      var bytes = CanonicalBytes()
      bytes.put(pump.stateDigest.value)
      answer(header, operation, .done, bytes.bytes)
    }
  }

  /// Takes a part of a block; a part that is there already is taken for a repetition.
  private mutating func load(_ data: [UInt8]) -> WorldStatus {
    guard data.count > 4,
      let part = CanonicalBytes.read(Array(data[..<4]), { BlockPart(from: &$0) })
    else { return .badData }
    if part.offset == 0 {
      loaded = []
      loadedTotal = Int(part.total)
    }
    let bytes = data[4...]
    let end = Int(part.offset) + bytes.count
    if Int(part.total) != loadedTotal || end > loadedTotal || Int(part.offset) > loaded.count {
      return .badData
    }
    if end > loaded.count { loaded.append(contentsOf: bytes.suffix(end - loaded.count)) }
    return .done
  }

  /// Reads the block that was loaded, if it is complete and right.
  private mutating func takeLoaded<Value>(_ read: (inout CanonicalReader) -> Value) -> Value? {
    if loaded.count != loadedTotal || loaded.isEmpty { return nil }
    defer { loaded = [] }
    return CanonicalBytes.read(loaded, read)
  }

  private mutating func configure() -> WorldStatus {
    if session != nil { return .notNow }
    guard let world = takeLoaded({ WorldConfiguration(from: &$0) }),
      world.parameters.isUsable
    else { return .badData }
    replaceWorld(SimulatedPump(world.parameters, memory: world.memory))
    return .done
  }

  private mutating func answer(
    _ header: FrameHeader, _ operation: WorldOperation, _ status: WorldStatus, _ data: [UInt8] = []
  ) {
    var offset = 0
    repeat {
      let part = data.dropFirst(offset).prefix(WorldAnswer.maximumDataSize)
      send(FrameHeader(.worldAnswer, sequence: header.sequence)) { sink in
        WorldAnswer(
          operation, status, offset: UInt16(offset), total: UInt16(data.count)
        ).encode(to: &sink)
        for byte in part { sink.put(byte) }
      }
      offset += part.count
    } while offset < data.count
  }
}

extension Identity {
  /// The first sixteen characters of a name as the two numbers that carry them.
  static func name(_ text: String) -> (UInt64, UInt64) {
    var words: (UInt64, UInt64) = (0, 0)
    for (index, byte) in text.utf8.prefix(16).enumerated() {
      let bits = UInt64(byte) << UInt64(index % 8 * 8)
      if index < 8 { words.0 |= bits } else { words.1 |= bits }
    }
    return words
  }

  /// The name as text.
  var name: String {
    var bytes: [UInt8] = []
    for word in [name0, name1] {
      for place in 0..<8 as Range<UInt64> { bytes.append(UInt8(word >> (place * 8) & 255)) }
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
