// The result of a campaign as a person reads it: a line a cell, then what failed and how to see why.

import Catalogue
import PumpHAL
import Session
import Text
import Vocabulary

extension CampaignResult {
  /// The table and what failed, lines ended by newlines; `file` names the campaign file.
  public func table(file: String) -> String {
    var out = "\(title)\n\n"
    let rows = rows
    let figures = rows[0].indices.filter { column in
      let head = rows[0][column]
      return head.hasSuffix(" mL") || head == "found after" || head == "cell"
    }
    out += TextTable.text(rows, right: Set(figures))
    out += "\n\(tally)\n"
    out += failures(file: file)
    out += reasons
    if !irreproducible.isEmpty {
      let numbers = irreproducible.map(String.init).joined(separator: ", ")
      out += "\nNOT REPRODUCED: run again for its record, another session came of cell \(numbers)\n"
    }
    out += "\nSimulated: consistency of a model with itself, no prediction for a patient.\n"
    return out
  }

  private var drugs: [String] {
    var names: [String] = []
    for cell in cells {
      for drug in cell.session?.delivered ?? [] where !names.contains(drug.drug) {
        names.append(drug.drug)
      }
    }
    return names
  }

  private var rows: [[String]] {
    let drugs = drugs
    let hasTwins = cells.contains { $0.twin != nil }
    var head = ["cell"] + axes.map(\.name) + ["status"]
    for drug in drugs { head += ["\(drug) dispensed mL", "infused mL", "excess mL"] }
    if hasTwins { head += ["over mL", "under mL", "found after", "by"] }
    head.append("alarms")
    let shown = cells.filter { $0.status != .excluded }
    return [head] + shown.map { row($0, drugs, hasTwins) }
  }

  private func row(_ cell: CellResult, _ drugs: [String], _ hasTwins: Bool) -> [String] {
    var row = [String(cell.number)] + cell.values.map { Self.cut($0.label, 32) }
    row.append(cell.status.rawValue)
    for drug in drugs {
      let delivered = cell.session?.delivered.first { $0.drug == drug }
      row += [delivered?.dispensed_mL, delivered?.infused_mL, delivered?.excess_mL].map { value in
        value.map { DecimalText.fixed($0, decimals: 4) } ?? "–"
      }
    }
    if hasTwins { row += Self.columns(cell.twin) }
    row.append(Self.alarms(of: cell))
    return row
  }

  private static func columns(_ twin: TwinComparison?) -> [String] {
    guard let twin else { return ["–", "–", "–", "–"] }
    let found = twin.found
    return [
      DecimalText.fixed(twin.over_uL / 1000, decimals: 4),
      DecimalText.fixed(twin.under_uL / 1000, decimals: 4),
      found.map { TimeText.duration(seconds: $0.after_s) } ?? "not found", found?.by ?? "–",
    ]
  }

  /// The alarms with their times from the start, the first four of them.
  private static func alarms(of cell: CellResult) -> String {
    guard let session = cell.session else { return cell.refusal.isEmpty ? "" : "–" }
    if session.alarms.isEmpty { return "none" }
    let start = session.started_s ?? 0
    let shown = session.alarms.prefix(4).map { episode in
      let seconds = Double(episode.raised) / Double(ticksPerSecond) - start
      let time =
        seconds < 0
        ? "\(TimeText.duration(seconds: -seconds)) before the start"
        : TimeText.duration(seconds: seconds)
      return "\(episode.id.name) \(time)"
    }
    let rest = session.alarms.count - shown.count
    return shown.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
  }

  private func failures(file: String) -> String {
    let failed = cells.filter { $0.status == .failed || $0.status == .refused }
    guard !failed.isEmpty else { return "" }
    // Cells that failed alike are told of together.
    var groups: [(lines: [String], cells: [CellResult])] = []
    for cell in failed {
      let lines = cell.failures
      if let index = groups.firstIndex(where: {
        $0.lines == lines && $0.cells[0].status == cell.status
      }) {
        groups[index].cells.append(cell)
      } else {
        groups.append((lines, [cell]))
      }
    }
    var out = groups.prefix(40).map { Self.text(of: $0.cells, $0.lines) }.joined()
    if groups.count > 40 { out += "\n… and more of other kinds; --json has them all\n" }
    out += "\nThe session file of a cell: trumpet campaign show \(file) --cell NUMBER\n"
    return out
  }

  private static func text(of cells: [CellResult], _ lines: [String]) -> String {
    let isFailed = cells[0].status == .failed
    var out = "\n\(isFailed ? "FAILED" : "REFUSED")  "
    if cells.count == 1 {
      out += "cell \(cells[0].number): \(cells[0].name)\n"
    } else {
      let numbers = cells.prefix(20).map { String($0.number) }.joined(separator: ", ")
      out += "\(cells.count) cells: \(numbers)\(cells.count > 20 ? ", …" : "")\n"
    }
    for line in lines.prefix(10) { out += "  \(line)\n" }
    for cell in cells.prefix(20) {
      if let record = cell.record { out += "  record: \(record.path)\n" }
    }
    return out
  }

  private var reasons: String {
    var counts: [(reason: String, count: Int)] = []
    for cell in cells where cell.status == .excluded {
      let reason = cell.exclusion ?? ""
      if let index = counts.firstIndex(where: { $0.reason == reason }) {
        counts[index].count += 1
      } else {
        counts.append((reason, 1))
      }
    }
    if counts.isEmpty { return "" }
    return "\nLeft out:\n" + counts.map { "  \($0.count): \($0.reason)\n" }.joined()
  }

  private static func cut(_ text: String, _ most: Int) -> String {
    text.count > most ? text.prefix(most - 1) + "…" : text
  }
}
