import PumpHAL
import Story
import Testing

@Suite("Accounts of two drugs in one syringe")
struct MixtureAccountTests {
  @Test("The record's account is one of each drug, of the same volumes, and the find is both's")
  func account() throws {
    let recorded = try EventfulSession.record(
      """
      title: Two drugs
      patient: { mass: 70 kg }
      drug:
        - { name: ketamine, indication: cancer-pain, concentration: 10 mg/mL }
        - name: morphine
          indication: cancer-pain
          concentration: 2 mg/mL
          caps: [5 mg per 1 h]
      confirm:
        - { limit: dose-rate, drug: morphine, by: nurse on duty, reason: tolerance }
      reservoir: { syringe: bd-plastipak-20, fill: 12 mL }
      infusionSet: winged-25g-100cm
      programme:
        - basal: 18 mg/h for 30 min
      events:
        - at: 40 min
          operator: nurse
          action: dispose
          found: 11.1 mL
          witnesses: [nurse on duty, pharmacist on duty]
      """)
    let story = try EventfulSession.story(of: recorded.bytes)
    let accounts = SubstanceAccount.all(story)
    #expect(accounts.map(\.drugNumber) == [1, 2])
    try #require(accounts.count == 2)
    #expect(abs(accounts[0].dispensed - 9) < 0.01 && abs(accounts[1].dispensed - 1.8) < 0.002)
    #expect(abs(accounts[0].drawnUp - 120) < 1e-9 && abs(accounts[1].drawnUp - 24) < 1e-9)
    #expect(accounts[0].syringes[0].residualVolume == accounts[1].syringes[0].residualVolume)
    let (first, second) = (accounts[0].syringes[0].finding, accounts[1].syringes[0].finding)
    let found = try #require(first?.foundMass)
    #expect(abs(found - 111) < 1e-9 && abs((second?.foundMass ?? 0) - 22.2) < 1e-9)
    #expect(story.prescription?.secondDrugNumber == 2)
    #expect(story.prescription?.secondCaps.map(\.cap.nanograms).first == 5_000_000)
    let infused = try #require(story.series.infused.last?.value)
    #expect(abs((story.series.secondInfused.last?.value ?? 0) * 5 - infused) < 1e-4)
  }
}
