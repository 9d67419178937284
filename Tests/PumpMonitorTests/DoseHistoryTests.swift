// @relation(R-006, R-021, R-028, R-030, R-032, R-033, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("Dose windows and memory")
struct DoseHistoryTests {
  @Test("R-028: delivery beyond the hourly cap of 3 mg is stopped 0.02 mL above it")
  func hourlyCap() {
    var bench = Bench.started(Bench.setUp(phases: Bench.plain, caps: [3_000_000]))
    bench.flow = 0.7
    bench.run(3000)
    #expect(bench.output.objections.contains(.doseCapReached))
    #expect(!bench.output.isPermitting)
    // 3 mg and 0.12 mg, and one tick's worth.
    #expect(bench.moved * 6 < 3.122)
    #expect(bench.moved * 6 > 3.0)
    // The window moves on: after an hour there is room again.
    bench.flow = 0
    bench.run(3600)
    #expect(bench.output.isPermitting)
  }

  @Test("R-032: stopping, waiting and starting earns nothing: no 59 min hold more than the cap")
  func stopWaitStart() {
    var bench = Bench.started(Bench.setUp(phases: Bench.plain, caps: [3_000_000]))
    var total: [Double] = []
    for minute in 0..<180 {
      if minute % 20 == 10 { bench.pass(.stop) }
      if minute % 20 == 15 { bench.pass(.start) }
      bench.flow = 0.7
      bench.run(60)
      total.append(bench.moved * 6)
      if total.count > 59 { #expect(total[total.count - 1] - total[total.count - 60] < 3.13) }
    }
  }

  @Test("R-030: a power cycle keeps every limit of the drug library as it was entered")
  func limitsAfterPowerCycle() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    let kept = Bench(memory: bench.memory).monitor.confirmed
    #expect(kept.bolusLimit == 5_000_000 && kept.doseRateLimit == 30_000_000)
    #expect(kept.concentration == 6_000_000 && kept.drug == 1)
    #expect(kept.bodyMass == 70_000 && kept.flowLimit == 5_000_000)
    #expect(kept.area == Bench.area && kept.diameter == 2200 && kept.friction == 4_500_000)
    #expect(kept.syringeCompliance == 3_750_308 && kept.lineCompliance == 450_037)
  }

  @Test("R-030: a power cycle forgets no dose")
  func powerCycle() {
    var bench = Bench.started(Bench.setUp(phases: Bench.plain, caps: [3_000_000]))
    bench.flow = 0.7
    bench.run(1500)
    let counted = bench.monitor.countedMass(in: .oneHour).nanograms
    var again = Bench(memory: bench.memory)
    let restored = again.monitor.countedMass(in: .oneHour).nanograms
    // 0.02 mL are 0.12 mg.
    #expect(restored > counted - 130_000)
    #expect(restored < counted + 130_000)
    #expect(again.monitor.countedMass(in: .day).nanograms > counted - 130_000)
    again.run(1)
    again.pass(.answerResume(isResuming: true))
    #expect(again.output.isPermitting)
    again.flow = 0.7
    again.expectObjection(within: 3000)
    #expect(again.output.objections.contains(.doseCapReached))
    #expect((bench.moved + again.moved) * 6 < 3.4)
  }

  @Test("After a power cycle the programme's envelope is what it was, and nothing moves unasked")
  func resume() {
    var bench = Bench.started(Bench.setUp())
    bench.flow = 3.5 / 6 * 4
    bench.run(900)
    bench.flow = 0.7
    bench.run(1800)
    var again = Bench(memory: bench.memory)
    again.run(1)
    #expect(!again.output.isPermitting)
    again.pass(.start)
    #expect(!again.output.isPermitting)
    again.pass(.answerResume(isResuming: true))
    #expect(again.output.isPermitting)
    again.flow = 0.7
    again.run(600)
    #expect(again.output.isPermitting)
    // The loading dose is over.
    again.flow = 3.5 / 6 * 4
    again.expectObjection(within: 600)
  }

  @Test("Half a programme in the memory is none")
  func halfProgramme() {
    var bench = Bench.started(Bench.setUp())
    bench.run(60)
    var memory = bench.memory
    memory[384 + 9] = .blank
    memory[512 + 384 + 9] = .blank
    var again = Bench(memory: memory)
    again.run(1)
    again.pass(.answerResume(isResuming: true))
    #expect(!again.output.isPermitting)
  }

  @Test("A memory that holds parts of two programmes holds none", arguments: [3, 5, 6, 7, 8])
  func mixedProgrammes(_ offset: Int) {
    var bench = Bench.started(Bench.setUp())
    bench.run(60)
    let old = bench.memory
    bench.pass(.setPhase(index: 1, Bench.phase(.basal, 6_000_000, per: 360_000, for: 360_000)))
    bench.pass(.confirm(phaseCount: 2))
    bench.run(60)
    var memory = bench.memory
    memory[384 + offset] = old[384 + offset]
    memory[896 + offset] = old[896 + offset]
    var again = Bench(memory: memory)
    again.run(1)
    again.pass(.answerResume(isResuming: true))
    // The syringe is the same in both; every other part carries its programme's generation.
    let isComplete = offset == 6
    #expect(again.output.isPermitting == isComplete)
  }

  @Test("R-006, R-030: of two copies the newer whole one counts; a torn one does not")
  func tornCopy() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(1500)
    var memory = bench.memory
    for slot in 384..<512 where memory[slot] != .blank { memory[slot].checksum ^= 1 }
    let again = Bench(memory: memory)
    #expect(again.monitor.countedMass(in: .oneHour) > .zero)
    #expect(again.monitor.isHistoryTrusted)
    for slot in 896..<1024 where memory[slot] != .blank { memory[slot].checksum ^= 1 }
    #expect(!Bench(memory: memory).monitor.isHistoryTrusted)
  }

  @Test("R-021: the lockout survives a power cycle")
  func lockout() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.pass(.requestBolus, by: .patient)
    bench.flow = 60.7
    bench.run(20)
    bench.flow = 0.7
    bench.run(30)
    var again = Bench(memory: bench.memory)
    again.run(1)
    again.pass(.answerResume(isResuming: true))
    again.pass(.requestBolus, by: .patient)
    again.flow = 60.7
    again.expectObjection(within: 20)
    #expect(again.moved < 0.03)
  }

  @Test("The journal writes only in ticks that end in 50, to slots of the monitor")
  func journalTicks() {
    var bench = Bench()
    var wrong = 0
    for action in Bench.setUp() { bench.pass(action) }
    bench.pass(.start)
    bench.flow = 5
    for _ in 0..<6000 {
      let output = bench.pass()
      if let entry = output.journal, entry.slot < 384 || bench.tick % 100 != 50 { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(bench.journal.count > 10)
  }

  @Test("R-033: a new patient begins with an empty history")
  func newPatient() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(600)
    bench.pass(.beginSetUp(isNewPatient: true), by: .pharmacist)
    #expect(bench.monitor.countedMass(in: .day) > .zero)
    bench.pass(.stop)
    bench.pass(.beginSetUp(isNewPatient: true), by: .nurse)
    #expect(bench.monitor.countedMass(in: .day) > .zero, "a nurse has no new patient")
    bench.pass(.beginSetUp(isNewPatient: true), by: .pharmacist)
    #expect(bench.monitor.countedMass(in: .day) == .zero)
    bench.pass(.start)
    #expect(!bench.output.isPermitting)
  }
}
