// Regular expressions for decimal numbers within bounds, so that the schema says what reading says.

import Vocabulary

/// Patterns of decimal numbers without sign and leading zeros, with any number of decimals.
enum DecimalPattern {
  /// Numbers up to `bound`.
  static func atMost(_ bound: Ratio) -> String { pattern(bound, isUpper: true) }

  /// Numbers from `bound` on.
  static func atLeast(_ bound: Ratio) -> String { pattern(bound, isUpper: false) }

  private static func pattern(_ bound: Ratio, isUpper: Bool) -> String {
    let (whole, decimals) = digits(of: bound)
    let beyond = isUpper ? below(whole) : above(whole)
    let rest = fraction(decimals[...], isUpper: isUpper)
    let equal = whole.map(String.init).joined() + rest
    return "(" + (beyond.map { "\($0)(\\.[0-9]+)?" } + [equal]).joined(separator: "|") + ")"
  }

  /// The digits before and after the point; more than a number of a file can have are left out.
  private static func digits(of bound: Ratio) -> (whole: [Int], decimals: [Int]) {
    let (whole, rest) = bound.numerator.quotientAndRemainder(dividingBy: bound.denominator)
    var left = rest
    var decimals: [Int] = []
    while left != 0, decimals.count < 20 {
      left *= 10
      decimals.append(Int(left / bound.denominator))
      left %= bound.denominator
    }
    return ("\(whole)".compactMap(\.wholeNumberValue), decimals)
  }

  /// Whole numbers below the one with these digits.
  private static func below(_ digits: [Int]) -> [String] {
    var found: [String] = []
    for length in 1..<max(digits.count, 1) { found.append(anyWhole(length)) }
    for (place, digit) in digits.enumerated() {
      let least = place == 0 && digits.count > 1 ? 1 : 0
      guard digit > least else { continue }
      found.append(join(digits[..<place], least, digit - 1, digits.count - place - 1))
    }
    return found
  }

  /// Whole numbers above the one with these digits.
  private static func above(_ digits: [Int]) -> [String] {
    var found = ["[1-9][0-9]{\(digits.count),}"]
    for (place, digit) in digits.enumerated() where digit < 9 {
      found.append(join(digits[..<place], digit + 1, 9, digits.count - place - 1))
    }
    return found
  }

  private static func anyWhole(_ length: Int) -> String {
    length == 1 ? "[0-9]" : "[1-9]" + many(length - 1)
  }

  private static func join(_ head: ArraySlice<Int>, _ from: Int, _ to: Int, _ rest: Int) -> String {
    head.map(String.init).joined() + "[\(from)-\(to)]" + (rest == 0 ? "" : many(rest))
  }

  private static func many(_ count: Int) -> String { count == 1 ? "[0-9]" : "[0-9]{\(count)}" }

  /// What may follow the whole part of the bound: nothing, or a point and decimals on the right side.
  private static func fraction(_ decimals: ArraySlice<Int>, isUpper: Bool) -> String {
    if decimals.isEmpty { return isUpper ? "(\\.0+)?" : "(\\.[0-9]+)?" }
    let point = "\\.(?=[0-9])"
    return isUpper
      ? "(\(point)\(tail(decimals, isUpper: true)))?" : point + tail(decimals, isUpper: false)
  }

  private static func tail(_ decimals: ArraySlice<Int>, isUpper: Bool) -> String {
    guard let digit = decimals.first else { return isUpper ? "0*" : "[0-9]*" }
    let rest = tail(decimals.dropFirst(), isUpper: isUpper)
    if isUpper {
      let less = digit > 0 ? "[0-\(digit - 1)][0-9]*|" : ""
      return "(\(less)\(digit)\(rest))?"
    }
    let more = digit < 9 ? "[\(digit + 1)-9][0-9]*|" : ""
    return "(\(more)\(digit)\(rest))"
  }
}
