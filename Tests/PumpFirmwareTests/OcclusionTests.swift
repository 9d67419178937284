// @relation(R-040, R-041, R-042, R-043, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Occlusion")
struct OcclusionTests {
  /// Force behind a blocked needle: friction plus pressure, stiffness 0.77 µL/mmHg in all.
  ///
  /// Direction of friction follows the motion, as on a real plunger.
  static func blocked(from origin: Int64) -> (Int64) -> Int32 {
    { steps in
      let nanolitres = Double(steps - origin) * 71.25575
      let millimetres = max(0, nanolitres / 770)
      let pascals = millimetres * 133.322
      return Int32(4_500_000 + pascals * 285.023)
    }
  }

  @Test("R-041, R-042: the alarm comes at the limit, within 30 % of its prediction, and stops")
  func alarm() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    let predicted = Int64(rig.last.predictedTimeToAlarm)
    // 540 mmHg × 0.77 µL/mmHg at 0.7 mL/h is 2138 s.
    #expect(abs(predicted - 2138) < 60)
    rig.force = Self.blocked(from: rig.frame.stepCount)
    let ticks = rig.run(atMost: 400_000) { $0.signals.contains(.downstreamOcclusion) }
    #expect(ticks.map { abs($0 / 100 - 2138) < 30 } == true)
    #expect(rig.last.mode == .retracting)
  }

  @Test("R-043: it draws back what was stored, stays stopped, and needs an operator")
  func retraction() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    let origin = rig.frame.stepCount
    rig.force = Self.blocked(from: origin)
    rig.run(atMost: 400_000) { $0.mode == .retracting }
    // On the way back friction helps the spring: the cell reads twice the friction less.
    let peak = rig.frame.stepCount
    rig.force = { steps in
      let nanolitres = Double(steps - origin) * 71.25575
      let pascals = max(0, nanolitres / 770) * 133.322
      let turn = min(1, Double(peak - steps) / 500)
      return Int32(4_500_000 - 9_000_000 * turn + pascals * 285.023)
    }
    let ended = rig.run(atMost: 20_000) { $0.mode == .alarmStop }
    #expect(ended != nil)
    let left = Double(rig.frame.stepCount - origin) * 71.25575 / 1000
    // At the end 20 mmHg may stand, 15 µL; the estimate may miss by 3 %.
    #expect(left > -15 && left < 40)
    #expect(rig.last.signals.contains(.downstreamOcclusion))
    #expect(rig.tick(.start, by: .nurse).result == .refusedAlarm)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.tick(.start, by: .nurse).result == .accepted)
    #expect(rig.controller.telemetry.retractedVolume.picolitres > 380_000_000)
  }

  @Test("R-043: what a retraction took back is given again before the programme ends")
  func retractionIsMadeGood() {
    var rig = Rig.infusing(phases: [.basal(Dose(4_200_000, .mass), for: .hours(2))], bolus: nil)
    rig.run(minutes: 30)
    rig.force = Self.blocked(from: rig.frame.stepCount)
    rig.run(atMost: 400_000) { $0.mode == .alarmStop }
    rig.force = { _ in 4_500_000 }
    rig.run(100)
    rig.tick(.acknowledge, by: .nurse)
    rig.tick(.start, by: .nurse)
    rig.run(atMost: 800_000) { $0.mode == .complete }
    #expect(rig.last.mode == .complete)
    #expect(abs(rig.controller.telemetry.dispensedMass.nanograms - 8_400_000) <= 2)
  }

  @Test("A stop during retraction stops it")
  func stopWhileRetracting() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    rig.force = Self.blocked(from: rig.frame.stepCount)
    rig.run(atMost: 400_000) { $0.mode == .retracting }
    rig.run(10)
    let target = rig.last.actuator.targetSteps
    rig.tick(.stop, by: .patient)
    rig.run(100)
    #expect(rig.last.actuator.targetSteps == target && rig.last.mode == .stopped)
  }

  @Test("R-041: one spike of the force cell is no occlusion")
  func spike() {
    var rig = Rig.infusing()
    rig.run(minutes: 5)
    rig.force = { _ in 60_000_000 }
    rig.run(30)
    rig.force = { _ in 4_500_000 }
    rig.run(100)
    #expect(rig.last.signals.isEmpty && rig.last.mode == .infusing)
  }

  @Test("R-040: pressure at the limit counts, a pascal below it does not")
  func atTheLimit() {
    for (pressure, isAlarm) in [(71_994, true), (71_993, false)] as [(Int32, Bool)] {
      var watch = OcclusionWatch()
      // A newton a square millimetre: a micronewton is a pascal.
      watch.boreArea = 1_000_000
      watch.limit = Pressure(pascals: 71_994)
      watch.microstepVolume = 250_000_000
      var isFound = false
      for _ in 0..<20 where watch.sample(force: pressure, position: 0, isDelivering: true) {
        isFound = true
      }
      #expect(isFound == isAlarm, "\(pressure) Pa")
    }
  }

  @Test("R-043: the baseline may rise by 50 mmHg for each mL delivered, and no faster")
  func baselineRise() {
    /// A watch on the 20 mL syringe that was at no pressure, and a mL later at this one, Pa.
    func baseline(after pressure: Int64) -> Int64 {
      var watch = OcclusionWatch()
      watch.boreArea = Rig.bd20.boreArea.rawValue
      watch.limit = Pressure(pascals: 71_994)
      watch.microstepVolume = watch.boreArea * Rig.capabilities.microstepTravel.rawValue
      let steps = 1_000_000_000_000_000 / watch.microstepVolume
      for (position, pressure) in [(0, 0), (steps, pressure)] as [(Int64, Int64)] {
        let force = pressure * watch.boreArea / 1_000_000
        let isAlarm = watch.sample(force: Int32(force), position: position, isDelivering: true)
        #expect(!isAlarm)
      }
      return watch.baseline
    }
    #expect((5_990...6_010).contains(baseline(after: 6_000)))
    #expect(baseline(after: 7_500) == 0)
  }
}
