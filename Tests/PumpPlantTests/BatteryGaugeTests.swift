// @relation(R-092, R-093, scope=file, role=Verification)
import PumpHAL
import PumpPlant
import Testing

@Suite("Battery gauge")
struct BatteryGaugeTests {
  /// Until the next reading of the gauge is in the frame; the reading, mV.
  private func next(_ pump: inout TestPump) -> Int {
    let last = pump.pump.sense().battery.sampledAt
    for _ in 0..<6001 where pump.pump.sense().battery.sampledAt == last { pump.tick() }
    return Int(pump.pump.sense().battery.value.millivolts)
  }

  @Test("R-093: a second of motion in a minute is the minute's reading; the next forgets it")
  func lowest() {
    var pump = TestPump.running(flow: 0, seconds: 1)
    pump.fail(.batteryCells, .gain, 4)
    _ = next(&pump)
    let rest = next(&pump)
    pump.flow = 60
    pump.run(seconds: 1)
    pump.flow = 0
    pump.run(seconds: 30)
    let loaded = next(&pump)
    // 80 mA and 2 mA for each newton at 2 × 0.75 Ω.
    #expect(rest - loaded >= 115 && rest - loaded <= 200, "\(rest) \(loaded)")
    #expect(abs(next(&pump) - rest) <= 2)
  }

  @Test("R-092: read with open contacts the gauge answers 0, and keeps what it held")
  func open() {
    var pump = TestPump.running(flow: 0, seconds: 1)
    pump.fail(.batteryCells, .gain, 4)
    let rest = next(&pump)
    pump.flow = 60
    pump.run(seconds: 1)
    pump.flow = 0
    pump.run(seconds: 58.8)
    pump.fail(.batteryCells, .off, lasting: 0.4)
    #expect(next(&pump) == 0 && pump.pump.isPowered)
    #expect(next(&pump) < rest - 100)
    // Open in the middle of a minute it holds nothing of it.
    pump.run(seconds: 20)
    pump.fail(.batteryCells, .off, lasting: 0.4)
    #expect(abs(next(&pump) - rest) <= 2)
  }

  @Test("Motor and alarm add up where they draw together, not where one follows the other")
  func together() {
    func reading(alarmAfter: Int, for ticks: Int) -> Int {
      var pump = TestPump.running(flow: 0, seconds: 1)
      pump.fail(.batteryCells, .gain, 9)
      _ = next(&pump)
      var frame = ActuatorFrame()
      frame.isControllerPermitting = true
      frame.isMonitorPermitting = true
      frame.stepRateBound = 4000
      let start = pump.pump.sense().stepCount
      for tick in 0..<alarmAfter + ticks {
        frame.targetSteps = start + Int64(min(tick, 49)) * 4
        frame.buzzer = tick >= alarmAfter ? .high : .off
        pump.pump.actuate(frame)
      }
      return next(&pump)
    }
    let none = reading(alarmAfter: 200, for: 0)
    let after = reading(alarmAfter: 50, for: 150)
    let meanwhile = reading(alarmAfter: 30, for: 170)
    #expect(abs(after - none) <= 5, "\(none) \(after)")
    // 40 mA more at 2 × 1.5 Ω.
    #expect(abs(none - meanwhile - 120) <= 15, "\(none) \(meanwhile)")
  }
}
