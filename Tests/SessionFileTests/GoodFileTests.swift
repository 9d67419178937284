import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import Testing
import Vocabulary

private let second: Int64 = 100
private let minute: Int64 = 6000
private let hour: Int64 = 360_000

@Suite struct GoodFileTests {
  private let session: SessionDescription

  init() throws {
    session = try SessionDescription(contentsOf: Fixture.good("everything.yaml"))
  }

  @Test("Set-up reads to the numbers written")
  func setUp() {
    #expect(session.title == "Everything: each key once")
    #expect(session.patientMass == BodyMass(grams: 62_500))
    #expect(session.indication.id == "burst")
    #expect(session.fill == Volume(picolitres: 25_000_000_000))
    #expect(session.prime == Volume(picolitres: 1_200_000_000))
    #expect(session.infusionSet.id == "winged-27g-80cm")
    #expect(session.battery.id == "nine-volt-alkaline")
    #expect(session.batteryCharge == 0.8)
    #expect(session.seed == 18_446_744)
    // date -d 2026-03-01T00:30:00Z +%s
    #expect(session.startUnixMilliseconds == 1_772_325_000_000)
    #expect(session.duration == Ticks(count: 30 * hour))
    #expect(session.environment.temperatureCelsius == -5.5)
    #expect(session.environment.heightMetres == -0.3)
    #expect(session.environment.ambientKilopascals == 90)
    #expect(session.reactionOrder == .halve)
  }

