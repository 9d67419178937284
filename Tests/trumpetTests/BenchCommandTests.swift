// The bench procedures as a user starts them.

import Foundation
import Testing

@Suite("trumpet bench")
struct BenchCommandTests {
  @Test("accuracy: one object on standard output, what can be told before it, a table and a page")
  func accuracy() throws {
    try withFolder { folder in
      let run = try trumpet(
        "bench", "accuracy", "--rate", "10 mL/h", "--json", "--csv", folder + "/a.csv", "--report",
        folder + "/a.html")
      #expect(run.status == 0)
      #expect(run.diagnostics.hasPrefix("trumpet: what can be told:"))
      let result = try object(run.output)
      #expect(result["origin"] as? String == "simulated")
      let measures = try #require(result["measures"] as? [[String: Any]])
      #expect(measures.map { $0["is_fluid"] as? Bool } == [true, false])
      let notice = try #require(result["notice"] as? String)
      #expect(notice.contains("no conformity is claimed"))
      let table = try String(contentsOfFile: folder + "/a.csv", encoding: .utf8)
      #expect(table.hasPrefix("procedure,measure,quantity,at,at_unit,value,unit\r\naccuracy,"))
      let page = try String(contentsOfFile: folder + "/a.html", encoding: .utf8)
      #expect(page.contains("<svg") && page.contains("No conformity is claimed"))
    }
  }

  @Test("status 1 where the pump is not within what was asked, 0 where it is")
  func within() throws {
    for (percent, status, said) in [("5", 0, "within what was asked"), ("0.001", 1, "NOT within")]
      as [(String, Int32, String)]
    {
      let run = try trumpet("bench", "bolus", "--count", "2", "--within", percent)
      #expect(run.status == status && run.output.contains(said), "\(run.output)")
      #expect(run.diagnostics.contains("more than the ±0.001 % asked") == (status == 1))
    }
  }

  @Test("boluses and occlusions: each in the table, by number and by rate")
  func bolusAndOcclusion() throws {
    let boluses = try trumpet("bench", "bolus", "--count", "3")
    #expect(boluses.status == 0 && boluses.output.contains("3 boluses of 0.5 mL: mean error"))
    let blocked = try object(
      try trumpet("bench", "occlusion", "--rate", "10 mL/h", "--limit", "225 mmHg", "--json").output
    )
    let found = try #require((blocked["occlusions"] as? [[String: Any]])?.first)
    let pressure = try #require(found["pump_pressure_mmHg"] as? Double)
    #expect((215...260).contains(pressure))
    // Blocked at the needle, so that what was stored is drawn back and little is left to release.
    let released = try #require(found["released_mL"] as? Double)
    let retracted = try #require(found["retracted_mL"] as? Double)
    #expect(released < 0.05 && retracted > released)
  }

  @Test("what cannot be measured is refused before anything moves, and nothing is written")
  func refusals() throws {
    try withFolder { folder in
      for (status, said, arguments) in [
        (64, "0.05 to 10 mL/h", ["accuracy", "--rate", "0.001 mL/h"]),
        (64, "measure for at least 120 min", ["accuracy", "--duration", "5 min"]),
        (64, "0.01 to 2.5 mL", ["bolus", "--volume", "0.001 mL"]),
        (64, "225, 540 or 750 mmHg", ["occlusion", "--limit", "333 mmHg"]),
        (69, "no such port", ["accuracy", "--hardware", "board:\(folder)/none", "--no-patient"]),
      ] as [(Int32, String, [String])] {
        let page = folder + "/page.html"
        let run = try finish(executable, ["bench"] + arguments + ["--report", page])
        #expect(run.status == status && run.diagnostics.contains(said), "\(run.diagnostics)")
        #expect(run.output.isEmpty && !FileManager.default.fileExists(atPath: page))
      }
    }
  }
}
