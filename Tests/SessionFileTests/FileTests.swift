import Foundation
import SessionFile
import Testing

/// A folder of its own for a test, removed at its end.
private final class Folder {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "trumpet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: "session.yaml")
    try Data(bytes).write(to: file)
    return file.path
  }
}

private func refusal(at path: String) -> SessionFileError? {
  Fixture.refusal { () throws(SessionFileError) in
    _ = try SessionDescription(contentsOf: path)
  }
}

@Suite struct FileTests {
  @Test("A missing file is its own kind of refusal")
  func missing() throws {
    for path in ["/nonexistent/session.yaml", "/dev/null/session.yaml"] {
      let error = try #require(refusal(at: path))
      #expect(error.kind == .noSuchFile)
      #expect(error.description.hasPrefix("\(path):1:1: there is no such file; "))
    }
  }

  @Test("A directory is refused")
  func directory() throws {
    let error = try #require(refusal(at: try Folder().url.deletingLastPathComponent().path))
    #expect(error.kind == .refused)
    #expect(error.mistakes.first?.what == "this is a directory")
  }

  @Test("A pipe without a writer is refused at once")
  func pipe() throws {
    let folder = try Folder()
    let path = folder.url.appending(path: "pipe").path
    try #require(mkfifo(path, 0o600) == 0)
    #expect(refusal(at: path)?.mistakes.first?.what == "this is a pipe")
  }

  @Test("A device is refused")
  func device() {
    #expect(refusal(at: "/dev/zero")?.mistakes.first?.what == "this is not a regular file")
  }

  @Test("100 MB are refused by their size")
  func large() throws {
    let folder = try Folder()
    let path = try folder.file([])
    try #require(truncate(path, 100_000_000) == 0)
    let error = try #require(refusal(at: path))
    #expect(error.kind == .refused)
    #expect(
      error.mistakes.first?.what
        == "the file has 100000000 bytes, a session file at most 1048576")
  }

  @Test("A file that says it is empty and never ends is read no further than the limit")
  func endless() throws {
    // A large file of /proc has size 0.
    let path = "/proc/kallsyms"
    try #require(FileManager.default.fileExists(atPath: path))
    let error = try #require(refusal(at: path))
    #expect(error.mistakes.count == 1)
  }

  @Test("One byte more than 1 MiB is too much, as bytes too")
  func limit() throws {
    let bytes = [UInt8](repeating: 0x23, count: maximumSessionFileBytes + 1)
    let error = Fixture.refusal { () throws(SessionFileError) in
      _ = try SessionDescription(bytes: bytes, name: "session.yaml")
    }
    #expect(error?.mistakes.first?.what.contains("1048577 bytes") == true)
  }

  @Test("Bytes that are not UTF-8 are refused where they stand")
  func notUTF8() throws {
    let folder = try Folder()
    let text = Array("title: Test\npatient: { mass: 70 kg }  # 20 ".utf8)
    // 20 °C in Latin-1
    let path = try folder.file(text + [0xB0, 0x43, 0x0A])
    let error = try #require(refusal(at: path))
    #expect(
      error.mistakes == [
        Mistake(
          line: 2, column: 32, what: "this is not UTF-8 text",
          remedy: "save the file with the encoding UTF-8")
      ])
  }

  @Test("UTF-16 is refused by its zero bytes")
  func utf16() throws {
    let folder = try Folder()
    let text = "title: Test\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let error = try #require(refusal(at: try folder.file(text)))
    #expect(error.mistakes.first?.what == "a zero byte stands here")
    #expect(error.mistakes.first?.line == 1)
  }

  @Test("A control character is refused where it stands")
  func control() throws {
    let error = try #require(Fixture.refusal(of: "title: Test\npatient: \u{1B}[1m\n"))
    #expect(error.mistakes.first?.what == "the control character 27 stands here")
    #expect(error.mistakes.first?.line == 2)
    #expect(error.mistakes.first?.column == 10)
  }

  @Test("Nothing, spaces and new lines are an empty file")
  func empty() {
    for text in ["", " \n\n  \n"] {
      #expect(Fixture.refusal(of: text)?.mistakes.first?.what == "the file is empty")
    }
  }

  @Test("A byte order mark and CRLF lines change nothing but the bytes")
  func windows() throws {
    let path = Fixture.example("ketamine-24h.yaml")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let windows = "\u{FEFF}" + text.replacing("\n", with: "\r\n")
    var session = try SessionDescription(bytes: Array(windows.utf8), name: "windows.yaml")
    #expect(session.source == Array(windows.utf8))
    session.source = Array(text.utf8)
    #expect(try session == SessionDescription(contentsOf: path))
  }

  @Test("Twenty mistakes are told, in the order of the file, and the rest counted")
  func manyMistakes() throws {
    let steps = (1...30).map { "  - { at: \($0), clear: nothing }" }.joined(separator: "\n")
    let error = try #require(Fixture.refusal(of: "events:\n\(steps)\n"))
    #expect(error.mistakes.count == 20)
    // Each event has two mistakes, and six keys are missing at the top.
    #expect(error.leftOff == 46)
    let places = error.mistakes.map { $0.line * 1000 + $0.column }
    #expect(places == places.sorted())
    #expect(error.description.hasSuffix("session.yaml: 46 more left off; mend these first"))
  }

  @Test("More keys than a session can have are refused before anything is made of them")
  func manyKeys() throws {
    let text = String(repeating: "a:\n", count: 30_000)
    let error = try #require(Fixture.refusal(of: text))
    #expect(error.mistakes.map(\.what) == ["the file has more than 20000 keys"])
    #expect(error.mistakes.first?.line == 20_001)
  }

  @Test("A refusal reads FILE:LINE:COLUMN: what is wrong; what would be right")
  func format() throws {
    let text = "title: Test\npatient: { mass: 70 }\n"
    let error = try #require(Fixture.refusal(of: text))
    #expect(
      error.description.contains(
        "session.yaml:2:18: the patient's mass: 70 has no unit; a quantity needs a unit, e.g. 70 kg"
      ), "\(error)")
  }
}
