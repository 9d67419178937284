import Foundation
import SessionFile
import Testing

@testable import Campaign

/// Files of the repository.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The YAML files of a folder.
  static func files(in folder: String) -> [String] {
    let url = root.appending(path: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { url.appending(path: $0).path }
  }

  static func path(_ file: String) -> String { root.appending(path: file).path }
}

extension Tree {
  /// What it holds, without where it stood.
  fileprivate var shape: String {
    switch content {
    case .text(let text, let isQuoted):
      (text.isEmpty && !isQuoted ? "nothing" : "text") + "<\(text)>"
    case .list(let elements): "[" + elements.map(\.shape).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{" + entries.map { "<\($0.key)>:\($0.value.shape)" }.joined(separator: ",") + "}"
    }
  }
}

@Suite("A session written out")
struct TreeTextTests {
  @Test("Every session file of this repository, written out and read again, is the same")
  func examples() throws {
    let files =
      Repository.files(in: "Docs/Examples") + Repository.files(in: "Tests/SessionFileTests/Good")
      + Repository.files(in: "Tests/SessionTests/Golden")
    #expect(files.count > 30)
    for file in files {
      let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
      let tree = try Tree(parsing: text)
      #expect(try Tree(parsing: tree.sessionText).shape == tree.shape, "\(file)")
    }
  }

  @Test("Texts of any characters, written out and read again, are the same")
  func anyText() throws {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("ab 0:#-,[]{}\"'\\%&*!|>@`?~.µ°/=+_é…")
    for _ in 0..<2000 {
      func word() -> String {
        String(
          (0..<Int.random(in: 1...6, using: &random)).map { _ in alphabet.randomElement() ?? "a" })
      }
      func leaf() -> Tree {
        let text = word()
        // A plain text has no spaces at its ends; the parser would not have given one.
        let isQuoted =
          Bool.random(using: &random) || text != text.trimmingCharacters(in: .whitespaces)
        return Tree(place: Place(line: 1, column: 1), content: .text(text, isQuoted: isQuoted))
      }
      let list = Tree(place: Place(line: 1, column: 1), content: .list([leaf(), leaf()]))
      let inner = Tree(
        place: Place(line: 1, column: 1),
        content: .mapping([.init(key: "k", keyPlace: Place(line: 1, column: 1), value: leaf())]))
      let tree = Tree(
        place: Place(line: 1, column: 1),
        content: .mapping(
          [("a", leaf()), ("b", list), ("c", inner)].map { key, value in
            .init(key: key, keyPlace: Place(line: 1, column: 1), value: value)
          }))
      let text = tree.sessionText
      #expect(try Tree(parsing: text).shape == tree.shape, "\(text)")
    }
  }
}
