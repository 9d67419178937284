import PumpHAL
import PumpPlant
import Testing

@Suite("Failing components: sensors")
struct FailingSensorTests {
  private func force(_ pump: inout TestPump) -> Double {
    Double(pump.pump.sense().force.value) * 1e-6
  }

  @Test("A gain that drifts by -30 % within 100 s has half of it after 50 s")
  func gain() {
    var pump = TestPump.running { $0.syringe.friction = 4.5 }
    pump.fail(.forceCell, .gain, -0.3, ramp: 100)
    pump.run(seconds: 50)
    #expect(abs(force(&pump) / pump.truth.thrust - 0.85) < 0.005)
    pump.run(seconds: 60)
    #expect(abs(force(&pump) / pump.truth.thrust - 0.70) < 0.005)
  }

  @Test("A sensor that is off says so and grows old; one that is stuck looks well and fresh")
  func offAndStuck() {
    var off = TestPump.running()
    var stuck = off
    let before = off.pump.sense()
    off.fail(.carriageSensor, .off)
    stuck.fail(.carriageSensor, .stuck)
    off.run(seconds: 600)
    stuck.run(seconds: 600)
    let silent = off.pump.sense()
    #expect(silent.carriage.validity == .invalid)
    #expect(silent.carriage.sampledAt == before.carriage.sampledAt)
    let same = stuck.pump.sense()
    #expect(same.carriage.value == before.carriage.value)
    #expect(same.carriage.isFresh(at: same.tick, within: 10))
    // 5 mL/h for 10 min are 833 µL, 2.9 mm in this bore.
    off.pump.clear(.component(.carriageSensor, nil))
    off.run(seconds: 1)
    #expect(off.pump.sense().carriage.value - before.carriage.value > 2700)
  }

  @Test("A slow sensor lags by its time constant; a late one has its age")
  func slowAndLate() {
    var sound = TestPump.running(flow: 0, seconds: 10)
    var slow = sound
    slow.fail(.thermometer, .slow, 100)
    slow.run(seconds: 1)
    sound.run(seconds: 1)
    slow.fail(.ambient, .offset, 30)
    sound.fail(.ambient, .offset, 30)
    slow.run(seconds: 3600)
    sound.run(seconds: 3600)
    var late = TestPump.running(seconds: 10)
    late.fail(.carriageSensor, .delayed, 5)
    var oldest: UInt32 = 0
    for _ in 0..<2000 {
      late.tick()
      let frame = late.pump.sense()
      oldest = max(oldest, frame.carriage.age(at: frame.tick))
    }
    #expect(oldest >= 490 && oldest <= 520)
    #expect(late.pump.sense().carriage.validity == .valid)
    // The case follows the air with 30 min; after an hour it rises by 30 °C · e^-2 / 1800 s, and the
    // sensor is 100 s of that behind: 0.23 °C.
    let behind = sound.pump.sense().temperature.value - slow.pump.sense().temperature.value
    #expect(abs(Double(behind) / 100 - 0.23) < 0.05)
  }

  @Test("A wrong reading is the one that was given, whatever is the case")
  func wrong() {
    var pump = TestPump.running()
    pump.fail(.thermometer, .wrong, 60)
    pump.fail(.sizer, .wrong, 26.5)
    pump.run(seconds: 1)
    #expect(pump.pump.sense().temperature.value == 6000)
    #expect(pump.pump.sense().syringe.value.barrelDiameter == 2650)
  }

  @Test("Contacts: off is open, wrong the opposite, intermittent open for its share")
  func contacts() {
    var pump = TestPump.running(seconds: 1)
    pump.fail(.barrelClamp, .off)
    pump.fail(.flangeSensor, .wrong)
    pump.fail(.plungerSensor, .intermittent, 0.3, period: 10)
    var open = 0
    for _ in 0..<100 {
      pump.run(seconds: 0.1)
      let seen = pump.pump.sense().syringe.value
      #expect(!seen.isBarrelClamped && !seen.isFlangeSeated)
      if !seen.isPlungerCaptured { open += 1 }
    }
    #expect(abs(open - 30) <= 1)
  }

  @Test("An encoder that loses half its counts counts half, one wired wrongly counts backwards")
  func encoder() {
    var half = TestPump.running(flow: 60, seconds: 0)
    var backwards = half
    var sound = half
    half.fail(.encoder, .gain, -0.5)
    backwards.fail(.encoder, .wrong)
    for _ in 0..<1000 {
      half.tick()
      backwards.tick()
      sound.tick()
    }
    let counts = sound.pump.sense().encoderCount
    #expect(counts > 1000)
    #expect(abs(half.pump.sense().encoderCount * 2 - counts) <= 2)
    #expect(backwards.pump.sense().encoderCount == -counts)
    #expect(half.truth.infusedVolume == sound.truth.infusedVolume)
  }

