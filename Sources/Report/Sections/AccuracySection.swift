// Start-up curve and trumpet curve of a session, where it has a steady time that is long enough.

import PumpHAL
import Story
import Text

/// - Requirements: @relation(R-003, scope=file)
extension ReportDocument {
  /// The curves, or what they are missing.
  var accuracySection: Markup {
    let heading: Markup = "<section id=\"accuracy\"><h2>Accuracy of the flow</h2>\n"
    guard let steady = story.steady else {
      return heading + "<p>Nothing was delivered: there is no flow to judge.</p></section>\n\n"
    }
    let rate = DecimalText.trimmed(steady.millilitresPerHour, decimals: 4)
    let rest =
      steady.beganAtRest
      ? "It began from rest, so its beginning is the start-up."
      : "It followed on delivery at another rate, so its beginning is no start-up from rest."
    let sets = AccuracyWindows.all.map { curves(by: $0, of: steady) }
    return heading + """
      <p>The longest delivery at one and the same rate: \(rate) mL/h for \
      \(DecimalText.trimmed(steady.minutes, decimals: 1)) min from \(time(steady.span.from)). Boluses, \
      stops and changes of the rate end it, for they are no errors of the flow. \(rest)</p>
      <p class="note">\(windowsNotice)</p>
      \(sets)</section>

      """
  }

  private func curves(by windows: AccuracyWindows, of steady: SteadyDelivery) -> Markup {
    let all = steady.curves(by: windows)
    let trumpets = all.compactMap { try? $0.trumpet.get() }
    let startUps = trumpets.isEmpty ? [] : all.compactMap { try? $0.startUp.get() }
    var missing: [String] = []
    for curve in all {
      if case .failure(let shortfall) = curve.trumpet { missing.append(shortfall.description) }
    }
    if !trumpets.isEmpty {
      for curve in all {
        if case .failure(let shortfall) = curve.startUp { missing.append(shortfall.description) }
      }
      missing += startUps.compactMap(\.shortfall?.description)
      missing += trumpets.flatMap { $0.missing.map(\.description) }
    }
    if all.isEmpty { missing.append("the record holds no course of volume") }
    var told: [String] = []
    for text in missing where !told.contains(text) { told.append(text) }
    let list: Markup =
      told.isEmpty
      ? .empty : "<ul>\(told.map { "<li>Missing: \($0).</li>\n" as Markup })</ul>\n"
    return """
      <h3>By the \(windows.name) windows</h3>
      \(startUpFigure(startUps))\(trumpetFigure(trumpets))\(list)\(trumpets.map(trumpetTable))
      """
  }
}
