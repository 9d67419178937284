import Foundation
import SessionFile
import Testing

@Suite struct GuideTests {
  @Test("The guide shows what is really answered to a file with three mistakes")
  func messages() throws {
    let text = """
      title: Therapy
      patient: { mass: 70 kg }
      drug: { name: ketamine, indication: cancer-pain, concentration: 60 mg/mL }
      reservoir: { syringe: bd-plastipack-20, fill: 20 mL }
      infusionSet: winged-25g-100cm
      programme:
        - loading: 0.05 mg/kg over 15 min
        - basal: 4.2 mg/h
      """
    let error = try #require(
      Fixture.refusal { () throws(SessionFileError) in
        _ = try SessionDescription(bytes: Array(text.utf8), name: "therapy.yaml")
      })
    #expect(try Fixture.guide.contains(error.description), "\(error)")
  }

  @Test("The first session of the guide is one")
  func firstSession() throws {
    let parts = try Fixture.guide.split(separator: "```")
    let first = try #require(parts.first { $0.hasPrefix("yaml\n") })
    _ = try SessionDescription(bytes: Array(first.dropFirst(5).utf8), name: "guide.yaml")
  }
}
