import Catalogue
import Foundation
import PumpHAL
import SessionFile
import SessionRecord
import Testing
import Vocabulary

@testable import Session

@Suite("What is attached to a record")
struct AttachmentTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func attachments(
    _ text: String, carriesSources: Bool = true
  ) throws -> [String: [UInt8]] {
    try withTemporaryPath("a.mcap") { path in
      var options = SessionOptions()
      options.recordPath = path
      options.carriesSources = carriesSources
      _ = try run(text, options: options)
      let found = try RecordReader(path: path).attachments
      return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.data) })
    }
  }

  @Test("session, catalogue entries, build and sources; without the sources their digest stays")
  func names() throws {
    let text = sessionText(duration: "1 min", extra: "duration: 1 min")
    let all = try attachments(text)
    #expect(
      all.keys.sorted() == ["build.json", "catalogue.yaml", "core-sources.tar.zst", "session.yaml"])
    #expect(all["session.yaml"] == Array(text.utf8))
    let few = try attachments(text, carriesSources: false)
    #expect(few.keys.sorted() == ["build.json", "catalogue.yaml", "session.yaml"])
    for (files, isAttached) in [(all, true), (few, false)] {
      let build = try #require(files["build.json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(build)) as? [String: Any])
      let sources = try #require(object["core_sources"] as? [String: Any])
      #expect(sources["sha256"] as? String == SourceArchive.digest)
      #expect(sources["attached"] as? Bool == isAttached)
      #expect(object["program"] as? String == Session.version)
    }
    // 0.1 MB on top of a day's 2 MB; twice that would be worth another look.
    #expect(try #require(all["core-sources.tar.zst"]).count < 200_000)
  }

  @Test("the catalogue entries are those of everything fitted, each once")
  func catalogue() throws {
    let url = Self.root.appendingPathComponent("Docs/Examples/burst-syringe-changes.yaml")
    let description = try SessionDescription(contentsOf: url.path)
    let text = description.catalogueText
    for id in [
      description.pump.id, description.syringe.id, description.infusionSet.id,
      description.battery.id, description.drug.id,
    ] {
      #expect(text.components(separatedBy: "  - id: \(id)\n").count == 2, "\(id)")
    }
    let changed = sessionText(
      duration: "20 min",
      extra: """
        events:
          - { at: 5 min, operator: nurse, action: change-syringe, syringe: bd-plastipak-50,
              fill: 40 mL, concentration: 6 mg/mL }
        """)
    let both = try SessionDescription(bytes: Array(changed.utf8), name: "test.yaml").catalogueText
    #expect(both.contains("id: bd-plastipak-20\n") && both.contains("id: bd-plastipak-50\n"))
  }

  @Test("the source archive is the portable core as it stands here")
  func current() throws {
    var expected = ["LICENSE", "Package.swift", "README.txt"]
    for target in [
      "BoardProtocol", "PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor", "PumpPlant",
      "TickCodec",
    ] {
      let folder = Self.root.appendingPathComponent("Sources/\(target)")
      let files = try #require(FileManager.default.enumerator(atPath: folder.path))
      for case let file as String in files where file.hasSuffix(".swift") {
        expected.append("Sources/\(target)/\(file)")
      }
    }
    #expect(SourceArchive.paths == expected.sorted())
    try withTemporaryPath("core.tar") { path in
      try Data(SourceArchive.tar).write(to: URL(fileURLWithPath: path))
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      let tar = try Process.run(
        URL(fileURLWithPath: "/usr/bin/env"), arguments: ["tar", "-xf", path, "-C", folder.path])
      tar.waitUntilExit()
      #expect(tar.terminationStatus == 0)
      for name in expected where name.hasPrefix("Sources/") {
        let here = try Data(contentsOf: Self.root.appendingPathComponent(name))
        let there = try Data(
          contentsOf: folder.appendingPathComponent("\(SourceArchive.folder)/\(name)"))
        #expect(here == there, "\(name)")
      }
    }
  }
}
