// @relation(R-001, R-005, R-040, R-066, R-080, R-081, R-100, R-101, scope=file, role=Verification)
// @relation(R-103, R-104, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Commands and modes")
struct CommandTests {
  @Test("R-080: power-on ends its self test in set-up and delivers nothing meanwhile")
  func selfTest() {
    var rig = Rig()
    rig.tick(.start)
    #expect(rig.last.result == .refusedMode)
    let ended = rig.run(atMost: 7000) { $0.mode == .setUp }
    #expect(ended != nil && rig.last.actuator.targetSteps == 0)
  }

  @Test("R-080: nothing is entered during the self test, nor before the question of resuming")
  func entriesBeforeSetUp() {
    var rig = Rig()
    rig.run(10)
    #expect(rig.last.mode == .selfTest)
    #expect(rig.tick(.setFill(.millilitres(20))).result == .refusedMode)
    var running = Rig.infusing()
    running.run(minutes: 20)
    var next = Rig(memory: running.memory)
    next.run(600)
    next.tick(.acknowledge, by: .nurse)
    #expect(next.last.mode == .askResume)
    #expect(next.tick(.setFill(.millilitres(20))).result == .refusedMode)
  }

  @Test("R-081: a silent force cell fails the self test")
  func failedSelfTest() {
    var rig = Rig()
    rig.frame.force.validity = .absent
    for _ in 0..<600 {
      rig.frame.force.validity = .absent
      rig.frame.tick += 1
      rig.last = rig.controller.step(
        TickInput(elapsedTicks: 1, sensors: rig.frame, command: .none))
    }
    #expect(rig.last.mode == .failed)
    #expect(rig.last.signals.contains(.sensorImplausible))
  }

  @Test("R-103: a stop by anyone acts in its own tick", arguments: Role.allCases)
  func stop(role: Role) {
    var rig = Rig.infusing()
    rig.run(1000)
    let target = rig.last.actuator.targetSteps
    rig.tick(.stop, by: role)
    #expect(!rig.last.actuator.isControllerPermitting && rig.last.mode == .stopped)
    #expect(rig.last.actuator.targetSteps == target)
  }

  @Test("R-103: a patient can stop and ask for a bolus, and change nothing")
  func patientRole() {
    var rig = Rig.infusing()
    for action: OperatorAction in [
      .start, .acknowledge, .titrate(dose: Dose(1, .mass), per: .hours(1)), .powerOff,
      .setFill(.millilitres(1)), .beginSetUp(isNewPatient: true),
    ] {
      #expect(rig.tick(action, by: .patient).result == .refusedRole)
    }
  }

