import PumpHAL

/// Numbers as people read them, without a locale.
public enum DecimalNumber {
  /// A number with a fixed count of decimals, 0 to 9, rounded half away from zero.
  ///
  /// Numbers beyond 10^15 and those that are not finite show as Swift shows them.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<min(max(decimals, 0), 9) { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let units = Int64(scaled)
    let sign = value < 0 && units > 0 ? "-" : ""
    if scale == 1 { return "\(sign)\(units)" }
    let rest = String(units % scale)
    let zeros = String(repeating: "0", count: String(scale).count - 1 - rest.count)
    return "\(sign)\(units / scale)." + zeros + rest
  }

  /// A number with at most so many decimals and no zeros at their end.
  public static func trimmed(_ value: Double, decimals: Int) -> String {
    var text = fixed(value, decimals: decimals)
    guard text.contains("."), !text.contains("e") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  /// Session time as people read it, `6 h 04 min 12.30 s`.
  public static func time(_ tick: Int64) -> String {
    let hundredths = tick.magnitude
    let sign = tick < 0 ? "−" : ""
    let hours = hundredths / 360_000
    let minutes = hundredths / 6000 % 60
    let seconds = fixed(Double(hundredths % 6000) / 100, decimals: 2)
    if hours > 0 {
      return "\(sign)\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min \(seconds) s"
    }
    if minutes > 0 { return "\(sign)\(minutes) min \(seconds) s" }
    return "\(sign)\(seconds) s"
  }
}
