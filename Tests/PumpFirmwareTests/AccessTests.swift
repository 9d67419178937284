import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Roles and access codes")
struct AccessTests {
  private static let codes: RoleCodes = {
    var codes = RoleCodes()
    codes.nurse = 1234
    codes.pharmacist = 9876
    codes.service = 5555
    return codes
  }()

  private static var configuration: PumpConfiguration {
    var configuration = PumpConfiguration()
    configuration.codes = codes
    return configuration
  }

  /// Infusing, every role locked.
  private func locked() -> Rig {
    var rig = Rig(configuration: Self.configuration)
    rig.run(600)
    rig.tick(.enterCode(9876), by: .pharmacist)
    rig.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000,
      bolus: Dose(2_000_000, .mass), caps: [], flow: 5_000_000, occlusion: 71_994, keepOpen: 0,
      libraryRate: 70_000_000, fill: .millilitres(20))
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    rig.run(AccessRules.unlockedTicks)
    return rig
  }

  @Test("R-027, R-103: without its code no role may do more than the patient")
  func lockedRoles() {
    var rig = locked()
    #expect(rig.commandsRefused.isEmpty && rig.last.mode == .infusing)
    #expect(rig.last.actuator.display.flags.contains(.locked))
    let asked: [OperatorAction] = [
      .clinicianBolus(dose: Dose(1_000_000, .mass), duration: .minutes(5)),
      .titrate(dose: Dose(5_000_000, .mass), per: .hours(1)), .confirm(phaseCount: 1),
      .beginSetUp(isNewPatient: true), .acknowledge, .start, .powerOff, .cancel,
    ]
    for action in asked {
      rig.tick(action, by: .pharmacist)
      #expect(rig.last.result == .refusedLocked, "\(action)")
    }
    rig.tick(.requestBolus, by: .nurse)
    #expect(rig.last.result == .accepted)
  }

  @Test("R-103: the right code unlocks its own role, for 3 min without a command")
  func unlocking() {
    var rig = locked()
    rig.tick(.enterCode(1234), by: .nurse)
    #expect(rig.last.result == .accepted)
    rig.tick()
    #expect(!rig.last.actuator.display.flags.contains(.locked))
    rig.tick(.acknowledge, by: .pharmacist)
    #expect(rig.last.result == .refusedLocked, "another's code")
    // Each command begins the time anew.
    rig.run(AccessRules.unlockedTicks - 10)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.last.result == .accepted)
    rig.run(AccessRules.unlockedTicks - 1)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.last.result == .refusedLocked)
    #expect(rig.last.actuator.display.flags.contains(.locked))
  }

  @Test("R-103: a code of 0 is none, and the patient has none to enter")
  func noCode() {
    var rig = Rig.infusing()
    rig.tick(.enterCode(0), by: .patient)
    #expect(rig.last.result == .refusedRole)
    rig.tick(.enterCode(77), by: .nurse)
    #expect(rig.last.result == .accepted)
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.last.result == .accepted)
    #expect(!rig.last.actuator.display.flags.contains(.locked))
  }

  @Test("F53: each third wrong code locks the role out for 60 s, doubling to 15 min")
  func lockOut() {
    var access = AccessControl()
    var now: Int64 = 1000
    func enter(_ code: UInt32) -> CommandResult {
      now += 1
      return access.enter(code, by: .nurse, codes: Self.codes, now: now)
    }
    for seconds in [60, 120, 240, 480, 900, 900, 900] {
      for _ in 0..<3 { #expect(enter(1) == .refusedCode) }
      let end = now + Int64(seconds) * ticksPerSecond
      #expect(enter(1234) == .refusedLocked, "the right one is not read either")
      now = end - 2
      #expect(enter(1234) == .refusedLocked)
      #expect(access.lockedOutUntil == end)
    }
    #expect(enter(1234) == .accepted)
    for _ in 0..<3 { #expect(enter(1) == .refusedCode) }
    #expect(access.lockedOutUntil == now + 60 * ticksPerSecond, "the doubling began anew")
    #expect(!access.isUnlocked(.nurse, codes: Self.codes, now: now))
  }

  @Test("F53: tried codes are shown as tampering and hold boluses; the basal goes on")
  func tampering() {
    var rig = locked()
    for _ in 0..<3 { rig.tick(.enterCode(1), by: .pharmacist) }
    rig.run(2)
    #expect(rig.last.signals.contains(.syringeMismatch) && rig.last.actuator.lamp == .high)
    #expect(rig.last.mode == .infusing)
    rig.tick(.requestBolus, by: .patient)
    #expect(rig.last.result == .refusedAlarm)
    rig.run(minutes: 2)
    #expect(rig.last.signals.contains(.syringeMismatch), "until somebody acknowledges")
    rig.tick(.enterCode(1234), by: .nurse)
    rig.tick(.acknowledge, by: .nurse)
    rig.tick()
    #expect(rig.last.signals.isEmpty && rig.last.mode == .infusing)
  }

  @Test("F53: one role's wrong codes leave the others alone")
  func others() {
    var rig = locked()
    for _ in 0..<3 { rig.tick(.enterCode(1), by: .nurse) }
    rig.tick(.enterCode(9876), by: .pharmacist)
    #expect(rig.last.result == .accepted)
  }

  @Test(
    "F53: a loss of power neither ends a lock-out nor forgets wrong codes, and locks every role")
  func powerLoss() {
    var rig = locked()
    for _ in 0..<3 { rig.tick(.enterCode(1), by: .nurse) }
    rig.tick(.enterCode(9876), by: .pharmacist)
    for _ in 0..<2 { rig.tick(.enterCode(1), by: .service) }
    rig.run(3)
    var again = Rig(memory: rig.memory, configuration: Self.configuration)
    again.tick(.enterCode(1234), by: .nurse)
    #expect(again.last.result == .refusedLocked)
    again.tick(.acknowledge, by: .pharmacist)
    #expect(again.last.result == .refusedLocked)
    again.tick(.enterCode(1), by: .service)
    again.tick(.enterCode(5555), by: .service)
    #expect(again.last.result == .refusedLocked, "the third wrong one came after the power")
    // Time without power does not count, so less than a minute more than the lock-out is enough.
    again.run(2 * 6000)
    again.tick(.enterCode(1234), by: .nurse)
    #expect(again.last.result == .accepted)
  }

  @Test("R-103: stop and pause act in their tick, by any role, locked or not, in every mode")
  func stopping() {
    let infusing = locked()
    for mode in PumpMode.allCases {
      for role in Role.allCases {
        for state in 0..<3 {
          for action in [OperatorAction.stop, .pause] {
            var rig = infusing
            if state == 1 { rig.tick(.enterCode(Self.codes[role]), by: role) }
            if state == 2 { for _ in 0..<3 { rig.tick(.enterCode(1), by: role) } }
            rig.controller.enter(mode)
            rig.tick(action, by: role)
            #expect(rig.last.result == .accepted, "\(mode) \(role) \(state)")
            #expect(!rig.last.actuator.isControllerPermitting && !rig.controller.mode.isMoving)
          }
        }
      }
    }
  }

  @Test("R-020: a patient bolus is given only while infusing, whoever asks")
  func bolusModes() {
    for mode in PumpMode.allCases where mode != .infusing {
      var rig = Rig.infusing()
      rig.run(10)
      rig.controller.enter(mode)
      rig.tick(.requestBolus, by: .patient)
      #expect(rig.last.result == .refusedMode, "\(mode)")
    }
  }
}
