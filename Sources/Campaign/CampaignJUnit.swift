// A campaign as JUnit XML: one testcase a cell.

import Session
import Vocabulary

extension CampaignResult {
  /// The XML text, in which `file` names the campaign file.
  ///
  /// Times are left at 0: what a machine took is not in it, so that two runs can be compared byte by
  /// byte.
  public func junit(file: String) -> String {
    let failures = cells.count { hasFailed($0) }
    let skipped = cells.count - count(.passed) - failures
    let counts =
      "tests=\"\(cells.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<testsuites \(counts) time=\"0\">\n"
    out += "  <testsuite name=\"\(JUnitReport.escape(title))\" \(counts) time=\"0\">\n"
    for cell in cells {
      out += cell.testcase(file: JUnitReport.escape(file), hasFailed: hasFailed(cell))
    }
    return out + "  </testsuite>\n</testsuites>\n"
  }
}

extension CellResult {
  fileprivate func testcase(file: String, hasFailed: Bool) -> String {
    let escape = JUnitReport.escape
    var out =
      "    <testcase classname=\"\(file)\" name=\"\(number) \(escape(name))\" file=\"\(file)\""
      + " time=\"0\">\n"
    if hasFailed {
      let reasons = failures
      out += "      <failure message=\"\(escape(reasons.first ?? "failed"))\""
      out += " type=\"\(session == nil ? "refusal" : "expectation")\">"
      out += escape(reasons.joined(separator: "\n")) + "</failure>\n"
    } else if status != .passed {
      let reason = exclusion ?? refusal.first ?? "the campaign was ended"
      out += "      <skipped message=\"\(status.rawValue): \(escape(reason))\"/>\n"
    }
    let observed = expectations.filter(\.held).map { "\($0.text): \($0.observed)" } + alarmLines
    if !observed.isEmpty {
      out += "      <system-out>\(escape(observed.joined(separator: "\n")))</system-out>\n"
    }
    return out + "    </testcase>\n"
  }

  /// Why the cell failed, a line each.
  var failures: [String] {
    let findings = expectations.filter { !$0.held }.map {
      "expected: \($0.text), observed: \($0.observed)"
    }
    return findings + (status == .passed ? [] : refusal)
  }

  private var alarmLines: [String] {
    (session?.alarms ?? []).map {
      "alarm \($0.id.name) at \(DecimalText.time(seconds: Double($0.raised) / 100))"
    }
  }
}
