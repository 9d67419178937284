import Catalogue
import PumpHAL
import Vocabulary

/// The short name within this target; elsewhere `Reading` is PumpHAL's.
typealias Reading = FileReading

/// One pass over a session file: what it is read against, and the mistakes found on the way.
///
/// Every reading function returns nil where it has noted a mistake, so that the pass goes on and
/// finds the next one; a description is made only where none was noted.
package final class FileReading {
  package let catalogue: HardwareCatalogue
  package private(set) var mistakes: [Mistake] = []

  package init(catalogue: HardwareCatalogue) { self.catalogue = catalogue }

  package func note(_ place: Place, _ what: String, _ remedy: String) {
    mistakes.append(
      Mistake(line: place.line, column: place.column, what: what, remedy: remedy))
  }

  /// The mistakes in the order of the file, each place once.
  package var sortedMistakes: [Mistake] {
    let sorted = mistakes.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset)
        < ($1.element.line, $1.element.column, $1.offset)
    }
    return sorted.map(\.element)
  }
}

/// A mapping whose keys have been checked.
package struct Section {
  let reading: Reading
  /// What it describes, as a sentence needs it: `the reservoir`.
  let name: String
  package let place: Place
  private let entries: [String: Tree.Entry]

  /// The value of `key`; nil where the file has none.
  package subscript(key: String) -> Tree? { entries[key]?.value }

  /// Where `key` stands, or the section where it does not.
  package func place(of key: String) -> Place { entries[key]?.keyPlace ?? place }

  /// The value of `key`, which must be there; `example` shows it in full.
  package func required(_ key: String, example: String) -> Tree? {
    if let tree = self[key] { return tree }
    reading.note(place, "\(name) has no `\(key)`", "write `\(example)`")
    return nil
  }

  fileprivate init(reading: Reading, name: String, place: Place, entries: [String: Tree.Entry]) {
    self.reading = reading
    self.name = name
    self.place = place
    self.entries = entries
  }
}

extension Reading {
  /// `tree` as a mapping of some of `keys`; unknown keys are noted with the nearest known one.
  package func section(_ tree: Tree, _ name: String, keys: [String], example: String) -> Section? {
    guard case .mapping(let entries) = tree.content else {
      note(tree.place, "\(name) is \(tree.kindName), not a mapping", "write `\(example)`")
      return nil
    }
    var known: [String: Tree.Entry] = [:]
    for entry in entries {
      if keys.contains(entry.key) {
        known[entry.key] = entry
      } else {
        // A file with so many unknown keys is none of ours; looking for near ones takes time.
        let isHopeless = mistakes.count > 100
        note(
          entry.keyPlace, "\(name) has no key `\(entry.key)`",
          Reading.suggestion(for: isHopeless ? "" : entry.key, among: keys))
      }
    }
    return Section(reading: self, name: name, place: tree.place, entries: known)
  }

  /// `tree` as a list of at most `maximum` entries, not empty.
  package func list(_ tree: Tree, _ name: String, maximum: Int, example: String) -> [Tree]? {
    guard case .list(let elements) = tree.content else {
      note(tree.place, "\(name) is \(tree.kindName), not a list", "write `\(example)`")
      return nil
    }
    guard elements.count <= maximum else {
      note(
        elements[maximum].place, "\(name) has \(elements.count) entries",
        "write at most \(maximum)")
      return nil
    }
    return elements
  }

  /// `tree` as text of 1 to `maximum` characters.
  package func text(_ tree: Tree, _ name: String, maximum: Int = 200, example: String) -> String? {
    guard case .text(let text, _) = tree.content else {
      note(tree.place, "\(name) is \(tree.kindName), not a text", "write `\(example)`")
      return nil
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      note(tree.place, "\(name) is empty", "write `\(example)`")
      return nil
    }
    guard text.count <= maximum else {
      note(
        tree.place, "\(name) has \(text.count) characters", "write at most \(maximum)")
      return nil
    }
    return text
  }

  /// `tree` as one of `choices`.
  package func choice<Value>(
    _ tree: Tree, _ name: String, among choices: [(name: String, value: Value)]
  ) -> Value? {
    let names = choices.map(\.name)
    guard
      let text = text(
        tree, name, example: "one of " + names.prefix(12).joined(separator: ", "))
    else { return nil }
    if let choice = choices.first(where: { $0.name == text }) { return choice.value }
    note(
      tree.place, "`\(text)` is no \(name)", Reading.suggestion(for: text, among: names))
    return nil
  }

  /// `tree` as a whole number without unit, in `range`.
  package func wholeNumber(
    _ tree: Tree, _ name: String, in range: ClosedRange<UInt64>, example: String
  ) -> UInt64? {
    guard let text = text(tree, name, example: example) else { return nil }
    let isDecimal = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    guard isDecimal, let number = UInt64(text), range.contains(number) else {
      note(
        tree.place, "\(name) is `\(text)`",
        "write a whole number from \(range.lowerBound) to \(range.upperBound), e.g. `\(example)`")
      return nil
    }
    return number
  }

  package static func suggestion(for word: String, among names: [String]) -> String {
    if let near = nearest(to: word, in: names) { return "did you mean `\(near)`?" }
    return "write one of " + names.map { "`\($0)`" }.joined(separator: ", ")
  }
}
