import PumpHAL

/// Compares what lamp and buzzer do with what they were told, where the hardware senses it.
///
/// Only what was told and is not done counts: what is done and was not told may be the protective
/// monitor's doing. The sensed bits stand through the dark half of a flash and the pause between
/// bursts, so no pattern has to be waited for, only the way there and back.
///
/// - Requirements: R-075 (current check), R-080, R-081.
struct AnnunciatorWatch: Equatable, Sendable {
  /// Ticks for which lamp and buzzer did not do as they were told, less those for which they did.
  var lampMissing: Int32 = 0
  var soundMissing: Int32 = 0
  /// Ticks for which they have done as told since they failed.
  var lampProof: Int32 = 0
  var soundProof: Int32 = 0
  /// Whether they have failed, until they have done for a while as they were told.
  var isLampFailed = false
  var isSoundFailed = false
  /// Ticks of a lamp and tone test left.
  var testLeft: Int64 = 0
  /// Whether the hardware's own report of a defect has been looked into.
  var hasTested = false

  /// Ticks that a difference may last: 0.5 s, half of what a condition of high priority has until it
  /// has to be told.
  static let limit: Int32 = 50
  /// A lamp and tone test: 1.5 s, three times the limit.
  static let testTicks: Int64 = 150

  /// Whether something has failed.
  var isFailed: Bool { isLampFailed || isSoundFailed }

  /// Takes in what was told in the last tick, and what is sensed now.
  mutating func compare(_ told: ActuatorFrame, _ sensed: Annunciation, elapsed: Int64) {
    // After an overrun only one tick of it is known.
    let ticks = Int32(min(elapsed, 2))
    if told.lamp == .high || told.lamp == .medium || told.lamp == .low {
      let isDone = sensed.contains(told.lamp == .high ? [.lamp, .highLamp] : .lamp)
      AnnunciatorWatch.judge(isDone, ticks, &lampMissing, &lampProof, &isLampFailed)
    }
    if told.buzzer == .high || told.buzzer == .medium || told.buzzer == .low {
      let isDone = sensed.contains(told.buzzer == .high ? [.sound, .highSound] : .sound)
      AnnunciatorWatch.judge(isDone, ticks, &soundMissing, &soundProof, &isSoundFailed)
    }
  }

  private static func judge(
    _ isDone: Bool, _ ticks: Int32, _ missing: inout Int32, _ proof: inout Int32,
    _ isFailed: inout Bool
  ) {
    if isDone {
      missing = max(0, missing - ticks)
      proof = min(proof + ticks, limit)
      if proof >= limit { isFailed = false }
    } else {
      missing = min(missing + ticks, limit)
      proof = 0
      if missing >= limit { isFailed = true }
    }
  }
}

extension AnnunciatorWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(lampMissing)
    sink.put(soundMissing)
    sink.put(lampProof)
    sink.put(soundProof)
    sink.put(isLampFailed)
    sink.put(isSoundFailed)
    sink.put(testLeft)
    sink.put(hasTested)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    lampMissing = source.takeInt32()
    soundMissing = source.takeInt32()
    lampProof = source.takeInt32()
    soundProof = source.takeInt32()
    isLampFailed = source.takeBool()
    isSoundFailed = source.takeBool()
    testLeft = source.takeInt64()
    hasTested = source.takeBool()
  }
}
