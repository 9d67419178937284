import Foundation
import Host
import PumpHAL
import SyntheticTicks
import Testing
import TickCodec

@testable import SessionRecord

/// A message in file order with everything that goes into the chain.
private struct SealedMessage {
  var topic: String
  var logTime: UInt64
  var data: [UInt8]
}

@Suite("Sealing a record")
struct SealWritingTests {
  /// A state to take a snapshot of.
  private struct Counter: CanonicalCodable, Equatable {
    var value: UInt64
    init(_ value: UInt64) { self.value = value }
    func encode<Sink: CanonicalSink>(to sink: inout Sink) { sink.put(value) }
    init<Source: CanonicalSource>(from source: inout Source) { value = source.take64() }
  }

  /// The messages of a record in file order, the chain computed anew on the way and every seal and
  /// checkpoint held against it.
  private func checkedMessages(_ path: String) throws -> [SealedMessage] {
    var walk = try ContainerReader(try MappedFile(record: path))
    let contents = ChunkContents()
    var chain = SealChain()
    var found: [SealedMessage] = []
    while let record = try walk.next(), record.opcode != Opcode.dataEnd {
      guard record.opcode == Opcode.chunk else { continue }
      var cursor = ByteCursor(try contents.open(record, in: path))
      while !cursor.isAtEnd {
        _ = cursor.take(UInt8.self)
        var message = ByteCursor(cursor.take(bytes: cursor.take(UInt64.self)))
        let channel = try #require(RecordChannel(rawValue: message.take(UInt16.self)))
        let sequence = message.take(UInt32.self)
        let (logTime, publishTime) = (message.take(UInt64.self), message.take(UInt64.self))
        let data = message.take(bytes: UInt64(message.remaining))
        if channel == .seals {
          let seal = try #require(Seal(data))
          #expect(seal.messages == chain.count && seal.hash == chain.hash)
        }
        if channel == .checkpoints {
          let note = try SignedNote(text: String(decoding: data, as: UTF8.self))
          let lines = note.body.split(separator: "\n")
          #expect(lines[1] == "\(chain.count)" && lines[2] == Base64.text(chain.hash))
        }
        chain.add(
          topic: channel.topic, sequence: sequence, logTime: logTime, publishTime: publishTime,
          data: data)
        found.append(SealedMessage(topic: channel.topic, logTime: logTime, data: Array(data)))
      }
    }
    return found
  }

  /// The messages that show how blocks are closed, without those for people.
  private func closings(_ messages: [SealedMessage]) -> [String] {
    let forPeople = ["/trumpet/events", "/trumpet/telemetry", "/trumpet/truth"]
    return messages.map(\.topic).filter { !forPeople.contains($0) }.map {
      String($0.dropFirst("/trumpet/".count))
    }
  }

