import PumpHAL
import Testing

@testable import TherapyAttack

@Suite("Each property can fail")
struct PropertyFailureTests {
  /// What the properties say when what they are shown is falsified so.
  private func violation(
    _ actions: [OperatorAction] = [],
    _ doctor: @escaping (inout Pass, inout Int64) -> Void
  ) throws -> String {
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(12, seconds: 600)]
    therapy.bolus = 0.3
    therapy.caps = [14, 0, 0]
    var world = TherapyWorld(therapy)
    world.properties = TherapyProperties(isFaultFree: true)
    world.setUp()
    world.give(.start)
    world.run(seconds: 60)
    #expect(world.properties?.violation == nil)
    world.doctor = doctor
    for action in actions { world.give(action) }
    world.run(seconds: 120)
    return world.properties?.violation ?? "nothing"
  }

  @Test("more than prescribed, motion at rest, motion without the monitor's permit")
  func motion() throws {
    #expect(try violation { _, moved in moved *= 2 }.contains("prescribed"))
    #expect(try violation([.stop]) { _, moved in moved = 1 }.contains("steps in stopped"))
    let late = try violation([.stop]) { pass, moved in
      if pass.input.command.action == .none { moved = 1 }
    }
    #expect(late.contains("steps in stopped"))
    #expect(
      try violation { pass, _ in pass.frame.isMonitorPermitting = false }.contains("permit"))
  }

  @Test("a start that nobody gave, a stop that does not stop")
  func modes() throws {
    let unasked = try violation([.pause, .start]) { pass, _ in pass.input.command = .none }
    #expect(unasked.contains("without a start"))
    let deaf = try violation { pass, _ in
      pass.input.command = OperatorCommand(.stop, by: .patient)
    }
    #expect(deaf.contains("did not stop"))
  }

  @Test("a condition without its lamp, an objection and an alarm without a fault")
  func signals() throws {
    let dark = try violation { pass, _ in
      pass.output.conditions.insert(.driveFault)
      pass.frame.lamp = .off
    }
    #expect(dark.contains("without red lamp"))
    let objecting = try violation { pass, _ in pass.verdict.objections.insert(.overInfusion) }
    #expect(objecting.contains("objects"))
    let alarming = try violation { pass, _ in
      pass.output.signals.insert(.downstreamOcclusion)
      pass.frame.lamp = .high
    }
    #expect(alarming.contains("false alarm"))
  }

  @Test("a cap passed, a lockout not kept")
  func caps() throws {
    let over = try violation([.none, .none]) { pass, _ in
      if pass.input.command.action == .none, pass.input.sensors.tick % 1000 == 0 {
        pass.input.command = OperatorCommand(
          .setDoseCap(index: 0, window: .oneHour, cap: Mass(nanograms: 1000)), by: .pharmacist)
        pass.output.result = .accepted
      } else if pass.input.sensors.tick % 1000 == 1 {
        pass.input.command = OperatorCommand(.confirm(phaseCount: 1), by: .pharmacist)
        pass.output.result = .accepted
      }
    }
    #expect(over.contains("in window 0"))
    let again = try violation { pass, _ in
      if pass.input.sensors.tick % 1000 == 0 {
        pass.input.command = OperatorCommand(.requestBolus, by: .patient)
        pass.output.result = .accepted
      }
    }
    #expect(again.contains("a bolus"))
  }

  @Test("every window: an exact window finds what lies across any boundary")
  func exactWindow() {
    var window = ExactWindow(ticks: 100)
    var total = 0.0
    for tick in [Int64(10), 95, 105, 300, 399, 400] {
      window.see(tick: tick, before: total, after: total + 1)
      total += 1
    }
    // 10, 95 and 105 lie within 95 ticks, 300, 399 and 400 within 100.
    #expect(window.highest == 3)
    window.see(tick: 401, before: total, after: total + 1)
    #expect(window.highest == 3, "the step at 300 is 101 ticks old")
  }
}
