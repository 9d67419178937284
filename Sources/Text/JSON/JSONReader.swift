/// Why bytes are no JSON text.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The byte at which reading stopped, from 0.
  package var position: Int
  /// What is wrong there.
  package var problem: String

  /// Where, and what is wrong.
  package var description: String { "byte \(position): \(problem)" }
}

/// Reads one JSON text (RFC 8259) strictly: UTF-8, no key twice in an object, nothing after it.
///
/// Whatever it is given, it neither traps nor recurses without bound, and takes memory in proportion to
/// the bytes it is given, of which there are at most `byteMaximum`.
package struct JSONReader {
  /// Nesting that nothing of ours has; deeper text is an attack on the stack.
  package static let depthMaximum = 16
  /// Bytes of a text that is read at all, 64 MiB.
  package static let byteMaximum = 1 << 26

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The value that is written there.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes)
    guard bytes.count <= byteMaximum else { throw reader.error("longer than 64 MiB") }
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.next != nil { throw reader.error("something follows the value") }
    return value
  }

  /// The value that is written there.
  package static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    // Of two throwing shapes of this closure, the compiler infers only the untyped one.
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONError) in try read(buffer) }
    }
    return try result.get()
  }

  /// The value that is written there.
  package static func read(_ text: String) throws(JSONError) -> JSONValue {
    try read(Array(text.utf8))
  }

  // MARK: - Bytes

  private func error(_ problem: String) -> JSONError {
    JSONError(position: position, problem: problem)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard take(character) else { throw error("here should be \(character)") }
  }

  // MARK: - Values

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipSpace()
    guard depth < Self.depthMaximum else {
      throw error("nested deeper than \(Self.depthMaximum)")
    }
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("here should be a value, and the text ends")
    default: return try number()
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    guard isThere else { throw error("here should be a value") }
    position += word.utf8CodeUnitCount
    return value
  }

  private mutating func object(_ depth: Int) throws(JSONError) -> [(String, JSONValue)] {
    position += 1
    var members: [(String, JSONValue)] = []
    // Many keys are looked up by hash, so that no object takes time in the square of its length.
    var keys: Set<[UInt8]> = []
    skipSpace()
    if take("}") { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("here should be a key") }
      let start = position
      let key = try string()
      let isNew: Bool
      if members.count < 32 {
        isNew = !members.contains { $0.0.utf8.elementsEqual(key.utf8) }
      } else {
        if keys.isEmpty { keys = Set(members.map { Array($0.0.utf8) }) }
        isNew = keys.insert(Array(key.utf8)).inserted
      }
      guard isNew else { throw JSONError(position: start, problem: "a key that is there already") }
      skipSpace()
      try expect(":")
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return members }
      try expect(",")
    }
  }

  private mutating func array(_ depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var items: [JSONValue] = []
    skipSpace()
    if take("]") { return items }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return items }
      try expect(",")
    }
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = take("-")
    let first = position
    try digits()
    if position > first + 1, bytes[first] == UInt8(ascii: "0") {
      position = first
      throw error("a number that begins with 0")
    }
    var isWhole = true
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    return .number(text)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    if position == start { throw error("here should be a digit") }
  }

  // MARK: - Texts

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text = ""
    var start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        try take(from: start, into: &text)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        try take(from: start, into: &text)
        text.unicodeScalars.append(try escape())
        start = position
      case 0..<0x20: throw error("a control character in a text")
      default: position += 1
      }
    }
    throw error("the text ends within a string")
  }

  /// Takes the plain part of a string that ends here.
  private func take(from start: Int, into text: inout String) throws(JSONError) {
    if start == position { return }
    guard let plain = String(validating: bytes[start..<position], as: UTF8.self) else {
      throw JSONError(position: start, problem: "a text that is not UTF-8")
    }
    text = text.isEmpty ? plain : text + plain
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = next else { throw error("the text ends within a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try unit()
      if !(0xd800..<0xe000).contains(unit), let scalar = Unicode.Scalar(unit) { return scalar }
      if unit < 0xdc00, take("\\"), take("u") {
        let low = try self.unit()
        if (0xdc00..<0xe000).contains(low),
          let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        {
          return scalar
        }
      }
      throw JSONError(position: start, problem: "one half of a pair of surrogates")
    default: throw JSONError(position: start, problem: "an escape that JSON does not have")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("here should be a hexadecimal digit")
      }
      position += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
