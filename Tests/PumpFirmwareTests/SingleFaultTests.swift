// @relation(R-001, R-011, R-030, R-100, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Attacked: what a single fault or a stray command may not do")
struct SingleFaultTests {
  /// Every command that carries numbers, with `number` in all of them.
  static func commands(with number: Int64) -> [OperatorAction] {
    let volume = Volume(rawValue: number)
    let word = Int32(clamping: number)
    let byte = UInt8(clamping: number)
    var actions: [OperatorAction] = [
      .confirmSyringe(
        SyringeSpecification(
          number: 1, barrelDiameter: UInt16(clamping: number), boreArea: Area(rawValue: number),
          capacity: volume, deadSpace: volume, friction: word, compliance: word)),
      .confirmSyringe(
        SyringeSpecification(
          number: 1, barrelDiameter: 0, boreArea: Area(squareMicrometres: 285_023_000),
          capacity: .millilitres(20), deadSpace: .zero, friction: word, compliance: word)),
      .confirmInfusionSet(
        InfusionSetSpecification(
          number: 1, primingVolume: volume, compliance: word, resistance: word)),
      .setFill(volume),
      .setDrug(index: byte, number: 1, concentration: Concentration(rawValue: number)),
      .setDrug(index: 0, number: 1, concentration: Concentration(rawValue: number)),
      .setDrugLimits(
        index: 0, doseRate: DoseRate(rawValue: number), bolus: Mass(rawValue: number),
        loading: Mass(rawValue: number)),
      .setPatient(BodyMass(rawValue: number)),
      .setDoseCap(index: 0, window: .day, cap: Mass(rawValue: number)),
      .setLimits(
        flow: FlowRate(rawValue: number), occlusion: Pressure(rawValue: number),
        keepOpen: FlowRate(rawValue: number)),
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 1_000_000), occlusion: Pressure(rawValue: number),
        keepOpen: FlowRate(rawValue: number)),
      .prime(volume: volume, isDisconnected: true), .reportReaction(severity: byte),
      .confirm(phaseCount: byte),
    ]
    for basis in [DoseBasis.mass, .massPerKilogram, .volume] {
      let dose = Dose(number, basis)
      actions += [
        .setPhase(
          index: 0,
          ProgrammePhase(
            kind: .basal, dose: dose, per: Ticks(rawValue: number),
            duration: Ticks(rawValue: number))),
        .setPhase(
          index: byte,
          ProgrammePhase(kind: .loading, dose: dose, per: .hours(1), duration: .hours(1))),
        .confirm(phaseCount: 1),
        .setPatientBolus(
          dose: dose, lockout: Ticks(rawValue: number), maximumPerHour: byte,
          flow: FlowRate(rawValue: number)),
        .clinicianBolus(dose: dose, duration: Ticks(rawValue: number)),
        .clinicianBolus(dose: dose, duration: .minutes(1)),
        .titrate(dose: dose, per: Ticks(rawValue: number)),
        .titrate(dose: dose, per: .hours(1)),
      ]
    }
    return actions
  }

  @Test("R-001: no number in any command, in any mode, brings the controller down")
  func extremes() {
    var numbers: [Int64] = [.min, .min + 1, -1, 0, .max - 1, .max]
    for power in stride(from: 1, through: 62, by: 3) { numbers.append(1 << power) }
    let infusing = Rig.infusing()
    var paused = infusing
    paused.tick(.pause)
    var fresh = Rig()
    fresh.run(600)
    for rig in [infusing, paused, fresh] {
      for number in numbers {
        var attacked = rig
        for action in Self.commands(with: number) { attacked.tick(action) }
        attacked.tick(.start)
        attacked.run(5)
        // What was entered stands with what was right before; confirmed or refused, it goes on.
        attacked.tick(.stop)
        #expect(!attacked.last.actuator.isControllerPermitting)
      }
    }
  }

  @Test("R-011: keeping open never exceeds the rate that was set")
  func keepOpenRate() {
    var rig = Rig()
    // 0.3 mg/h of 6 mg/mL is 0.05 mL/h; 0.1 mL/h is asked for afterwards.
    rig.setUp(
      phases: [.basal(Dose(300_000, .mass), for: .minutes(3))], bolus: nil, keepOpen: 100_000)
    rig.tick(.start)
    rig.run(atMost: 30_000) { $0.mode == .keepOpen }
    #expect(rig.last.mode == .keepOpen)
    rig.run(10)
    #expect(rig.controller.telemetry.flow.nanolitresPerHour <= 50_001)
  }

  @Test("R-030: what is made up behind a silent encoder counts towards the caps, start after start")
  func silentEncoder() {
    var rig = Rig.infusing(bolus: nil)
    rig.run(minutes: 1)
    let before = rig.controller.telemetry.countedInHour.nanograms
    let origin = rig.frame.stepCount
    rig.isStalled = true
    for _ in 0..<20 {
      rig.run(atMost: 10_000) { $0.mode == .alarmStop }
      #expect(rig.last.signals.contains(.driveFault))
      rig.run(10)
      rig.tick(.acknowledge)
      rig.tick(.start)
    }
    let steps = rig.frame.stepCount - origin
    let counted = rig.controller.telemetry.countedInHour.nanograms - before
    #expect(steps > 500)
    // 427.5 ng a microstep; the last start's may not be counted yet.
    #expect(counted > (steps - 32) * 427, "\(counted) ng for \(steps) steps")
  }

  @Test("R-100: a titration confirmed after its phase has ended applies to nothing")
  func lateConfirmation() {
    var rig = Rig.infusing(
      phases: [
        .basal(Dose(4_200_000, .mass), for: .minutes(1)), .basal(Dose(2_100_000, .mass)),
      ], bolus: nil)
    #expect(rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1))).result == .accepted)
    rig.run(minutes: 2)
    #expect(rig.last.phase == 1)
    #expect(rig.tick(.confirm(phaseCount: 0)).result == .refusedIncomplete)
    #expect(rig.controller.telemetry.programmeFlow.nanolitresPerHour == 350_000)
  }

  @Test("A set-up throws away a titration: its confirmation is the set-up's")
  func setUpAfterTitration() {
    var rig = Rig.infusing()
    rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1)))
    rig.tick(.stop)
    rig.setUp(phases: [.basal(Dose(600_000, .mass))], bolus: nil)
    #expect(rig.last.mode == .ready)
    rig.tick(.start)
    #expect(rig.controller.telemetry.programmeFlow.nanolitresPerHour == 100_000)
  }

  @Test("A titration left unconfirmed does not swallow the confirmation of the next syringe")
  func syringeAfterTitration() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1)))
    rig.tick(.stop)
    rig.tick(.confirmSyringe(Rig.bd20))
    rig.tick(.setFill(.millilitres(20)))
    #expect(rig.tick(.titrate(dose: Dose(8_400_000, .mass), per: .hours(1))).result == .refusedMode)
    #expect(rig.tick(.confirm(phaseCount: 1)).result == .accepted)
    #expect(rig.last.mode == .ready)
    let left = rig.controller.telemetry.programmeLeft.count
    #expect(rig.tick(.start).result == .accepted)
    // The programme goes on at its rate where it was, half an hour from its beginning.
    #expect(rig.controller.telemetry.programmeFlow.nanolitresPerHour == 700_000)
    #expect(abs(left - (24 * 360_000 - 180_000)) <= 2)
  }

  @Test("A reaction reported as more than severe is severe")
  func beyondSevere() {
    var rig = Rig.infusing()
    rig.run(10)
    #expect(rig.tick(.reportReaction(severity: 200), by: .patient).result == .accepted)
    #expect(rig.last.mode == .stopped)
    #expect(rig.tick(.start, by: .nurse).result == .refusedRole)
  }

  @Test("A mass is the volume times the concentration to the nearest nanogram")
  func exactMass() {
    let conversions = Conversions(
      boreArea: Area(squareMicrometres: 554_046_000), microstepTravel: Length(nanometres: 250),
      concentration: Concentration(nanogramsPerMillilitre: 25_000_000),
      bodyMass: BodyMass(grams: 70_000))
    for (whole, fraction) in [
      (Int64(1), UInt64(0)), (12_345, UInt64(12_345) << 48), (400_001, UInt64.max),
    ] {
      let steps = Double(whole) + Double(fraction) / 18_446_744_073_709_551_616
      let exact = steps * 554.046 * 0.25 * 25
      let mass = conversions.nanograms(in: StepAmount(whole: whole, fraction: fraction))
      #expect(abs(Double(mass) - exact) <= 0.51, "\(mass) ng, \(exact) ng")
    }
  }
}