  @Test("A step counter that jumps by 0.1 mm has 400 microsteps too many, and keeps counting")
  func stepCounter() {
    var pump = TestPump.running(flow: 60, seconds: 1)
    let before = pump.pump.sense().stepCount
    pump.fail(.stepCounter, .offset, 0.1)
    #expect(pump.pump.sense().stepCount - before == 400)
    var sound = TestPump.running(flow: 60, seconds: 1)
    pump.run(seconds: 5)
    sound.run(seconds: 5)
    #expect(pump.pump.sense().stepCount - sound.pump.sense().stepCount == 400)
    #expect(pump.truth.stepsDone == sound.truth.stepsDone)
  }

  @Test("Interference disturbs about as often as its period says, and no dose")
  func interference() {
    var pump = TestPump.running(seconds: 1)
    var sound = pump
    pump.fail(.interference, .noise, 0.2, period: 2)
    var spikes = 0
    for _ in 0..<2000 {
      for _ in 0..<10 {
        pump.tick()
        sound.tick()
      }
      if abs(pump.pump.sense().force.value - sound.pump.sense().force.value) > 1_000_000 {
        spikes += 1
      }
    }
    // 200 s, one in 2 s: 100, and three times the square root of that.
    #expect(abs(spikes - 100) < 30)
    #expect(pump.truth.infusedVolume == sound.truth.infusedVolume)
  }

  @Test("A wall clock jumps, stands, runs fast, and without its cell forgets the time")
  func clock() {
    let start: Int64 = 1_770_000_000_000
    let sound = TestPump.running(seconds: 0) { $0.wallClockStart = start }
    func after(_ seconds: Double, _ change: (inout TestPump) -> Void) -> WallClockReading {
      var pump = sound
      change(&pump)
      pump.run(seconds: seconds)
      return pump.pump.sense().wallClock.value
    }
    let calm = after(600) { _ in }.unixMilliseconds
    #expect(calm == start + 600_000)
    #expect(after(600) { $0.fail(.wallClock, .offset, -3600) }.unixMilliseconds == calm - 3_600_000)
    #expect(after(600) { $0.fail(.wallClock, .stuck) }.unixMilliseconds == start)
    #expect(abs(after(600) { $0.fail(.wallClock, .gain, 0.01) }.unixMilliseconds - calm - 6000) < 2)
    let forgotten = after(600) {
      $0.fail(.clockCell, .off)
      $0.run(seconds: 1)
      #expect($0.pump.sense().faults.contains(.clock))
      #expect($0.pump.sense().wallClock.value.isSet)
      $0.pump.inject(.powerLoss(duration: 5))
    }
    #expect(!forgotten.isSet)
    #expect(forgotten.unixMilliseconds < 1_000_000)
  }

  @Test("A stuck key is down, one that bounces is down for its share of the time")
  func keys() {
    var pump = TestPump.running(seconds: 1)
    pump.fail(.stopKey, .stuck)
    pump.fail(.bolusKey, .intermittent, 0.5, period: 0.1)
    var down = 0
    for _ in 0..<1000 {
      pump.tick()
      #expect(pump.pump.sense().keys.contains(.stop))
      if pump.pump.sense().keys.contains(.bolus) { down += 1 }
    }
    #expect(down == 500)
    pump.pump.clear(.component)
    #expect(pump.pump.sense().keys.isEmpty)
  }

  @Test(
    "An air detector that misses air looks well; one that sees too much counts what is not there")
  func air() {
    func seen(_ kind: FailureKind?, _ amount: Double) -> UInt16 {
      var pump = TestPump.running(flow: 60, seconds: 10) { $0.hasAirDetector = true }
      if let kind { pump.fail(.airDetector, kind, amount) }
      pump.pump.inject(.bubble(volume: 100))
      pump.run(seconds: 60)
      return pump.pump.sense().air.value
    }
    #expect(abs(Int(seen(nil, 0)) - 100) <= 1)
    #expect(abs(Int(seen(.gain, -0.9)) - 10) <= 1)
    #expect(abs(Int(seen(.offset, 250)) - 350) <= 1)
    #expect(seen(.stuck, 0) == 0)
  }
}
