import Foundation
import PumpHAL
import PumpPlant
import Report
import Session
import SessionFile
import SessionRecord
import Story
import Testing

/// A short session whose texts try to break out of a page, recorded once for all tests.
enum ReportFixture {
  static let title = "</title><script>alert('title')</script> & \"quotes\""

  static let text = """
    title: '</title><script>alert(''title'')</script> & "quotes"'
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 4 mg/mL }
    reservoir: { syringe: bd-plastipak-10, fill: 5 mL, prime: 1 mL }
    infusionSet: winged-25g-30cm
    programme:
      - basal: 0.2 mg/kg/h for 3 min
    patientBolus: { dose: 0.2 mg, lockout: 5 min, maximum: 2 per h }
    confirm:
      - { limit: lockout, by: <img src=x onerror=alert(1)>, reason: "</script><script>alert(2)</script>" }
    start: 2026-03-05T09:30:00Z
    events:
      - { at: 30 s, operator: patient, action: bolus }
      - { at: 1 min, operator: clinician, action: titrate, to: 0.25 mg/kg/h }
      - { at: 1 min 30 s, operator: clinician, action: confirm }
      - { at: 2 min, operator: nurse, action: report-reaction, severity: severe }
      - { at: 2 min 10 s, operator: clinician, action: acknowledge }
      - { at: 2 min 10 s, operator: clinician, action: start }
      - { at: 4 min, operator: nurse, action: dispose, found: 0.5 mL, witnesses: ["<b>A</b>", "B & C"] }
    """

  static let story: Result<SessionStory, any Error> = Result {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-report-\(UUID().uuidString).mcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = SessionOptions()
    options.recordPath = path
    let session = Session(
      try SessionDescription(bytes: Array(text.utf8), name: "report.yaml"), options: options)
    var pump = AttachedPump.simulated(session.simulatedPump())
    _ = try session.run(on: &pump)
    return try SessionStory(RecordReader(path: path))
  }

  static func page(_ verification: VerificationStatement = .none) throws -> String {
    ReportDocument(try story.get(), verification: verification).html()
  }
}
