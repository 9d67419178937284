/// A suite of test cases as JUnit XML, which CI systems read.
package struct JUnitSuite: Sendable {
  /// What was tested.
  package var name: String
  /// How long it took in s; 0 where two runs are to be compared byte by byte.
  package var time_s: Double = 0
  /// Names and values about the suite as a whole.
  package var properties: [(String, String)] = []
  /// The cases in their order.
  package var cases: [JUnitCase]

  /// A suite of these cases.
  package init(
    name: String, time_s: Double = 0, properties: [(String, String)] = [], cases: [JUnitCase]
  ) {
    self.name = name
    self.time_s = time_s
    self.properties = properties
    self.cases = cases
  }

  /// The XML text; every text may hold any character.
  package var xml: String {
    let counts = [
      ("tests", cases.count), ("failures", count(.failure)), ("errors", count(.error)),
      ("skipped", count(.skipped)),
    ].map { "\($0.0)=\"\($0.1)\" " }.joined()
    let time = time_s == 0 ? "0" : DecimalText.fixed(time_s, decimals: 3)
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<testsuites \(counts)time=\"\(time)\">\n"
    out += "  <testsuite name=\"\(escaped(name))\" \(counts)time=\"\(time)\">\n"
    if !properties.isEmpty {
      out += "    <properties>\n"
      for (name, value) in properties {
        out += "      <property name=\"\(escaped(name))\" value=\"\(escaped(value))\"/>\n"
      }
      out += "    </properties>\n"
    }
    for item in cases { out += item.xml }
    return out + "  </testsuite>\n</testsuites>\n"
  }

  private func count(_ kind: JUnitCase.Kind) -> Int { cases.count { $0.kind == kind } }
}

/// One test case.
package struct JUnitCase: Sendable {
  /// What came of a case.
  package enum Verdict: Equatable, Sendable {
    case passed
    /// It was judged and is wrong: in a line, of what kind, and at length.
    case failure(String, type: String, text: String)
    /// It could not be judged because something broke: in a line, of what kind, and at length.
    case error(String, type: String, text: String)
    /// It was not judged, and why.
    case skipped(String)
  }

  fileprivate enum Kind { case passed, failure, error, skipped }

  /// The file that asks for it.
  package var file: String
  /// The line of the file; 0 where there is none to name.
  package var line: Int
  /// What must be true.
  package var name: String
  /// What came of it.
  package var verdict: Verdict
  /// What was seen; nothing is written of an empty one.
  package var output: String

  /// A case of a file.
  package init(
    file: String, line: Int = 0, name: String, verdict: Verdict, output: String = ""
  ) {
    self.file = file
    self.line = line
    self.name = name
    self.verdict = verdict
    self.output = output
  }

  fileprivate var kind: Kind {
    switch verdict {
    case .passed: .passed
    case .failure: .failure
    case .error: .error
    case .skipped: .skipped
    }
  }

  fileprivate var xml: String {
    let place = line > 0 ? " line=\"\(line)\"" : ""
    var out = "    <testcase classname=\"\(escaped(file))\" name=\"\(escaped(name))\""
    out += " file=\"\(escaped(file))\"\(place) time=\"0\">\n"
    switch verdict {
    case .passed: break
    case .failure(let message, let type, let text):
      out += Self.element("failure", message, type, text)
    case .error(let message, let type, let text):
      out += Self.element("error", message, type, text)
    case .skipped(let reason): out += "      <skipped message=\"\(escaped(reason))\"/>\n"
    }
    if !output.isEmpty {
      out += "      <system-out>\(MarkupText.escaped(output))</system-out>\n"
    }
    return out + "    </testcase>\n"
  }

  private static func element(
    _ element: String, _ message: String, _ type: String, _ text: String
  ) -> String {
    "      <\(element) message=\"\(escaped(message))\" type=\"\(escaped(type))\">"
      + "\(MarkupText.escaped(text))</\(element)>\n"
  }
}

private func escaped(_ text: String) -> String { MarkupText.escaped(text, isAttribute: true) }
