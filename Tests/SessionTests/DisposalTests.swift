// @relation(R-111, scope=file, role=Verification)
import Foundation
import PumpHAL
import Session
import SessionRecord
import Testing

/// A disposal goes from the session file into the record, and never past a pump that delivers.
@Suite("Disposal")
struct DisposalTests {
  private static let text = sessionText(
    duration: "1 min",
    extra: """
      events:
        - { at: 30 s, operator: nurse, action: dispose, found: 19 mL, witnesses: [nurse on duty, pharmacist on duty] }
        - { at: 3 min, operator: nurse, action: dispose, found: 2.5 mg, witnesses: [nurse on duty, "B \\"J\\""] }
      """)

  @Test("The session waits for a disposal after the end; one while the pump delivers is refused")
  func outcomes() throws {
    let result = try run(Self.text)
    let disposals = result.occurrences.compactMap { occurrence in
      if case .disposed(_, let isRefused) = occurrence.kind { isRefused } else { nil }
    }
    #expect(disposals == [true, false])
    // It ends a minute after the last thing in the file.
    #expect(result.simulated_s > 180)
  }

  @Test("R-111: the record holds amount, unit, witnesses and outcome of a disposal")
  func record() throws {
    try withTemporaryPath("disposal.mcap") { path in
      var options = SessionOptions()
      options.recordPath = path
      _ = try run(Self.text, options: options)
      let messages = try RecordReader(path: path).messages(on: "/trumpet/events").map {
        String(decoding: $0.data, as: UTF8.self)
      }.filter { $0.contains("\"kind\":\"dispose\"") }
      #expect(messages.count == 2)
      #expect(messages.first?.contains("\"outcome\":\"refused-delivering\"") == true)
      #expect(
        messages.last?.contains(
          #""outcome":"accepted","amount":2.5,"unit":"mg","witnesses":["nurse on duty","B \"J\""]"#)
          == true, "\(messages)")
    }
  }
}
