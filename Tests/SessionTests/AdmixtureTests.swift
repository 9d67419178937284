// Two drugs in one syringe, from the session file to results, record and account.

import PumpHAL
import Session
import Testing

/// Three hours of ketamine 10 mg/mL and morphine 2 mg/mL.
private func mixtureText(programme: String = "  - basal: 6 mg/h for 3 h", extra: String = "")
  -> String
{
  """
  title: mixture
  patient: { mass: 70 kg }
  drug:
    - { name: ketamine, indication: cancer-pain, concentration: 10 mg/mL }
    - name: morphine
      indication: cancer-pain
      concentration: 2 mg/mL
      caps: [2.5 mg per 1 h, 30 mg per 4 h, 100 mg per 24 h]
  reservoir: { syringe: bd-plastipak-20, fill: 12 mL }
  infusionSet: winged-25g-100cm
  programme:
  \(programme)
  patientBolus: { dose: 5 mg, lockout: 15 min, maximum: 4 per h }
  seed: 7
  \(extra)
  """
}

@Suite("Two drugs in one syringe")
struct AdmixtureTests {
  @Test("The results have both drugs, each with what was dispensed and infused of it")
  func delivered() throws {
    let result = try run(
      mixtureText(
        extra: """
          events:
            - { at: 1 h, operator: patient, action: bolus }
            - { at: 1 h 20 min, operator: patient, action: bolus }
          expect:
            - { bolusesGranted: 1 }
            - { bolusesDenied: 1 }
            - { dispensed: 23 mg, tolerance: 0.5 % }
            - { dispensed: 4.6 mg, tolerance: 0.5 %, drug: morphine }
            - { infused: 4.6 mg, tolerance: 5 %, drug: morphine }
            - { plasma: above 1 ng/mL, drug: morphine }
            - { dispensed: 4.6 mg, tolerance: 5 % }
          """))
    #expect(result.delivered.map(\.drug) == ["ketamine", "morphine"])
    let (ketamine, morphine) = (result.delivered[0], result.delivered[1])
    #expect(abs(ketamine.dispensed_mg - 23) < 0.01 && abs(morphine.dispensed_mg - 4.6) < 0.002)
    #expect(ketamine.dispensed_mL == morphine.dispensed_mL)
    let infused = try #require(morphine.infused_mg)
    #expect(abs(infused * 5 - (ketamine.infused_mg ?? 0)) < 1e-6)
    // All hold but the last, which takes the leading drug for the second.
    #expect(result.expectations.map(\.held) == [true, true, true, true, true, true, false])
    let denied = result.commands.filter { $0.command.action == .requestBolus }
    #expect(denied.map(\.result) == [.accepted, .refusedDoseCap])
  }

  @Test("A syringe with another mixture goes on in mg of both drugs")
  func otherMixture() throws {
    let result = try run(
      mixtureText(
        programme: """
            - basal: 6 mg/h for 1 h
            - change: { syringe: bd-plastipak-20, fill: 12 mL, concentration: [20 mg/mL, 2 mg/mL], after: 1 min }
            - basal: 6 mg/h for 1 h
            - change: { syringe: bd-plastipak-20, fill: 12 mL, concentration: [10 mg/mL, none], after: 1 min }
            - basal: 6 mg/h for 1 h
          """))
    #expect(result.ending == .complete)
    // 1.2 mg of morphine at five to one, 0.6 mg at ten to one, none.
    #expect(abs(result.delivered[0].dispensed_mg - 18) < 0.01)
    #expect(abs(result.delivered[1].dispensed_mg - 1.8) < 0.005)
    // The line's 785 µL lag behind: of the last syringe's 0.6 mL nothing has reached the tissue yet.
    let infused = try #require(result.delivered[1].infused_mg)
    #expect(infused > 1.8 && infused < 3.4)
  }
}
