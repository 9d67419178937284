// @relation(R-021, R-022, R-043, R-061, R-104, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Ranges: accepted at the bound, refused beyond it, never clipped")
struct RangeTests {
  /// What a set-up answers to one entry.
  private func answer(_ action: OperatorAction, diameter: UInt16 = 0) -> CommandResult {
    var rig = Rig()
    rig.frame.syringe.value.barrelDiameter = diameter
    rig.run(600)
    rig.tick(.beginSetUp(isNewPatient: true))
    return rig.tick(action).result
  }

  private func expect(
    _ accepted: [OperatorAction], _ refused: [OperatorAction],
    _ location: SourceLocation = #_sourceLocation
  ) {
    for action in accepted {
      #expect(answer(action) == .accepted, "\(action)", sourceLocation: location)
    }
    for action in refused {
      #expect(answer(action) == .refusedRange, "\(action)", sourceLocation: location)
    }
  }

  private func syringe(
    _ change: (inout SyringeSpecification) -> Void
  ) -> OperatorAction {
    var syringe = Rig.bd20
    change(&syringe)
    return .confirmSyringe(syringe)
  }

  @Test("R-061: bore area 1 to 1000 mm², capacity to 100 mL, dead space within it")
  func syringes() {
    expect(
      [
        syringe { $0.boreArea = Area(squareMicrometres: 1_000_000) },
        syringe { $0.boreArea = Area(squareMicrometres: 1_000_000_000) },
        syringe { $0.capacity = .millilitres(100) },
        syringe { $0.deadSpace = .zero },
        syringe { $0.friction = 0 },
        syringe { $0.compliance = 0 },
      ],
      [
        syringe { $0.boreArea = Area(squareMicrometres: 999_999) },
        syringe { $0.boreArea = Area(squareMicrometres: 1_000_000_001) },
        syringe { $0.capacity = Volume(picolitres: 100_000_000_001) },
        syringe { $0.capacity = .zero },
        syringe { $0.deadSpace = .millilitres(20) },
        syringe { $0.deadSpace = Volume(picolitres: -1) },
        syringe { $0.friction = -1 },
        syringe { $0.compliance = -1 },
      ])
  }

  @Test("R-061: a barrel within 3 % of the one confirmed is that one")
  func diameters() {
    let action = syringe { $0.barrelDiameter = 2000 }
    for (seen, result) in [
      (UInt16(2060), CommandResult.accepted), (1940, .accepted), (2061, .refusedSyringe),
      (1939, .refusedSyringe), (0, .accepted),
    ] {
      #expect(answer(action, diameter: seen) == result, "\(seen)")
    }
    #expect(answer(syringe { $0.barrelDiameter = 0 }, diameter: 2200) == .accepted)
  }

  @Test("concentration from 1 µg/mL to 1 g/mL, of a drug that there is")
  func concentrations() {
    func drug(_ value: Int64) -> OperatorAction {
      .setDrug(index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: value))
    }
    expect([drug(1000), drug(1_000_000_000)], [drug(999), drug(1_000_000_001)])
  }

  @Test("limits of the drug library up to 1 kg, above nothing")
  func library() {
    func limits(_ rate: Int64, _ bolus: Int64, _ loading: Int64) -> OperatorAction {
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: rate), bolus: Mass(nanograms: bolus),
        loading: Mass(nanograms: loading))
    }
    let most: Int64 = 1_000_000_000_000
    expect(
      [limits(1, 1, 1), limits(most, most, most)],
      [
        limits(0, 1, 1), limits(1, 0, 1), limits(1, 1, 0), limits(most + 1, 1, 1),
        limits(1, most + 1, 1), limits(1, 1, most + 1),
      ])
  }

  @Test("R-104: soft limits up to 1 kg; zero is entered where there is none")
  func softLimits() {
    func limits(_ rate: Int64, _ bolus: Int64) -> OperatorAction {
      .setSoftLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: rate), bolus: Mass(nanograms: bolus))
    }
    let most: Int64 = 1_000_000_000_000
    expect(
      [limits(0, 0), limits(0, 3_000_000), limits(5_000_000, 0), limits(most, most)],
      [limits(-1, 0), limits(0, -1), limits(most + 1, 0), limits(0, most + 1)])
  }

  @Test("R-021, R-022: a lockout lasts 5 min to 24 h, 1 to 12 boluses an hour, none of nothing")
  func patientBoluses() {
    func bolus(_ ticks: Int64, _ count: UInt8 = 2, dose: Int64 = 2_000_000) -> OperatorAction {
      .setPatientBolus(
        dose: Dose(dose, .mass), lockout: Ticks(count: ticks), maximumPerHour: count,
        flow: FlowRate(nanolitresPerHour: 60_000_000))
    }
    let (least, most) = (Ticks.minutes(5).count, Ticks.hours(24).count)
    expect(
      [bolus(least), bolus(most), bolus(least, 1), bolus(least, 12), bolus(least, dose: 1)],
      [
        bolus(least - 1), bolus(most + 1), bolus(least, 0), bolus(least, 13),
        bolus(least, dose: 0),
      ])
  }

  @Test("a phase lasts 30 days at most")
  func phases() {
    func phase(_ hours: Int64) -> OperatorAction {
      .setPhase(
        index: 0,
        ProgrammePhase(
          kind: .basal, dose: Dose(4_200_000, .mass), per: .hours(1), duration: .hours(hours)))
    }
    #expect(answer(phase(31 * 24)) == .refusedRange || confirmation(31 * 24) == .refusedRange)
    #expect(confirmation(30 * 24) == .refusedReservoir)
  }

  /// What a programme of one phase of so many hours is answered; it never fits.
  private func confirmation(_ hours: Int64) -> CommandResult {
    var rig = Rig()
    rig.setUp(phases: [.basal(Dose(4_200_000, .mass), for: .hours(hours))])
    return rig.last.result
  }

  @Test("R-043: the volume stored when the alarm comes is estimated within 3 %")
  func stored() {
    var rig = Rig.infusing()
    rig.run(minutes: 30)
    let origin = rig.frame.stepCount
    rig.force = OcclusionTests.blocked(from: origin)
    rig.run(atMost: 400_000) { $0.mode == .retracting }
    let stored = Double(rig.frame.stepCount - origin) * 71.25575e3
    let estimate = Double(rig.controller.telemetry.storedVolume.picolitres)
    #expect(abs(estimate / stored - 1) < 0.03, "\(estimate) pL of \(stored) pL")
  }
}
