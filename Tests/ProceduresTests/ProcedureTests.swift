import Catalogue
import Foundation
import Procedures
import PumpHAL
import PumpPlant
import Report
import Session
import SessionFile
import Story
import Synchronization
import Testing
import Vocabulary

/// The simulated pump, as a procedure asks for it.
struct SimulatedBench: ProcedureHardware {
  func open(_ session: Session) throws(ProcedureError) -> AttachedPump {
    .simulated(session.simulatedPump())
  }

  func follow(_ session: Session, _ control: SessionControl) {}
}

/// What the tests measure by.
let truth = MeasuringMeans(.plantTruth, digitMillilitres: 1e-6)
let encoder = MeasuringMeans(.encoder, digitMillilitres: 1.4e-4)

@Suite("Set-up of a procedure")
struct SetUpTests {
  @Test(
    "A rate outside the pump, or between its steps, is refused with what it has",
    arguments: [0.04, 10.01, 1.005, -1, .nan])
  func rates(rate: Double) {
    #expect {
      _ = try AccuracyProcedure(
        .accuracy, millilitresPerHour: rate, windows: .syringe, minutes: nil, setUp: BenchSetUp(),
        within: 5)
    } throws: { "\($0)".contains("0.05 to 10 mL/h in steps of 0.01") }
  }

  @Test("A duration shorter than the windows ask for is refused with what would do")
  func durations() throws {
    #expect {
      _ = try AccuracyProcedure(
        .accuracy, millilitresPerHour: 1, windows: .syringe, minutes: 90, setUp: BenchSetUp(),
        within: 5)
    } throws: { "\($0)".contains("at least 120 min") }
    #expect {
      _ = try AccuracyProcedure(
        .accuracy, millilitresPerHour: 0.1, windows: .ambulatory, minutes: 600,
        setUp: BenchSetUp(), within: 5)
    } throws: { "\($0)".contains("930 min") && "\($0)".contains("at least 990 min") }
    let early = try AccuracyProcedure(
      .accuracy, millilitresPerHour: 0.1, windows: .ambulatory, minutes: 1000,
      setUp: BenchSetUp(), within: 5)
    #expect(early.minutes == 1000)
  }

  @Test("The smallest usual syringe that is enough is taken; what no syringe holds is refused")
  func syringes() throws {
    func syringe(_ rate: Double, _ minutes: Double) throws -> String {
      try AccuracyProcedure(
        .accuracy, millilitresPerHour: rate, windows: .syringe, minutes: minutes,
        setUp: BenchSetUp(), within: 5
      ).description.syringe.id
    }
    #expect(try syringe(1, 121) == "bd-plastipak-20")
    #expect(try syringe(10, 121) == "bd-plastipak-30")
    #expect {
      _ = try syringe(10, 600)
    } throws: { "\($0)".contains("takes 100 mL") }
    var named = BenchSetUp()
    named.syringe = "bd-plastipak-2O"
    #expect {
      _ = try AccuracyProcedure(
        .accuracy, millilitresPerHour: 1, windows: .syringe, minutes: nil, setUp: named, within: 5)
    } throws: { "\($0)".contains("did you mean bd-plastipak-20?") }
  }

  @Test("Boluses and occlusions that the pump cannot do are refused")
  func others() {
    for volume in [0.001, 3, .nan] {
      #expect(throws: ProcedureError.self) {
        _ = try BolusProcedure(
          millilitres: volume, count: 25, flow: 30, setUp: BenchSetUp(), within: 5)
      }
    }
    #expect {
      _ = try BolusProcedure(
        millilitres: 0.5, count: 25, flow: 90, setUp: BenchSetUp(), within: 5)
    } throws: { "\($0)".contains("60 mL/h") }
    var setUp = BenchSetUp()
    setUp.occlusionLimitMmHg = 300
    #expect {
      _ = try OcclusionProcedure(
        millilitresPerHour: 1, setUp: setUp, isClampedByOperator: false)
    } throws: { "\($0)".contains("225, 540 or 750") }
  }

  @Test("The default procedures pass every check of session files")
  func defaults() throws {
    for rate in [0.05, 1, 10] {
      _ = try OcclusionProcedure(
        millilitresPerHour: rate, setUp: BenchSetUp(), isClampedByOperator: false)
      for aim in [AccuracyProcedure.Aim.accuracy, .startUp] {
        _ = try AccuracyProcedure(
          aim, millilitresPerHour: rate, windows: .syringe, minutes: nil, setUp: BenchSetUp(),
          within: 5)
      }
    }
    let long = try AccuracyProcedure(
      .accuracy, millilitresPerHour: 0.5, windows: .ambulatory, minutes: nil, setUp: BenchSetUp(),
      within: 5)
    #expect(long.minutes == 2400)
    let boluses = try BolusProcedure(
      millilitres: 0.5, count: 25, flow: 30, setUp: BenchSetUp(), within: 5)
    #expect(boluses.spacingMinutes == 6)
  }
}

