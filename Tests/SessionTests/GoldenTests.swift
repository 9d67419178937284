// The golden sessions: small records that the firmware has to give again, bit for bit.

import Foundation
import PumpHAL
import PumpPlant
import SessionRecord
import Testing

@testable import Session

@Suite("Golden sessions")
struct GoldenTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Golden")
  private static let examples = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Docs/Examples")

  private static func names(_ suffix: String, in folder: URL = folder) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
  }

  private func path(_ name: String) -> String {
    Self.folder.appendingPathComponent("\(name).mcap").path
  }

  @Test(
    "replays bit for bit; if the change is meant: Scripts/dev golden --renew, and say why",
    arguments: names(".yaml"))
  func replay(_ name: String) throws {
    let result = try Replay.run(path: path(name))
    #expect(result.truncatedAtByte == nil)
    guard let difference = result.firstDifference else { return }
    let fields = difference.fields
      .map { "\($0.field): recorded \($0.recorded), replayed \($0.replayed)" }
    Issue.record(
      """
      \(name) differs at tick \(difference.tick) (\(Double(difference.tick) / 100) s): \
      \(fields.joined(separator: "; "))
      """)
  }

  @Test("each record was made of the file beside it")
  func files() throws {
    #expect(Self.names(".yaml") == Self.names(".mcap"))
    for name in Self.names(".mcap") {
      let attached = try RecordReader(path: path(name)).attachments
        .first { $0.name == "session.yaml" }
      let file = try Data(contentsOf: Self.folder.appendingPathComponent("\(name).yaml"))
      #expect(attached?.data == Array(file), "\(name): Scripts/dev golden --renew \(name)")
    }
  }

  @Test("at least twenty records hold every example, kind of fault and kind of hardware, in 3 MB")
  func coverage() throws {
    let names = Self.names(".mcap")
    #expect(names.count >= 20)
    #expect(Set(Self.names(".yaml", in: Self.examples)).subtracting(names).isEmpty)
    var faults: Set<Int> = []
    var origins: Set<Origin> = []
    var topicsOnBoard: Set<String> = []
    var size = 0
    for name in names {
      let reader = try RecordReader(path: path(name))
      size += try Data(contentsOf: URL(fileURLWithPath: path(name))).count
      if let origin = reader.origin { origins.insert(origin) }
      // No folder of the machine on which it was recorded.
      #expect(reader.metadata["trumpet.session"]?["port"]?.contains("/") != true)
      if reader.origin == .emulated { topicsOnBoard.formUnion(reader.messageCounts.keys) }
      for message in try reader.messages(on: "/trumpet/events") {
        let event = try JSONSerialization.jsonObject(with: Data(message.data)) as? [String: Any]
        if event?["kind"] as? String == "fault-injected", let number = event?["number"] as? Int {
          faults.insert(number)
        }
      }
    }
    for kind in FaultKind.allCases {
      #expect(faults.contains(Int(kind.rawValue)), "no golden session with \(kind)")
    }
    // Hardware of metal is not to be had where tests run.
    #expect(origins == [.simulated, .emulated])
    #expect(topicsOnBoard.isSuperset(of: ["/trumpet/wire/sent", "/trumpet/wire/received"]))
    #expect(size <= 3_000_000)
  }
}
