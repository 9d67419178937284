import PumpHAL

/// A number of microsteps with a binary fraction of 64 bits, two's complement.
///
/// Everything that the step scheduler adds up is in this one currency: positions, what is left of a
/// phase, and, as microsteps per tick, every flow. A flow is the exact rational of its prescription
/// rounded once to 2^-64 of a microstep; in the 25 920 000 ticks of 72 h the rounding adds up to
/// less than 10^-11 of a microstep. `Docs/Decisions/0003-step-arithmetic.md` has the bounds.
///
/// - Requirements: @relation(R-001, R-002, scope=file)
struct StepAmount: Equatable, Sendable {
  /// Whole microsteps, rounded down.
  var whole: Int64
  /// 2^-64 of a microstep.
  var fraction: UInt64

  static let zero = StepAmount(whole: 0, fraction: 0)
  static let half = StepAmount(whole: 0, fraction: 1 << 63)

  @inline(__always) init(whole: Int64, fraction: UInt64 = 0) {
    self.whole = whole
    self.fraction = fraction
  }

  @inline(__always) static func + (a: StepAmount, b: StepAmount) -> StepAmount {
    let (sum, carry) = a.fraction.addingReportingOverflow(b.fraction)
    return StepAmount(whole: a.whole + b.whole + (carry ? 1 : 0), fraction: sum)
  }

  @inline(__always) static func - (a: StepAmount, b: StepAmount) -> StepAmount {
    let (difference, borrow) = a.fraction.subtractingReportingOverflow(b.fraction)
    return StepAmount(whole: a.whole - b.whole - (borrow ? 1 : 0), fraction: difference)
  }

  @inline(__always) static func += (a: inout StepAmount, b: StepAmount) { a = a + b }
  @inline(__always) static func -= (a: inout StepAmount, b: StepAmount) { a = a - b }

  @inline(__always) static func < (a: StepAmount, b: StepAmount) -> Bool {
    a.whole < b.whole || (a.whole == b.whole && a.fraction < b.fraction)
  }

  @inline(__always) static func min(_ a: StepAmount, _ b: StepAmount) -> StepAmount {
    a < b ? a : b
  }

  var isZero: Bool { whole == 0 && fraction == 0 }

  /// Nearest whole microstep, halves up.
  @inline(__always) var rounded: Int64 { whole + Int64(fraction >> 63) }

  /// Half of it, rounded down.
  var halved: StepAmount {
    StepAmount(whole: whole >> 1, fraction: fraction >> 1 | UInt64(whole & 1) << 63)
  }

  /// So many times as much.
  ///
  /// - Parameter factor: 0 to 2^31; the product must stay below 2^63 microsteps.
  func times(_ factor: UInt32) -> StepAmount {
    let f = UInt64(factor)
    let low = (fraction & 0xffff_ffff) * f
    let high = (fraction >> 32) * f + low >> 32
    return StepAmount(
      whole: whole * Int64(factor) + Int64(high >> 32), fraction: high << 32 | low & 0xffff_ffff)
  }
}

extension StepAmount: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(whole)
    sink.put(fraction)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    whole = source.takeInt64()
    fraction = source.take64()
  }
}

/// An unsigned number of 128 bits, for the products behind a ratio.
///
/// Made only when a rate or an amount is worked out, never in a plain tick; Cortex-M4 has no wider
/// integer than 64 bits.
struct Wide: Equatable, Sendable {
  var high: UInt64
  var low: UInt64

  init(high: UInt64 = 0, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The product of two numbers; cannot overflow.
  init(_ a: UInt64, times b: UInt64) {
    let (a0, a1) = (a & 0xffff_ffff, a >> 32)
    let (b0, b1) = (b & 0xffff_ffff, b >> 32)
    let p00 = a0 * b0
    let p01 = a0 * b1
    let p10 = a1 * b0
    let middle = (p00 >> 32) + (p01 & 0xffff_ffff) + (p10 & 0xffff_ffff)
    low = middle << 32 | p00 & 0xffff_ffff
    high = a1 * b1 + (p01 >> 32) + (p10 >> 32) + (middle >> 32)
  }

  /// So many times as much; traps where 128 bits do not hold it.
  func times(_ factor: UInt64) -> Wide {
    let lower = Wide(low, times: factor)
    let upper = Wide(high, times: factor)
    precondition(upper.high == 0)
    let (sum, carry) = lower.high.addingReportingOverflow(upper.low)
    precondition(!carry)
    return Wide(high: sum, low: lower.low)
  }

  static func < (a: Wide, b: Wide) -> Bool {
    a.high < b.high || (a.high == b.high && a.low < b.low)
  }

  static func - (a: Wide, b: Wide) -> Wide {
    let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
    return Wide(high: a.high &- b.high &- (borrow ? 1 : 0), low: low)
  }

  /// Twice as much, plus one bit.
  func doubled(adding bit: UInt64) -> Wide {
    Wide(high: high << 1 | low >> 63, low: low << 1 | bit)
  }

  /// `self / divisor` to 2^-64, rounded down; from 2^62 on it stays at 2^62, which no bound admits.
  ///
  /// - Parameter divisor: above 0 and below 2^127, so that twice a remainder still fits.
  func divided(by divisor: Wide) -> StepAmount {
    precondition(divisor != Wide(low: 0) && divisor.high >> 63 == 0)
    var remainder = Wide(low: 0)
    var whole: UInt64 = 0
    for index in 0..<128 {
      let bit = index < 64 ? high >> UInt64(63 - index) & 1 : low >> UInt64(127 - index) & 1
      remainder = remainder.doubled(adding: bit)
      if whole >> 61 != 0 { return StepAmount(whole: 1 << 62) }
      whole <<= 1
      if !(remainder < divisor) {
        remainder = remainder - divisor
        whole |= 1
      }
    }
    var fraction: UInt64 = 0
    for _ in 0..<64 {
      remainder = remainder.doubled(adding: 0)
      fraction <<= 1
      if !(remainder < divisor) {
        remainder = remainder - divisor
        fraction |= 1
      }
    }
    return StepAmount(whole: Int64(whole), fraction: fraction)
  }
}