  @Test("R-005, R-100: a titration changes nothing before it is confirmed, then applies at once")
  func titration() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 60)
    rig.tick(.titrate(dose: Dose(5_600_000, .mass), per: .hours(1)))
    let flow = rig.controller.telemetry.flow
    rig.run(100)
    #expect(rig.controller.telemetry.flow == flow)
    rig.tick(.confirm(phaseCount: 1), by: .nurse)
    #expect(rig.last.result == .accepted)
    rig.tick()
    let ratio =
      Double(rig.controller.telemetry.flow.rawValue) / Double(flow.rawValue)
    // 5.6 over 4.2 mg/h, flows in whole nL/h.
    #expect(abs(ratio - 4.0 / 3) < 1e-5)
    #expect(abs(rig.controller.telemetry.programmeLeft.count - 23 * 360_000) < 200)
  }

  @Test("R-104: a titration above the library's hard limit is refused")
  func titrationTooHigh() {
    var rig = Rig.infusing()
    #expect(
      rig.tick(.titrate(dose: Dose(71_000_000, .mass), per: .hours(1))).result == .refusedRange)
    rig = Rig()
    rig.setUp(libraryRate: 5_000_000)
    rig.tick(.start)
    let result = rig.tick(.titrate(dose: Dose(5_000_001, .mass), per: .hours(1))).result
    #expect(result == .refusedLibrary)
  }

  @Test("A reaction stops at once, and only a clinician resumes")
  func reaction() {
    var rig = Rig.infusing()
    rig.run(1000)
    #expect(rig.tick(.reportReaction(severity: 2), by: .patient).mode == .stopped)
    #expect(rig.tick(.start, by: .nurse).result == .refusedRole)
    #expect(rig.tick(.start, by: .pharmacist).result == .accepted)
  }

  @Test("A programme that does not fit the reservoir is refused")
  func reservoir() {
    var rig = Rig()
    // 0.83 mL/h for 24 h is 19.92 mL; 20 mL less 0.15 mL dead space holds 19.85.
    rig.setUp(phases: [.basal(Dose(830_000_000, .volume))], bolus: nil)
    #expect(rig.commandsRefused == [.refusedReservoir])
    rig = Rig()
    rig.setUp(phases: [.basal(Dose(827_000_000, .volume))], bolus: nil)
    #expect(rig.commandsRefused.isEmpty)
  }

  @Test(
    "R-001: flows outside 0.05 to 10 mL/h are refused, never clipped",
    arguments: [49_000_000, 10_010_000_000])
  func flowRange(picolitresPerHour: Int64) {
    var rig = Rig()
    rig.setUp(
      phases: [.basal(Dose(picolitresPerHour, .volume), for: .hours(1))], bolus: nil,
      flow: 10_000_000, libraryRate: 1_000_000_000)
    #expect(rig.commandsRefused == [.refusedRange])
  }

  @Test("R-040: an occlusion limit that drive or cell cannot reach is refused")
  func unreachableLimit() {
    var rig = Rig()
    rig.setUp(occlusion: 60_000)
    #expect(rig.commandsRefused.contains(.refusedRange))
    var weak = Rig.capabilities
    weak.stallForce = 25_000_000
    rig = Rig(capabilities: weak)
    rig.setUp()
    // 20.5 N on the plunger and 4.5 N friction against nine tenths of 25 N.
    #expect(rig.commandsRefused == [.refusedOcclusionLimit])
  }

  @Test("R-101: every impossible entry is refused and nothing traps")
  func impossibleEntries() {
    var rig = Rig()
    rig.run(600)
    rig.tick(.beginSetUp(isNewPatient: false))
    let extremes: [Int64] = [.min, -1, 0, .max]
    for value in extremes {
      rig.tick(.setFill(Volume(picolitres: value)))
      rig.tick(.setPatient(BodyMass(grams: value)))
      rig.tick(.setDoseCap(index: 0, window: .day, cap: Mass(nanograms: value)))
      rig.tick(
        .setDrug(index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: value)))
      rig.tick(
        .setLimits(
          flow: FlowRate(rawValue: value), occlusion: Pressure(rawValue: value),
          keepOpen: FlowRate(rawValue: value)))
      rig.tick(.clinicianBolus(dose: Dose(value, .mass), duration: Ticks(count: value)))
      rig.tick(.prime(volume: Volume(picolitres: value), isDisconnected: true))
      for other in extremes {
        rig.tick(
          .setPhase(
            index: 255,
            ProgrammePhase(
              kind: .basal, dose: Dose(value, .massPerKilogram), per: Ticks(count: other),
              duration: Ticks(count: other))))
      }
    }
    #expect(rig.controller.mode == .setUp)
    #expect(!rig.commandsRefused.isEmpty)
  }

  @Test("R-066: priming is refused unless disconnected, and is no dose")
  func priming() {
    var rig = Rig()
    rig.setUp(bolus: nil)
    #expect(
      rig.tick(.prime(volume: .millilitres(1), isDisconnected: false)).result == .refusedIncomplete)
    #expect(rig.tick(.prime(volume: .millilitres(4), isDisconnected: true)).result == .refusedRange)
    // The programme leaves 3.05 mL of the 19.85 usable.
    #expect(rig.tick(.prime(volume: .millilitres(1), isDisconnected: true)).result == .accepted)
    let ended = rig.run(atMost: 7000) { $0.mode == .ready }
    #expect(ended.map { abs($0 - 6000) < 5 } == true)
    #expect(rig.controller.telemetry.dispensedMass == .zero)
    #expect(abs(rig.controller.telemetry.primedVolume.picolitres - 1_000_000_000) < 2)
    #expect(rig.controller.history.total == 0)
  }
}
