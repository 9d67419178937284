import PumpHAL
import PumpPlant
import Testing

@Suite("Simulated pump")
struct SimulatedPumpTests {
  private func frame(
    target: Int64, bound: UInt32 = 4000, controller: Bool = true,
    monitor: Bool = true
  ) -> ActuatorFrame {
    var frame = ActuatorFrame()
    frame.targetSteps = target
    frame.stepRateBound = bound
    frame.isControllerPermitting = controller
    frame.isMonitorPermitting = monitor
    return frame
  }

  @Test("It declares itself simulated, stepped and able to run faster than real time")
  func capabilities() {
    let capabilities = SimulatedPump(.standard).capabilities
    #expect(capabilities.origin == .simulated)
    #expect(capabilities.commanding == .stepped)
    #expect(capabilities.canRunFasterThanRealTime)
    #expect(capabilities.microstepTravel.nanometres == 250)
    #expect(capabilities.microstepsPerRevolution == 3200)
    #expect(capabilities.encoderCountsPerRevolution == 1600)
    #expect(capabilities.stallForce == 70_000_000)
    #expect(capabilities.forceFullScale == 100_000_000)
    #expect(capabilities.stiffness.newtonsPerMetre == 60_000)
    #expect(capabilities.backlash.nanometres == 100_000)
    #expect(capabilities.deadManMilliseconds == 250)
  }

  @Test("The motor moves only where both permits are given", arguments: [0, 1, 2, 3])
  func permits(bits: Int) {
    var pump = SimulatedPump(.standard)
    for _ in 0..<10 {
      pump.actuate(frame(target: 100, controller: bits & 1 != 0, monitor: bits & 2 != 0))
    }
    #expect(pump.sense().stepCount == (bits == 3 ? 100 : 0))
    #expect(pump.truth.stepsDone == (bits == 3 ? 100 : 0))
  }

  @Test("Steps keep to the speed bound, forwards and backwards, and end at the target")
  func speedBound() {
    var pump = SimulatedPump(.standard)
    for _ in 0..<100 { pump.actuate(frame(target: 1_000_000, bound: 250)) }
    #expect(pump.sense().stepCount == 250)
    for _ in 0..<50 { pump.actuate(frame(target: -1_000_000, bound: 250)) }
    #expect(pump.sense().stepCount == 125)
    for _ in 0..<100 { pump.actuate(frame(target: 130, bound: 250)) }
    #expect(pump.sense().stepCount == 130)
    // The motor's own limit of 4000 steps/s holds whatever the frame says.
    for _ in 0..<10 { pump.actuate(frame(target: .max, bound: .max)) }
    #expect(pump.sense().stepCount == 130 + 400)
    for _ in 0..<10 { pump.actuate(frame(target: .min, bound: .max)) }
    #expect(pump.sense().stepCount == 130)
  }

  @Test("The encoder counts motor motion backwards as well, rounding down")
  func encoder() {
    var pump = SimulatedPump(.standard)
    for _ in 0..<10 { pump.actuate(frame(target: -101)) }
    #expect(pump.sense().encoderCount == -51)
    for _ in 0..<10 { pump.actuate(frame(target: 101)) }
    #expect(pump.sense().encoderCount == 50)
  }

  @Test("A pump that hears nothing goes on for less than 250 ms, then stops and says so")
  func deadMan() {
    var pump = SimulatedPump(.standard)
    for _ in 0..<10 { pump.actuate(frame(target: 1_000_000, bound: 1000)) }
    let heard = pump.sense().stepCount
    for _ in 0..<24 { pump.elapse() }
    #expect(pump.sense().stepCount == heard + 240)
    #expect(!pump.sense().faults.contains(.deadMan))
    for _ in 0..<100 { pump.elapse() }
    #expect(pump.sense().stepCount == heard + 240)
    #expect(pump.sense().faults.contains(.deadMan))
    pump.actuate(frame(target: 1_000_000, bound: 1000))
    #expect(pump.sense().stepCount == heard + 250)
    #expect(!pump.sense().faults.contains(.deadMan))
  }

