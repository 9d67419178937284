// A plot as a drawing, for paper and for readers that run no script.

import PumpHAL
import Story
import Text

/// Draws a plot as SVG, at the size of the paper's column.
struct PaperPlot {
  let plot: Plot
  let endTick: Int64

  private static let width = 680.0
  private static let left = 152.0
  private static let right = 20.0
  private static let top = 8.0
  private static let bottom = 38.0

  private var height: Double { plot.lanes.isEmpty ? 230 : Double(plot.lanes.count) * 20 + 46 }
  private var plotWidth: Double { Self.width - Self.left - Self.right }
  private var plotHeight: Double { height - Self.top - Self.bottom }

  /// The drawing.
  var markup: Markup {
    let range = valueRange
    let lines = plot.series.map { self.line($0, range) }
    let label: Markup =
      plot.lanes.isEmpty
      ? """
      <text x="14" y="\(point(Self.top + plotHeight / 2))" text-anchor="middle" \
      transform="rotate(-90 14 \(point(Self.top + plotHeight / 2)))">\(plot.unit)</text>
      """ : .empty
    return """
      <svg class="paper" viewBox="0 0 \(point(Self.width)) \(point(height))" role="img" \
      aria-label="\(plot.description)" font-size="11" fill="#1c1c1c">
      \(timeGrid)\(plot.lanes.isEmpty ? valueGrid(range) : laneLabels)\(lines)
      <rect x="\(point(Self.left))" y="\(point(Self.top))" width="\(point(plotWidth))" \
      height="\(point(plotHeight))" fill="none" stroke="#505050"/>
      <text x="\(point(Self.left + plotWidth / 2))" y="\(point(height - 4))" \
      text-anchor="middle">session time</text>\(label)
      </svg>

      """
  }

  // MARK: - Axes

  private var valueRange: ClosedRange<Double> {
    if !plot.lanes.isEmpty { return 0.4...Double(plot.lanes.count) + 0.6 }
    let values = plot.series.flatMap { $0.points.compactMap(\.value) }.filter(\.isFinite)
    let low = min(0, values.min() ?? 0)
    let high = plot.highest ?? max(0, values.max() ?? 1)
    let room = (high - low) * 0.04
    return high > low ? (low < 0 ? low - room : 0)...high + room : 0...1
  }

  private var timeGrid: [Markup] {
    let steps: [Int64] = [
      100, 200, 500, 1000, 1500, 3000, 6000, 12_000, 30_000, 60_000, 90_000, 180_000, 360_000,
      720_000,
      1_080_000, 1_440_000, 2_160_000, 4_320_000, 8_640_000,
    ]
    let span = max(1, endTick)
    let step = steps.first { span / $0 <= 9 } ?? (span / 9 + 1)
    return stride(from: 0, through: span, by: Int64.Stride(step)).map { tick in
      let x = self.x(tick)
      return """
        <line x1="\(point(x))" y1="\(point(Self.top))" x2="\(point(x))" \
        y2="\(point(Self.top + plotHeight))" stroke="#dddddd"/>\
        <text x="\(point(x))" y="\(point(Self.top + plotHeight + 14))" \
        text-anchor="middle">\(timeText(tick))</text>

        """
    }
  }

  private func timeText(_ tick: Int64) -> String {
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if endTick >= 720_000 {
      let minutes = tick / 6000 % 60
      return "\(tick / 360_000)\(minutes > 0 ? ":" + two(minutes) : "") h"
    }
    let seconds = tick / 100 % 60
    return "\(tick / 6000)\(seconds > 0 ? ":" + two(seconds) : "") min"
  }

  private func valueGrid(_ range: ClosedRange<Double>) -> [Markup] {
    let step = niceAxisStep((range.upperBound - range.lowerBound) / 5)
    var value = (range.lowerBound / step).rounded(.up) * step
    var lines: [Markup] = []
    while value <= range.upperBound, lines.count < 20 {
      let y = self.y(value, range)
      lines.append(
        """
        <line x1="\(point(Self.left))" y1="\(point(y))" x2="\(point(Self.left + plotWidth))" \
        y2="\(point(y))" stroke="#dddddd"/>\
        <text x="\(point(Self.left - 6))" y="\(point(y + 4))" \
        text-anchor="end">\(DecimalText.trimmed(value, decimals: 4))</text>

        """)
      value += step
    }
    return lines
  }

  private var laneLabels: [Markup] {
    plot.lanes.enumerated().map { index, name in
      """
      <text x="\(point(Self.left - 6))" y="\(point(y(Double(index + 1), valueRange) + 4))" \
      text-anchor="end" font-size="9">\(name)</text>

      """
    }
  }

  // MARK: - Lines

  private func line(_ line: PlotSeries, _ range: ClosedRange<Double>) -> Markup {
    if line.stroke == .dots {
      let dots = line.points.map { dot -> Markup in
        """
        <circle cx="\(point(x(dot.tick)))" cy="\(point(y(dot.value ?? 0, range)))" r="3.5" \
        fill="\(line.colour)"/>
        """
      }
      return "<g>\(dots)</g>\n"
    }
    let dash: Markup =
      switch line.stroke {
      case .dashed: " stroke-dasharray=\"8 4\""
      case .dotted: " stroke-dasharray=\"2 3\""
      default: .empty
      }
    return """
      <path d="\(path(line, range))" fill="none" stroke="\(line.colour)" \
      stroke-width="\(line.stroke == .bar ? "9" : "1.6")"\(dash)/>

      """
  }

  /// The path, with the lowest and the highest of each column of the drawing.
  private func path(_ line: PlotSeries, _ range: ClosedRange<Double>) -> String {
    var path = ""
    var isDrawing = false
    var lastX = 0.0
    var lastY = 0.0
    var column = Series(columns: plotWidth, over: endTick)
    for point in line.points { column.append(point.value, at: point.tick) }
    let points = line.stroke == .bar ? line.points : column.points
    for next in points {
      guard let value = next.value, value.isFinite else {
        isDrawing = false
        continue
      }
      let x = x(next.tick)
      let y = y(value, range)
      if !isDrawing {
        path += "M\(point(x)) \(point(y))"
      } else {
        if line.isStep { path += "L\(point(x)) \(point(lastY))" }
        // A bar is seen however short it is.
        path += "L\(point(line.stroke == .bar ? max(x, lastX + 3) : x)) \(point(y))"
      }
      isDrawing = true
      lastX = x
      lastY = y
    }
    return path
  }

  private func x(_ tick: Int64) -> Double {
    let share = Double(tick) / Double(max(1, endTick))
    return Self.left + plotWidth * min(max(share, 0), 1)
  }

  private func y(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.top + plotHeight * (1 - min(max(share, 0), 1))
  }

  private func point(_ value: Double) -> String { DecimalText.trimmed(value, decimals: 1) }
}

extension Series {
  /// A series with about as many buckets as a drawing has columns.
  init(columns: Double, over span: Int64) {
    self.init(bucketWidth: max(1, Int64(Double(span) / max(1, columns))))
  }
}
