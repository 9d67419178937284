// Session time and wall clock, as people write and read them.

import PumpHAL
import Vocabulary

/// A moment of a session, counted from its first power-on.
public struct SessionTime: Equatable, Sendable {
  /// The session tick.
  public var tick: Int64

  /// The moment of a tick.
  public init(tick: Int64) { self.tick = tick }

  /// Reads `13:42:07`, `42:07`, `42:07.25` or a duration such as `6 h 34 min`.
  public init(_ text: String) throws(QuantityError) {
    let duration = text.contains(":") ? nil : try? Ticks(text)
    guard let tick = duration?.count ?? Self.clock(text) else {
      throw QuantityError(
        "'\(text)' is no session time",
        remedy: "write hours, minutes and seconds from power-on, like 13:42:07, or like 6 h 34 min")
    }
    self.tick = tick
  }

  /// Hours, minutes and seconds, `13:42:07.00`.
  public var text: String {
    let seconds = tick / ticksPerSecond
    return "\(seconds / 3600):\(pair(seconds / 60 % 60)):\(pair(seconds % 60))"
      + ".\(pair(tick % ticksPerSecond))"
  }

  private static func clock(_ text: String) -> Int64? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    guard let seconds = hundredths(parts.removeLast()) else { return nil }
    guard let minutes = whole(parts.removeLast(), digits: 2) else { return nil }
    var hours: Int64 = 0
    if let first = parts.first {
      guard let value = whole(first, digits: 4) else { return nil }
      hours = value
    }
    guard minutes < 60, seconds < 60 * ticksPerSecond else { return nil }
    return (hours * 60 + minutes) * 60 * ticksPerSecond + seconds
  }

  private static func hundredths(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let seconds = whole(parts[0], digits: 2) else { return nil }
    guard parts.count == 2 else { return seconds * ticksPerSecond }
    guard let fraction = whole(parts[1], digits: 2) else { return nil }
    return seconds * ticksPerSecond + (parts[1].count == 1 ? fraction * 10 : fraction)
  }

  private static func whole(_ text: Substring, digits: Int) -> Int64? {
    guard !text.isEmpty, text.count <= digits, text.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return Int64(text)
  }
}

/// Date and time of day in UTC.
struct CivilTime: Equatable {
  /// `2026-03-01 07:30:00 UTC`, cut to whole seconds.
  let text: String

  init(unixMilliseconds: Int64) {
    // Days from 1970-01-01 to a date of the Gregorian calendar, by eras of 400 years that begin on
    // 1 March: leap days then come last in their year.
    func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a / b - (a % b < 0 ? 1 : 0) }
    let seconds = floorDivide(unixMilliseconds, 1000)
    let days = floorDivide(seconds, 86_400)
    let ofDay = seconds - days * 86_400
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    text =
      "\(year)-\(pair(month))-\(pair(day)) "
      + "\(pair(ofDay / 3600)):\(pair(ofDay / 60 % 60)):\(pair(ofDay % 60)) UTC"
  }
}

private func pair(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
