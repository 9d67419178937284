// A plot whose axis is not session time, as a drawing for screen and paper alike.

import Story
import Text

/// One line of such a plot.
struct CurveLine {
  var name: String
  var colour: String
  var stroke = PlotSeries.Stroke.solid
  /// Whether each point is marked.
  var isMarked = false
  var points: [(x: Double, y: Double)]
}

/// Draws lines over any quantity as SVG, in the style of the page's other drawings.
struct CurvePlot {
  var title: String
  var description: String
  var xTitle: String
  var yTitle: String
  /// Where the axis of x is labelled; nil for even steps.
  var xMarks: [Double]?
  var xEnd: Double
  var lines: [CurveLine]
  /// A value that every line is held against, drawn across.
  var reference: (name: String, value: Double)?

  private static let width = 680.0
  private static let height = 260.0
  private static let left = 70.0
  private static let right = 20.0
  private static let top = 10.0
  private static let bottom = 42.0

  private var plotWidth: Double { Self.width - Self.left - Self.right }
  private var plotHeight: Double { Self.height - Self.top - Self.bottom }

  /// The figure, with its legend.
  var figure: Markup {
    let legend = lines.map { line -> Markup in
      "<li>\(swatch(line.stroke, line.colour))\(line.name)</li>"
    }
    return """
      <figure role="group" aria-label="\(title)">
      <ul class="legend">\(legend)</ul>
      \(drawing)<figcaption>\(description)</figcaption>
      </figure>

      """
  }

  private var drawing: Markup {
    let range = valueRange
    let middle = text(Self.top + plotHeight / 2)
    return """
      <svg class="curve" viewBox="0 0 \(text(Self.width)) \(text(Self.height))" role="img" \
      aria-label="\(description)" font-size="11" fill="#1c1c1c">
      \(columns)\(rows(range))\(referenceLine(range))\(lines.map { path(of: $0, range) })
      <rect x="\(text(Self.left))" y="\(text(Self.top))" width="\(text(plotWidth))" \
      height="\(text(plotHeight))" fill="none" stroke="#505050"/>
      <text x="\(text(Self.left + plotWidth / 2))" y="\(text(Self.height - 6))" \
      text-anchor="middle">\(xTitle)</text>
      <text x="14" y="\(middle)" text-anchor="middle" \
      transform="rotate(-90 14 \(middle))">\(yTitle)</text>
      </svg>

      """
  }

  private var valueRange: ClosedRange<Double> {
    var values = [reference?.value ?? 0, 0]
    for line in lines { values += line.points.map { $0.y } }
    let low = values.min() ?? 0
    let high = values.max() ?? 1
    let room = max((high - low) * 0.06, 1e-9)
    return (low < 0 ? low - room : 0)...(high > 0 ? high + room : room)
  }

  private var columns: [Markup] {
    let step = niceAxisStep(xEnd / 8)
    let marks = xMarks ?? Array(stride(from: 0, through: xEnd, by: step))
    return marks.map { mark in
      let at = text(x(mark))
      return """
        <line x1="\(at)" y1="\(text(Self.top))" x2="\(at)" y2="\(text(Self.top + plotHeight))" \
        stroke="#dddddd"/><text x="\(at)" y="\(text(Self.top + plotHeight + 14))" \
        text-anchor="middle">\(DecimalText.trimmed(mark, decimals: 2))</text>

        """
    }
  }

  private func rows(_ range: ClosedRange<Double>) -> [Markup] {
    let step = niceAxisStep((range.upperBound - range.lowerBound) / 5)
    var lines: [Markup] = []
    var value = (range.lowerBound / step).rounded(.up) * step
    while value <= range.upperBound, lines.count < 20 {
      let at = y(value, range)
      lines.append(
        """
        <line x1="\(text(Self.left))" y1="\(text(at))" x2="\(text(Self.left + plotWidth))" \
        y2="\(text(at))" stroke="#dddddd"/><text x="\(text(Self.left - 6))" y="\(text(at + 4))" \
        text-anchor="end">\(DecimalText.trimmed(value, decimals: 4))</text>

        """)
      value += step
    }
    return lines
  }

  private func referenceLine(_ range: ClosedRange<Double>) -> Markup {
    guard let reference else { return .empty }
    let at = text(y(reference.value, range))
    return """
      <line x1="\(text(Self.left))" y1="\(at)" x2="\(text(Self.left + plotWidth))" y2="\(at)" \
      stroke="#707070" stroke-dasharray="4 3"/><text x="\(text(Self.left + plotWidth - 4))" \
      y="\(text(y(reference.value, range) - 4))" text-anchor="end" \
      fill="#505050">\(reference.name)</text>

      """
  }

  private func path(of line: CurveLine, _ range: ClosedRange<Double>) -> Markup {
    var path = ""
    for point in line.points where point.x.isFinite && point.y.isFinite {
      path += "\(path.isEmpty ? "M" : "L")\(text(x(point.x))) \(text(y(point.y, range)))"
    }
    let dash: Markup =
      switch line.stroke {
      case .dashed: " stroke-dasharray=\"8 4\""
      case .dotted: " stroke-dasharray=\"2 3\""
      default: .empty
      }
    let marks = line.points.map { point -> Markup in
      guard line.isMarked else { return .empty }
      return """
        <circle cx="\(text(x(point.x)))" cy="\(text(y(point.y, range)))" r="3" \
        fill="\(line.colour)"/>
        """
    }
    return """
      <path d="\(path)" fill="none" stroke="\(line.colour)" stroke-width="1.6"\(dash)/>\(marks)

      """
  }

  private func x(_ value: Double) -> Double {
    Self.left + plotWidth * min(max(value / max(xEnd, 1e-9), 0), 1)
  }

  private func y(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.top + plotHeight * (1 - min(max(share, 0), 1))
  }

  private func text(_ value: Double) -> String { DecimalText.trimmed(value, decimals: 1) }
}

/// 1, 2 or 5 times a power of ten, no smaller than what is asked for.
func niceAxisStep(_ least: Double) -> Double {
  var power = 1.0
  guard least > 0, least.isFinite else { return 1 }
  while power > least { power /= 10 }
  while power * 10 <= least { power *= 10 }
  return [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? power * 10
}

/// The piece of line that stands for a line in a legend.
func swatch(_ stroke: PlotSeries.Stroke, _ colour: String) -> Markup {
  let dash: Markup =
    switch stroke {
    case .dashed: " stroke-dasharray=\"8 4\""
    case .dotted: " stroke-dasharray=\"2 3\""
    default: .empty
    }
  return """
    <svg width="34" height="8" aria-hidden="true"><line x1="0" y1="4" x2="34" y2="4" \
    stroke="\(colour)" stroke-width="2.5"\(dash)/></svg>
    """
}
