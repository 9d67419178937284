import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import SessionRecord
import Story
import Testing
import Vocabulary

@testable import Session

@Suite("Faults of session files, from the file to the world")
struct FaultVocabularyTests {
  private func text(_ event: String, duration: String = "70 s") -> String {
    sessionText(
      extra: """
        pump: trumpet-1-air
        duration: \(duration)
        events:
          - \(event)
        """
    ).replacing("winged-25g-100cm", with: "winged-25g-100cm-valve")
  }

  @Test("Every example of `trumpet catalogue faults` runs, and says what it is")
  func examples() throws {
    for row in FaultRow.all {
      let result = try run(text(row.example))
      let occurrence = result.occurrences.first {
        if case .faultInjected = $0.kind { true } else { false }
      }
      let line = try #require(occurrence?.line, "\(row.example)")
      #expect(line.hasPrefix("fault \(row.name)"), "\(line)")
      let event = try #require(occurrence?.recordEvent)
      #expect(event.name == row.title)
    }
  }

  @Test("A fault that ends by itself ends in the world and in the log at the same tick")
  func lasting() throws {
    let result = try run(
      text(
        "{ at: 10 s, component: thermometer, kind: wrong, amount: 30 °C, for: 20 s }",
        duration: "1 min"))
    func tick(_ matches: (SessionOccurrence.Kind) -> Bool) throws -> Int64 {
      try #require(result.occurrences.first { matches($0.kind) }).tick
    }
    let from = try tick { if case .faultInjected = $0 { true } else { false } }
    let to = try tick { $0 == .faultCleared(.component(.thermometer, .wrong)) }
    #expect(to - from == 2000)
    #expect(
      result.occurrences.compactMap(\.line).contains("fault thermometer wrong, 30 °C, for 20 s"))
  }

  @Test("A fault with an end that was cleared, or replaced, is not said to end once more")
  func replaced() throws {
    let result = try run(
      sessionText(
        extra: """
          duration: 2 min
          events:
            - { at: 10 s, fault: height, height: 30 cm, for: 30 s }
            - { at: 20 s, fault: height, height: 40 cm, for: 40 s }
            - { at: 30 s, fault: site-pressed, factor: 2, for: 1 min }
            - { at: 40 s, clear: site-pressed }
          """))
    let ends = result.occurrences.filter { if case .faultCleared = $0.kind { true } else { false } }
    #expect(ends.count == 2)
    let start = try #require(result.commands.first { $0.command.action == .start }).tick
    #expect(ends.map { $0.tick - start } == [4000, 6000])
  }

  @Test("Nobody waits for a fault to end: the session ends when the programme does")
  func end() throws {
    let plain = try run(sessionText(duration: "5 min"))
    let faulty = try run(
      sessionText(
        duration: "5 min",
        extra: "events: [ { at: 4 min, fault: height, height: 10 cm, for: 3 h } ]"))
    #expect(abs(faulty.simulated_s - plain.simulated_s) < 1)
  }

  @Test("Every change of the world survives its encoding")
  func changes() throws {
    let all: [RecordedWorldChange] =
      FaultRow.all.compactMap { row in
        guard
          let session = try? makeSession(text(row.example)),
          let event = session.description.events.first,
          case .inject(let fault, let lasting) = event.kind
        else { return nil }
        return RecordedWorldChange(.inject(fault, lasting: lasting))
      } + [
        .clear(.named(.leak, site: .line)), .clear(.named(.leak, site: nil)),
        .clear(.component(.nut, nil)), .clear(.component(.nut, .off)), .connect,
      ]
    #expect(all.count == FaultRow.all.count + 5)
    for change in all {
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 100)
      defer { buffer.deallocate() }
      var writer = CanonicalWriter(buffer)
      change.encode(to: &writer)
      #expect(!writer.hasOverflowed)
      var reader = CanonicalReader(
        UnsafeBufferPointer(start: buffer.baseAddress, count: writer.count))
      #expect(RecordedWorldChange(from: &reader) == change)
      #expect(!reader.hasFailed && reader.remaining == 0)
    }
  }
}
