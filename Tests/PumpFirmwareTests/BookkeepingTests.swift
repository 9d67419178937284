// @relation(R-006, R-007, R-020, R-027, R-028, R-060, R-071, R-081, scope=file, role=Verification)
// @relation(R-084, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("What the account, the history and the clocks of a therapy say")
struct BookkeepingTests {
  private func restart(_ rig: Rig) -> Rig {
    var next = Rig(memory: rig.memory)
    next.run(600)
    next.tick(.acknowledge, by: .nurse)
    return next
  }

  /// Many ticks, 250 ms a pass.
  private func hurry(_ rig: inout Rig, minutes: Int64) {
    for _ in 0..<(minutes * 240) {
      rig.frame.battery.sampledAt = rig.frame.tick
      rig.tick(elapsed: 25)
    }
  }

  @Test("a clinician bolus is in the account, as a bolus and as mass")
  func clinicianBolus() {
    var rig = Rig.infusing()
    rig.tick(.clinicianBolus(dose: Dose(1_200_000, .mass), duration: Ticks(count: 3000)))
    #expect(rig.last.result == .accepted)
    rig.run(3100)
    let view = rig.controller.telemetry
    // One microstep of 6 mg/mL is 428 ng.
    #expect(abs(view.bolusMass.nanograms - 1_200_000) < 500)
    #expect(abs(view.basalMass.nanograms - 4_200_000 * 3101 / 360_000) < 1000)
  }

  @Test("a clinician bolus lasts six hours at most")
  func longBolus() {
    var rig = Rig.infusing()
    let dose = Dose(1_200_000, .mass)
    #expect(rig.tick(.clinicianBolus(dose: dose, duration: .hours(7))).result == .refusedRange)
    #expect(rig.tick(.clinicianBolus(dose: dose, duration: .hours(6))).result == .accepted)
  }

  @Test("R-027: a clinician bolus of nothing, or in no time, is refused")
  func emptyBolus() {
    var rig = Rig.infusing()
    for (dose, ticks) in [(0, 6000), (1_200_000, 0), (1_200_000, -1), (0, 0)] as [(Int64, Int64)] {
      rig.tick(.clinicianBolus(dose: Dose(dose, .mass), duration: Ticks(count: ticks)))
      #expect(rig.last.result == .refusedRange, "\(dose) ng in \(ticks)")
    }
    #expect(rig.controller.telemetry.bolusesGranted == 0)
  }

  @Test("R-006: loading, basal and bolus are each restored after a power loss")
  func sharesRestored() {
    var rig = Rig.infusing(phases: [
      .loading(Dose(1_000_000, .mass), over: .minutes(2)), .basal(Dose(4_200_000, .mass)),
    ])
    rig.run(minutes: 5)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 3)
    let before = rig.controller.telemetry
    let next = restart(rig)
    let after = next.controller.telemetry
    // What lies between delivered and mark, 10 µL or 60 µg, counts as delivered.
    #expect(abs((after.loadingMass - before.loadingMass).nanograms) < 1000)
    #expect(abs((after.bolusMass - before.bolusMass).nanograms) < 61_000)
    #expect(abs((after.basalMass - before.basalMass).nanograms) < 61_000)
    #expect(abs((after.dispensedMass - before.dispensedMass).nanograms) < 61_000)
  }

  @Test("R-028: a history that went round its sixty bins is restored as it was")
  func historyGoesRound() {
    var rig = Rig.infusing()
    for minutes in [30, 45, 61, 7, 22] as [Int64] {
      rig.tick(.requestBolus, by: .patient)
      hurry(&rig, minutes: minutes)
      let before = rig.controller.telemetry
      let after = restart(rig).controller.telemetry
      // A bin that cannot be told apart may be counted once more: a sixtieth of what ran, and the mark.
      #expect(after.countedInHour.nanograms >= before.countedInHour.nanograms)
      #expect((after.countedInHour - before.countedInHour).nanograms < 140_000)
      #expect((after.countedInDay - before.countedInDay).nanograms < 140_000)
    }
  }

  @Test("Another set-up of the same syringe begins with what is filled in")
  func setUpAgain() {
    var rig = Rig.infusing()
    rig.run(minutes: 20)
    rig.tick(.stop)
    let left = rig.controller.telemetry.reservoirVolume
    rig.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000, bolus: nil, caps: [],
      flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    #expect(rig.controller.telemetry.reservoirVolume > left)
    #expect(abs(rig.controller.telemetry.reservoirVolume.picolitres - 20_000_000_000) < 72_000)
  }

  @Test(
    "the time left is that of the phase that runs and of all behind it; none is left at the end")
  func timeLeft() {
    var rig = Rig.infusing(phases: [
      .basal(Dose(4_200_000, .mass), for: .minutes(3)),
      .basal(Dose(6_000_000, .mass), for: .minutes(5)),
      .basal(Dose(3_000_000, .mass), for: .minutes(7)),
    ])
    rig.run(minutes: 1)
    #expect(abs(rig.controller.telemetry.programmeLeft.count - 14 * 6000) < 30)
    rig.run(minutes: 4)
    #expect(abs(rig.controller.telemetry.programmeLeft.count - 10 * 6000) < 60)
    // Worked out every ten seconds and rounded up.
    #expect(10...11 ~= rig.last.actuator.display.minutesLeft)
    rig.run(atMost: 80_000) { $0.mode == .complete }
    #expect(rig.controller.telemetry.programmeLeft.count == 0)
    #expect(
      rig.tick(.titrate(dose: Dose(5_000_000, .mass), per: .hours(1))).result == .refusedMode)
  }

  @Test("what was drawn back stays in the account when the syringe is changed")
  func retractedKept() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    rig.force = OcclusionTests.blocked(from: rig.frame.stepCount)
    rig.run(atMost: 400_000) { $0.mode == .retracting }
    rig.run(atMost: 20_000) { $0.mode == .alarmStop }
    rig.force = { _ in 4_500_000 }
    let drawn = rig.controller.telemetry.retractedVolume
    let dispensed = rig.controller.telemetry.dispensedVolume
    #expect(drawn.picolitres > 100_000_000)
    rig.tick(.acknowledge)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(19)))
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    #expect(abs((rig.controller.telemetry.retractedVolume - drawn).picolitres) < 10)
    #expect(abs((rig.controller.telemetry.dispensedVolume - dispensed).picolitres) < 10)
  }

  @Test("a concentration that shares many factors of two with a litre gives the same volume")
  func commonFactors() {
    // 1 mL/h for an hour of 6.5536 mg/mL: 14 034.01 microsteps of 71.25575 nL.
    var rig = Rig()
    rig.setUp(
      phases: [.basal(Dose(6_553_600, .mass), for: .hours(1))], concentration: 6_553_600,
      bolus: nil)
    rig.tick(.start)
    let origin = rig.last.actuator.targetSteps
    rig.run(atMost: 370_000) { $0.mode == .complete }
    #expect(abs(rig.steps(since: origin) - 14_034) <= 1)
    #expect(abs(rig.controller.telemetry.dispensedMass.nanograms - 6_553_600) < 500)
  }
}

