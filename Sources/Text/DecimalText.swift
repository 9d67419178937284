/// Numbers as people and JSON read them, without a locale.
// @relation(R-101, scope=file)
package enum DecimalText {
  /// A number with a fixed count of decimals, 0 to 9, rounded half away from zero, never `-0`.
  ///
  /// Numbers too large for that (beyond 1e15) and those that are not finite show as Swift shows them.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    text(value, decimals: decimals, isTrimmed: false)
  }

  /// A number with at most so many decimals, 0 to 9, and no zeros at their end.
  package static func trimmed(_ value: Double, decimals: Int) -> String {
    text(value, decimals: decimals, isTrimmed: true)
  }

  /// A number of units of which 10^`digits` make one, with at most `shown` decimals, rounded half away
  /// from zero, without zeros at their end; exact over all of `Int64`.
  package static func exact(_ units: Int64, digits: Int, shown: Int) -> String {
    var magnitude = units.magnitude
    if digits > shown {
      magnitude /= power(digits - shown - 1)
      magnitude = magnitude / 10 + (magnitude % 10 >= 5 ? 1 : 0)
    }
    let decimals = min(digits, shown)
    var bytes: [UInt8] = []
    append(magnitude, decimals: decimals, isNegative: units < 0, isTrimmed: true, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func text(_ value: Double, decimals: Int, isTrimmed: Bool) -> String {
    var bytes: [UInt8] = []
    append(value, decimals: decimals, isTrimmed: isTrimmed, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

// MARK: - Straight into bytes

extension DecimalText {
  /// Appends a number with a fixed count of decimals, or at most so many, 0 to 9.
  static func append(_ value: Double, decimals: Int, isTrimmed: Bool, to bytes: inout [UInt8]) {
    let decimals = min(max(decimals, 0), 9)
    let scaled = (value.magnitude * Double(power(decimals))).rounded()
    guard value.magnitude < 1e15, scaled < 9e18 else {
      bytes.append(contentsOf: "\(value)".utf8)
      return
    }
    append(
      UInt64(scaled), decimals: decimals, isNegative: value < 0, isTrimmed: isTrimmed, to: &bytes)
  }

  /// Appends a whole number.
  static func append(_ value: Int64, to bytes: inout [UInt8]) {
    append(value.magnitude, decimals: 0, isNegative: value < 0, isTrimmed: false, to: &bytes)
  }

  /// Appends `magnitude` / 10^`decimals`.
  static func append(
    _ magnitude: UInt64, decimals: Int, isNegative: Bool, isTrimmed: Bool, to bytes: inout [UInt8]
  ) {
    if isNegative, magnitude > 0 { bytes.append(UInt8(ascii: "-")) }
    let scale = power(decimals)
    append(digits: magnitude / scale, atLeast: 1, to: &bytes)
    var rest = magnitude % scale
    var width = decimals
    if isTrimmed {
      while width > 0, rest % 10 == 0 {
        rest /= 10
        width -= 1
      }
    }
    if width == 0 { return }
    bytes.append(UInt8(ascii: "."))
    append(digits: rest, atLeast: width, to: &bytes)
  }

  private static func append(digits value: UInt64, atLeast width: Int, to bytes: inout [UInt8]) {
    // 20 digits hold every 64-bit number.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { room in
      var first = 20
      var rest = value
      while rest > 0 || 20 - first < width {
        first -= 1
        room[first] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: room[first...]))
    }
  }

  private static func power(_ decimals: Int) -> UInt64 {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale *= 10 }
    return scale
  }
}
