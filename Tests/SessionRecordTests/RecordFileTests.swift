// @relation(R-110, R-111, R-112, scope=file, role=Verification)
import Foundation
import PumpHAL
import SyntheticTicks
import Testing

@testable import SessionRecord

@Suite("Writing and reading a record")
struct RecordFileTests {
  @Test("R-110, R-111: a record gives back every tick, event, sample and attachment")
  func everythingComesBack() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let ticks = try RecordFixture.record(10_500, to: path)
    let reader = try RecordReader(path: path)
    #expect(reader.end == .complete)
    #expect(reader.library == "trumpet test")
    #expect(reader.origin == .simulated)
    #expect(reader.metadata["trumpet.session"]?["seed"] == "1")
    #expect(reader.metadata["trumpet.session"]?["version"] == "0")
    #expect(reader.attachments.map(\.name) == ["session.yaml"])
    #expect(reader.attachments.first?.data == Array("title: test\n".utf8))

    let back = try RecordFixture.readBack(reader)
    #expect(back.ticks == ticks)
    #expect(back.powerOns == 1)
    #expect(back.lastTick == 10_500)
    #expect(back.digests == [10_500, 5])
    // One block for the power-on's tick, ten of 10 s, the rest.
    #expect(back.blockEnds == 12)
    #expect(reader.messageCounts["/trumpet/blocks"] == 12)
    #expect(reader.messageCounts["/trumpet/telemetry"] == 21)
    #expect(reader.messageCounts["/trumpet/truth"] == 21)

