// @relation(R-007, R-008, R-046, R-062, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Detectors of drive and force cell")
struct DriveDetectorTests {
  /// Volume of a microstep in the 20 mL syringe, µL.
  static let microstep = 0.07125575

  // MARK: Carriage

  @Test(
    "R-062: F13: a nut that slips is found within 0.05 mL and what the carriage sensor resolves")
  func nutSlip() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    let origin = rig.motor
    let before = rig.slip
    var last = rig.motor
    let limit = rig.controller.telemetry.slipVolume?.picolitres
    for _ in 0..<40_000 where !rig.last.signals.contains(.driveFault) {
      rig.tick()
      rig.slip += rig.motor - last
      last = rig.motor
    }
    let volume = Double(rig.motor - origin) * Self.microstep
    #expect(rig.last.signals.contains(.driveFault) && rig.last.mode == .alarmStop)
    // 175 µm are 0.05 mL, three times 17 µm the sensor's: 64.5 µL; 2 % more leak away.
    #expect(limit.map { abs($0 - 64_500_000) < 500_000 } == true)
    #expect(volume > 50 && volume < 68, "\(volume) µL, \(rig.slip - before) microsteps")
  }

  @Test("R-062: F13: one part in ten slipping is found, one in a hundred is the sensor's scale")
  func partialSlip() {
    for (share, isFound) in [(Int64(10), true), (100, false)] {
      var rig = Rig.infusing(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
      rig.run(minutes: 2)
      let origin = rig.motor
      for _ in 0..<(15 * 6000) where !rig.last.signals.contains(.driveFault) {
        rig.tick()
        rig.slip = (rig.motor - origin) / share
      }
      #expect(rig.last.signals.contains(.driveFault) == isFound, "1 in \(share)")
    }
  }

  @Test("R-062: F13: a carriage that is behind by just the limit is no slip, by more it is")
  func slipAtTheBound() {
    var prescription = Prescription()
    // 0.05 mL are 174.2 µm.
    prescription.syringe.boreArea = Area(squareMicrometres: 287_026_406)
    var watch = CarriageWatch()
    watch.configure(prescription, capabilities: Rig.capabilities)
    for (carriage, motor) in [(0, 0), (52, 208)] as [(Int32, Int64)] {
      let finding = watch.sample(Reading(carriage, .valid, sampledAt: 0), motor: motor)
      #expect(finding == .none)
    }
    // 10 µm of motor a sample, a fiftieth of which is the sensor's scale; 24 of them are 174.2 µm,
    // three resolutions of 17 µm and a sample's own way.
    for sample in 1...25 as ClosedRange<Int64> {
      let finding = watch.sample(Reading(52, .valid, sampledAt: 0), motor: 208 + 40 * sample)
      #expect(finding == (sample <= 24 ? .none : .slip), "sample \(sample)")
    }
  }

  @Test("R-007: F17: a carriage that jumps half a millilitre ahead is over-infusion")
  func jump() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    rig.slip -= 7017
    let ticks = rig.run(atMost: 100) { $0.signals.contains(.overInfusion) }
    #expect(ticks != nil && rig.last.mode == .alarmStop)
  }

  @Test("A carriage inside its backlash, a carriage moved by hand at rest: neither is an alarm")
  func playAndHand() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    rig.slip -= 350
    rig.run(minutes: 10)
    rig.slip += 350
    rig.run(minutes: 10)
    rig.tick(.pause)
    rig.slip -= 9000
    rig.run(100)
    rig.tick(.start)
    rig.run(minutes: 10)
    #expect(rig.last.signals.isEmpty && rig.commandsRefused.isEmpty)
  }

  // MARK: Cell against current

  @Test("R-046: F07, F08: a cell that current contradicts stops delivery, in either direction")
  func contradiction() {
    for offset in [3_400_000, -3_400_000] as [Int32] {
      var rig = Rig.infusing(bolus: nil)
      rig.run(minutes: 1)
      // Current stays at 4.5 N: 89 mA.
      rig.current = 89
      rig.force = { _ in 4_500_000 + offset }
      let ticks = rig.run(atMost: 3000) { $0.signals.contains(.sensorImplausible) }
      #expect(ticks.map { $0 <= 600 } == true, "\(offset) µN")
      #expect(rig.last.mode == .alarmStop)
    }
  }

  @Test("R-046: what cell and current cannot tell apart raises nothing, and is computed")
  func resolution() {
    var rig = Rig.infusing(bolus: nil)
    // 2 N of current, 0.5 N of zero, a twentieth of 4.5 N over 285.023 mm²: 72 mmHg.
    let doubt = rig.controller.telemetry.pressureDoubt?.pascals
    #expect(doubt.map { abs($0 - 9_560) < 20 } == true)
    rig.current = 89
    rig.force = { _ in 4_500_000 + 2_200_000 }
    rig.run(minutes: 10)
    #expect(rig.last.signals.isEmpty)
  }

  @Test(
    "R-046: F08: a gain of 30 % too little is found before the occlusion alarm would have been missed"
  )
  func gain() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    let origin = rig.frame.stepCount
    let real = OcclusionTests.blocked(from: origin)
    rig.force = { Int32(Double(real($0)) * 0.7) }
    var found: Double?
    for _ in 0..<400_000 where found == nil {
      rig.current = UInt16(80 + 2 * Int64(real(rig.frame.stepCount)) / 1_000_000)
      rig.tick()
      if rig.last.signals.contains(.sensorImplausible) {
        let force = Double(real(rig.frame.stepCount)) / 1e6
        found = (force - 4.5) / 285.023 / 1.33322e-4
      }
    }
    // 0.3 of the thrust exceeds 2.5 N and 3.5 % of it at 9.5 N: 130 mmHg; the alarm is at 540.
    #expect(found.map { $0 < 200 } == true, "\(found ?? -1) mmHg")
    #expect(!rig.last.signals.contains(.downstreamOcclusion))
  }

  @Test(
    "R-046: a contradiction stands until it is acknowledged, whatever cell and current say then")
  func contradictionStands() {
    var check = CurrentCheck()
    var frame = SensorFrame()
    // Five samples of 60 N that the motor does not push, ten that agree with it.
    for sample in 1...15 as ClosedRange<UInt32> {
      frame.force = Reading(sample <= 5 ? 60_000_000 : 4_500_000, .valid, sampledAt: sample)
      frame.motorCurrent = Reading(89, .valid, sampledAt: sample)
      let finding = check.sample(
        frame, capabilities: Rig.capabilities, position: Int64(sample), isDelivering: true,
        now: Int64(sample) * 10)
      #expect(finding == (sample < 5 ? .none : .cell), "sample \(sample)")
    }
    check.acknowledge()
    #expect(check.finding == .none)
  }

  @Test("R-046: F08: a cell that repeats itself to the last bit for a minute of motion is stuck")
  func stuck() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 1)
    rig.noise = 0
    let ticks = rig.run(atMost: 12_000) { $0.signals.contains(.sensorImplausible) }
    #expect(ticks.map { $0 > 5900 && $0 < 6100 } == true)
    #expect(rig.last.mode == .alarmStop)
  }

  @Test("R-046: a cell that repeats itself is stuck after 4 µm of travel, wherever that begins")
  func travelWithoutNoise() {
    var check = CurrentCheck()
    var frame = SensorFrame()
    frame.force = Reading(4_500_000, .valid, sampledAt: 0)
    func sample(at position: Int64) -> CurrentCheck.Finding {
      check.sample(
        frame, capabilities: Rig.capabilities, position: position, isDelivering: true, now: 0)
    }
    for _ in 0..<2 * CurrentCheck.samplesWithoutNoise {
      #expect(sample(at: 1_000_000 + CurrentCheck.travelWithoutChange - 1) == .none)
      #expect(sample(at: 1_000_000) == .none)
    }
    #expect(sample(at: 1_000_000 + 2 * CurrentCheck.travelWithoutChange) == .cell)
  }

  @Test("R-062: the share of lost steps is that of the present window, not of all since the start")
  func shareOfTheWindow() {
    for (lost, finding) in [(30, .none), (50, .drive)] as [(Int64, DriveSupervision.Finding)] {
      var drive = DriveSupervision(capabilities: Rig.capabilities)
      var frame = SensorFrame()
      frame.motionValidity = .valid
      frame.encoderValidity = .valid
      func check(steps: Int64, missing: Int64) -> DriveSupervision.Finding {
        frame.stepCount = steps
        frame.encoderCount = Int32((steps - missing) * 2000 / 3200)
        return drive.check(
          frame, elapsed: DriveSupervision.windowLength / 2, mismatchLimit: 10_000,
          uncommandedLimit: 1000)
      }
      #expect(check(steps: 0, missing: 0) == .none)
      // Ten windows of 4000 steps without loss: 0.5 % of all steps would be 220, of this window 20.
      for half: Int64 in 1...20 { #expect(check(steps: half * 2000, missing: 0) == .none) }
      #expect(check(steps: 42_000, missing: 0) == .none)
      #expect(check(steps: 44_000, missing: lost) == .none)
      #expect(check(steps: 46_000, missing: lost) == finding)
    }
  }

  @Test("R-062: F14: a jammed motor is told by its current in seconds, as a drive fault")
  func jam() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 1)
    rig.isStalled = true
    // It stalls in the middle of a sample of its current; 70 N at the stall.
    rig.current = 140
    for _ in 0..<3000 where rig.frame.motorCurrent.value != 140 { rig.tick() }
    #expect(rig.frame.motorCurrent.value == 140)
    rig.current = 220
    let ticks = rig.run(atMost: 3000) { $0.signals.contains(.driveFault) }
    #expect(ticks.map { $0 <= 600 } == true)
    #expect(!rig.last.signals.contains(.sensorImplausible))
  }

  // MARK: Flow

  @Test("R-007, R-008: nine tenths for 15 min are under-infusion, eleven tenths are over-infusion")
  func quarterHour() {
    for share in [-8, 8] as [Int64] {
      var watch = FlowWatch()
      var found: (minute: Int, finding: FlowWatch.Finding)?
      // 2400 microsteps in 15 min, an eighth more or less of which the encoder shows.
      for tick in 0..<(40 * 6000) where found == nil {
        let position = Int64(tick) * 2400 / 90_000
        let finding = watch.take(
          elapsed: 1, position: position, measured: position + position / share, isBolus: false,
          perTick: 0)
        if finding != .none { found = (tick / 6000, finding) }
      }
      #expect(found.map { $0.minute == 15 } == true)
      #expect(found?.finding == (share < 0 ? .under : .over))
    }
  }

  @Test("R-007, R-008: a twentieth more or less is neither")
  func withinTolerance() {
    for share in [-20, 20] as [Int64] {
      var watch = FlowWatch()
      for tick in 0..<(40 * 6000) {
        let position = Int64(tick) * 2400 / 90_000
        let finding = watch.take(
          elapsed: 1, position: position, measured: position + position / share, isBolus: false,
          perTick: 0)
        #expect(finding == .none)
      }
    }
  }

  @Test("R-007, R-008: a tenth and the tolerance are within, one microstep more is not")
  func atTheBound() {
    // A tenth of 1500 microsteps, and what the motor may lag at less than one in a tick.
    let bound = 150 + DriveSupervision.tolerance + 3
    for (difference, expected) in [
      (bound, .none), (bound + 1, .over), (-bound, .none), (-bound - 1, .under),
    ] as [(Int64, FlowWatch.Finding)] {
      var watch = FlowWatch()
      var finding = FlowWatch.Finding.none
      for minute in 0...15 as ClosedRange<Int64> {
        #expect(finding == .none)
        finding = watch.take(
          elapsed: 6000, position: 100 * minute,
          measured: 100 * minute + (minute == 15 ? difference : 0), isBolus: false, perTick: 0)
      }
      #expect(finding == expected, "\(difference)")
    }
  }

  @Test("R-008: a bolus that arrives by less than nine tenths is found within 10 s")
  func bolus() {
    var watch = FlowWatch()
    var ticks: Int64 = 0
    while ticks < 3000 {
      let position = ticks * 234 / 100
      let measured = position - position / 8
      if watch.take(
        elapsed: 1, position: position, measured: measured, isBolus: true, perTick: 2) == .under
      {
        break
      }
      ticks += 1
    }
    #expect(ticks <= 1002, "\(ticks)")
  }

  @Test("R-008: with the motor and its corrections at work a lossy bolus stops the pump")
  func lossyBolus() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.tick(.requestBolus, by: .patient)
    var done = rig.frame.stepCount
    for _ in 0..<1500 where rig.last.mode == .infusing {
      rig.tick()
      let now = rig.frame.stepCount
      // Every second microstep is lost.
      rig.motor -= now / 2 - done / 2
      done = now
    }
    #expect(rig.last.mode == .alarmStop)
    #expect(
      rig.last.signals.contains(.driveFault) || rig.last.signals.contains(.underInfusion))
  }

  @Test("R-062: F16: one step in a hundred lost at 5 mL/h is found within 15 min")
  func lostPercent() {
    var rig = Rig.infusing(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
    rig.run(minutes: 1)
    var done = rig.frame.stepCount
    var ticks = 0
    while ticks < 91_000, !rig.last.signals.contains(.driveFault) {
      rig.tick()
      if rig.frame.stepCount / 100 > done / 100 { rig.motor -= 1 }
      done = rig.frame.stepCount
      ticks += 1
    }
    #expect(ticks <= 90_100, "\(ticks)")
  }

  @Test("R-062: F16: less than one step in two hundred is made up and raises nothing")
  func lostFew() {
    var rig = Rig.infusing(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
    var done = rig.frame.stepCount
    for _ in 0..<96_000 {
      rig.tick()
      if rig.frame.stepCount / 220 > done / 220 { rig.motor -= 1 }
      done = rig.frame.stepCount
    }
    #expect(rig.last.signals.isEmpty && rig.last.mode == .infusing)
    #expect(rig.controller.telemetry.correctedSteps > 70)
  }

  @Test("R-062: F16: one step in a hundred is found though delivery is paused every minute")
  func lostBetweenPauses() {
    var rig = Rig.infusing(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
    var done = rig.frame.stepCount
    var ticks = 0
    while ticks < 100_000, !rig.last.signals.contains(.driveFault) {
      ticks += 1
      switch ticks % 6000 {
      case 0: rig.tick(.pause, by: .nurse)
      case 1 where ticks > 6000: rig.tick(.start, by: .nurse)
      default: rig.tick()
      }
      if rig.frame.stepCount / 100 > done / 100 { rig.motor -= 1 }
      done = rig.frame.stepCount
    }
    #expect(rig.commandsRefused.isEmpty)
    #expect(ticks < 96_000, "\(ticks)")
  }

  @Test("R-062: an encoder that reports itself defective stops delivery")
  func defectiveEncoder() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(100)
    rig.frame.encoderValidity = .invalid
    rig.tick()
    #expect(rig.last.signals.contains(.sensorImplausible) && rig.last.mode == .alarmStop)
  }
}