@Suite("Procedures on the simulation")
struct SimulatedProcedureTests {
  @Test("A start-up by truth comes later than by the drive, and the result says which is fluid")
  func startUp() throws {
    let procedure = try AccuracyProcedure(
      .startUp, millilitresPerHour: 5, windows: .syringe, minutes: 6, setUp: BenchSetUp(),
      within: 5)
    let budgets = procedure.budgets([truth, encoder])
    let run = try ProcedureRun(
      procedure.description, scale: nil, options: ProcedureOptions(), on: SimulatedBench())
    let found = try procedure.finding(run, budgets)
    #expect(found.map(\.curves.measure) == [.plantTruth, .encoder])
    let fluid = try #require(found[0].startUp)
    let drive = try #require(found[1].startUp)
    #expect(fluid.points.count >= 11 && drive.points.count >= 11)
    #expect(try #require(fluid.riseMinutes) > #require(drive.riseMinutes))
    // 6 min of a curve of 120 min.
    #expect(fluid.shortfall != nil)
    let result = BenchResult(
      "startup", title: "<Start-up>", runs: [run], facts: [("rate", "5 mL/h")], budgets: budgets,
      finding: .accuracy(found))
    #expect(result.records.isEmpty && result.isWhole)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.json.utf8)) as? [String: Any])
    let measures = try #require(json["measures"] as? [[String: Any]])
    #expect(measures.map { $0["is_fluid"] as? Bool } == [true, false])
    #expect(json["origin"] as? String == "simulated")
    #expect(result.text.contains("not fluid"))
    let page = BenchDocument(result).html
    #expect(page.contains("&lt;Start-up&gt;") && !page.contains("<Start-up>"))
    #expect(page.contains("<svg class=\"curve\"") && !page.contains("<script"))
    #expect(
      result.csv.split(separator: "\r\n").count == 1 + fluid.points.count + drive.points.count)
  }

  @Test("Boluses are each near what was set")
  func boluses() throws {
    let procedure = try BolusProcedure(
      millilitres: 0.2, count: 2, flow: 60, setUp: BenchSetUp(), within: 5)
    func errors(_ bench: SimulatedBench) throws -> [Double] {
      let run = try ProcedureRun(
        procedure.description, scale: nil, options: ProcedureOptions(), on: bench)
      return try procedure.finding(run, procedure.budgets([truth]))[0].errors
    }
    for error in try errors(SimulatedBench()) { #expect(abs(error) < 3, "\(error)") }
  }

  @Test("A blocked line at 10 mL/h: the alarm near its prediction and its limit, little released")
  func occlusion() throws {
    var setUp = BenchSetUp()
    setUp.occlusionLimitMmHg = 225
    let procedure = try OcclusionProcedure(
      millilitresPerHour: 10, setUp: setUp, isClampedByOperator: false)
    let run = try ProcedureRun(
      procedure.description, scale: nil, options: ProcedureOptions(), on: SimulatedBench())
    let found = try procedure.finding(run)
    let seconds = try #require(found.secondsToAlarm)
    // 0.6 µL/mmHg and 225 mmHg at 10 mL/h: 49 s; friction and the force cell's 3 % are on top.
    #expect(seconds > 25 && seconds < 100, "\(seconds)")
    let line = try #require(found.linePressureMmHg)
    #expect(line > 150 && line < 300, "\(line)")
    let pump = try #require(found.pumpPressureMmHg)
    #expect(pump > 200 && pump < 300, "\(pump)")
    let released = try #require(found.releaseMillilitres)
    #expect(found.releaseMeasure == .plantTruth && released < 0.2, "\(released)")
    #expect(try #require(found.retractedMillilitres) > 0)
  }
}
