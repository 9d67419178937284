import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

/// The report of a session: one page that needs nothing but itself.
///
/// ```swift
/// let story = try SessionStory(RecordReader(path: path))
/// let page = ReportDocument(story, verification: .none).html()
/// ```
public struct ReportDocument: Sendable {
  let story: SessionStory
  let verification: VerificationStatement
  let catalogue: HardwareCatalogue
  /// An account for each drug, the leading one first.
  let accounts: [SubstanceAccount]
  let evidence: [RequirementEvidence]
  let drug: DrugEntry?
  let secondDrug: DrugEntry?

  /// The report of a story.
  ///
  /// - Parameters:
  ///   - story: what the record tells.
  ///   - verification: what verifying the record came to.
  ///   - catalogue: names and tolerances.
  public init(
    _ story: SessionStory, verification: VerificationStatement,
    catalogue: HardwareCatalogue = .builtIn
  ) {
    self.story = story
    self.verification = verification
    self.catalogue = catalogue
    accounts = SubstanceAccount.all(story, catalogue: catalogue)
    evidence = RequirementEvidence.of(story)
    drug = catalogue.drugs.first { $0.number == story.prescription?.drugNumber }
    secondDrug = catalogue.drugs.first { $0.number == story.prescription?.secondDrugNumber }
  }

  /// The whole page.
  public func html() -> String {
    let plots = [massPlot, ratePlot, pressurePlot, plasmaPlot, timelinePlot].compactMap(\.self)
    let end = DecimalText.trimmed(Double(story.endTick) / Double(ticksPerSecond), decimals: 2)
    let data =
      "{\"end\":\(end),\"plots\":[\(plots.filter { !$0.isEmpty }.map(\.json).joined(separator: ",\n"))]}"
    let scripts = PlotLibrary.scripts.map { "<script>\(Markup(trusted: $0))</script>\n" as Markup }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <link rel="icon" href="data:,">
      <title>\(story.facts.title) – session report</title>
      <style>\(Markup(trusted: PlotLibrary.style))</style>
      <style>\(Markup(trusted: pageStyle))</style>
      </head>
      <body>
      <main>
      \(head)\(originSection)\(prescriptionSection)\(massSection)\(rateSection)\(pressureSection)\
      \(plasmaSection)\(accuracySection)\(timelineSection)\(reactionSection)\(requirementSection)\(accountSection)\
      \(limitsSection)</main>
      <footer><p>Made by Trumpet from the session record named above.
      Plots: dygraphs, MIT licence, © Dan Vanderkam and contributors. Not a medical device.</p>
      </footer>
      <script type="application/json" id="plot-data">\(Markup(trusted: data))</script>
      \(scripts)<script>\(Markup(trusted: pageScript))</script>
      </body>
      </html>

      """
    return page.html
  }

  private var head: Markup {
    let truncated: Markup =
      story.facts.truncatedAtByte.map {
        """
        <p class="state bad"><strong>This record breaks off.</strong> The file ends at byte \(Int64(clamping: $0)) \
        without its closing part, as after a crash, a loss of power or a copy that was cut short. \
        Everything below is what stands before it, up to session time \(time(story.endTick)). What came \
        after is not known.</p>

        """
      } ?? .empty
    let continued: Markup =
      story.facts.isContinuation
      ? """
      <p class="state open"><strong>This record goes on from another one.</strong> What was set up and \
      given before it is in that record; make the report of both together, in their order.</p>

      """ : .empty
    return """
      <header>
      <p class="kicker">SESSION REPORT · AMBULATORY INFUSION PUMP · NOT A MEDICAL DEVICE</p>
      <h1>\(story.facts.title)</h1>
      </header>
      \(truncated)\(continued)
      """
  }

  /// Session time as people read it, with the wall clock where the record knows it.
  func time(_ tick: Int64) -> String { TimeText.duration(hundredths: tick) }

  /// Session time in a table.
  func timeCell(_ tick: Int64) -> Markup { "<span class=\"time\">\(time(tick))</span>" }

  /// The wall clock of a tick; nil where the record does not know it.
  func clock(_ tick: Int64) -> String? {
    story.facts.wallClockStartMilliseconds.map { TimeText.date(unixMilliseconds: $0 &+ tick &* 10) }
  }
}

/// A mass as people read it.
func milligrams(_ value: Double, decimals: Int = 2) -> String {
  "\(DecimalText.fixed(value, decimals: decimals)) mg"
}

/// A volume as people read it.
func millilitres(_ value: Double, decimals: Int = 3) -> String {
  "\(DecimalText.fixed(value, decimals: decimals)) mL"
}
