import Foundation
import Procedures
import PumpHAL
import PumpPlant
import Session
import Story
import Synchronization
import Testing

/// A balance without a port: it shows what it is told, a reading whenever somebody looks.
private final class TestScale: Weighing {
  private let state: Mutex<(masses: [WeighedMass], failure: ProcedureError?)>
  let name = "a scale of the test"

  init(failure: ProcedureError? = nil) { state = Mutex(([], failure)) }

  var now: UInt64 { UInt64(ProcessInfo.processInfo.systemUptime * 1e9) }

  func takeMasses() throws(ProcedureError) -> [WeighedMass] {
    let failure = state.withLock { $0.failure }
    if let failure { throw failure }
    return [WeighedMass(nanoseconds: now, grams: 10, digitGrams: 1e-4)]
  }

  func close() {}
}

/// The simulated pump, followed until its end.
private struct FollowedBench: ProcedureHardware {
  func open(_ session: Session) throws(ProcedureError) -> AttachedPump {
    .simulated(session.simulatedPump())
  }

  func follow(_ session: Session, _ control: SessionControl) {}
}

@Suite("Weighing while a session runs")
struct WeighingTests {
  private func procedure() throws -> AccuracyProcedure {
    try AccuracyProcedure(
      .startUp, millilitresPerHour: 10, windows: .syringe, minutes: 2, setUp: BenchSetUp(),
      within: 5)
  }

  private func vessel(_ scale: TestScale) throws -> VesselOnScale {
    let rest = try RestFinding(
      (0..<20).map {
        WeighedMass(nanoseconds: UInt64($0 + 1) * 1_000_000_000, grams: 10, digitGrams: 1e-4)
      })
    return VesselOnScale(scale, rest: rest, density: (1, 0.1))
  }

  @Test("Masses come in session time, and a scale that stands still measures no flow")
  func still() throws {
    let procedure = try procedure()
    var options = ProcedureOptions()
    options.pace = try #require(Pace(text: "60"))
    let vessel = try vessel(TestScale())
    let run = try ProcedureRun(
      procedure.description, scale: vessel, options: options, on: FollowedBench())
    let course = try #require(run.course(by: .balance))
    #expect(course.samples.count > 20)
    // The session's own time, within a second of session at either end.
    let last = try #require(course.samples.last)
    #expect(last.seconds > 60 && last.seconds < run.result.simulated_s + 120)
    #expect(course.samples.allSatisfy { abs($0.millilitres - 10) < 1e-6 })
  }

  @Test("A balance that is lost ends the session, and nothing is claimed")
  func lost() throws {
    let procedure = try procedure()
    var options = ProcedureOptions()
    options.pace = try #require(Pace(text: "60"))
    let vessel = try vessel(TestScale(failure: .hardware("unplugged")))
    #expect(throws: ProcedureError.hardware("unplugged")) {
      _ = try ProcedureRun(
        procedure.description, scale: vessel, options: options, on: FollowedBench())
    }
  }
}
