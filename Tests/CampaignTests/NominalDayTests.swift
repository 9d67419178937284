// @relation(R-078, scope=file, role=Verification)
// The short form of `Scripts/dev false-alarms`: hours of the same kind, not days.

import Foundation
import PumpHAL
import Session
import Testing
import Vocabulary

@testable import Campaign

@Suite("False alarms, short form")
struct NominalDayTests {
  @Test(
    "R-078: a walking patient, heat, cold and tissue that resists raise no alarm that is not due")
  func nominal() throws {
    let text = try String(
      contentsOf: URL(filePath: Repository.path("Docs/FalseAlarms/campaign.yaml")), encoding: .utf8)
    // The first hour and a half of the day, with its first walk, at the two ends of the matrix.
    let short = text.replacing("for 24 h }", with: "for 95 min }")
      .replacing(#/(?m)^    - \{ at: (3|6|9|12|14|20|22) h.*\n/#, with: "")
      .replacing(#/(?m)^      events\[[1-7]\].*\n/#, with: "")
      .replacing(#/(?s)expect:.*/#, with: "expect: [ { noAlarm: any-high }, { ends: complete } ]\n")
    let campaign = try campaign(short)
    let cells = try campaign.cells(only: [
      "therapy=0.05 mL/h, 5 mL", "therapy=0.8 mL/h, 20 mL", "place=10 °C", "place=40 °C", "day=1",
    ])
    let result = CampaignRun(campaign, cells: cells).run()
    #expect(result.tally == "4 cells: 4 passed")
    for cell in result.cells {
      #expect(cell.failures.isEmpty)
      #expect(cell.session?.alarms.map(\.id) == [.nearEnd, .endOfInfusion])
    }
  }
}
