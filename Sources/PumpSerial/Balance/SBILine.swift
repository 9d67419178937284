/// A line that a balance sends in SBI: 16 characters with CR and LF, or 22 with an identification of
/// six before them.
enum SBILine: Equatable, Sendable {
  /// A mass; without a unit it is not stable.
  case mass(id: String, DecimalMass, unit: BalanceUnit)
  /// A number without unit: a mass that is not stable, in the unit of the stable ones.
  case number(id: String, [UInt8])
  /// A number with a unit that is not of the metric system.
  case otherUnit(symbol: String)
  /// Too much on the pan.
  case overload
  /// Too little on the pan.
  case underload
  /// Adjusting itself, or showing nothing.
  case busy
  /// An error of the balance's own, as it writes it.
  case fault(String)

  /// The characters of a line without identification, CR and LF.
  static let bodySize = 14
  /// The characters of an identification.
  static let identificationSize = 6

  /// Reads a line without its end; nil where it has another length or says nothing known.
  init?(line: [UInt8]) {
    let body: ArraySlice<UInt8>
    var id = ""
    switch line.count {
    case Self.bodySize: body = line[...]
    case Self.bodySize + Self.identificationSize:
      body = line.dropFirst(Self.identificationSize)
      id = Self.trimmed(line.prefix(Self.identificationSize)[...])
    default: return nil
    }
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    if let special = Self.special(Self.trimmed(body)) {
      self = special
      return
    }
    // Status lines hold no masses.
    if id == "Stat" { return nil }
    let start = body.startIndex
    let sign = body[start]
    guard [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains(sign) else {
      return nil
    }
    // The place behind the value is blank, or ends the brackets around a digit that is not verified.
    var number = body[(start + 1)..<(start + 11)]
    while number.first == UInt8(ascii: " ") { number = number.dropFirst() }
    while number.last == UInt8(ascii: " ") { number = number.dropLast() }
    let isSigned = number.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? true
    if isSigned { return nil }
    let signed = sign == UInt8(ascii: "-") ? [sign] + number : Array(number)
    guard DecimalMass.isNumber(signed) else { return nil }
    let symbol = body[(start + 11)...].split(separator: UInt8(ascii: " "))
    switch symbol.count {
    case 0: self = .number(id: id, signed)
    case 1:
      guard let unit = BalanceUnit(symbol[0]) else {
        self = .otherUnit(symbol: String(decoding: symbol[0], as: UTF8.self))
        return
      }
      guard let mass = DecimalMass(number: signed, unit: unit) else { return nil }
      self = .mass(id: id, mass, unit: unit)
    default: return nil
    }
  }

  private static func special(_ text: String) -> SBILine? {
    switch text {
    case "High", "H", "HH", "H H": return .overload
    case "Low", "L", "LL", "L L": return .underload
    case "", "--", "- -", "C", "Cal.", "Cal.Ext.", "Cal.Int.": return .busy
    default:
      let isFault =
        text.uppercased().hasPrefix("ERR") || ["APP.ERR", "DIS.ERR", "PRT.ERR"].contains(text)
      return isFault ? .fault(text) : nil
    }
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
    var text = text
    while text.first == UInt8(ascii: " ") { text = text.dropFirst() }
    while text.last == UInt8(ascii: " ") { text = text.dropLast() }
    return String(decoding: text, as: UTF8.self)
  }

  // MARK: The balance's side

  /// The line of a mass, 14 characters; the unit is blank where it is not stable.
  static func body(_ mass: DecimalMass, unit: BalanceUnit, isStable: Bool) -> String {
    let number = mass.text(in: unit)
    let isNegative = number.hasPrefix("-")
    let digits = isNegative ? String(number.dropFirst()) : number
    let symbol = isStable ? unit.rawValue : ""
    return (isNegative ? "-" : "+") + padded(digits, toLast: 9) + " " + padded(symbol, toFirst: 3)
  }

  /// The line of a special code, 14 characters.
  static func body(special text: String) -> String {
    padded(String(repeating: " ", count: 6) + text, toFirst: bodySize)
  }

  /// The line with CR and LF, and with the identification where there is one.
  static func bytes(_ body: String, id: String?) -> [UInt8] {
    Array((id.map { padded($0, toFirst: identificationSize) } ?? "").utf8) + Array(body.utf8)
      + Array("\r\n".utf8)
  }

  private static func padded(_ text: String, toLast count: Int) -> String {
    String(repeating: " ", count: max(0, count - text.utf8.count)) + text
  }

  private static func padded(_ text: String, toFirst count: Int) -> String {
    text + String(repeating: " ", count: max(0, count - text.utf8.count))
  }
}
