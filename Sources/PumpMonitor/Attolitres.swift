// The monitor's own arithmetic: its fine unit of volume, and exact ratios of large numbers.

import PumpHAL

/// Volume of fluid, in aL: a bore area in µm² times a travel in nm, with nothing to divide.
///
/// 1 mL is 10^15 aL, so that 9 L fit; one microstep of a 1 mL syringe is 4 × 10^9.
struct Attolitres: Quantity {
  /// The number of units (aL).
  var rawValue: Int64
  /// So many aL.
  init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many aL in one mL.
  static let perMillilitre: Int64 = 1_000_000_000_000_000
  /// So many aL in one pL.
  static let perPicolitre: Int64 = 1_000_000
  /// So many thousandths of a mL.
  init(microlitres: Int64) { rawValue = microlitres * (Self.perMillilitre / 1000) }
  /// What a plunger of `area` displaces over `travel`; 10^9 µm² and 10^9 nm at most.
  init(area: Int64, travel: Int64) { rawValue = area * travel }
  /// The larger of two volumes.
  static func largest(_ a: Self, _ b: Self) -> Self { a > b ? a : b }
  /// The smaller of two volumes.
  static func smallest(_ a: Self, _ b: Self) -> Self { a < b ? a : b }
  /// The nearest volume in `PumpHAL`'s unit, rounded towards zero.
  var volume: Volume { Volume(picolitres: rawValue / Self.perPicolitre) }
}

/// Ratios of non-negative 64-bit numbers whose product needs 128 bits.
enum Ratio {
  /// Gives `a * b / c` rounded up, or `Int64.max` where it does not fit or `c` is 0.
  ///
  /// Bit by bit, 128 steps: it is called when a command arrives or a bin closes, never in every
  /// tick, and Cortex-M4 has no 128-bit division.
  static func roundedUp(_ a: Int64, times b: Int64, over c: Int64) -> Int64 {
    let (quotient, hasRemainder) = divide(a, b, c)
    guard quotient < Int64.max else { return Int64.max }
    return hasRemainder ? quotient + 1 : quotient
  }

  /// Gives `a * b / c` rounded down, or `Int64.max` where it does not fit or `c` is 0.
  static func roundedDown(_ a: Int64, times b: Int64, over c: Int64) -> Int64 {
    divide(a, b, c).0
  }

  private static func divide(_ a: Int64, _ b: Int64, _ c: Int64) -> (Int64, Bool) {
    guard a > 0, b > 0 else { return (0, false) }
    guard c > 0 else { return (Int64.max, false) }
    let (high, low) = product(UInt64(a), UInt64(b))
    let divisor = UInt64(c)
    guard high < divisor else { return (Int64.max, false) }
    var remainder = high
    var quotient: UInt64 = 0
    var bit: UInt64 = 64
    while bit > 0 {
      bit -= 1
      // The remainder stays below the divisor, which is below 2^63: the shift loses nothing.
      remainder = remainder << 1 | (low >> bit & 1)
      quotient <<= 1
      if remainder >= divisor {
        remainder -= divisor
        quotient |= 1
      }
    }
    guard quotient < UInt64(Int64.max) else { return (Int64.max, false) }
    return (Int64(quotient), remainder != 0)
  }

  /// The 128-bit product of two 64-bit numbers from four 32-bit ones.
  private static func product(_ a: UInt64, _ b: UInt64) -> (high: UInt64, low: UInt64) {
    let mask: UInt64 = 0xffff_ffff
    let low = (a & mask) * (b & mask)
    let cross = (a >> 32) * (b & mask)
    let other = (a & mask) * (b >> 32)
    let middle = (low >> 32) + (cross & mask) + (other & mask)
    let high = (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32) + (middle >> 32)
    return (high, middle << 32 | (low & mask))
  }
}
