import PumpHAL

/// Bounds how often delivery is started again after an occlusion.
///
/// Nothing restarts by itself. Three restarts by hand in ten minutes are granted; from then on only a
/// pharmacist starts, because somebody is working around an occlusion that is still there.
struct RestartLimit: Equatable, Sendable {
  /// Whether the delivery that stopped last was stopped by an occlusion.
  var isAfterOcclusion = false
  /// Ticks of the last three restarts, newest first; negative is none.
  var newest: Int64 = -1
  var second: Int64 = -1
  var third: Int64 = -1
  /// Whether the limit was reached and no pharmacist has acknowledged it.
  var isReached = false
  /// Whether only a pharmacist may start.
  var needsPharmacist = false

  /// The span in which restarts are counted: 10 min.
  static let span: Int64 = 10 * ticksPerMinute

  /// Whether a start by `role` is held back; reaches the limit where it is one too many.
  mutating func holds(startBy role: Role, at now: Int64) -> Bool {
    if role == .pharmacist { return false }
    if needsPharmacist { return true }
    if isAfterOcclusion, third >= 0, now - third < RestartLimit.span {
      isReached = true
      needsPharmacist = true
    }
    return needsPharmacist
  }

  /// Delivery was started.
  mutating func noteStart(by role: Role, at now: Int64) {
    if role == .pharmacist {
      self = RestartLimit()
    }
    if isAfterOcclusion {
      third = second
      second = newest
      newest = now
    }
    isAfterOcclusion = false
  }
}

extension RestartLimit: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(isAfterOcclusion)
    sink.put(newest)
    sink.put(second)
    sink.put(third)
    sink.put(isReached)
    sink.put(needsPharmacist)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    isAfterOcclusion = source.takeBool()
    newest = source.takeInt64()
    second = source.takeInt64()
    third = source.takeInt64()
    isReached = source.takeBool()
    needsPharmacist = source.takeBool()
  }
}
