// Numbers as people and JSON read them, without a locale and without a library.

import Glibc

// @relation(R-101, scope=file)
package enum DecimalText {
  /// A number with a fixed count of decimals, rounded half away from zero.
  ///
  /// Numbers too large for that (beyond 1e15) and those that are not finite show as Swift shows them.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let units = Int64(scaled)
    let sign = value < 0 && units > 0 ? "-" : ""
    if decimals == 0 { return "\(sign)\(units)" }
    let rest = String(units % scale)
    return "\(sign)\(units / scale)." + String(repeating: "0", count: decimals - rest.count) + rest
  }

  /// A number with at most so many decimals and none that say nothing: what JSON carries.
  package static func trimmed(_ value: Double, decimals: Int) -> String {
    var text = fixed(value, decimals: decimals)
    guard text.contains("."), !text.contains("e") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// Session time as hours, minutes and seconds, `6 h 04 min 12.3 s`.
  package static func time(seconds: Double) -> String {
    let tenths = Int64((seconds * 10).rounded())
    let hours = tenths / 36_000
    let minutes = tenths / 600 % 60
    let rest = fixed(Double(tenths % 600) / 10, decimals: 1)
    if hours > 0 { return "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min \(rest) s" }
    if minutes > 0 { return "\(minutes) min \(rest) s" }
    return "\(rest) s"
  }

  /// Sixteen hexadecimal digits.
  package static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
