import PumpHAL
import PumpPlant
import Testing

/// The numbered checks of the plant's documentation.
///
/// They show that the model is consistent with published figures from which several of its
/// parameters were derived; they predict nothing.
@Suite("Plant checks")
struct ValidationTests {
  private func isWithin(_ value: Double, of expected: Double, percent: Double) -> Bool {
    abs(value - expected) <= abs(expected) * percent / 100
  }

  @Test("V1: one microstep of 0.25 µm displaces 0.071256 µL in a BD 20 mL syringe")
  func microstepVolume() {
    let parameters = PlantParameters.standard
    let volume =
      parameters.syringe.boreArea * Double(parameters.drive.microstepTravel) * 1e-6
    // 285.023 mm² times 0.00025 mm.
    #expect(isWithin(volume, of: 0.07125575, percent: 1e-10))
    var world = PlantParameters.total(nil, syringe: .bd(20))
    world.drive.leadError = 0
    world.syringe.friction = 0
    var pump = TestPump(world)
    pump.flow = 60
    pump.run(seconds: 100)
    pump.flow = 0
    pump.run(seconds: 10)
    let truth = pump.truth
    let displaced = world.fill - truth.syringeVolume
    // What is missing stands under pressure in the drive spring.
    let sprung = truth.thrust / world.drive.stiffness * world.syringe.boreArea
    #expect(isWithin(displaced + sprung, of: Double(truth.stepsDone) * volume, percent: 1e-6))
  }

  @Test("V2: a 25 G x 19 mm needle needs 0.3537 mmHg per mL/h (Hagen-Poiseuille, 0.1 %)")
  func needleResistance() {
    let diameter = 0.260e-3
    let pascalSeconds =
      128 * 1.002e-3 * 19e-3
      / (3.141592653589793 * diameter * diameter * diameter * diameter)
    let perFlow = pascalSeconds / 133.3224 * 1e-6 / 3600
    #expect(isWithin(perFlow, of: 0.3537, percent: 0.1))
    #expect(isWithin(LineParameters().needleResistance, of: perFlow, percent: 0.1))
    // And the plant's pressure drop is that at a steady flow without friction.
    var world = PlantParameters.total(nil, syringe: .bd(20))
    world.drive.leadError = 0
    world.syringe.friction = 0
    var pump = TestPump(world)
    pump.flow = 36
    pump.run(seconds: 300)
    var drop = 0.0
    var flow = 0.0
    for _ in 0..<1000 {
      pump.tick()
      drop += pump.truth.hubPressure - pump.truth.tissuePressure
      flow += pump.truth.needleFlow * 3.6
    }
    #expect(isWithin(drop / flow, of: 0.3537, percent: 0.1))
  }

  @Test("V3: 10 cm of saline are 7.39 mmHg (0.2 %)")
  func head() {
    var world = PlantParameters()
    world.environment.height = 0.1
    let level = TestPump().truth
    let raised = TestPump(world).truth
    #expect(isWithin(level.linePressure - raised.linePressure, of: 7.39, percent: 0.2))
  }

  @Test("V4: 1.156 µL/mmHg reach 1000 mmHg at 10 mL/h after 416 s (3 %)")
  func joeSlow() {
    #expect(isWithin(ValidationCases.joeSlow(substeps: 1), of: 416, percent: 3))
  }

