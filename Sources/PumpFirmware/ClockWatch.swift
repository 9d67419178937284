import PumpHAL

/// Compares the wall clock with the ticks, once a reading: ALM17 where it cannot be believed.
///
/// Nothing is ever timed by the wall clock: dose windows and lockouts count ticks, whatever it says
/// (F40). It stands in records and on the display, so that one that is wrong is told.
struct ClockWatch: Equatable, Sendable {
  /// Tick of the hardware at the last reading.
  var lastSample: UInt32 = 0
  /// Time and tick that belong together.
  var hasReference = false
  var referenceMilliseconds: Int64 = 0
  var referenceTick: UInt32 = 0
  /// Whether the clock says that it was not set, or is defective.
  var isUnset = false
  /// Whether it left the ticks; until somebody acknowledges.
  var isOff = false

  /// Milliseconds by which clock and ticks may part in an hour.
  static let tolerance: Int64 = 5_000
  /// Ticks without a reading after which the clock counts as stopped: three readings.
  static let ageLimit: UInt32 = 3 * 6000 + 100

  /// Takes in a reading.
  mutating func sample(_ reading: Reading<WallClockReading>) {
    lastSample = reading.sampledAt
    isUnset = reading.validity != .valid || !reading.value.isSet
    guard !isUnset else {
      hasReference = false
      return
    }
    let ticks = reading.sampledAt &- referenceTick
    let drift =
      reading.value.unixMilliseconds &- referenceMilliseconds &- Int64(ticks) * 1000
      / ticksPerSecond
    let isWithin = drift >= -ClockWatch.tolerance && drift <= ClockWatch.tolerance
    if hasReference, !isWithin { isOff = true }
    // A new hour, or the time after a jump: from here on it is compared anew.
    if !hasReference || !isWithin || Int64(ticks) >= ticksPerHour {
      hasReference = true
      referenceMilliseconds = reading.value.unixMilliseconds
      referenceTick = reading.sampledAt
    }
  }
}

extension ClockWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(lastSample)
    sink.put(hasReference)
    sink.put(referenceMilliseconds)
    sink.put(referenceTick)
    sink.put(isUnset)
    sink.put(isOff)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    lastSample = source.take32()
    hasReference = source.takeBool()
    referenceMilliseconds = source.takeInt64()
    referenceTick = source.take32()
    isUnset = source.takeBool()
    isOff = source.takeBool()
  }
}
