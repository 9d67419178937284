// @relation(R-006, R-021, R-029, R-030, R-106, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Journal and power loss")
struct JournalTests {
  /// The memory after `rig` lost power, and a new rig that restored it and was acknowledged.
  private func restart(_ rig: Rig) -> Rig {
    var next = Rig(memory: rig.memory)
    next.run(600)
    next.tick(.acknowledge, by: .nurse)
    return next
  }

  @Test("R-106: after a power loss the operator is asked, and nothing starts by itself")
  func asks() {
    var rig = Rig.infusing()
    rig.run(minutes: 20)
    var next = restart(rig)
    #expect(next.last.mode == .askResume)
    #expect(rig.last.mode == .infusing && next.controller.aftermath.contains(.powerLost))
    next.run(minutes: 5)
    #expect(next.last.actuator.targetSteps == 0)
    #expect(next.tick(.answerResume(isResuming: true), by: .nurse).result == .accepted)
    #expect(next.tick(.start, by: .nurse).result == .accepted)
  }

  @Test(
    "R-006: power lost at any moment repeats nothing and skips at most 0.02 mL", arguments: 0..<24)
  func skipsLittle(case number: Int) {
    var rig = Rig.infusing(
      phases: [.basal(Dose(4_200_000, .mass), for: .hours(2))])
    rig.run(minutes: 20)
    rig.tick(.requestBolus, by: .patient)
    rig.run(Int64(number * 97))
    let dispensed = rig.controller.telemetry.dispensedVolume.picolitres
    var next = restart(rig)
    let restored = next.controller.telemetry.dispensedVolume.picolitres
    #expect(restored >= dispensed - 71_256)
    #expect(restored - dispensed <= 20_000_000)
    next.tick(.answerResume(isResuming: true), by: .nurse)
    next.tick(.start, by: .nurse)
    next.run(atMost: 1_000_000) { $0.mode == .complete }
    // What is left of the bolus is not given; the basal is, less what was skipped.
    let basal = next.controller.telemetry.basalMass.nanograms
    #expect(basal <= 8_400_000 + 1000 && basal >= 8_400_000 - 121_000)
  }

  @Test("R-021: the lockout survives a power loss")
  func lockoutSurvives() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 10)
    var next = restart(rig)
    next.tick(.answerResume(isResuming: true), by: .nurse)
    next.tick(.start, by: .nurse)
    next.run(10)
    #expect(next.tick(.requestBolus, by: .patient).result == .refusedLockout)
    #expect(next.controller.telemetry.bolusesGranted == 1)
  }

  @Test("R-030: the dose history survives a power loss, never smaller")
  func historySurvives() {
    var rig = Rig.infusing(caps: [(.oneHour, 40_000_000)])
    rig.run(minutes: 90)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 40)
    let before = rig.controller.telemetry
    let next = restart(rig)
    let after = next.controller.telemetry
    #expect(after.countedInHour >= before.countedInHour)
    #expect(after.countedInDay >= before.countedInDay)
    // A portion of 10 µL at 6 mg/mL is 0.06 mg; a bin of the hour may be counted longer.
    #expect(after.countedInHour.nanograms - before.countedInHour.nanograms < 200_000)
  }

  @Test("R-006: either copy alone restores the same")
  func oneCopy() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    let whole = restart(rig).controller.telemetry
    for copy in 0..<2 {
      var damaged = rig
      for slot in 0..<512 { damaged.memory[copy * 512 + slot] = .blank }
      #expect(restart(damaged).controller.telemetry == whole)
    }
  }

  @Test("The monitor's tick of every second is left to it, after any power loss")
  func leavesTicks() {
    var rig = Rig.infusing()
    rig.run(minutes: 3)
    for _ in 0..<5 {
      rig.run(17)
      var next = Rig(memory: rig.memory)
      next.tick()
      for tick in 2...3000 {
        // Something is always waiting to be written.
        if tick % 7 == 0 { next.controller.wantPrescription() }
        next.tick()
        if next.last.actuator.journal != nil { #expect(tick % 100 != 50) }
      }
      rig = next
    }
  }

  @Test("R-029: a history that cannot be read refuses boluses and starts")
  func unreadable() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    for index in [Int(JournalSlot.mark), Int(JournalSlot.mark) + 512] {
      rig.memory[index].word0 ^= 1
    }
    var next = restart(rig)
    #expect(next.last.signals.contains(.memoryFault))
    #expect(next.last.mode == .setUp)
    next.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000, bolus: nil, caps: [],
      flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    // The set-up was for a new patient, which begins a new history.
    next.tick(.acknowledge, by: .pharmacist)
    next.tick(.confirm(phaseCount: 1))
    #expect(next.tick(.start).result == .accepted)
  }

  @Test("A snapshot restores to a controller that goes on identically")
  func snapshot() {
    var rig = Rig.infusing()
    rig.run(minutes: 12)
    rig.tick(.requestBolus, by: .patient)
    rig.run(333)
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let copy: Controller = bytes.withUnsafeMutableBufferPointer { buffer in
      var writer = CanonicalWriter(buffer)
      rig.controller.encode(to: &writer)
      #expect(!writer.hasOverflowed)
      var reader = CanonicalReader(UnsafeBufferPointer(rebasing: buffer[..<writer.count]))
      let copy = Controller(from: &reader)
      #expect(!reader.hasFailed && reader.remaining == 0)
      return copy
    }
    var other = rig
    other.controller = copy
    for _ in 0..<20_000 { #expect(rig.tick() == other.tick()) }
    #expect(rig.controller.digest == other.controller.digest)
  }
}
