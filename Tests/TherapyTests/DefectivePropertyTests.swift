import PumpHAL
import Testing

@testable import TherapyAttack

@Suite("Each property fails on a firmware with the matching defect")
struct DefectivePropertyTests {
  /// The properties that do not hold in random sessions of firmware with this defect.
  private func violated(
    _ kind: AttackKind = .therapy, seeds: ClosedRange<UInt64> = 1...8, by defect: Defect
  ) -> [Property] {
    var found: [Property] = []
    for seed in seeds {
      var attacker = Attacker(kind, seed: seed, seconds: 300, defect: defect)
      if let violation = attacker.run() { found.append(violation.property) }
    }
    return found
  }

  @Test("R-028: caps: a controller that never heard of them")
  func caps() {
    var defect = Defect()
    defect.hears = { command in
      if case .setDoseCap = command.action { return .none }
      return command
    }
    #expect(violated(seeds: 1...24, by: defect).contains(.caps))
  }

  @Test("R-007: prescribed: half as much again at every step")
  func prescribed() {
    var defect = Defect()
    defect.says = { frame, _ in
      frame.targetSteps += frame.targetSteps / 2
      frame.stepRateBound = 4000
    }
    #expect(violated(by: defect).contains(.prescribed))
  }

  @Test("R-103: rest: a stop that is not heard, a permit that stays")
  func rest() {
    var deaf = Defect()
    deaf.hears = { command in
      command.action == .stop || command.action == .pause ? .none : command
    }
    #expect(violated(by: deaf).contains(.rest))
    var stuck = Defect()
    var target: Int64 = 0
    stuck.says = { frame, output in
      target = max(target + (output.mode == .stopped ? 1 : 0), frame.targetSteps)
      frame.targetSteps = target
      frame.isControllerPermitting = true
      frame.stepRateBound = 4000
    }
    #expect(violated(by: stuck).contains(.rest))
  }

  @Test("R-070, R-072: signals: a lamp that stays dark, a sound that never comes back")
  func signals() {
    var dark = Defect()
    dark.says = { frame, _ in if frame.lamp == .high { frame.lamp = .infusing } }
    #expect(violated(.faults, by: dark).contains(.signals))
    var silent = Defect()
    silent.says = { frame, _ in frame.buzzer = .off }
    #expect(violated(.faults, by: silent).contains(.signals))
  }

  @Test("R-071: starts: a pause of the sound or an acknowledgement that starts delivery")
  func starts() {
    for action in [OperatorAction.acknowledge, .audioPause] {
      var defect = Defect()
      defect.hears = { command in
        command.action == action ? OperatorCommand(.start, by: .pharmacist) : command
      }
      #expect(violated(.faults, seeds: 1...16, by: defect).contains(.starts), "\(action)")
    }
  }

  @Test("R-021, R-022: boluses: a lockout of five minutes that the controller hears as one")
  func boluses() {
    var defect = Defect()
    defect.hears = { command in
      guard case .setPatientBolus(let dose, _, _, let flow) = command.action else {
        return command
      }
      return OperatorCommand(
        .setPatientBolus(
          dose: dose, lockout: Ticks(count: 30_000), maximumPerHour: 12, flow: flow),
        by: command.role)
    }
    var found: [Property] = []
    for seed in UInt64(1)...12 {
      var attacker = Attacker(.therapy, seed: seed, seconds: 1500, defect: defect)
      if let violation = attacker.run() { found.append(violation.property) }
    }
    #expect(found.contains(.boluses), "\(found)")
  }

  @Test("quiet: a cell that reads three newtons more at every sample")
  func quiet() {
    var defect = Defect()
    defect.sees = { sensors in sensors.force.value += Int32(sensors.tick % 6000) * 20_000 }
    #expect(violated(by: defect).contains(.quiet))
  }

  @Test("account: a concentration that is another at the display")
  func account() {
    var defect = Defect()
    defect.hears = { command in
      guard case .setDrug(let index, let number, let concentration) = command.action else {
        return command
      }
      return OperatorCommand(
        .setDrug(
          index: index, number: number,
          concentration: Concentration(
            nanogramsPerMillilitre: concentration.nanogramsPerMillilitre * 11 / 10)),
        by: command.role)
    }
    #expect(violated(by: defect).contains(.account))
  }

  @Test("a failing session is cut off and made smaller, and fails in the same way")
  func shrinking() throws {
    var defect = Defect()
    defect.hears = { command in command.action == .stop ? .none : command }
    var attacker = Attacker(.therapy, seed: 1, seconds: 600, defect: defect)
    var seed: UInt64 = 1
    var violation = attacker.run()
    while violation?.property != .rest, seed < 20 {
      seed += 1
      attacker = Attacker(.therapy, seed: seed, seconds: 600, defect: defect)
      violation = attacker.run()
    }
    let found = try #require(violation)
    let small = attacker.recording.shrunk(found, defect: defect)
    // A start and a stop that was not heard are enough.
    #expect(small.blows.count <= 2, "\(small)")
    #expect(small.run(to: found.tick, defect: defect)?.property == .rest)
  }
}
