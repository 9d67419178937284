/// A mass as a balance writes it: a decimal number of a unit, kept exactly.
struct DecimalMass: Equatable, Sendable {
  /// The mass.
  var nanograms: Int64
  /// What one unit of the last digit is worth.
  var digitNanograms: Int64

  /// The most digits that a number may have; 12 digits of micrograms are a tonne.
  static let maximumDigits = 12

  init(nanograms: Int64, digitNanograms: Int64) {
    self.nanograms = nanograms
    self.digitNanograms = digitNanograms
  }

  /// Reads a number, with or without sign, point and the brackets around a digit that is not
  /// verified; nil where it is no number or finer than nanograms.
  init?(number text: some Collection<UInt8>, unit: BalanceUnit) {
    guard let (units, decimals) = Self.scan(text) else { return nil }
    var digit = unit.nanograms
    for _ in 0..<decimals {
      if digit % 10 != 0 { return nil }
      digit /= 10
    }
    let (product, hasOverflowed) = units.multipliedReportingOverflow(by: digit)
    if hasOverflowed { return nil }
    nanograms = product
    digitNanograms = digit
  }

  /// Whether these characters are a number.
  static func isNumber(_ text: some Collection<UInt8>) -> Bool { scan(text) != nil }

  /// The number without its point, and how many of its digits are decimals.
  private static func scan(_ text: some Collection<UInt8>) -> (units: Int64, decimals: Int)? {
    var digits: Int64 = 0
    var count = 0
    var decimals: Int?
    var isNegative = false
    var hasOpened = false
    var hasClosed = false
    for (place, byte) in text.enumerated() {
      // Nothing follows the bracket that closes.
      if hasClosed { return nil }
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        count += 1
        if count > maximumDigits { return nil }
        digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
        if let seen = decimals { decimals = seen + 1 }
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        if place != 0 { return nil }
        isNegative = byte == UInt8(ascii: "-")
      case UInt8(ascii: "."), UInt8(ascii: ","):
        if decimals != nil { return nil }
        decimals = 0
      case UInt8(ascii: "["):
        if hasOpened { return nil }
        hasOpened = true
      case UInt8(ascii: "]"):
        if !hasOpened { return nil }
        hasClosed = true
      default: return nil
      }
    }
    if count == 0 || hasOpened != hasClosed { return nil }
    return (isNegative ? -digits : digits, decimals ?? 0)
  }

  /// The number in `unit` with as many decimals as the last digit needs.
  func text(in unit: BalanceUnit) -> String {
    var decimals = 0
    var scale = unit.nanograms
    while scale > digitNanograms && scale % 10 == 0 {
      scale /= 10
      decimals += 1
    }
    // To the nearest, halves away from zero.
    let units = (nanograms.magnitude + UInt64(scale) / 2) / UInt64(scale)
    var digits = String(units)
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return nanograms < 0 && units > 0 ? "-" + digits : digits
  }
}
