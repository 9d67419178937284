// @relation(R-007, R-020, R-063, R-066, R-103, R-107, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("When nothing may move")
struct StandstillTests {
  @Test("R-107: the monitor debounces the stop key for 50 ms, and heeds it each time")
  func stopKey() {
    var bench = Bench.started()
    func press(_ ticks: Int) {
      bench.frame.keys = .stop
      for _ in 0..<ticks { bench.pass() }
      bench.frame.keys = []
      for _ in 0..<4 { bench.pass() }
    }
    for _ in 0..<20 { press(4) }
    #expect(bench.monitor.mode == .running)
    for _ in 0..<2 {
      press(5)
      #expect(bench.monitor.mode == .standstill)
      bench.run(2)
      bench.pass(.start)
      #expect(bench.monitor.mode == .running)
    }
  }

  @Test("R-020, R-107: the bolus key opens one bolus a press, and each press that is allowed")
  func bolusKey() {
    var bench = Bench.started()
    bench.run(10)
    for _ in 0..<2 {
      bench.frame.keys = .bolus
      for _ in 0..<5 { bench.pass() }
      #expect(bench.monitor.envelope.patient.isOpen)
      bench.frame.keys = []
      // 2 mg of 6 mg/mL at 60 mL/h take 20 s; the lockout is half an hour.
      bench.flow = 60
      bench.run(20)
      bench.flow = 0.7
      bench.run(2400)
      #expect(bench.output.isPermitting && !bench.monitor.envelope.patient.isOpen)
    }
  }

  @Test(
    "R-063: before start, after stop, pause, power-off and reaction the permit is gone in that tick",
    arguments: [
      OperatorAction.stop, .pause, .powerOff, .reportReaction(severity: 1),
    ])
  func withdrawn(_ action: OperatorAction) {
    var bench = Bench()
    bench.pass()
    #expect(!bench.output.isPermitting)
    bench = Bench.started()
    bench.flow = 0.7
    bench.run(10)
    #expect(bench.output.isPermitting)
    // Switching off is not the patient's to do; all else is.
    if action == .powerOff {
      bench.pass(action, by: .patient)
      #expect(bench.output.isPermitting)
    }
    bench.pass(action, by: action == .powerOff ? .nurse : .patient)
    #expect(!bench.output.isPermitting)
    bench.run(10)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("R-007: a motor stuck on after stop is objected to within 0.02 mL and two ticks' worth")
  func stuckOn() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.stop)
    bench.isHeeding = false
    bench.flow = 10
    let before = bench.moved
    bench.expectObjection(within: 60)
    #expect(bench.output.objections.contains(.overInfusion))
    #expect(bench.moved - before < 0.0202)
  }

  @Test("Motion before a syringe is confirmed is objected to within 0.02 mL of the widest bore")
  func runawayBeforeSetUp() {
    var bench = Bench()
    bench.run(1)
    bench.isHeeding = false
    bench.flow = 10
    bench.expectObjection(within: 60)
    #expect(bench.moved < 0.02)
  }

  @Test(
    "Over-infusion stays until a clinician acknowledges it at rest; a nurse's word is not enough")
  func latching() {
    var bench = Bench.started()
    bench.flow = 20
    bench.expectObjection(within: 60)
    bench.flow = 0
    bench.run(2)
    bench.pass(.acknowledge, by: .nurse)
    bench.pass(.start, by: .nurse)
    #expect(!bench.output.isPermitting)
    #expect(bench.output.objections.contains(.overInfusion))
    bench.pass(.acknowledge, by: .pharmacist)
    #expect(bench.output.objections.isEmpty)
    #expect(!bench.output.isPermitting)
    bench.pass(.start, by: .nurse)
    #expect(bench.output.isPermitting)
  }

  @Test("After a reaction only a clinician resumes")
  func reaction() {
    var bench = Bench.started()
    bench.pass(.reportReaction(severity: 2), by: .patient)
    bench.pass(.start, by: .nurse)
    #expect(!bench.output.isPermitting)
    bench.pass(.start, by: .pharmacist)
    #expect(bench.output.isPermitting)
  }

  @Test("A reaction whose order is to halve does not stop")
  func reactionHalves() {
    var bench = Bench.started(Bench.setUp(phases: Bench.plain, order: .halve))
    bench.flow = 0.35
    bench.pass(.reportReaction(severity: 1), by: .nurse)
    #expect(bench.output.isPermitting)
    bench.run(600)
    #expect(bench.output.isPermitting)
    // A severe one stops all the same.
    bench.pass(.reportReaction(severity: 3), by: .nurse)
    #expect(!bench.output.isPermitting)
  }

  @Test("R-103: the patient can neither start nor prescribe")
  func patientRole() {
    var bench = Bench()
    for action in Bench.setUp(phases: Bench.plain) { bench.pass(action, by: .patient) }
    bench.pass(.start, by: .patient)
    #expect(!bench.output.isPermitting)
    bench.pass(.start, by: .nurse)
    #expect(!bench.output.isPermitting)
  }

  @Test("R-066: priming is allowed only disconnected, and only so much")
  func priming() {
    var bench = Bench()
    bench.run(1)
    for action in Bench.setUp() { bench.pass(action) }
    let volume = Volume(picolitres: 1_000_000_000)
    bench.pass(.prime(volume: volume, isDisconnected: false))
    #expect(!bench.output.isPermitting)
    let tooMuch = Volume(picolitres: 3_100_000_000)
    bench.pass(.prime(volume: tooMuch, isDisconnected: true))
    #expect(!bench.output.isPermitting)
    bench.pass(.prime(volume: volume, isDisconnected: true))
    #expect(bench.output.isPermitting)
    bench.flow = 60
    bench.run(59)
    #expect(bench.output.isPermitting)
    bench.expectObjection(within: 10)
    // 1 mL, the lost motion of 0.1 mm (0.0285 mL), 0.02 mL, and a tick.
    #expect(bench.moved < 1.05)
    #expect(bench.monitor.deliveredVolume.picolitres == 0)
  }

  @Test("Counts that jump while nothing may move are a syringe change, not delivery")
  func syringeChanged() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.stop)
    bench.run(1)
    bench.jump(steps: 100_000)
    bench.pass()
    bench.pass(.confirmSyringe(Bench.syringe(Bench.area)))
    #expect(bench.output.objections.isEmpty)
    bench.pass(.start)
    #expect(bench.output.isPermitting)
  }

  @Test("A syringe or a solution named while the pump infuses changes nothing, not even by confirm")
  func noChangeInMotion() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    let flow = bench.monitor.envelope.perTick
    bench.pass(.confirmSyringe(Bench.syringe(100_000_000)))
    bench.pass(
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 25_000_000)))
    bench.pass(.confirm(phaseCount: 1))
    #expect(bench.monitor.envelope.perTick == flow)
    #expect(bench.monitor.confirmed.area == Bench.area)
    bench.run(600)
    #expect(bench.output.isPermitting)
  }
}
