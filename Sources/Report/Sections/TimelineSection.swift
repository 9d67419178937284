// What happened, when: the strip of lanes, and every moment in a table.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension ReportDocument {
  /// The most lines of the table of moments.
  private static let momentMaximum = 400

  var timelineSection: Markup {
    """
    <section id="timeline"><h2>Alarms, actions, titrations and interlocks</h2>
    \(figure(timelinePlot))\(alarmTable)\(titrationTable)\(momentTable)</section>

    """
  }

  private var alarmTable: Markup {
    if story.alarms.isEmpty { return "<p>No alarm was signalled.</p>\n" }
    let rows = story.alarms.prefix(Self.momentMaximum).map { alarm -> [Markup] in
      return [
        timeCell(alarm.span.from),
        alarm.span.to.map { timeCell($0) } ?? "still signalled at the end",
        cell("\(alarm.id.code) \(alarm.id.name)"), cell(alarm.id.rule.priority.name),
        cell(alarm.id.text),
      ]
    }
    return table("Alarms", ["signalled from", "to", "alarm", "priority", "what it means"], rows)
  }

  private var titrationTable: Markup {
    if story.titrations.isEmpty { return "<p>No change of the basal rate was proposed.</p>\n" }
    let rows = story.titrations.map { titration -> [Markup] in
      let outcome =
        switch titration.outcome {
        case .confirmed(let tick): "confirmed at \(time(tick))"
        case .dropped(let tick): "not confirmed; dropped at \(time(tick))"
        case .open: "not confirmed"
        }
      return [
        timeCell(titration.proposedTick), cell(titration.role.name),
        cell(titration.old.map { both($0) } ?? "none"), cell(both(titration.new)), cell(outcome),
      ]
    }
    return table("Titrations", ["proposed", "by", "old", "new", "outcome"], rows)
  }

  private func both(_ rate: PrescribedRateStory) -> String {
    let prescribed = rateText(rate)
    let mass = massRateText(rate)
    return prescribed == mass ? prescribed : "\(prescribed) = \(mass)"
  }

  private var momentTable: Markup {
    let shown = story.events.filter(isShown)
    let rows = shown.prefix(Self.momentMaximum).map { event -> [Markup] in
      var row: [Markup] = [timeCell(event.tick)]
      if story.facts.wallClockStartMilliseconds != nil { row.append(cell(clock(event.tick) ?? "")) }
      row += [cell(kindText(event)), cell(event.name), cell(event.role ?? ""), detailCell(event)]
      return row
    }
    var heads = ["session time"]
    if story.facts.wallClockStartMilliseconds != nil { heads.append("wall clock") }
    heads += ["what", "name", "by", "more"]
    let rest: Markup =
      shown.count > Self.momentMaximum
      ? "<p>\(shown.count - Self.momentMaximum) more are in the record: <code>trumpet export --what events</code>.</p>\n"
      : .empty
    return """
      <details open><summary>Every moment</summary>
      \(table("Every moment in the words of the record, without the entries of the set-up", heads, rows))\(rest)</details>

      """
  }

  /// What set the pump up stands in the prescription; modes follow from the rest.
  private func isShown(_ event: StoryEvent) -> Bool {
    if event.kind == "mode" { return false }
    guard event.kind == "command", event.outcome == "accepted" else { return true }
    return event.tick >= (story.startTick ?? 0)
      || !(event.name.hasPrefix("set-") || event.name.hasPrefix("confirm")
        || event.name.hasPrefix("begin"))
  }

  private func kindText(_ event: StoryEvent) -> String {
    switch event.kind {
    case "alarm-raised": "alarm raised"
    case "alarm-cleared": "alarm cleared"
    case "interlock-cleared": "interlock cleared"
    case "fault-injected": "fault put in"
    case "fault-cleared": "fault taken out"
    case "soft-limit": "soft limit passed"
    case "dispose": "disposal"
    default: event.kind
    }
  }

  private func detailCell(_ event: StoryEvent) -> Markup {
    var parts: [String] = []
    if let priority = event.priority { parts.append("\(priority) priority") }
    if let amount = event.amount, let unit = event.unit {
      parts.append("found \(trimmed(amount)) \(unit)")
    }
    if !event.witnesses.isEmpty {
      parts.append("witnessed by \(event.witnesses.joined(separator: " and "))")
    }
    if let text = event.text { parts.append(text) }
    if let outcome = event.outcome, outcome != "accepted" { parts.append(outcome) }
    return cell(parts.joined(separator: "; "))
  }

  var reactionSection: Markup {
    let heading: Markup = "<section id=\"reaction\"><h2>Reaction to stop</h2>\n"
    if story.reactions.isEmpty {
      return heading + "<p>No reaction of the patient was reported.</p></section>\n\n"
    }
    let severities = ["", "mild", "moderate", "severe"]
    let rows = story.reactions.map { reaction -> [Markup] in
      let name =
        severities.indices.contains(Int(reaction.severity))
        ? severities[Int(reaction.severity)] : "severity \(reaction.severity)"
      let stopped: String
      if !reaction.wasDelivering {
        stopped = "nothing was being delivered"
      } else if let ticks = reaction.ticksToStop {
        let seconds = DecimalText.fixed(Double(ticks) / Double(ticksPerSecond), decimals: 2)
        stopped = ticks == 0 ? "within the tick of the report (below 0.01 s)" : "\(seconds) s"
      } else {
        stopped = "delivery went on to the end of the record"
      }
      return [timeCell(reaction.tick), cell(name), cell(stopped)]
    }
    return heading + """
      \(table("From each report to the end of delivery", ["reported", "severity", "time to stop"], rows))
      </section>

      """
  }

  var requirementSection: Markup {
    var seen: [String: Int] = [:]
    var rows: [[Markup]] = []
    for item in evidence {
      seen[item.requirement, default: 0] += 1
      // Three moments of one requirement are enough; what was not met is always shown.
      if seen[item.requirement, default: 0] > 3, item.isMet { continue }
      rows.append([
        cell(item.requirement), cell(item.statement), timeCell(item.tick), cell(item.observed),
        item.isMet
          ? "<span class=\"good-text\">met</span>" : "<span class=\"bad-text\">NOT MET</span>",
      ])
    }
    let more = seen.filter { $0.value > 3 }.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value) moments"
    }.joined(separator: ", ")
    return """
      <section id="requirements"><h2>Requirements exercised</h2>
      <p>Only what this record itself shows, each with the moment that shows it. A requirement that is not \
      listed was not exercised here; that says nothing about it.\
      \(more.isEmpty ? "" : " Of some only three are shown (\(more)).")</p>
      \(rows.isEmpty ? "<p>None.</p>" : table("Evidence", ["requirement", "what it asks", "moment", "observed", ""], rows))
      </section>

      """
  }
}
