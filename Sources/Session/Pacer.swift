// Pacing is separate from stepping: when a tick happens, never what happens in it.

import Host
import PumpHAL

/// How fast a session runs.
public enum Pace: Equatable, Sendable {
  /// As fast as hardware and processor allow.
  case maximum
  /// So many times real time, 0.01 to 1 000 000; 1 is real time.
  case times(Double)

  /// Real time.
  public static let realTime = Pace.times(1)

  /// The pace written `max`, `realtime` or a number of times real time; nil for anything else.
  public init?(text: String) {
    switch text {
    case "max": self = .maximum
    case "realtime": self = .realTime
    default:
      guard let times = Double(text), times >= 0.01, times <= 1_000_000 else { return nil }
      self = .times(times)
    }
  }

  /// Whether every tick has its moment, 10 ms after the one before.
  public var isRealTime: Bool { self == .realTime }

  /// How many times real time; infinite as fast as possible.
  public var factor: Double {
    switch self {
    case .maximum: .infinity
    case .times(let factor): factor
    }
  }
}

/// Sleeps to the absolute deadline of each tick and counts the ticks that were missed.
///
/// Deadlines are multiples of the period from the beginning, so no error adds up; after an overrun
/// the missed ticks are given as elapsed ticks and the phase is kept: never a burst.
struct Pacer {
  /// Wall time of one tick, ns; 0 as fast as possible.
  private let period: Double
  /// Whether ticks missed are skipped as elapsed ticks; without it a late session only runs late.
  private let skipsMissedTicks: Bool
  private let beginning: Int64
  private var ticksDue: Int64 = 0
  /// Passes that came later than a whole period.
  private(set) var overruns: Int64 = 0
  /// The longest any pass was late, ns.
  private(set) var latenessMax_ns: Int64 = 0

  init(_ pace: Pace) {
    switch pace {
    case .maximum: period = 0
    case .times(let factor): period = 10_000_000 / factor
    }
    skipsMissedTicks = pace.isRealTime
    beginning = MonotonicClock.nanoseconds
  }

  /// Whether every tick is waited for.
  var isWaiting: Bool { period > 0 }

  /// Waits for the next tick and gives the ticks since the last pass: 1, or more after an overrun.
  mutating func wait() -> UInt16 {
    if period == 0 { return 1 }
    ticksDue += 1
    // Above a few hundred times real time a sleep is longer than a tick: sleep only when ahead.
    let deadline = beginning + Int64(Double(ticksDue) * period)
    var now = MonotonicClock.nanoseconds
    if now < deadline {
      if period >= 1_000_000 || deadline - now > 1_000_000 { MonotonicClock.sleep(until: deadline) }
      now = MonotonicClock.nanoseconds
    }
    let lateness = now - deadline
    if lateness > latenessMax_ns { latenessMax_ns = lateness }
    guard Double(lateness) >= period else { return 1 }
    overruns += 1
    guard skipsMissedTicks else { return 1 }
    let missed = min(Int64(Double(lateness) / period), Int64(UInt16.max) - 1)
    ticksDue += missed
    return UInt16(1 + missed)
  }
}
