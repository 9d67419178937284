// A campaign as JUnit XML: one testcase a cell.

import Session
import Text
import Vocabulary

extension CampaignResult {
  /// The XML text, in which `file` names the campaign file.
  ///
  /// Times are left at 0: what a machine took is not in it, so that two runs can be compared byte by
  /// byte.
  public func junit(file: String) -> String {
    JUnitSuite(
      name: title, cases: cells.map { $0.testcase(file: file, hasFailed: hasFailed($0)) }
    ).xml
  }
}

extension CellResult {
  fileprivate func testcase(file: String, hasFailed: Bool) -> JUnitCase {
    let observed = expectations.filter(\.held).map { "\($0.text): \($0.observed)" } + alarmLines
    return JUnitCase(
      file: file, name: "\(number) \(name)", verdict: verdict(hasFailed: hasFailed),
      output: observed.joined(separator: "\n"))
  }

  private func verdict(hasFailed: Bool) -> JUnitCase.Verdict {
    if hasFailed {
      let reasons = failures
      return .failure(
        reasons.first ?? "failed", type: session == nil ? "refusal" : "expectation",
        text: reasons.joined(separator: "\n"))
    }
    if status == .passed { return .passed }
    return .skipped(
      "\(status.rawValue): \(exclusion ?? refusal.first ?? "the campaign was ended")")
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
      "alarm \($0.id.name) at \(TimeText.duration(hundredths: $0.raised))"
    }
  }
}
