import Foundation
import Testing

@Suite("trumpet campaign")
struct CampaignCommandTests {
  /// A folder with `session.yaml` in it and a campaign beside it.
  private func withCampaign<Result>(
    _ rest: String, basal: String = "1 min", _ body: (String, String) throws -> Result
  ) throws -> Result {
    try withFolder(expecting: "0.07 mg", basal: basal) { folder in
      let file = folder + "/campaign.yaml"
      let text = "title: Command line\nsession: session.yaml\n" + rest
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      return try body(folder, file)
    }
  }

  @Test("run prints the table, status 0; --json one object, and nothing else on standard output")
  func run() throws {
    try withCampaign("vary: { seed: 1..3 }") { folder, file in
      let table = try trumpet("campaign", "run", file, "--jobs", "2", "--junit", folder + "/j.xml")
      #expect(table.status == 0, "\(table.diagnostics)")
      #expect(table.output.contains("3 cells: 3 passed"))
      #expect(table.diagnostics.isEmpty)
      let junit = try String(contentsOfFile: folder + "/j.xml", encoding: .utf8)
      #expect(junit.contains("<testsuites tests=\"3\" failures=\"0\""))
      let json = try trumpet("campaign", "run", file, "--json", "--only", "seed=2")
      let result = try object(json.output)
      #expect(result["outcome"] as? String == "passed")
      #expect((result["results"] as? [[String: Any]])?.first?["cell"] as? Int == 2)
    }
  }

  @Test("A cell that fails or is refused is status 1, told with how to see its session")
  func failing() throws {
    try withCampaign("vary: { patient.mass: [70 kg, 71 kg, 400 kg] }") { folder, file in
      let run = try trumpet("campaign", "run", file, "--records-of-failed", folder)
      #expect(run.status == 1)
      #expect(run.output.contains("FAILED  cell 2: patient.mass=71 kg"))
      #expect(run.output.contains("REFUSED  cell 3: patient.mass=400 kg"))
      #expect(FileManager.default.fileExists(atPath: folder + "/0002-71-kg.mcap"))
      let shown = try trumpet("campaign", "show", file, "--cell", "2")
      #expect(shown.output.contains("patient: { mass: 71 kg }"))
      try shown.output.write(toFile: folder + "/cell.yaml", atomically: true, encoding: .utf8)
      #expect(try trumpet("run", folder + "/cell.yaml").status == 1)
      #expect(try trumpet("campaign", "run", file, "--only", "patient.mass=70 kg").status == 0)
    }
  }

  @Test("Wrong usage is 64, a wrong file 65, none 66, a folder that cannot be written 74")
  func statuses() throws {
    try withCampaign("vary: { seed: 1..2 }") { folder, file in
      #expect(try trumpet("campaign", "run", file, "--jobs", "0").status == 64)
      #expect(try trumpet("campaign", "run", file, "--only", "seed=9").status == 64)
      #expect(try trumpet("campaign", "show", file, "--cell", "3").status == 64)
      #expect(try trumpet("campaign", "run", folder + "/none.yaml").status == 66)
      let wrong = try trumpet("campaign", "run", folder + "/session.yaml")
      #expect(wrong.status == 65)
      #expect(wrong.diagnostics.contains("session.yaml:2:1: the campaign has no key `patient`"))
      let unwritable = try trumpet("campaign", "run", file, "--records", folder + "/none")
      #expect(unwritable.status == 74)
      #expect(unwritable.diagnostics.contains("is no folder; make it first"))
      #expect(try trumpet("campaign", "run", file, "--junit", folder).status == 74)
    }
  }

  @Test("Ctrl-C stops in order, says what was done, and is status 1")
  func interrupted() throws {
    try withCampaign("vary: { seed: 1..50 }", basal: "24 h") { _, file in
      let output = Pipe()
      let process = try start(
        ["campaign", "run", file, "--jobs", "2"], output: output, diagnostics: Pipe())
      usleep(1_000_000)
      process.interrupt()
      let text = String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 1)
      #expect(text.contains("50 cells: 2 stopped, 48 not-run"), "\(text.suffix(600))")
    }
  }

  @Test("list names every cell, with why one is left out")
  func list() throws {
    try withCampaign("vary: { seed: 1..2 }\nexclude: [ { seed: 2, because: enough } ]") { _, file in
      let list = try trumpet("campaign", "list", file)
      #expect(list.status == 0)
      #expect(list.output == "1  seed=1\n2  seed=2  (left out: enough)\n")
    }
  }

  @Test("The schema of campaigns is JSON, and describes every key of the format at its top")
  func schema() throws {
    let schema = try object(try trumpet("schema", "campaign").output)
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    #expect(
      Set(properties.keys)
        == ["title", "session", "set", "vary", "exclude", "expect", "twin", "refused"])
    #expect(properties.values.allSatisfy { $0["description"] is String })
  }
}
