// The result as a person reads it at the end of a session.

import Catalogue
import PumpHAL
import Text
import Vocabulary

/// Writes the summary of a session for a terminal.
public enum SummaryTable {
  /// The summary, lines ended by newlines.
  public static func text(_ result: SessionResult) -> String {
    var out = "\(result.title)\n"
    out += "\(result.outcome.rawValue.uppercased()) — \(result.ending.text)\n\n"
    out += TextTable.text(figures(result))
    out += timeline(result)
    out += expectations(result)
    out += checkpoint(result)
    if result.origin != .hardware {
      out += "\nSimulated: consistency of a model with itself, no prediction for a patient.\n"
    }
    return out
  }

  private static func figures(_ result: SessionResult) -> [(String, String)] {
    var rows: [(String, String)] = []
    rows.append(("origin", result.origin.name))
    rows.append(
      ("session time", "\(TimeText.duration(seconds: result.simulated_s)), \(speed(result))"))
    if let start = result.started_s {
      rows.append(("programme started at", TimeText.duration(seconds: start)))
    }
    for drug in result.delivered {
      rows.append(
        (
          "\(drug.drug) dispensed",
          "\(fixed(drug.dispensed_mg, 3)) mg in \(fixed(drug.dispensed_mL, 4)) mL"
        ))
      if let mass = drug.infused_mg, let volume = drug.infused_mL {
        rows.append(
          (
            "\(drug.drug) infused", "\(fixed(mass, 3)) mg in \(fixed(volume, 4)) mL"
          ))
      } else {
        rows.append(("\(drug.drug) infused", "not available on this hardware"))
      }
    }
    if let measured = result.measured {
      rows.append(
        (
          "pump's own counter",
          "\(fixed(measured.least_mL, 4)) to \(fixed(measured.most_mL, 4)) mL dispensed"
        ))
      if let reason = measured.lossReason { rows.append(("hardware lost", reason)) }
    }
    rows += account(result.account)
    if let pacing = result.pacing { rows += paced(pacing) }
    rows.append(("state digest", Hexadecimal.text(result.stateDigest)))
    if !result.resumedFrom.isEmpty {
      let records = result.resumedFrom.joined(separator: ", ")
      rows.append(("resumed from", "\(records); all figures are of the whole session"))
    }
    if let record = result.record {
      let state = result.recordFailure == nil ? "" : ", FAILED: it is not whole"
      rows.append(("record", "\(record.path), \(record.bytes) bytes\(state)"))
    }
    return rows
  }

  /// The last checkpoint, set apart so that it can be copied as it is.
  private static func checkpoint(_ result: SessionResult) -> String {
    guard let text = result.record?.checkpoint else { return "" }
    return """

      The record's last checkpoint. Keep it where nobody can change it: with it,
      `trumpet verify --checkpoint FILE` finds a record that was cut back.

      \(text)
      """
  }

  private static func account(_ account: SessionAccount) -> [(String, String)] {
    var rows: [(String, String)] = []
    let parts = [
      ("loading", account.loadingMass), ("basal", account.basalMass),
      ("boluses", account.bolusMass),
    ].filter { $0.1 > .zero }.map { "\($0.0) \(fixed($0.1.milligrams, 3)) mg" }
    if !parts.isEmpty { rows.append(("of which", parts.joined(separator: ", "))) }
    if account.bolusesGranted + account.bolusesDenied > 0 {
      rows.append(
        (
          "boluses", "\(account.bolusesGranted) granted, \(account.bolusesDenied) denied"
        ))
    }
    if account.primedVolume > .zero {
      rows.append(("primed", "\(fixed(account.primedVolume.millilitres, 4)) mL"))
    }
    if account.retractedVolume > .zero {
      rows.append(("retracted", "\(fixed(account.retractedVolume.millilitres, 4)) mL"))
    }
    if account.predictedTimeToAlarm_s > 0 {
      let time = TimeText.duration(seconds: Double(account.predictedTimeToAlarm_s))
      rows.append(("time to occlusion alarm", "predicted \(time) when the occlusion began"))
    }
    if let bolus = account.postOcclusionBolus_mL {
      rows.append(("post-occlusion bolus", "\(fixed(bolus, 3)) mL"))
    }
    return rows
  }

  private static func paced(_ pacing: PacingReport) -> [(String, String)] {
    let late = fixed(Double(pacing.latenessMax_us) / 1000, 2)
    var rows = [
      (
        "pace",
        "\(DecimalText.trimmed(pacing.factor, decimals: 2)) × real time,"
          + " \(pacing.overruns) overruns, latest \(late) ms"
      )
    ]
    if let grant = pacing.grant { rows.append(("real-time rights", grant.text)) }
    return rows
  }

  private static func timeline(_ result: SessionResult) -> String {
    let lines = result.occurrences.compactMap { occurrence in
      occurrence.line.map { (occurrence.tick, $0) }
    }
    guard let start = result.started_s else { return "" }
    let after = lines.filter { Double($0.0) >= start * 100 }
    if after.isEmpty { return "" }
    var out = "\nWhat happened (from the start of the programme)\n"
    let shown = after.prefix(60)
    let rows = shown.map { tick, line in
      [TimeText.duration(seconds: Double(tick) / 100 - start), line]
    }
    out += TextTable.text(rows, right: [0], indentation: 2)
    if after.count > shown.count { out += "  … and \(after.count - shown.count) more\n" }
    return out
  }

  private static func expectations(_ result: SessionResult) -> String {
    if result.expectations.isEmpty { return "" }
    var out = "\nExpectations\n"
    for finding in result.expectations {
      out += "  \(finding.held ? "held  " : "FAILED")  \(finding.text)  —  \(finding.observed)\n"
    }
    return out
  }

  private static func speed(_ result: SessionResult) -> String {
    "\(fixed(result.wall_s, 2)) s of wall time, \(fixed(result.timesRealTime, 0)) × real time"
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    DecimalText.fixed(value, decimals: decimals)
  }
}
