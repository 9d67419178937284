/// Numbers and bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two digits a byte.
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    var out: [UInt8] = []
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// All digits of a number's type, zeros in front included: `00ff` of a `UInt16`.
  package static func text(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
    let bits = value.bitWidth
    return text(
      stride(from: bits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) })
  }

  /// The bytes; nil for anything but pairs of lower-case digits.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    for position in stride(from: 0, to: characters.count, by: 2) {
      guard let high = digits.firstIndex(of: characters[position]),
        let low = digits.firstIndex(of: characters[position + 1])
      else { return nil }
      out.append(UInt8(high << 4 | low))
    }
    return out
  }
}
