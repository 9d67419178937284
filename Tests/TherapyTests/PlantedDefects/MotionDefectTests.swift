import Foundation
import PumpFirmware
import PumpHAL
import PumpMonitor
import PumpPlant
import Testing

@testable import TherapyAttack

@Suite("Planted defects of motion: without end, without order, without progress")
struct MotionDefectTests {
  @Test("R-103: a stop or a reaction that the controller does not hear stops in its tick")
  func deafToStop() {
    for action in [OperatorAction.stop, .pause, .reportReaction(severity: 3), .powerOff] {
      var world = DefectiveWorld(DefectiveWorld.therapy)
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
  func stuckOn() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
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

  @Test("Priming that does not end is caught at what was asked for and 0.05 mL")
  func primingOn() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
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

  @Test(
    "The bolus key gives one bolus, to which the monitor does not object; the stop key stops both")
  func keys() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
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

  @Test("R-066: a controller that primes a connected patient moves nothing")
  func primingConnected() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.hears = { action in
      guard case .prime(let volume, _) = action else { return action }
      return .prime(volume: volume, isDisconnected: true)
    }
    world.run(seconds: 0.3)
    for action in world.setUp { world.pass(action) }
    world.pass(.prime(volume: Volume(picolitres: 200_000_000), isDisconnected: false))
    #expect(world.output.mode == .priming)
    world.run(seconds: 60)
    #expect(world.delivered == 0)
  }

  @Test("R-045: a controller that goes on after an alarm without being asked moves nothing")
  func resumesUnasked() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.senses = { $0.syringe.value.isFlangeSeated = false }
    world.run(seconds: 10)
    #expect(world.output.mode == .alarmStop)
    world.senses = { _ in }
    world.run(seconds: 1)
    world.pass(.acknowledge, by: .nurse)
    #expect(world.verdict.objections.isEmpty)
    let before = world.delivered
    // Something in it starts again; nobody did.
    world.hears = { $0 == .audioPause ? .start : $0 }
    world.pass(.audioPause, by: .nurse)
    #expect(world.output.mode == .infusing)
    world.run(seconds: 60)
    #expect(world.delivered == before)
    world.hears = { $0 }
    world.run(seconds: 5)
    world.pass(.acknowledge, by: .pharmacist)
    world.pass(.start, by: .nurse)
    world.run(seconds: 60)
    #expect(world.delivered > before)
  }

  @Test("R-106: a controller that resumes after a loss of power without being asked moves nothing")
  func resumesAfterPowerLoss() {
    var first = DefectiveWorld(DefectiveWorld.therapy)
    first.start()
    first.run(seconds: 300)
    var world = first
    let memory = world.pump.restoreMemory()
    world.controller = Controller(powerOn: first.powerOn, memory: memory.span)
    world.monitor = ProtectiveMonitor(powerOn: first.powerOn, memory: memory.span)
    world.run(seconds: 1)
    #expect(world.output.mode == .askResume)
    let before = world.delivered
    world.hears = { action in
      switch action {
      case .audioPause: .answerResume(isResuming: true)
      case .requestBolus: .start
      default: action
      }
    }
    world.pass(.audioPause, by: .nurse)
    world.pass(.acknowledge, by: .nurse)
    world.pass(.requestBolus, by: .nurse)
    world.run(seconds: 60)
    #expect(world.delivered == before)
  }

  /// Freezes what the controller says, and tells how long the monitor took to object.
  private func freeze(_ world: inout DefectiveWorld, seconds: Double = 600) -> Double? {
    let frozen = world.output
    world.utters = { said in
      let journal = said.actuator.journal
      said = frozen
      said.actuator.journal = journal
    }
    let time = world.timeToObjection(seconds: seconds)
    world.pass()
    return time
  }

  @Test(
    "R-083: frames that a hung controller repeats move nothing, and are objected to within 2 s and three steps",
    arguments: [
      (0.05, .plastipak50), (0.05, .plastipak20), (0.7, .plastipak20),
      (5, .plastipak20), (10, .plastipak10),
    ] as [(Double, FittedSyringe)])
  func hung(_ flow: Double, _ syringe: FittedSyringe) throws {
    var world = DefectiveWorld(DefectiveWorld.therapy(flow, in: syringe))
    world.start()
    world.run(seconds: 60 + 10 / flow)
    #expect(world.verdict.objections.isEmpty)
    let step = world.stepVolume / flow * 3600
    let before = world.delivered
    let time = freeze(&world)
    #expect(world.delivered - before <= world.stepVolume)
    #expect(world.verdict.objections.contains(.watchdog))
    #expect(world.frame.lamp == .high && world.frame.buzzer == .high)
    // A second, three steps, and a second between two looks at the rate.
    report("hung at \(flow) mL/h in \(syringe)", time, unit: "s", most: 2.1 + 3 * (step + 0.01))
  }

  @Test("R-083: a frame frozen in a bolus, in priming, and under a lower alarm is objected to")
  func frozenElsewhere() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.pass(.requestBolus, by: .patient)
    world.run(seconds: 5)
    report("frozen in a bolus", freeze(&world), unit: "s", most: 3.3)
    #expect(world.verdict.objections.contains(.watchdog))

    world = DefectiveWorld(DefectiveWorld.therapy)
    world.run(seconds: 0.3)
    for action in world.setUp { world.pass(action) }
    world.pass(.prime(volume: Volume(picolitres: 500_000_000), isDisconnected: true))
    world.run(seconds: 10)
    report("frozen in priming", freeze(&world), unit: "s", most: 2.1)
    #expect(world.verdict.objections.contains(.watchdog))

    var therapy = DefectiveWorld.therapy
    therapy.phases = [Therapy.basal(4.2, seconds: 1500)]
    world = DefectiveWorld(therapy)
    world.start()
    world.run(seconds: 60)
    #expect(world.output.signals.contains(.nearEnd))
    report("frozen near the end", freeze(&world), unit: "s", most: 3.3)
  }

  @Test("Where the hardware does not say what the lamp does, a hang is not told, and moves nothing")
  func hungUnseen() {
    var world = DefectiveWorld(DefectiveWorld.therapy, without: .annunciation)
    world.start()
    world.run(seconds: 60)
    let before = world.delivered
    #expect(freeze(&world) == nil)
    #expect(world.delivered - before <= world.stepVolume)
  }

  @Test(
    "R-008: a controller that crawls at half its rate is objected to within 6 min, at any rate",
    arguments: [(0.05, .plastipak50), (0.7, .plastipak20), (5, .plastipak20)]
      as [(Double, FittedSyringe)])
  func crawling(_ flow: Double, _ syringe: FittedSyringe) throws {
    var world = DefectiveWorld(DefectiveWorld.therapy(flow * 2, in: syringe))
    world.hears = { action in
      guard case .setPhase(let index, var phase) = action else { return action }
      phase.dose.amount /= 2
      return .setPhase(index: index, phase)
    }
    world.start()
    report("at half of \(flow * 2) mL/h", world.timeToObjection(seconds: 900), unit: "s", most: 360)
    #expect(world.verdict.objections.contains(.underInfusion))
  }
}
