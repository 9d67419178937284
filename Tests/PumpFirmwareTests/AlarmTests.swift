// @relation(R-007, R-011, R-046, R-060, R-062, R-063, R-064, R-070, scope=file, role=Verification)
// @relation(R-072, R-073, R-079, R-083, R-091, R-115, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Alarms")
struct AlarmTests {
  @Test(
    "R-070, R-073: a latching alarm stays after its cause is gone until somebody acknowledges"
  )
  func latches() {
    var rig = Rig.infusing()
    rig.frame.syringe.value.isPlungerCaptured = false
    rig.run(20)
    #expect(rig.last.signals.contains(.syringeDisplaced) && rig.last.actuator.lamp == .high)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.last.signals.contains(.syringeDisplaced), "R-073: its cause is still there")
    rig.frame.syringe.value.isPlungerCaptured = true
    rig.run(5)
    #expect(rig.last.signals.isEmpty)
    rig.tick(.start)
    rig.frame.syringe.value.isPlungerCaptured = false
    rig.run(20)
    rig.frame.syringe.value.isPlungerCaptured = true
    rig.run(1000)
    #expect(rig.last.signals.contains(.syringeDisplaced))
    rig.tick(.acknowledge, by: .nurse)
    rig.tick()
    #expect(rig.last.signals.isEmpty && rig.last.actuator.lamp == .off)
  }

  @Test("R-060: any of three sensors stops motion within 1 s", arguments: 0..<3)
  func syringe(sensor: Int) {
    var rig = Rig.infusing()
    rig.run(500)
    switch sensor {
    case 0: rig.frame.syringe.value.isBarrelClamped = false
    case 1: rig.frame.syringe.value.isFlangeSeated = false
    default: rig.frame.syringe.value.isPlungerCaptured = false
    }
    let ticks = rig.run(atMost: 100) { !$0.actuator.isControllerPermitting }
    #expect(ticks != nil)
    #expect(rig.last.mode == .alarmStop)
  }

  @Test("R-072: audio pause is over after 120 s, and at once when something new comes")
  func audioPause() {
    var rig = Rig.infusing()
    rig.frame.syringe.value.isFlangeSeated = false
    rig.run(20)
    #expect(rig.last.actuator.buzzer == .high)
    rig.tick(.audioPause, by: .patient)
    rig.run(11_950)
    #expect(rig.last.actuator.buzzer == .off && rig.last.actuator.lamp == .high)
    rig.run(60)
    #expect(rig.last.actuator.buzzer == .high)
    rig.tick(.acknowledge, by: .nurse)
    rig.run(100)
    #expect(rig.last.actuator.buzzer == .off)
    rig.frame.temperature.value = 5100
    rig.tick()
    #expect(rig.last.actuator.buzzer == .high)
  }

  @Test("R-062: a stalled motor (F14) is found within 12 s at 0.7 mL/h")
  func stall() {
    var rig = Rig.infusing()
    rig.run(minutes: 2)
    rig.isStalled = true
    let ticks = rig.run(atMost: 2000) { $0.signals.contains(.driveFault) }
    #expect(ticks.map { $0 <= 2400 } == true && rig.last.mode == .alarmStop)
  }

