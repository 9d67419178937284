// Which paths a session file can have at all, as its schema says, so that a slip of the pen is
// found before anything is run.

import Catalogue
import SessionFile
import Text
import Vocabulary

/// The parameters of a session file.
enum KnownParameters {
  /// What is wrong with a path, and what would be right; nil where a session file can have it.
  static func mistake(in path: ParameterPath) -> (what: String, remedy: String)? {
    var nodes = alternatives(SessionSchema.root)
    var shown = "a session"
    for step in path.steps {
      var next: [JSONValue] = []
      switch step {
      case .key(let key):
        let properties = nodes.flatMap { members(of: $0, "properties") }
        next = properties.filter { $0.0 == key }.map(\.1)
        if next.isEmpty {
          let keys = unique(properties.map(\.0))
          return (
            "\(shown) has no `\(key)`",
            keys.isEmpty
              ? "end the path before it" : Reading.suggestion(for: key, among: keys)
          )
        }
        shown = "`\(key)`"
      case .index, .addition:
        next = nodes.compactMap { member(of: $0, "items") }
        if next.isEmpty { return ("\(shown) is no list", "write the path without the brackets") }
        shown = "an entry of \(shown)"
      }
      nodes = next.flatMap(alternatives)
    }
    return nil
  }

  /// A schema with its references followed and its alternatives side by side.
  private static func alternatives(_ schema: JSONValue) -> [JSONValue] {
    if case .string(let reference)? = member(of: schema, "$ref") {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      return members(of: SessionSchema.root, "$defs").filter { $0.0 == name }
        .flatMap { alternatives($0.1) }
    }
    if case .array(let choices)? = member(of: schema, "anyOf") {
      return choices.flatMap(alternatives)
    }
    return [schema]
  }

  private static func members(of schema: JSONValue, _ key: String) -> [(String, JSONValue)] {
    guard case .object(let members)? = member(of: schema, key) else { return [] }
    return members
  }

  private static func member(of schema: JSONValue, _ key: String) -> JSONValue? {
    guard case .object(let members) = schema else { return nil }
    return members.first { $0.0 == key }?.1
  }

  private static func unique(_ keys: [String]) -> [String] {
    var seen: Set<String> = []
    return keys.filter { seen.insert($0).inserted }
  }
}
