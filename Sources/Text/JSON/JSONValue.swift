/// A JSON value, written or read; the members of an object keep their order.
package indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number that is text already, so that its decimals are chosen where it is made.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// A number with at most so many decimals; null when it is absent or not finite.
  package static func decimal(_ value: Double?, decimals: Int) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(DecimalText.trimmed(value, decimals: decimals))
  }

  /// A list of texts.
  package static func strings(_ texts: some Sequence<String>) -> JSONValue {
    .array(texts.map { .string($0) })
  }
}

// MARK: - What is in it

extension JSONValue {
  /// The value under a key of an object; nil for what is no object, or has no such key.
  ///
  /// Keys are compared byte by byte: two that only look alike are not equal.
  package subscript(key: StaticString) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return key.withUTF8Buffer { bytes in
      members.first { $0.0.utf8.elementsEqual(bytes) }?.1
    }
  }

  /// The value under a key of an object; nil for what is no object, or has no such key.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0.utf8.elementsEqual(key.utf8) }?.1
  }

  /// The text; nil for what is none.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements of a list; nil for what is none.
  package var array: [JSONValue]? {
    if case .array(let items) = self { items } else { nil }
  }

  /// A whole number of at most 64 bits, written without fraction or exponent; nil for all else.
  package var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// Any number, as near as a `Double` comes; nil for what is none or beyond all bounds.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// The texts of a list, without what else is in it; none of what is no list.
  package var strings: [String] { array?.compactMap(\.string) ?? [] }
}

extension JSONValue: Equatable {
  /// Whether both say the same in the same order, texts byte by byte.
  package static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy { $0.0.utf8.elementsEqual($1.0.utf8) && $0.1 == $1.1 }
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// A whole number.
  package init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An object whose keys stay in this order.
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }
}

// MARK: - As text

extension JSONValue {
  /// The text for people: indented by two spaces a level; lists of plain values, and objects in a list
  /// that hold nothing nested, take one line.
  package var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indentation: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text on one line.
  package var line: String {
    var bytes: [UInt8] = []
    writeLine(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private var isPlain: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  private func write(to bytes: inout [UInt8], indentation: Int) {
    let inner = indentation + 2
    func line(_ first: String, _ indentation: Int) {
      bytes.append(contentsOf: first.utf8)
      bytes.append(contentsOf: repeatElement(0x20, count: indentation))
    }
    switch self {
    case .array(let items) where !items.allSatisfy(\.isPlain):
      for (index, item) in items.enumerated() {
        line(index == 0 ? "[\n" : ",\n", inner)
        if case .object(let members) = item, members.allSatisfy(\.1.isPlain) {
          item.writeLine(to: &bytes)
        } else {
          item.write(to: &bytes, indentation: inner)
        }
      }
      line("\n", indentation)
      bytes.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      for (index, member) in members.enumerated() {
        line(index == 0 ? "{\n" : ",\n", inner)
        bytes.append(quoted: member.0)
        bytes.append(contentsOf: ": ".utf8)
        member.1.write(to: &bytes, indentation: inner)
      }
      line("\n", indentation)
      bytes.append(UInt8(ascii: "}"))
    default: writeLine(to: &bytes)
    }
  }

  private func writeLine(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): DecimalText.append(value, to: &bytes)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let text): bytes.append(quoted: text)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        item.writeLine(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        bytes.append(quoted: member.0)
        bytes.append(contentsOf: ": ".utf8)
        member.1.writeLine(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }
}
