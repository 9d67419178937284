import Catalogue
import Foundation
import PumpHAL
import PumpPlant
import SessionFile
import Testing
import Vocabulary

@testable import Campaign
@testable import Session

/// A folder of a test's own, gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "trumpet-campaign-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

func run(
  _ text: String, jobs: Int = 2, records: KeptRecords = .none,
  control: CampaignControl = CampaignControl()
) throws -> CampaignResult {
  var options = CampaignOptions()
  options.jobs = jobs
  options.records = records
  return CampaignRun(try campaign(text), options: options).run(control: control)
}

@Suite("Running a campaign")
struct RunTests {
  /// Cells that pass, fail, are refused and are left out.
  static let mixed =
    "title: mixed\n" + minuteSession
      + """
      vary:
        seed: 1..3
        case:
          variants:
            plain: {}
            late: { "programme[0].basal": 4.2 mg/h for 2 min }
            wrong: { drug.concentration: 60 mg/mL }
      exclude: [ { seed: 3, case: late, because: enough } ]
      expect:
        - { dispensed: 0.07 mg, tolerance: 1 % }
      refused: passes
      """

  @Test("The result is the same, byte by byte, with 1, 2 and 5 sessions at a time")
  func jobs() throws {
    let one = try run(Self.mixed, jobs: 1)
    #expect(one.tally == "9 cells: 3 passed, 2 failed, 3 refused, 1 excluded")
    for jobs in [2, 5] {
      let many = try run(Self.mixed, jobs: jobs)
      #expect(many.json == one.json)
      #expect(many.table(file: "c.yaml") == one.table(file: "c.yaml"))
      #expect(many.junit(file: "c.yaml") == one.junit(file: "c.yaml"))
    }
  }

  @Test("Results stand in the order of the matrix, each with what its own session came to")
  func order() throws {
    let result = try run(Self.mixed, jobs: 5)
    #expect(result.cells.map(\.number) == Array(1...9))
    #expect(result.cells.map(\.status)[0...2] == [.passed, .failed, .refused])
    let masses = result.cells.compactMap { $0.session?.delivered.first?.dispensed_mg }
    // 4.2 mg/h for one minute and for two.
    #expect(abs(masses[0] - 0.07) < 0.0005 && abs(masses[1] - 0.14) < 0.0005)
    #expect(result.cells[2].refusal[0].contains("hard limit"))
    #expect(result.cells[7].exclusion == "enough")
    #expect(result.outcome == .failed)
  }

  @Test("A cell is the session that its text is: run alone, it gives the same fingerprint")
  func sameAsAlone() throws {
    let description = try campaign(Self.mixed)
    let result = CampaignRun(description).run()
    for index in [0, 3] {
      let session = Session(
        try SessionDescription(
          bytes: Array(description.cells[index].sessionText.utf8), name: "alone"))
      var pump = AttachedPump.simulated(session.simulatedPump())
      let alone = try session.run(on: &pump)
      #expect(result.cells[index].session?.stateDigest == alone.stateDigest)
      #expect(result.cells[index].session?.delivered == alone.delivered)
    }
    // Another programme is another session.
    #expect(
      result.cells[0].session?.stateDigest != result.cells[1].session?.stateDigest)
  }

  @Test("A refused cell fails the campaign, unless the file says that it passes")
  func refusals() throws {
    let text =
      "title: t\n" + minuteSession + "vary: { drug.concentration: [6 mg/mL, 60 mg/mL] }\n"
    #expect(try run(text).outcome == .failed)
    #expect(try run(text + "refused: passes").outcome == .passed)
    #expect(try run(text).junit(file: "c").contains("failures=\"1\" errors=\"0\" skipped=\"0\""))
    #expect(
      try run(text + "refused: passes").junit(file: "c")
        .contains("failures=\"0\" errors=\"0\" skipped=\"1\""))
  }

  @Test(
    "An expected refusal passes by its words, and fails where none comes or it says another thing")
  func expectedRefusals() throws {
    let text =
      "title: t\n" + minuteSession + "vary: { drug.concentration: [6 mg/mL, 60 mg/mL] }\nexpect:\n"
    let right = try run(
      text + "  - { refused: hard limit, when: { drug.concentration: 60 mg/mL } }")
    #expect(right.cells.map(\.status) == [.passed, .passed])
    let other = try run(
      text + "  - { refused: no such words, when: { drug.concentration: 60 mg/mL } }")
    #expect(other.cells.map(\.status) == [.passed, .failed])
    let none = try run(text + "  - { refused: hard limit }")
    #expect(none.cells.map(\.status) == [.failed, .passed])
    #expect(none.cells[0].failures == ["expected: refused: hard limit, observed: not refused"])
  }

  @Test("A campaign that is ended begins no more cells and says so")
  func stopped() throws {
    let control = CampaignControl()
    control.requestStop()
    let result = try run(Self.mixed, control: control)
    #expect(result.outcome == .stopped)
    #expect(result.count(.notRun) == 8)
    #expect(result.tally == "9 cells: 1 excluded, 8 not-run")
  }

  @Test("A session that runs when the campaign is ended is stopped like any other")
  func stoppedMidway() throws {
    let control = CampaignControl()
    let text =
      "title: t\n" + minuteSession
      + "set: { programme: [ { basal: 0.1 mL/h for 168 h } ] }\nvary: { seed: 1..40 }"
    let thread = Thread {
      while !control.isFinished {
        usleep(100_000)
        control.requestStop()
      }
    }
    thread.start()
    let result = try run(text, control: control)
    #expect(result.outcome == .stopped)
    let stopped = result.cells.filter { $0.status == .stopped }
    #expect((1...2).contains(stopped.count))
    #expect(stopped.allSatisfy { $0.session?.ending == .interrupted })
    #expect(result.count(.notRun) == 40 - stopped.count)
  }

  @Test("Records are kept of all sessions, or of those that failed, under names that say which")
  func records() throws {
    try withFolder { folder in
      let result = try run(Self.mixed, records: .ofFailed(folder: folder))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["0002-1-late.mcap", "0005-2-late.mcap"])
      #expect(result.irreproducible.isEmpty && result.recordFailures.isEmpty)
      #expect(result.cells[1].record?.path == folder + "/0002-1-late.mcap")
      #expect(result.cells[0].record == nil)
      // They are there: a second run may not write over them.
      let cells = try campaign(Self.mixed).cells
      #expect(CampaignRun.problem(keeping: cells, in: folder)?.contains("is there already") == true)
      let again = try run(Self.mixed, records: .ofFailed(folder: folder))
      #expect(again.recordFailures.count == 2)
    }
    try withFolder { folder in
      _ = try run(Self.mixed, records: .all(folder: folder))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 5)
    }
  }
}

