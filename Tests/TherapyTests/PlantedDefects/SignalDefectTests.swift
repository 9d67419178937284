// @relation(R-060, R-061, R-070, R-072, R-077, R-091, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

/// Something that has to stop the pump and be told.
enum StoppingCondition: String, CaseIterable, Sendable {
  case flange, sizer, hot, driver, battery

  var alarm: AlarmID {
    switch self {
    case .flange: .syringeDisplaced
    case .sizer: .syringeMismatch
    case .hot: .temperature
    case .driver: .driveFault
    case .battery: .batteryDepleted
    }
  }

  func happen(to frame: inout SensorFrame) {
    switch self {
    case .flange: frame.syringe.value.isFlangeSeated = false
    case .sizer: frame.syringe.value.barrelDiameter = 1500
    case .hot: frame.temperature.value = 5200
    case .driver: frame.faults.insert(.motorDriver)
    case .battery: frame.battery.value.millivolts = 1600
    }
  }

  /// Seconds within which the monitor objects: 1.5 s, more where one reading proves nothing.
  var bound: Double {
    switch self {
    case .flange, .sizer: 1.7
    case .driver: 2.7
    case .hot: 6.7
    case .battery: 12 * 60 + 2
    }
  }
}

@Suite("Planted defects of signals: alarms that are not raised, and not told")
struct SignalDefectTests {
  @Test(
    "R-060, R-061, R-091: a controller that does not see it and goes on is stopped",
    arguments: StoppingCondition.allCases)
  func blind(_ condition: StoppingCondition) throws {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    let before = world.delivered
    // What is so, and what the controller sees of it.
    var healthy = SensorFrame()
    world.senses = { frame in
      healthy = frame
      condition.happen(to: &frame)
    }
    world.sees = { $0 = healthy }
    let time = world.timeToObjection(seconds: 1200)
    report("\(condition) unseen", time, unit: "s", most: condition.bound)
    #expect(world.verdict.objections.contains(condition.alarm))
    #expect(world.frame.lamp == .high && world.frame.buzzer == .high)
    print("planted defect, \(condition) unseen: \(world.delivered - before) mL")
    let stopped = world.delivered
    world.run(seconds: 10)
    #expect(world.delivered == stopped)
  }

  @Test(
    "R-070, R-077: a controller that stops and tells nobody is told of",
    arguments: StoppingCondition.allCases)
  func mute(_ condition: StoppingCondition) throws {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.utters = { said in
      said.actuator.lamp = .off
      said.actuator.buzzer = .off
    }
    world.senses = { condition.happen(to: &$0) }
    while world.output.mode == .infusing { world.pass() }
    report(
      "\(condition) untold", world.timeToObjection(seconds: 1200), unit: "s",
      most: condition == .battery ? 130 : condition.bound)
    #expect(world.frame.lamp == .high && world.frame.buzzer == .high)
  }

  @Test(
    "A controller that stops and tells is not objected to, acknowledged or not",
    arguments: StoppingCondition.allCases)
  func right(_ condition: StoppingCondition) throws {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.senses = { condition.happen(to: &$0) }
    for _ in 0..<130_000 where world.output.mode == .infusing { world.pass() }
    #expect(world.output.mode == .alarmStop)
    for _ in 0..<2 {
      world.run(seconds: 0.5)
      world.pass(.acknowledge, by: .nurse)
      #expect(world.timeToObjection(seconds: 200) == nil, "\(world.verdict.objections)")
    }
    world.senses = { _ in }
    world.run(seconds: 1)
    world.pass(.acknowledge, by: .nurse)
    #expect(world.timeToObjection(seconds: 60) == nil)
  }

  @Test("R-091: a gauge that shows nothing of the cells is objected to after forty minutes only")
  func unread() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    var healthy = SensorFrame()
    world.senses = { frame in
      healthy = frame
      frame.battery.value.millivolts = 0
    }
    world.sees = { $0 = healthy }
    let time = world.timeToObjection(seconds: 42 * 60)
    #expect(time.map { $0 > 38 * 60 } == true, "\(time ?? -1) s")
    #expect(world.verdict.objections.contains(.sensorImplausible))
  }

  @Test("R-072: a sound that the controller withholds is sounded within 3 s; an audio pause is not")
  func silenced() throws {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.senses = { $0.syringe.value.isFlangeSeated = false }
    world.run(seconds: 5)
    #expect(world.frame.buzzer == .high)
    world.pass(.audioPause, by: .patient)
    #expect(world.timeToObjection(seconds: 125) == nil)
    #expect(world.frame.buzzer == .high)
    world.utters = { $0.actuator.buzzer = .off }
    report("sound withheld", world.timeToObjection(seconds: 10), unit: "s", most: 3)
    #expect(world.verdict.objections.contains(.annunciatorFault))
    #expect(world.frame.buzzer == .high)
  }
}
