// @relation(R-033, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("A set-up that the monitor hears")
struct SetUpTests {
  @Test("After an alarm that stopped the controller alone, another syringe is taken without a stop")
  func syringeAfterAlarm() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    // The controller stopped: two steps of 71 nL at 0.7 mL/h take 0.7 s, and half a second more.
    bench.flow = 0
    bench.run(1.5)
    bench.pass(.confirmSyringe(Bench.syringe(554_046_000)))
    bench.pass(.confirm(phaseCount: 1))
    bench.pass(.start)
    #expect(bench.monitor.confirmed.area == 554_046_000)
    #expect(bench.output.isPermitting)
  }

  @Test(
    "R-033: after the end of a programme, another patient begins with an empty history, unstopped")
  func nextPatient() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(600)
    bench.flow = 0
    bench.run(5)
    for action in Bench.setUp(phases: Bench.plain) { bench.pass(action, by: .pharmacist) }
    #expect(bench.monitor.countedMass(in: .day) == .zero)
    bench.pass(.start)
    bench.flow = 0.7
    bench.run(60)
    #expect(bench.output.isPermitting)
  }

  @Test("A syringe confirmed after priming is the one that counts")
  func syringeAfterPriming() {
    var bench = Bench()
    bench.run(1)
    for action in Bench.setUp(phases: Bench.plain) { bench.pass(action, by: .pharmacist) }
    bench.pass(.prime(volume: Volume(picolitres: 200_000_000), isDisconnected: true))
    bench.flow = 60
    bench.run(12)
    bench.flow = 0
    bench.run(1)
    bench.pass(.confirmSyringe(Bench.syringe(554_046_000)))
    #expect(bench.monitor.confirmed.area == 554_046_000)
  }

  @Test(
    "A start pressed while the line is being filled, which the controller refuses, is not taken")
  func startWhilePriming() {
    var bench = Bench()
    bench.run(1)
    for action in Bench.setUp(phases: Bench.plain) { bench.pass(action, by: .pharmacist) }
    bench.pass(.prime(volume: Volume(picolitres: 200_000_000), isDisconnected: true))
    bench.flow = 60
    bench.run(6)
    bench.pass(.start)
    bench.run(6)
    #expect(bench.output.isPermitting && bench.output.objections.isEmpty)
    // 0.2 mL at 60 mL/h takes 12 s; the start that follows is taken at once.
    bench.flow = 0.7
    bench.pass(.start)
    bench.run(60)
    #expect(bench.output.isPermitting)
    bench.flow = 7
    bench.expectObjection(within: 60)
  }

  @Test("A set-up that came while the motor still moved permits nothing until it is entered again")
  func missed() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.flow = 0
    bench.pass(.confirmSyringe(Bench.syringe(554_046_000)))
    bench.pass(.confirm(phaseCount: 1))
    bench.pass(.start)
    #expect(bench.monitor.confirmed.area == Bench.area)
    #expect(!bench.output.isPermitting && bench.output.objections.isEmpty)
    bench.pass(.confirmSyringe(Bench.syringe(554_046_000)))
    bench.pass(.start)
    #expect(bench.output.isPermitting)
  }

  @Test("Of a set-up whose beginning was missed a syringe alone is not enough")
  func missedBeginning() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.flow = 0
    bench.pass(.beginSetUp(isNewPatient: true), by: .pharmacist)
    bench.pass(.confirmSyringe(Bench.syringe(Bench.area)))
    bench.pass(.confirm(phaseCount: 1))
    bench.pass(.start)
    #expect(!bench.output.isPermitting && bench.output.objections.isEmpty)
    bench.pass(.confirmSyringe(Bench.syringe(Bench.area)))
    bench.pass(.start)
    #expect(!bench.output.isPermitting && bench.output.objections.isEmpty)
    for action in Bench.setUp(phases: Bench.plain) { bench.pass(action, by: .pharmacist) }
    bench.pass(.start)
    #expect(bench.output.isPermitting)
  }

  @Test("A set-up that the controller refused because it moves changes nothing")
  func refusedWhileMoving() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.confirmSyringe(Bench.syringe(554_046_000)))
    bench.pass(.setPhase(index: 0, Bench.phase(.basal, 42_000_000, per: 360_000, for: 360_000)))
    bench.pass(.confirm(phaseCount: 1))
    bench.run(5)
    bench.pass(.stop)
    bench.pass(.start)
    #expect(bench.monitor.confirmed.area == Bench.area)
    #expect(bench.output.isPermitting)
    bench.flow = 7
    bench.expectObjection(within: 60)
  }

  @Test(
    "A titration that the controller refuses, by its role or its range, narrows and widens nothing")
  func refusedTitration() {
    for (dose, role) in [
      (Int64(2_100_000), Role.nurse), (8_400_000, .service), (60_000, .pharmacist),
      (420_000_000, .pharmacist),
    ] {
      var bench = Bench.started()
      bench.flow = 0.7
      bench.run(60)
      bench.pass(.titrate(dose: Dose(dose, .mass), per: Ticks(count: 360_000)), by: role)
      bench.pass(.confirm(phaseCount: 0))
      bench.run(1800)
      #expect(bench.output.isPermitting, "\(dose) ng/h by \(role)")
      bench.flow = 1.4
      bench.expectObjection(within: 1800)
    }
  }
}
