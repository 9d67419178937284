import Foundation
import PumpHAL
import SyntheticTicks

@testable import SessionRecord

/// A directory of its own for each test, gone with it.
final class Scratch {
  let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "trumpet-record-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func path(_ name: String) -> String { directory + "/" + name }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// Writes `bytes` and gives the path.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// What came back from a record.
struct ReadBack: Equatable {
  var ticks: [RecordedTick] = []
  var powerOns = 0
  var blockEnds = 0
  var lastTick: Int64 = 0
  var digests: [UInt64] = []
}

enum RecordFixture {
  static let header = RecordHeader(
    library: "trumpet test", origin: .simulated, seed: 1, metadata: ["version": "0"])

  /// Records `count` ticks of a synthetic infusion with blocks of 10 s, telemetry, truth, events
  /// and an attachment; gives the ticks.
  @discardableResult
  static func record(
    _ count: Int, to path: String, header: RecordHeader = header,
    options: RecordOptions = quickBlocks, seed: UInt64 = 7, close: Bool = true
  ) throws -> [RecordedTick] {
    let file = RecordAttachment(
      name: "session.yaml", mediaType: "application/yaml", data: Array("title: test\n".utf8))
    let writer = try RecordWriter(
      path: path, header: header, attachments: [file], options: options)
    writer.powerOn(
      SyntheticInfusion.powerOn, memory: [JournalEntry](repeating: .blank, count: 1024), atTick: 0)
    var infusion = SyntheticInfusion(seed: seed)
    var ticks: [RecordedTick] = []
    for index in 1...count {
      infusion.advance()
      writer.tick(infusion.input, infusion.output, infusion.monitor)
      ticks.append(
        RecordedTick(input: infusion.input, output: infusion.output, monitor: infusion.monitor))
      note(index, to: writer)
      if writer.isBlockDue {
        writer.closeBlock(controllerDigest: UInt64(index), monitorDigest: ~UInt64(index))
      }
    }
    if close { try writer.close(controllerDigest: UInt64(count), monitorDigest: 5) }
    return ticks
  }

  static var quickBlocks: RecordOptions {
    RecordOptions(
      blockLength: Ticks(count: 1000), blocksPerSampleChunk: 3, keyInterval: Ticks(count: 3000))
  }

  private static func note(_ index: Int, to writer: RecordWriter) {
    if index % 500 == 0 {
      var sample = TelemetrySample()
      sample.mode = "infusing"
      sample.flowMillilitresPerHour = 0.7
      sample.pressureMmHg = Double(index) * 0.001
      writer.telemetry(sample, atTick: Int64(index))
      var truth = TruthSample()
      truth.infusedMillilitres = Double(index) * 0.7 / 360_000
      writer.truth(truth, atTick: Int64(index))
    }
    if index % 4321 == 0 {
      writer.event(
        SessionEvent(
          .alarmRaised, "downstream-occlusion", number: 1, priority: "high",
          text: "\"tab\there\", umlaut ü\n"),
        atTick: Int64(index))
    }
  }

  static func readBack(_ path: String) throws -> ReadBack {
    let reader = try RecordReader(path: path)
    return try readBack(reader)
  }

  static func readBack(_ reader: RecordReader) throws -> ReadBack {
    var tape = try reader.tape()
    var found = ReadBack()
    while true {
      switch try tape.next() {
      case .tick:
        found.ticks.append(
          RecordedTick(input: tape.input, output: tape.output, monitor: tape.monitor))
        found.lastTick = tape.sessionTick
      case .worldChange: continue
      case .powerOn: found.powerOns += 1
      case .blockEnd:
        found.blockEnds += 1
        found.digests = [tape.controllerDigest, tape.monitorDigest]
      case .end: return found
      }
    }
  }
}
