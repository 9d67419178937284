// @relation(R-020, R-021, R-022, R-023, R-025, R-026, R-028, R-031, scope=file, role=Verification)
// @relation(R-032, R-065, R-066, R-117, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Boluses and dose caps")
struct BolusAndCapTests {
  @Test(
    "R-020, R-025: a patient bolus is delivered on top of the basal, and the basal goes on unchanged"
  )
  func bolus() {
    var rig = Rig.infusing()
    rig.run(minutes: 10)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    rig.run(minutes: 10)
    let view = rig.controller.telemetry
    #expect(abs(view.bolusMass.nanograms - 2_000_000) <= 1)
    // 4.2 mg/h for 20 min, less two ticks for the mark.
    #expect(abs(view.basalMass.nanograms - 1_400_000) < 100)
  }

  @Test("R-021, R-022: lockout from the bolus start, and so many an hour")
  func lockout() {
    var rig = Rig.infusing(caps: [(.oneHour, 40_000_000)])
    rig.run(minutes: 1)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    rig.run(minutes: 29)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedLockout)
    rig.run(minutes: 1)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    rig.run(minutes: 29)
    // 59 min after the first: two were granted in this hour.
    rig.run(99)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedLockout)
    rig.run(minutes: 2)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    #expect(rig.controller.telemetry.bolusesGranted == 3)
    #expect(rig.controller.telemetry.bolusesDenied == 2)
  }

  @Test("R-023: a bolus button held, bounced or shorted gives one dose a lockout")
  func shortedButton() {
    var rig = Rig.infusing(caps: [(.oneHour, 40_000_000)])
    rig.run(100)
    for round in 0..<1000 {
      rig.frame.keys = round % 3 == 0 ? [] : .bolus
      rig.run(10)
    }
    #expect(rig.controller.telemetry.bolusesGranted == 1)
  }

  @Test("R-026: an alarm that stops forgets what is left of a bolus")
  func cancelledBolus() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.tick(.requestBolus, by: .patient)
    rig.run(100)
    let given = rig.controller.telemetry.bolusMass.nanograms
    #expect(given > 50_000 && given < 200_000)
    rig.frame.syringe.value.isFlangeSeated = false
    rig.run(20)
    #expect(rig.last.mode == .alarmStop && rig.last.signals.contains(.syringeDisplaced))
    rig.frame.syringe.value.isFlangeSeated = true
    rig.run(20)
    rig.tick(.acknowledge, by: .nurse)
    rig.tick(.start, by: .nurse)
    rig.run(minutes: 5)
    #expect(rig.last.mode == .infusing)
    #expect(rig.controller.telemetry.bolusMass.nanograms == given)
  }

  @Test("R-032: a programme that alone passes a cap is refused")
  func programmeOverCap() {
    var rig = Rig()
    rig.setUp(caps: [(.day, 100_799_999)])
    #expect(rig.commandsRefused == [.refusedDoseCap])
    rig = Rig()
    rig.setUp(caps: [(.day, 100_800_000)])
    #expect(rig.commandsRefused.isEmpty)
    for (cap, refused) in [(16_799_999, [CommandResult.refusedDoseCap]), (16_800_000, [])] {
      rig = Rig()
      rig.setUp(caps: [(.fourHours, Int64(cap))])
      #expect(rig.commandsRefused == refused, "\(cap) ng in 4 h")
    }
    rig = Rig()
    // 3.5 mg in 15 min and 45 min at 4.2 mg/h.
    rig.setUp(
      phases: [
        .loading(Dose(3_500_000, .mass), over: .minutes(15)), .basal(Dose(4_200_000, .mass)),
      ], caps: [(.oneHour, 6_649_999)])
    #expect(rig.commandsRefused == [.refusedDoseCap])
  }

  @Test("R-031: stop, wait, start, bolus, basal never passes the cap")
  func stopWaitStartBolus() {
    // An hour of basal and one bolus are 6.2 mg: room for one an hour, never for two.
    var rig = Rig.infusing(caps: [(.oneHour, 6_400_000)])
    var given: [Int64] = []
    var refused = 0
    var granted = 0
    for minute in 0..<360 {
      switch minute % 90 {
      case 30: rig.tick(.stop, by: .nurse)
      case 55: rig.tick(.start, by: .nurse)
      default: break
      }
      if minute % 7 == 3 {
        rig.tick(.requestBolus, by: .patient)
        if rig.last.result == .accepted { granted += 1 }
        if rig.last.result == .refusedDoseCap { refused += 1 }
      }
      for _ in 0..<60 {
        rig.run(100)
        given.append(rig.controller.telemetry.dispensedMass.nanograms)
      }
    }
    let windows = given.indices.map { given[$0] - ($0 >= 3600 ? given[$0 - 3600] : 0) }
    #expect((windows.max() ?? .max) <= 6_400_000)
    #expect(granted >= 2 && refused >= 1)
    // The basal alone, 4.2 mg/h, was never stopped by the cap.
    #expect(!rig.last.signals.contains(.doseCapReached))
  }

  @Test("R-031: a bolus is refused only where an exact window, one bin longer, would refuse it")
  func refusalIsTight() {
    var rig = Rig.infusing(bolus: Dose(1_700_000, .mass), caps: [(.oneHour, 6_000_000)])
    rig.run(minutes: 60)
    // An hour of basal, 4.2 mg, and 1.7 mg is 5.9 mg; a bin's worth is 0.07 mg.
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    rig = Rig.infusing(bolus: Dose(1_810_000, .mass), caps: [(.oneHour, 6_000_000)])
    rig.run(minutes: 60)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedDoseCap)
  }

  @Test("R-032: the policy of keeping open stops all the same where no keep-open rate is set")
  func keepOpenWithoutRate() {
    var configuration = PumpConfiguration()
    configuration.capPolicy = .keepOpen
    for keepOpen: Int64 in [0, 100_000] {
      var rig = Rig(configuration: configuration)
      rig.setUp(caps: [(.oneHour, 5_000_000)], keepOpen: keepOpen)
      rig.tick(.start)
      rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1)))
      rig.tick(.confirm(phaseCount: 1))
      rig.run(atMost: 360_000) { $0.signals.contains(.doseCapReached) }
      #expect(rig.last.mode == (keepOpen > 0 ? .keepOpen : .alarmStop))
      #expect(rig.commandsRefused.isEmpty)
    }
  }

  @Test("R-032: a basal that reaches a cap stops with ALM20")
  func basalReachesCap() {
    // Titrated above what the caps were checked against.
    var rig = Rig.infusing(caps: [(.oneHour, 5_000_000)])
    rig.run(minutes: 5)
    rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1)))
    rig.tick(.confirm(phaseCount: 1))
    let stopped = rig.run(atMost: 360_000) { $0.mode == .alarmStop }
    #expect(stopped != nil)
    rig.run(minutes: 1)
    #expect(rig.last.signals.contains(.doseCapReached), "until somebody takes notice")
    #expect(rig.controller.telemetry.dispensedMass.nanograms <= 5_000_000)
    #expect(rig.controller.telemetry.dispensedMass.nanograms > 4_900_000)
    // Nor does what is counted, which is rounded up, pass it by one microstep.
    let isWithin = rig.controller.history.hasRoom(for: 0, caps: rig.controller.caps)
    #expect(isWithin)
  }

  @Test("R-117: heat holds boluses (ALM18) and lets the basal go on")
  func heatHoldsBoluses() {
    var rig = Rig.infusing()
    rig.run(100)
    rig.frame.temperature.value = 4600
    rig.run(2)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedAlarm)
    #expect(rig.last.mode == .infusing)
  }

  @Test(
    "R-065, R-066: what is primed counts towards no cap, even where priming was stopped half-way")
  func primedIsNoDose() {
    var rig = Rig()
    rig.setUp(bolus: nil)
    rig.tick(.prime(volume: .millilitres(1), isDisconnected: true))
    rig.run(2000)
    rig.tick(.stop, by: .patient)
    #expect(rig.last.mode == .ready)
    rig.tick(.start)
    rig.run(minutes: 1)
    // A minute at 4.2 mg/h is 70 µg; a third of a millilitre would be 2 mg.
    #expect(rig.controller.telemetry.countedInHour.nanograms < 80_000)
  }

  @Test("R-065, R-066: what a motor that loses steps primes counts towards no cap either")
  func primedWithLoss() {
    var rig = Rig()
    rig.setUp(bolus: nil)
    rig.tick(.prime(volume: .millilitres(1), isDisconnected: true))
    for _ in 0..<10 {
      rig.run(300)
      rig.motor -= 12
    }
    rig.run(atMost: 6000) { $0.mode == .ready }
    #expect(rig.last.mode == .ready && rig.last.signals.isEmpty)
    #expect(rig.controller.telemetry.correctedSteps >= 100)
    rig.tick(.start)
    rig.run(minutes: 1)
    // A minute at 4.2 mg/h is 70 µg; a hundred steps would be 43 µg.
    #expect(rig.controller.telemetry.countedInHour.nanograms < 80_000)
  }

  @Test("R-028: a cap counts what the encoder measured where it is more than was commanded")
  func countsTheLarger() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    let before = rig.controller.history.total
    // The encoder runs 100 microsteps ahead: below what counts as uncommanded motion.
    rig.motor += 100
    rig.run(100)
    let counted = rig.controller.history.total - before
    let mass = rig.controller.countedMassPerStep
    #expect(counted >= 90 * mass && counted <= 105 * mass)
  }
}
