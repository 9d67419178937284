// Start-up curve and trumpet curve as figures, for the report of a session and of a bench procedure.

import Story
import Text

/// What the windows are and are not.
let windowsNotice =
  "Windows and formulas are those of IEC 60601-2-24 as public sources report them; the text of the "
  + "standard was not at hand. No conformity is claimed."

/// The start-up curve of each measure by one set of windows.
func startUpFigure(_ curves: [StartUpCurve]) -> Markup {
  guard let first = curves.first else { return .empty }
  let end = curves.compactMap { $0.points.last?.minutes }.max() ?? 1
  let rise = curves.map { curve in
    curve.riseMinutes.map {
      "\(curve.measure.title): nine tenths of the flow set in the interval that ends at "
        + "\(DecimalText.trimmed($0, decimals: 1)) min"
    } ?? "\(curve.measure.title): nine tenths of the flow set in no interval"
  }
  let set = DecimalText.trimmed(first.millilitresPerHour, decimals: 4)
  return CurvePlot(
    title: "Start-up curve",
    description: "Start-up curve: flow in each interval of "
      + "\(DecimalText.trimmed(first.windows.sampleMinutes, decimals: 1)) min from the beginning of "
      + "delivery; \(set) mL/h set. \(rise.joined(separator: "; ")).",
    xTitle: "time from the beginning of delivery, min", yTitle: "mL/h", xEnd: end,
    lines: curves.map { curve in
      CurveLine(
        name: curve.measure.title, colour: curve.measure.colour, stroke: curve.measure.stroke,
        points: curve.points.map { ($0.minutes, $0.millilitresPerHour) })
    }, reference: ("set", first.millilitresPerHour)
  ).figure
}

/// The trumpet curve of each measure by one set of windows.
func trumpetFigure(_ curves: [TrumpetCurve]) -> Markup {
  guard let first = curves.first else { return .empty }
  let marks = first.windows.windows
  var lines: [CurveLine] = []
  for curve in curves {
    let colour = curve.measure.colour
    for (name, value) in [
      ("largest error", { $0.highest }), ("least error", { $0.lowest }),
    ] as [(String, (TrumpetCurve.Window) -> Double)] {
      lines.append(
        CurveLine(
          name: "\(name), \(curve.measure.title)", colour: colour, stroke: curve.measure.stroke,
          isMarked: true, points: curve.points.map { ($0.minutes, value($0)) }))
    }
    lines.append(
      CurveLine(
        name: "mean error, \(curve.measure.title)", colour: colour, stroke: .dotted,
        points: [(0, curve.meanError), (marks.last ?? 1, curve.meanError)]))
  }
  let told = curves.map { curve in
    "\(curve.measure.title): mean error \(errorText(curve.meanError)) %"
  }
  return CurvePlot(
    title: "Trumpet curve",
    description:
      "Trumpet curve by the \(first.windows.name) windows, over \(periodText(first.period)); "
      + "\(told.joined(separator: "; ")).",
    xTitle: "observation window, min", yTitle: "error of the flow, %", xMarks: marks,
    xEnd: marks.last ?? 1, lines: lines
  ).figure
}

/// The numbers of trumpet curves, a row a window.
func trumpetTable(_ curve: TrumpetCurve) -> Markup {
  table(
    "Trumpet curve, \(curve.windows.name) windows: \(curve.measure.title)",
    ["window, min", "Ep(max), %", "Ep(min), %", "windows", "resolution of the measure, ± %"],
    curve.points.map { point in
      [
        cell(DecimalText.trimmed(point.minutes, decimals: 1)), cell(errorText(point.highest)),
        cell(errorText(point.lowest)), cell("\(point.count)"),
        cell(DecimalText.fixed(point.resolution, decimals: 3)),
      ]
    }, kind: "numbers")
}

/// A period as people read it.
func periodText(_ period: AnalysisPeriod) -> String {
  let from = DecimalText.trimmed(period.fromMinutes, decimals: 1)
  let to = DecimalText.trimmed(period.toMinutes, decimals: 1)
  let early =
    period.isEarly ? ", which begins sooner than after the day of running in that is asked for" : ""
  return "the time from \(from) to \(to) min after the beginning of delivery\(early)"
}

/// An error in per cent, with its sign.
func errorText(_ value: Double) -> String {
  let text = DecimalText.fixed(value, decimals: 2)
  return value > 0 && text != "0.00" ? "+\(text)" : text
}

extension DeliveryMeasure {
  fileprivate var colour: String {
    switch self {
    case .plantTruth: PlotColour.vermilion
    case .balance: PlotColour.green
    case .encoder, .motorSteps: PlotColour.blue
    case .pumpCount: PlotColour.purple
    }
  }

  fileprivate var stroke: PlotSeries.Stroke { isFluid ? .solid : .dashed }
}
