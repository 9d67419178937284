// JUnit XML as CI systems read it: one testcase an expectation.

import Text
import Vocabulary

/// Writes the findings of a session as JUnit XML.
public enum JUnitReport {
  /// The XML text; `file` names the session file.
  public static func text(_ result: SessionResult, file: String) -> String {
    JUnitSuite(
      name: result.title, time_s: result.wall_s,
      properties: [
        ("outcome", result.outcome.rawValue),
        ("ending", result.ending.text),
        ("origin", result.origin.name),
        ("simulated_s", DecimalText.trimmed(result.simulated_s, decimals: 2)),
        ("state_digest", Hexadecimal.text(result.stateDigest)),
      ],
      cases: result.expectations.map { $0.testcase(file: file) }
    ).xml
  }
}

extension ExpectationFinding {
  fileprivate func testcase(file: String) -> JUnitCase {
    JUnitCase(
      file: file, line: line, name: text,
      verdict: held
        ? .passed
        : .failure(observed, type: "expectation", text: "expected: \(text)\nobserved: \(observed)"),
      output: held ? observed : "")
  }
}
