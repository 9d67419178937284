// @relation(R-065, scope=file, role=Verification)
import PumpHAL
import SessionFile
import Testing

@testable import Session

@Suite("After priming")
struct PrimingTests {
  private func session(_ basal: String, events: String) -> String {
    """
    title: primed
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL, prime: 1 mL }
    infusionSet: winged-25g-100cm
    programme:
      - basal: \(basal)
    limits: { rate: 5 mL/h, dose: [30 mg per 1 h, 60 mg per 4 h, 150 mg per 24 h], occlusion: 540 mmHg }
    seed: 1
    events:
    \(events)
    """
  }

  @Test("a retraction is no drive fault to the monitor, and leaves at most 0.2 mL behind")
  func retraction() throws {
    // 2.3 mL/h into a blocked needle; the flange gap of an unpurged syringe was taken up by the priming.
    let result = try run(
      session(
        "0.2 mg/kg/h for 1 h",
        events: """
            - { at: 10 min, fault: occlusion, site: needle }
            - { at: 50 min, clear: occlusion }
            - { at: 50 min, operator: nurse, action: acknowledge }
            - { at: 51 min, operator: nurse, action: start }
          """))
    #expect(
      Set(result.alarms.map(\.id)).isSubset(of: [
        .downstreamOcclusion, .unacknowledged, .nearEnd, .endOfInfusion,
      ]))
    #expect(result.ending == .complete)
    let bolus = try #require(result.account.postOcclusionBolus_mL)
    #expect(bolus < 0.2)
  }

  @Test("R-065: what was primed is remembered through a loss of power")
  func powerLoss() throws {
    let result = try run(
      session(
        "0.1 mg/kg/h for 20 min",
        events: """
            - { at: 5 min, fault: power-loss, duration: 10 s }
            - { at: 5 min 30 s, operator: nurse, action: resume }
            - { at: 5 min 31 s, operator: nurse, action: acknowledge }
            - { at: 5 min 32 s, operator: nurse, action: start }
          """))
    #expect(result.ending == .complete)
    // Whole microsteps of 72 nL are journalled when it ends.
    #expect(abs(result.account.primedVolume.millilitres - 1) < 1e-4)
  }
}
