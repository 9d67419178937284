/// A number as pumps of the New Era family take and give it: at most four digits and a point.
///
/// Kept exactly, in ten-thousandths, 0 to 9999.
public struct NewEraNumber: Equatable, Comparable, Sendable {
  /// The number in ten-thousandths, 0 to 99 990 000.
  public let tenThousandths: Int32

  /// The largest number that four digits show.
  public static let maximum = NewEraNumber(unchecked: 99_990_000)
  /// Nothing.
  public static let zero = NewEraNumber(unchecked: 0)

  private init(unchecked: Int32) { tenThousandths = unchecked }

  /// The number nearest to `value` among those that four digits can show with a digit before the
  /// point; nil where it is negative, no number, or needs more than four digits before the point.
  public init?(nearest value: Double) {
    self.init(value) { $0.rounded() }
  }

  /// The same, towards zero: what a counter shows has been counted.
  public init?(notAbove value: Double) {
    self.init(value) { ($0 + 1e-6).rounded(.down) }
  }

  private init?(_ value: Double, _ round: (Double) -> Double) {
    guard value >= 0, value < 10_000 else { return nil }
    var step: Int32 = Self.step(of: Int32(min(value * 10_000, 99_990_000)))
    var steps = Int32(round(value * 10_000 / Double(step)))
    // 9.9996 is 10.00: a digit more before the point, one less behind it.
    if steps == 10_000 {
      if step == 10_000 { return nil }
      (step, steps) = (step * 10, 1000)
    }
    tenThousandths = step * steps
  }

  /// Reads what a host sends: up to four digits and a point, at most three of them behind it, or
  /// four behind a point that nothing stands before (`.9999`); nil for anything else.
  public init?(command text: some Collection<UInt8>) {
    guard let (whole, fraction) = Self.parts(of: text), whole.count + fraction.count <= 4,
      fraction.count <= 3 || whole.isEmpty
    else { return nil }
    self.init(whole: whole, fraction: fraction)
  }

  /// Reads what a pump sends, and is lenient: up to five digits and at most one point, as devices
  /// send that are not quite like the pump (`3.0`, `0.0250`); nil for anything else.
  public init?(reply text: some Collection<UInt8>) {
    guard let (whole, fraction) = Self.parts(of: text), whole.count + fraction.count <= 5,
      whole.count <= 4, fraction.count <= 4
    else { return nil }
    self.init(whole: whole, fraction: fraction)
  }

  private init?(whole: [UInt8], fraction: [UInt8]) {
    if whole.isEmpty && fraction.isEmpty { return nil }
    var sum: Int32 = 0
    for digit in whole { sum = sum * 10 + Int32(digit) }
    for place in 0..<4 { sum = sum * 10 + (place < fraction.count ? Int32(fraction[place]) : 0) }
    if sum > Self.maximum.tenThousandths { return nil }
    tenThousandths = sum
  }

  /// The digits before and behind the point; nil where there is anything else, or much of them.
  private static func parts(of text: some Collection<UInt8>) -> ([UInt8], [UInt8])? {
    var whole: [UInt8] = []
    var fraction: [UInt8] = []
    var hasPoint = false
    for byte in text {
      if byte == Ascii.point {
        if hasPoint { return nil }
        hasPoint = true
      } else if Ascii.isDigit(byte) {
        if whole.count + fraction.count > 8 { return nil }
        if hasPoint { fraction.append(byte - Ascii.zero) } else { whole.append(byte - Ascii.zero) }
      } else {
        return nil
      }
    }
    return (whole, fraction)
  }

  /// The number.
  public var value: Double { Double(tenThousandths) / 10_000 }

  /// Ten-thousandths in the last of the four digits.
  private static func step(of tenThousandths: Int32) -> Int32 {
    switch tenThousandths {
    case ..<100_000: 10
    case ..<1_000_000: 100
    case ..<10_000_000: 1000
    default: 10_000
    }
  }

  /// The number in the five characters of a reply: four digits and a point, one digit at least
  /// before it (`14.43`, `0.050`, `1500.`).
  public var replyText: [UInt8] {
    var step = Self.step(of: tenThousandths)
    var steps = (tenThousandths + step / 2) / step
    if steps == 10_000 { (step, steps) = (min(step * 10, 10_000), step == 10_000 ? 9999 : 1000) }
    let wholeDigits: Int
    switch step {
    case 10: wholeDigits = 1
    case 100: wholeDigits = 2
    case 1000: wholeDigits = 3
    default: wholeDigits = 4
    }
    var text: [UInt8] = []
    for (index, divisor) in [1000, 100, 10, 1].enumerated() {
      if index == wholeDigits { text.append(Ascii.point) }
      text.append(Ascii.zero + UInt8(steps / Int32(divisor) % 10))
    }
    if wholeDigits == 4 { text.append(Ascii.point) }
    return text
  }

  /// The number as a host sends it: exact, at most four digits, three of them behind the point,
  /// nothing that says nothing (`14.43`, `0.05`, `1500`).
  public var commandText: [UInt8] {
    var text = Array(String(tenThousandths / 10_000).utf8)
    let fraction = tenThousandths % 10_000
    if fraction == 0 { return text }
    var digits = [fraction / 1000, fraction / 100 % 10, fraction / 10 % 10, fraction % 10]
    while digits.last == 0 { digits.removeLast() }
    // Four behind the point go only with none before it.
    if text == [Ascii.zero] && digits.count == 4 { text = [] }
    return text + [Ascii.point] + digits.map { Ascii.zero + UInt8($0) }
  }

  /// Whether the smaller number is on the left.
  public static func < (left: NewEraNumber, right: NewEraNumber) -> Bool {
    left.tenThousandths < right.tenThousandths
  }
}

extension NewEraNumber: CustomStringConvertible {
  /// As a host sends it.
  public var description: String { String(decoding: commandText, as: UTF8.self) }
}

/// The characters that the protocol is made of.
enum Ascii {
  static let stx: UInt8 = 0x02
  static let etx: UInt8 = 0x03
  static let carriageReturn: UInt8 = 0x0D
  static let zero: UInt8 = 0x30
  static let point: UInt8 = 0x2E
  static let question: UInt8 = 0x3F
  static let star: UInt8 = 0x2A

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
  /// Whether the byte is a character that can be seen.
  static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
  static func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte }
}
