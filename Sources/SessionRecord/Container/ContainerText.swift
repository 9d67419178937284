// Text as the container has it: its length in four bytes, then UTF-8.

import TickCodec

extension ByteBuffer {
  /// Appends the bytes of a text, and nothing else.
  mutating func append(_ text: StaticString) { text.withUTF8Buffer { append($0) } }

  /// Appends the bytes of a text, and nothing else.
  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends a text with its length.
  mutating func appendString(_ text: String) {
    append(UInt32(text.utf8.count))
    append(text)
  }
}

extension ByteCursor {
  /// Takes a text with its length; one that is not UTF-8 is a failure.
  mutating func takeString() -> String {
    let bytes = take(bytes: UInt64(take(UInt32.self)))
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    fail()
    return ""
  }
}
