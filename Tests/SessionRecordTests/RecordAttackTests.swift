// @relation(R-112, scope=file, role=Verification)
import Host
import PumpHAL
import SyntheticTicks
import Testing
import TickCodec

@testable import SessionRecord

/// What somebody may do to a record who knows the format but not the key, and what verification says.
@Suite("Attacks on a record")
struct RecordAttackTests {
  private typealias Message = DismantledRecord.Message

  /// Changes a record with the container put in order again, and verifies it.
  private func attack(
    _ bytes: [UInt8] = SealedRecord.signed, _ change: (inout DismantledRecord) throws -> Void
  ) throws -> Verification {
    var record = DismantledRecord(bytes)
    try change(&record)
    let found = try RecordVerifier.verify(record.assembled())
    #expect(found.container == .intact, "\(found.reason)")
    #expect(!found.passes(allowingUnsigned: true), "\(found.reason)")
    return found
  }

  /// Another alarm than was raised, in the first chunk of events.
  private func changeEvent(_ record: inout DismantledRecord) throws {
    let place = try #require(
      record.places.first {
        record.chunks[$0.chunk].messages[$0.message].channel == RecordChannel.events.rawValue
      })
    var data = record.chunks[place.chunk].messages[place.message].data
    let t = try #require(data.firstIndex(of: UInt8(ascii: "o")))
    data[t] = UInt8(ascii: "u")
    record.chunks[place.chunk].messages[place.message].data = data
  }

  @Test("R-112: a changed event is altered, from the seal before it")
  func changedEvent() throws {
    let found = try attack { try changeEvent(&$0) }
    // The event at 43.21 s goes out with the block that ends at 50.01 s.
    #expect(found.state == .altered && found.at_s == 40.01, "\(found.reason)")
    #expect(found.signature == .valid)
  }

  @Test("A chain computed anew without the key shows as an invalid signature")
  func chainWithoutKey() throws {
    let found = try attack {
      try changeEvent(&$0)
      $0.seal(.kept)
    }
    #expect(found.state == .complete && found.signature == .invalid)
    // Up to the change the old signatures still fit: after 0.01 s.
    #expect(found.unsealedTicks == 13_999)
  }

  @Test("A record sealed anew under another key is by another key, or by an unknown one")
  func anotherKey() throws {
    for (forger, unpinned) in [
      (KnownKeys.impostor, Verification.Signature.otherKey), (KnownKeys.neumann, .unknownKey),
    ] {
      var record = DismantledRecord(SealedRecord.signed)
      try changeEvent(&record)
      record.replaceInManifest(SealedRecord.key.text, with: forger.verifyingKey.text)
      record.seal(.key(forger))
      let bytes = record.assembled()
      let given = try RecordVerifier.verify(bytes)
      #expect(given.state == .complete && given.container == .intact)
      #expect(given.signature == .otherKey)
      let pinned = try RecordVerifier.verify(bytes, given: [], pinned: [SealedRecord.key])
      #expect(pinned.signature == unpinned)
    }
  }

  @Test("A forger's signature under the owner's name and key id is invalid")
  func forgedSignature() throws {
    let found = try attack {
      try changeEvent(&$0)
      $0.seal(.key(KnownKeys.impostor))
    }
    #expect(found.state == .complete && found.signature == .invalid)
  }

  @Test("A record whose signatures were taken off is unsigned, never valid")
  func strippedSignatures() throws {
    var record = DismantledRecord(SealedRecord.signed)
    try changeEvent(&record)
    record.replaceInManifest("\"\(SealedRecord.key.text)\"", with: "null")
    record.seal(.nobody)
    let found = try RecordVerifier.verify(record.assembled())
    #expect(found.signature == .absent && !found.passes())
  }

  @Test("Signatures taken off without saying so are altered; those of an earlier record, invalid")
  func strangeSignatures() throws {
    let stripped = try attack { $0.seal(.nobody) }
    #expect(stripped.state == .altered)
    let added = try attack(SealedRecord.unsigned) { $0.seal(.key(KnownKeys.bench)) }
    #expect(added.state == .altered)
  }

  @Test("R-112: blocks left out, doubled, exchanged or put elsewhere are altered", arguments: 0..<6)
  func blocksMoved(how: Int) throws {
    let found = try attack { record in
      let blocks = record.blockChunks
      switch how {
      case 0: record.chunks.remove(at: blocks[5])
      case 1: record.chunks.insert(record.chunks[blocks[5]], at: blocks[5])
      case 2: record.chunks.swapAt(blocks[5], blocks[6])
      case 3: record.chunks.append(record.chunks.remove(at: blocks[5]))
      case 4: record.chunks.removeSubrange(blocks[5]..<blocks[7])
      default: record.chunks.swapAt(0, 1)
      }
    }
    #expect(found.state == .altered)
    #expect(found.at_s == (how == 5 ? 0 : how == 1 ? 50.01 : 40.01), "\(found.reason)")
  }

  @Test("A block left out is altered even where the chain was computed anew")
  func blockLeftOut() throws {
    let found = try attack {
      $0.chunks.remove(at: $0.blockChunks[5])
      $0.seal(.kept)
    }
    #expect(found.state == .altered && found.reason.contains("block 6 stands where block 5"))
  }

  @Test("Two valid records spliced at a block are altered there")
  func splice() throws {
    let found = try attack { record in
      let other = DismantledRecord(SealedRecord.other)
      let tail = other.chunks[(other.blockChunks[7] + 1)...]
      record.chunks = Array(record.chunks[...record.blockChunks[7]]) + tail
    }
    #expect(found.state == .altered && found.at_s == 70.01, "\(found.reason)")
    let manifest = try attack { $0.chunks[0] = DismantledRecord(SealedRecord.other).chunks[0] }
    #expect(manifest.state == .altered && manifest.at_s == 0)
  }

  @Test(
    "What the manifest lists cannot be exchanged, renamed, added, left out or described anew",
    arguments: 0..<13)
  func parts(how: Int) throws {
    let found = try attack { record in
      switch how {
      case 0: record.attachments[0].data.append(0)
      case 1: record.attachments[0].name += "~"
      case 2: record.attachments[0].mediaType = "text/plain"
      case 3: record.attachments.removeAll()
      case 4: record.attachments.append(record.attachments[0])
      case 5: record.attachmentTime = 1
      case 6: record.metadata[0].pairs[0].value = "hardware"
      case 7: record.metadata.append(("more", []))
      case 8: record.metadata.removeAll()
      case 9: record.schemas[1].text += " "
      case 10: record.channels[1].encoding = "cbor"
      case 11: record.library += " 2"
      default: record.channels.append((99, 1, RecordChannel.blocks.topic, "trumpet.block.v1"))
      }
    }
    #expect(found.state == .altered && found.unsealedTicks == 0)
    // What is missing shows when everything else was read.
    #expect(found.at_s == (how == 3 || how == 8 ? 140 : 0))
  }

  @Test("Contents of two attachments exchanged are altered")
  func attachmentsExchanged() throws {
    let scratch = try Scratch()
    let files = ["a", "b"].map {
      RecordAttachment(name: $0, mediaType: "text/plain", data: Array("file \($0)".utf8))
    }
    let writer = try RecordWriter(
      path: scratch.path("a.mcap"),
      header: RecordHeader(library: "t", origin: .simulated, signingKey: KnownKeys.bench),
      attachments: files)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    let bytes = try scratch.bytes("a.mcap")
    #expect(try RecordVerifier.verify(bytes).passes())
    let found = try attack(bytes) { record in
      let first = record.attachments[0].data
      record.attachments[0].data = record.attachments[1].data
      record.attachments[1].data = first
    }
    #expect(found.state == .altered)
  }

  @Test("The last checkpoint, which no chain covers, cannot be changed either", arguments: 0..<5)
  func lastCheckpoint(how: Int) throws {
    let found = try attack { record in
      let chunk = record.chunks.count - 1
      let message = record.chunks[chunk].messages.count - 1
      var changed = record.chunks[chunk].messages[message]
      switch how {
      case 0: changed.sequence += 1
      case 1: changed.logTime += 10_000_000
      case 2: changed.publishTime += 1
      case 3: changed.data += Array("— x AAAAAAA=\n".utf8)
      default: changed.data.removeLast(changed.data.count / 2)
      }
      record.chunks[chunk].messages[message] = changed
    }
    #expect(found.state == .altered)
  }

  @Test("A message more, or an end put on early, is altered", arguments: 0..<4)
  func moreMessages(how: Int) throws {
    let found = try attack { record in
      let blocks = record.blockChunks
      let event = record.chunks.flatMap(\.messages).first {
        $0.channel == RecordChannel.telemetry.rawValue
      }
      let more = DismantledRecord.Chunk(messages: [try #require(event)], isIndexed: true)
      switch how {
      case 0: record.chunks.append(more)
      case 1: record.chunks.insert(more, at: blocks[3])
      // Closed in good order, but without the seal of the end.
      case 2: record.chunks = Array(record.chunks[...blocks[6]])
      default:
        record.chunks.removeSubrange((blocks[6] + 1)...(blocks[14]))
      }
    }
    #expect(found.state == .altered, "\(found.reason)")
  }

  @Test("A record cut back and ended anew by somebody without the key is not validly signed")
  func endedAnew() throws {
    let found = try attack { record in
      let blocks = record.blockChunks
      record.chunks.removeSubrange((blocks[6] + 1)...blocks[14])
      // The end's seal and checkpoint take the tick of block 6.
      let tick: Int64 = 6001
      var seal = ByteBuffer(capacity: 64)
      Seal(.end, SealChain(), tick: tick).append(to: &seal)
      let last = record.chunks.count - 1
      record.chunks[last].messages[0].data = Array(seal.bytes)
      for index in record.chunks[last].messages.indices {
        record.chunks[last].messages[index].logTime = 60_010_000_000
        record.chunks[last].messages[index].publishTime = 60_010_000_000
      }
      record.chunks[last].messages[0].sequence = 7
      record.chunks[last].messages[1].sequence = 2
      record.seal(.kept)
    }
    #expect(found.state == .complete && found.signature == .invalid, "\(found.reason)")
    #expect(found.unsealedTicks == 0)
  }

  @Test(
    "A manifest that is not exactly one is altered",
    arguments: [
      ("trumpet.record.v1", "trumpet.record.v2"), ("\"previous\":null", "\"previous\":0"),
      ("\"previous\":null", "\"previous\":{}"), ("\"profile\":\"trumpet\",", ""),
      ("\"attachments\":", "\"attachment\":"), ("\"session\":\"", "\"session\":\"A"),
      ("\"key\":\"", "\"key\":\"x"), ("\"bytes\":", "\"bytes\":1.0e0,\"b\":"),
      ("\"format\":", "\"format\":\"trumpet.record.v1\",\"format\":"),
    ])
  func manifests(old: String, new: String) throws {
    let found = try attack {
      $0.replaceInManifest(old, with: new)
      $0.seal(.key(KnownKeys.bench))
    }
    #expect(found.state == .altered && found.at_s == 0)
    #expect(found.reason.contains("manifest"), "\(found.reason)")
  }

  @Test("A forged summary, with its checksum right, damages the container and no more")
  func forgedSummary() throws {
    let bytes = SealedRecord.signed
    let footer = bytes.count - 8 - 29
    let start = Int(
      bytes[(footer + 9)..<(footer + 17)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    var damaged = 0
    for place in stride(from: start + 9, to: footer, by: 61) {
      var changed = bytes
      changed[place] ^= 1
      let crc = changed[start..<(footer + 25)].withUnsafeBufferPointer { CRC32.of($0) }
      for byte in 0..<4 {
        changed[footer + 25 + byte] = UInt8(truncatingIfNeeded: crc >> UInt32(byte * 8))
      }
      let found = try RecordVerifier.verify(changed)
      #expect(found.state == .complete && found.signature == .valid)
      #expect(found.container == .damaged, "byte \(place)")
      damaged += 1
    }
    #expect(damaged > 50)
  }

  @Test("Bytes between and behind the records' fields are damage")
  func hiddenBytes() throws {
    // An unknown record between two others: its kind, its length, nothing.
    for (kind, length) in [(0x80, 0), (0x10, 3)] as [(UInt8, Int)] {
      var bytes = SealedRecord.signed
      let firstSchema = try #require(
        bytes.indices.first { $0 > 8 && bytes[$0] == 3 && bytes[$0 + 9] == 1 })
      bytes.insert(
        contentsOf: [kind, UInt8(length)] + [UInt8](repeating: 0, count: 7 + length),
        at: firstSchema)
      let found = try RecordVerifier.verify(bytes)
      #expect(found.state == .complete && found.container == .damaged, "\(found.reason)")
      #expect(found.reason.contains("kind"))
    }
  }

  @Test("A record that cannot be followed in its middle is altered, not cut off")
  func brokenInside() throws {
    let record = DismantledRecord(SealedRecord.signed)
    let bytes = record.assembled(isClosed: false)
    #expect(try RecordVerifier.verify(bytes).state == .complete)
    var first = record
    first.chunks = Array(first.chunks[...first.blockChunks[5]])
    let place = first.assembled(isClosed: false).count
    // The chunk behind block 5 says that it goes beyond the end of the file.
    var broken = bytes
    broken[place + 6] = 1
    let found = try RecordVerifier.verify(broken)
    #expect(found.state == .altered && found.at_s == 50.01, "\(found.reason)")
    #expect(found.reason.contains("more chunks"))
    // With nothing whole behind it, it is cut off.
    let cut = try RecordVerifier.verify(Array(broken[..<(place + 40)]))
    #expect(cut.state == .truncated && cut.at_s == 50.01, "\(cut.reason)")
  }

  @Test("A compressed chunk with a second frame behind the first cannot be read")
  func secondFrame() throws {
    let compressor = Compressor()
    var frame = ByteBuffer(capacity: 1 << 12)
    let plain = [UInt8](repeating: 5, count: 4096)
    plain.withUnsafeBufferPointer { _ = compressor.append($0, to: &frame) }
    var out = ByteBuffer(capacity: 16)
    let one = Array(frame.bytes)
    func fills(_ source: [UInt8], _ size: Int) -> Bool {
      source.withUnsafeBufferPointer { Decompressor().fill(&out, from: $0, size: size) }
    }
    #expect(fills(one, 4096))
    #expect(!fills(one + one, 4096) && !fills(one + one, 8192) && !fills(one, 4095))
    #expect(!fills(one, 4097) && !fills([], 0) && !fills(Array(one.dropLast()), 4096))
    let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]
    #expect(!fills(one + skippable, 4096) && !fills(skippable + one, 4096))
    // A promise that no frame can keep reserves no memory.
    let chunk =
      [UInt8](repeating: 0, count: 16) + [0, 0, 0, 0x3f, 0, 0, 0, 0] + [1, 0, 0, 0]
      + [4, 0, 0, 0] + Array("zstd".utf8) + [16, 0, 0, 0, 0, 0, 0, 0] + one.prefix(16)
    chunk.withUnsafeBufferPointer {
      #expect(ChunkFields($0)?.stored.count == 16 && ChunkFields($0)?.isSizePossible == false)
    }
  }

  @Test("R-112: every random change is reported, content and container told apart, without a crash")
  func randomChanges() throws {
    var attack = RandomAttack(seed: 20, other: SealedRecord.other)
    var answers: [String: Int] = [:]
    for number in 0..<300 {
      let (changed, what) = attack.change(SealedRecord.signed)
      if changed == SealedRecord.signed { continue }
      do {
        let found = try RecordVerifier.verify(changed)
        #expect(!found.passes(allowingUnsigned: true), "\(number): \(what): \(found.reason)")
        // A thread that opens chunks ahead changes no answer.
        let ahead = try RecordVerifier.verify(
          MappedFile(bytes: changed, path: "test"), Trust(given: [SealedRecord.key], pinned: []),
          lodged: nil, readsAheadFrom: 0)
        #expect(ahead == found, "\(number): \(what)")
        answers["\(found.state) \(found.container)", default: 0] += 1
      } catch {
        #expect((error as? RecordError)?.kind == .notASession, "\(number): \(what)")
        answers["none", default: 0] += 1
      }
    }
    // A damaged container does not make a record altered, and most changes are inside the content.
    #expect(answers["altered damaged", default: 0] > 100, "\(answers)")
    #expect(answers["complete damaged", default: 0] > 10, "\(answers)")
    #expect(answers["truncated damaged", default: 0] > 5, "\(answers)")
    #expect(answers["none", default: 0] < 30, "\(answers)")
  }
}

/// Random changes to the bytes of a record.
struct RandomAttack {
  private var numbers: SeededNumbers
  private let other: [UInt8]

  init(seed: UInt64, other: [UInt8]) {
    numbers = SeededNumbers(seed: seed)
    self.other = other
  }

  private mutating func below(_ limit: Int) -> Int { Int(numbers.next() % UInt64(max(limit, 1))) }

  private mutating func span(in bytes: [UInt8]) -> Range<Int> {
    let start = below(bytes.count)
    let length = 1 + below(below(2) == 0 ? 16 : 4096)
    return start..<min(start + length, bytes.count)
  }

  /// The changed bytes, and what was done in words.
  mutating func change(_ bytes: [UInt8]) -> (bytes: [UInt8], what: String) {
    var changed = bytes
    let place = below(bytes.count)
    let range = span(in: bytes)
    switch below(8) {
    case 0:
      changed[place] ^= 1 << UInt8(below(8))
      return (changed, "a bit of byte \(place)")
    case 1:
      changed[place] = UInt8(truncatingIfNeeded: numbers.next())
      return (changed, "byte \(place)")
    case 2:
      changed.removeSubrange(range)
      return (changed, "\(range) dropped")
    case 3:
      changed.insert(contentsOf: bytes[range], at: range.upperBound)
      return (changed, "\(range) doubled")
    case 4:
      let elsewhere = below(bytes.count - range.count)
      changed.removeSubrange(range)
      changed.insert(contentsOf: bytes[range], at: elsewhere)
      return (changed, "\(range) moved to \(elsewhere)")
    case 5:
      changed.removeSubrange(place...)
      return (changed, "cut at \(place)")
    case 6:
      for index in range { changed[index] = UInt8(truncatingIfNeeded: numbers.next()) }
      return (changed, "\(range) overwritten")
    default:
      let end = min(range.upperBound, other.count)
      guard range.lowerBound < end else { return (changed, "nothing") }
      changed.replaceSubrange(range.lowerBound..<end, with: other[range.lowerBound..<end])
      return (changed, "\(range) of another record")
    }
  }
}
