// What a file, and a folder of them, has to look like.

import Foundation
import Testing

@Suite("Files and folders")
struct FileTests {
  @Test("More than a dozen files of a target stand in folders that say what is in them")
  func folders() {
    var loose: [String: Int] = [:]
    for file in Tree.sources {
      let parts = file.path.split(separator: "/")
      if parts.count == 3 { loose[String(parts[1]), default: 0] += 1 }
    }
    let crowded = Set(loose.filter { $0.value > 12 }.keys)
    // Those that are still to be divided.
    let waiting: Set<String> = [
      "Campaign", "Catalogue", "PumpFirmware", "PumpHAL", "PumpMonitor", "PumpPlant", "Session",
      "SessionFile", "trumpet",
    ]
    #expect(crowded.subtracting(waiting).isEmpty)
  }

  @Test("A file opens with what it is for, or what the type is that it is about")
  func opening() {
    for file in Tree.sources {
      let opening = file.lines.lazy
        .filter {
          !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("import ") && !$0.contains(" import ")
        }
        .prefix(2).map { $0.drop(while: \.isWhitespace) }
      #expect(
        opening.contains { $0.hasPrefix("//") }, "\(file.path) opens with \(Array(opening))")
    }
  }

  @Test("No file is longer than 500 lines")
  func length() {
    for file in Tree.sources + Tree.files(below: "Tests", named: ".swift") {
      #expect(file.lines.count <= 500, "\(file.path): \(file.lines.count) lines")
    }
  }

  @Test("Nothing names a place on the machine where somebody worked")
  func machine() throws {
    let tops = [
      ".ci", "Docs", "Hardware", "Plugins", "Scripts", "Sources", "Tests", "CHANGELOG.md",
      "CONTRIBUTING.md", "Package.swift", "README.md",
    ]
    for file in tops.flatMap({ Tree.files(below: $0) }) where !file.path.hasSuffix(".lock") {
      // Broken up, since this file is looked at too.
      let places = try file.places(
        of: "/(home|root|Users)" + "/[a-z]|/tmp" + "/[a-z]|/opt" + "/swift"
      )
      .filter { line in !["mktemp", "XXXXXX", "example"].contains { line.contains($0) } }
      #expect(places.isEmpty, "\(places)")
    }
  }
}
