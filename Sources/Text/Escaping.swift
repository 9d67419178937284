// What others wrote, before it reaches a terminal or a page.

/// Whether a scalar is not seen where it stands: control characters, and those that break lines or turn
/// the direction of writing, so that what is shown would not be what is there.
func isHidden(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
  default: false
  }
}

/// Text for a terminal.
package enum TerminalText {
  /// The text without what moves a terminal's cursor, colours it or turns the direction of writing.
  ///
  /// Each such scalar shows as U+FFFD; line feeds and tabs stay.
  package static func escaped(_ text: String) -> String {
    replacingHidden(text) { $0 == "\n" || $0 == "\t" }
  }

  /// A text that stands within a line: line feeds and tabs show as U+FFFD too.
  package static func escapedLine(_ text: String) -> String {
    replacingHidden(text) { _ in false }
  }

  private static func replacingHidden(
    _ text: String, keeping isKept: (Unicode.Scalar) -> Bool
  ) -> String {
    guard text.unicodeScalars.contains(where: { isHidden($0.value) && !isKept($0) }) else {
      return text
    }
    var out = ""
    for scalar in text.unicodeScalars {
      out.unicodeScalars.append(isHidden(scalar.value) && !isKept(scalar) ? "\u{fffd}" : scalar)
    }
    return out
  }
}

/// Text for HTML and XML, in an element or in a quoted attribute.
package enum MarkupText {
  /// The text as markup shows it; what is hidden or cannot stand in XML 1.0 shows as U+FFFD.
  ///
  /// - Parameter isAttribute: whether line feeds and tabs, which a reader of attributes would turn to
  ///   spaces, are written as references.
  package static func escaped(_ text: String, isAttribute: Bool = false) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\n" where isAttribute: out += "&#10;"
      case "\t" where isAttribute: out += "&#9;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case "\u{fffe}", "\u{ffff}": out += "\u{fffd}"
      case _ where isHidden(scalar.value): out += "\u{fffd}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
