import Foundation
import PumpHAL
import SessionRecord
import Story
import Testing
import Text

@testable import Report

@Suite("Report page")
struct PageTests {
  @Test(
    "The sections stand in the order in which a reader needs them, origin and verification first")
  func order() throws {
    let page = try ReportFixture.page()
    let ids = [
      "origin", "prescription", "mass", "rate", "pressure", "plasma", "accuracy", "timeline",
      "reaction",
      "requirements", "account", "limits",
    ]
    let places = ids.map { id in page.range(of: "<section id=\"\(id)\">")?.lowerBound }
    #expect(places.allSatisfy { $0 != nil })
    let found = places.compactMap(\.self)
    #expect(found == found.sorted())
    #expect(page.contains("not a medical device") || page.contains("NOT A MEDICAL DEVICE"))
  }

  @Test("Whatever stands in a record is text on the page: no markup of it survives")
  func escaping() throws {
    let page = try ReportFixture.page()
    #expect(!page.contains("<script>alert"))
    #expect(!page.contains("<img"))
    #expect(!page.contains("<b>A</b>"))
    #expect(
      page.contains("&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt; &amp; &quot;quotes&quot;"))
    #expect(page.contains("witnessed by &lt;b&gt;A&lt;/b&gt; and B &amp; C"))
    // As many scripts as the page has of its own: data, two of the library, its own.
    #expect(page.components(separatedBy: "<script").count - 1 == 4)
    #expect(page.components(separatedBy: "</script").count - 1 == 4)
  }

  @Test("The page refers to nothing outside itself")
  func selfContained() throws {
    let page = try ReportFixture.page()
    // The library names its licence in a comment and the drawings their language; nothing is loaded.
    let markup = page.replacing(#/<script[^>]*>[\s\S]*?<\/script>/#, with: "")
    let tags = markup.matches(of: #/<[A-Za-z][^>]*>/#).map { String($0.output) }
    #expect(tags.count > 300)
    for tag in tags {
      for reference in [" src=", "url(", "http:", "https:", "//"] {
        #expect(!tag.contains(reference), "\(tag)")
      }
    }
    for element in ["<iframe", "<object", "<embed", "<form", "<base", "<img", "@import"] {
      #expect(!markup.contains(element), "\(element)")
    }
    let links = markup.matches(of: #/href="([^"]*)"/#).map { String($0.output.1) }
    #expect(links == ["data:,"])
    #expect(page.contains("default-src 'none'"))
    #expect(!page.contains("sourceMappingURL"))
  }

  @Test("Every tag that is opened is closed, in order")
  func balanced() throws {
    let page = try ReportFixture.page().replacing(#/<script[^>]*>[\s\S]*?<\/script>/#, with: "")
      .replacing(#/<style>[\s\S]*?<\/style>/#, with: "")
    let void = ["meta", "link", "!DOCTYPE", "line", "rect", "circle", "path", "br"]
    var open: [String] = []
    for match in page.matches(of: #/<(\/?)([A-Za-z!][A-Za-z0-9]*)[^>]*>/#) {
      let name = String(match.output.2)
      if void.contains(name) { continue }
      if match.output.1.isEmpty {
        open.append(name)
      } else {
        let last = open.popLast()
        #expect(last == name, "</\(name)> closes <\(last ?? "")>")
        if last != name { return }
      }
    }
    #expect(open.isEmpty)
  }

  @Test("What the record knows stands there: both rates of the titration, the stop, the wall clock")
  func content() throws {
    let page = try ReportFixture.page()
    #expect(page.contains("0.2 mg/kg/h = 14 mg/h") && page.contains("0.25 mg/kg/h = 17.5 mg/h"))
    #expect(page.contains("within the tick of the report"))
    #expect(page.contains("2026-03-05 09:30:00 UTC"))
    #expect(page.contains("Simulated."))
    #expect(page.contains("R-005") && page.contains("R-066"))
    #expect(page.contains("Not measured."))
  }

  @Test("A missing half of the syringe is called missing, beyond the uncertainty")
  func missing() throws {
    let page = try ReportFixture.page()
    // 5 mL less 1 mL priming and 0.2 mL are 3.8 mL; 0.5 mL were found.
    #expect(page.contains("MISSING, more than the uncertainty of"))
    #expect(page.contains("class=\"state bad\""))
  }

  @Test("Two syringes have a total, with uncertainties added as they are")
  func total() throws {
    var story = try ReportFixture.story.get()
    let first = try #require(story.syringes.first)
    story.syringes.append(first)
    story.readings.append(try #require(story.readings.first))
    let account = try #require(SubstanceAccount(story))
    let page = ReportDocument(story, verification: .none).html()
    #expect(page.contains("<h3>All syringes</h3>"))
    let drawnUp = account.syringes.reduce(0) { $0 + $1.drawnUpUncertainty }
    // 40 mg: twice 5 mL of 4 mg/mL.
    #expect(page.contains("<td>40.00</td><td>± \(DecimalText.fixed(drawnUp, decimals: 2))</td>"))
    #expect(page.contains("found, in 1 of 2 syringes"))
  }

  @Test("A record that breaks off says so before anything else")
  func truncated() throws {
    var story = try ReportFixture.story.get()
    story.facts.truncatedAtByte = 4711
    let page = ReportDocument(story, verification: .none).html()
    let notice = try #require(page.range(of: "This record breaks off."))
    let origin = try #require(page.range(of: "<section id=\"origin\">"))
    #expect(notice.lowerBound < origin.lowerBound)
    #expect(page.contains("byte 4711"))
  }

  @Test("The page of an empty story is still a page")
  func empty() throws {
    let page = ReportDocument(SessionStory(), verification: .none).html()
    #expect(page.contains("No prescription was confirmed"))
    #expect(page.contains("nothing to account for"))
  }

  @Test(
    "Verification stands as it came out",
    arguments: [
      ("complete", "valid", "intact", "Whole, unaltered and validly signed.", "state good"),
      (
        "complete", "absent", "intact", "Whole and unaltered as far as its own seals show",
        "state open"
      ),
      ("complete", "valid", "damaged", "the file around it is damaged", "state open"),
      ("truncated", "valid", "intact", "Truncated: the record is not complete.", "state open"),
      (
        "altered", "invalid", "intact", "ALTERED: this record is not as it was recorded.",
        "state bad"
      ),
    ])
  func verification(
    state: String, signature: String, container: String, headline: String, kind: String
  ) throws {
    let statement = VerificationStatement(
      state: state, signature: signature, container: container, unsealedTicks: 6000, atTick: 100,
      reason: "because <so>")
    let page = try ReportFixture.page(statement)
    #expect(page.contains(headline))
    #expect(page.contains("class=\"\(kind)\""))
    #expect(page.contains("Because &lt;so&gt;."))
    #expect(page.contains("6000 ticks (1 min) at the end are not covered by a seal"))
  }
}

@Suite("Pieces of the page")
struct PagePieceTests {
  @Test("Interpolation escapes; characters that would turn the writing show as what they are not")
  func markup() {
    let text = "<&>\"'\u{202e}\u{1}"
    let markup: Markup = "<p title=\"\(text)\">\(text)</p>"
    let expected = "&lt;&amp;&gt;&quot;&#39;\u{fffd}\u{fffd}"
    #expect(markup.html == "<p title=\"\(expected)\">\(expected)</p>")
  }

  @Test("The data of the plots cannot end their element")
  func data() {
    let plot = Plot(
      id: "</script>\"\u{2028}", title: "", unit: "", decimals: 0, series: [], description: "")
    #expect(plot.json.hasPrefix("{\"id\":\"\\u003c/script\\u003e\\\"\\u2028\","))
  }

  @Test(
    "The wall clock reads as the calendar has it",
    arguments: [
      (0, "1970-01-01 00:00:00 UTC"), (951_782_400_000, "2000-02-29 00:00:00 UTC"),
      (1_772_703_007_999, "2026-03-05 09:30:07 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
      (4_107_542_399_000, "2100-02-28 23:59:59 UTC"),
    ] as [(Int64, String)])
  func wallClock(milliseconds: Int64, text: String) {
    #expect(TimeText.date(unixMilliseconds: milliseconds) == text)
  }
}
