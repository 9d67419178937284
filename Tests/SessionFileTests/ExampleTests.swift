import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import Testing
import Vocabulary

@Suite struct ExampleTests {
  @Test("The 24 h example reads as the numbers it states")
  func ketamine24h() throws {
    let session = try SessionDescription(contentsOf: Fixture.example("ketamine-24h.yaml"))
    #expect(session.title == "Ketamine over 24 h, needle blocked at 6 h")
    #expect(session.patientMass == BodyMass(grams: 70_000))
    #expect(session.drug.id == "ketamine")
    #expect(session.indication.id == "cancer-pain")
    #expect(session.concentration == Concentration(nanogramsPerMillilitre: 6_000_000))
    #expect(session.syringe.id == "bd-plastipak-20")
    #expect(session.fill == Volume(picolitres: 20_000_000_000))
    #expect(session.prime == nil)
    #expect(session.infusionSet.id == "winged-25g-100cm")
    #expect(session.pump.id == "trumpet-1")
    #expect(session.battery.id == session.pump.battery)
    #expect(session.batteryCharge == 1)
    let minute: Int64 = 6000
    let hour: Int64 = 360_000
    #expect(
      session.phases == [
        ProgrammePhase(
          kind: .loading, dose: Dose(50_000, .massPerKilogram), per: Ticks(count: 15 * minute),
          duration: Ticks(count: 15 * minute)),
        ProgrammePhase(
          kind: .basal, dose: Dose(60_000, .massPerKilogram), per: Ticks(count: hour),
          duration: Ticks(count: 24 * hour)),
      ])
    #expect(
      session.patientBolus
        == PatientBolusOrder(
          dose: Dose(2_000_000, .mass), lockout: Ticks(count: 30 * minute), maximumPerHour: 2,
          flow: FlowRate(nanolitresPerHour: 30_000_000)))
    #expect(
      session.limits
        == DeliveryLimits(
          flow: FlowRate(nanolitresPerHour: 5_000_000),
          doseCaps: [
            DoseCapOrder(window: .oneHour, cap: Mass(nanograms: 10_000_000)),
            DoseCapOrder(window: .fourHours, cap: Mass(nanograms: 30_000_000)),
            DoseCapOrder(window: .day, cap: Mass(nanograms: 150_000_000)),
          ], occlusion: Pressure(pascals: 71_994), keepOpen: .zero))
    #expect(session.reactionOrder == .stop)
    #expect(session.confirmations.isEmpty)
    #expect(session.seed == 1)
    #expect(session.duration == nil)
    #expect(session.environment == SessionEnvironment())
    #expect(
      session.events == [
        SessionEvent(
          at: Ticks(count: 6 * hour), line: 13,
          kind: .inject(.occlusion(site: .needle, remaining: 0, ramp: 0))),
        SessionEvent(
          at: Ticks(count: 7 * hour), line: 14, kind: .clear(.named(.occlusion, site: nil))),
        SessionEvent(
          at: Ticks(count: 7 * hour), line: 15,
          kind: .operate(OperatorCommand(.acknowledge, by: .nurse))),
        SessionEvent(
          at: Ticks(count: 7 * hour + minute), line: 16,
          kind: .operate(OperatorCommand(.start, by: .nurse))),
      ])
    #expect(
      session.expectations.map(\.kind) == [
        .alarm(
          .downstreamOcclusion, after: Ticks(count: 6 * hour), within: Ticks(count: 45 * minute)),
        .postOcclusionBolus(.below, Volume(picolitres: 200_000_000)),
        .dispensed(Mass(nanograms: 104_300_000), tolerance: Mass(nanograms: 2_086_000)),
        .infused(Mass(nanograms: 104_300_000), tolerance: Mass(nanograms: 5_215_000)),
      ])
    #expect(session.expectations.map(\.line) == [18, 19, 20, 21])
    #expect(
      session.expectations.map(\.text) == [
        "alarm downstream-occlusion, after 6 h, within 45 min",
        "postOcclusionBolus below 0.2 mL", "dispensed 104.3 mg, tolerance 2 %",
        "infused 104.3 mg, tolerance 5 %",
      ])
  }
}
