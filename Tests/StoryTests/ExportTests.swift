import Foundation
import PumpHAL
import Session
import SessionRecord
import Story
import Testing
import Text

@Suite("Export")
struct ExportTests {
  private func export(
    _ format: RowForm, _ selection: ExportSelection,
    of recorded: Result<EventfulSession.Recorded, any Error> = EventfulSession.recorded
  ) throws -> String {
    var bytes: [UInt8] = []
    let record = try recorded.get().bytes
    try EventfulSession.withReader(record) { reader in
      try RecordExport(reader, form: format, selection: selection).write {
        bytes += $0
        return true
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Rows of CSV as RFC 4180 reads them.
  private func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = [[""]]
    var isQuoted = false
    var rest = text.unicodeScalars[...]
    while let next = rest.popFirst() {
      let last = rows.count - 1
      let field = rows[last].count - 1
      switch next {
      case "\"":
        if isQuoted, rest.first == "\"" {
          rest.removeFirst()
          rows[last][field] += "\""
        } else {
          isQuoted.toggle()
        }
      case "," where !isQuoted: rows[last].append("")
      case "\r" where !isQuoted: continue
      case "\n" where !isQuoted: rows.append([""])
      default: rows[last][field].unicodeScalars.append(next)
      }
    }
    return rows.dropLast()
  }

  @Test("Telemetry comes with truth beside it, units in the header, and the account at its end")
  func telemetry() throws {
    let rows = rows(try export(.csv, .telemetry))
    let header = try #require(rows.first)
    #expect(header.prefix(4) == ["tick", "t_s", "mode", "flow_mL_h"])
    #expect(rows.allSatisfy { $0.count == header.count })
    let dispensed = try #require(header.firstIndex(of: "dispensed_mg"))
    let infused = try #require(header.firstIndex(of: "infused_mg"))
    let result = try EventfulSession.recorded.get().result
    let last = try #require(rows.last)
    #expect(abs((Double(last[dispensed]) ?? 0) - result.delivered[0].dispensed_mg) < 2e-6)
    #expect(abs((Double(last[infused]) ?? 0) - (result.delivered[0].infused_mg ?? 0)) < 2e-6)
  }

  @Test("Every line of JSON Lines is one object, and a disposal has its witnesses as a list")
  func events() throws {
    let lines = try export(.jsonLines, .events).split(separator: "\n")
    let objects = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let disposal = try #require(objects.last { $0["kind"] as? String == "dispose" })
    #expect(disposal["witnesses"] as? [String] == ["nurse on duty", "pharmacist on duty"])
    #expect(disposal["amount"] as? Double == 6)
    #expect(objects.allSatisfy { $0["t_s"] is Double && $0["tick"] is Int })
  }

  @Test("Ticks are all there, each with every field, the same in both formats")
  func ticks() throws {
    let story = try EventfulSession.story(of: EventfulSession.short.get().bytes)
    let csv = rows(try export(.csv, .ticks, of: EventfulSession.short))
    let header = try #require(csv.first)
    #expect(Int64(csv.count - 1) == story.tickCount)
    #expect(csv.allSatisfy { $0.count == header.count })
    #expect(Set(header).count == header.count && header.count == 67)
    let command = try #require(header.firstIndex(of: "command"))
    let hex = try #require(header.firstIndex(of: "command_canonical_hex"))
    let titrations = csv.dropFirst().filter { $0[command] == "titrate" }
    #expect(titrations.count == 1)
    // The whole command in its canonical encoding.
    #expect(titrations.allSatisfy { $0[hex].count > 20 && $0[hex].count % 2 == 0 })
    #expect(csv.dropFirst().filter { $0[command] == "start" }.count == 1)
    let steps = try #require(header.firstIndex(of: "steps_microsteps"))
    let permits = try #require(header.firstIndex(of: "monitor_permits"))
    #expect(csv.dropFirst().allSatisfy { Int64($0[steps]) != nil && !$0[permits].isEmpty })
  }

  @Test("A sink that wants no more ends the export")
  func early() throws {
    var pieces = 0
    try EventfulSession.withReader(try EventfulSession.short.get().bytes) { reader in
      try RecordExport(reader, form: .csv, selection: .ticks).write { _ in
        pieces += 1
        return pieces < 2
      }
    }
    #expect(pieces == 2)
  }
}
