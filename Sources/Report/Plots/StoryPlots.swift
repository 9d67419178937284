// The plots of a story, all on the session's time.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension ReportDocument {
  /// Dispensed and infused against prescribed.
  var massPlot: Plot {
    var series = [
      PlotSeries(
        name: "prescribed, without boluses", colour: PlotColour.grey, stroke: .dashed,
        points: story.prescribedCourse),
      PlotSeries(
        name: "dispensed (the pump's account)", colour: PlotColour.blue,
        points: story.series.dispensed.points),
    ]
    if !story.series.infused.isEmpty {
      series.append(
        PlotSeries(
          name: "infused (reached the tissue)", colour: PlotColour.vermilion, stroke: .dotted,
          points: story.series.infused.points))
    }
    return Plot(
      id: "mass", title: "Dispensed and infused against prescribed", unit: "mg", decimals: 2,
      series: series,
      description: "Cumulative mass over session time. "
        + "Prescribed is the programme without interruptions and without boluses. "
        + series.map { "\($0.name): \(milligrams($0.points.last?.value ?? 0)) at the end" }
        .joined(separator: "; ") + ".")
  }

  /// The rate.
  var ratePlot: Plot {
    var series = [
      PlotSeries(
        name: "programme", colour: PlotColour.grey, stroke: .dashed, isStep: true,
        points: story.series.programmeFlow.points),
      PlotSeries(
        name: "commanded towards the patient", colour: PlotColour.blue, isStep: true,
        points: story.series.flow.points),
    ]
    if !story.series.needleFlow.isEmpty {
      series.append(
        PlotSeries(
          name: "through the needle", colour: PlotColour.vermilion, stroke: .dotted,
          points: story.series.needleFlow.points))
    }
    let highest = max(
      story.series.flow.range(from: 0, to: story.endTick)?.upperBound ?? 0,
      story.series.programmeFlow.range(from: 0, to: story.endTick)?.upperBound ?? 0)
    // Flow through the needle comes in jumps: the axis is that of what was commanded.
    let jump = story.series.needleFlow.points.max { $0.value ?? 0 < $1.value ?? 0 }
    var beyond = ""
    if let jump, let value = jump.value, highest > 0, value > 1.2 * highest {
      beyond =
        " Flow through the needle comes in jumps, and lines beyond the axis are cut off; the highest sample "
        + "is \(DecimalText.fixed(value, decimals: 1)) mL/h at \(time(jump.tick))."
    }
    return Plot(
      id: "rate", title: "Rate", unit: "mL/h", decimals: 3, series: series,
      description: "Flow over session time; the highest commanded flow is "
        + "\(DecimalText.trimmed(highest, decimals: 3)) mL/h.\(beyond)",
      highest: highest > 0 ? 1.2 * highest : nil)
  }

  /// The pressure, with its thresholds.
  var pressurePlot: Plot {
    var series = [
      PlotSeries(
        name: "as the pump estimates it", colour: PlotColour.blue,
        points: story.series.pressure.points)
    ]
    if !story.series.linePressure.isEmpty {
      series.append(
        PlotSeries(
          name: "in the line", colour: PlotColour.vermilion, stroke: .dotted,
          points: story.series.linePressure.points))
    }
    let ends = [Int64(0), story.endTick]
    if let limit = story.prescription?.occlusionLimitMmHg, limit > 0 {
      series.append(
        PlotSeries(
          name: "occlusion limit, \(DecimalText.fixed(limit, decimals: 0)) mmHg",
          colour: PlotColour.red, stroke: .dashed,
          points: ends.map { SeriesPoint(tick: $0, value: limit) }))
    }
    let range = story.series.pressure.range(from: 0, to: story.endTick)
    return Plot(
      id: "pressure", title: "Pressure", unit: "mmHg", decimals: 0, series: series,
      description: "Pressure over session time; the pump's highest estimate is "
        + "\(DecimalText.fixed(range?.upperBound ?? 0, decimals: 0)) mmHg.")
  }

  /// The predicted plasma level; nil where nobody predicts it.
  var plasmaPlot: Plot? {
    guard let range = story.series.plasma.range(from: 0, to: story.endTick), range.upperBound > 0
    else { return nil }
    return Plot(
      id: "plasma", title: "Predicted plasma level", unit: "ng/mL", decimals: 1,
      series: [
        PlotSeries(
          name: "predicted", colour: PlotColour.purple, points: story.series.plasma.points)
      ],
      description: "Predicted plasma level over session time; the highest is "
        + "\(DecimalText.fixed(range.upperBound, decimals: 1)) ng/mL.")
  }
}
