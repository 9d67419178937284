import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Attacked: what a single fault or a stray command may not do")
struct SingleFaultTests {
  @Test("R-011: keeping open never exceeds the rate that was set")
  func keepOpenRate() {
    var rig = Rig()
    // 0.3 mg/h of 6 mg/mL is 0.05 mL/h; 0.1 mL/h is asked for afterwards.
    rig.setUp(
      phases: [.basal(Dose(300_000, .mass), for: .minutes(3))], bolus: nil, keepOpen: 100_000)
    rig.tick(.start)
    rig.run(atMost: 30_000) { $0.mode == .keepOpen }
    #expect(rig.last.mode == .keepOpen)
    rig.run(10)
    #expect(rig.controller.telemetry.flow.nanolitresPerHour <= 50_001)
  }

  @Test("R-030: what is made up behind a silent encoder counts towards the caps, start after start")
  func silentEncoder() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 1)
    let before = rig.controller.telemetry.countedInHour.nanograms
    let origin = rig.frame.stepCount
    rig.isStalled = true
    for _ in 0..<20 {
      rig.run(atMost: 10_000) { $0.mode == .alarmStop }
      #expect(rig.last.signals.contains(.driveFault))
      rig.run(10)
      rig.tick(.acknowledge)
      rig.tick(.start)
    }
    let steps = rig.frame.stepCount - origin
    let counted = rig.controller.telemetry.countedInHour.nanograms - before
    #expect(steps > 500)
    // 427.5 ng a microstep; the last start's may not be counted yet.
    #expect(counted > (steps - 32) * 427, "\(counted) ng for \(steps) steps")
  }

  @Test("R-100: a titration confirmed after its phase has ended applies to nothing")
  func lateConfirmation() {
    var rig = Rig.infusing(
      phases: [
        .basal(Dose(4_200_000, .mass), for: .minutes(1)), .basal(Dose(2_100_000, .mass)),
      ], bolus: nil)
    #expect(rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1))).result == .accepted)
    rig.run(minutes: 2)
    #expect(rig.last.phase == 1)
    #expect(rig.tick(.confirm(phaseCount: 0)).result == .refusedIncomplete)
    #expect(rig.controller.telemetry.programmeFlow.nanolitresPerHour == 350_000)
  }

  @Test("A set-up throws away a titration: its confirmation is the set-up's")
  func setUpAfterTitration() {
    var rig = Rig.infusing()
    rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1)))
    rig.tick(.stop)
    rig.setUp(phases: [.basal(Dose(600_000, .mass))], bolus: nil)
    #expect(rig.last.mode == .ready)
    rig.tick(.start)
    #expect(rig.controller.telemetry.programmeFlow.nanolitresPerHour == 100_000)
  }

  @Test("A reaction reported as more than severe is severe")
  func beyondSevere() {
    var rig = Rig.infusing()
    rig.run(10)
    #expect(rig.tick(.reportReaction(severity: 200), by: .patient).result == .accepted)
    #expect(rig.last.mode == .stopped)
    #expect(rig.tick(.start, by: .nurse).result == .refusedRole)
  }

  @Test("A mass is the volume times the concentration to the nearest nanogram")
  func exactMass() {
    let conversions = Conversions(
      boreArea: Area(squareMicrometres: 554_046_000), microstepTravel: Length(nanometres: 250),
      concentration: Concentration(nanogramsPerMillilitre: 25_000_000),
      bodyMass: BodyMass(grams: 70_000))
    for (whole, fraction) in [
      (Int64(1), UInt64(0)), (12_345, UInt64(12_345) << 48), (400_001, UInt64.max),
    ] {
      let steps = Double(whole) + Double(fraction) / 18_446_744_073_709_551_616
      let exact = steps * 554.046 * 0.25 * 25
      let mass = conversions.nanograms(in: StepAmount(whole: whole, fraction: fraction))
      #expect(abs(Double(mass) - exact) <= 0.51, "\(mass) ng, \(exact) ng")
    }
  }
}
