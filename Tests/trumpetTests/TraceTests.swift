// @relation(R-116, scope=file, role=Verification)
// Scripts/trace needs Python with StrictDoc; what it says about this very project is said after the
// tests, because it reads their results.

import Foundation
import Testing

private func python(_ arguments: [String]) throws -> Finished {
  let name = ProcessInfo.processInfo.environment["TRUMPET_PYTHON"] ?? "python3"
  return try finish(URL(fileURLWithPath: "/usr/bin/env"), [name, "-B"] + arguments)
}

private let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite(
  "Requirements and their traces",
  .enabled(
    if: (try? python(["-c", "import strictdoc"]))?.status == 0,
    "python3 with the package strictdoc is missing (Scripts/setup --tests)"))
struct TraceTests {
  @Test("R-116: each kind of missing link, planted in a copy, is found")
  func selfTest() throws {
    let done = try python(["\(root)/Scripts/Trace", "--self-test", "--root", root])
    #expect(done.status == 0, "\(done.output)\(done.diagnostics)")
  }

  @Test("a missing event stream is status 66, wrong usage 64")
  func statuses() throws {
    #expect(try python(["\(root)/Scripts/Trace", "--events", "none.jsonl"]).status == 66)
    #expect(try python(["\(root)/Scripts/Trace", "--everything"]).status == 64)
  }
}
