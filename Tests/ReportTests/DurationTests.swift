import Foundation
import PumpPlant
import Session
import SessionFile
import SessionRecord
import Story
import Testing
import Text

@testable import Report

@Suite("One text for one length of time")
struct DurationTests {
  private static let text = """
    title: Ninety and a half seconds
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 2 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - loading: 0.2 mL over 90.5 s
      - basal: 1 mL/h for 5 min
    seed: 1
    """

  @Test("90.5 s are 1 min 30.5 s in the session's events, in the record, its export and its report")
  func everywhere() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-duration-\(UUID().uuidString).mcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = SessionOptions()
    options.recordPath = path
    let session = Session(
      try SessionDescription(bytes: Array(Self.text.utf8), name: "duration.yaml"),
      options: options)
    var pump = AttachedPump.simulated(session.simulatedPump())
    let result = try session.run(on: &pump)
    let told = "0.2 mL over 1 min 30.5 s"
    #expect(result.occurrences.contains { $0.line?.contains(told) == true })
    let reader = try RecordReader(path: path)
    let story = try SessionStory(reader)
    #expect(story.events.contains { $0.text?.contains(told) == true })
    var bytes: [UInt8] = []
    try RecordExport(reader, form: .csv, selection: .events).write {
      bytes += $0
      return true
    }
    #expect(String(decoding: bytes, as: UTF8.self).contains(told))
    let page = ReportDocument(story, verification: .none).prescriptionSection.html
    #expect(page.contains(told))
    #expect(page.contains("<td>1 min 30.5 s</td>") && !page.contains("1 min 30 s"))
  }
}
