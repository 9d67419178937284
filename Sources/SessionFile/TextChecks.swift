// What bytes must be before anything is made of them: UTF-8, no control characters, at most 1 MiB.

/// The text of `bytes`, without a byte order mark.
package func checkedText(_ bytes: [UInt8]) throws(Mistake) -> String {
  if bytes.count > maximumSessionFileBytes {
    throw Mistake(
      line: 1, column: 1,
      what: "the text has \(bytes.count) bytes, a session file at most "
        + "\(maximumSessionFileBytes)",
      remedy: "give a session file; long ones are split into several")
  }
  if let mistake = controlCharacter(in: bytes) { throw mistake }
  guard let text = String(validating: bytes, as: UTF8.self) else {
    let (line, column) = position(of: firstInvalidByte(in: bytes), in: bytes)
    throw Mistake(
      line: line, column: column, what: "this is not UTF-8 text",
      remedy: "save the file with the encoding UTF-8")
  }
  if text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
    throw Mistake(
      line: 1, column: 1, what: "the file is empty",
      remedy: "write a session; Docs/Examples/ketamine-24h.yaml is one to begin with")
  }
  // The parser takes a byte order mark for a character.
  return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
}

private func controlCharacter(in bytes: [UInt8]) -> Mistake? {
  for (offset, byte) in bytes.enumerated() {
    let isControl = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F
    guard isControl else { continue }
    let (line, column) = position(of: offset, in: bytes)
    let name = byte == 0 ? "a zero byte" : "the control character \(byte)"
    return Mistake(
      line: line, column: column, what: "\(name) stands here",
      remedy: "a session file is plain UTF-8 text; remove it, or save the file as UTF-8")
  }
  return nil
}

/// What a text holds that moves or recolours what stands around it on a terminal or in a report: a
/// control character, which an escape such as `\e` makes, or a change of writing direction.
func invisibleCharacter(in text: String) -> String? {
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: return "the control character \(scalar.value)"
    case 0x2028, 0x2029: return "a line separator"
    case 0x202A...0x202E, 0x2066...0x2069: return "a change of writing direction"
    default: continue
    }
  }
  return nil
}

/// The offset of the first byte that starts no valid UTF-8 sequence.
private func firstInvalidByte(in bytes: [UInt8]) -> Int {
  // Valid prefixes are closed under shortening to a scalar's start, so halving finds the edge.
  var valid = 0
  var invalid = bytes.count
  while invalid - valid > 4 {
    var middle = (valid + invalid) / 2
    while middle > valid, bytes[middle] & 0xC0 == 0x80 { middle -= 1 }
    if middle == valid { break }
    if String(validating: bytes[valid..<middle], as: UTF8.self) != nil {
      valid = middle
    } else {
      invalid = middle
    }
  }
  var offset = valid
  while offset < bytes.count {
    let length = (1...4).first { count in
      offset + count <= bytes.count
        && String(validating: bytes[offset..<(offset + count)], as: UTF8.self) != nil
    }
    guard let length else { return offset }
    offset += length
  }
  return offset
}

/// Line and column, from 1, of the byte at `offset`.
private func position(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
  var line = 1
  var column = 1
  for byte in bytes[..<min(offset, bytes.count)] {
    if byte == 0x0A {
      line += 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
  }
  return (line, column)
}