  @Test("Each block is sealed at once; checkpoints come first, every 60 s and last; then the end")
  func order() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    try RecordFixture.record(10_500, to: path)
    let found = closings(try checkedMessages(path))
    // Blocks end at ticks 1, 1001, … 10 001, 10 500; 60 s after the first is the block of tick 6001.
    var expected = ["manifest", "blocks", "seals", "checkpoints"]
    for tick in stride(from: 1001, through: 10_001, by: 1000) {
      expected += ["blocks", "seals"] + (tick == 6001 ? ["checkpoints"] : [])
    }
    expected += ["blocks", "seals", "seals", "checkpoints"]
    #expect(found == expected)
  }

  @Test("A new alarm is followed by a checkpoint")
  func alarmCheckpoint() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let writer = try RecordWriter(path: path, header: RecordFixture.header)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
    var infusion = SyntheticInfusion(seed: 1)
    for tick in 1...2000 {
      infusion.advance()
      if tick == 1200 { infusion.output.signals = AlarmSet(bits: 2) }
      writer.tick(infusion.input, infusion.output, infusion.monitor)
      if writer.isBlockDue { writer.closeBlock(controllerDigest: 0, monitorDigest: 0) }
    }
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    let checkpoints = try checkedMessages(path).filter { $0.topic == "/trumpet/checkpoints" }
    #expect(checkpoints.map(\.logTime) == [10_000_000, 12_000_000_000, 20_000_000_000])
    #expect(writer.checkpoint.map { Array($0.utf8) } == checkpoints.last?.data)
  }

  @Test("The same session with the same key is the same record, byte for byte, and signed")
  func deterministic() throws {
    let scratch = try Scratch()
    let key = try SigningKey(name: "bench-7")
    var header = RecordFixture.header
    header.signingKey = key
    for name in ["a.mcap", "b.mcap"] {
      let writer = try RecordWriter(path: scratch.path(name), header: header)
      writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
      try writer.close(controllerDigest: 1, monitorDigest: 2)
    }
    #expect(try scratch.bytes("a.mcap") == scratch.bytes("b.mcap"))
    let messages = try checkedMessages(scratch.path("a.mcap"))
    let manifest = String(decoding: messages[0].data, as: UTF8.self)
    #expect(manifest.contains("\"key\":\"\(key.verifyingKey.text)\""))
    let checkpoints = messages.filter { $0.topic == "/trumpet/checkpoints" }
    #expect(checkpoints.count == 2)
    for checkpoint in checkpoints {
      let note = try SignedNote(text: String(decoding: checkpoint.data, as: UTF8.self))
      #expect(note.isSigned(by: key.verifyingKey))
    }
  }

  @Test("Another file in the record is another session; a given id is kept")
  func identity() throws {
    func session(_ header: RecordHeader, _ file: String) -> String {
      let attachment = RecordAttachment(
        name: "session.yaml", mediaType: "t", data: Array(file.utf8))
      return ManifestText(header: header, attachments: [attachment]).session
    }
    let header = RecordFixture.header
    #expect(session(header, "a") == session(header, "a"))
    #expect(session(header, "a") != session(header, "b"))
    var given = header
    given.sessionID = [UInt8](0..<16)
    #expect(session(given, "a") == "000102030405060708090a0b0c0d0e0f")
  }

  @Test("A snapshot stands before the block whose end it shows, and the next block stands alone")
  func snapshots() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    var options = RecordFixture.quickBlocks
    options.snapshotInterval = Ticks(count: 5000)
    let writer = try RecordWriter(path: path, header: RecordFixture.header, options: options)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
    var infusion = SyntheticInfusion(seed: 1)
    var taken: [Int] = []
    for tick in 1...12_000 {
      infusion.advance()
      writer.tick(infusion.input, infusion.output, infusion.monitor)
      guard writer.isBlockDue else { continue }
      if writer.isSnapshotDue {
        writer.snapshot(controller: Counter(UInt64(tick)), monitor: Counter(7))
        taken.append(tick)
      }
      writer.closeBlock(controllerDigest: 0, monitorDigest: 0)
    }
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    // The coding restarts at 3001, 6001, 9001 and 12 000 is the end: 50 s apart or more is 6001 and
    // then none before the end.
    #expect(taken == [6001])
    let messages = try checkedMessages(path)
    let index = try #require(messages.firstIndex { $0.topic == "/trumpet/snapshots" })
    let data = messages[index].data
    data.withUnsafeBufferPointer { bytes in
      var cursor = ByteCursor(bytes)
      #expect(cursor.take(UInt8.self) == 1)
      #expect(cursor.takeZigzag() == 6001)
      #expect(cursor.takeVarint() == 6)
      #expect(cursor.takeVarint() == 8)
      #expect(cursor.take(UInt64.self) == 6001)
      #expect(cursor.takeVarint() == 8)
      #expect(cursor.take(UInt64.self) == 7)
      #expect(cursor.isAtEnd && !cursor.hasFailed)
    }
    #expect(messages[index + 1].topic == "/trumpet/blocks")
    let blocks = messages.filter { $0.topic == "/trumpet/blocks" }
    #expect(blocks[6].data[1] == 0 && blocks[7].data[1] == BlockFlags.restart)
  }

  @Test(
    "Changes of the world come back before the tick they were made for, with their session tick")
  func worldChanges() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let writer = try RecordWriter(path: path, header: RecordFixture.header)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
    var infusion = SyntheticInfusion(seed: 1)
    for tick in 1...500 {
      infusion.advance()
      if tick % 100 == 50 { writer.worldChange(Counter(UInt64(tick)), atTick: Int64(tick)) }
      if tick == 250 { writer.worldChange(Counter(9), atTick: 250) }
      writer.tick(infusion.input, infusion.output, infusion.monitor)
    }
    // Made while the pump has no power: no tick follows.
    writer.worldChange(Counter(700), atTick: 700)
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    var tape = try RecordReader(path: path).tape()
    var found: [[UInt64]] = []
    reading: while true {
      switch try tape.next() {
      case .end: break reading
      case .worldChange:
        let value = tape.worldChange.withUnsafeBufferPointer {
          var reader = CanonicalReader($0)
          return Counter(from: &reader).value
        }
        found.append([UInt64(tape.sessionTick), UInt64(tape.worldTick), value])
      default: continue
      }
    }
    let expected: [[UInt64]] = [
      [49, 50, 50], [149, 150, 150], [249, 250, 250], [249, 250, 9], [349, 350, 350],
      [449, 450, 450], [500, 700, 700],
    ]
    #expect(found == expected)
  }

  @Test("Bytes of the wire are one message a direction and block, with the tick of each")
  func wire() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let writer = try RecordWriter(path: path, header: RecordFixture.header)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
    var infusion = SyntheticInfusion(seed: 1)
    func send(_ direction: WireDirection, _ bytes: [UInt8], _ tick: Int64) {
      bytes.withUnsafeBufferPointer { writer.wire(direction, $0, atTick: tick) }
    }
    send(.sent, [1, 2], 0)
    for tick in 1...300 {
      infusion.advance()
      writer.tick(infusion.input, infusion.output, infusion.monitor)
      if tick == 1 { writer.closeBlock(controllerDigest: 0, monitorDigest: 0) }
      if tick == 200 { send(.sent, [3], 200) }
      if tick == 201 { send(.received, [4, 5, 6], 201) }
    }
    send(.sent, [], 300)
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    let messages = try checkedMessages(path)
    let sent = messages.filter { $0.topic == "/trumpet/wire/sent" }.map(\.data)
    // Ticks since that before the block's first, which is 0 and then 1 (zigzag); length; bytes.
    #expect(sent == [[0, 2, 1, 2], [0x8e, 3, 1, 3, 0xd6, 4, 0]])
    let received = messages.filter { $0.topic == "/trumpet/wire/received" }.map(\.data)
    #expect(received == [[0x90, 3, 3, 4, 5, 6]])
  }
}
