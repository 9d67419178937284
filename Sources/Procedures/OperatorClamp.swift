// A person who clamps and frees the line, where no world behind the hardware can.

import Host
import PumpHAL
import Session
import Synchronization

/// Where a person reads and presses a key.
public protocol OperatorConsole {
  /// Says something.
  func say(_ text: String)
  /// Whether the key was pressed since the last call; never waits.
  func isKeyPressed() -> Bool
  /// Whether the person wants the end.
  var isEndWanted: Bool { get }
}

/// Tells a person when to clamp and to free the line, and notes when it was done.
public final class OperatorClamp {
  private let console: any OperatorConsole
  private let settlingMinutes: Double
  /// When it was done; nil before.
  public private(set) var marks: OperatorMarks?

  /// A clamp that is to be set after so many minutes of delivery.
  public init(_ console: some OperatorConsole, settlingMinutes: Double) {
    self.console = console
    self.settlingMinutes = settlingMinutes
  }

  /// Follows a session that runs in real time, until it ends.
  public func attend(_ control: SessionControl) {
    var clock = TickClock()
    var settled: Int64?
    var hasAskedToClamp = false
    var hasAskedToFree = false
    console.say("the flow settles for \(plain(settlingMinutes, 1)) min; keep the clamp at hand")
    while !control.isFinished {
      if console.isEndWanted { control.requestStop() }
      clock.note(control.tick)
      let isPressed = console.isKeyPressed()
      if control.mode == .infusing, settled == nil {
        settled = clock.now + Int64(settlingMinutes * 60) * ticksPerSecond
      }
      if let settled, clock.now >= settled, !hasAskedToClamp {
        hasAskedToClamp = true
        console.say("clamp the line close to the needle, and press Enter at that moment")
      } else if hasAskedToClamp, marks == nil, isPressed {
        marks = OperatorMarks(clamped: clock.now)
        console.say("waiting for the alarm")
      } else if marks != nil, !hasAskedToFree, control.alarms.contains(.downstreamOcclusion),
        control.mode == .alarmStop
      {
        hasAskedToFree = true
        console.say(
          "the alarm has come; free the line within 5 min, and press Enter at that moment")
      } else if hasAskedToFree, marks?.freed == nil, isPressed {
        marks?.freed = clock.now
        console.say("the release is watched until the session ends, 15 min after the alarm")
      }
      MonotonicClock.sleep(milliseconds: 10)
    }
  }
}

/// Session time between the moments at which it is published.
private struct TickClock {
  private var tick: Int64 = 0
  private var since = MonotonicClock.seconds

  mutating func note(_ published: Int64) {
    if published == tick { return }
    tick = published
    since = MonotonicClock.seconds
  }

  var now: Int64 { tick + Int64((MonotonicClock.seconds - since) * Double(ticksPerSecond)) }
}
