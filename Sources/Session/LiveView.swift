// What a person sees while a session runs: a progress bar, or the pump's display with keys.

import Catalogue
import Host
import PumpHAL
import Text
import Vocabulary

/// Follows a running session on the terminal until it ends.
///
/// Draws on standard error, so that standard output stays for the result. Turns keys, and signals
/// that `StopSignals` has taken over, into requests; the session itself never waits for it.
public struct LiveView {
  private let control: SessionControl
  private let expectedTicks: Int64?
  private let isWatching: Bool
  private let isTerminal: Bool

  /// A view of a session.
  ///
  /// - Parameters:
  ///   - expectedTicks: how long the session will be, for the bar; nil where unknown.
  ///   - isWatching: whether to show the pump's display and take keys.
  public init(_ control: SessionControl, expectedTicks: Int64?, isWatching: Bool) {
    self.control = control
    self.expectedTicks = expectedTicks
    self.isWatching = isWatching
    isTerminal = StandardStreams.isErrorTerminal
  }

  /// Follows the session until it is over.
  public func follow() {
    let keyboard = isWatching ? Keyboard() : nil
    defer { keyboard?.restore() }
    if isWatching, isTerminal {
      StandardStreams.tell("s stop  a acknowledge  m audio pause  p pause  g go  b bolus  q end\n")
    }
    let beginning = MonotonicClock.nanoseconds
    var nextDrawing: Int64 = isWatching ? 0 : 1_000_000_000
    var hasDrawn = false
    while !control.isFinished {
      if StopSignals.isRaised { control.requestStop() }
      while let key = keyboard?.read() { press(key) }
      let elapsed = MonotonicClock.nanoseconds - beginning
      if isTerminal, elapsed >= nextDrawing {
        StandardStreams.tell(ProgressText.cleared + (isWatching ? display : bar))
        nextDrawing = elapsed + 200_000_000
        hasDrawn = true
      }
      // A short session must not wait for its view: look often at first.
      MonotonicClock.sleep(milliseconds: elapsed < 200_000_000 ? 1 : 10)
    }
    if hasDrawn { StandardStreams.tell(ProgressText.cleared) }
  }

  private func press(_ key: UInt8) {
    switch key {
    case UInt8(ascii: "s"), UInt8(ascii: " "): control.press(.stop)
    case UInt8(ascii: "a"): control.press(.acknowledge)
    case UInt8(ascii: "m"): control.press(.audioPause)
    case UInt8(ascii: "p"): control.press(.pause)
    case UInt8(ascii: "g"): control.press(.start)
    case UInt8(ascii: "b"): control.press(.bolus)
    case UInt8(ascii: "q"): control.requestStop()
    default: break
    }
  }

  private var sessionTime: String {
    TimeText.duration(hundredths: control.tick)
  }

  private var bar: String {
    guard let expectedTicks, expectedTicks > 0 else {
      return "\(sessionTime)  \(control.mode.name)"
    }
    let share = min(1, Double(control.tick) / Double(expectedTicks))
    let percent = DecimalText.fixed(share * 100, decimals: 0)
    return "\(ProgressText.bar(share)) \(percent) %  \(sessionTime)"
  }

  private var display: String {
    let flow = DecimalText.fixed(control.commandedFlow.millilitresPerHour, decimals: 2)
    let volume = DecimalText.fixed(control.dispensedVolume.millilitres, decimals: 3)
    let alarms = control.alarms.names.joined(separator: " ")
    return "\(sessionTime)  \(control.mode.name)  \(flow) mL/h  \(volume) mL  \(alarms)"
  }
}
