// @relation(R-048, R-049, R-067, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Detectors of line and plunger")
struct DetectorTests {
  /// Force on a plunger that slides forward in a 20 mL syringe at `pressure` mmHg, µN.
  static func sliding(_ pressure: Double) -> Int32 {
    Int32(4_500_000 + pressure * 133.322 * 285.023)
  }

  // MARK: Vacuum

  @Test("R-067: ALM02: 150 mmHg of vacuum at the plunger stop delivery after 10 s")
  func vacuum() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.force = { _ in Self.sliding(-150) }
    let ticks = rig.run(atMost: 3000) { $0.signals.contains(.plungerVacuum) }
    #expect(ticks.map { $0 >= 1000 && $0 <= 1020 } == true)
    #expect(rig.last.mode == .alarmStop)
  }

  @Test("R-067: ALM02: vacuum of 9 s is none")
  func shortVacuum() {
    var rig = Rig.infusing()
    rig.run(minutes: 1)
    rig.force = { _ in Self.sliding(-150) }
    rig.run(900)
    rig.force = { _ in Self.sliding(0) }
    rig.run(1000)
    #expect(rig.last.signals.isEmpty)
  }

  @Test(
    "R-067: ALM02: nothing at 0.8 m of head either way, before the plunger is reached, and at rest",
    arguments: [-59.0, 59.0, 0.0])
  func noVacuum(pressure: Double) {
    var rig = Rig.infusing()
    // An unpurged plunger feels nothing yet: -118 mmHg if friction were taken for granted.
    rig.force = { _ in 0 }
    rig.run(minutes: 1)
    #expect(rig.last.signals.isEmpty)
    rig.force = { _ in Self.sliding(pressure) }
    rig.run(minutes: 1)
    rig.tick(.stop)
    rig.force = { _ in Self.sliding(pressure) - 9_000_000 }
    rig.run(minutes: 1)
    #expect(!rig.last.signals.contains(.plungerVacuum))
  }

  @Test("R-067: ALM02: after 1.7 mm and the backlash the plunger is taken for reached")
  func reachedByTravel() {
    var rig = Rig.infusing(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
    rig.force = { _ in Self.sliding(-150) }
    let origin = rig.frame.stepCount
    rig.run(atMost: 60_000) { $0.signals.contains(.plungerVacuum) }
    // 1.8 mm are 7200 steps; the ten seconds of vacuum at 5 mL/h another 195.
    #expect((7_395...7_420).contains(rig.frame.stepCount - origin))
  }

  @Test("R-067: ALM02: what is beyond twice the friction is vacuum wherever the plunger came from")
  func certainVacuum() {
    var rig = Rig.infusing()
    // 3.8 N of vacuum, 9 N of friction and 0.5 N of the cell make 13.3 N.
    rig.force = { _ in -13_200_000 }
    rig.run(minutes: 1)
    #expect(!rig.last.signals.contains(.plungerVacuum))
    rig.force = { _ in -13_500_000 }
    rig.run(1100)
    #expect(rig.last.signals.contains(.plungerVacuum))
  }

  // MARK: Pressure that falls away

  /// A delivery at 350 mmHg that holds for two minutes and falls to `pressure` mmHg.
  private func falling(from high: Double, to pressure: Double) -> Rig {
    var rig = Rig.infusing()
    rig.force = { _ in Self.sliding(high) }
    rig.run(minutes: 2)
    rig.force = { _ in Self.sliding(pressure) }
    rig.run(1000)
    return rig
  }

  @Test("R-048: 60 % of a pressure that means something, gone within 10 s, warns and goes on")
  func lineOff() {
    let rig = falling(from: 400, to: 5)
    #expect(rig.last.signals.contains(.lineDisconnected) && rig.last.mode == .infusing)
  }

  @Test("R-048: what the patient's posture and a sticking plunger can do is no line that came off")
  func lineStillOn() {
    // 198 mmHg is the least fall that counts in this syringe, of at least 330 mmHg.
    for (high, low) in [(320.0, 5.0), (400.0, 200.0), (118.0, 0.0), (59.0, -59.0)] {
      #expect(falling(from: high, to: low).last.signals.isEmpty, "\(high) to \(low) mmHg")
    }
  }

  @Test("R-048: just 60 % of the least pressure that means something is a line that came off")
  func fallAtTheBound() {
    var prescription = Prescription()
    prescription.syringe.boreArea = Area(squareMicrometres: 50_000_000)
    // 0.1 N over 50 mm² and 15 763 Pa of posture: a fall of 17 763 Pa, from 29 605.
    for (high, low, isOff) in [
      (29_605, 11_842, true), (29_605, 11_843, false), (29_604, 11_841, false),
    ] as [(Int64, Int64, Bool)] {
      var watch = LineOpenWatch()
      watch.configure(prescription)
      var isFound = false
      for _ in 0..<650 where watch.sample(high, flow: 700_000) { isFound = true }
      #expect(!isFound)
      for _ in 0..<10 where watch.sample(low, flow: 700_000) { isFound = true }
      #expect(isFound == isOff, "\(high) to \(low) Pa")
    }
  }

  @Test("R-048: a peak counts for ten seconds, and no longer")
  func peakIsForgotten() {
    var prescription = Prescription()
    prescription.syringe.boreArea = Area(squareMicrometres: 50_000_000)
    for (half, isOff) in [(20, true), (21, false)] {
      var watch = LineOpenWatch()
      watch.configure(prescription)
      for _ in 0..<600 { _ = watch.sample(60_000, flow: 700_000) }
      var isFound = false
      for second in 1...half {
        // Half of the peak is no fall, 38 % of it is; against the half it is none.
        let pressure: Int64 = second == 1 ? 60_000 : second == half ? 23_000 : 30_000
        for _ in 0..<5 where watch.sample(pressure, flow: 700_000) { isFound = true }
      }
      #expect(isFound == isOff, "\(half) half seconds")
    }
  }

  @Test("R-048: pressure that goes slowly is no line that came off")
  func slowFall() {
    var rig = Rig.infusing()
    for step in 0..<60 {
      rig.force = { _ in Self.sliding(400 - Double(step) * 6) }
      rig.run(300)
    }
    #expect(rig.last.signals.isEmpty)
  }

  @Test("R-048: a flow that changes takes its pressure with it")
  func changedFlow() {
    var rig = Rig.infusing()
    rig.force = { _ in Self.sliding(400) }
    rig.run(minutes: 2)
    rig.tick(.titrate(dose: Dose(2_000_000, .mass), per: .hours(1)))
    rig.tick(.confirm(phaseCount: 0))
    rig.force = { _ in Self.sliding(5) }
    rig.run(minutes: 2)
    #expect(rig.commandsRefused.isEmpty && rig.last.signals.isEmpty)
  }

  @Test("R-048: the lowest flow is worked out from syringe and set, and said where there is none")
  func lowestFlow() {
    let rig = Rig.infusing()
    // (0.65 × 4.5 N + 0.1 N) / 285.023 mm² and 118 mmHg, over 0.6: 44 000 Pa; 58 Pa per mL/h.
    let least = rig.controller.detectors.lineOpen.leastBaseline
    #expect(abs(least - 43_950) < 200)
    #expect(rig.controller.telemetry.lineOpenFlow == nil)
    #expect(abs(rig.controller.detectors.lineOpen.lowestFlow - least * 1_000_000 / 58) < 1000)
  }

  // MARK: Air

  private func airRig() -> Rig {
    var capabilities = Rig.capabilities
    capabilities.sensors.insert(.air)
    var rig = Rig(capabilities: capabilities)
    rig.frame.air = Reading(0, .valid, sampledAt: 0)
    rig.setUp(phases: [.basal(Dose(30_000_000, .mass), for: .hours(3))], bolus: nil)
    rig.tick(.start)
    return rig
  }

  @Test("R-049: a bubble above 200 µL stops delivery, one of 200 µL does not")
  func bubble() {
    var rig = airRig()
    rig.frame.air.value = 200
    rig.run(minutes: 1)
    #expect(rig.last.signals.isEmpty)
    rig.frame.air.value = 201
    let ticks = rig.run(atMost: 100) { $0.signals.contains(.airInLine) }
    #expect(ticks != nil && rig.last.mode == .alarmStop)
    rig.tick(.acknowledge, by: .nurse)
    rig.run(2)
    #expect(rig.last.signals.isEmpty)
  }

  @Test("R-049: foam is one bubble, two with 1 mL of fluid between are two")
  func foam() {
    var rig = airRig()
    // 5 mL/h: 0.9 mL of fluid takes 648 s, 1.1 mL takes 792 s.
    rig.frame.air.value = 150
    rig.run(64_800)
    rig.frame.air.value = 190
    rig.run(100)
    #expect(rig.last.signals.isEmpty)
    rig.run(79_200)
    rig.frame.air.value = 340
    rig.run(100)
    #expect(rig.last.signals.isEmpty, "1.1 mL have passed since")
    rig.run(60_000)
    rig.frame.air.value = 391
    rig.run(100)
    #expect(rig.last.signals.contains(.airInLine), "150 and 51 µL with 0.83 mL between")
  }

  @Test("R-049: an air detector that goes silent stops delivery")
  func silentDetector() {
    var rig = airRig()
    rig.run(100)
    rig.airIsSilent = true
    let ticks = rig.run(atMost: 400) { $0.signals.contains(.sensorImplausible) }
    #expect(ticks.map { $0 <= 210 } == true && rig.last.mode == .alarmStop)
  }
}
