/// Puts bytes together to lines that end in LF, CR before it left out.
///
/// Holds at most `limit` bytes: a longer line is thrown away as a whole and counted.
struct LineAssembler: Sendable {
  /// The most bytes of one line.
  let limit: Int
  private var bytes: [UInt8] = []
  private var isTooLong = false
  /// Lines that were too long.
  private(set) var overlong: UInt64 = 0

  init(limit: Int = 256) {
    self.limit = limit
    bytes.reserveCapacity(limit)
  }

  /// Whether part of a line is waiting for the rest.
  var isInside: Bool { isTooLong || !bytes.isEmpty }

  /// The part of a line that has come so far.
  var partial: [UInt8] { bytes }

  /// Takes one byte; gives a line where it ends one.
  mutating func take(_ byte: UInt8) -> [UInt8]? {
    if byte == UInt8(ascii: "\n") {
      defer { forget() }
      if isTooLong {
        overlong += 1
        return nil
      }
      return bytes.last == UInt8(ascii: "\r") ? Array(bytes.dropLast()) : bytes
    }
    if isTooLong { return nil }
    if bytes.count == limit {
      isTooLong = true
      return nil
    }
    bytes.append(byte)
    return nil
  }

  /// Forgets the part of a line.
  mutating func forget() {
    bytes.removeAll(keepingCapacity: true)
    isTooLong = false
  }
}

/// A received line as people can read it: what cannot be printed as `\xNN`, and not too much of it.
func printable(_ line: some Collection<UInt8>) -> String {
  var text = "'"
  for byte in line.prefix(40) {
    if (0x20...0x7e).contains(byte) {
      text.append(Character(UnicodeScalar(byte)))
    } else {
      let digits = String(byte, radix: 16)
      text += "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
  }
  return text + (line.count > 40 ? "…'" : "'")
}
