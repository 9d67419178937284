// What libFuzzer calls with any bytes: neither end of the board link may stumble over them.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz). The first byte of an input says what it is given to;
// for payloads the frame around them is made here, since no fuzzer guesses a CRC.

import BoardProtocol
import FuzzDriver
import PumpHAL
import PumpPlant

@testable import PumpSerial

@main
enum BoardFuzzer {
  static func main() { fuzz(one) }

  /// One input.
  static func one(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    switch first % 4 {
    case 0: asStream(bytes)
    case 1: asSense(bytes)
    case 2: asFrames(bytes)
    default: asData(bytes)
    }
  }

  /// Bytes as they come off a wire: to the decoder, and to a board.
  private static func asStream(_ bytes: [UInt8]) {
    var decoder = FrameDecoder()
    var assembler = SenseAssembler()
    for byte in bytes {
      guard case .frame = decoder.take(byte) else { continue }
      _ = decoder.withPayload { assembler.take(&$0) }
    }
    var board = board()
    bytes.withUnsafeBufferPointer { board.take($0) }
    board.tick()
  }

  /// A payload as that of a sense frame.
  private static func asSense(_ bytes: [UInt8]) {
    var assembler = SenseAssembler()
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(FrameFormat.maximumPayloadSize))
      rest = rest.dropFirst(part.count)
      part.withUnsafeBufferPointer { part in
        var reader = CanonicalReader(part)
        let before = assembler.frame
        // What is malformed changes nothing.
        if !assembler.take(&reader) { precondition(assembler.frame == before) }
      }
    }
  }

  /// Frames with right checksums: type, sequence, length, payload, and again; between them ticks.
  private static func asFrames(_ bytes: [UInt8]) {
    var board = board()
    let types = FrameType.allCases
    var rest = bytes[...]
    while rest.count >= 3 {
      let head = Array(rest.prefix(3))
      rest = rest.dropFirst(3)
      let payload = Array(rest.prefix(Int(head[2]) % (FrameFormat.maximumPayloadSize + 1)))
      rest = rest.dropFirst(payload.count)
      let type = types[Int(head[0] & 31) % types.count]
      let wire = [UInt8](unsafeUninitializedCapacity: FrameFormat.maximumWireSize) { out, count in
        count = FrameEncoder.write(FrameHeader(type, sequence: head[1]), into: out) { sink in
          for byte in payload { sink.put(byte) }
        }
      }
      wire.withUnsafeBufferPointer { board.take($0) }
      if head[0] & 32 != 0 { board.tick() }
      if head[0] & 64 != 0 { board.reset() }
      check(board.output)
      board.output.removeAll()
    }
  }

  /// Data of a world, as the blocks of the emulated board carry them.
  private static func asData(_ bytes: [UInt8]) {
    _ = CanonicalBytes.read(bytes) { Capabilities(from: &$0) }
    _ = CanonicalBytes.read(bytes) { PlantTruth(from: &$0) }
    _ = CanonicalBytes.read(bytes) { FaultSelection(from: &$0) }
    if let order = CanonicalBytes.read(bytes, { FaultOrder(from: &$0) }) {
      var pump = SimulatedPump(.standard)
      if pump.inject(order.fault, lasting: order.seconds) { for _ in 0..<20 { pump.elapse() } }
    }
    if let change = CanonicalBytes.read(bytes, { SyringeChange(from: &$0) }) {
      _ = change.syringe.isUsable
    }
    if let world = CanonicalBytes.read(bytes, { WorldConfiguration(from: &$0) }),
      world.parameters.isUsable
    {
      var pump = SimulatedPump(world.parameters, memory: world.memory)
      for _ in 0..<20 { pump.elapse() }
    }
    // A host's end: any bytes as a board's answers.
    _ = CanonicalBytes.read(bytes) { Identity(from: &$0).name }
    _ = CanonicalBytes.read(bytes) { Opened(from: &$0) }
    _ = CanonicalBytes.read(bytes) { MemorySlot(from: &$0) }
    _ = CanonicalBytes.read(bytes) { Refusal(from: &$0) }
    _ = CanonicalBytes.read(bytes) { WorldAnswer(from: &$0) }
  }

  private static func board() -> BoardServer {
    BoardServer(pump: SimulatedPump(.standard), boot: 1, canRunFasterThanRealTime: true)
  }

  /// Whatever a board is told, what it says are frames of at most 64 bytes.
  private static func check(_ output: [UInt8]) {
    var decoder = FrameDecoder()
    for byte in output {
      if case .rejected = decoder.take(byte) { preconditionFailure("the board spoke garbage") }
    }
  }
}