  @Test("V6: 2.31 and 1.20 µL/mmHg reach 1000 mmHg at 60 mL/h after 133 and 74 s (6 %)")
  func joeFast() {
    #expect(
      isWithin(ValidationCases.joeFast(compliance: 2.31, substeps: 1), of: 133, percent: 6))
    #expect(
      isWithin(ValidationCases.joeFast(compliance: 1.20, substeps: 1), of: 74, percent: 6))
  }

  @Test("V7: 0.253 µL/mmHg reach 1650 mmHg at 5 mL/h after 5 min, about 0.4 mL (10 %)")
  func crono() {
    let seconds = ValidationCases.crono(substeps: 1)
    #expect(isWithin(seconds, of: 300, percent: 10))
    #expect(isWithin(seconds * 5 / 3.6, of: 400, percent: 10))
  }

  @Test("V8: the volume stored up to 540 mmHg is the same at 0.833, 2 and 5 mL/h (2 %)")
  func storedVolume() {
    for flow in [0.833, 2, 5] {
      // 418 µL: an independent implementation of the same equations.
      let volume = ValidationCases.storedVolume(flow: flow, substeps: 1)
      #expect(isWithin(volume, of: 418, percent: 2), "\(flow) mL/h: \(volume) µL")
    }
  }

  @Test("V10: a freed needle releases what was stored (3 %)")
  func release() {
    let (stored, released) = ValidationCases.release(substeps: 1)
    #expect(isWithin(released, of: stored, percent: 3))
  }

  @Test("V11: 50 mL, 0.5 mL/h, lowered by 95.6 mmHg: nothing for 29.7 min (5 %)")
  func zeroDeliveryLarge() {
    let minutes = ValidationCases.zeroDelivery(
      compliance: 2.59, syringe: .bd(50), flow: 0.5, metres: 95.6 / 73.895, substeps: 1)
    #expect(isWithin(minutes, of: 29.7, percent: 5))
  }

  @Test("V12: the same with 10 mL: nothing for 5.5 min (10 %)")
  func zeroDeliverySmall() {
    let minutes = ValidationCases.zeroDelivery(
      compliance: 0.479, syringe: .bd(10), flow: 0.5, metres: 95.6 / 73.895, substeps: 1)
    #expect(isWithin(minutes, of: 5.5, percent: 10))
  }

  @Test("V13: BD 50 mL lowered by 50 cm at 1 mL/h: nothing for 2.4 min (10 %)")
  func zeroDeliveryBD50() {
    let minutes = ValidationCases.zeroDelivery(
      compliance: 1.088, syringe: .bd(50), flow: 1, metres: 0.5, substeps: 1)
    #expect(isWithin(minutes, of: 2.4, percent: 10))
  }

  @Test("V15: BD 10 mL with 0.29 mm of lost motion starts after 3.6 min at 1 mL/h (25 %)")
  func startUpSmall() {
    let start = ValidationCases.startUp(syringe: .bd(10), gap: 0.29, flow: 1, substeps: 1)
    #expect(isWithin(start.first, of: 3.6, percent: 25))
  }

  @Test("V16: BD 50 mL with 0.05 mm starts after 74.5 min at 0.1 mL/h (26.6 min)")
  func startUpLarge() {
    let start = ValidationCases.startUp(syringe: .bd(50), gap: 0.05, flow: 0.1, substeps: 1)
    #expect(abs(start.first - 74.5) <= 26.6)
  }

  @Test("V17: BD 50 mL unpurged, 1.5 mm, starts after 57 min at 1 mL/h (29 min)")
  func startUpUnpurged() {
    let start = ValidationCases.startUp(syringe: .bd(50), gap: 1.5, flow: 1, substeps: 1)
    #expect(abs(start.first - 57) <= 29)
  }

  @Test("V18: at 1 mL/h a 40 min window is within 2 %")
  func window() throws {
    let errors = ValidationCases.trumpet(ValidationCases.standardTrumpet(substeps: 1))
    let window = try #require(errors[40])
    #expect(window.high <= 2 && window.low >= -2)
    // ±0.45 % over 31 min came out of an independent implementation; stick and slip shift it.
    let shorter = try #require(errors[31])
    #expect(shorter.high < 0.7 && shorter.low > -0.7)
  }

  @Test("V19: the screw's error alone gives the analytic trumpet curve (15 %)")
  func trumpet() throws {
    let errors = ValidationCases.trumpet(ValidationCases.screwOnly(substeps: 1))
    for (minutes, expected) in [(2, 3.79), (5, 3.12), (11, 0.90), (19, 0.85), (31, 0.41)] {
      let window = try #require(errors[minutes])
      #expect(isWithin(window.high, of: expected, percent: 15))
      #expect(isWithin(-window.low, of: expected, percent: 15))
    }
  }

  @Test("V20: a sticky syringe is more than 10 % off over 2 min, less than 1 % over 31 min")
  func stickyTrumpet() throws {
    let errors = ValidationCases.trumpet(ValidationCases.sticky(substeps: 1))
    let short = try #require(errors[2])
    let long = try #require(errors[31])
    #expect(short.high > 10)
    #expect(long.high < 1 && long.low > -1)
  }

  @Test("V23: 100, 300 and 500 mg in 24 h settle at 49.6, 148.8 and 248.0 ng/mL (0.1 %)")
  func steadyState() {
    for (daily, expected) in [(100.0, 49.6), (300, 148.8), (500, 248.0)] {
      var patient = Pharmacokinetics(DrugParameters())
      // Ten terminal half-lives of 3.06 h.
      for _ in 0..<(31 * 3600) { patient.advance(mass: daily / 86_400) }
      #expect(isWithin(patient.plasma, of: expected, percent: 0.1))
      #expect(isWithin(patient.plasma, of: daily / 24 / 84 * 1000, percent: 0.1))
    }
  }

  @Test("V27: 41 µg/kg/min to 9.3 µmol/L implies the model's clearance (15 %)")
  func clearance() {
    let rate = 41e-3 * 60 * 70
    let implied = rate / (9.3 * 237.7) * 1000
    var patient = Pharmacokinetics(DrugParameters())
    for _ in 0..<(31 * 3600) { patient.advance(mass: rate / 3600) }
    #expect(isWithin(implied, of: rate / patient.plasma * 1000, percent: 15))
  }

  @Test("V29: what the plunger displaces is infused, leaked or stored (1e-9 over an hour)")
  func conservation() {
    let world = PlantParameters()
    var pump = TestPump(world)
    let before = pump.pump.plant.storedVolume
    pump.flow = 3
    pump.run(seconds: 600)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0.01, ramp: 300))
    pump.pump.inject(.leak(site: .line, conductance: 0.001))
    pump.run(seconds: 600)
    pump.pump.inject(.bubble(volume: 80))
    pump.pump.inject(.height(metres: 0.4))
    pump.run(seconds: 600)
    pump.pump.clear(.occlusion)
    pump.pump.inject(.leak(site: .needle, conductance: 0.01))
    pump.run(seconds: 600)
    pump.pump.inject(.disconnection(site: .needle))
    pump.run(seconds: 600)
    pump.pump.inject(.disconnection(site: .line))
    pump.run(seconds: 600)
    let truth = pump.truth
    let displaced = world.fill - truth.syringeVolume
    let kept = pump.pump.plant.storedVolume - before
    let missing = displaced - truth.infusedVolume - truth.leakedVolume - kept
    #expect(displaced > 2500)
    #expect(truth.leakedVolume > 100)
    #expect(abs(missing) <= 1e-9 * displaced)
  }

  @Test("Ten steps a tick instead of one change a time to pressure by at most 0.1 %")
  func integratorStep() {
    // Docs/Decisions/0101-plant-step.md has the same comparison for every check.
    let coarse = ValidationCases.release(substeps: 1)
    let fine = ValidationCases.release(substeps: 10)
    #expect(isWithin(coarse.stored, of: fine.stored, percent: 0.1))
    #expect(isWithin(coarse.released, of: fine.released, percent: 0.1))
  }
}
