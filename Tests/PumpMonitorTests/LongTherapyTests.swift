// @relation(R-005, R-006, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("What a long or a changed therapy is allowed")
struct LongTherapyTests {
  @Test("A clinician bolus of 2 mg over an hour may take its hour")
  func slowBolus() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(
      .clinicianBolus(dose: Dose(2_000_000, .mass), duration: Ticks(count: 360_000)),
      by: .pharmacist)
    bench.flow = 0.7 + 2.0 / 6
    bench.run(3580)
    #expect(bench.output.isPermitting)
    bench.flow = 0.7
    bench.run(60)
    #expect(bench.output.isPermitting)
    // And no more than its dose.
    bench.flow = 0.7 + 2.0 / 6
    bench.expectObjection(within: 900)
  }

  @Test("R-005: a titration to half the rate that the controller does not follow is found")
  func titrationDown() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(
      .titrate(dose: Dose(2_100_000, .mass), per: Ticks(count: 360_000)), by: .pharmacist)
    bench.pass(.confirm(phaseCount: 0), by: .nurse)
    // 0.35 mL/h too much: 0.02 mL in 206 s.
    bench.expectObjection(within: 400)
    #expect(bench.output.objections.contains(.overInfusion))
  }

  @Test("Passes that are 200 ms late earn their time")
  func latePasses() {
    var other = Bench.started(
      Bench.setUp(
        phases: [Bench.phase(.basal, 30_000_000, per: 360_000, for: 3 * 360_000)],
        caps: []))
    other.flow = 5
    for _ in 0..<3000 { other.pass(elapsed: 20) }
    #expect(other.output.isPermitting && other.output.objections.isEmpty)
    #expect(other.moved > 0.8)
  }

  @Test("R-006: a programme of sixteen phases is whole after a loss of power")
  func sixteenPhases() {
    let phases = (0..<16).map {
      Bench.phase(.basal, 4_200_000 + Int64($0) * 100_000, per: 360_000, for: 60_000)
    }
    var bench = Bench.started(Bench.setUp(phases: phases))
    bench.flow = 0.7
    bench.run(200)
    #expect(bench.output.isPermitting)
    var again = Bench(memory: bench.memory)
    again.run(1)
    again.pass(.answerResume(isResuming: true))
    again.run(1)
    #expect(again.output.isPermitting)
    again.flow = 0.7
    again.run(300)
    #expect(again.output.isPermitting && again.output.objections.isEmpty)
  }
}
