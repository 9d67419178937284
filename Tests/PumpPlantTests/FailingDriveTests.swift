import PumpHAL
import PumpPlant
import Testing

@Suite("Failing components: drive, fluid and surroundings")
struct FailingDriveTests {
  @Test("A motor that runs away turns at full speed while the monitor permits, and not without")
  func runaway() {
    var pump = TestPump.running(flow: 0, seconds: 1)
    pump.fail(.motor, .wrong, 1)
    let before = pump.truth.stepsDone
    var frame = ActuatorFrame()
    frame.isControllerPermitting = true
    pump.pump.actuate(frame)
    #expect(pump.truth.stepsDone == before)
    frame.isControllerPermitting = false
    frame.isMonitorPermitting = true
    for _ in 0..<10 { pump.pump.actuate(frame) }
    // 4000 steps a second.
    #expect(pump.truth.stepsDone - before == 400)
    // The counter counts what was sent; the encoder sees what the motor did: 400 · 1600 / 3200.
    #expect(pump.pump.sense().stepCount == 0)
    #expect(pump.pump.sense().encoderCount == 200)
  }

  @Test("A nut that slips lets the motor turn and the carriage stand")
  func nut() {
    var pump = TestPump.running(flow: 60, seconds: 10)
    let before = pump.pump.sense()
    let truth = pump.truth
    pump.fail(.nut, .off)
    pump.run(seconds: 30)
    let after = pump.pump.sense()
    #expect(after.encoderCount - before.encoderCount > 3000)
    // The lead error of 5 µm still moves it to and fro; the sensor's step is 17 µm.
    #expect(abs(after.carriage.value - before.carriage.value) <= 34)
    // What line and syringe had stored at this flow runs out; the motor's turns would be 500 µL.
    #expect(pump.truth.infusedVolume - truth.infusedVolume < 40)
  }

  @Test("A nut that slips by a tenth moves nine tenths of the way")
  func slipping() {
    var sound = TestPump.running(flow: 60, seconds: 10)
    var worn = sound
    worn.fail(.nut, .gain, -0.1)
    let before = sound.truth.infusedVolume
    sound.run(seconds: 300)
    worn.run(seconds: 300)
    let share = (worn.truth.infusedVolume - before) / (sound.truth.infusedVolume - before)
    #expect(abs(share - 0.9) < 0.005)
  }

  @Test("A motor that is off draws nothing, one that is jammed draws what a stalled one does")
  func motor() {
    var off = TestPump.running(flow: 60, seconds: 10)
    var jammed = off
    let steps = off.truth.stepsDone
    off.fail(.motor, .off)
    jammed.fail(.motor, .stuck)
    off.run(seconds: 1)
    jammed.run(seconds: 1)
    #expect(off.truth.stepsDone == steps && jammed.truth.stepsDone == steps)
    #expect(off.pump.sense().motorCurrent.value == 0)
    // 80 mA + 2 mA/N · 70 N.
    #expect(jammed.pump.sense().motorCurrent.value == 220)
  }

  @Test("A spring that lets go pushes 0.5 mL out, which all reaches the tissue")
  func spring() {
    var sound = TestPump.running { $0.syringe.friction = 4.5 }
    var sprung = sound
    sprung.fail(.plunger, .offset, 500)
    sprung.run(seconds: 1)
    #expect(sprung.truth.linePressure > 200)
    sprung.run(seconds: 299)
    sound.run(seconds: 300)
    let extra = sprung.truth.infusedVolume - sound.truth.infusedVolume
    #expect(abs(extra - 500) < 5)
    #expect(abs(sound.truth.syringeVolume - sprung.truth.syringeVolume - 500) < 5)
    // What was pushed out does not come back when the spring is mended.
    sprung.pump.clear(.component(.plunger, nil))
    sprung.run(seconds: 60)
    sound.run(seconds: 60)
    #expect(sprung.truth.infusedVolume - sound.truth.infusedVolume > 490)
  }

  @Test("A jammed plunger stands while the thrust grows until the motor loses steps")
  func jammedPlunger() {
    var pump = TestPump.running(flow: 60, seconds: 10)
    let before = pump.truth
    pump.fail(.plunger, .stuck)
    pump.run(seconds: 60)
    #expect(pump.truth.plungerPosition == before.plungerPosition)
    // The motor stalls at 70 N.
    #expect(abs(pump.truth.thrust - 70) < 0.5)
  }

