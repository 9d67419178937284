// The result for a terminal.

import Story
import Catalogue
import PumpHAL
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
      lines.append("  window    Ep(max)    Ep(min)    ±")
      for point in curve.points {
        let told = one.canTell(minutes: point.minutes) ? "" : "   cannot be told as well as asked"
        lines.append(
          "  " + padded("\(plain(point.minutes, 1)) min", 10)
            + padded("\(signed(point.highest)) %", 11) + padded("\(signed(point.lowest)) %", 11)
            + "\(fixed(one.uncertainty(ofMinutes: point.minutes))) %" + told)
      }
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
    var lines = [
      "",
      "  rate         to alarm        predicted       pressure: pump, line    drawn back   released",
    ]
    for one in found {
      lines.append(
        "  " + padded("\(plain(one.millilitresPerHour, 2)) mL/h", 13)
          + padded(one.secondsToAlarm.map(duration) ?? "no alarm", 16)
          + padded(one.predictedSeconds.map(duration) ?? "–", 16)
          + padded(
            "\(pressure(one.pumpPressureMmHg)), \(pressure(one.linePressureMmHg)) mmHg", 24)
          + padded(volume(one.retractedMillilitres), 13) + volume(one.releaseMillilitres)
          + (one.releaseUncertainty.map { " ± \(plain($0 * 1000, 1)) µL" } ?? ""))
    }
    return lines
  }

  static func signed(_ value: Double) -> String {
    let text = fixed(value)
    return value > 0 && text != "0.00" ? "+\(text)" : text
  }

  private static func fixed(_ value: Double) -> String { DecimalNumber.fixed(value, decimals: 2) }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private static func pressure(_ value: Double?) -> String {
    value.map { DecimalNumber.fixed($0, decimals: 0) } ?? "–"
  }

  private static func volume(_ value: Double?) -> String {
    value.map { "\(plain($0 * 1000, 1)) µL" } ?? "–"
  }

  /// A time as people read it, from seconds.
  public static func duration(_ seconds: Double) -> String {
    let whole = Int64(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
    return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(plain(seconds, 1)) s"
  }
}

extension UncertaintyBudget {
  /// What can be told, as it is said before anything moves.
  public var text: String {
    var lines = ["\(means.measure.title):"]
    lines += means.sources.map { "  \($0)" }
    for line in self.lines {
      lines.append(
        "  \(line.quantity): ± \(DecimalNumber.fixed(line.percent, decimals: 2)) % (k = 2)"
          + (line.isEnough ? "" : ", more than the ±\(plain(withinPercent, 6)) % asked"))
    }
    return lines.joined(separator: "\n")
  }
}
