/// JSON whose objects keep the order in which they are written, for a schema that people read.
package indirect enum SchemaValue: Sendable {
  case text(String)
  case number(Int)
  case truth(Bool)
  case list([SchemaValue])
  case object([(String, SchemaValue)])

  /// An indented text.
  package func json(indentation: Int = 0) -> String {
    let inner = String(repeating: " ", count: indentation + 2)
    let outer = String(repeating: " ", count: indentation)
    switch self {
    case .text(let text): return SchemaValue.quoted(text)
    case .number(let number): return String(number)
    case .truth(let truth): return truth ? "true" : "false"
    case .list(let elements):
      if elements.allSatisfy(\.isPlain) {
        return "[" + elements.map { $0.json() }.joined(separator: ", ") + "]"
      }
      let lines = elements.map { inner + $0.json(indentation: indentation + 2) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { key, value in
        inner + SchemaValue.quoted(key) + ": " + value.json(indentation: indentation + 2)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  private var isPlain: Bool {
    switch self {
    case .text, .number, .truth: true
    case .list, .object: false
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(arrayLiteral elements: SchemaValue...) { self = .list(elements) }
  package init(integerLiteral value: Int) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .truth(value) }
  package init(dictionaryLiteral elements: (String, SchemaValue)...) { self = .object(elements) }

  /// A list of texts.
  package static func texts(_ texts: some Sequence<String>) -> SchemaValue {
    .list(texts.map { .text($0) })
  }
}