  @Test("Programme, bolus and limits read to exact fractions")
  func orders() throws {
    #expect(session.programme.count == 6)
    #expect(
      session.phases[0]
        == ProgrammePhase(
          kind: .loading, dose: Dose(4_000_000, .mass), per: Ticks(count: 10 * minute),
          duration: Ticks(count: 10 * minute)))
    #expect(
      session.phases[1]
        == ProgrammePhase(
          kind: .basal, dose: Dose(100_000_000, .mass), per: Ticks(count: 24 * hour),
          duration: Ticks(count: 20 * hour)))
    #expect(
      session.phases[2]
        == ProgrammePhase(
          kind: .basal, dose: Dose(700_000_000, .volume), per: Ticks(count: hour),
          duration: Ticks(count: hour)))
    #expect(session.phases[3].kind == .syringeChange)
    #expect(
      session.phases[4]
        == ProgrammePhase(
          kind: .basal, dose: Dose(20_000_000, .mass), per: Ticks(count: 90 * minute),
          duration: Ticks(count: 90 * minute)))
    #expect(
      session.phases[5]
        == ProgrammePhase(
          kind: .basal, dose: Dose(350_000, .massPerKilogram), per: Ticks(count: hour),
          duration: Ticks(count: 30 * minute)))
    guard case .change(let change) = session.programme[3] else {
      Issue.record("the fourth step is a change")
      return
    }
    #expect(change.syringe.id == "bd-plastipak-20")
    #expect(change.fill == Volume(picolitres: 18_000_000_000))
    #expect(change.concentration == Concentration(nanogramsPerMillilitre: 16_000_000))
    #expect(change.delay == Ticks(count: 3 * minute))
    #expect(change.role == .pharmacist)
    let bolus = try #require(session.patientBolus)
    #expect(bolus.dose == Dose(40_000, .massPerKilogram))
    #expect(bolus.lockout == Ticks(count: 10 * minute))
    #expect(bolus.maximumPerHour == 3)
    #expect(bolus.flow == FlowRate(nanolitresPerHour: 20_000_000))
    #expect(session.limits.flow == FlowRate(nanolitresPerHour: 6_500_000))
    // The 4 h window is not prescribed: the library's soft limit holds.
    #expect(
      session.limits.doseCaps == [
        DoseCapOrder(window: .oneHour, cap: Mass(nanograms: 32_000_000)),
        DoseCapOrder(window: .fourHours, cap: session.indication.fourHourCap.soft),
        DoseCapOrder(window: .day, cap: Mass(nanograms: 130_000_000)),
      ])
    // 225 mmHg · 133.322387415 Pa = 29 997.54 Pa
    #expect(session.limits.occlusion == Pressure(pascals: 29_998))
    #expect(session.limits.keepOpen == FlowRate(nanolitresPerHour: 100_000))
  }

  @Test("A confirmation says who, why and what it is that passes the soft limit")
  func confirmations() {
    #expect(session.confirmations.map(\.limit) == [.doseRate, .lockout, .capOneHour])
    #expect(
      session.confirmations.map(\.by) == [
        "the prescriber", "the prescriber", "the pharmacist",
      ])
    #expect(
      session.confirmations[0].exceeded
        == "the dose rate 21.875 mg/h is above the soft limit 18.75 mg/h for burst")
  }

  @Test("Events come in order of time, equal ones in the order of the file")
  func order() {
    #expect(session.events.first?.kind == .inject(.disconnection(site: .needle)))
    #expect(zip(session.events, session.events.dropFirst()).allSatisfy { $0.at <= $1.at })
    let atTwo = session.events.filter { $0.at == Ticks(count: 2 * hour) }.map(\.line)
    #expect(atTwo == atTwo.sorted())
  }

  @Test("Every fault reads with its parameters")
  func faults() throws {
    let terumo = try #require(HardwareCatalogue.builtIn.syringe("terumo-30"))
    let faults = session.events.compactMap { event -> Fault? in
      if case .inject(let fault, _) = event.kind { fault } else { nil }
    }
    #expect(
      faults == [
        .disconnection(site: .needle), .occlusion(site: .line, remaining: 0.1, ramp: 300),
        .leak(site: .needle, conductance: 0.01), .bubble(volume: 100), .stall,
        .lostSteps(fraction: 0.05), .wrongSyringe(boreArea: terumo.boreAreaSquareMillimetres),
        .forceOffset(newtons: -2), .forceStuck, .encoderLoss, .battery(charge: 0.05),
        .powerLoss(duration: 10), .sitePressed(factor: 5), .height(metres: 0.4),
        .tissuePressure(mmHg: 100, ramp: 120), .syringeRemoved,
        .component(ComponentFault(.forceCell, .gain, amount: -0.3, ramp: 600)),
        .component(ComponentFault(.bolusKey, .intermittent, amount: 0.2, period: 0.2)),
      ])
  }

  @Test("Every action reads as the command it is")
  func actions() {
    let commands = session.events.compactMap { event -> OperatorCommand? in
      if case .operate(let command) = event.kind { command } else { nil }
    }
    #expect(
      commands == [
        OperatorCommand(.requestBolus, by: .patient), OperatorCommand(.stop, by: .nurse),
        OperatorCommand(.start, by: .nurse), OperatorCommand(.pause, by: .nurse),
        OperatorCommand(.acknowledge, by: .nurse), OperatorCommand(.audioPause, by: .nurse),
        OperatorCommand(
          .clinicianBolus(dose: Dose(3_000_000, .mass), duration: Ticks(count: 5 * minute)),
          by: .pharmacist),
        OperatorCommand(
          .titrate(dose: Dose(6_000_000, .mass), per: Ticks(count: hour)), by: .pharmacist),
        OperatorCommand(.confirm(phaseCount: 6), by: .pharmacist),
        OperatorCommand(.cancel, by: .pharmacist),
        OperatorCommand(.reportReaction(severity: 3), by: .nurse),
        OperatorCommand(.answerResume(isResuming: true), by: .nurse),
        OperatorCommand(.answerResume(isResuming: false), by: .service),
        OperatorCommand(.powerOff, by: .nurse),
      ])
  }

  @Test("A disposal reads as what was found, in its own unit, and who saw it")
  func disposals() {
    let disposals = session.events.compactMap { event -> Disposal? in
      if case .dispose(let disposal) = event.kind { disposal } else { nil }
    }
    #expect(
      disposals == [
        Disposal(
          role: .nurse, found: .volume(Volume(picolitres: 2_600_000_000)),
          witnesses: ["nurse on duty", "pharmacist on duty"]),
        Disposal(
          role: .pharmacist, found: .mass(Mass(nanograms: 15_700_000)), witnesses: ["ab", "cd"]),
      ])
  }

  @Test("Every expectation reads with its bounds")
  func expectations() {
    #expect(
      session.expectations.map(\.kind) == [
        .alarm(
          .downstreamOcclusion, after: Ticks(count: 2 * hour), within: Ticks(count: 45 * minute)),
        .alarm(.nearEnd, after: .zero, within: nil),
        .noAlarm(
          .atLeast(.high), after: Ticks(count: 5 * hour), within: Ticks(count: 30 * minute)),
        .noAlarm(.named(.airInLine), after: .zero, within: nil),
        .postOcclusionBolus(.above, Volume(picolitres: 10_000_000)),
        .dispensed(Mass(nanograms: 50_000_000), tolerance: Mass(nanograms: 2_500_000)),
        .infused(Mass(nanograms: 50_000_000), tolerance: Mass(nanograms: 5_000_000)),
        .plasma(.below, nanogramsPerMillilitre: 160),
        .ends(.off), .bolusesGranted(1), .bolusesDenied(0),
        .reactionToStop(below: Ticks(count: 2 * second)),
      ])
  }
}
