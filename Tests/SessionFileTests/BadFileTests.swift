// @relation(R-101, scope=file, role=Verification)
import Foundation
import SessionFile
import Testing

/// One line at the head of a bad file: `# expect: LINE | part of what | part of remedy`.
struct ExpectedMistake {
  var line: Int
  var what: String
  var remedy: String

  static func read(from path: String) throws -> [ExpectedMistake] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").filter { $0.hasPrefix("# expect: ") }.map { line in
      let parts = line.dropFirst("# expect: ".count).split(separator: " | ", maxSplits: 2)
      return ExpectedMistake(
        line: try #require(Int(parts[0])), what: String(try #require(parts.dropFirst().first)),
        remedy: String(try #require(parts.last)))
    }
  }
}

@Suite struct BadFileTests {
  @Test("There are at least 60 bad files")
  func enough() {
    #expect(Fixture.bad.count >= 60)
  }

  @Test(
    "R-101: every bad file is refused with line, what is wrong and what would be right",
    arguments: Fixture.bad)
  func refused(path: String) throws {
    let name = URL(filePath: path).lastPathComponent
    let expected = try ExpectedMistake.read(from: path)
    #expect(!expected.isEmpty, "\(name) does not say what is expected")
    let error = try #require(
      Fixture.refusal { () throws(SessionFileError) in
        _ = try SessionDescription(contentsOf: path)
      }, "\(name) was taken")
    #expect(error.kind == .refused)
    #expect(error.file == path)
    #expect(error.mistakes.count == expected.count, "\(error)")
    for expectation in expected {
      #expect(
        error.mistakes.contains {
          $0.line == expectation.line && $0.what.contains(expectation.what)
            && $0.remedy.contains(expectation.remedy)
        },
        """
        \(name): expected \(expectation.line) | \(expectation.what) | \(expectation.remedy), found
        \(error)
        """)
    }
    for mistake in error.mistakes {
      #expect(mistake.column >= 1)
      #expect(!mistake.what.isEmpty && !mistake.remedy.isEmpty)
    }
  }
}
