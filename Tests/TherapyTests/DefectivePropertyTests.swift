// @relation(R-007, R-021, R-022, R-028, R-070, R-071, R-072, R-103, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import TherapyAttack

@Suite("Each property fails on a firmware with the matching defect")
struct DefectivePropertyTests {
  /// Looks for a random session in which `property` does not hold with this defect.
  private func expect(
    _ property: Property, toFailBy defect: Defect, in kind: AttackKind = .therapy,
    seconds: Int64 = 300, _ location: SourceLocation = #_sourceLocation
  ) {
    var found: [Property] = []
    for seed in UInt64(1)...24 {
      var attacker = Attacker(kind, seed: seed, seconds: seconds, defect: defect)
      guard let violation = attacker.run() else { continue }
      if violation.property == property { return }
      found.append(violation.property)
    }
    Issue.record("\(property) holds; \(found)", sourceLocation: location)
  }

  @Test("R-028: caps: a controller that heard ten times as much")
  func caps() {
    var defect = Defect()
    defect.hears = { command in
      guard case .setDoseCap(let index, let window, let cap) = command.action else {
        return command
      }
      return OperatorCommand(
        .setDoseCap(index: index, window: window, cap: Mass(nanograms: cap.nanograms * 10)),
        by: command.role)
    }
    expect(.caps, toFailBy: defect, seconds: 900)
  }

  @Test("R-007: prescribed: half as much again at every step")
  func prescribed() {
    var defect = Defect()
    defect.says = { frame, _ in
      frame.targetSteps += frame.targetSteps / 2
      frame.stepRateBound = 4000
    }
    expect(.prescribed, toFailBy: defect)
  }

  @Test("R-103: rest: a stop that is not heard, a permit that stays")
  func rest() {
    var deaf = Defect()
    deaf.hears = { command in
      command.action == .stop || command.action == .pause ? .none : command
    }
    expect(.rest, toFailBy: deaf)
    var stuck = Defect()
    var target: Int64 = 0
    stuck.says = { frame, output in
      target = max(target + (output.mode == .stopped ? 1 : 0), frame.targetSteps)
      frame.targetSteps = target
      frame.isControllerPermitting = true
      frame.stepRateBound = 4000
    }
    expect(.rest, toFailBy: stuck)
  }

  @Test("R-070, R-072: signals: a lamp that stays dark, a sound that never comes back")
  func signals() {
    var dark = Defect()
    dark.says = { frame, _ in if frame.lamp == .high { frame.lamp = .infusing } }
    expect(.signals, toFailBy: dark, in: .faults)
    var silent = Defect()
    silent.says = { frame, _ in frame.buzzer = .off }
    expect(.signals, toFailBy: silent, in: .faults)
  }

  @Test("R-071: starts: a pause of the sound or an acknowledgement that starts delivery")
  func starts() {
    for action in [OperatorAction.acknowledge, .audioPause] {
      var defect = Defect()
      defect.hears = { command in
        command.action == action ? OperatorCommand(.start, by: .pharmacist) : command
      }
      expect(.starts, toFailBy: defect, in: .faults)
    }
  }

  @Test("R-021, R-022: boluses: every lockout is heard as five minutes, twelve an hour")
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
    expect(.boluses, toFailBy: defect, seconds: 900)
  }

  @Test("quiet: a force cell that creeps up by 2 N/s")
  func quiet() {
    var defect = Defect()
    defect.sees = { sensors in sensors.force.value += Int32(sensors.tick % 6000) * 20_000 }
    expect(.quiet, toFailBy: defect)
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
    expect(.account, toFailBy: defect)
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
