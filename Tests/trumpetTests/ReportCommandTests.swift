// `trumpet report` and `trumpet export`, as a user runs them.

import Foundation
import Testing

@Suite("Report and export commands")
struct ReportCommandTests {
  private func withRecord(_ body: (_ folder: String, _ record: String) throws -> Void) throws {
    try withFolder { folder in
      let record = folder + "/a.mcap"
      let run = try trumpet("run", folder + "/session.yaml", "--record", record)
      #expect(run.status == 0, "\(run.diagnostics)")
      try body(folder, record)
    }
  }

  @Test(
    "report writes one page, replaces an earlier one, and never a record")
  func report() throws {
    try withRecord { folder, record in
      let page = folder + "/a.html"
      for _ in 0..<2 {
        let report = try trumpet("report", record, "-o", page)
        #expect(report.status == 0 && report.output.isEmpty, "\(report.diagnostics)")
      }
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
      #expect(text.contains("Command line &lt;test&gt; &amp; more"))
      // A record that nobody signed is whole, and says of itself that it proves nothing.
      #expect(text.contains("nobody signed this record"))

      let before = try Data(contentsOf: URL(fileURLWithPath: record))
      let refused = try trumpet("report", record, "-o", record)
      #expect(refused.status == 74)
      #expect(refused.diagnostics.contains("no record is ever written over"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: record)) == before)
      // Another record is evidence as well.
      let other = folder + "/b.mcap"
      try before.write(to: URL(fileURLWithPath: other))
      #expect(try status("report", record, "-o", other) == 74)
      #expect(try status("export", record, "--format", "csv", "-o", other) == 74)
      #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
      try FileManager.default.removeItem(atPath: other)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["a.html", "a.mcap", "session.yaml"])
    }
  }

  @Test(
    "A record that breaks off gets a report that says so")
  func truncated() throws {
    try withRecord { folder, record in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: record))
      let cut = folder + "/cut.mcap"
      try bytes.prefix(bytes.count - 12_000).write(to: URL(fileURLWithPath: cut))
      let report = try trumpet("report", cut, "-o", folder + "/cut.html")
      #expect(report.status == 0, "\(report.diagnostics)")
      #expect(report.diagnostics.contains("breaks off at byte"))
      let text = try String(contentsOfFile: folder + "/cut.html", encoding: .utf8)
      #expect(text.contains("This record breaks off."))
      #expect(text.contains("Truncated: the record is not complete."))
      let other = try trumpet("report", record, cut, "-o", folder + "/both.html")
      #expect(other.status == 65 && other.diagnostics.contains("does not go on from"))
    }
  }

  private func status(_ arguments: String...) throws -> Int32 {
    try finish(executable, arguments).status
  }

  @Test("What is no record, and what is not there, have their own statuses")
  func statuses() throws {
    try withFolder { folder in
      let session = folder + "/session.yaml"
      #expect(try status("export", folder + "/no.mcap", "--format", "csv") == 66)
      #expect(try status("export", session, "--format", "csv") == 65)
      #expect(try status("export", session, "--format", "xml") == 64)
      #expect(try status("export", session) == 64)
      #expect(try status("report", folder + "/no.mcap", "-o", folder + "/a.html") == 66)
      #expect(try status("report", session, "-o", folder + "/a.html") == 65)
      #expect(try status("report", session, "-o", folder + "/no/a.html") == 74)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["session.yaml"])
    }
  }

  @Test("export gives samples by default, events and ticks when asked, to a file or not")
  func export() throws {
    try withRecord { folder, record in
      let samples = try trumpet("export", record, "--format", "csv")
      #expect(samples.status == 0)
      #expect(samples.output.hasPrefix("tick,t_s,mode,flow_mL_h,"))
      let file = folder + "/a.csv"
      let written = try trumpet("export", record, "--format", "csv", "-o", file)
      #expect(written.status == 0 && written.output.isEmpty)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == samples.output)
      let events = try trumpet("export", record, "--format", "jsonl", "--what", "events")
      for line in events.output.split(separator: "\n") { _ = try object(String(line)) }
      #expect(events.output.contains("\"kind\":\"command\""))
      let ticks = try trumpet("export", record, "--format", "csv", "--what", "ticks")
      #expect(ticks.output.split(separator: "\r\n").count > 12_000)
      let refused = try trumpet("export", record, "--format", "csv", "-o", record)
      #expect(refused.status == 74)
    }
  }
}
