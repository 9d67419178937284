// The plots, each with what it shows in words and in numbers.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension ReportDocument {
  var massSection: Markup {
    """
    <section id="mass"><h2>Dispensed and infused against prescribed</h2>
    <p><b>Dispensed</b> is what the pump accounts for; <b>infused</b> is what reached the tissue, which only \
    a model or a balance can know. Where the two part, fluid is stored in the line, leaks, or is still \
    on its way. Drag in a plot to enlarge a time in all of them; double-click to go back.
    <button type="button" id="whole-session" class="screen-only">Show the whole session</button></p>
    \(figure(massPlot))\(hourTable)</section>

    """
  }

  var rateSection: Markup {
    """
    <section id="rate"><h2>Rate</h2>
    <p>What the programme asks for, what the controller commanded towards the patient under both \
    permits, and, where there is a model, what really flowed through the needle.</p>
    \(figure(ratePlot))</section>

    """
  }

  var pressureSection: Markup {
    """
    <section id="pressure"><h2>Pressure with thresholds</h2>
    <p>The pump estimates pressure from the force on the plunger; friction makes that uncertain by tens of \
    millimetres of mercury. A healthy line at these rates needs a few mmHg: pressure does not show whether \
    the line is connected.</p>
    \(figure(pressurePlot))</section>

    """
  }

  var plasmaSection: Markup {
    let heading: Markup = "<section id=\"plasma\"><h2>Predicted plasma level</h2>\n"
    guard let plot = plasmaPlot else {
      return heading + """
        <p>Nothing predicts a plasma level in this record: there is no model of a patient, or the drug \
        library has no pharmacokinetics for this drug.</p></section>

        """
    }
    return heading + """
      <p class="notice"><strong>Not measured.</strong> The level is that of a population model for an \
      average patient of this mass, with absorption under the skin that is an estimate. People differ by \
      a factor of two and more. It must not be used to decide on a dose. \
      \(drug?.pharmacokinetics.map { "Model: \($0.source)" } ?? "")</p>
      \(figure(plot))</section>

      """
  }

  /// A plot, its legend, and where its values show under the pointer.
  func figure(_ plot: Plot) -> Markup {
    if plot.isEmpty { return "<p>The record holds no samples of it.</p>\n" }
    let legend = plot.series.map { line -> Markup in
      "<li>\(swatch(line.stroke, line.colour))\(line.name)</li>"
    }
    let list: Markup = plot.lanes.isEmpty ? "<ul class=\"legend\">\(legend)</ul>\n" : .empty
    return """
      <figure role="group" aria-label="\(plot.title)">
      \(list)<div class="plot" id="plot-\(plot.id)" role="img" aria-label="\(plot.description)"></div>
      \(PaperPlot(plot: plot, endTick: story.endTick).markup)<div class="values" id="values-\(plot.id)" aria-hidden="true"></div>
      <figcaption>\(plot.description)</figcaption>
      </figure>

      """
  }

  /// What the plots show, in numbers: at most 48 rows.
  private var hourTable: Markup {
    let steps: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080]
      .map { $0 * 6000 }
    let step = steps.first { story.endTick / $0 <= 48 } ?? story.endTick / 48
    guard step > 0 else { return .empty }
    let course = story.prescribedCourse
    let hasTruth = !story.series.infused.isEmpty
    var heads = ["session time", "prescribed, mg", "dispensed, mg"]
    if hasTruth { heads.append("infused, mg") }
    heads += ["rate, mL/h, lowest to highest", "highest pressure, mmHg"]
    if plasmaPlot != nil { heads.append("predicted plasma, ng/mL") }
    var rows: [[Markup]] = []
    var tick = min(step, story.endTick)
    var from: Int64 = 0
    while true {
      let prescribed =
        course.value(at: tick) ?? course.last.flatMap { $0.tick < tick ? $0.value : nil }
      var row: [Markup] = [
        "<span class=\"time\">\(time(tick))</span>", number(prescribed ?? 0, 2),
        number(story.series.dispensed.value(at: tick), 2),
      ]
      if hasTruth { row.append(number(story.series.infused.value(at: tick), 2)) }
      row.append(flowRange(from, tick))
      row.append(number(story.series.pressure.range(from: from, to: tick)?.upperBound, 0))
      if plasmaPlot != nil { row.append(number(story.series.plasma.value(at: tick), 1)) }
      rows.append(row)
      if tick >= story.endTick { break }
      from = tick
      tick = min(tick + step, story.endTick)
    }
    return """
      <details><summary>The plots in numbers</summary>
      \(table("The plots in numbers", heads, rows, kind: "numbers"))</details>

      """
  }

  private func flowRange(_ from: Int64, _ to: Int64) -> Markup {
    // What held at the beginning belongs to it as well.
    let held = story.series.flow.value(at: from)
    guard
      let range = story.series.flow.range(from: from, to: to).map({ range in
        held.map { min($0, range.lowerBound)...max($0, range.upperBound) } ?? range
      }) ?? held.map({ $0...$0 })
    else { return "–" }
    let low = DecimalText.fixed(range.lowerBound, decimals: 2)
    let high = DecimalText.fixed(range.upperBound, decimals: 2)
    return cell(low == high ? low : "\(low) to \(high)")
  }

  private func number(_ value: Double?, _ decimals: Int) -> Markup {
    cell(value.map { DecimalText.fixed($0, decimals: decimals) } ?? "–")
  }
}
