import TickCodec

/// Writes one JSON object straight into bytes; keys in the order in which they are put.
struct JSONObject {
  private var isFirst = true

  init(_ buffer: inout ByteBuffer) { buffer.append(UInt8(ascii: "{")) }

  mutating func end(_ buffer: inout ByteBuffer) { buffer.append(UInt8(ascii: "}")) }

  private mutating func key(_ key: StaticString, _ buffer: inout ByteBuffer) {
    if !isFirst { buffer.append(UInt8(ascii: ",")) }
    isFirst = false
    buffer.append(UInt8(ascii: "\""))
    buffer.append(key)
    buffer.append("\":")
  }

  /// A number with at most so many decimals; null where it is not finite or above 9e12.
  mutating func put(
    _ name: StaticString, _ value: Double, decimals: Int, to buffer: inout ByteBuffer
  ) {
    key(name, &buffer)
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    guard value.magnitude < 9e12, scaled.magnitude < 9e18 else {
      buffer.append("null")
      return
    }
    buffer.appendDecimal(Int64(scaled), scale: scale)
  }

  /// A number, left out where there is none.
  mutating func put(
    _ name: StaticString, _ value: Double?, decimals: Int, to buffer: inout ByteBuffer
  ) {
    if let value { put(name, value, decimals: decimals, to: &buffer) }
  }

  mutating func put(_ name: StaticString, _ value: Int?, to buffer: inout ByteBuffer) {
    guard let value else { return }
    key(name, &buffer)
    buffer.appendDecimal(Int64(value), scale: 1)
  }

  /// Text, left out where there is none.
  mutating func put(_ name: StaticString, _ value: String?, to buffer: inout ByteBuffer) {
    guard let value else { return }
    key(name, &buffer)
    buffer.appendQuoted(value)
  }

  /// A list of texts, left out where there are none.
  mutating func put(_ name: StaticString, _ values: [String], to buffer: inout ByteBuffer) {
    if values.isEmpty { return }
    key(name, &buffer)
    for (index, value) in values.enumerated() {
      buffer.append(UInt8(ascii: index == 0 ? "[" : ","))
      buffer.appendQuoted(value)
    }
    buffer.append(UInt8(ascii: "]"))
  }

  /// The numbers of the bits that are set.
  mutating func put(_ name: StaticString, bits: UInt64, to buffer: inout ByteBuffer) {
    key(name, &buffer)
    buffer.append(UInt8(ascii: "["))
    var isFirst = true
    for bit in 0..<64 where bits >> UInt64(bit) & 1 == 1 {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      buffer.appendDecimal(Int64(bit), scale: 1)
    }
    buffer.append(UInt8(ascii: "]"))
  }
}

extension ByteBuffer {
  /// `value / scale` as a decimal, without trailing zeros.
  mutating func appendDecimal(_ value: Int64, scale: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    let whole = magnitude / scale.magnitude
    var rest = magnitude % scale.magnitude
    appendDigits(whole, atLeast: 1)
    if rest == 0 { return }
    var width = 0
    var power = scale
    while power > 1 {
      power /= 10
      width += 1
    }
    while rest % 10 == 0 {
      rest /= 10
      width -= 1
    }
    append(UInt8(ascii: "."))
    appendDigits(rest, atLeast: width)
  }

  private mutating func appendDigits(_ value: UInt64, atLeast width: Int) {
    var digits = 1
    var bound = value / 10
    while bound > 0 {
      digits += 1
      bound /= 10
    }
    digits = max(digits, width)
    appendUninitialized(digits) { room in
      var rest = value
      for position in (0..<digits).reversed() {
        room[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      return digits
    }
  }

  /// A JSON string.
  mutating func appendQuoted(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case UInt8(ascii: "\n"): append("\\n")
      case 0..<0x20:
        append("\\u00")
        append(byte < 16 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        let low = byte & 15
        append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
