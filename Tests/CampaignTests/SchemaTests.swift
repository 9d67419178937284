import Foundation
import Testing

@testable import Campaign

/// Runs Python; gives its standard output.
private func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3"] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// Whether Python has what the check needs; Scripts/test installs it.
private let hasPython: Bool = (try? python(["-c", "import jsonschema, yaml"]))?.status == 0

@Suite("The schema of campaigns")
struct SchemaTests {
  @Test("It takes every campaign of the documentation, and none of these", .enabled(if: hasPython))
  func check() throws {
    let good =
      Repository.files(in: "Docs/Examples/campaigns")
      + ["Docs/SingleFaults/campaign.yaml", "Docs/FalseAlarms/campaign.yaml"].map(Repository.path)
    let wrong = [
      "title: t\nsession: a.yaml", "title: t\nsession: a.yaml\nvary: { seed: 1 }",
      "title: t\nsession: a.yaml\nvary: { \"a b\": [1] }\nset: { \"a b\": 1 }",
      "title: t\nsession: { sed: 1 }\nvary: { seed: [1] }",
      "title: t\nsession: a.yaml\nvary: { g: { with: { seed: 3 } } }",
      "title: t\nsession: a.yaml\nvary: { seed: [1] }\nexpect: [ { end: complete } ]",
      "title: t\nsession: a.yaml\nvary: { seed: [1] }\nrefused: perhaps",
      "title: t\nsession: a.yaml\nvary: { seed: [1] }\ntwin: { a: 1, b: 2 }",
    ]
    try withFolder { folder in
      try CampaignSchema.json.write(
        toFile: folder + "/schema.json", atomically: true, encoding: .utf8)
      var bad: [String] = []
      for (index, text) in wrong.enumerated() {
        bad.append("\(folder)/wrong-\(index).yaml")
        try text.write(toFile: bad[index], atomically: true, encoding: .utf8)
      }
      let checker = Repository.path("Tests/SessionFileTests/check-schema.py")
      let result = try python([checker, folder + "/schema.json"] + good + bad)
      #expect(result.status == 0)
      let lines = result.output.split(separator: "\n").map(String.init)
      #expect(lines == good.map { "taken \($0)" } + bad.map { "refused \($0)" })
    }
  }
}
