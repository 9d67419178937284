/// The form of rows in a file.
package enum RowForm: String, Sendable, CaseIterable {
  /// Comma-separated values after RFC 4180, with a line of names.
  case csv
  /// One JSON object a line.
  case jsonLines = "jsonl"
}

/// Rows as CSV or as JSON Lines, written straight into bytes.
///
/// A row is a call of `begin`, one call for each column in their order, and `end`.
package struct RowText {
  /// The form.
  package let form: RowForm
  /// The names of the columns.
  package let columns: [String]
  /// The rows since they were last taken.
  package private(set) var bytes: [UInt8] = []
  private var column = 0
  private var hasMember = false
  private let keys: [[UInt8]]

  /// Rows of these columns.
  package init(form: RowForm, columns: [String]) {
    self.form = form
    self.columns = columns
    keys = columns.map { name in
      var key: [UInt8] = []
      key.append(quoted: name)
      return key + [UInt8(ascii: ":")]
    }
    bytes.reserveCapacity(1 << 17)
  }

  /// The line with the names of the columns; JSON Lines has none.
  package mutating func header() {
    guard form == .csv else { return }
    begin()
    for name in columns { put(name) }
    end()
  }

  /// The rows that were not taken yet.
  package mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// Begins a row.
  package mutating func begin() {
    column = 0
    hasMember = false
    if form == .jsonLines { bytes.append(UInt8(ascii: "{")) }
  }

  /// Ends a row.
  package mutating func end() {
    precondition(column == columns.count, "a row has as many values as there are columns")
    bytes.append(UInt8(ascii: form == .jsonLines ? "}" : "\r"))
    bytes.append(UInt8(ascii: "\n"))
  }

  /// A column without a value: empty in CSV, left out in JSON.
  package mutating func skip() {
    if form == .csv, column > 0 { bytes.append(UInt8(ascii: ",")) }
    column += 1
  }

  /// A whole number.
  package mutating func put(_ value: some FixedWidthInteger) {
    open()
    DecimalText.append(Int64(clamping: value), to: &bytes)
  }

  /// A whole number of hundredths, with two decimals.
  package mutating func put(hundredths value: Int64) {
    open()
    DecimalText.append(
      value.magnitude, decimals: 2, isNegative: value < 0, isTrimmed: false, to: &bytes)
  }

  /// A number with at most six decimals; a column without a value where it is not finite.
  package mutating func put(_ value: Double) {
    guard value.isFinite else { return skip() }
    open()
    DecimalText.append(value, decimals: 6, isTrimmed: true, to: &bytes)
  }

  /// A truth.
  package mutating func put(_ value: Bool) {
    open()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// A text.
  package mutating func put(_ value: String) {
    open()
    if form == .jsonLines {
      bytes.append(quoted: value)
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
  package mutating func put(bits: UInt64) {
    open()
    let isJSON = form == .jsonLines
    if isJSON { bytes.append(UInt8(ascii: "[")) }
    var rest = bits
    while rest != 0 {
      if rest != bits { bytes.append(UInt8(ascii: isJSON ? "," : " ")) }
      DecimalText.append(Int64(rest.trailingZeroBitCount), to: &bytes)
      rest &= rest - 1
    }
    if isJSON { bytes.append(UInt8(ascii: "]")) }
  }

  /// Texts: with ` and ` between them in CSV, as a list in JSON.
  package mutating func put(_ values: [String]) {
    guard form == .jsonLines else { return put(values.joined(separator: " and ")) }
    open()
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(quoted: value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func open() {
    if form == .csv {
      if column > 0 { bytes.append(UInt8(ascii: ",")) }
    } else {
      if hasMember { bytes.append(UInt8(ascii: ",")) }
      hasMember = true
      bytes.append(contentsOf: keys[column])
    }
    column += 1
  }
}
