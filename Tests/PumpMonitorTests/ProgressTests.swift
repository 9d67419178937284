// @relation(R-008, R-083, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("Steps that are due, and do not come")
struct ProgressTests {
  /// A bench that infuses at `flow`, mL/h of 6 mg/mL, and tells what the lamp does.
  private func infusing(_ flow: Double, sensors: Sensors = .annunciation) -> Bench {
    let basal = Bench.phase(.basal, Int64(flow * 6e6), per: 360_000, for: 24 * 360_000)
    var bench = Bench.started(Bench.setUp(phases: [basal], caps: [0, 0, 0]), sensors: sensors)
    bench.flow = flow
    bench.run(30 + 1 / flow)
    #expect(bench.output.isPermitting && bench.monitor.progress.isExpecting)
    return bench
  }

  @Test("R-083: a slower flow that may still run lengthens the wait for its steps")
  func slowerFlow() {
    let step = Attolitres(rawValue: 71_255_750_000)
    var watch = ProgressWatch()
    _ = watch.isCrawling(slowest: Attolitres(rawValue: 1_000_000_000), step: step)
    #expect(watch.bound == 100 + 3 * 72)
    watch.allow(Attolitres(rawValue: 100_000_000), step: step)
    #expect(watch.bound == 100 + 3 * 713)
  }

  @Test(
    "R-083: no step for 1 s and three steps of the prescribed rate is an objection, not before",
    arguments: [0.05, 0.7, 5])
  func hung(_ flow: Double) {
    var bench = infusing(flow)
    // A step of 71.3 nL takes so many seconds.
    let gap = Bench.nanolitresPerStep / 1e6 / flow * 3600
    let count = bench.frame.stepCount
    while bench.frame.stepCount == count { bench.pass() }
    bench.flow = 0
    bench.run(1 + 3 * gap - 0.01)
    #expect(bench.output.isPermitting)
    // And as much again as lies between two looks at the rate.
    bench.run(1.05)
    #expect(bench.output.objections.contains(.watchdog))
  }

  @Test("R-083: a hang while the vein is kept open is found when the programme is long over")
  func hungKeepingOpen() {
    // 0.7 mL/h for a minute, 0.1 mL/h from then on.
    let short = Bench.phase(.basal, 4_200_000, per: 360_000, for: 6000)
    var bench = Bench.started(
      Bench.setUp(phases: [short], caps: [0, 0, 0], keepOpen: 100_000), sensors: .annunciation)
    bench.flow = 0.7
    bench.run(60)
    bench.flow = 0.1
    while bench.tick % 20 != 0 { bench.pass() }
    // After 0.05 mL, half an hour, no doubt is left that the programme has ended.
    for _ in 0..<(40 * 300) { bench.pass(elapsed: 20) }
    #expect(bench.output.isPermitting && bench.monitor.envelope.earliest == 1)
    let count = bench.frame.stepCount
    while bench.frame.stepCount == count { bench.pass() }
    bench.flow = 0
    // A second, three steps of 2.57 s each, and a second between two looks at the rate.
    bench.run(1 + 3 * Bench.nanolitresPerStep / 100 * 3.6 + 1.05)
    #expect(bench.output.objections.contains(.watchdog))
  }

  @Test("An alarm that stopped the controller is no hang, even when acknowledged before the bound")
  func alarmed() {
    var bench = infusing(0.05)
    bench.flow = 0
    bench.telling = [.lamp, .highLamp, .sound, .highSound]
    bench.run(0.5)
    bench.telling = []
    bench.run(60)
    #expect(bench.output.objections.isEmpty)
    // It has to be started again, and then goes on.
    #expect(!bench.output.isPermitting)
    bench.pass(.start)
    #expect(bench.output.isPermitting)
  }

