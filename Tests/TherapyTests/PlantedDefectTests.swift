// One defect of the controller at a time, planted between it and everything else; the monitor and
// the plant are whole.

import Foundation
import PumpFirmware
import PumpHAL
import PumpMonitor
import PumpPlant
import Testing

@testable import TherapyAttack

/// A pump whose controller hears, sees or says something else than what is so.
struct DefectiveWorld {
  var controller: Controller
  var monitor: ProtectiveMonitor
  var pump: SimulatedPump
  var output = TickOutput()
  var verdict = MonitorOutput()
  var tick: Int64 = 0
  let stepVolume: Double
  let setUp: [OperatorAction]

  /// What the controller hears instead; nil where it hears nothing.
  var hears: (OperatorAction) -> OperatorAction = { $0 }
  /// What the controller sees instead.
  var sees: (inout SensorFrame) -> Void = { _ in }
  /// What goes out to the hardware instead.
  var says: (inout ActuatorFrame, TickOutput) -> Void = { _, _ in }

  init(_ therapy: Therapy) {
    var parameters = therapy.hardware.plant
    parameters.drug.concentration = therapy.concentration
    parameters.fill = therapy.fill * 1000
    pump = SimulatedPump(parameters)
    let powerOn = PowerOn(
      capabilities: pump.capabilities, configuration: therapy.hardware.configuration)
    let memory = pump.restoreMemory()
    controller = Controller(powerOn: powerOn, memory: memory.span)
    monitor = ProtectiveMonitor(powerOn: powerOn, memory: memory.span)
    stepVolume =
      Double(therapy.syringe.specification.boreArea.squareMicrometres) * 250e-15
    setUp = therapy.setUp()
  }

  /// What the motor did, mL in the syringe that is really there.
  var delivered: Double { Double(pump.truth.stepsDone) * stepVolume }

  /// Keys that are down.
  var keys: Keys = []

  mutating func pass(_ action: OperatorAction = .none, by role: Role = .pharmacist) {
    tick += 1
    var sensors = pump.sense()
    sensors.keys = keys
    var seen = sensors
    sees(&seen)
    output = controller.step(
      TickInput(
        elapsedTicks: 1, sensors: seen, command: OperatorCommand(hears(action), by: role)))
    verdict = monitor.step(
      TickInput(elapsedTicks: 1, sensors: sensors, command: OperatorCommand(action, by: role)))
    var frame = ActuatorFrame(controller: output, monitor: verdict)
    says(&frame, output)
    pump.actuate(frame)
  }

  mutating func run(seconds: Double) { for _ in 0..<Int64(seconds * 100) { pass() } }

  mutating func start() {
    run(seconds: 0.3)
    for action in setUp { pass(action) }
    pass(.start)
  }

  /// Runs until the monitor withholds its permit; the volume that went out meanwhile, mL.
  mutating func volumeUntilObjection(seconds: Double) -> Double? {
    let before = delivered
    for _ in 0..<Int64(seconds * 100) {
      pass()
      if !verdict.objections.isEmpty {
        run(seconds: 1)
        return delivered - before
      }
    }
    return nil
  }
}

