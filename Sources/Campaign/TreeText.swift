// A tree written out as the YAML of a session file: read again, it is the same tree.

import SessionFile

extension Tree {
  /// The text of a session: a line a key, and a line an entry where the value is a list of mappings.
  var sessionText: String {
    guard case .mapping(let entries) = content else { return flowText + "\n" }
    var out = ""
    for entry in entries {
      out += Tree.quoted(entry.key, isQuoted: false) + ":"
      if case .list(let elements) = entry.value.content, elements.contains(where: \.isMapping) {
        out += "\n"
        for element in elements { out += "  - \(element.flowText)\n" }
      } else {
        let text = entry.value.flowText
        out += text.isEmpty ? "\n" : " \(text)\n"
      }
    }
    return out
  }

  /// The value on one line.
  var flowText: String {
    switch content {
    case .text(let text, let isQuoted): Tree.quoted(text, isQuoted: isQuoted)
    case .list(let elements): "[" + elements.map(\.flowText).joined(separator: ", ") + "]"
    case .mapping(let entries):
      if entries.isEmpty {
        "{}"
      } else {
        "{ "
          + entries.map { "\(Tree.quoted($0.key, isQuoted: false)): \($0.value.flowText)" }
          .joined(separator: ", ") + " }"
      }
    }
  }

  private var isMapping: Bool {
    if case .mapping = content { return true }
    return false
  }

  /// A text, in quotes where it needs them or had them.
  private static func quoted(_ text: String, isQuoted: Bool) -> String {
    if !isQuoted, text.isEmpty || isPlain(text) { return text }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// Whether a text is read as itself without quotes, wherever it stands.
  private static func isPlain(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, isWord(first), first != "%",
      last != " ", last != ":"
    else { return false }
    return scalars.enumerated().allSatisfy { index, scalar in
      if isWord(scalar) || scalar == "/" || scalar == "_" || scalar == "(" || scalar == ")" {
        return true
      }
      if scalar == "-" || scalar == "." || scalar == "+" || scalar == "=" { return true }
      if scalar == " " { return true }
      // A colon that no space follows divides nothing: a time of day.
      return scalar == ":" && index + 1 < scalars.count && isWord(scalars[index + 1])
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9", "a"..."z", "A"..."Z", "µ", "μ", "°", "%": true
    default: false
    }
  }
}