@Suite("A pump that cannot move, and one that moves by itself")
struct MotionDefectTests {
  @Test(
    "R-081: without a microstep or without a speed the self test fails", arguments: [true, false])
  func noDrive(_ hasTravel: Bool) {
    var capabilities = Rig.capabilities
    if hasTravel {
      capabilities.maximumStepRate = 0
    } else {
      capabilities.microstepTravel = Length(nanometres: 0)
    }
    var rig = Rig(capabilities: capabilities)
    rig.run(600)
    #expect(rig.last.mode == .failed)
    #expect(rig.last.conditions.contains(.driveFault))
  }

  @Test("R-007: 0.02 mL by a motor at rest, without a step, is found")
  func motionAtRest() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.tick(.pause)
    rig.run(100)
    // 0.036 mL.
    for _ in 0..<50 {
      rig.motor += 10
      rig.tick()
    }
    rig.run(10)
    #expect(rig.last.signals.contains(.overInfusion))
  }

  @Test("R-071: a start in the very tick in which a stopping alarm begins is refused")
  func startInTheTickOfAnAlarm() {
    for action in [OperatorAction.start, .prime(volume: .millilitres(1), isDisconnected: true)] {
      var rig = Rig()
      rig.setUp()
      rig.frame.link = .lost
      #expect(rig.tick(action).result == .refusedAlarm)
      #expect(rig.last.mode == .ready && !rig.last.actuator.isControllerPermitting)
    }
  }

  @Test("R-060: a force cell that falls silent while it delivers is found, not taken for none")
  func absentForce() {
    var rig = Rig.infusing()
    rig.run(100)
    rig.frame.force = Reading(0, .absent, sampledAt: 0)
    var output = rig.last
    for _ in 0..<150 {
      rig.frame.tick += 1
      rig.frame.syringe.sampledAt = rig.frame.tick
      output = rig.controller.step(
        TickInput(elapsedTicks: 1, sensors: rig.frame, command: .none))
    }
    #expect(output.signals.contains(.sensorImplausible))
    #expect(output.mode == .alarmStop)
  }

  @Test("R-020: a bolus key that is held asks once")
  func heldKey() {
    var rig = Rig.infusing()
    rig.run(100)
    rig.frame.keys = .bolus
    rig.run(200)
    rig.frame.keys = []
    rig.run(10)
    #expect(rig.controller.telemetry.bolusesGranted == 1)
    #expect(rig.controller.telemetry.bolusesDenied == 0)
  }

  @Test("what was entered before a pump was switched off is not confirmed afterwards")
  func confirmAfterOff() {
    var rig = Rig()
    rig.setUp()
    rig.tick(.setFill(.millilitres(19)))
    rig.tick(.powerOff)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .refusedMode)
    #expect(rig.last.mode == .off)
  }
}

@Suite("Integrity of a pump that waits")
struct IntegrityAtRestTests {
  @Test(
    "R-084: a programme that has ended, or waits for a syringe, is no memory fault",
    arguments: [true, false])
  func ended(_ hasChange: Bool) {
    let minute = ProgrammePhase.basal(Dose(4_200_000, .mass), for: .minutes(1))
    let change = ProgrammePhase(
      kind: .syringeChange, dose: Dose(0, .volume), per: Ticks(count: 1), duration: .zero)
    var rig = Rig.infusing(phases: hasChange ? [minute, change, minute] : [minute], bolus: nil)
    rig.run(minutes: 4)
    #expect(rig.last.mode == (hasChange ? .awaitingSyringe : .complete))
    #expect(!rig.last.signals.contains(.memoryFault))
  }
}
