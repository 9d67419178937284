/// Rows as CSV (RFC 4180) or as JSON Lines, written straight into bytes.
///
/// A row is a call of `begin`, one call for each column in their order, and `end`.
struct ExportText {
  let format: ExportFormat
  let columns: [String]
  private(set) var bytes: [UInt8] = []
  private var column = 0
  private var hasMember = false
  private let keys: [[UInt8]]

  init(format: ExportFormat, columns: [String]) {
    self.format = format
    self.columns = columns
    keys = columns.map { Array("\"\($0)\":".utf8) }
    bytes.reserveCapacity(1 << 17)
  }

  /// The line with the names of the columns; JSON Lines has none.
  mutating func header() {
    guard format == .csv else { return }
    begin()
    for name in columns { put(name) }
    end()
  }

  mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func begin() {
    column = 0
    hasMember = false
    if format == .jsonLines { bytes.append(UInt8(ascii: "{")) }
  }

  mutating func end() {
    precondition(column == columns.count, "a row has as many values as there are columns")
    if format == .jsonLines {
      bytes.append(UInt8(ascii: "}"))
    } else {
      bytes.append(UInt8(ascii: "\r"))
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// A column without a value: empty in CSV, left out in JSON.
  mutating func skip() {
    if format == .csv, column > 0 { bytes.append(UInt8(ascii: ",")) }
    column += 1
  }

  mutating func put(_ value: Int64) {
    open()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(value.magnitude)
  }

  mutating func put<T: FixedWidthInteger>(_ value: T) { put(Int64(clamping: value)) }

  /// A whole number of hundredths.
  mutating func put(hundredths value: Int64) {
    open()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(value.magnitude / 100)
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(value.magnitude % 100 / 10))
    bytes.append(UInt8(ascii: "0") + UInt8(value.magnitude % 10))
  }

  mutating func put(_ value: Double) {
    open()
    bytes.append(contentsOf: DecimalNumber.trimmed(value, decimals: 6).utf8)
  }

  mutating func put(_ value: Bool) {
    open()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func put(_ value: String) {
    open()
    if format == .jsonLines {
      quoteJSON(value)
    } else if value.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) {
      bytes.append(UInt8(ascii: "\""))
      for byte in value.utf8 {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    } else {
      bytes.append(contentsOf: value.utf8)
    }
  }

  /// Numbers of the bits that are set: `1 10` in CSV, `[1,10]` in JSON.
  mutating func put(bits: UInt64) {
    open()
    let isJSON = format == .jsonLines
    if isJSON { bytes.append(UInt8(ascii: "[")) }
    var rest = bits
    var isFirst = true
    while rest != 0 {
      if !isFirst { bytes.append(UInt8(ascii: isJSON ? "," : " ")) }
      isFirst = false
      digits(UInt64(rest.trailingZeroBitCount))
      rest &= rest - 1
    }
    if isJSON { bytes.append(UInt8(ascii: "]")) }
  }

  /// Texts: with ` and ` between them in CSV, as a list in JSON.
  mutating func put(_ values: [String]) {
    guard format == .jsonLines else {
      put(values.joined(separator: " and "))
      return
    }
    open()
    for (index, value) in values.enumerated() {
      bytes.append(UInt8(ascii: index == 0 ? "[" : ","))
      quoteJSON(value)
    }
    bytes.append(contentsOf: (values.isEmpty ? "[]" : "]").utf8)
  }

  private mutating func open() {
    if format == .csv {
      if column > 0 { bytes.append(UInt8(ascii: ",")) }
    } else {
      if hasMember { bytes.append(UInt8(ascii: ",")) }
      hasMember = true
      bytes.append(contentsOf: keys[column])
    }
    column += 1
  }

  private mutating func digits(_ value: UInt64) {
    if value < 10 {
      bytes.append(UInt8(ascii: "0") + UInt8(value))
      return
    }
    digits(value / 10)
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
  }

  private mutating func quoteJSON(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let low = byte & 15
        bytes.append(contentsOf: (byte < 16 ? "\\u000" : "\\u001").utf8)
        bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
