import Catalogue
import Procedures
import PumpHAL
import Story
import Text
import Vocabulary

/// The page of a bench procedure: it needs nothing but itself, and runs no script.
public struct BenchDocument: Sendable {
  private let result: BenchResult

  /// The page of a result.
  public init(_ result: BenchResult) { self.result = result }

  /// The whole page.
  public var html: String {
    let facts = [["origin", result.origin.name]] + result.facts.map { [$0.name, $0.value] }
    let records = result.records.map { ["record", $0] }
    let rows = (facts + records).map { $0.map(cell) }
    let within: Markup =
      switch result.isWithin {
      case nil: .empty
      case true?: "<p class=\"state good\"><strong>Within what was asked.</strong></p>\n"
      case false?: "<p class=\"state bad\"><strong>Not within what was asked.</strong></p>\n"
      }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; img-src data:">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <link rel="icon" href="data:,">
      <title>\(result.title)</title>
      <style>\(Markup(trusted: pageStyle))</style>
      </head>
      <body>
      <main>
      <header>
      <p class="kicker">BENCH PROCEDURE · AMBULATORY INFUSION PUMP · NOT A MEDICAL DEVICE</p>
      <h1>\(result.title)</h1>
      </header>
      \(within)<section id="set-up"><h2>Set-up</h2>
      \(table("Set-up", ["", ""], rows, kind: "facts"))<p class="note">\(windowsNotice)</p></section>
      \(findings)\(uncertainties)</main>
      <footer><p>Made by Trumpet. Not a medical device.</p></footer>
      </body>
      </html>

      """
    return page.html
  }

  private var findings: Markup {
    switch result.finding {
    case .accuracy(let found): accuracy(found)
    case .boluses(let found): boluses(found)
    case .occlusions(let found): occlusions(found)
    }
  }

  private func accuracy(_ found: [AccuracyFinding]) -> Markup {
    var missing: [String] = []
    for one in found {
      if case .failure(let shortfall) = one.curves.startUp { missing.append(shortfall.description) }
      if let shortfall = one.startUp?.shortfall { missing.append(shortfall.description) }
      if result.procedure == "accuracy", case .failure(let shortfall) = one.curves.trumpet {
        missing.append(shortfall.description)
      }
      missing += one.trumpet?.missing.map(\.description) ?? []
    }
    let list: Markup =
      missing.isEmpty
      ? .empty : "<ul>\(missing.map { "<li>Missing: \($0).</li>\n" as Markup })</ul>\n"
    let trumpets = found.compactMap(\.trumpet)
    return """
      <section id="curves"><h2>Curves</h2>
      \(startUpFigure(found.compactMap(\.startUp)))\(trumpetFigure(trumpets))\(list)\
      \(found.map(windowTable))</section>

      """
  }

  private func windowTable(_ one: AccuracyFinding) -> Markup {
    guard let trumpet = one.trumpet else { return .empty }
    let rows = trumpet.points.map { point -> [Markup] in
      let uncertainty = one.uncertainty(ofMinutes: point.minutes)
      return [
        cell(DecimalText.trimmed(point.minutes, decimals: 1)), cell(errorText(point.highest)),
        cell(errorText(point.lowest)), cell(DecimalText.fixed(uncertainty, decimals: 2)),
        cell(one.canTell(minutes: point.minutes) ? "yes" : "no"),
      ]
    }
    return table(
      "Trumpet curve, \(trumpet.windows.name) windows: \(trumpet.measure.title); mean error "
        + "\(errorText(trumpet.meanError)) %",
      [
        "window, min", "Ep(max), %", "Ep(min), %", "uncertainty (k = 2), ± %",
        "told as well as asked",
      ],
      rows, kind: "numbers")
  }

  private func boluses(_ found: [BolusFinding]) -> Markup {
    let lines = found.enumerated().map { index, one in
      CurveLine(
        name: one.budget.means.measure.title,
        colour: index == 0 ? PlotColour.vermilion : PlotColour.blue,
        stroke: index == 0 ? .solid : .dashed, isMarked: true,
        points: one.errors.enumerated().map { (Double($0.offset + 1), $0.element) })
    }
    let count = found.map(\.volumes.count).max() ?? 1
    let plot = CurvePlot(
      title: "Boluses",
      description: "Error of each bolus, one after the other; "
        + found.map { "\($0.budget.means.measure.title): mean \(errorText($0.meanError)) %" }
        .joined(separator: "; ") + ".",
      xTitle: "bolus", yTitle: "error of the volume, %", xEnd: Double(count), lines: lines)
    let rows = found.map { one -> [Markup] in
      [
        cell(one.budget.means.measure.title), cell("\(one.volumes.count)"),
        cell(DecimalText.trimmed(one.setMillilitres, decimals: 4)),
        cell(errorText(one.meanError)),
        cell(errorText(one.highest)), cell(errorText(one.lowest)),
        cell(DecimalText.fixed(one.uncertainty, decimals: 2)),
      ]
    }
    return """
      <section id="boluses"><h2>Boluses</h2>
      \(plot.figure)\(table(
        "Boluses",
        ["by", "number", "set, mL", "mean error, %", "largest, %", "least, %", "each ± %, k = 2"],
        rows, kind: "numbers"))</section>

      """
  }

  private func occlusions(_ found: [OcclusionFinding]) -> Markup {
    func number(_ value: Double?, _ decimals: Int, times factor: Double = 1) -> Markup {
      cell(value.map { DecimalText.fixed($0 * factor, decimals: decimals) } ?? "–")
    }
    let rows = found.map { one -> [Markup] in
      [
        cell("\(DecimalText.trimmed(one.millilitresPerHour, decimals: 2)) mL/h"),
        cell(one.syringe), cell("\(one.limitMmHg)"),
        one.secondsToAlarm == nil ? cell("no alarm") : number(one.secondsToAlarm, 1),
        number(one.predictedSeconds, 0), number(one.pumpPressureMmHg, 0),
        number(one.linePressureMmHg, 0), number(one.retractedMillilitres, 1, times: 1000),
        number(one.releaseMillilitres, 1, times: 1000),
        cell(one.releaseMeasure?.title ?? "nobody can know"),
      ]
    }
    let told = found.filter { $0.secondsToAlarm != nil }
    let plot = CurvePlot(
      title: "Time to the occlusion alarm",
      description:
        "Time from the blocking of the line to the alarm, over the reciprocal of the rate: what "
        + "is stored up to the limit, divided by the rate.",
      xTitle: "hours for one millilitre", yTitle: "time to alarm, min",
      xEnd: told.map { 1 / $0.millilitresPerHour }.max() ?? 1,
      lines: [
        CurveLine(
          name: "measured", colour: PlotColour.vermilion, isMarked: true,
          points: told.sorted { $0.millilitresPerHour > $1.millilitresPerHour }.map {
            (1 / $0.millilitresPerHour, ($0.secondsToAlarm ?? 0) / 60)
          })
      ])
    return """
      <section id="occlusion"><h2>Occlusion</h2>
      \(table(
        "Occlusion",
        [
          "rate", "syringe", "limit, mmHg", "time to alarm, s", "predicted, s",
          "pressure by the pump, mmHg", "pressure in the line, mmHg", "drawn back, µL",
          "released, µL", "released by",
        ], rows, kind: "numbers"))\(told.count > 1 ? plot.figure : .empty)</section>

      """
  }

  private var uncertainties: Markup {
    if result.budgets.isEmpty { return .empty }
    let parts = result.budgets.map { budget -> Markup in
      let rows = budget.lines.map {
        [
          cell($0.quantity), cell(DecimalText.fixed($0.percent, decimals: 2)),
          cell($0.isEnough ? "yes" : "no"),
        ]
      }
      let sources = budget.means.sources.map { "<li>\($0)</li>\n" as Markup }
      return """
        <h3>\(budget.means.measure.title)</h3>
        <ul>
        \(sources)</ul>
        \(table(
          "What could be told, reckoned before",
          [
            "quantity", "uncertainty (k = 2), ± %",
            "enough for ±\(DecimalText.trimmed(budget.withinPercent, decimals: 2)) %",
          ], rows, kind: "numbers"))
        """
    }
    return """
      <section id="uncertainty"><h2>Uncertainty</h2>
      <p>After JCGM 100:2008, reckoned before anything moved; expanded uncertainties are twice the \
      standard ones (about 95 %).</p>
      \(parts)</section>

      """
  }
}