    let events = try reader.messages(on: "/trumpet/events")
    #expect(events.map(\.logTimeNanoseconds) == [43_210_000_000, 86_420_000_000])
    let event = try #require(events.first.map { String(decoding: $0.data, as: UTF8.self) })
    #expect(
      event == #"{"t_s":43.21,"kind":"alarm-raised","name":"downstream-occlusion","number":1,"#
        + #""priority":"high","text":"\"tab\u0009here\", umlaut ü\n"}"#)
  }

  @Test("The same session gives the same bytes, inline and from a thread")
  func bytesAreReproducible() throws {
    let scratch = try Scratch()
    var background = RecordFixture.quickBlocks
    background.writing = .background
    try RecordFixture.record(8000, to: scratch.path("a.mcap"))
    try RecordFixture.record(8000, to: scratch.path("b.mcap"))
    try RecordFixture.record(8000, to: scratch.path("c.mcap"), options: background)
    let first = try scratch.bytes("a.mcap")
    #expect(try scratch.bytes("b.mcap") == first)
    #expect(try scratch.bytes("c.mcap") == first)
  }

  @Test("A writer that nobody closes leaves every closed block readable")
  func unclosedRecordIsReadable() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let ticks = try RecordFixture.record(9999, to: path, close: false)
    let reader = try RecordReader(path: path)
    #expect(reader.end == .truncated(atByte: UInt64(try scratch.bytes("a.mcap").count)))
    // Blocks end at ticks 1, 1001, …, 9001.
    #expect(try RecordFixture.readBack(reader).ticks == Array(ticks[..<9001]))
  }

  @Test("A record cut anywhere gives back a whole number of blocks, or says why it is none")
  func cutRecordsAreReadable() throws {
    let scratch = try Scratch()
    var options = RecordFixture.quickBlocks
    options.blockLength = Ticks(count: 300)
    let ticks = try RecordFixture.record(1200, to: scratch.path("a.mcap"), options: options)
    let bytes = try scratch.bytes("a.mcap")
    var blocksSeen: Set<Int> = []
    // Every place would take minutes in debug: each byte near either end, every 23rd between.
    let places = (0..<bytes.count).filter { $0 < 30 || $0 > bytes.count - 60 || $0 % 23 == 0 }
    for length in places {
      let path = try scratch.write(bytes[..<length], to: "cut.mcap")
      do throws(RecordError) {
        let reader = try RecordReader(path: path)
        guard case .truncated(let at) = reader.end else {
          Issue.record("\(length) of \(bytes.count) bytes pass for complete")
          return
        }
        #expect(at <= UInt64(length))
        // A cut in front of the channels leaves nothing to play.
        guard reader.channels.count == RecordChannel.allCases.count else { continue }
        let back = try Result { () throws -> ReadBack in try RecordFixture.readBack(reader) }
          .mapError { $0 as? RecordError ?? RecordError(.cannotRead, path: path, "\($0)") }.get()
        #expect(back.ticks == Array(ticks[..<back.ticks.count]))
        blocksSeen.insert(back.blockEnds)
      } catch {
        #expect(error.kind == .truncated && length < 8, "\(error)")
      }
    }
    #expect(blocksSeen == [0, 1, 2, 3, 4, 5])  // blocks end at ticks 1, 301, …, 901 and 1200
  }

  @Test("R-112: a changed byte is reported, or changes nothing that is read")
  func changedBytesAreReported() throws {
    let scratch = try Scratch()
    let ticks = try RecordFixture.record(3000, to: scratch.path("a.mcap"))
    let bytes = try scratch.bytes("a.mcap")
    var numbers = SeededNumbers(seed: 3)
    var reported = 0
    for _ in 0..<400 {
      var changed = bytes
      let position = Int(numbers.next() % UInt64(bytes.count))
      changed[position] ^= UInt8(truncatingIfNeeded: 1 + numbers.next() % 255)
      let path = try scratch.write(changed, to: "changed.mcap")
      do {
        let reader = try RecordReader(path: path)
        if reader.end != .complete {
          reported += 1
          continue
        }
        // Only the header's or the summary's own lengths can hide from both checksums.
        #expect(try RecordFixture.readBack(reader).ticks == ticks)
      } catch {
        #expect(error is RecordError)
        reported += 1
      }
    }
    #expect(reported >= 395)
  }

  @Test("R-112: an existing file is never overwritten")
  func existingFileIsRefused() throws {
    let scratch = try Scratch()
    let path = try scratch.write("mine".utf8, to: "a.mcap")
    let error = #expect(throws: RecordError.self) {
      _ = try RecordWriter(path: path, header: RecordFixture.header)
    }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.description.contains("choose another name") == true)
    #expect(try scratch.bytes("a.mcap") == Array("mine".utf8))
  }

  @Test(
    "What is no record is refused with what it is and what to do",
    arguments: [
      ("", RecordError.Kind.truncated), ("title: no record at all\n", .notMCAP),
      ("\u{89}", .notMCAP), ("%PDF-1.7 and so on", .notMCAP),
    ])
  func otherFilesAreRefused(content: String, kind: RecordError.Kind) throws {
    let scratch = try Scratch()
    let path = try scratch.write(content.utf8, to: "a.mcap")
    let error = #expect(throws: RecordError.self) { _ = try RecordReader(path: path) }
    #expect(error?.kind == kind)
  }

  @Test("A missing file, a directory, an MCAP of another version are named as such")
  func otherMistakesAreNamed() throws {
    let scratch = try Scratch()
    #expect(throws: RecordError.self) { _ = try RecordReader(path: scratch.path("none.mcap")) }
    let directory = #expect(throws: RecordError.self) {
      _ = try RecordReader(path: scratch.directory)
    }
    #expect(directory?.kind == .cannotOpen)
    var magic = containerMagic
    magic[5] = 0x31
    let path = try scratch.write(magic, to: "a.mcap")
    let version = #expect(throws: RecordError.self) { _ = try RecordReader(path: path) }
    #expect(version?.kind == .unsupportedVersion)
  }

  @Test("A disk that fills up is remembered, and close says so")
  func fullDiskIsRemembered() async {
    // In a process of its own: the size limit that stands for the full disk binds all of it.
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let writer = try RecordWriter(path: scratch.path("a.mcap"), header: RecordFixture.header)
      writer.powerOn(SyntheticInfusion.powerOn, memory: [], atTick: 0)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = rlim_t(writer.bytesWritten + 100)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      var infusion = SyntheticInfusion(seed: 1)
      for _ in 0..<2000 {
        infusion.advance()
        writer.tick(infusion.input, infusion.output, infusion.monitor)
      }
      writer.closeBlock(controllerDigest: 1, monitorDigest: 2)
      precondition(writer.failure?.kind == .cannotWrite)
      do throws(RecordError) {
        try writer.close(controllerDigest: 1, monitorDigest: 2)
        preconditionFailure("close claims that all is well")
      } catch {
        precondition(error.kind == .cannotWrite)
      }
    }
  }

  @Test("A queue that outgrows its limit is a failure, not a silence")
  func fallingBehindIsAFailure() throws {
    let scratch = try Scratch()
    var options = RecordFixture.quickBlocks
    options.writing = .background
    options.queueLimit = 10
    let error = #expect(throws: RecordError.self) {
      try RecordFixture.record(3000, to: scratch.path("a.mcap"), options: options)
    }
    #expect(error?.kind == .fellBehind)
  }

  @Test("A day of a quiet infusion takes less than 3 MB")
  func dayIsSmall() throws {
    // An hour stands for the day: blocks of 60 s with telemetry and truth once a minute.
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let writer = try RecordWriter(path: path, header: RecordFixture.header)
    writer.powerOn(
      SyntheticInfusion.powerOn, memory: [JournalEntry](repeating: .blank, count: 1024), atTick: 0)
    var infusion = SyntheticInfusion(seed: 7)
    let empty = writer.bytesWritten
    for tick in 1...360_000 as ClosedRange<Int64> {
      infusion.advance()
      writer.tick(infusion.input, infusion.output, infusion.monitor)
      if tick % 6000 == 0 {
        var sample = TelemetrySample()
        sample.dispensedMillilitres = Double(tick) * 0.7 / 360_000
        writer.telemetry(sample, atTick: tick)
        writer.truth(TruthSample(), atTick: tick)
      }
      if writer.isBlockDue { writer.closeBlock(controllerDigest: 1, monitorDigest: 2) }
    }
    try writer.close(controllerDigest: 1, monitorDigest: 2)
    #expect((writer.bytesWritten - empty) * 24 < 3_000_000)
  }
}