  @Test("R-067: an unheld plunger under 2 m of fluid runs off by gravity; a held one does not")
  func siphon() {
    func infused(isFree: Bool) -> Double {
      var pump = TestPump.running(flow: 0, seconds: 10) { $0.syringe.friction = 2 }
      pump.pump.inject(.height(metres: 2))
      if isFree { pump.fail(.plunger, .off) }
      pump.run(seconds: 600)
      #expect(pump.pump.sense().syringe.value.isPlungerCaptured != isFree)
      return pump.truth.infusedVolume
    }
    // What compliance gives: 148 mmHg · 0.6 µL/mmHg and the drive's spring.
    #expect(infused(isFree: false) < 150)
    #expect(infused(isFree: true) > 2000)
  }

  @Test("Suction at the site draws the line below -100 mmHg, and pressure raises it as far")
  func tissuePressure() {
    var pump = TestPump.running(flow: 0.5) { $0.syringe.friction = 4.5 }
    pump.pump.inject(.tissuePressure(mmHg: -200, ramp: 10))
    pump.run(seconds: 600)
    // The depot follows slowly: 1000 µL/mmHg through 0.46 µL/s/mmHg and more.
    #expect(pump.truth.linePressure < -100 && pump.truth.linePressure > -240)
    #expect(pump.truth.thrust < 0)
    pump.pump.clear(.tissuePressure)
    pump.pump.inject(.tissuePressure(mmHg: 200, ramp: 0))
    pump.run(seconds: 3600)
    #expect(pump.truth.tissuePressure > 100 && pump.truth.tissuePressure < 210)
  }

  @Test("A syringe that is taken out gives nothing and is seen to be out; put back it flows")
  func removed() {
    var pump = TestPump.running(flow: 20)
    pump.pump.inject(.syringeRemoved)
    pump.run(seconds: 10)
    let out = pump.pump.sense().syringe.value
    #expect(!out.isBarrelClamped && !out.isFlangeSeated && !out.isPlungerCaptured)
    #expect(pump.truth.thrust == 0)
    let before = pump.truth.infusedVolume
    pump.run(seconds: 60)
    // What was stored runs out; the motor's turns would be 333 µL.
    #expect(abs(pump.truth.infusedVolume - before) < 40)
    pump.pump.clear(.syringeRemoved)
    pump.run(seconds: 60)
    #expect(pump.pump.sense().syringe.value.isSecure)
    // 20 mL/h for 60 s are 333 µL.
    #expect(pump.truth.infusedVolume - before > 250)
  }

  @Test(
    "Water at 5 °C takes 1.519/1.002 of the pressure that it takes at 20 °C, through the needle")
  func viscosity() {
    func drop(_ warmer: Double) -> Double {
      var pump = TestPump.running(flow: 10, seconds: 1)
      pump.fail(.ambient, .offset, warmer)
      pump.run(seconds: 1200)
      return (pump.truth.hubPressure - pump.truth.tissuePressure) / pump.truth.needleFlow
    }
    let at20 = drop(0)
    #expect(abs(drop(-15) / at20 - 1.519 / 1.002) < 0.005)
    #expect(abs(drop(10) / at20 - 0.7975 / 1.002) < 0.005)
    #expect(abs(drop(30) / at20 - 0.5468 / 1.002) < 0.005)
  }

  @Test("A kinked line is closed for its share of each period")
  func kink() {
    var pump = TestPump.running(flow: 10)
    pump.fail(.line, .intermittent, 0.5, period: 20)
    pump.run(seconds: 9)
    #expect(pump.truth.hubPressure < 5)
    let high = pump.truth.linePressure
    pump.run(seconds: 10)
    #expect(pump.truth.linePressure < high / 2)
  }

  @Test("An anti-siphon valve that stays open lets the line run below its cracking pressure")
  func valve() {
    let sound = TestPump.running(flow: 2, seconds: 600) { $0.line.crackPressure = 75 }
    #expect(abs(sound.truth.linePressure - 75) < 5)
    var open = sound
    open.fail(.valve, .off)
    open.run(seconds: 60)
    #expect(open.truth.linePressure < 10)
    var shut = sound
    shut.fail(.valve, .stuck)
    shut.run(seconds: 60)
    #expect(shut.truth.needleFlow < 0.01)
    #expect(shut.truth.linePressure > 100)
  }
}