  @Test("R-062: one step in ten lost (F16) is made up, and found within 15 min")
  func lostSteps() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 1)
    let started = rig.motor
    let before = rig.controller.account.basal.whole
    var done = rig.frame.stepCount
    for _ in 0..<(14 * 6000) {
      rig.tick()
      // The motor loses every tenth microstep that the generator makes.
      if rig.frame.stepCount / 10 > done / 10 { rig.motor -= 1 }
      done = rig.frame.stepCount
    }
    let programme = rig.controller.account.basal.whole - before
    #expect(abs(rig.motor - started - programme) <= 20)
    let found = rig.run(atMost: 6100 * 2) { $0.signals.contains(.driveFault) }
    #expect(found != nil)
  }

  @Test("R-007: motion that nobody commanded is found before it is 0.02 mL and a tolerance")
  func uncommandedMotion() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.motor += 320
    let ticks = rig.run(atMost: 200) { $0.signals.contains(.overInfusion) }
    #expect(ticks != nil && rig.last.mode == .alarmStop)
  }

  @Test(
    "R-063: a motor that is not permitted to follow is a fault, and is not counted as delivered")
  func notFollowing() {
    var rig = Rig.infusing()
    rig.run(minutes: 10)
    let dispensed = rig.controller.telemetry.dispensedVolume.picolitres
    rig.isPermitting = false
    let ticks = rig.run(atMost: 6000) { $0.signals.contains(.driveFault) }
    #expect(ticks.map { $0 < 2000 } == true)
    #expect(abs(rig.controller.telemetry.dispensedVolume.picolitres - dispensed) <= 2 * 71_256)
  }

  @Test(
    "R-115: a link that is lost or was reset stops delivery and stays signalled",
    arguments: [LinkState.lost, .mismatched])
  func link(state: LinkState) {
    var rig = Rig.infusing()
    rig.run(100)
    rig.frame.link = state
    rig.tick()
    #expect(rig.last.mode == .alarmStop && rig.last.signals.contains(.commsLost))
    rig.frame.link = .up
    rig.run(100)
    #expect(rig.last.signals.contains(.commsLost))
  }

  @Test("R-046: a silent force cell stops delivery within a second and a half")
  func silentForce() {
    var rig = Rig.infusing()
    rig.run(1000)
    rig.frame.force.validity = .invalid
    rig.frame.force.sampledAt = rig.frame.tick
    var frame = rig.frame
    var output = rig.last
    for _ in 0..<150 where output.mode == .infusing {
      frame.tick += 1
      output = rig.controller.step(TickInput(elapsedTicks: 1, sensors: frame, command: .none))
    }
    #expect(output.signals.contains(.sensorImplausible) && output.mode == .alarmStop)
  }

  @Test("R-083: a pass that comes more than a second late stops delivery")
  func watchdog() {
    var rig = Rig.infusing()
    rig.run(100)
    rig.tick(elapsed: 101)
    #expect(rig.last.signals.contains(.watchdog) && rig.last.mode == .alarmStop)
  }

  @Test("R-091: the battery warns before it is depleted, and depletion stops")
  func battery() {
    var rig = Rig.infusing()
    var low: Int64?
    var depleted: Int64?
    for minute in 0..<300 where depleted == nil {
      // 3.0 V falling by 5 mV a minute: 1.8 V after four hours.
      rig.frame.battery.value.millivolts = UInt16(3000 - 5 * minute)
      rig.run(minutes: 1)
      if rig.last.signals.contains(.batteryLow), low == nil { low = Int64(minute) }
      if rig.last.signals.contains(.batteryDepleted) { depleted = Int64(minute) }
    }
    #expect(low != nil && depleted != nil)
    #expect((depleted ?? 0) - (low ?? 0) >= 25)
    #expect((depleted ?? 0) <= 245 && rig.last.mode == .alarmStop)
  }

  @Test("R-064: near end half an hour before, and medium a quarter before")
  func nearEnd() {
    var rig = Rig.infusing(phases: [.basal(Dose(4_200_000, .mass), for: .hours(2))], bolus: nil)
    let low = rig.run(atMost: 720_000) { $0.signals.contains(.nearEnd) }
    #expect(low.map { abs($0 - 90 * 6000) <= 2000 } == true)
    #expect(rig.last.actuator.lamp == .low)
    let medium = rig.run(atMost: 720_000) { $0.actuator.lamp == .medium }
    #expect(medium.map { abs($0 - 15 * 6000) <= 2000 } == true)
  }

  @Test("R-064: a bolus does not bring the end nearer than what it takes")
  func nearEndDuringBolus() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.tick(.requestBolus, by: .patient)
    rig.run(minutes: 1)
    #expect(rig.last.signals.isEmpty)
    #expect(rig.controller.telemetry.bolusesGranted == 1)
  }

  @Test("R-079: a pause is called to mind after 2 min, more urgently after 5")
  func pausedTooLong() {
    var rig = Rig.infusing()
    rig.tick(.pause, by: .nurse)
    let low = rig.run(atMost: 60_000) { $0.signals.contains(.pausedTooLong) }
    #expect(low.map { abs($0 - 12_000) <= 1 } == true)
    let medium = rig.run(atMost: 60_000) { $0.actuator.lamp == .medium }
    #expect(medium.map { abs($0 - 18_000) <= 1 } == true)
  }

  @Test("R-070: what latches, stops or fails the self test is what the requirements name")
  func tableBits() {
    func set(_ ids: [AlarmID]) -> AlarmSet { ids.reduce(AlarmSet()) { $0 | $1 } }
    let notLatching: [AlarmID] = [
      .keyStuck, .doseCapReached, .pausedTooLong, .batteryLow, .nearEnd, .programmingIncomplete,
      .notStarted, .bolusDenied, .serviceDue, .unacknowledged, .deadManMissing,
    ]
    #expect(AlarmSet.latching == set(AlarmID.allCases.filter { !notLatching.contains($0) }))
    let stopping: [AlarmID] = [
      .plungerVacuum, .overInfusion, .airInLine, .underInfusion, .driveFault, .syringeDisplaced,
      .syringeMismatch, .batteryDepleted, .powerLost, .memoryFault, .annunciatorFault,
      .sensorImplausible, .watchdog, .restartLimit, .libraryInvalid, .commsLost,
    ]
    #expect(AlarmSet.stopping == set(stopping))
    #expect(AlarmSet.information == set([.bolusDenied, .serviceDue]))
    #expect(
      Controller.failing
        == set([.driveFault, .batteryDepleted, .annunciatorFault, .sensorImplausible, .commsLost]))
  }

  @Test("R-011: a keep-open rate goes on after the end, is counted, and never exceeds the set rate")
  func keepOpen() {
    var rig = Rig()
    rig.setUp(
      phases: [.basal(Dose(360_000, .mass), for: .hours(1))], bolus: nil, keepOpen: 100_000)
    rig.tick(.start)
    rig.run(minutes: 61)
    #expect(rig.last.mode == .keepOpen)
    let before = rig.controller.telemetry.dispensedVolume.picolitres
    let counted = rig.controller.history.total
    rig.run(minutes: 60)
    let after = rig.controller.telemetry.dispensedVolume.picolitres
    // 0.1 mL/h set to keep open, 0.06 mL/h programme (0.36 mg/h of 6 mg/mL): the lower of the two.
    #expect(abs(after - before - 60_000_000) < 200_000)
    #expect(rig.controller.history.total > counted)
  }
}
