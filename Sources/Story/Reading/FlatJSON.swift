// The JSON of a record's messages: one object whose members are numbers, texts, truths and lists.

/// A member of a message.
enum JSONMember: Equatable, Sendable {
  case number(Double)
  case text(String)
  case truth(Bool)
  case list([JSONMember])
  /// `null`, or an object, of which no message of ours has any.
  case nothing
}

/// The members of one message.
struct JSONMembers: Sendable {
  private var members: [(key: String, value: JSONMember)] = []

  /// Reads a message; nil where it is not one JSON object.
  init?(_ bytes: [UInt8]) {
    var scanner = JSONScanner(bytes)
    guard let members = scanner.object(), scanner.isAtEnd else { return nil }
    self.members = members
  }

  func number(_ key: String) -> Double? {
    if case .number(let value) = self[key] { return value }
    return nil
  }

  func text(_ key: String) -> String? {
    if case .text(let value) = self[key] { return value }
    return nil
  }

  func texts(_ key: String) -> [String] {
    guard case .list(let values) = self[key] else { return [] }
    return values.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  subscript(key: String) -> JSONMember? { members.first { $0.key == key }?.value }

  /// Every member in the order of the message, as it is shown in a table.
  var all: [(key: String, value: JSONMember)] { members }
}

/// Goes through bytes once; whatever a record holds, it neither traps nor recurses without bound.
private struct JSONScanner {
  private let bytes: [UInt8]
  private var position = 0
  private static let depthMaximum = 8

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return position == bytes.count
    }
  }

  mutating func object(depth: Int = 0) -> [(key: String, value: JSONMember)]? {
    guard depth < Self.depthMaximum, take("{") else { return nil }
    var members: [(key: String, value: JSONMember)] = []
    if take("}") { return members }
    repeat {
      guard let key = text(), take(":"), let value = value(depth: depth) else { return nil }
      members.append((key, value))
    } while take(",")
    return take("}") ? members : nil
  }

  private mutating func value(depth: Int) -> JSONMember? {
    skipSpace()
    guard position < bytes.count else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "\""): return text().map { .text($0) }
    case UInt8(ascii: "["): return list(depth: depth + 1)
    case UInt8(ascii: "{"): return object(depth: depth + 1) == nil ? nil : .nothing
    case UInt8(ascii: "t"): return word("true") ? .truth(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .truth(false) : nil
    case UInt8(ascii: "n"): return word("null") ? .nothing : nil
    default: return number().map { .number($0) }
    }
  }

  private mutating func list(depth: Int) -> JSONMember? {
    guard depth < Self.depthMaximum, take("[") else { return nil }
    var values: [JSONMember] = []
    if take("]") { return .list(values) }
    repeat {
      guard let value = value(depth: depth) else { return nil }
      values.append(value)
    } while take(",")
    return take("]") ? .list(values) : nil
  }

  private mutating func number() -> Double? {
    let start = position
    while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
    return Double(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func text() -> String? {
    guard take("\"") else { return nil }
    var found: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: found, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        found.append(contentsOf: String(scalar).utf8)
      default: found.append(byte)
      }
    }
    return nil
  }

  private mutating func escaped() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"):
      guard position + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      position += 4
      // Halves of a pair, which no record of ours has, show as the replacement character.
      return UInt32(digits, radix: 16).map { Unicode.Scalar($0) ?? "\u{fffd}" }
    default: return Unicode.Scalar(byte)
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<end]) }
    if matches { position = end }
    return matches
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) {
      position += 1
    }
  }
}

/// The topics of a record that hold messages for people (`Docs/SessionRecord.md`).
enum RecordTopic {
  static let events = "/trumpet/events"
  static let telemetry = "/trumpet/telemetry"
  static let truth = "/trumpet/truth"
}
