// Session time and wall clock, as people write and read them.

import PumpHAL
import Text
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
  public var text: String { TimeText.moment(hundredths: tick) }

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
