import PumpHAL

/// Adds up the air that passes the detector to single bubbles.
///
/// Air between which less than 1 mL of fluid passes is one bubble, so that foam counts as what it
/// is; a bubble above 200 µL is the alarm.
struct AirWatch: Equatable, Sendable {
  /// Microsteps in the fluid that parts two bubbles.
  var gap: Int64 = 0
  /// What the detector had counted at the last sample, µL.
  var counted: UInt16 = 0
  var hasCounted = false
  /// Tick of the hardware at the last sample.
  var lastSample: UInt32 = 0
  /// The bubble that passes, µL.
  var bubble: Int32 = 0
  /// Position at which its last air passed.
  var position: Int64 = 0

  /// The largest single bubble, µL.
  static let limit: Int32 = 200
  /// Fluid that parts two bubbles: 1 mL.
  static let fluidBetween = Volume(picolitres: 1_000_000_000)

  /// Takes in a reading; only what passes while `isDelivering` goes to the patient.
  mutating func sample(_ reading: Reading<UInt16>, position: Int64, isDelivering: Bool) {
    lastSample = reading.sampledAt
    let before = counted
    counted = reading.value
    // The first reading is the beginning of the count; a smaller one is a counter that began anew.
    guard hasCounted else {
      hasCounted = true
      return
    }
    let passed = Int32(counted >= before ? counted - before : counted)
    guard passed > 0, isDelivering else { return }
    if position - self.position > gap { bubble = 0 }
    // A detector at the end of its count sees nothing any more.
    bubble = counted == .max ? AirWatch.limit + 1 : min(bubble + passed, 65_535)
    self.position = position
  }

  /// Whether a bubble above the limit has passed and nobody has seen to it.
  var isAboveLimit: Bool { bubble > AirWatch.limit }
}

extension AirWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(gap)
    sink.put(counted)
    sink.put(hasCounted)
    sink.put(lastSample)
    sink.put(bubble)
    sink.put(position)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    gap = source.takeInt64()
    counted = source.take16()
    hasCounted = source.takeBool()
    lastSample = source.take32()
    bubble = source.takeInt32()
    position = source.takeInt64()
  }
}
