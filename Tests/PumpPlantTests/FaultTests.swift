import PumpHAL
import PumpPlant
import Testing

/// Each fault does to the world what it says, and clearing it puts the world right.
@Suite("Plant faults")
struct FaultTests {
  /// A pump that has run at `flow` for five minutes with its lost motion taken up.
  private func running(flow: Double = 5, _ change: (inout PlantParameters) -> Void = { _ in })
    -> TestPump
  {
    var parameters = PlantParameters.total(nil, syringe: .bd(20))
    change(&parameters)
    var pump = TestPump(parameters)
    pump.flow = flow
    pump.run(seconds: 300)
    return pump
  }

  /// What is infused in so many seconds, µL.
  private func infused(_ pump: inout TestPump, seconds: Double) -> Double {
    let before = pump.truth.infusedVolume
    pump.run(seconds: seconds)
    return pump.truth.infusedVolume - before
  }

  @Test("A blocked needle lets nothing through and the pressure rises; cleared, it flows again")
  func needleOcclusion() {
    var pump = running()
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    #expect(infused(&pump, seconds: 60) == 0)
    #expect(pump.truth.linePressure > 80)
    #expect(abs(pump.truth.linePressure - pump.truth.hubPressure) < 2)
    pump.pump.clear(.occlusion)
    #expect(infused(&pump, seconds: 60) > 150)
  }

  @Test("A blocked line leaves the hub without pressure")
  func lineOcclusion() {
    var pump = running()
    pump.pump.inject(.occlusion(site: .line, remaining: 0, ramp: 0))
    pump.run(seconds: 60)
    #expect(pump.truth.linePressure > 80)
    #expect(pump.truth.hubPressure < 5)
  }

  @Test("A needle with a hundredth of its conductance takes a hundredfold drop in pressure")
  func partialOcclusion() {
    var pump = running(flow: 1) { $0.syringe.friction = 0 }
    pump.pump.inject(.occlusion(site: .needle, remaining: 0.01, ramp: 0))
    pump.run(seconds: 900)
    // 0.3537 mmHg per mL/h, hundredfold, at 1 mL/h; the screw's error moves the flow by 5 %.
    let drop = pump.truth.hubPressure - pump.truth.tissuePressure
    #expect(abs(drop - 35.37) < 0.08 * 35.37)
  }

