// Alarms, actions, titrations and interlocks on the session's time: a lane each.

import PumpHAL
import Story
import Vocabulary

extension ReportDocument {
  /// The strip of lanes.
  var timelinePlot: Plot {
    var lanes: [(name: String, colour: String, stroke: PlotSeries.Stroke, spans: [TickSpan])] = []
    func add(
      _ name: String, _ colour: String, _ spans: [TickSpan], _ stroke: PlotSeries.Stroke = .bar
    ) {
      if !spans.isEmpty { lanes.append((name, colour, stroke, spans)) }
    }
    add("delivering", PlotColour.blue, story.spans { $0 == .infusing || $0 == .keepOpen })
    add("without power", PlotColour.black, story.spans { $0 == .off })
    add("faults put in", PlotColour.grey, faultSpans)
    for id in AlarmID.allCases {
      let spans = story.alarms.filter { $0.id == id }.map(\.span)
      add("\(id.code) \(id.name)", id.rule.priority.colour, spans)
    }
    add("interlocks", PlotColour.purple, interlockSpans)
    add("operator actions", PlotColour.green, moments { $0.isOperation }, .dots)
    add("boluses granted", PlotColour.blue, moments { $0.isBolus && $0.result == .accepted }, .dots)
    add("boluses denied", PlotColour.red, moments { $0.isBolus && $0.result != .accepted }, .dots)
    add("titrations", PlotColour.vermilion, moments { $0.isTitration }, .dots)
    // The first lane on top.
    lanes.reverse()
    let series = lanes.enumerated().map { index, lane in
      PlotSeries(
        name: lane.name, colour: lane.colour, stroke: lane.stroke,
        points: lane.spans.flatMap { span -> [SeriesPoint] in
          let height = Double(index + 1)
          let from = SeriesPoint(tick: span.from, value: height)
          if lane.stroke == .dots { return [from] }
          let to = max(span.from, span.to ?? story.endTick)
          return [
            from, SeriesPoint(tick: to, value: height), SeriesPoint(tick: to + 1, value: nil),
          ]
        })
    }
    return Plot(
      id: "timeline", title: "Alarms, actions, titrations and interlocks", unit: "", decimals: 0,
      series: series,
      description:
        "What happened over session time, one lane each; the table below has every moment.",
      lanes: lanes.map(\.name))
  }

  private func moments(_ matches: (ActionStory) -> Bool) -> [TickSpan] {
    story.actions.filter(matches).map { TickSpan(from: $0.tick) }
  }

  private var faultSpans: [TickSpan] {
    story.faults.map { TickSpan(from: $0.span.from, to: $0.span.to ?? story.endTick) }
  }

  private var interlockSpans: [TickSpan] {
    var open: Int64?
    var spans = story.withheld.map(\.span)
    for event in story.events where event.name == "rate-bound" {
      if event.kind == "interlock", open == nil { open = event.tick }
      if event.kind == "interlock-cleared", let from = open {
        spans.append(TickSpan(from: from, to: event.tick))
        open = nil
      }
    }
    if let open { spans.append(TickSpan(from: open, to: story.endTick)) }
    return spans.sorted { $0.from < $1.from }
  }
}

extension SessionStory {
  /// The times in modes of one kind.
  func spans(_ matches: (PumpMode) -> Bool) -> [TickSpan] {
    var spans: [TickSpan] = []
    var open: Int64?
    for (tick, mode) in modes {
      if matches(mode) {
        if open == nil { open = tick }
      } else if let from = open {
        spans.append(TickSpan(from: from, to: tick))
        open = nil
      }
    }
    if let open { spans.append(TickSpan(from: open, to: endTick)) }
    return spans
  }
}

extension ActionStory {
  var isBolus: Bool {
    switch command.action {
    case .requestBolus, .clinicianBolus: true
    default: false
    }
  }

  var isTitration: Bool {
    if case .titrate = command.action { true } else { false }
  }

  /// What an operator does that is neither a bolus nor a titration nor part of a set-up.
  var isOperation: Bool { !isBolus && !isTitration }
}

extension AlarmPriority {
  /// The colour of IEC 60601-1-8, dark enough for a line on white.
  var colour: String {
    switch self {
    case .high: PlotColour.red
    case .medium: PlotColour.amber
    default: PlotColour.sky
    }
  }
}
