// @relation(R-029, R-045, R-080, R-081, R-082, R-084, R-113, R-117, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Integrity, clock, restarts, self test, temperature")
struct IntegrityTests {
  /// Critical values, each changed in one bit.
  static let flips: [@Sendable (inout Controller) -> Void] = [
    { $0.prescription.phases[0].dose.amount ^= 1 << 20 },
    { $0.prescription.bolusDose.amount ^= 1 },
    { $0.conversions.microstepVolume ^= 1 << 5 },
    { $0.conversions.concentration ^= 1 },
    { $0.limiter.library.whole ^= 1 << 30 },
    { $0.caps.day ^= 1 << 40 },
    { $0.countedMassPerStep ^= 1 },
    { $0.occlusion.friction ^= 1 << 10 },
    { $0.occlusion.limit.rawValue ^= 1 << 16 },
    { $0.programme.rate.fraction ^= 1 << 63 },
    { $0.programme.basalPerBin.oneHour ^= 1 },
    { $0.bolus.lockoutEnd ^= 1 << 30 },
    { $0.bolus.grants[3] ^= 1 << 62 },
    { $0.history.complement ^= 1 << 12 },
    { $0.history.oneHour.totals[30] ^= 1 },
    { $0.history.day.oldestTotal ^= 1 << 50 },
  ]

  @Test("R-084: a bit that flips in a critical value stops the pump for good within 60 s")
  func flipped() {
    var whole = Rig.infusing()
    whole.run(minutes: 1)
    for (index, flip) in Self.flips.enumerated() {
      var rig = whole
      flip(&rig.controller)
      let ticks = rig.run(atMost: 6000) { $0.signals.contains(.memoryFault) }
      #expect(ticks != nil, "flip \(index)")
      #expect(rig.last.mode == .failed && !rig.last.actuator.isControllerPermitting)
      rig.tick(.acknowledge, by: .nurse)
      rig.tick(.start, by: .pharmacist)
      rig.tick(.beginSetUp(isNewPatient: true), by: .pharmacist)
      rig.run(100)
      #expect(rig.last.mode == .failed && rig.last.signals.contains(.memoryFault))
    }
  }

  @Test("R-084: a command does not seal a value that changed before it")
  func flippedBeforeCommand() {
    for (index, flip) in Self.flips.enumerated() {
      var rig = Rig.infusing()
      rig.run(10)
      flip(&rig.controller)
      rig.tick(.audioPause, by: .patient)
      #expect(rig.last.mode == .failed, "flip \(index)")
    }
  }

