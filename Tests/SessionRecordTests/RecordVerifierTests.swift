import Host
import PumpHAL
import SyntheticTicks
import Testing

@testable import SessionRecord

/// A sealed record of 140 s with blocks of 10 s: checkpoints after its first block, after 60 s, after
/// 120 s and at the end.
enum SealedRecord {
  static let ticks = 14_000
  static let signed = make(key: KnownKeys.bench, seed: 7)
  static let unsigned = make(key: nil, seed: 7)
  /// Another session under the same key.
  static let other = make(key: KnownKeys.bench, seed: 8)
  static let key = KnownKeys.bench.verifyingKey

  private static func make(key: SigningKey?, seed: UInt64) -> [UInt8] {
    do {
      let scratch = try Scratch()
      let path = scratch.path("a.mcap")
      let header = RecordHeader(
        library: "trumpet test", origin: .simulated, seed: seed, metadata: ["version": "0"],
        signingKey: key)
      try RecordFixture.record(ticks, to: path, header: header, seed: seed)
      return try scratch.bytes("a.mcap")
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension RecordVerifier {
  /// Verifies bytes against the key that signed `SealedRecord.signed`.
  static func verify(
    _ bytes: [UInt8], given: [VerifyingKey] = [SealedRecord.key], pinned: [VerifyingKey] = [],
    lodged: String? = nil
  ) throws -> Verification {
    try verify(
      bytes: bytes, name: "test", givenKeys: given, pinnedKeys: pinned,
      lodged: try lodged.map { try Checkpoint(text: $0) })
  }
}

@Suite("Verification of a record")
struct RecordVerifierTests {
  @Test("A signed record is complete, intact and valid, from a file and from memory")
  func signedRecordIsWhole() throws {
    let verification = try RecordVerifier.verify(SealedRecord.signed)
    #expect(verification.state == .complete, "\(verification.reason)")
    #expect(verification.signature == .valid)
    #expect(verification.container == .intact, "\(verification.reason)")
    #expect(verification.unsealedTicks == 0)
    #expect(verification.at_s == nil)
    #expect(verification.origin == .simulated)
    #expect(verification.key == SealedRecord.key)
    // One block for the power-on's tick, fourteen of 10 s or the rest.
    #expect(verification.blocks == 15)
    #expect(verification.passes())
    let scratch = try Scratch()
    let path = try scratch.write(SealedRecord.signed, to: "a.mcap")
    #expect(try RecordVerifier.verify(path: path, givenKeys: [SealedRecord.key]) == verification)
  }

  @Test("A record with large and plain chunks is the same with chunks opened ahead and without")
  func readingAhead() throws {
    let record = DismantledRecord(SealedRecord.signed)
    // A message of 9 MiB is more than a thread opens; random bytes are not compressed.
    var numbers = SeededNumbers(seed: 4)
    var large = record
    let telemetry = RecordChannel.telemetry.rawValue
    for (place, size) in [(3, 9 << 20), (9, 3 << 20), (5, 100)] {
      let data = (0..<size).map {
        size == 100 ? UInt8(truncatingIfNeeded: numbers.next()) : UInt8($0 & 3)
      }
      let message = DismantledRecord.Message(
        channel: telemetry, sequence: 1, logTime: 5, publishTime: 5, data: data)
      large.chunks.insert(.init(messages: [message], isIndexed: true), at: place)
    }
    large.seal(.key(KnownKeys.bench))
    for bytes in [SealedRecord.signed, large.assembled()] {
      let found = [0, Int.max].map { least in
        Result {
          try RecordVerifier.verify(
            MappedFile(bytes: bytes, path: "test"), Trust(given: [SealedRecord.key], pinned: []),
            lodged: nil, readsAheadFrom: least)
        }
      }
      let ahead = try found[0].get()
      #expect(try ahead == found[1].get())
      #expect(ahead.passes(), "\(ahead.reason)")
    }
  }

  @Test("A record without signatures is complete and intact, and passes only where that is allowed")
  func unsignedRecord() throws {
    let verification = try RecordVerifier.verify(SealedRecord.unsigned, given: [])
    #expect(verification.state == .complete && verification.container == .intact)
    #expect(verification.signature == .absent)
    #expect(verification.key == nil)
    #expect(!verification.passes() && verification.passes(allowingUnsigned: true))
    // Asked for a key, one that did not sign is not enough either.
    #expect(!(try RecordVerifier.verify(SealedRecord.unsigned).passes()))
  }

  @Test("A signature is valid only by a key given or pinned; given keys go before pinned ones")
  func whoseSignature() throws {
    let (own, impostor, stranger) = (
      SealedRecord.key, KnownKeys.impostor.verifyingKey, KnownKeys.neumann.verifyingKey
    )
    let cases: [([VerifyingKey], [VerifyingKey], Verification.Signature)] = [
      ([own], [], .valid), ([stranger, own], [], .valid), ([], [stranger, own], .valid),
      ([], [], .unknownKey), ([], [stranger], .unknownKey), ([], [impostor], .otherKey),
      ([stranger], [own], .otherKey), ([impostor], [], .otherKey), ([own], [impostor], .valid),
    ]
    for (given, pinned, expected) in cases {
      let found = try RecordVerifier.verify(SealedRecord.signed, given: given, pinned: pinned)
      #expect(found.signature == expected)
      #expect(found.passes(allowingUnsigned: true) == (expected == .valid))
      #expect(found.state == .complete && found.unsealedTicks == 0)
    }
  }

  @Test("A record cut anywhere is truncated, never altered, and says how far it is good")
  func cutRecords() throws {
    let bytes = SealedRecord.signed
    var lastBlocks: UInt64 = 0
    var unsealed: Set<UInt64> = []
    var completeFrom: Int?
    // Each byte near either end, every 397th between.
    for length in 0..<bytes.count
    where length < 50 || length > bytes.count - 50 || length % 397 == 0 {
      do throws(RecordError) {
        let found = try RecordVerifier.verify(
          bytes: Array(bytes[..<length]), name: "cut", givenKeys: [SealedRecord.key])
        #expect(found.container == .damaged && !found.passes(allowingUnsigned: true))
        #expect(found.blocks >= lastBlocks)
        lastBlocks = found.blocks
        if found.state == .complete {
          completeFrom = completeFrom ?? length
          continue
        }
        #expect(completeFrom == nil && found.state == .truncated, "\(length): \(found.reason)")
        #expect(found.signature == (found.blocks == 0 ? .absent : .valid))
        if found.blocks > 0 {
          #expect(found.atNanoseconds == min((found.blocks - 1) * 1000 + 1, 14_000) * 10_000_000)
          unsealed.insert(found.unsealedTicks)
        }
      } catch {
        // Nothing of ours is there yet.
        #expect(error.kind == .notASession && length < 50, "\(length): \(error)")
      }
    }
    // What may be cut off is data end and summary.
    #expect(completeFrom != nil)
    // Checkpoints come after 0.01 s, 60.01 s and 120.01 s; the blocks between have 1000 ticks.
    #expect(unsealed.isSubset(of: [0, 1000, 2000, 3000, 4000, 5000, 1999]))
    #expect(unsealed.isSuperset(of: [0, 5000]))
  }

  @Test("A block without its seal counts as unsealed")
  func blockWithoutSeal() throws {
    for (bytes, unsealed) in [(SealedRecord.signed, 3000), (SealedRecord.unsigned, 1000)] {
      var record = DismantledRecord(bytes)
      // Block 9 ends 30 s after the checkpoint at 60.01 s.
      let place = record.blockChunks[9]
      record.chunks = Array(record.chunks[...place])
      record.chunks[place].messages = Array(record.chunks[place].messages[..<1])
      let found = try RecordVerifier.verify(record.assembled(isClosed: false))
      #expect(found.state == .truncated)
      #expect(found.unsealedTicks == UInt64(unsealed))
      #expect(found.at_s == 90.01)
    }
  }

  @Test("Other chunks, no compression, no indexes and other order of parts are no alteration")
  func rechunking() throws {
    var record = DismantledRecord(SealedRecord.signed)
    let all = record.chunks.flatMap(\.messages)
    record.chunks = [.init(messages: all, isIndexed: true)]
    record.attachments.reverse()
    record.schemas.reverse()
    record.channels.reverse()
    let one = try RecordVerifier.verify(record.assembled())
    #expect(one.passes(), "\(one.reason)")
    record.chunks = all.map { .init(messages: [$0], isIndexed: false) }
    let many = try RecordVerifier.verify(record.assembled())
    #expect(many.passes(), "\(many.reason)")
  }

  @Test("Taken apart and put together again, a record is the same bytes")
  func dismantling() {
    #expect(DismantledRecord(SealedRecord.signed).assembled() == SealedRecord.signed)
  }

  @Test("A lodged checkpoint finds another session, another past and a record that was cut back")
  func lodgedCheckpoints() throws {
    let record = DismantledRecord(SealedRecord.signed)
    let texts = record.chunks.flatMap(\.messages).filter(\.isCheckpoint)
      .map { String(decoding: $0.data, as: UTF8.self) }
    #expect(texts.count == 4)
    for text in texts {
      #expect(try RecordVerifier.verify(SealedRecord.signed, lodged: text).passes())
    }
    // Cut back to the checkpoint at 60.01 s: the signed seals alone cannot tell that from a kill.
    var cut = record
    let blocks = cut.blockChunks
    cut.chunks = Array(cut.chunks[...blocks[6]])
    let bytes = cut.assembled(isClosed: false)
    let alone = try RecordVerifier.verify(bytes)
    #expect(alone.state == .truncated && alone.signature == .valid && alone.unsealedTicks == 0)
    #expect(!alone.reason.contains("lodged"))
    let lodged = try RecordVerifier.verify(bytes, lodged: texts[3])
    #expect(lodged.state == .truncated && lodged.reason.contains("cut back"))
    #expect(try RecordVerifier.verify(bytes, lodged: texts[1]) == alone)
    // Another session; a checkpoint that nobody or somebody else signed; a forged one.
    let other = DismantledRecord(SealedRecord.other).chunks.flatMap(\.messages)
      .filter(\.isCheckpoint).map { String(decoding: $0.data, as: UTF8.self) }
    #expect(try RecordVerifier.verify(SealedRecord.signed, lodged: other[3]).state == .altered)
    let body = try SignedNote(text: texts[3]).body
    for signer in [nil, KnownKeys.impostor] {
      var note = SignedNote(body: body)
      if let signer { note.sign(with: signer) }
      let found = try RecordVerifier.verify(SealedRecord.signed, lodged: note.text)
      #expect(found.state == .complete && found.signature == .invalid)
    }
    let hash = try Checkpoint(text: texts[1]).hash
    let forged = try SignedNote(
      text: texts[2].replacing(
        Base64.text(try Checkpoint(text: texts[2]).hash), with: Base64.text(hash)))
    let found = try RecordVerifier.verify(SealedRecord.signed, lodged: forged.text)
    #expect(found.state == .altered && found.at_s == 120.01, "\(found.reason)")
  }

  @Test(
    "What is not exactly a checkpoint is refused",
    arguments: [
      ("trumpet/session/", "trumpet/sessions/"), ("\ntick ", "\nTick "), ("\ntick ", "\ntick 0"),
      ("\ntick ", "\ntick +"), ("=\n", "\n"), ("\n\n", "\n"), ("\ntick", "\n\ntick"),
    ])
  func wrongCheckpoints(old: String, new: String) throws {
    let record = DismantledRecord(SealedRecord.signed)
    let first = record.chunks.flatMap(\.messages).first { $0.isCheckpoint }
    let message = try #require(first)
    let text = String(decoding: message.data, as: UTF8.self)
    #expect(try Checkpoint(text: text).tick == 1)
    #expect(throws: KeyError.self) { try Checkpoint(text: text.replacing(old, with: new)) }
  }

  @Test("What is no session record is refused as such", arguments: ["", "title: no record\n"])
  func otherFiles(content: String) throws {
    for bytes in [Array(content.utf8), containerMagic + content.utf8] {
      let error = #expect(throws: RecordError.self) {
        try RecordVerifier.verify(bytes: bytes, name: "x")
      }
      #expect(error?.kind == .notASession)
    }
    let missing = #expect(throws: RecordError.self) {
      try RecordVerifier.verify(path: "/none.mcap")
    }
    #expect(missing?.kind == .noSuchFile)
  }

  @Test("A damaged magic, at either end, damages the container and nothing else")
  func damagedMagic() throws {
    for place in [3, SealedRecord.signed.count - 3] {
      var bytes = SealedRecord.signed
      bytes[place] ^= 0x10
      let found = try RecordVerifier.verify(bytes)
      #expect(found.state == .complete && found.signature == .valid)
      #expect(found.container == .damaged)
    }
  }
}
