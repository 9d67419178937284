import Foundation
import PumpHAL
import SyntheticTicks
import Testing

@testable import SessionRecord

/// The official `mcap` package for Python, where it is installed.
enum PythonMCAP {
  /// The interpreter: `TRUMPET_PYTHON` where it is set, else `python3` from the path.
  static let interpreter = ProcessInfo.processInfo.environment["TRUMPET_PYTHON"] ?? "python3"

  static let isInstalled: Bool = {
    let result = try? run(["-c", "import mcap, zstandard, lz4"])
    return result?.status == 0
  }()

  static let whyNot: Comment =
    "python3 with the packages mcap, zstandard and lz4 is missing (pip install mcap)"

  static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [interpreter] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }

  static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/" + name
  }
}

@Suite("Other people's tools", .enabled(if: PythonMCAP.isInstalled, PythonMCAP.whyNot))
struct ForeignToolTests {
  @Test("The official package reads our record whole, checksums validated")
  func officialPackageReadsOurs() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    try RecordFixture.record(10_500, to: path)
    let result = try PythonMCAP.run([PythonMCAP.fixture("read_record.py"), path])
    try #require(result.status == 0, "\(String(decoding: result.output, as: UTF8.self))")
    let found = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    let counts = try #require(found["counts"] as? [String: Int])
    #expect(
      counts == [
        "/trumpet/blocks": 12, "/trumpet/events": 2, "/trumpet/telemetry": 21,
        "/trumpet/truth": 21, "/trumpet/manifest": 1,
        // A seal a block and one at the end; a checkpoint after the first block, 60 s on, at the end.
        "/trumpet/seals": 13, "/trumpet/checkpoints": 3,
      ])
    #expect(found["eventsByTopic"] as? Int == 2)
    #expect(found["library"] as? String == "trumpet test")
    #expect(found["attachments"] as? [String: String] == ["session.yaml": "title: test\n"])
    let samples = try #require(found["samples"] as? [String: [String: Any]])
    #expect(samples["/trumpet/events"]?["text"] as? String == "\"tab\there\", umlaut ü\n")
    #expect(samples["/trumpet/telemetry"]?["flow_mL_h"] as? Double == 0.7)
    #expect(samples["/trumpet/telemetry"]?["pressure_mmHg"] as? Double == 10.5)
  }

  @Test(
    "We read what the official package writes",
    arguments: [("none", "chunked"), ("zstd", "chunked"), ("none", "plain")])
  func weReadTheirs(compression: String, layout: String) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let result = try PythonMCAP.run(
      [PythonMCAP.fixture("write_foreign.py"), path, compression, layout])
    try #require(result.status == 0, "\(String(decoding: result.output, as: UTF8.self))")
    let reader = try RecordReader(path: path)
    #expect(reader.end == .complete)
    #expect(reader.library.contains("foreign"))
    #expect(reader.messageCounts == ["/a": 50, "/b": 50])
    #expect(reader.metadata == ["m": ["key": "value"]])
    #expect(
      reader.attachments == [
        RecordAttachment(name: "notes.txt", mediaType: "text/plain", data: Array("hello".utf8))
      ])
    let messages = try reader.messages(on: "/b")
    #expect(messages.map(\.logTimeNanoseconds) == (0..<50).map { UInt64($0) * 20 + 10 })
    #expect(messages.last?.data == Array("{\"value\": 99}".utf8))
    #expect(reader.origin == nil)
    let error = #expect(throws: RecordError.self) { _ = try reader.tape() }
    #expect(error?.kind == .notASession)
  }

  @Test("A decoder written from the format's description alone gets every tick as it was")
  func descriptionIsEnough() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    let writer = try RecordWriter(
      path: path, header: RecordFixture.header, options: RecordFixture.quickBlocks)
    writer.powerOn(SyntheticInfusion.powerOn, memory: [.blank, .blank], atTick: 0)
    var expected = CRC32()
    var infusion = SyntheticInfusion(seed: 11)
    var wild = WildTicks(seed: 12)
    // Quiet and wild ticks in turns, so that prediction and escapes are both met.
    for index in 0..<6000 {
      let tick: RecordedTick
      if index / 1000 % 2 == 0 {
        infusion.advance()
        tick = RecordedTick(
          input: infusion.input, output: infusion.output, monitor: infusion.monitor)
      } else {
        tick = wild.next()
      }
      writer.tick(tick.input, tick.output, tick.monitor)
      let bytes = tick.canonical
      bytes.withUnsafeBufferPointer { expected.update($0) }
      if writer.isBlockDue && index % 10 == 0 {
        writer.closeBlock(controllerDigest: 1, monitorDigest: 2)
      }
    }
    try writer.close(controllerDigest: 1, monitorDigest: 2)
    let result = try PythonMCAP.run([PythonMCAP.fixture("decode_blocks.py"), path])
    #expect(String(decoding: result.output, as: UTF8.self) == "6000 \(expected.value)\n")
  }

  @Test("A compression that we do not know is refused by its name")
  func otherCompressionsAreNamed() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mcap")
    _ = try PythonMCAP.run([PythonMCAP.fixture("write_foreign.py"), path, "lz4", "chunked"])
    let error = #expect(throws: RecordError.self) { _ = try RecordReader(path: path) }
    #expect(error?.kind == .unsupportedCompression)
    #expect(error?.message.contains("\"lz4\"") == true)
  }
}
