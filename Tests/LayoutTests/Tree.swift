// The repository's files, as the layout rules read them.

import Foundation
import Testing

/// A text file of the repository.
struct SourceFile {
  /// Below the repository, such as `Sources/PumpHAL/Tick.swift`.
  let path: String
  let text: String

  var name: String { String(path.split(separator: "/").last ?? "") }
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The modules that it imports.
  var imports: [String] {
    lines.compactMap { line -> String? in
      guard line.contains("import ") else { return nil }
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"),
        words[..<place].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains(String($0)) }),
        let module = words[(place + 1)...].first(where: { !importedKinds.contains(String($0)) })
      else { return nil }
      return String(module.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
  }

  /// Places where the pattern stands, such as `Sources/PumpHAL/Tick.swift:12: the line`.
  func places(of pattern: String) throws -> [String] {
    let expression = try NSRegularExpression(pattern: pattern)
    guard expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    else { return [] }
    return lines.enumerated().compactMap { number, line in
      let line = String(line)
      let found = expression.firstMatch(in: line, range: NSRange(line.startIndex..., in: line))
      return found.map { _ in "\(path):\(number + 1): \(line)" }
    }
  }
}

private let accessLevels: Set = ["public", "package", "internal", "private", "fileprivate"]
private let importedKinds: Set = ["struct", "enum", "func", "class", "protocol"]

/// The repository.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What a build, an editor or a user left is not looked at.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// All text files below a folder or with this path; records and pictures are none.
  static func files(below path: String, named suffix: String = "") -> [SourceFile] {
    let start = root.appendingPathComponent(path)
    var paths = [path]
    if let all = FileManager.default.enumerator(atPath: start.path) {
      paths += all.compactMap { ($0 as? String).map { "\(path)/\($0)" } }
    }
    return paths.filter { $0.hasSuffix(suffix) }.sorted().compactMap { path in
      (try? text(of: path)).map { SourceFile(path: path, text: $0) }
    }
  }

  static func swift(in target: String) -> [SourceFile] {
    files(below: "Sources/\(target)", named: ".swift")
  }

  static let sources = files(below: "Sources", named: ".swift")
}

/// The targets in the order of the table in `Docs/Architecture.md`, which is the only one.
struct House {
  /// From the first, which imports nothing, to the command line.
  let targets: [String]
  /// Those above the line.
  let portable: [String]

  init() throws {
    var targets: [String] = []
    var portable: [String] = []
    let page = try Tree.text(of: "Docs/Architecture.md")
    let section = try #require(page.components(separatedBy: "\n## The house\n").dropFirst().first)
    for line in section.components(separatedBy: "\n## ")[0].split(separator: "\n") {
      if line.hasPrefix("| *above: the portable core*") { portable = targets }
      guard line.hasPrefix("| `") else { continue }
      targets += line.split(separator: "|")[0].split(separator: "`").map(String.init)
        .filter { $0.allSatisfy { $0.isLetter || $0.isNumber } }
    }
    self.targets = targets
    self.portable = portable
  }
}
