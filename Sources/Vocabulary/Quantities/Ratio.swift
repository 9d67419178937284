/// An exact fraction in lowest terms, so that nothing a person writes passes through binary
/// floating point on its way to a whole number of units.
public struct Ratio: Equatable, Sendable {
  /// The part above the line; carries the sign.
  public let numerator: Int128
  /// The part below the line, above 0.
  public let denominator: Int128

  /// Reduces `numerator` over `denominator`, which must be above 0.
  public init(_ numerator: Int128, _ denominator: Int128 = 1) {
    precondition(denominator > 0)
    let divisor = Ratio.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    self.numerator = numerator / Int128(divisor)
    self.denominator = denominator / Int128(divisor)
  }

  /// One.
  public static let one = Ratio(1)

  /// The product; nil where 128 bits do not hold it.
  public func multiplied(by other: Ratio) -> Ratio? {
    // Reducing crosswise first keeps the products small.
    let left = Ratio(numerator, other.denominator)
    let right = Ratio(other.numerator, denominator)
    let (above, aboveOverflows) = left.numerator.multipliedReportingOverflow(by: right.numerator)
    let (below, belowOverflows) =
      left.denominator.multipliedReportingOverflow(by: right.denominator)
    return aboveOverflows || belowOverflows ? nil : Ratio(above, below)
  }

  /// The quotient; nil where 128 bits do not hold it or `other` is 0.
  public func divided(by other: Ratio) -> Ratio? {
    guard other.numerator != 0 else { return nil }
    let flipped =
      other.numerator > 0
      ? Ratio(other.denominator, other.numerator)
      : Ratio(-other.denominator, -other.numerator)
    return multiplied(by: flipped)
  }

  /// The sum; nil where 128 bits do not hold it.
  public func adding(_ other: Ratio) -> Ratio? {
    let (left, leftOverflows) = numerator.multipliedReportingOverflow(by: other.denominator)
    let (right, rightOverflows) = other.numerator.multipliedReportingOverflow(by: denominator)
    let (above, aboveOverflows) = left.addingReportingOverflow(right)
    let (below, belowOverflows) = denominator.multipliedReportingOverflow(by: other.denominator)
    if leftOverflows || rightOverflows || aboveOverflows || belowOverflows { return nil }
    return Ratio(above, below)
  }

  /// Whether it is a whole number.
  public var isWhole: Bool { denominator == 1 }

  /// The nearest whole number; a half goes away from zero.
  public var rounded: Int128 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    let isUp = remainder.magnitude >= denominator.magnitude - remainder.magnitude
    return isUp ? quotient + numerator.signum() : quotient
  }

  /// The value in binary floating point, within one unit in the last place.
  public var doubleValue: Double { Double(numerator) / Double(denominator) }

  private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a == 0 ? 1 : a
  }
}

extension Ratio: Comparable {
  /// Orders by value; traps where the cross products pass 128 bits.
  public static func < (a: Ratio, b: Ratio) -> Bool {
    a.numerator * b.denominator < b.numerator * a.denominator
  }
}