  @Test("R-029: with a history that changed by itself the key's bolus is denied")
  func corruptedHistory() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.controller.history.oneHour.totals[2] ^= 1
    rig.frame.keys = .bolus
    rig.run(6)
    rig.frame.keys = []
    #expect(rig.controller.bolus.granted == 0)
  }

  @Test("R-082: a processor that fails its own check stops delivery for good")
  func selfCheck() {
    var rig = Rig.infusing()
    rig.run(10)
    rig.frame.faults = .selfCheck
    rig.tick()
    rig.frame.faults = []
    rig.run(10)
    #expect(rig.last.mode == .failed && rig.last.signals.contains(.memoryFault))
  }

  @Test(
    "Nothing is found after a bolus, a titration, a pause and a new syringe")
  func nothingFound() {
    var rig = Rig.infusing(caps: [(.day, 150_000_000)])
    rig.run(minutes: 5)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 2)
    rig.tick(.titrate(dose: Dose(4_500_000, .mass), per: .hours(1)))
    rig.tick(.confirm(phaseCount: 0))
    rig.run(minutes: 3)
    rig.tick(.pause)
    rig.run(100)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(20)))
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    rig.run(minutes: 2)
    #expect(rig.commandsRefused.isEmpty && rig.last.signals.isEmpty)
    #expect(rig.last.mode == .infusing)
  }

  // MARK: Clock

  private func clockRig() -> Rig {
    var capabilities = Rig.capabilities
    capabilities.sensors.insert(.wallClock)
    var rig = Rig(capabilities: capabilities)
    rig.clock = 1_700_000_000_000
    rig.setUp()
    rig.tick(.start)
    return rig
  }

  @Test("R-113: ALM17: a clock that gains 6 s an hour is found within the hour, one of 4 s is not")
  func drift() {
    for (rate, isFound) in [(6, true), (4, false), (-6, true), (-4, false)] as [(Int64, Bool)] {
      var watch = ClockWatch()
      for minute in 0..<(26 * 60) {
        let milliseconds = Int64(minute) * 60_000 + rate * 1000 * Int64(minute) / 60
        watch.sample(
          Reading(
            WallClockReading(unixMilliseconds: 1_700_000_000_000 + milliseconds, isSet: true),
            .valid, sampledAt: UInt32(minute) * 6000))
        if minute == 60 { #expect(watch.isOff == isFound, "\(rate) s/h") }
      }
      #expect(watch.isOff == isFound, "\(rate) s/h over a day")
    }
  }

  @Test(
    "R-113: F40: a clock that jumps a day holds boluses until somebody sees to it; windows stay on ticks",
    arguments: [86_400_000, -86_400_000, 3_600_000] as [Int64])
  func jump(by milliseconds: Int64) {
    var rig = clockRig()
    rig.run(minutes: 5)
    let counted = rig.controller.telemetry.countedInHour
    rig.clock = rig.clock.map { $0 + milliseconds }
    rig.run(6100)
    #expect(rig.last.signals.contains(.clockInvalid) && rig.last.mode == .infusing)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedAlarm)
    #expect(rig.controller.telemetry.countedInHour > counted)
    rig.tick(.acknowledge, by: .nurse)
    rig.run(2)
    #expect(!rig.last.signals.contains(.clockInvalid))
    #expect(rig.tick(.requestBolus, by: .patient).result == .accepted)
  }

  @Test("R-113: F30: a clock that was not set, that stops or reports a defect is invalid")
  func unset() {
    var rig = clockRig()
    rig.run(minutes: 2)
    rig.isClockSet = false
    rig.run(6100)
    #expect(rig.last.signals.contains(.clockInvalid))
    rig.tick(.acknowledge, by: .nurse)
    rig.run(100)
    #expect(rig.last.signals.contains(.clockInvalid), "it is still not set")
    rig = clockRig()
    rig.run(minutes: 2)
    rig.clock = nil
    rig.run(24_300)
    #expect(rig.last.signals.contains(.clockInvalid))
    rig = clockRig()
    rig.frame.faults = .clock
    rig.tick()
    #expect(rig.last.signals.contains(.clockInvalid) && rig.last.mode == .infusing)
  }

  // MARK: Restarts

  /// Occludes at once and brings the rig to where the occlusion was acknowledged.
  private func occlude(_ rig: inout Rig) {
    rig.force = { _ in 60_000_000 }
    rig.run(atMost: 3000) { $0.mode == .retracting }
    rig.force = { _ in -4_500_000 }
    rig.run(atMost: 3000) { $0.mode == .alarmStop }
    rig.force = { _ in 4_500_000 }
    rig.run(20)
    rig.tick(.acknowledge, by: .nurse)
  }

  @Test("R-045: a fourth restart in ten minutes is refused, and only a pharmacist starts again")
  func restartLimit() {
    var rig = Rig.infusing(bolus: nil)
    for _ in 0..<3 {
      occlude(&rig)
      #expect(rig.tick(.start, by: .nurse).result == .accepted)
      rig.run(100)
    }
    occlude(&rig)
    #expect(rig.tick(.start, by: .nurse).result == .refusedAlarm)
    rig.run(2)
    #expect(rig.last.signals.contains(.restartLimit) && rig.last.mode == .alarmStop)
    rig.tick(.acknowledge, by: .nurse)
    rig.run(2)
    #expect(rig.last.signals.contains(.restartLimit), "a nurse does not end it")
    rig.tick(.acknowledge, by: .pharmacist)
    rig.run(2)
    #expect(!rig.last.signals.contains(.restartLimit))
    #expect(rig.tick(.start, by: .nurse).result == .refusedRole)
    #expect(rig.tick(.start, by: .pharmacist).result == .accepted)
  }

  @Test("R-045: restarts that are more than ten minutes apart are not counted together")
  func restartsApart() {
    var rig = Rig.infusing(bolus: nil)
    for _ in 0..<5 {
      occlude(&rig)
      #expect(rig.tick(.start, by: .nurse).result == .accepted)
      rig.run(minutes: 4)
    }
  }

  @Test("R-045: nothing restarts by itself")
  func noAutomaticRestart() {
    var rig = Rig.infusing(bolus: nil)
    rig.force = { _ in 60_000_000 }
    rig.run(atMost: 3000) { $0.mode == .retracting }
    rig.force = { _ in -4_500_000 }
    rig.run(minutes: 30)
    #expect(rig.last.mode == .alarmStop)
  }

  // MARK: Self test

  @Test("R-080: the self test ends within 70 s and delivers nothing")
  func selfTest() {
    var rig = Rig()
    let ticks = rig.run(atMost: 7000) { $0.mode == .setUp }
    #expect(ticks.map { $0 <= 501 } == true)
    #expect(rig.last.actuator.targetSteps == 0)
    #expect(rig.controller.telemetry.failedPart == .none)
    var testing = Rig()
    testing.run(100)
    #expect(testing.tick(.requestBolus, by: .patient).result == .refusedMode)
    #expect(!testing.last.actuator.isControllerPermitting)
  }

  static let failures:
    [(part: SelfTestPart, alarm: AlarmID, ticks: Int64, defect: @Sendable (inout Rig) -> Void)] = [
      (.processor, .memoryFault, 501, { $0.frame.faults = .selfCheck }),
      (.memory, .memoryFault, 501, { $0.controller.bolus.lockoutEnd = 77 }),
      (.link, .commsLost, 501, { $0.frame.link = .lost }),
      (.drive, .driveFault, 501, { $0.frame.faults = .motorDriver }),
      (.drive, .sensorImplausible, 501, { $0.frame.encoderValidity = .absent }),
      (.force, .sensorImplausible, 501, { $0.force = { _ in 90_000_000 } }),
      (.carriage, .sensorImplausible, 501, { $0.carriageValidity = .invalid }),
      (.temperature, .sensorImplausible, 501, { $0.frame.temperature.validity = .absent }),
      (.syringe, .sensorImplausible, 501, { $0.frame.syringe.validity = .invalid }),
      (.annunciators, .annunciatorFault, 501, { $0.frame.faults = .annunciator }),
      (.battery, .sensorImplausible, 501, { $0.frame.battery.validity = .absent }),
      (.motorEnable, .driveFault, 501, { $0.motor = 100 }),
    ]

  @Test("R-081: the first part that fails ends the self test, is alarmed and named")
  func failures() {
    for failure in Self.failures {
      var rig = Rig()
      if failure.part == .motorEnable { rig.run(10) }
      failure.defect(&rig)
      let ticks = rig.run(atMost: 7000) { $0.mode == .failed }
      #expect(ticks.map { $0 <= failure.ticks } == true, "\(failure.part): \(ticks ?? -1)")
      #expect(rig.controller.telemetry.failedPart == failure.part)
      #expect(rig.last.signals.contains(failure.alarm), "\(failure.part)")
      rig.run(100)
      rig.tick(.acknowledge, by: .nurse)
      rig.tick(.beginSetUp(isNewPatient: true))
      #expect(rig.last.mode == .failed)
    }
  }

  @Test("R-081: a part that never answers fails the self test when its time is over")
  func silentPart() {
    var rig = Rig()
    rig.frame.temperature.validity = .absent
    let whole = Rig().controller.configuration.selfTest.rawValue
    #expect(rig.run(atMost: 7000) { $0.mode == .failed } == whole)
  }

  // MARK: Temperature

  @Test("R-117: ALM18: 46 °C holds boluses, 51 °C stops; a degree back is needed to end either")
  func temperature() {
    var rig = Rig.infusing()
    rig.run(10)
    rig.frame.temperature.value = 4600
    rig.run(2)
    #expect(rig.last.signals.contains(.temperature) && rig.last.mode == .infusing)
    #expect(rig.tick(.requestBolus, by: .patient).result == .refusedAlarm)
    rig.tick(.acknowledge, by: .nurse)
    rig.frame.temperature.value = 4450
    rig.run(2)
    #expect(rig.last.conditions.contains(.temperature))
    rig.frame.temperature.value = 4390
    rig.run(2)
    #expect(!rig.last.conditions.contains(.temperature))
    rig.frame.temperature.value = 5010
    rig.run(2)
    #expect(rig.last.mode == .alarmStop && rig.last.actuator.lamp == .high)
    rig.frame.temperature.value = 4950
    rig.run(2)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.tick(.start, by: .nurse).result == .refusedAlarm)
    rig.frame.temperature.value = 4850
    rig.run(2)
    #expect(rig.tick(.start, by: .nurse).result == .accepted)
    rig.frame.temperature.value = 490
    rig.run(2)
    #expect(rig.last.conditions.contains(.temperature) && rig.last.mode == .infusing)
    rig.frame.temperature.value = 610
    rig.run(2)
    #expect(!rig.last.conditions.contains(.temperature))
  }

  @Test("R-117: ALM18: a temperature that nobody measures holds boluses")
  func silentTemperature() {
    var rig = Rig.infusing()
    rig.run(10)
    rig.frame.temperature.validity = .invalid
    rig.run(2)
    #expect(rig.last.signals.contains(.temperature) && rig.last.mode == .infusing)
  }
}
