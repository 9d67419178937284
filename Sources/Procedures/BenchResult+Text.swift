// The result for a terminal.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension BenchResult {
  /// The result as a person reads it.
  public var text: String {
    var lines = [title, "origin: \(origin.name)"]
    lines += facts.map { "\($0.name): \($0.value)" }
    switch finding {
    case .accuracy(let found): for one in found { lines += Self.lines(one) }
    case .boluses(let found): for one in found { lines += Self.lines(one) }
    case .occlusions(let found): lines += Self.lines(found)
    }
    if let isWithin {
      lines.append(isWithin ? "within what was asked" : "NOT within what was asked")
    }
    for record in records { lines.append("record: \(record)") }
    lines.append(
      "\(plain(session_s / 60, 1)) min of session time in \(plain(wall_s, 2)) s"
    )
    if case .occlusions = finding {} else { lines.append(Self.notice) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ one: AccuracyFinding) -> [String] {
    var lines = ["", one.curves.measure.title]
    switch one.curves.startUp {
    case .success(let curve):
      let rise =
        curve.riseMinutes.map { "in the interval that ends at \(plain($0, 1)) min" }
        ?? "never"
      lines.append("  start-up: nine tenths of the rate \(rise)")
      if let shortfall = curve.shortfall { lines.append("  \(shortfall)") }
    case .failure(let shortfall): lines.append("  no start-up curve: \(shortfall)")
    }
    switch one.curves.trumpet {
    case .success(let curve):
      let period =
        "\(plain(curve.period.fromMinutes, 1)) to "
        + "\(plain(curve.period.toMinutes, 1)) min"
      let length = curve.period.toMinutes - curve.period.fromMinutes
      lines.append(
        "  mean error \(signed(curve.meanError)) % ± "
          + "\(fixed(one.uncertainty(ofMinutes: length))) %, over \(period)"
          + (curve.period.isEarly ? " (sooner than after a day of running in)" : ""))
      lines += table(
        [["window", "Ep(max)", "Ep(min)", "±"]]
          + curve.points.map { point in
            let told =
              one.canTell(minutes: point.minutes) ? "" : "   cannot be told as well as asked"
            return [
              "\(plain(point.minutes, 1)) min", "\(signed(point.highest)) %",
              "\(signed(point.lowest)) %",
              "\(fixed(one.uncertainty(ofMinutes: point.minutes))) %" + told,
            ]
          })
      for shortfall in curve.missing { lines.append("  missing: \(shortfall)") }
    case .failure(let shortfall): lines.append("  no trumpet curve: \(shortfall)")
    }
    return lines
  }

  private static func lines(_ one: BolusFinding) -> [String] {
    [
      "", one.budget.means.measure.title,
      "  \(one.volumes.count) boluses of \(plain(one.setMillilitres, 4)) mL: mean error "
        + "\(signed(one.meanError)) %, largest \(signed(one.highest)) %, least \(signed(one.lowest)) %",
      "  each ± \(fixed(one.uncertainty)) % (k = 2)",
    ]
  }

  private static func lines(_ found: [OcclusionFinding]) -> [String] {
    [""]
      + table(
        [["rate", "to alarm", "predicted", "pressure: pump, line", "drawn back", "released"]]
          + found.map { one in
            [
              "\(plain(one.millilitresPerHour, 2)) mL/h",
              one.secondsToAlarm.map(TimeText.duration(seconds:)) ?? "no alarm",
              one.predictedSeconds.map(TimeText.duration(seconds:)) ?? "–",
              "\(pressure(one.pumpPressureMmHg)), \(pressure(one.linePressureMmHg)) mmHg",
              volume(one.retractedMillilitres),
              volume(one.releaseMillilitres)
                + (one.releaseUncertainty.map { " ± \(plain($0 * 1000, 1)) µL" } ?? ""),
            ]
          })
  }

  private static func table(_ rows: [[String]]) -> [String] {
    TextTable.text(rows, indentation: 2).split(separator: "\n").map(String.init)
  }

  static func signed(_ value: Double) -> String {
    let text = fixed(value)
    return value > 0 && text != "0.00" ? "+\(text)" : text
  }

  private static func fixed(_ value: Double) -> String { DecimalText.fixed(value, decimals: 2) }

  private static func pressure(_ value: Double?) -> String {
    value.map { DecimalText.fixed($0, decimals: 0) } ?? "–"
  }

  private static func volume(_ value: Double?) -> String {
    value.map { "\(plain($0 * 1000, 1)) µL" } ?? "–"
  }
}

extension UncertaintyBudget {
  /// What can be told, as it is said before anything moves.
  public var text: String {
    var lines = ["\(means.measure.title):"]
    lines += means.sources.map { "  \($0)" }
    for line in self.lines {
      lines.append(
        "  \(line.quantity): ± \(DecimalText.fixed(line.percent, decimals: 2)) % (k = 2)"
          + (line.isEnough ? "" : ", more than the ±\(plain(withinPercent, 6)) % asked"))
    }
    return lines.joined(separator: "\n")
  }
}
