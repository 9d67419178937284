// One defect of the controller at a time, planted between it and everything else; the monitor and
// the plant are whole.

import Foundation
import PumpFirmware
import PumpHAL
import PumpLoop
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
  var frame = ActuatorFrame()
  var tick: Int64 = 0
  let stepVolume: Double
  let powerOn: PowerOn
  let setUp: [OperatorAction]

  /// What is really so, of what the plant cannot do: both channels see it.
  var senses: (inout SensorFrame) -> Void = { _ in }
  /// What the controller hears instead.
  var hears: (OperatorAction) -> OperatorAction = { $0 }
  /// What the controller sees instead.
  var sees: (inout SensorFrame) -> Void = { _ in }
  /// What the controller says instead.
  var utters: (inout TickOutput) -> Void = { _ in }
  /// What goes out to the hardware instead.
  var says: (inout ActuatorFrame, TickOutput) -> Void = { _, _ in }

  /// - Parameter missing: sensors that the hardware does not have.
  init(_ therapy: Therapy, without missing: Sensors = []) {
    var parameters = therapy.hardware.plant
    parameters.drug.concentration = therapy.concentration
    parameters.fill = therapy.fill * 1000
    pump = SimulatedPump(parameters)
    var capabilities = pump.capabilities
    capabilities.sensors.subtract(missing)
    powerOn = PowerOn(
      capabilities: capabilities, configuration: therapy.hardware.configuration)
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
    senses(&sensors)
    var seen = sensors
    sees(&seen)
    output = controller.step(
      TickInput(
        elapsedTicks: 1, sensors: seen, command: OperatorCommand(hears(action), by: role)))
    verdict = monitor.step(
      TickInput(elapsedTicks: 1, sensors: sensors, command: OperatorCommand(action, by: role)))
    var said = output
    utters(&said)
    frame = ActuatorFrame(controller: said, monitor: verdict)
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

extension DefectiveWorld {
  /// 0.7 mL/h of 6 mg/mL in a 20 mL syringe.
  static var therapy: Therapy {
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(4.2, seconds: 12 * 3600)]
    therapy.bolus = 2
    therapy.lockout_min = 30
    therapy.bolusesPerHour = 2
    return therapy
  }

  /// The same at so many mL/h.
  static func therapy(
    _ flow: Double, in syringe: FittedSyringe = .plastipak20
  ) -> Therapy {
    var therapy = therapy
    therapy.syringe = syringe
    therapy.fill = syringe == .plastipak10 ? 9 : 15
    therapy.phases = [Therapy.basal(flow * 6, seconds: Int64(min(12, 8 / flow) * 3600))]
    return therapy
  }

  /// Blinds every detector of pressure that the controller has: a cell that feels friction and its
  /// noise, and the current of a motor that pushes no more than that.
  static func seesNoPressure(_ frame: inout SensorFrame) {
    frame.force.value = 4_500_000 + Int32(frame.force.sampledAt / 10 % 7) * 10_000
    // Idle current and a share for each newton; none while the motor rests.
    if frame.motorCurrent.value > 0 { frame.motorCurrent.value = 89 }
  }

  /// Runs until the monitor objects; how long that took, s, nil where it never does.
  mutating func timeToObjection(seconds: Double) -> Double? {
    for count in 1...Int64(seconds * 100) {
      pass()
      if !verdict.objections.isEmpty { return Double(count) / 100 }
    }
    return nil
  }

  /// Blocks the needle and runs until the controller raises its alarm.
  mutating func occlude() {
    pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    for _ in 0..<600_000 where !output.conditions.contains(.downstreamOcclusion) { pass() }
    #expect(output.mode == .retracting)
  }
}

/// Says what a defect cost, and expects it to be below a bound.
func report(
  _ name: String, _ cost: Double?, unit: String = "mL", most: Double,
  _ location: SourceLocation = #_sourceLocation
) {
  guard let cost else {
    Issue.record("\(name): not caught", sourceLocation: location)
    return
  }
  print("planted defect, \(name): caught after \(cost) \(unit)")
  #expect(cost < most, "\(name): \(cost) \(unit)", sourceLocation: location)
}
