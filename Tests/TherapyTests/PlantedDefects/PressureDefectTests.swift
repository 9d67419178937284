// @relation(R-010, R-040, R-043, scope=file, role=Verification)
import Foundation
import PumpFirmware
import PumpHAL
import PumpMonitor
import PumpPlant
import Testing

@testable import TherapyAttack

@Suite("Planted defects under pressure: occlusion and retraction")
struct PressureDefectTests {
  @Test("R-040: with its occlusion alarm blind, pressure stays below 1000 mmHg")
  func blindToForce() throws {
    for syringe in [FittedSyringe.plastipak10, .plastipak20] {
      var therapy = DefectiveWorld.therapy
      therapy.syringe = syringe
      therapy.fill = 9
      therapy.phases = [Therapy.basal(30, seconds: 3 * 3600 / 2)]
      therapy.concentration = 6
      var world = DefectiveWorld(therapy)
      world.sees = DefectiveWorld.seesNoPressure
      world.start()
      world.run(seconds: 60)
      world.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
      var highest = 0.0
      for _ in 0..<120_000 {
        world.pass()
        highest = max(highest, world.pump.truth.linePressure)
      }
      #expect(world.verdict.objections.contains(.downstreamOcclusion), "\(syringe.rawValue)")
      print("planted defect, blind to force, \(syringe.rawValue): at most \(highest) mmHg")
      // The cell reads 3 % too much, friction is as the catalogue says.
      #expect(highest < 1000, "\(syringe.rawValue): \(highest) mmHg")
    }
  }

  @Test("R-010: a retraction that does not end is caught")
  func retractionOn() throws {
    var therapy = DefectiveWorld.therapy
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

  @Test("R-040: blind to force at 0.7 mL/h, the motor's current holds it below 800 mmHg")
  func blindAtSlowRate() throws {
    var world = DefectiveWorld(DefectiveWorld.therapy(0.7))
    world.sees = DefectiveWorld.seesNoPressure
    // A cell that is stuck is stuck for both.
    world.senses = { $0.force.value = 4_500_000 }
    world.start()
    world.run(seconds: 60)
    world.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    var highest = 0.0
    for _ in 0..<720_000 where world.verdict.objections.isEmpty {
      world.pass()
      highest = max(highest, world.pump.truth.linePressure)
    }
    #expect(world.verdict.objections.contains(.downstreamOcclusion))
    report("force cell stuck, 0.7 mL/h, highest pressure", highest, unit: "mmHg", most: 800)
  }

  @Test(
    "R-040: an occlusion alarm suppressed is raised by the monitor, 15 % or 50 mmHg above the limit",
    arguments: [225.0, 540, 750])
  func alarmSuppressed(_ limit: Double) throws {
    var therapy = DefectiveWorld.therapy(5)
    therapy.occlusion_mmHg = limit
    var world = DefectiveWorld(therapy)
    world.sees = DefectiveWorld.seesNoPressure
    world.start()
    world.run(seconds: 60)
    world.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    var highest = 0.0
    var reached: Int64?
    for _ in 0..<720_000 where world.verdict.objections.isEmpty {
      world.pass()
      highest = max(highest, world.pump.truth.linePressure)
      if highest > limit, reached == nil { reached = world.tick }
    }
    #expect(world.verdict.objections.contains(.downstreamOcclusion))
    // The cell reads 3 % too much; a second at 5 mL/h is 1.2 mmHg.
    let most = limit + max(limit * 0.15, 50) + 20
    report("occlusion at \(limit) mmHg suppressed", highest, unit: "mmHg", most: most)
    if let reached {
      print(
        "after \(Double(world.tick - reached) / 100) s, that is"
          + " \(Double(world.tick - reached) / 360_000 * 5) mL")
    }
  }

  @Test(
    "R-043: a retraction forgotten, or frozen on its way, is held until the pressure has gone or a pharmacist has seen to it",
    arguments: [0.0, 0.05], [225.0, 540])
  func retractionForgotten(_ done: Double, _ limit: Double) throws {
    var therapy = DefectiveWorld.therapy(5)
    therapy.occlusion_mmHg = limit
    var world = DefectiveWorld(therapy)
    world.start()
    world.run(seconds: 60)
    world.occlude()
    let from = world.output.actuator.targetSteps
    let least = from - Int64(done / world.stepVolume)
    world.says = { frame, _ in frame.targetSteps = max(frame.targetSteps, least) }
    let time = world.timeToObjection(seconds: 60)
    report("retraction forgotten after \(done) mL", time, unit: "s", most: 5.2 + done * 150)
    #expect(world.verdict.objections.contains(.downstreamOcclusion))
    world.run(seconds: 60)
    world.says = { _, _ in }
    world.pass(.acknowledge, by: .nurse)
    #expect(world.verdict.objections.contains(.downstreamOcclusion))
    world.pass(.start, by: .nurse)
    world.run(seconds: 5)
    #expect(!world.verdict.isPermitting)

    // By a pharmacist, or by whoever has opened the line.
    var other = world
    other.pass(.acknowledge, by: .pharmacist)
    #expect(other.verdict.objections.isEmpty)
    world.pump.clear(.occlusion)
    world.run(seconds: 120)
    world.pass(.acknowledge, by: .nurse)
    // Friction that has begun to turn round hides 225 mmHg: there a pharmacist it has to be.
    let isTold = done == 0 || limit > 300
    #expect(world.verdict.objections.isEmpty == isTold)
  }

  @Test("R-043: a hold outlasts a loss of power")
  func heldThroughPowerLoss() throws {
    var world = DefectiveWorld(DefectiveWorld.therapy(5))
    world.start()
    world.run(seconds: 60)
    world.occlude()
    let from = world.output.actuator.targetSteps
    world.says = { frame, _ in frame.targetSteps = max(frame.targetSteps, from) }
    #expect(world.timeToObjection(seconds: 60) != nil)
    world.run(seconds: 10)
    let memory = world.pump.restoreMemory()
    let monitor = ProtectiveMonitor(powerOn: world.powerOn, memory: memory.span)
    world.monitor = monitor
    world.pass()
    #expect(world.verdict.objections.contains(.downstreamOcclusion))
  }

  @Test(
    "A controller that alarms and draws back as it should is not objected to, and can go on",
    arguments: [
      (0.7, FittedSyringe.plastipak20, 540.0), (5, .plastipak50, 750), (5, .plastipak10, 225),
      (10, .plastipak20, 225),
    ] as [(Double, FittedSyringe, Double)])
  func right(_ flow: Double, _ syringe: FittedSyringe, _ limit: Double) throws {
    var therapy = DefectiveWorld.therapy(flow, in: syringe)
    therapy.occlusion_mmHg = limit
    var world = DefectiveWorld(therapy)
    world.start()
    world.run(seconds: 600)
    world.occlude()
    for _ in 0..<30_000 where world.verdict.objections.isEmpty { world.pass() }
    #expect(world.verdict.objections.isEmpty)
    world.pump.clear(.occlusion)
    world.run(seconds: 5)
    world.pass(.acknowledge, by: .nurse)
    world.run(seconds: 30)
    world.pass(.start, by: .nurse)
    for _ in 0..<60_000 where world.verdict.objections.isEmpty { world.pass() }
    #expect(world.verdict.objections.isEmpty && world.output.mode == .infusing)
  }
}
