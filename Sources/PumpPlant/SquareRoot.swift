/// Square root of a positive number by Newton's method, within two units in the last place.
///
/// The standard library's calls `sqrt` of a C library where the processor has none; this one needs
/// nothing but + × ÷, and so gives the same bits on a Cortex-M4 without anything to link.
func squareRoot(_ value: Double) -> Double {
  if !(value > 0) || !value.isFinite { return 0 }
  // Halving the exponent is within a factor of 1.5; each round doubles the correct digits.
  var root = Double(
    sign: .plus, exponent: value.exponent >> 1, significand: 1.2)
  for _ in 0..<6 { root = 0.5 * (root + value / root) }
  return root
}
