// JUnit XML as CI systems read it: one testcase an expectation.

import Vocabulary

/// Writes the findings of a session as JUnit XML.
public enum JUnitReport {
  /// The XML text; `file` names the session file.
  public static func text(_ result: SessionResult, file: String) -> String {
    let failures = result.expectations.filter { !$0.held }.count
    let time = DecimalText.fixed(result.wall_s, decimals: 3)
    let suite = "name=\"\(escape(result.title))\" tests=\"\(result.expectations.count)\""
    let counts = "failures=\"\(failures)\" errors=\"0\" skipped=\"0\" time=\"\(time)\""
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<testsuites \(counts) tests=\"\(result.expectations.count)\">\n"
    out += "  <testsuite \(suite) \(counts)>\n"
    out += "    <properties>\n"
    for (name, value) in properties(result) {
      out += "      <property name=\"\(name)\" value=\"\(escape(value))\"/>\n"
    }
    out += "    </properties>\n"
    for finding in result.expectations { out += testcase(finding, file: file) }
    out += "  </testsuite>\n</testsuites>\n"
    return out
  }

  private static func properties(_ result: SessionResult) -> [(String, String)] {
    [
      ("outcome", result.outcome.rawValue),
      ("ending", result.ending.text),
      ("origin", result.origin.name),
      ("simulated_s", DecimalText.trimmed(result.simulated_s, decimals: 2)),
      ("state_digest", DecimalText.hexadecimal(result.stateDigest)),
    ]
  }

  private static func testcase(_ finding: ExpectationFinding, file: String) -> String {
    let line = finding.line > 0 ? " line=\"\(finding.line)\"" : ""
    let head =
      "    <testcase classname=\"\(escape(file))\" name=\"\(escape(finding.text))\""
      + " file=\"\(escape(file))\"\(line) time=\"0\""
    let observed = escape(finding.observed)
    if finding.held {
      return head + ">\n      <system-out>\(observed)</system-out>\n    </testcase>\n"
    }
    return head + ">\n      <failure message=\"\(observed)\" type=\"expectation\">"
      + "expected: \(escape(finding.text))\nobserved: \(observed)</failure>\n    </testcase>\n"
  }

  /// Text as XML 1.0 takes it; control characters, which it cannot carry at all, become U+FFFD.
  package static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&apos;"
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff:
        out += "\u{fffd}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
