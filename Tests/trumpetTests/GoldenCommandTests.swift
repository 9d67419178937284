// `trumpet golden`, as a user runs it.

import Foundation
import Testing

@Suite("trumpet golden")
struct GoldenCommandTests {
  @Test("A session keeps its record until its file says something else, which --renew takes over")
  func renewing() throws {
    try withFolder { folder in
      let none = try trumpet("golden", folder)
      #expect(none.status == 1 && none.output.contains("session.mcap is missing"))
      let made = try trumpet("golden", folder, "--renew")
      #expect(made.status == 0, "\(made.diagnostics)")
      let record = try Data(contentsOf: URL(fileURLWithPath: folder + "/session.mcap"))
      let same = try trumpet("golden", folder, "session")
      #expect(same.status == 0 && same.output.hasPrefix("session: identical\n"), "\(same.output)")

      let file = folder + "/session.yaml"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try text.replacing("mg/kg/h for 2 min", with: "mg/kg/h for 1 min")
        .write(toFile: file, atomically: true, encoding: .utf8)
      let other = try trumpet("golden", folder)
      #expect(other.status == 1)
      #expect(other.output.contains("the file, run again, gives another session"))
      #expect(other.output.contains("moved by -60.00 s"), "\(other.output)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/session.mcap")) == record)
      let renewed = try trumpet("golden", folder, "--renew")
      #expect(renewed.status == 0 && renewed.output.contains("1 renewed with changes"))
      #expect(try trumpet("golden", folder).status == 0)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "session.mcap", "session.yaml",
        ])
    }
  }

  @Test("A file named board-… runs on an emulated board, and gives the same ticks again")
  func board() throws {
    try withFolder { folder in
      try FileManager.default.moveItem(
        atPath: folder + "/session.yaml", toPath: folder + "/board-a.yaml")
      #expect(try trumpet("golden", folder, "--renew").status == 0)
      let again = try trumpet("golden", folder)
      #expect(again.status == 0, "\(again.output)\(again.diagnostics)")
      let shown = try trumpet("export", folder + "/board-a.mcap", "--format", "jsonl")
      #expect(shown.status == 0)
    }
  }

  @Test("Sessions in full are compared by their figures; what is not there has its own status")
  func whole() throws {
    try withFolder { folder in
      #expect(try trumpet("golden", folder, "--renew", "--whole", folder).status == 0)
      #expect(try trumpet("golden", folder, "--whole", folder).status == 0)
      try "session: digest 0\nother: digest 0\n".write(
        toFile: folder + "/figures.txt", atomically: true, encoding: .utf8)
      let differs = try trumpet("golden", folder, "--whole", folder)
      #expect(differs.status == 1)
      #expect(differs.output.contains("session, in full: differs"))
      #expect(differs.output.contains("other, in full: differs\n  is gone"))
      #expect(try trumpet("golden", folder, "strange").status == 66)
      #expect(try trumpet("golden", folder + "/none").status == 65)
    }
  }
}
