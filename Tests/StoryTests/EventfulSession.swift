import Foundation
import PumpHAL
import PumpPlant
import Session
import SessionFile
import SessionRecord
import Story

/// One session in which much happens, run once for all tests, and its record.
enum EventfulSession {
  static let text = """
    title: Much happens
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 4 mg/mL }
    reservoir: { syringe: bd-plastipak-10, fill: 9 mL }
    infusionSet: winged-25g-30cm
    programme:
      - basal: 0.2 mg/kg/h for 20 min      # 14 mg/h, 3.5 mL/h
    patientBolus: { dose: 0.5 mg, lockout: 5 min, maximum: 2 per h, rate: 30 mL/h }
    limits: { rate: 6 mL/h, occlusion: 225 mmHg }
    confirm:
      - { limit: lockout, by: the prescriber, reason: short test }
    events:
      - { at: 1 min, operator: patient, action: bolus }
      - { at: 2 min, operator: patient, action: bolus }                        # lockout
      - { at: 3 min, operator: clinician, action: titrate, to: 0.25 mg/kg/h }
      - { at: 3 min 30 s, operator: clinician, action: confirm }
      - { at: 4 min, operator: nurse, action: titrate, to: 0.1 mg/kg/h }       # not a nurse's
      - { at: 6 min 10 s, operator: patient, action: bolus }
      - { at: 11 min 30 s, operator: patient, action: bolus }                  # two in this hour
      - { at: 12 min, fault: occlusion, site: needle }
      - { at: 15 min, clear: occlusion }
      - { at: 15 min, operator: nurse, action: acknowledge }
      - { at: 15 min 5 s, operator: nurse, action: start }
      - { at: 16 min, operator: nurse, action: report-reaction, severity: severe }
      - { at: 16 min 5 s, operator: patient, action: bolus }                   # stopped
      - { at: 16 min 20 s, operator: clinician, action: acknowledge }
      - { at: 16 min 20 s, operator: clinician, action: start }
      - { at: 17 min, fault: power-loss, duration: 2 s }
      - { at: 17 min 20 s, operator: nurse, action: acknowledge }
      - { at: 17 min 20 s, operator: nurse, action: resume }
      - { at: 17 min 25 s, operator: nurse, action: start }
      - { at: 18 min, operator: nurse, action: stop }
      - { at: 18 min 10 s, operator: nurse, action: start }
      - { at: 28 min, operator: nurse, action: dispose, found: 6 mL, witnesses: [nurse on duty, pharmacist on duty] }
    """

  struct Recorded: Sendable {
    var result: SessionResult
    var bytes: [UInt8]
  }

  static let recorded: Result<Recorded, any Error> = Result { try record(text) }

  /// Half a minute, for what goes through every tick in a test.
  static let short: Result<Recorded, any Error> = Result {
    try record(
      """
      title: Short
      patient: { mass: 70 kg }
      drug: { name: ketamine, indication: cancer-pain, concentration: 4 mg/mL }
      reservoir: { syringe: bd-plastipak-10, fill: 9 mL }
      infusionSet: winged-25g-30cm
      programme:
        - basal: 0.2 mg/kg/h for 1 min
      events:
        - { at: 5 s, operator: clinician, action: titrate, to: 0.25 mg/kg/h }
      """)
  }

  /// Runs a text and gives what it came to and the record's bytes.
  static func record(_ text: String) throws -> Recorded {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = SessionOptions()
    options.recordPath = path
    let description = try SessionDescription(bytes: Array(text.utf8), name: "eventful.yaml")
    let session = Session(description, options: options)
    var pump = AttachedPump.simulated(session.simulatedPump())
    let result = try session.run(on: &pump)
    return Recorded(
      result: result, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  static let story: Result<SessionStory, any Error> = Result {
    try story(of: recorded.get().bytes)
  }

  /// The story of a record's bytes.
  static func story(of bytes: [UInt8]) throws -> SessionStory {
    try withReader(bytes) { try SessionStory($0) }
  }

  static func withReader<Value>(_ bytes: [UInt8], _ body: (RecordReader) throws -> Value) throws
    -> Value
  {
    let path = temporaryPath()
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(RecordReader(path: path))
  }

  private static func temporaryPath() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-analysis-\(UUID().uuidString).mcap").path
  }
}
