// @relation(R-024, R-047, R-061, R-090, R-102, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("What operators do and are told")
struct OperationTests {
  @Test("R-024: a request for a bolus is answered, sounded and counted, granted or denied")
  func answers() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
    #expect(rig.last.actuator.buzzer == .click)
    rig.run(minutes: 1)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedLockout)
    #expect(rig.last.actuator.buzzer == .denied)
    rig.tick()
    #expect(rig.last.actuator.buzzer == .off)
    #expect(rig.controller.telemetry.bolusesGranted == 1)
    #expect(rig.controller.telemetry.bolusesDenied == 1)
  }

  @Test("R-047: pressure and the time to the alarm are told while delivering")
  func pressure() throws {
    var rig = Rig.infusing()
    rig.run(minutes: 2)
    let relaxed = rig.last.predictedTimeToAlarm
    // 20 N less 4.5 N of friction over 285.023 mm² are 54 381 Pa; the cell resolves 12 mN, 43 Pa.
    rig.force = { _ in 20_000_000 }
    rig.run(minutes: 2)
    let pressure = try #require(rig.controller.telemetry.pressure)
    #expect(abs(pressure.pascals - 54_381) <= 43)
    // Of 71 994 Pa a quarter is left, and so is of the time.
    let share = Double(rig.last.predictedTimeToAlarm) / Double(relaxed)
    #expect(abs(share - (71_994 - 54_381) / 71_994.0) < 0.01)
  }

  @Test("R-061: a barrel 3 % off is taken, more is refused, and fitted later it stops with ALM09")
  func barrel() {
    var syringe = Rig.bd20
    syringe.barrelDiameter = 2200
    var rig = Rig()
    rig.run(600)
    rig.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000, bolus: nil, caps: [],
      flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    for (diameter, result) in [
      (UInt16(2267), CommandResult.refusedSyringe), (2133, .refusedSyringe), (2266, .accepted),
      (2134, .accepted),
    ] {
      rig.frame.syringe.value.barrelDiameter = diameter
      #expect(rig.tick(.confirmSyringe(syringe)).result == result, "\(diameter)")
    }
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    #expect(rig.tick(.start).result == .accepted)
    rig.run(100)
    #expect(rig.last.mode == .infusing)
    rig.frame.syringe.value.barrelDiameter = 2267
    rig.run(20)
    #expect(rig.last.mode == .alarmStop && rig.last.signals.contains(.syringeMismatch))
  }

  @Test(
    "R-090: the life left is within 25 % where voltage falls steadily", arguments: [1, 2, 3, 5])
  func batteryLife(_ fall_mVPerMinute: Int) {
    // Towards the cut-off at 1.8 V, from two hours before it.
    var battery = BatteryWatch()
    for minute in 0..<116 {
      battery.take(
        UInt16(1800 + fall_mVPerMinute * (120 - minute)), low: 2000,
        depleted: 1800, now: Int64(minute) * ticksPerMinute)
      let left = 120 - minute
      // The trend is known after ten minutes, the mean of ten readings settled after forty.
      guard minute >= 40 else { continue }
      #expect(abs(Int(battery.minutes) - left) * 4 <= left, "\(minute) min")
    }
  }

  @Test("R-102: a programme confirmed and not started is called to mind after 2 min")
  func notStarted() {
    var rig = Rig()
    rig.setUp()
    rig.run(11_990)
    #expect(!rig.last.signals.contains(.notStarted))
    rig.run(20)
    #expect(rig.last.signals.contains(.notStarted) && rig.last.actuator.lamp == .medium)
    rig.tick(.start)
    // What is told is told for a whole burst, some two seconds.
    rig.run(500)
    #expect(!rig.last.signals.contains(.notStarted))
  }
}
