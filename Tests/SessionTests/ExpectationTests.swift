import PumpHAL
import PumpPlant
import SessionFile
import Testing

@testable import Session

@Suite("Expectations")
struct ExpectationTests {
  private func evidence(hasTruth: Bool = true) -> Evidence {
    Evidence(
      startTick: 500, endTick: 100_000,
      alarms: [AlarmEpisode(id: .downstreamOcclusion, raised: 10_500, cleared: nil)],
      finalMode: .complete, dispensed: Mass(nanograms: 100_000_000), infused_mg: 99,
      meters: SessionMeters(), hasTruth: hasTruth, hasPlasma: true)
  }

  private func held(_ kind: ExpectationKind, _ evidence: Evidence? = nil) -> Bool {
    let judge = ExpectationJudge(evidence: evidence ?? self.evidence())
    return judge.judge(Expectation(line: 1, text: "", kind: kind)).held
  }

  private func ticks(_ count: Int64) -> Ticks { Ticks(count: count) }

  @Test("an alarm holds from `after` to `after + within`, both included, counted from the start")
  func alarmWindow() {
    let id = AlarmID.downstreamOcclusion
    #expect(held(.alarm(id, after: ticks(10_000), within: ticks(1))))
    #expect(held(.alarm(id, after: ticks(9000), within: ticks(1000))))
    #expect(!held(.alarm(id, after: ticks(9000), within: ticks(999))))
    #expect(!held(.alarm(id, after: ticks(10_001), within: nil)))
    #expect(!held(.alarm(.airInLine, after: ticks(0), within: nil)))
  }

  @Test("no alarm: by name, or from a priority upwards")
  func noAlarm() {
    #expect(!held(.noAlarm(.atLeast(.high), after: ticks(0), within: nil)))
    #expect(held(.noAlarm(.atLeast(.high), after: ticks(10_001), within: nil)))
    #expect(held(.noAlarm(.atLeast(.high), after: ticks(0), within: ticks(9999))))
    #expect(held(.noAlarm(.named(.airInLine), after: ticks(0), within: nil)))
  }

  @Test("a mass holds within its tolerance, and not beyond")
  func masses() {
    let mg = { (value: Int64) in Mass(nanograms: value * 1_000_000) }
    #expect(held(.dispensed(mg(101), tolerance: mg(1))))
    #expect(!held(.dispensed(mg(102), tolerance: mg(1))))
    #expect(held(.infused(mg(100), tolerance: mg(1))))
    #expect(!held(.infused(mg(101), tolerance: mg(1))))
  }

  @Test("what needs the truth does not hold on hardware without one, and says so")
  func withoutTruth() {
    var bare = evidence(hasTruth: false)
    bare.infused_mg = nil
    let judge = ExpectationJudge(evidence: bare)
    let kinds: [ExpectationKind] = [
      .infused(Mass(nanograms: 1), tolerance: Mass(nanograms: 1)),
      .postOcclusionBolus(.below, Volume(picolitres: 1)),
      .plasma(.below, nanogramsPerMillilitre: 1),
    ]
    for kind in kinds {
      let finding = judge.judge(Expectation(line: 1, text: "", kind: kind))
      #expect(!finding.held)
      #expect(finding.observed == "not available on this hardware")
    }
  }

  @Test("a release is measured from the clearing to the next start that is accepted")
  func release() {
    var meters = SessionMeters()
    var truth = PlantTruth()
    truth.infusedVolume = 1000
    meters.occlusionCleared(at: 100, truth: truth)
    let start = OperatorCommand(.start, by: .nurse)
    var refused = TickOutput()
    refused.result = .refusedAlarm
    #expect(!meters.needsTruth(refused, command: start, at: 101))
    var accepted = TickOutput()
    accepted.result = .accepted
    #expect(meters.needsTruth(accepted, command: start, at: 102))
    truth.infusedVolume = 1120
    meters.watch(accepted, command: start, at: 102, truth: truth)
    #expect(meters.postOcclusionBolus_uL == 120)
    #expect(!meters.isWatching)
  }

  @Test("reaction to stop: counted from the report to the first tick without delivery")
  func reaction() {
    var meters = SessionMeters()
    var delivering = TickOutput()
    delivering.actuator.isControllerPermitting = true
    delivering.actuator.flowRate = 700_000
    meters.commanded(OperatorCommand(.reportReaction(severity: 2), by: .patient), .accepted, at: 50)
    meters.watch(delivering, command: .none, at: 50, truth: nil)
    meters.watch(delivering, command: .none, at: 51, truth: nil)
    meters.watch(TickOutput(), command: .none, at: 52, truth: nil)
    #expect(meters.reactionsToStop == [2])
    meters.commanded(OperatorCommand(.reportReaction(severity: 2), by: .patient), .accepted, at: 60)
    meters.watch(delivering, command: .none, at: 61, truth: nil)
    meters.finish(truth: nil)
    #expect(meters.reactionsToStop == [2, nil])
  }

  @Test("an expectation that does not hold fails the session, and its JUnit names it")
  func failing() throws {
    let result = try run(
      sessionText(
        duration: "2 min",
        extra: """
          expect:
            - { dispensed: 0.14 mg, tolerance: 1 % }
            - { dispensed: 3 mg, tolerance: 1 % }
          """))
    #expect(result.outcome == .failed)
    #expect(result.expectations.map(\.held) == [true, false])
    let xml = JUnitReport.text(result, file: "a<b.yaml")
    #expect(xml.contains("failures=\"1\""))
    #expect(xml.contains("a&lt;b.yaml"))
  }
}
