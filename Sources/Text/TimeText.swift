/// Times as people read them: one text for a length of time, one for a moment of a session, one for a
/// date.
package enum TimeText {
  /// A length of time as a session file writes it, `1 h 30 min`, `1 min 30.5 s`, `0 s`.
  ///
  /// - Parameter hundredths: in units of 10 ms, over all of `Int64`; negative ones begin with `-`.
  package static func duration(hundredths: Int64) -> String {
    let magnitude = hundredths.magnitude
    var parts: [String] = []
    if magnitude >= 360_000 { parts.append("\(magnitude / 360_000) h") }
    let minutes = magnitude / 6000 % 60
    if minutes > 0 { parts.append("\(minutes) min") }
    let rest = Int64(magnitude % 6000)
    if rest > 0 || parts.isEmpty {
      parts.append("\(DecimalText.exact(rest, digits: 2, shown: 2)) s")
    }
    return (hundredths < 0 ? "-" : "") + parts.joined(separator: " ")
  }

  /// A length of time in s, rounded to 10 ms; what is not finite or beyond 2^62 units of 10 ms shows as
  /// a number of s.
  package static func duration(seconds: Double) -> String {
    let hundredths = (seconds * 100).rounded()
    guard hundredths.magnitude < 0x1p62 else { return "\(seconds) s" }
    return duration(hundredths: Int64(hundredths))
  }

  /// A moment of a session on its clock, in hours, minutes and seconds from its first power-on:
  /// `13:42:07.00`.
  package static func moment(hundredths: Int64) -> String {
    let magnitude = hundredths.magnitude
    let seconds = magnitude / 100
    return (hundredths < 0 ? "-" : "")
      + "\(seconds / 3600):\(pair(seconds / 60 % 60)):\(pair(seconds % 60)).\(pair(magnitude % 100))"
  }

  /// A date and time of day, `2026-03-01 07:30:00 UTC`, cut to whole seconds.
  ///
  /// - Parameter unixMilliseconds: ms since 1970-01-01 in the proleptic Gregorian calendar.
  package static func date(unixMilliseconds: Int64) -> String {
    // Days from 1970-01-01 to a date by eras of 400 years that begin on 1 March: leap days then come
    // last in their year.
    func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a / b - (a % b < 0 ? 1 : 0) }
    let seconds = floorDivide(unixMilliseconds, 1000)
    let days = floorDivide(seconds, 86_400)
    let ofDay = UInt64(seconds - days * 86_400)
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(year)-\(pair(UInt64(month)))-\(pair(UInt64(day))) "
      + "\(pair(ofDay / 3600)):\(pair(ofDay / 60 % 60)):\(pair(ofDay % 60)) UTC"
  }

  private static func pair(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