@Suite("Held against a twin")
struct TwinTests {
  static let text =
    "title: t\n" + minuteSession
      + """
      set: { programme: [ { basal: 5 mL/h for 10 min } ], drug.concentration: 2 mg/mL }
      vary:
        fault:
          variants:
            none: {}
            nothing: { about: the same again }
            stall: { "events[+]": { at: 3 min, fault: stall } }
            out: { "events[+]": { at: 3 min, fault: disconnection } }
            denied: { "events[+]": { at: 3 min, operator: patient, action: start } }
      twin: { fault: none }
      """

  @Test("A difference is found by the first alarm or refusal that the twin has not")
  func findings() throws {
    let cells = try run(Self.text).cells
    #expect(cells[0].twin == nil)
    #expect(cells[1].twin == TwinComparison(twin: 1))
    let stall = try #require(cells[2].twin?.found)
    #expect(stall.priority == .high)
    // A stalled motor at 5 mL/h is found within 10 s (ALM07).
    #expect(stall.after_s > 0 && stall.after_s < 10)
    #expect(cells[3].twin?.found == nil)
    #expect(cells[4].twin?.found?.by.hasPrefix("refused: start") == true)
    #expect(cells[4].twin?.found?.after_s == 0)
  }

  @Test("What is lacking in the tissue is what the twin had, to 1 %")
  func volumes() throws {
    let cells = try run(Self.text).cells
    let whole = try #require(cells[0].session?.delivered.first?.infused_mL)
    let out = try #require(cells[3].session?.delivered.first?.infused_mL)
    let twin = try #require(cells[3].twin)
    #expect(abs(twin.under_uL / 1000 - (whole - out)) < 0.01 * whole)
    // A microstep (0.07 µL) or so: between two samples the twin counts as steady.
    #expect(twin.over_uL < 0.1)
    // The stall was found before a hundredth of a millilitre was lacking.
    #expect(try #require(cells[2].twin).under_uL < 10)
  }

  @Test("Between two moments the flow counts as steady, outside them as nothing")
  func interpolation() throws {
    var evidence = TwinEvidence(occurrences: [], alarms: [], course: [], endTick: 0)
    #expect(evidence.infused(at: 5) == 0)
    evidence.course = [(10, 1.0), (20, 3.0), (20, 5.0), (30, 5.0)].map {
      InfusedMoment(tick: $0.0, infused_uL: $0.1)
    }
    let expected: [(Int64, Double)] = [(0, 0), (10, 1), (15, 2), (20, 5), (25, 5), (99, 5)]
    for (tick, infused) in expected { #expect(evidence.infused(at: tick) == infused) }
  }

  @Test("An alarm that both have within a minute finds nothing; one further apart does")
  func commonAlarms() {
    func evidence(_ raised: Int64, fault: Bool) -> TwinEvidence {
      let common = SessionOccurrence(tick: 1, kind: .connected)
      let own = fault ? [SessionOccurrence(tick: 100, kind: .faultInjected(.stall))] : []
      return TwinEvidence(
        occurrences: [common] + own,
        alarms: [AlarmEpisode(id: .nearEnd, raised: raised, cleared: nil)], course: [],
        endTick: 100_000)
    }
    let near = TwinComparison(
      evidence(16_000, fault: true), against: evidence(10_000, fault: false), number: 1)
    #expect(near.found == nil && near.parted_s == 1)
    let far = TwinComparison(
      evidence(16_001, fault: true), against: evidence(10_000, fault: false), number: 1)
    #expect(far.found?.by == "near-end")
    #expect(far.found?.after_s == 159.01)
  }

  @Test("The power-fail tone tells of what no controller can; one that the twin has too does not")
  func powerFailTone() {
    func evidence(_ tones: [Bool], fault: Bool) -> TwinEvidence {
      TwinEvidence(
        occurrences: fault ? [SessionOccurrence(tick: 100, kind: .powerLost)] : [], alarms: [],
        course: tones.enumerated().map {
          InfusedMoment(
            tick: Int64($0.offset) * 10_000, infused_uL: 0, isPowerFailToneSounding: $0.element)
        }, endTick: 100_000)
    }
    let quiet = evidence([false, false, false], fault: false)
    let told = TwinComparison(
      evidence([false, true, true], fault: true), against: quiet, number: 1)
    #expect(told.found == TwinFinding(by: "power-fail-tone", priority: nil, after_s: 99))
    let silent = TwinComparison(
      evidence([false, false, false], fault: true), against: quiet, number: 1)
    #expect(silent.found == nil)
    let common = TwinComparison(
      evidence([false, true, true], fault: true),
      against: evidence([false, true, true], fault: false), number: 1)
    #expect(common.found == nil)
  }
}
