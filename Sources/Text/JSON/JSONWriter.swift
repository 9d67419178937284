/// Writes compact JSON straight into bytes: for messages and rows, of which there are many.
///
/// Calls follow the structure of the value; commas are its own business. The memory is kept from one
/// value to the next (`clear`), so that a message costs no allocation.
package struct JSONWriter: Sendable {
  /// What has been written so far, UTF-8.
  package private(set) var bytes: [UInt8] = []
  private let isForPage: Bool
  private var needsComma = false

  /// A writer with room for so many bytes before it has to grow.
  ///
  /// - Parameter isForPage: whether texts are to stand in an element of an HTML page, where `<`, `>`
  ///   and `&` are written as `\u003c`.
  package init(capacity: Int = 256, isForPage: Bool = false) {
    self.isForPage = isForPage
    bytes.reserveCapacity(capacity)
  }

  /// The text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Begins anew, in the same memory.
  package mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  // MARK: - Structure

  /// Begins an object.
  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  /// Ends an object.
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  /// Begins a list.
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  /// Ends a list.
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  /// The key of the member whose value comes next; it needs no escape.
  package mutating func key(_ key: StaticString) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  /// The key of the member whose value comes next.
  package mutating func key(_ key: String) {
    value(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func begin(_ bracket: UInt8) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func next() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  // MARK: - Values

  /// A number with at most so many decimals, 0 to 9; null where it is not finite.
  package mutating func value(_ value: Double, decimals: Int) {
    guard value.isFinite else { return null() }
    next()
    DecimalText.append(value, decimals: decimals, isTrimmed: true, to: &bytes)
  }

  /// A whole number.
  package mutating func value(_ value: some FixedWidthInteger) {
    next()
    DecimalText.append(Int64(clamping: value), to: &bytes)
  }

  /// A text.
  package mutating func value(_ text: String) {
    next()
    bytes.append(quoted: text, isForPage: isForPage)
  }

  /// A truth.
  package mutating func value(_ truth: Bool) {
    next()
    bytes.append(contentsOf: (truth ? "true" : "false").utf8)
  }

  /// Nothing.
  package mutating func null() {
    next()
    bytes.append(contentsOf: "null".utf8)
  }

  /// A list of texts.
  package mutating func value(_ texts: some Sequence<String>) {
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  /// A list of the numbers of the bits that are set, the lowest first.
  package mutating func value(bits: UInt64) {
    beginArray()
    var rest = bits
    while rest != 0 {
      value(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
    endArray()
  }
}

extension [UInt8] {
  /// Appends a JSON string: valid in every reader, and with nothing in it that moves a terminal's cursor
  /// or turns the direction of writing.
  mutating func append(quoted text: String, isForPage: Bool = false) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var written = 0
      var position = 0
      while position < utf8.count {
        let (scalar, length) = scalar(utf8, at: position)
        if let escape = escape(of: scalar, isForPage: isForPage) {
          append(contentsOf: utf8[written..<position])
          append(contentsOf: escape.utf8)
          written = position + length
        }
        position += length
      }
      append(contentsOf: utf8[written...])
    }
    append(UInt8(ascii: "\""))
  }
}

/// The scalar that begins at a byte of valid UTF-8, and how many bytes it has.
private func scalar(_ utf8: UnsafeBufferPointer<UInt8>, at position: Int) -> (UInt32, Int) {
  let first = UInt32(utf8[position])
  if first < 0x80 { return (first, 1) }
  func rest(_ offset: Int) -> UInt32 { UInt32(utf8[position + offset] & 0x3f) }
  if first < 0xe0 { return ((first & 0x1f) << 6 | rest(1), 2) }
  if first < 0xf0 { return ((first & 0xf) << 12 | rest(1) << 6 | rest(2), 3) }
  return ((first & 7) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
}

/// What a scalar is written as in a JSON string; nil for itself.
private func escape(of scalar: UInt32, isForPage: Bool) -> String? {
  switch scalar {
  case 0x22: "\\\""
  case 0x5c: "\\\\"
  case 0x0a: "\\n"
  case 0x0d: "\\r"
  case 0x09: "\\t"
  case 0x3c, 0x3e, 0x26: isForPage ? "\\u" + Hexadecimal.text(UInt16(scalar)) : nil
  default: isHidden(scalar) ? "\\u" + Hexadecimal.text(UInt16(scalar)) : nil
  }
}
