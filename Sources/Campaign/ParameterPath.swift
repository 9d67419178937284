// Where in a session file a parameter stands: `programme[0].basal`.

import SessionFile

/// The place of a parameter in a session file.
///
/// Keys are joined by points, entries of lists counted from 0 in brackets: `reservoir.syringe`,
/// `programme[0].basal`, `events[1].at`. At its end, `[+]` stands for what is added to a list.
public struct ParameterPath: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// One step from a value to a part of it.
  enum Step: Equatable, Hashable, Sendable {
    case key(String)
    case index(Int)
    case addition
  }

  let steps: [Step]

  /// As it is written.
  public let description: String

  /// A path as it is written; nil where it is none.
  public init?(_ text: String) {
    guard let steps = Self.steps(of: text) else { return nil }
    self.steps = steps
    description = text
  }

  /// Whether it adds to a list, so that it never undoes anything.
  var isAddition: Bool { steps.last == .addition }

  /// Whether it is the place of all that `other` is the place of, or more.
  func covers(_ other: ParameterPath) -> Bool { other.steps.starts(with: steps) }

  private static func steps(of text: String) -> [Step]? {
    var steps: [Step] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = pieces.first, !key.isEmpty, key.allSatisfy(isKeyCharacter),
        steps.last != .addition
      else { return nil }
      steps.append(.key(String(key)))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", steps.last != .addition else { return nil }
        let inner = piece.dropLast()
        if inner == "+" {
          steps.append(.addition)
        } else {
          // A session file has no list of more than 1000 entries.
          guard inner.allSatisfy({ ("0"..."9").contains($0) }), inner.count <= 3,
            let index = Int(inner)
          else { return nil }
          steps.append(.index(index))
        }
      }
    }
    return steps
  }

  private static func isKeyCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "-")
  }
}

/// Why a value cannot be put at a path.
struct PathError: Error, Equatable {
  /// What is wrong.
  var what: String
}

extension Tree {
  /// Puts a value at a path; nil takes away what is there.
  ///
  /// Keys that are not there are added, entries of lists only by `[+]`. A list that is added to a
  /// list adds its entries.
  mutating func set(_ path: ParameterPath, to value: Tree?) throws(PathError) {
    try set(path.steps[...], to: value, of: path)
  }

  private mutating func set(
    _ steps: ArraySlice<ParameterPath.Step>, to value: Tree?, of path: ParameterPath
  ) throws(PathError) {
    guard let step = steps.first else { return }
    let rest = steps.dropFirst()
    switch step {
    case .key(let key): try set(key, rest, to: value, of: path)
    case .index(let index): try set(index, rest, to: value, of: path)
    case .addition:
      var elements: [Tree] = []
      if case .list(let present) = content { elements = present }
      guard let value else { return }
      if case .list(let added) = value.content {
        elements += added
      } else {
        elements.append(value)
      }
      content = .list(elements)
    }
  }

  private mutating func set(
    _ key: String, _ rest: ArraySlice<ParameterPath.Step>, to value: Tree?, of path: ParameterPath
  ) throws(PathError) {
    var entries: [Entry] = []
    if case .mapping(let present) = content {
      entries = present
    } else if !isEmpty {
      throw PathError(
        what: "`\(path)` cannot be set: \(kindName) stands where `\(key)` would belong")
    }
    let index = entries.firstIndex { $0.key == key }
    if rest.isEmpty, value == nil {
      if let index { entries.remove(at: index) }
    } else {
      // Something of a kind that every deeper step can begin with.
      var inner = index.map { entries[$0].value } ?? Tree.nothing
      if rest.isEmpty, let value {
        inner = value
      } else {
        try inner.set(rest, to: value, of: path)
      }
      if let index {
        entries[index].value = inner
      } else {
        entries.append(Entry(key: key, keyPlace: place, value: inner))
      }
    }
    content = .mapping(entries)
  }

  private mutating func set(
    _ index: Int, _ rest: ArraySlice<ParameterPath.Step>, to value: Tree?, of path: ParameterPath
  ) throws(PathError) {
    guard case .list(var elements) = content, elements.indices.contains(index) else {
      let count = if case .list(let elements) = content { elements.count } else { 0 }
      throw PathError(
        what: "`\(path)` cannot be set: the list has \(count) entries, counted from 0")
    }
    if rest.isEmpty {
      if let value { elements[index] = value } else { elements.remove(at: index) }
    } else {
      try elements[index].set(rest, to: value, of: path)
    }
    content = .list(elements)
  }

  /// What `key:` without a value is.
  static let nothing = Tree(
    place: Place(line: 1, column: 1), content: .text("", isQuoted: false))
}
