// @relation(R-007, R-021, R-063, R-100, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("What may be delivered")
struct EnvelopeTests {
  @Test("A programme delivered as prescribed is never objected to: loading, then 2 h of basal")
  func nominal() {
    var bench = Bench.started(Bench.setUp())
    bench.flow = 3.5 / 6 * 4
    bench.run(900)
    bench.flow = 0.7
    bench.run(7200)
    #expect(bench.output.isPermitting)
    #expect(bench.output.objections.isEmpty)
    let volume = 3.5 / 6 + 1.4
    // One step of 71 nL in either direction.
    #expect(
      abs(Double(bench.monitor.deliveredVolume.picolitres) / 1e9 - volume) < 0.0002)
  }

  @Test("R-007: ten times the rate is stopped within 0.02 mL and the credit that lagging leaves")
  func tenfold() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(1800)
    let before = bench.moved
    bench.flow = 7
    bench.expectObjection(within: 600)
    #expect(bench.output.objections.contains(.overInfusion))
    #expect(!bench.output.isPermitting)
    // 0.02 mL too much at 6.3 mL/h too much takes 11.4 s, in which 0.0222 mL go out.
    #expect(bench.moved - before < 0.024)
  }

  @Test(
    "R-007: 12 % too much is found within 0.02 mL above what was prescribed, 20 min at 0.7 mL/h")
  func creeping() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.flow = 0.784
    bench.expectObjection(within: 20 * 60)
    #expect(bench.output.objections.contains(.overInfusion))
  }

  @Test("Delivery that lags by a stall may be made up: 0.04 mL at once")
  func catchUp() {
    var bench = Bench.started()
    bench.flow = 0
    bench.run(0.04 / 0.7 * 3600)
    bench.flow = 10
    bench.run(0.04 / 10 * 3600)
    bench.flow = 0.7
    bench.run(60)
    #expect(bench.output.isPermitting)
  }

  @Test("R-063: a wrong bore area in the controller, 1.75 times too fast, is found within 0.05 mL")
  func wrongArea() {
    var bench = Bench.started()
    bench.flow = 0.7 * 285.023 / 162.9
    bench.expectObjection(within: 600)
    // 0.02 mL at 0.525 mL/h too much: 137 s, 0.047 mL in all.
    #expect(bench.moved < 0.05)
  }

  @Test("R-063: a loading dose that goes on at its rate is found 0.2 mL after its end")
  func endlessLoading() {
    var bench = Bench.started(Bench.setUp())
    bench.flow = 3.5 / 6 * 4
    bench.run(900)
    let before = bench.moved
    bench.expectObjection(within: 600)
    // 0.1 mL doubt about the phase, and 0.02 mL at 1.63 too much of 2.33 mL/h.
    #expect(bench.moved - before < 0.2)
  }

  @Test("Of stepped basal the highest step is not allowed before its time")
  func stepped() {
    let steps: [Int64] = [4_200_000, 12_600_000]
    var bench = Bench.started(
      Bench.setUp(
        phases: steps.map { Bench.phase(.basal, $0, per: 360_000, for: 360_000) }, caps: []))
    bench.flow = 0.7
    bench.run(60)
    bench.flow = 2.1
    bench.expectObjection(within: 300)
    bench = Bench.started(
      Bench.setUp(
        phases: steps.map { Bench.phase(.basal, $0, per: 360_000, for: 360_000) }, caps: []))
    bench.flow = 0.7
    bench.run(3600)
    bench.flow = 2.1
    bench.run(3000)
    #expect(bench.output.isPermitting)
  }

  @Test("R-063: nothing goes out after the programme's dose: at most 0.2 mL")
  func afterTheEnd() {
    var bench = Bench.started(
      Bench.setUp(phases: [Bench.phase(.basal, 12_000_000, per: 360_000, for: 360_000)], caps: []))
    bench.flow = 2
    bench.run(3600)
    #expect(bench.output.isPermitting)
    bench.expectObjection(within: 3600)
    #expect(bench.moved < 2.2)
  }

  @Test(
    "R-021: a patient bolus of 2 mg at 60 mL/h is allowed once in its lockout, and no more than it")
  func bolus() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 60.7
    bench.run(20)
    bench.flow = 0.7
    bench.run(600)
    #expect(bench.output.isPermitting)
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 60.7
    let before = bench.moved
    bench.expectObjection(within: 20)
    #expect(bench.moved - before < 0.03)
  }

  @Test("R-063: a bolus that goes on after its dose is found within 0.03 mL")
  func endlessBolus() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 60.7
    let before = bench.moved
    bench.expectObjection(within: 60)
    #expect(bench.moved - before < 2.0 / 6 + 0.03)
  }

  @Test("A bolus that was denied begins no lockout: the one granted next is allowed")
  func denied() {
    var bench = Bench.started()
    bench.flow = 0.7
    for _ in 0..<20 {
      bench.pass(.requestBolus, by: .patient)
      bench.run(30)
    }
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 60.7
    bench.run(20)
    #expect(bench.output.isPermitting)
  }

  @Test("A clinician bolus over 10 min is allowed beside the basal, the same again unasked is not")
  func clinicianBolus() {
    var bench = Bench.started()
    bench.pass(
      .clinicianBolus(dose: Dose(3_000_000, .mass), duration: Ticks(count: 60_000)),
      by: .pharmacist)
    bench.flow = 3.7
    bench.run(600)
    #expect(bench.output.isPermitting)
    let before = bench.moved
    bench.expectObjection(within: 600)
    #expect(bench.moved - before < 0.05)
  }

  @Test("R-100: a titration counts when it is confirmed, not before")
  func titration() {
    var bench = Bench.started()
    bench.pass(.titrate(dose: Dose(8_400_000, .mass), per: Ticks(count: 360_000)), by: .pharmacist)
    bench.flow = 0.7
    bench.run(10)
    bench.pass(.confirm(phaseCount: 0), by: .pharmacist)
    bench.flow = 1.4
    bench.run(3000)
    #expect(bench.output.isPermitting)
    bench = Bench.started()
    bench.pass(.titrate(dose: Dose(8_400_000, .mass), per: Ticks(count: 360_000)), by: .pharmacist)
    bench.flow = 1.4
    bench.expectObjection(within: 600)
  }

  @Test("R-007: a programme above the prescribed limit is allowed at the limit only")
  func limited() {
    var bench = Bench.started(
      Bench.setUp(
        phases: [Bench.phase(.basal, 48_000_000, per: 360_000, for: 360_000)], caps: []))
    bench.flow = 5
    bench.run(300)
    #expect(bench.output.isPermitting)
    bench.flow = 8
    bench.expectObjection(within: 60)
  }

  @Test("What a retraction drew back may go out again, with the lost motion, and no more")
  func afterRetraction() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(600)
    bench.flow = -60
    bench.run(0.4 / 60 * 3600)
    #expect(bench.output.isPermitting)
    bench.flow = 0
    bench.run(60)
    bench.pass(.acknowledge)
    bench.pass(.start)
    bench.flow = 0.7
    bench.run(1800)
    #expect(bench.output.isPermitting)
    bench.flow = 7
    bench.expectObjection(within: 120)
  }

  @Test("A syringe change in the programme: next syringe, other concentration, next phase")
  func syringeChange() {
    let phases = [
      Bench.phase(.basal, 4_200_000, per: 360_000, for: 360_000),
      ProgrammePhase(
        kind: .syringeChange, dose: Dose(0, .mass), per: Ticks(count: 1), duration: Ticks(count: 0)),
      Bench.phase(.basal, 12_600_000, per: 360_000, for: 360_000),
    ]
    var bench = Bench.started(Bench.setUp(phases: phases, caps: []))
    bench.flow = 0.7
    bench.run(3600)
    bench.flow = 0
    bench.run(60)
    // The new syringe is full: the carriage goes back 50 mm at once.
    bench.jump(steps: -200_000)
    bench.pass(.confirmSyringe(Bench.syringe(552_000_000)))
    #expect(bench.output.objections.isEmpty)
    bench.pass(
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 12_000_000)))
    bench.pass(.start)
    #expect(bench.monitor.envelope.latest == 2)
    // 12.6 mg/h of 12 mg/mL is 1.05 mL/h: in aL a tick.
    #expect(abs(Double(bench.monitor.envelope.perTick.rawValue) / (1.05e15 / 360_000) - 1) < 1e-6)
  }

  @Test("A syringe exchanged shortly before its phase ends leaves the programmed change to come")
  func exchangedEarly() {
    let phases = [
      Bench.phase(.basal, 4_200_000, per: 360_000, for: 360_000),
      ProgrammePhase(
        kind: .syringeChange, dose: Dose(0, .mass), per: Ticks(count: 1), duration: Ticks(count: 0)),
      Bench.phase(.basal, 12_600_000, per: 360_000, for: 360_000),
    ]
    var bench = Bench.started(Bench.setUp(phases: phases, caps: []))
    bench.flow = 0.7
    // 0.02 mL are left of the phase.
    bench.run(3600 - 0.02 / 0.7 * 3600)
    bench.flow = 0
    bench.pass(.stop)
    bench.run(60)
    bench.pass(.confirmSyringe(Bench.syringe(552_000_000)))
    bench.pass(.start)
    #expect(bench.monitor.envelope.earliest == 0 && bench.monitor.envelope.latest == 2)
    bench.flow = 0.7
    bench.run(0.02 / 0.7 * 3600)
    bench.flow = 0
    bench.run(1)
    let mayAwait = bench.monitor.envelope.mayAwaitSyringe
    let mayHaveEnded = bench.monitor.envelope.mayHaveEnded
    #expect(bench.output.isPermitting && mayAwait && mayHaveEnded)
  }

  @Test("A burst of three syringes, stronger each day at the same flow, is allowed throughout")
  func burst() {
    // 300 mg of 5 mg/mL in a day would be above the limit of 2 mL/h; of 15 mg/mL they are 0.83 mL/h.
    let day = 24 * 360_000 as Int64
    let change = ProgrammePhase(
      kind: .syringeChange, dose: Dose(0, .mass), per: Ticks(count: 1), duration: Ticks(count: 0))
    let phases = [
      Bench.phase(.basal, 5_000_000, per: day, for: day), change,
      Bench.phase(.basal, 300_000_000, per: day, for: day),
    ]
    var actions = Bench.setUp(phases: phases, caps: [])
    actions.insert(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 2_000_000), occlusion: Pressure(pascals: 71_994),
        keepOpen: .zero), at: actions.count - 1)
    var bench = Bench.started(actions)
    // 5 mg of 6 mg/mL, sped up: the bench's motor may lag, so the day passes in its volume.
    bench.flow = 5.0 / 6 / 24
    bench.run(600)
    bench.monitor.envelope.journalled = (0, 0, 1, 0)
    bench.pass(.confirmSyringe(Bench.syringe(Bench.area)))
    bench.pass(
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 15_000_000)))
    bench.pass(.start)
    bench.flow = 300.0 / 15 / 24
    bench.run(3600)
    #expect(bench.output.isPermitting)
    bench.flow = 2
    bench.expectObjection(within: 600)
  }

  @Test("R-007: 15 % too much for 15 min is found even where lagging before had left credit")
  func creepingWithCredit() {
    var bench = Bench.started(
      Bench.setUp(
        phases: [Bench.phase(.basal, 30_000_000, per: 360_000, for: 4 * 360_000)], caps: []))
    bench.flow = 0
    bench.run(180)
    bench.flow = 5
    bench.run(960)
    #expect(bench.output.isPermitting)
    bench.flow = 5.75
    // A tenth of 1.25 mL and 0.02 mL are passed after 11.6 min; the credit would last 15.6 min.
    bench.expectObjection(within: 13 * 60)
  }

  @Test("A bolus three times as fast as prescribed is stopped before it is given")
  func hastyBolus() {
    var actions = Bench.setUp(phases: Bench.plain)
    actions.insert(
      .setPatientBolus(
        dose: Dose(2_000_000, .mass), lockout: Ticks(count: 180_000), maximumPerHour: 2,
        flow: FlowRate(nanolitresPerHour: 10_000_000)), at: actions.count - 1)
    var bench = Bench.started(actions)
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 10.7
    bench.run(20)
    #expect(bench.output.isPermitting)
    let before = bench.moved
    bench.flow = 30.7
    bench.expectObjection(within: 30)
    #expect(bench.moved - before < 0.2)
  }
}
