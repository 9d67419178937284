/// A JSON value that somebody else wrote.
///
/// Texts are bytes, not `String`: two names that only look alike must not be equal.
enum JSONNode: Equatable {
  case null
  case bool(Bool)
  /// A whole number of at most 64 bits, written without fraction or exponent.
  case integer(Int64)
  /// Any other number.
  case number
  case text([UInt8])
  case array([JSONNode])
  case object([[UInt8]: JSONNode])

  /// The value under a key of an object; nil for what is no object, or has no such key.
  subscript(key: StaticString) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    return members[key.withUTF8Buffer { Array($0) }]
  }

  var text: [UInt8]? {
    if case .text(let bytes) = self { return bytes }
    return nil
  }

  var array: [JSONNode]? {
    if case .array(let items) = self { return items }
    return nil
  }

  var integer: Int64? {
    if case .integer(let value) = self { return value }
    return nil
  }
}

/// Reads one JSON text (RFC 8259) strictly: UTF-8, no key twice in an object, nothing after it.
struct JSONReader {
  private let bytes: Slice
  private var position = 0
  /// Nesting that no manifest has; deeper text is an attack on the stack.
  private static let depthLimit = 16

  /// The value; nil if the bytes are not one.
  static func read(_ bytes: Slice) -> JSONNode? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = JSONReader(bytes: bytes)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.position == bytes.count ? value : nil
  }

  private init(bytes: Slice) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(word: StaticString, as value: JSONNode) -> JSONNode? {
    let word = word.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: word) else { return nil }
    position += word.count
    return value
  }

  private mutating func value(depth: Int) -> JSONNode? {
    skipSpace()
    guard depth < Self.depthLimit, let byte = next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "t"): return take(word: "true", as: .bool(true))
    case UInt8(ascii: "f"): return take(word: "false", as: .bool(false))
    case UInt8(ascii: "n"): return take(word: "null", as: .null)
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSONNode? {
    position += 1
    var members: [[UInt8]: JSONNode] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\""), let key = string() else { return nil }
      skipSpace()
      guard take(":"), let value = value(depth: depth + 1),
        members.updateValue(value, forKey: key) == nil
      else { return nil }
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { return nil }
    }
  }

  private mutating func array(_ depth: Int) -> JSONNode? {
    position += 1
    var items: [JSONNode] = []
    skipSpace()
    if take("]") { return .array(items) }
    while true {
      guard let value = value(depth: depth + 1) else { return nil }
      items.append(value)
      skipSpace()
      if take("]") { return .array(items) }
      guard take(",") else { return nil }
    }
  }

  private mutating func number() -> JSONNode? {
    let start = position
    _ = take("-")
    let first = position
    guard digits() > 0, position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      return nil
    }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard digits() > 0 else { return nil }
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { return nil }
    }
    guard isWhole, let value = Int64(String(decoding: bytes[start..<position], as: UTF8.self))
    else { return .number }
    return .integer(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() -> [UInt8]? {
    position += 1
    var out: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return out
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        out += Array(String(scalar).utf8)
      case 0..<0x20: return nil
      default: out.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = unit() else { return nil }
      if !(0xd800..<0xe000).contains(unit) { return Unicode.Scalar(unit) }
      // One half of a pair is no text.
      guard unit < 0xdc00, take("\\"), take("u"), let low = self.unit(),
        (0xdc00..<0xe000).contains(low)
      else { return nil }
      return Unicode.Scalar(0x1_0000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        return nil
      }
      position += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
