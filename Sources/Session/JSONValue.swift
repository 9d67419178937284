// The few lines of JSON that are written here: keys stay in the order they are given.

/// A JSON value to be written.
package indirect enum JSONValue {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number that is already text, so that its decimals are chosen where it is made.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// A number with at most so many decimals; null when it is absent or not finite.
  package static func decimal(_ value: Double?, decimals: Int) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(DecimalText.trimmed(value, decimals: decimals))
  }

  /// The text, indented by two spaces a level; a value without structure inside stays on one line.
  package var text: String {
    var out = ""
    write(to: &out, indent: "")
    return out
  }

  /// The text on one line.
  package var line: String {
    var out = ""
    writeLine(to: &out)
    return out
  }

  private var isFlat: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  private func write(to out: inout String, indent: String) {
    let deeper = indent + "  "
    switch self {
    case .array(let items) where !items.isEmpty:
      out += "["
      for (index, item) in items.enumerated() {
        out += index == 0 ? "\n\(deeper)" : ",\n\(deeper)"
        item.writeRow(to: &out, indent: deeper)
      }
      out += "\n\(indent)]"
    case .object(let members) where !members.isEmpty:
      out += "{"
      for (index, member) in members.enumerated() {
        out += index == 0 ? "\n\(deeper)" : ",\n\(deeper)"
        out += "\(Self.quote(member.0)): "
        member.1.write(to: &out, indent: deeper)
      }
      out += "\n\(indent)}"
    default: writeLine(to: &out)
    }
  }

  /// An element of a list takes one line where it holds nothing nested.
  private func writeRow(to out: inout String, indent: String) {
    if case .object(let members) = self, members.allSatisfy({ $0.1.isFlat }) {
      writeLine(to: &out)
    } else {
      write(to: &out, indent: indent)
    }
  }

  private func writeLine(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let text): out += text
    case .string(let text): out += Self.quote(text)
    case .array(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += ", " }
        item.writeLine(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += ", " }
        out += "\(Self.quote(member.0)): "
        member.1.writeLine(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
