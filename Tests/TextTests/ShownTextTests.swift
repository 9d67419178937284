import Foundation
import Testing

@testable import Text

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("What a terminal, a page or a CI system is shown")
struct ShownTextTests {
  /// Everything that a file or a record could hold to mislead whoever shows it.
  private static let hostile =
    "]]></failure><x a='1'>&\"\u{0}\u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2066}\u{fffe}\n\té😀"

  @Test("Nothing of a text moves a terminal's cursor; a line has no line feed")
  func terminal() {
    #expect(TerminalText.escaped("a\n\tb µ") == "a\n\tb µ")
    #expect(
      TerminalText.escaped("\u{1b}[2Ja\r\u{9b}\u{202e}") == "\u{fffd}[2Ja\u{fffd}\u{fffd}\u{fffd}")
    #expect(TerminalText.escapedLine("a\nb") == "a\u{fffd}b")
  }

  @Test("Markup shows a text as it is, in elements and in attributes")
  func markup() {
    #expect(
      MarkupText.escaped("<a & \"b'\u{1}\n") == "&lt;a &amp; &quot;b&#39;\u{fffd}\n")
    #expect(MarkupText.escaped("a\nb\t", isAttribute: true) == "a&#10;b&#9;")
  }

  /// Collects what an XML parser reports.
  private final class Collector: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []
    var texts: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      elements.append((name, attributes))
      texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      if !texts.isEmpty { texts[texts.count - 1] += string }
    }
  }

  @Test("JUnit with the most hostile text is valid XML that says the same")
  func junit() throws {
    let hostile = Self.hostile
    let suite = JUnitSuite(
      name: hostile, time_s: 1.5, properties: [("a", hostile)],
      cases: [
        JUnitCase(file: hostile, line: 3, name: hostile, verdict: .passed, output: hostile),
        JUnitCase(
          file: "f", name: "n", verdict: .failure(hostile, type: "expectation", text: hostile)),
        JUnitCase(file: "f", name: "n", verdict: .error(hostile, type: "usage", text: hostile)),
        JUnitCase(file: "f", name: "n", verdict: .skipped(hostile)),
      ])
    let parser = XMLParser(data: Data(suite.xml.utf8))
    let collector = Collector()
    parser.delegate = collector
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(
      collector.elements.map(\.name) == [
        "testsuites", "testsuite", "properties", "property", "testcase", "system-out", "testcase",
        "failure", "testcase", "error", "testcase", "skipped",
      ])
    let shown =
      "]]></failure><x a='1'>&\"\u{fffd}\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n\té😀"
    let attributes = collector.elements.map(\.attributes)
    #expect(attributes[1]["name"] == shown && attributes[3]["value"] == shown)
    #expect(attributes[4]["name"] == shown && attributes[4]["line"] == "3")
    #expect(attributes[7]["message"] == shown && attributes[11]["message"] == shown)
    for index in [0, 1] {
      #expect(
        ["tests", "failures", "errors", "skipped", "time"].map { attributes[index][$0] }
          == ["4", "1", "1", "1", "1.500"])
    }
    #expect(collector.texts[5].hasPrefix(shown) && collector.texts[9].hasPrefix(shown))
  }

  @Test("Columns are as wide as their widest cell; the last one is not padded")
  func table() {
    #expect(
      TextTable.text([["cell", "name"], ["1", "µ"], ["10"]], right: [0], indentation: 2) == """
          cell  name
             1  µ
            10

        """)
    #expect(TextTable.text([("a", "b"), ("long", "c")]) == "a     b\nlong  c\n")
    #expect(TextTable.text([]) == "")
  }

  @Test("A bar fills with its share and never leaves its room")
  func bar() {
    for share in [-1, 0, 0.5, 1, 2, Double.nan, .infinity] {
      #expect(ProgressText.bar(share).count == 30, "\(share)")
    }
    #expect(ProgressText.bar(0.5).hasPrefix("███████████████░"))
  }
}
