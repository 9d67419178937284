// @relation(R-101, scope=file, role=Verification)
import Testing

@testable import Text

@Suite("Numbers and times as text")
struct NumberTests {
  @Test("R-101: numbers are written with fixed decimals, half away from zero, never as -0")
  func decimals() {
    #expect(DecimalText.fixed(0.125, decimals: 2) == "0.13")
    #expect(DecimalText.fixed(-0.125, decimals: 2) == "-0.13")
    #expect(DecimalText.fixed(-0.001, decimals: 2) == "0.00")
    #expect(DecimalText.fixed(104.3, decimals: 0) == "104")
    #expect(DecimalText.trimmed(104.300, decimals: 6) == "104.3")
    #expect(DecimalText.trimmed(100, decimals: 2) == "100")
    #expect(DecimalText.trimmed(-0.001, decimals: 2) == "0")
    #expect(DecimalText.fixed(1e20, decimals: 2) == "1e+20")
    #expect(DecimalText.fixed(.nan, decimals: 2) == "nan")
  }

  @Test("Units are written exactly, over all of Int64, and rounded once")
  func exact() {
    #expect(DecimalText.exact(.min, digits: 9, shown: 9) == "-9223372036.854775808")
    #expect(DecimalText.exact(.max, digits: 0, shown: 3) == "9223372036854775807")
    #expect(DecimalText.exact(1_500_000, digits: 6, shown: 3) == "1.5")
    #expect(DecimalText.exact(-1_000_499, digits: 6, shown: 3) == "-1")
    #expect(DecimalText.exact(1_000_500, digits: 6, shown: 3) == "1.001")
    #expect(DecimalText.exact(-499, digits: 6, shown: 3) == "0")
    // Digit by digit this would go up twice.
    #expect(DecimalText.exact(449_999, digits: 6, shown: 0) == "0")
  }

  @Test("One text for a length of time, with the fraction of a second")
  func durations() {
    #expect(TimeText.duration(hundredths: 9050) == "1 min 30.5 s")
    #expect(TimeText.duration(seconds: 90.5) == "1 min 30.5 s")
    #expect(TimeText.duration(hundredths: 0) == "0 s")
    #expect(TimeText.duration(hundredths: 360_000) == "1 h")
    #expect(TimeText.duration(hundredths: 360_001) == "1 h 0.01 s")
    #expect(TimeText.duration(hundredths: 26 * 360_000 + 6000) == "26 h 1 min")
    #expect(TimeText.duration(hundredths: -9050) == "-1 min 30.5 s")
    #expect(TimeText.duration(seconds: 23_673.7) == "6 h 34 min 33.7 s")
    #expect(TimeText.duration(seconds: 59.999) == "1 min")
    #expect(TimeText.duration(seconds: .infinity) == "inf s")
  }

  /// A text of `duration` in hundredths of a second again, by a rule of its own.
  private func hundredths(_ text: String) -> Int128? {
    var words = text.split(separator: " ")[...]
    guard let first = words.first else { return nil }
    let isNegative = first.hasPrefix("-")
    if isNegative { words[words.startIndex] = first.dropFirst() }
    var sum: Int128 = 0
    while let number = words.popFirst() {
      switch words.popFirst() {
      case "h": sum += (Int128(number) ?? -1) * 360_000
      case "min": sum += (Int128(number) ?? -1) * 6000
      case "s":
        let parts = number.split(separator: ".")
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.count <= 2, !fraction.hasSuffix("0") else { return nil }
        let places = fraction + String(repeating: "0", count: 2 - fraction.count)
        sum += (Int128(parts[0]) ?? -1) * 100 + (Int128(places) ?? -1)
      default: return nil
      }
    }
    return isNegative ? -sum : sum
  }

  @Test("A length of time says exactly what it is, over the whole range")
  func wholeRange() {
    let edges: [Int64] = [.min, .min + 1, -360_000, -1, 0, 1, 99, 100, 5999, 6000, 359_999, .max]
    let spread = (0..<5000).map { Int64(truncatingIfNeeded: $0 &* 0x1234_5678_9abc_def) }
    for value in edges + spread + Array(0...7000) {
      let text = TimeText.duration(hundredths: value)
      #expect(hundredths(text) == Int128(value), "\(value): \(text)")
    }
  }

  @Test("Moments of a session are clock times, dates are in UTC")
  func moments() {
    #expect(TimeText.moment(hundredths: 4_932_700) == "13:42:07.00")
    #expect(TimeText.moment(hundredths: 7) == "0:00:00.07")
    #expect(TimeText.moment(hundredths: 100 * 360_000) == "100:00:00.00")
    #expect(TimeText.date(unixMilliseconds: 0) == "1970-01-01 00:00:00 UTC")
    #expect(TimeText.date(unixMilliseconds: 951_782_400_000) == "2000-02-29 00:00:00 UTC")
    #expect(TimeText.date(unixMilliseconds: 1_772_350_200_999) == "2026-03-01 07:30:00 UTC")
    #expect(TimeText.date(unixMilliseconds: -1) == "1969-12-31 23:59:59 UTC")
  }

  @Test("Hexadecimal digits of bytes and numbers, and back")
  func hexadecimal() {
    #expect(Hexadecimal.text([0, 0xab] as [UInt8]) == "00ab")
    #expect(Hexadecimal.text(0xabc as UInt64) == "0000000000000abc")
    #expect(Hexadecimal.text(0x67b as UInt16) == "067b")
    #expect(Hexadecimal.bytes("00ab") == [0, 0xab])
    for wrong in ["0", "0AB0", "zz", "0 "] { #expect(Hexadecimal.bytes(wrong) == nil) }
  }
}