  @Test("A lower alarm explains a stop at the programme's end or at a cap, and nowhere else")
  func lowerAlarm() {
    var bench = infusing(0.7)
    bench.telling = [.lamp]
    bench.run(1)
    bench.flow = 0
    bench.run(5)
    #expect(bench.output.objections.contains(.watchdog))

    // 0.7 mL/h for 10 min, and its end.
    let short = Bench.phase(.basal, 4_200_000, per: 360_000, for: 60_000)
    bench = Bench.started(Bench.setUp(phases: [short]), sensors: .annunciation)
    bench.flow = 0.7
    bench.run(600)
    bench.flow = 0
    bench.telling = [.lamp]
    bench.run(10)
    #expect(bench.output.objections.isEmpty)

    // A cap of 0.5 mg, 0.083 mL.
    bench = Bench.started(
      Bench.setUp(phases: Bench.plain, caps: [500_000, 0, 0]), sensors: .annunciation)
    bench.flow = 0.7
    bench.run(425)
    bench.flow = 0
    bench.telling = [.lamp]
    bench.run(10)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("Without a view of the lamp, and before the first step, a rest proves nothing")
  func unseen() {
    var bench = infusing(0.7, sensors: [])
    bench.flow = 0
    bench.run(60)
    #expect(bench.output.objections.isEmpty)
    bench = Bench.started(sensors: .annunciation)
    bench.run(60)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("What an operator stops, a reaction included, is no hang")
  func stopped() {
    for action in [OperatorAction.stop, .pause, .reportReaction(severity: 1)] {
      var bench = Bench.started(
        Bench.setUp(phases: Bench.plain, order: .halve), sensors: .annunciation)
      bench.flow = 0.7
      bench.run(10)
      bench.pass(action, by: .patient)
      bench.flow = 0
      bench.run(60)
      #expect(bench.output.objections.isEmpty, "\(action)")
    }
  }

  @Test("A titration to a slower rate widens the bound at once; the old rate may go on as well")
  func titrated() {
    var bench = infusing(5)
    bench.pass(.titrate(dose: Dose(300_000, .mass), per: Ticks(count: 360_000)), by: .pharmacist)
    bench.pass(.confirm(phaseCount: 0))
    bench.flow = 0.05
    bench.run(600)
    #expect(bench.output.isPermitting)
    bench.pass(.titrate(dose: Dose(30_000_000, .mass), per: Ticks(count: 360_000)), by: .pharmacist)
    bench.pass(.confirm(phaseCount: 0))
    bench.run(600)
    #expect(bench.output.isPermitting)
  }

  @Test("After stepping back nothing goes on by itself")
  func drawnBack() {
    var bench = infusing(0.7)
    bench.flow = -10
    bench.run(10)
    bench.flow = 0
    bench.run(10)
    #expect(!bench.output.isPermitting)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("R-008: a phase that is slower than keeping the vein open does not crawl near the end")
  func slowPhaseNearTheEnd() {
    // 0.05 mL/h for 12 min and 2 mL/h for 1 min: less in all than the place in it is in doubt.
    let phases = [
      Bench.phase(.basal, 300_000, per: 360_000, for: 72_000),
      Bench.phase(.basal, 12_000_000, per: 360_000, for: 6000),
    ]
    var bench = Bench.started(
      Bench.setUp(phases: phases, caps: [0, 0, 0], keepOpen: 100_000), sensors: .annunciation)
    bench.flow = 0.05
    bench.run(700)
    #expect(bench.output.isPermitting && bench.output.objections.isEmpty)
  }

  @Test(
    "R-008: at 60 % of the rate it crawls, found within 8 min; at 85 % it is the controller's to find",
    arguments: [0.05, 0.7, 5])
  func crawling(_ flow: Double) {
    var bench = infusing(flow)
    bench.flow = flow * 0.6
    // A tenth of 15 min is short after 7.5 min at a fifth too little.
    bench.expectObjection(within: 480)
    #expect(bench.output.objections.contains(.underInfusion))
    bench = infusing(flow)
    bench.flow = flow * 0.85
    bench.run(1800)
    #expect(bench.output.objections.isEmpty)
  }
}