@Suite("Planted defects of the controller, caught by the monitor")
struct PlantedDefectTests {
  /// 0.7 mL/h of 6 mg/mL in a 20 mL syringe.
  private func therapy() -> Therapy {
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(4.2, seconds: 12 * 3600)]
    therapy.bolus = 2
    therapy.lockout_min = 30
    therapy.bolusesPerHour = 2
    return therapy
  }

  private func report(_ name: String, _ volume: Double?, most: Double) {
    guard let volume else {
      Issue.record("\(name): not caught")
      return
    }
    print("planted defect, \(name): caught after \(volume) mL")
    #expect(volume < most, "\(name): \(volume) mL")
  }

  @Test("R-007: rate × 10: caught within 0.03 mL")
  func rateTimesTen() throws {
    var world = DefectiveWorld(therapy())
    world.says = { frame, _ in
      frame.targetSteps *= 10
      frame.stepRateBound = 4000
    }
    world.start()
    report("rate × 10", world.volumeUntilObjection(seconds: 600), most: 0.03)
  }

  @Test("The area of a 10 mL syringe in use for a 20 mL one: caught within 0.1 mL")
  func wrongArea() throws {
    var world = DefectiveWorld(therapy())
    world.hears = { action in
      guard case .confirmSyringe(var syringe) = action else { return action }
      syringe.boreArea = Area(squareMicrometres: 163_539_000)
      syringe.barrelDiameter = 0
      return .confirmSyringe(syringe)
    }
    world.start()
    report("bore area of 10 mL", world.volumeUntilObjection(seconds: 3600), most: 0.1)
  }

  @Test("A third of the concentration in use: caught within 0.05 mL")
  func wrongConcentration() throws {
    var therapy = therapy()
    therapy.phases = [Therapy.basal(4.2, seconds: 3 * 3600)]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      guard case .setDrug = action else { return action }
      return .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 2_000_000))
    }
    world.start()
    report("concentration / 3", world.volumeUntilObjection(seconds: 3600), most: 0.05)
  }

  @Test("R-103: a stop or a reaction that the controller does not hear stops in its tick")
  func deafToStop() throws {
    for action in [OperatorAction.stop, .pause, .reportReaction(severity: 3), .powerOff] {
      var world = DefectiveWorld(therapy())
      world.hears = { heard in heard == action ? .none : heard }
      world.start()
      world.run(seconds: 60)
      let before = world.delivered
      world.pass(action, by: .nurse)
      world.run(seconds: 60)
      #expect(world.delivered == before, "\(action): \(world.delivered - before) mL")
    }
  }

  @Test("R-007: a motor that heeds nobody after a stop is objected to within 0.021 mL")
  func stuckOn() throws {
    var world = DefectiveWorld(therapy())
    world.start()
    world.run(seconds: 60)
    world.pass(.stop)
    var target = world.output.actuator.targetSteps
    world.says = { frame, _ in
      target += 1
      frame.targetSteps = target
      frame.stepRateBound = 4000
      frame.isControllerPermitting = true
      frame.isMonitorPermitting = true
    }
    let before = world.delivered
    for _ in 0..<6000 where world.verdict.objections.isEmpty { world.pass() }
    report(
      "motor stuck on, nothing heeded",
      world.verdict.objections.isEmpty ? nil : world.delivered - before, most: 0.021)
  }

  @Test("R-028: with its caps disabled, the controller is held at the cap and 0.02 mL")
  func capsDisabled() throws {
    var therapy = therapy()
    therapy.caps = [5, 0, 0]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      if case .setDoseCap = action { return .none }
      return action
    }
    world.start()
    world.run(seconds: 600)
    for _ in 0..<4 {
      world.pass(.clinicianBolus(dose: Dose(2_000_000, .mass), duration: Ticks(count: 6000)))
      world.run(seconds: 120)
    }
    #expect(world.verdict.objections.contains(.doseCapReached))
    let above = world.delivered - 5.0 / 6
    report("caps disabled, above the cap", above, most: 0.021)
  }

  @Test("A bolus that nobody asked for is caught within 0.03 mL; one within the lockout likewise")
  func boluses() throws {
    var world = DefectiveWorld(therapy())
    world.start()
    world.run(seconds: 60)
    world.hears = { _ in
      .clinicianBolus(dose: Dose(2_000_000, .mass), duration: Ticks(count: 3000))
    }
    report("bolus unasked", world.volumeUntilObjection(seconds: 120), most: 0.03)

    world = DefectiveWorld(therapy())
    world.hears = { action in
      if case .setPatientBolus(let dose, _, _, let flow) = action {
        return .setPatientBolus(
          dose: dose, lockout: Ticks(count: 30_000), maximumPerHour: 12, flow: flow)
      }
      return action
    }
    world.start()
    world.run(seconds: 60)
    world.pass(.requestBolus, by: .patient)
    world.run(seconds: 360)
    #expect(world.verdict.objections.isEmpty)
    world.pass(.requestBolus, by: .patient)
    report("lockout of 5 min for 30", world.volumeUntilObjection(seconds: 120), most: 0.04)
  }

  @Test("Priming that does not end is caught at what was asked for and 0.05 mL")
  func primingOn() throws {
    var world = DefectiveWorld(therapy())
    world.hears = { action in
      if case .prime = action {
        return .prime(volume: Volume(picolitres: 2_000_000_000), isDisconnected: true)
      }
      return action
    }
    world.run(seconds: 0.3)
    for action in world.setUp { world.pass(action) }
    world.pass(.prime(volume: Volume(picolitres: 200_000_000), isDisconnected: true))
    let volume = world.volumeUntilObjection(seconds: 300)
    report("priming beyond 0.2 mL", volume.map { $0 - 0.2 }, most: 0.055)
  }

  @Test("A fast phase that begins early is caught within 0.15 mL")
  func earlyPhase() throws {
    var therapy = therapy()
    therapy.phases = [
      Therapy.basal(4.2, seconds: 7200), Therapy.basal(30, seconds: 3600),
    ]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      if case .setPhase(0, var phase) = action {
        phase.duration = Ticks(count: 6000)
        return .setPhase(index: 0, phase)
      }
      return action
    }
    world.start()
    world.run(seconds: 60)
    report("second phase 119 min early", world.volumeUntilObjection(seconds: 600), most: 0.15)
  }

  @Test("R-040: with its occlusion alarm blind, pressure stays below 1000 mmHg")
  func blindToForce() throws {
    for syringe in [FittedSyringe.plastipak10, .plastipak20] {
      var therapy = therapy()
      therapy.syringe = syringe
      therapy.fill = 9
      therapy.phases = [Therapy.basal(30, seconds: 3 * 3600 / 2)]
      therapy.concentration = 6
      var world = DefectiveWorld(therapy)
      world.sees = { $0.force.value = 4_500_000 }
      world.start()
      world.run(seconds: 60)
      world.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
      var highest = 0.0
      for _ in 0..<120_000 {
        world.pass()
        highest = max(highest, world.pump.truth.linePressure)
      }
      #expect(world.verdict.objections.contains(.downstreamOcclusion), "\(syringe)")
      print("planted defect, blind to force, \(syringe): at most \(highest) mmHg")
      // The cell reads 3 % too much, friction is as the catalogue says.
      #expect(highest < 1000, "\(syringe): \(highest) mmHg")
    }
  }

  @Test("A retraction that does not end is caught")
  func retractionOn() throws {
    var therapy = therapy()
    therapy.phases = [Therapy.basal(30, seconds: 7200)]
    var world = DefectiveWorld(therapy)
    world.start()
    world.run(seconds: 60)
    world.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    for _ in 0..<100_000 where world.output.mode != .retracting { world.pass() }
    #expect(world.output.mode == .retracting)
    var target = world.output.actuator.targetSteps
    world.says = { frame, _ in
      target -= 1
      frame.targetSteps = target
      frame.stepRateBound = 4000
      frame.isControllerPermitting = true
    }
    let before = world.delivered
    world.run(seconds: 600)
    #expect(!world.verdict.objections.isEmpty)
    // Stored up to 1000 mmHg in 20 mL syringe and line, half as much again: 1.2 mL; backlash 0.06 mL.
    report("retraction without end, drawn back", before - world.delivered, most: 1.4)
  }

  @Test(
    "The bolus key gives one bolus, to which the monitor does not object; the stop key stops both")
  func keys() throws {
    var world = DefectiveWorld(therapy())
    world.start()
    world.run(seconds: 60)
    let before = world.delivered
    world.keys = .bolus
    world.run(seconds: 0.5)
    world.keys = []
    world.run(seconds: 60)
    // 2 mg of 6 mg/mL, and 0.7 mL/h.
    #expect(abs(world.delivered - before - 2.0 / 6 - 0.7 * 60.5 / 3600) < 0.0005)
    #expect(world.verdict.objections.isEmpty)
    world.keys = .stop
    // A controller that does not see the key.
    world.sees = { $0.keys = [] }
    world.run(seconds: 0.06)
    let stopped = world.delivered
    world.run(seconds: 10)
    #expect(world.delivered == stopped)
  }

  @Test("Frames that a hung controller repeats move nothing more")
  func hung() throws {
    var world = DefectiveWorld(therapy())
    world.start()
    world.run(seconds: 60)
    let frozen = ActuatorFrame(controller: world.output, monitor: world.verdict)
    world.says = { frame, _ in
      let permit = frame.isMonitorPermitting
      frame = frozen
      frame.isMonitorPermitting = permit
    }
    let before = world.delivered
    world.run(seconds: 600)
    #expect(world.delivered - before <= world.stepVolume)
  }
}
