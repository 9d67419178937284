// @relation(R-006, R-022, R-045, R-082, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("What is counted and looked at round after round")
struct RoundTests {
  @Test("R-082: a value that doses depend on is compared within 60 s of whatever moment")
  func everyMoment() {
    var whole = Rig.infusing()
    for moment in 1...8 {
      whole.run(1000)
      for index in [0, 9, 11] {
        var rig = whole
        IntegrityTests.flips[index](&rig.controller)
        let ticks = rig.run(atMost: 6000) { $0.signals.contains(.memoryFault) }
        #expect(ticks != nil, "flip \(index) after \(moment)0 s")
      }
    }
  }

  @Test("R-045: starts that follow no occlusion are never counted")
  func ordinaryStarts() {
    var rig = Rig.infusing(bolus: nil)
    for action in [OperatorAction.stop, .pause, .stop, .pause, .stop, .pause] {
      rig.run(100)
      rig.tick(action, by: .nurse)
      rig.run(100)
      #expect(rig.tick(.start, by: .nurse).result == .accepted)
    }
    #expect(rig.last.mode == .infusing && !rig.controller.telemetry.needsPharmacist)
  }

  /// Passes of 250 ms until an hour has room for `count` boluses, for `minutes` at most.
  private func wait(_ rig: inout Rig, minutes: Int, for count: UInt8 = .max) {
    for _ in 0..<(minutes * 240) where rig.controller.orders.bolusesLeftInHour < count {
      rig.frame.battery.sampledAt = rig.frame.tick
      rig.tick(elapsed: 25)
    }
  }

  @Test(
    "R-006, R-022: twelve boluses in an hour outlast a loss of power; the next replaces the oldest")
  func twelveBoluses() {
    var rig = Rig()
    rig.run(600)
    rig.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000, bolus: nil, caps: [],
      flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    rig.tick(
      .setPatientBolus(
        dose: Dose(100_000, .mass), lockout: .minutes(5), maximumPerHour: 12,
        flow: FlowRate(nanolitresPerHour: 60_000_000)))
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    for count in 1...12 as ClosedRange<UInt8> {
      #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
      #expect(rig.controller.orders.bolusesLeftInHour == 12 - count)
      wait(&rig, minutes: count < 12 ? 5 : 1)
    }

    var next = Rig(memory: rig.memory)
    next.run(600)
    next.tick(.acknowledge, by: .nurse)
    next.tick(.answerResume(isResuming: true))
    next.tick(.start)
    #expect(next.last.result == .accepted && next.controller.orders.bolusesLeftInHour == 0)
    // Each that is an hour old makes room for one.
    for _ in 0..<3 {
      wait(&next, minutes: 10, for: 1)
      #expect(next.tick(.requestBolus, by: .patient).result == .accepted)
      #expect(next.controller.orders.bolusesLeftInHour == 0)
    }
  }
}
