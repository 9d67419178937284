import Yams

/// Where something stands in a file, from 1.
package struct Place: Equatable, Comparable, Sendable {
  package var line: Int
  package var column: Int
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
  package static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A value of a session file, with where it stands.
///
/// Every scalar is kept as the text that was written: `1e3`, `0x10`, `yes` and `.nan` mean nothing
/// here until whoever reads the value says so.
package struct Tree: Sendable {
  package indirect enum Content: Sendable {
    case text(String, isQuoted: Bool)
    case list([Tree])
    case mapping([Entry])
  }
  package struct Entry: Sendable {
    package var key: String
    package var keyPlace: Place
    package var value: Tree
    package init(key: String, keyPlace: Place, value: Tree) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }
  package var place: Place
  package var content: Content

  package init(place: Place, content: Content) {
    self.place = place
    self.content = content
  }

  /// What it is, as a sentence needs it.
  package var kindName: String {
    switch content {
    case .text("", isQuoted: false): "nothing"
    case .text: "a text"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether it is an empty value, as `fill:` leaves one.
  package var isEmpty: Bool {
    if case .text("", isQuoted: false) = content { return true }
    return false
  }
}

extension Tree {
  /// Parses the single document that `text` holds.
  package init(parsing text: String) throws(Mistake) {
    let scan = try LexicalScan(text)
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let node = try parser.singleRoot() else {
        throw Mistake(
          line: 1, column: 1, what: "the file holds no value",
          remedy: "write a session; Docs/Examples/ketamine-24h.yaml is one to begin with")
      }
      // The parser owns the anchors, which nodes only refer to.
      self = try withExtendedLifetime(parser) { try Tree(node) }
    } catch let mistake as Mistake {
      throw mistake
    } catch let error as YamlError {
      throw Mistake(error, in: scan)
    } catch {
      throw Mistake(
        line: 1, column: 1, what: "the text cannot be parsed as YAML",
        remedy: "write YAML; Docs/SessionFile.md shows how")
    }
  }

  private init(_ node: Node) throws(Mistake) {
    place = Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    if node.anchor != nil {
      throw Mistake(
        line: place.line, column: place.column, what: "an anchor stands here",
        remedy: "write the value out where it is needed")
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      if let name = invisibleCharacter(in: scalar.string) {
        throw Mistake(
          line: place.line, column: place.column, what: "this text holds \(name)",
          remedy: "leave it out; a text is what one sees of it")
      }
      content = .text(scalar.string, isQuoted: isQuoted)
    case .sequence(let sequence):
      content = .list(
        try sequence.map { (element) throws(Mistake) in try Tree(element) })
    case .mapping(let mapping):
      content = .mapping(
        try mapping.map { (key, value) throws(Mistake) in
          let keyTree = try Tree(key)
          guard case .text(let text, _) = keyTree.content else {
            throw Mistake(
              line: keyTree.place.line, column: keyTree.place.column,
              what: "\(keyTree.kindName) stands where a key belongs",
              remedy: "write `key: value`")
          }
          return Entry(key: text, keyPlace: keyTree.place, value: try Tree(value))
        })
    case .alias:
      throw Mistake(
        line: place.line, column: place.column, what: "an alias stands here",
        remedy: "write the value out where it is needed")
    }
  }
}

extension Mistake {
  /// What the YAML parser found, in the words of someone who writes session files.
  init(_ error: YamlError, in scan: LexicalScan) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      self.init(
        line: mark.line, column: mark.column, what: "this is not YAML: \(problem)",
        remedy: Mistake.remedy(for: problem))
    case .composer(let context, let problem, let mark, _):
      let isSecondDocument = context?.text.contains("single document") ?? false
      self.init(
        line: mark.line, column: mark.column,
        what: isSecondDocument ? "a second document begins here" : "this is not YAML: \(problem)",
        remedy: isSecondDocument ? "write one session a file" : Mistake.remedy(for: problem))
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = context.mark
      let again = scan.repetition(of: key, after: (first.line, first.column))
      self.init(
        line: again?.line ?? first.line, column: again?.column ?? first.column,
        what: "the key `\(key)` stands twice"
          + (again == nil ? "" : ", first in line \(first.line)"),
        remedy: "keep one of the two")
    default:
      self.init(
        line: 1, column: 1, what: "this is not YAML",
        remedy: "write YAML; Docs/SessionFile.md shows how")
    }
  }

  private static func remedy(for problem: String) -> String {
    if problem.contains("mapping values are not allowed") {
      return "put a value that has a colon in it in quotes, and one key on a line"
    }
    if problem.contains("could not find expected ':'") { return "write `key: value`" }
    if problem.contains("did not find expected ',' or '}'") {
      return "separate entries with commas and close the mapping with }"
    }
    if problem.contains("did not find expected ',' or ']'") {
      return "separate entries with commas and close the list with ]"
    }
    if problem.contains("did not find expected key")
      || problem.contains("did not find expected '-' indicator")
    {
      return "indent entries that belong together alike"
    }
    if problem.contains("cannot start any token") {
      return "put a value that begins with this character in quotes"
    }
    if problem.contains("escape") { return "write the character itself, or use single quotes" }
    return "write YAML; Docs/SessionFile.md shows how"
  }
}