  @Test("Every sensor speaks at once, then at its own rate, and tells when")
  func rates() {
    var parameters = PlantParameters.standard
    parameters.wallClockStart = 1_700_000_000_000
    var pump = SimulatedPump(parameters)
    let first = pump.sense()
    #expect(first.tick == 0)
    for validity in [
      first.motionValidity, first.encoderValidity, first.carriage.validity, first.force.validity,
      first.motorCurrent.validity, first.battery.validity, first.temperature.validity,
      first.syringe.validity, first.wallClock.validity,
    ] { #expect(validity == .valid) }
    for tick in 1...12_345 as ClosedRange<UInt32> {
      pump.actuate(ActuatorFrame())
      if tick % 997 != 0 { continue }
      let frame = pump.sense()
      #expect(frame.tick == tick && frame.motionAge == 0)
      #expect(frame.force.sampledAt == tick / 10 * 10)
      #expect(frame.motorCurrent.sampledAt == tick / 10 * 10)
      #expect(frame.carriage.sampledAt == tick / 10 * 10)
      #expect(frame.temperature.sampledAt == tick / 10 * 10)
      #expect(frame.syringe.sampledAt == tick / 10 * 10)
      #expect(frame.battery.sampledAt == tick / 6000 * 6000)
      #expect(frame.wallClock.sampledAt == tick / 6000 * 6000)
    }
    let clock = pump.sense().wallClock.value
    #expect(clock.isSet && clock.unixMilliseconds == 1_700_000_120_000)
    var unset = SimulatedPump(.standard)
    #expect(!unset.sense().wallClock.value.isSet)
  }

  @Test("The force cell has 5 mN of noise, 14 bits over ±100 N and the drift of its hours")
  func forceNoise() {
    var parameters = PlantParameters.standard
    parameters.forceCell.noise = 0.1
    var pump = SimulatedPump(parameters)
    var sum = 0.0
    var squares = 0.0
    let count = 2000.0
    for _ in 0..<2000 {
      for _ in 0..<10 { pump.actuate(ActuatorFrame()) }
      let force = Double(pump.sense().force.value) * 1e-6
      // One step of 100 N / 8192.
      let steps = force / (100.0 / 8192)
      #expect(abs(steps - steps.rounded()) < 1e-3)
      sum += force
      squares += force * force
    }
    let mean = sum / count
    // Three standard errors, and half the drift of 200 s.
    let bound = 0.1 * 3 / 44.7 + 0.001
    #expect(abs(mean) < bound)
    let deviation = (squares / count - mean * mean).squareRoot()
    #expect(abs(deviation - 0.1) < 0.006)
  }

  @Test("The motor draws 80 mA and 2 mA for each newton while it moves, nothing at rest")
  func motorCurrent() {
    var pump = TestPump(.total(nil, syringe: .bd(20)))
    pump.flow = 60
    pump.run(seconds: 60)
    let current = Double(pump.pump.sense().motorCurrent.value)
    let expected = 80 + 2 * pump.truth.thrust
    #expect(abs(current - expected) < 1)
    pump.flow = 0
    pump.run(seconds: 1)
    #expect(pump.pump.sense().motorCurrent.value == 0)
    #expect(pump.pump.sense().motorCurrent.validity == .valid)
  }

  @Test("The carriage sensor follows the nut, less lost motion, in steps of 17 µm")
  func carriage() {
    var pump = TestPump()
    let before = pump.pump.sense().carriage.value
    pump.flow = 60
    pump.run(seconds: 120)
    let after = pump.pump.sense().carriage.value
    #expect(after % 17 == 0)
    // 2000 µL over 285.023 mm², less 0.1 mm of lost motion.
    let expected = 2000 / 285.023 * 1000 - 100
    #expect(abs(Double(after - before) - expected) < 23)
  }

  @Test("Losing power stops motor and sensors; afterwards the counters begin at zero")
  func powerLoss() {
    var pump = TestPump()
    pump.flow = 5
    pump.run(seconds: 60)
    let before = pump.truth.stepsDone
    let clock = pump.pump.sense().wallClock
    pump.pump.inject(.powerLoss(duration: 120))
    #expect(!pump.pump.isPowered)
    for _ in 0..<11_999 { pump.pump.elapse() }
    #expect(!pump.pump.isPowered)
    pump.pump.elapse()
    #expect(pump.pump.isPowered)
    #expect(pump.truth.stepsDone == before)
    let frame = pump.pump.sense()
    #expect(frame.tick == 0 && frame.stepCount == 0 && frame.encoderCount == 0)
    #expect(frame.force.validity == .valid && frame.faults.isEmpty)
    // The clock has its own cell.
    #expect(frame.wallClock.value.unixMilliseconds == clock.value.unixMilliseconds + 120_000)
    pump.pump.actuate(self.frame(target: 3))
    #expect(pump.pump.sense().stepCount == 3)
    pump.pump.inject(.powerLoss(duration: 5))
    pump.pump.clear(.powerLoss)
    #expect(pump.pump.isPowered)
  }

  @Test("After a change of syringe the line still gives the old drug, then the new")
  func changeSyringe() {
    var pump = TestPump(.total(nil, syringe: .bd(20)))
    pump.flow = 30
    pump.run(seconds: 60)
    var syringe = SyringeParameters.bd(50)
    syringe.barrelDiameter = 2900
    pump.pump.changeSyringe(syringe, fill: 40_000, concentration: 12)
    let start = pump.truth
    #expect(start.syringeVolume == 40_000)
    // 400 of the 785 µL in the line leave at 6 mg/mL.
    _ = pump.seconds(limit: 600) { $0.infusedVolume >= start.infusedVolume + 400 }
    let half = pump.truth
    let first =
      (half.infusedMass - start.infusedMass) / (half.infusedVolume - start.infusedVolume)
    #expect(abs(first - 0.006) < 1e-9)
    _ = pump.seconds(limit: 600) { $0.infusedVolume >= start.infusedVolume + 900 }
    let then = pump.truth
    pump.run(seconds: 60)
    let last = pump.truth
    let second =
      (last.infusedMass - then.infusedMass) / (last.infusedVolume - then.infusedVolume)
    #expect(abs(second - 0.012) < 1e-9)
    #expect(pump.pump.sense().syringe.value.barrelDiameter == 2900)
  }

  @Test("Both drugs of a mixture move as one plug, and keep their balance")
  func mixture() {
    var parameters = PlantParameters.total(nil, syringe: .bd(20))
    parameters.secondDrug = parameters.drug
    parameters.secondDrug.concentration = 1.5
    var pump = TestPump(parameters)
    let line = pump.pump.plant.secondDrugInLine
    #expect(abs(line - 785 * 0.0015) < 1e-9)
    pump.flow = 20
    pump.run(seconds: 60)
    pump.pump.inject(.leak(site: .needle, conductance: 0.05))
    pump.run(seconds: 60)
    let mixed = pump.truth
    let volume = mixed.infusedVolume + mixed.leakedVolume
    #expect(abs(mixed.infusedMass + mixed.leakedMass - volume * 0.006) < 1e-9)
    #expect(abs(mixed.infusedSecondMass + mixed.leakedSecondMass - volume * 0.0015) < 1e-9)
    // The same kinetics: plasma goes as the masses.
    #expect(mixed.plasma > 0 && abs(mixed.secondPlasma * 4 / mixed.plasma - 1) < 1e-9)
    // A syringe with none of the second: the line empties itself of it behind the plug.
    pump.pump.changeSyringe(.bd(20), fill: 20_000, concentration: 12)
    pump.run(seconds: 600)
    #expect(abs(pump.pump.plant.secondDrugInLine) < 1e-9)
    let last = pump.truth
    let balance = last.infusedSecondMass + last.leakedSecondMass
    #expect(abs(balance - volume * 0.0015 - line) < 1e-6)
  }

  @Test("An empty syringe gives nothing more: its dead space stays and the thrust rises")
  func endOfTravel() {
    var parameters = PlantParameters.total(nil, syringe: .bd(20))
    parameters.fill = 650
    var pump = TestPump(parameters)
    pump.flow = 60
    pump.run(seconds: 60)
    #expect(abs(pump.truth.syringeVolume - 150) < 1e-9)
    #expect(abs(pump.truth.infusedVolume - 500) < 5)
    #expect(pump.truth.thrust > 60 && pump.truth.thrust <= 70.02)
  }

  @Test("What the syringe gave is infused, leaked or in the line, drug as well as fluid")
  func drugBalance() {
    var pump = TestPump(.total(nil, syringe: .bd(20)))
    let before = pump.pump.plant.drugInLine
    #expect(abs(before - 785 * 0.006) < 1e-9)
    pump.flow = 7
    pump.run(seconds: 400)
    pump.pump.inject(.leak(site: .needle, conductance: 0.05))
    pump.run(seconds: 400)
    let truth = pump.truth
    let volume = truth.infusedVolume + truth.leakedVolume
    let mass = truth.infusedMass + truth.leakedMass
    #expect(abs(mass - volume * 0.006) < 1e-9)
    #expect(abs(pump.pump.plant.drugInLine - before) < 1e-9)
  }

  @Test("A line that was not primed gives fluid without drug first")
  func unprimed() {
    var parameters = PlantParameters.total(nil, syringe: .bd(20))
    parameters.line.isPrimed = false
    var pump = TestPump(parameters)
    pump.flow = 60
    pump.run(seconds: 40)
    #expect(pump.truth.infusedVolume > 600 && pump.truth.infusedMass == 0)
    pump.run(seconds: 20)
    #expect(pump.truth.infusedMass > 0)
  }

  @Test("Retraction takes the pressure away, and what it draws back carries no drug in")
  func retraction() {
    var pump = TestPump(.total(nil, syringe: .bd(20)))
    pump.flow = 5
    pump.run(seconds: 120)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    _ = pump.seconds(limit: 3600) { $0.linePressure >= 540 }
    pump.flow = -60
    // 418 µL stored, 0.1 mm of lost motion (28.5 µL), and friction both ways (2 · 4.5 N / 60 N/mm).
    _ = pump.seconds(limit: 120) { $0.linePressure <= 20 }
    pump.flow = 0
    let before = pump.truth
    #expect(before.linePressure <= 20)
    pump.pump.clear(.occlusion)
    pump.run(seconds: 30)
    #expect(pump.truth.infusedVolume - before.infusedVolume < 20)
  }
}