  @Test("A ramped occlusion is half closed after half its time")
  func rampedOcclusion() {
    var pump = running()
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 100))
    pump.run(seconds: 50)
    let drop = pump.truth.hubPressure - pump.truth.tissuePressure
    let flow = pump.truth.needleFlow * 3.6
    #expect(abs(drop / flow - 0.3537 / 0.5) < 0.01)
    pump.run(seconds: 51)
    #expect(infused(&pump, seconds: 1) == 0)
  }

  @Test("A needle that is out gives the tissue nothing, and the force changes by less than noise")
  func needleOut() {
    var pump = running(flow: 1) { $0.syringe.friction = 0 }
    let before = pump.truth
    pump.pump.inject(.disconnection(site: .needle))
    #expect(infused(&pump, seconds: 60) == 0)
    let after = pump.truth
    #expect(after.leakedVolume > 15)
    #expect(after.leakedMass > 15 * 0.006 * 0.95)
    // At 1 mL/h only the tissue's own 0.4 mmHg goes missing: 0.015 N of a cell with 0.005 N noise
    // and 3 % error.
    #expect(abs(after.thrust - before.thrust) < 0.06)
    pump.pump.clear(.disconnection)
    #expect(infused(&pump, seconds: 60) > 15)
  }

  @Test("A line that is off runs into the open; hub and tissue get nothing more")
  func lineOff() {
    var pump = running()
    pump.pump.inject(.disconnection(site: .line))
    // The hub keeps 0.04 µL/mmHg times what little pressure it had.
    #expect(abs(infused(&pump, seconds: 60)) < 0.5)
    #expect(pump.truth.leakedVolume > 75)
  }

  @Test("A leak takes its share of the flow by conductance, with its drug")
  func leak() {
    var pump = running()
    let before = pump.truth
    pump.pump.inject(.leak(site: .needle, conductance: 0.2))
    pump.run(seconds: 120)
    let after = pump.truth
    let volume = after.leakedVolume - before.leakedVolume
    #expect(volume > 20)
    #expect(abs((after.leakedMass - before.leakedMass) / volume - 0.006) < 1e-9)
    pump.pump.clear(.leak)
    let closed = pump.truth.leakedVolume
    pump.run(seconds: 10)
    #expect(pump.truth.leakedVolume == closed)
  }

  @Test("A bubble takes 41.5 µL per 100 µL on the way to 540 mmHg, then leaves with the line")
  func bubble() {
    var plain = running()
    var bubbly = plain
    for pump in [true, false] {
      if pump {
        bubbly.pump.inject(.bubble(volume: 100))
        bubbly.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
      } else {
        plain.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
      }
    }
    let longer = bubbly.seconds(limit: 3600) { $0.linePressure >= 540 }
    let shorter = plain.seconds(limit: 3600) { $0.linePressure >= 540 }
    // Boyle from about 0 to 540 mmHg over 760; the bubble meets 5 mmHg at the start.
    #expect(abs((longer - shorter) * 5 / 3.6 - 41.5) < 1.5)
    bubbly.pump.clear(.occlusion)
    bubbly.pump.clear(.bubble)
    #expect(bubbly.truth.bubbleVolume == 100)
    bubbly.flow = 60
    let before = bubbly.truth
    bubbly.run(seconds: 60)
    let after = bubbly.truth
    #expect(after.bubbleVolume == 0)
    // What left as air carried no drug.
    let volume = after.infusedVolume - before.infusedVolume
    #expect(abs(volume - (after.infusedMass - before.infusedMass) / 0.006 - 100) < 0.01)
  }

  @Test("An air detector counts a bubble once it passes, and only where there is one")
  func airDetector() {
    var pump = running(flow: 20) { $0.hasAirDetector = true }
    #expect(pump.pump.capabilities.sensors.contains(.air))
    pump.pump.inject(.bubble(volume: 100))
    pump.run(seconds: 1)
    #expect(pump.pump.sense().air.value < 100)
    pump.run(seconds: 60)
    #expect(pump.pump.sense().air.value == 100)
    var bare = TestPump()
    #expect(bare.pump.sense().air.validity == .absent)
    #expect(!bare.pump.capabilities.sensors.contains(.air))
  }

  @Test("A stalled motor does no step; steps are still sent, the encoder shows it")
  func stall() {
    var pump = running()
    let before = pump.pump.sense()
    pump.pump.inject(.stall)
    pump.run(seconds: 10)
    let after = pump.pump.sense()
    #expect(after.stepCount - before.stepCount > 190)
    #expect(after.encoderCount == before.encoderCount)
    pump.pump.clear(.stall)
    pump.run(seconds: 10)
    #expect(pump.pump.sense().encoderCount > after.encoderCount + 90)
  }

  @Test("A quarter of the steps lost is a quarter fewer encoder counts")
  func lostSteps() {
    var pump = running()
    let before = pump.pump.sense()
    pump.pump.inject(.lostSteps(fraction: 0.25))
    pump.run(seconds: 100)
    let after = pump.pump.sense()
    let sent = Double(after.stepCount - before.stepCount)
    let counted = Double(after.encoderCount - before.encoderCount)
    // 1600 counts for 3200 microsteps.
    #expect(abs(counted - sent * 0.75 / 2) <= 2)
  }

  @Test("Against more than its stall force the motor loses every step")
  func thrustLimit() {
    var parameters = PlantParameters.total(nil, syringe: .bd(50))
    parameters.fill = 40_000
    var pump = TestPump(parameters)
    pump.flow = 60
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    pump.run(seconds: 180)
    #expect(pump.truth.thrust <= 70.02 && pump.truth.thrust > 69.9)
    // (70 N - 7 N) / 554 mm²: about 850 mmHg, and no more.
    #expect(pump.truth.linePressure > 820 && pump.truth.linePressure < 870)
    let frame = pump.pump.sense()
    #expect(frame.motorCurrent.value == 220)
  }

  @Test("A Terumo 20 mL in place of a BD 20 mL gives 11.9 % more, and is thicker in the clamp")
  func wrongSyringe() {
    var right = running()
    var wrong = running()
    let area = 3.141592653589793 / 4 * 20.15 * 20.15
    wrong.pump.inject(.wrongSyringe(boreArea: area))
    wrong.run(seconds: 300)
    right.run(seconds: 300)
    let more = infused(&wrong, seconds: 600) / infused(&right, seconds: 600)
    #expect(abs(more - 1.119) < 0.005)
    #expect(right.pump.sense().syringe.value.barrelDiameter == 2200)
    #expect(wrong.pump.sense().syringe.value.barrelDiameter == 2310)
    wrong.pump.clear(.wrongSyringe)
    wrong.run(seconds: 1)
    #expect(wrong.pump.sense().syringe.value.barrelDiameter == 2200)
  }

  @Test("The force cell reads its offset on top, and repeats itself when it sticks")
  func forceCell() {
    var pump = running { $0.forceCell.noise = 0 }
    let before = pump.pump.sense().force.value
    pump.flow = 0
    pump.run(seconds: 1)
    pump.pump.inject(.forceOffset(newtons: 3))
    pump.run(seconds: 1)
    #expect(abs(pump.pump.sense().force.value - before - 3_000_000) < 100_000)
    pump.pump.inject(.forceStuck)
    let stuck = pump.pump.sense().force
    pump.pump.clear(.forceOffset)
    pump.run(seconds: 1)
    let later = pump.pump.sense().force
    #expect(later.value == stuck.value && later.validity == .valid)
    #expect(later.sampledAt > stuck.sampledAt)
    pump.pump.clear(.forceStuck)
    pump.run(seconds: 1)
    #expect(abs(pump.pump.sense().force.value - before) < 100_000)
  }

  @Test("A lost encoder stands still and still looks valid")
  func encoderLoss() {
    var pump = running()
    let before = pump.pump.sense().encoderCount
    pump.pump.inject(.encoderLoss)
    pump.run(seconds: 10)
    #expect(pump.pump.sense().encoderCount == before)
    #expect(pump.pump.sense().encoderValidity == .valid)
    pump.pump.clear(.encoderLoss)
    pump.run(seconds: 10)
    let sent = 10 * 5 / 3.6 / 0.07125575
    #expect(abs(Double(pump.pump.sense().encoderCount - before) - sent / 2) <= 2)
  }

  @Test("A dying battery sags, browns out and stays off until it is replaced")
  func battery() {
    var pump = running()
    pump.run(seconds: 120)
    let fresh = pump.pump.sense().battery.value.millivolts
    #expect(fresh > 2900)
    pump.pump.inject(.battery(charge: 0.2))
    pump.run(seconds: 61)
    let low = pump.pump.sense().battery.value.millivolts
    #expect(low < 2350 && low > 2000 && pump.pump.isPowered)
    pump.pump.inject(.battery(charge: 0.01))
    pump.run(seconds: 2)
    #expect(!pump.pump.isPowered)
    let steps = pump.truth.stepsDone
    pump.run(seconds: 10)
    #expect(pump.truth.stepsDone == steps)
    pump.pump.clear(.battery)
    #expect(pump.pump.isPowered)
    #expect(pump.pump.sense().faults.contains(.brownOut))
    #expect(pump.truth.stateOfCharge == 1)
  }

  @Test("Leaning on the site multiplies the pressure that the tissue takes")
  func sitePressed() {
    // A small depot, so that it settles within the test.
    var pump = running {
      $0.tissue.compliance = 10
      $0.syringe.friction = 0
      $0.drive.leadError = 0
    }
    // 90 mmHg · 5 / (5 + 150) above the -1 mmHg at rest.
    #expect(abs(pump.truth.tissuePressure - 1.903) < 0.05)
    pump.pump.inject(.sitePressed(factor: 5))
    pump.run(seconds: 1200)
    #expect(abs(pump.truth.tissuePressure - (5 * 2.903 - 1)) < 0.1)
    pump.pump.clear(.sitePressed)
    pump.run(seconds: 1200)
    #expect(abs(pump.truth.tissuePressure - 1.903) < 0.05)
  }

  @Test("Raising the pump by 30 cm sends stored fluid, lowering it takes fluid back")
  func height() {
    var pump = running(flow: 0)
    pump.pump.inject(.height(metres: 0.3))
    // 22.2 mmHg times what syringe, line and hub store.
    #expect(abs(infused(&pump, seconds: 30) - 22.17 * 0.56) < 0.3)
    pump.pump.clear(.height)
    #expect(abs(infused(&pump, seconds: 30) + 22.17 * 0.56) < 0.3)
  }

  @Test("An anti-siphon valve holds a raised pump back")
  func valve() {
    var parameters = PlantParameters.total(nil, syringe: .bd(20))
    parameters.line.crackPressure = 75
    var pump = TestPump(parameters)
    pump.pump.inject(.height(metres: 0.5))
    #expect(infused(&pump, seconds: 60) == 0)
    pump.flow = 5
    pump.run(seconds: 600)
    #expect(abs(infused(&pump, seconds: 600) / (600 * 5 / 3.6) - 1) < 0.03)
    // 75 mmHg less 36.9 mmHg of height and what line, needle and tissue take.
    #expect(abs(pump.truth.linePressure - 40) < 3)
  }
}
