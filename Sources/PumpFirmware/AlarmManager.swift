import PumpHAL

/// Conditions become signals here: priorities, latching, acknowledgement, audio pause.
///
/// A condition is what detectors say is so in this tick. A signal is what people are told: a
/// condition that is present, or a latching one that was present and has not been acknowledged since
/// its cause went away.
///
/// - Requirements: @relation(R-070, R-071, R-072, R-073, scope=file)
struct AlarmManager: Equatable, Sendable {
  /// Present in this tick.
  var conditions = AlarmSet()
  /// Signalled.
  var signals = AlarmSet()
  /// Signalled and not yet acknowledged.
  var unacknowledged = AlarmSet()
  /// Ticks of audio pause left.
  var audioPauseLeft: Int64 = 0
  /// Whether near end, low battery and long pause have come to their higher priority.
  var escalated = AlarmSet()

  /// Conditions that stay signalled until acknowledged: the alarm table's column "latch" as bits.
  static let latchingBits: UInt64 = 0x5c0e_fffe

  /// How urgent `id` is now.
  func priority(of id: AlarmID) -> AlarmPriority {
    switch id {
    case .downstreamOcclusion, .plungerVacuum, .overInfusion, .airInLine, .underInfusion,
      .driveFault, .syringeDisplaced, .syringeMismatch, .batteryDepleted, .powerLost, .memoryFault,
      .annunciatorFault, .sensorImplausible, .watchdog, .restartLimit, .libraryInvalid, .commsLost,
      .unacknowledged:
      .high
    case .endOfInfusion, .temperature:
      escalated.contains(id) ? .high : .medium
    case .lineDisconnected, .keyStuck, .clockInvalid, .doseCapReached, .notStarted, .recordFailed:
      .medium
    case .pausedTooLong, .batteryLow, .nearEnd, .programmingIncomplete:
      escalated.contains(id) ? .medium : .low
    case .bolusDenied, .serviceDue:
      .information
    }
  }

  /// Takes over this tick's conditions; true where a new signal began.
  @inline(__always) mutating func update(_ present: AlarmSet, elapsed: Int64) {
    if audioPauseLeft > 0 { audioPauseLeft = max(0, audioPauseLeft - elapsed) }
    if present == conditions && (present.bits | signals.bits) == signals.bits { return }
    let new = present.bits & ~signals.bits
    // A new condition ends an audio pause.
    if new != 0 { audioPauseLeft = 0 }
    unacknowledged.bits |= new
    signals.bits =
      present.bits | (signals.bits & AlarmManager.latchingBits & unacknowledged.bits)
    unacknowledged.bits &= signals.bits
    conditions = present
  }

  /// An operator acknowledges: latched signals whose cause is gone end, the others' sound pauses.
  mutating func acknowledge(pause: Int64) {
    signals.bits &= conditions.bits
    unacknowledged.bits = 0
    audioPauseLeft = signals.isEmpty ? 0 : pause
  }

  /// The most urgent signal; of equals the one first in the table.
  func highest() -> (id: UInt8, priority: AlarmPriority) {
    var best: (id: UInt8, priority: AlarmPriority) = (0, .none)
    var left = signals.bits
    while left != 0 {
      let raw = UInt8(left.trailingZeroBitCount)
      left &= left - 1
      guard let id = AlarmID(rawValue: raw) else { continue }
      let priority = priority(of: id)
      if priority > best.priority { best = (raw, priority) }
    }
    return best
  }
}

extension AlarmManager: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(conditions.bits)
    sink.put(signals.bits)
    sink.put(unacknowledged.bits)
    sink.put(audioPauseLeft)
    sink.put(escalated.bits)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    conditions = AlarmSet(bits: source.take64())
    signals = AlarmSet(bits: source.take64())
    unacknowledged = AlarmSet(bits: source.take64())
    audioPauseLeft = source.takeInt64()
    escalated = AlarmSet(bits: source.take64())
  }
}
