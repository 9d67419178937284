import PumpHAL

/// Follows an absolute step target under a speed bound, one tick at a time.
///
/// - Requirements: @relation(R-063, R-083, R-085, scope=file)
struct StepGenerator: Sendable {
  /// Steps sent since power-on.
  var commanded: Int64 = 0
  /// Hundredths of a step that the bound allowed and that were not used yet.
  private var credit: Int64 = 0

  /// The steps of one tick towards `target` at no more than `bound` steps per second.
  @inline(__always) mutating func advance(to target: Int64, bound: UInt32) -> Int64 {
    // A target at the far end of the number range must not trap.
    let (difference, overflow) = target.subtractingReportingOverflow(commanded)
    let wanted = overflow ? (target > commanded ? Int64.max : -Int64.max) : difference
    if wanted == 0 {
      credit = min(credit + Int64(bound), 99)
      return 0
    }
    credit += Int64(bound)
    let allowed = credit / 100
    let steps = wanted > 0 ? min(wanted, allowed) : max(wanted, -allowed)
    credit = min(credit - 100 * (steps < 0 ? -steps : steps), 99)
    commanded += steps
    return steps
  }
}

extension StepGenerator: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(commanded)
    sink.put(credit)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    commanded = source.takeInt64()
    credit = source.takeInt64()
    if credit < 0 || credit > 99 { source.fail() }
  }
}
