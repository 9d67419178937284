/// What the monitor lets happen.
enum MonitorMode: UInt8, Sendable {
  /// No motion: before start, paused, stopped, after an objection.
  case standstill = 0
  /// Filling the line, so much and no more.
  case priming = 1
  /// Delivery within the envelope, and retraction.
  case running = 2
  /// After the pressure ceiling: backwards only, for a while.
  case backwardOnly = 3
  /// Switched off.
  case off = 4
}
