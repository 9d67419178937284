// @relation(R-001, R-083, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Step scheduling")
struct StepSchedulingTests {
  /// Microsteps that a flow makes in so many ticks, floor of the exact rational.
  private func exact(_ nanolitresPerHour: Int64, _ ticks: Int64) -> Int64 {
    // BD 20: 285.023 mm² × 250 nm = 71 255.75 pL a microstep.
    let numerator = Int128(nanolitresPerHour) * 1_000_000_000 * Int128(ticks)
    return Int64(numerator / (Int128(71_255_750_000) * 360_000))
  }

  @Test(
    "R-001: steps stay within one microstep of the exact volume at every tick",
    arguments: [(50_000, 72 * 360_000), (10_000_000, 360_000), (700_000, 2 * 360_000)])
  func staysExact(nanolitresPerHour: Int64, ticks: Int64) {
    var rig = Rig()
    let dose = Dose(nanolitresPerHour * 1000, .volume)
    rig.setUp(
      phases: [.basal(dose, for: Ticks(count: ticks))], bolus: nil, flow: 10_000_000,
      libraryRate: 1_000_000_000)
    rig.tick(.start)
    #expect(rig.commandsRefused.isEmpty)
    // The first tick waits for its mark in the journal.
    let origin = rig.frame.stepCount
    while rig.last.actuator.targetSteps == 0 && rig.controller.account.delivered.isZero {
      rig.tick()
    }
    var worst: Int64 = 0
    for count in 2..<ticks {
      rig.tick()
      worst = max(worst, abs(rig.steps(since: origin) - exact(nanolitresPerHour, count)))
    }
    #expect(worst <= 1)
  }

  @Test("R-001: a loading dose and a basal by body mass give exactly what they add up to")
  func programmeAddsUp() {
    var rig = Rig.infusing(phases: [
      .loading(Dose(50_000, .massPerKilogram), over: .minutes(15)),
      .basal(Dose(60_000, .massPerKilogram), for: .hours(1)),
    ])
    #expect(rig.commandsRefused.isEmpty)
    let end = rig.run(atMost: 500_000) { $0.mode == .complete }
    // 15 min and 60 min, a tick for the mark, and rounding at the end of each phase.
    #expect((end.map { abs($0 - 450_000) } ?? .max) <= 4)
    let view = rig.controller.telemetry
    #expect(abs(view.loadingMass.nanograms - 3_500_000) <= 1)
    #expect(abs(view.basalMass.nanograms - 4_200_000) <= 1)
    #expect(abs(view.dispensedVolume.picolitres - 7_700_000_000 / 6) <= 1)
  }

  @Test("The smallest and the largest ratio divide to 2^-64")
  func divides() {
    #expect(Wide(low: 1).divided(by: Wide(low: 3)).fraction == 0x5555_5555_5555_5555)
    #expect(Wide(low: 7).divided(by: Wide(low: 2)) == StepAmount(whole: 3, fraction: 1 << 63))
    let large = Wide(1 << 40, times: 1 << 50)
    #expect(large.divided(by: Wide(low: 1 << 60)) == StepAmount(whole: 1 << 30))
    #expect(large.divided(by: Wide(low: 1)) == StepAmount(whole: 1 << 62))
  }

  @Test("Programme time stands still while paused, and nothing is made up")
  func pauseMakesNothingUp() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 10)
    let before = rig.controller.telemetry.dispensedVolume.picolitres
    rig.tick(.pause, by: .nurse)
    rig.run(minutes: 30)
    #expect(rig.controller.telemetry.dispensedVolume.picolitres == before)
    rig.tick(.start, by: .nurse)
    rig.run(minutes: 10)
    let after = rig.controller.telemetry.dispensedVolume.picolitres - before
    // 0.7 mL/h for 10 min is 116.667 µL; two ticks are lost to the mark.
    #expect(abs(after - 116_666_667) < 10_000)
  }

  @Test("R-083: an overrun is delivered up to the dead man's 250 ms and not beyond")
  func overrun() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(100)
    let before = rig.controller.account.basal
    rig.tick(elapsed: 10)
    let ten = rig.controller.account.basal - before
    rig.tick(elapsed: 90)
    let ninety = rig.controller.account.basal - before - ten
    let rate = rig.controller.programme.rate
    #expect(ten == rate.times(10))
    #expect(ninety == rate.times(25))
  }
}
