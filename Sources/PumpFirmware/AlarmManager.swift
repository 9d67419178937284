import PumpHAL

/// Conditions become signals here: priorities, latching, acknowledgement, audio pause, escalation.
///
/// A condition is what detectors say is so in this tick. A signal is what people are told: a
/// condition that is present, or a latching one that was present and has not been acknowledged since
/// its cause went away. What does not latch is signalled for one whole burst at least, however short
/// it was.
///
/// - Requirements: @relation(R-070, R-071, R-072, R-073, R-074, R-079, scope=file)
struct AlarmManager: Equatable, Sendable {
  /// Present in this tick.
  var conditions = AlarmSet()
  /// Signalled.
  var signals = AlarmSet()
  /// Signalled and not yet acknowledged.
  var unacknowledged = AlarmSet()
  /// Ticks of audio pause left.
  var audioPauseLeft: Int64 = 0
  /// What has come to the second of the priorities that the alarm table gives it.
  var escalated = AlarmSet()
  /// What has come to the third: a pause of 10 min.
  var urgent = AlarmSet()
  /// Signals of high priority, but for ALM32 itself.
  var high = AlarmSet()
  /// What does not latch and has not been told for a whole burst yet.
  var held = AlarmSet()
  /// Ticks until `held` has been told.
  var heldLeft: Int64 = 0
  /// How often the sound was paused since something of high priority stands unacknowledged.
  var pauses: UInt8 = 0
  /// Ticks for which something of high priority has stood unanswered; an acknowledgement that finds
  /// the cause still there buys its pause, as a negative number.
  var unanswered: Int64 = 0
  /// Whether nobody came for too long (ALM32), until somebody does.
  var isInsisting = false
  /// Whether anything that is told has changed since it was last told.
  var isChanged = true
  private var knownEscalated = AlarmSet()
  private var knownUrgent = AlarmSet()

  /// ALM32 comes when something of high priority has stood unanswered for 2 min, or at the third
  /// pause.
  static let unansweredLimit = 2 * ticksPerMinute
  static let pauseLimit: UInt8 = 3
  /// The longest burst of what does not latch, ticks: 1 s at medium priority.
  static let burst = ticksPerSecond

  /// How urgent `id` is now.
  func priority(of id: AlarmID) -> AlarmPriority {
    let rule = id.rule
    return urgent.contains(id)
      ? rule.urgent : escalated.contains(id) ? rule.risen : rule.priority
  }

  /// Takes over this tick's conditions.
  @inline(__always) mutating func update(_ present: AlarmSet, elapsed: Int64) {
    if audioPauseLeft > 0 { endPause(elapsed) }
    if high.bits != 0 { wait(elapsed) }
    if heldLeft > 0 { hold(elapsed) }
    if present == conditions && (present.bits | signals.bits) == signals.bits
      && escalated == knownEscalated && urgent == knownUrgent
    {
      return
    }
    change(to: present)
  }

  private mutating func endPause(_ elapsed: Int64) {
    audioPauseLeft = max(0, audioPauseLeft - elapsed)
    if audioPauseLeft == 0 { isChanged = true }
  }

  /// Counts how long nobody has answered what stands with high priority.
  private mutating func wait(_ elapsed: Int64) {
    unanswered += elapsed
    if unanswered >= AlarmManager.unansweredLimit { isInsisting = true }
  }

  private mutating func hold(_ elapsed: Int64) {
    heldLeft -= elapsed
    guard heldLeft <= 0 else { return }
    heldLeft = 0
    held = AlarmSet()
    change(to: conditions)
  }

  private mutating func change(to present: AlarmSet) {
    isChanged = true
    let new = present.bits & ~signals.bits
    let risen =
      (escalated.bits & ~knownEscalated.bits | urgent.bits & ~knownUrgent.bits) & signals.bits
    knownEscalated = escalated
    knownUrgent = urgent
    // What is new or has become more urgent ends an audio pause, unless something more urgent is
    // being paused.
    let news = highest(of: new | risen).priority
    if news >= .low, news >= highest(of: signals.bits & ~risen).priority { audioPauseLeft = 0 }
    if news == .high, unanswered < 0 { unanswered = 0 }
    unacknowledged.bits |= new | risen
    let short = new & ~(AlarmSet.latching.bits | AlarmSet.information.bits)
    if short != 0 {
      held.bits |= short
      heldLeft = AlarmManager.burst
    }
    signals.bits =
      present.bits | (signals.bits & AlarmSet.latching.bits & unacknowledged.bits)
      | (signals.bits & held.bits)
    unacknowledged.bits &= signals.bits
    conditions = present
    noteHigh()
  }

  private mutating func noteHigh() {
    high = AlarmSet()
    var left = signals.bits
    while left != 0 {
      let raw = UInt8(left.trailingZeroBitCount)
      left &= left - 1
      guard let id = AlarmID(rawValue: raw), id != .unacknowledged else { continue }
      if priority(of: id) == .high { high.insert(id) }
    }
    if high.isEmpty {
      unanswered = 0
      pauses = 0
      isInsisting = false
    }
  }

  /// Somebody who may acknowledge does: latched signals whose cause is gone end, the others' sound
  /// pauses.
  mutating func acknowledge(pause: Int64) {
    isInsisting = false
    isChanged = true
    conditions.remove(.unacknowledged)
    held = AlarmSet()
    heldLeft = 0
    signals.bits &= conditions.bits
    unacknowledged.bits = 0
    audioPauseLeft = signals.isEmpty ? 0 : pause
    pauses = 0
    noteHigh()
    unanswered = high.isEmpty ? 0 : -pause
  }

  /// Somebody pauses the sound; the third time while something of high priority stands brings ALM32.
  mutating func pauseAudio(_ pause: Int64) {
    audioPauseLeft = pause
    isChanged = true
    guard !high.isEmpty else { return }
    if pauses < AlarmManager.pauseLimit { pauses += 1 }
    if pauses >= AlarmManager.pauseLimit { isInsisting = true }
  }

  /// Signals with which nothing may be started: those of high priority, but for a pause that has
  /// lasted too long, which a start ends.
  var blocking: AlarmSet { high.subtracting(AlarmSet(.pausedTooLong)) }

  /// The most urgent signal; of equals the one first in the table.
  func highest() -> (id: UInt8, priority: AlarmPriority) { highest(of: signals.bits) }

  private func highest(of bits: UInt64) -> (id: UInt8, priority: AlarmPriority) {
    var best: (id: UInt8, priority: AlarmPriority) = (0, .none)
    var left = bits
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
    sink.put(urgent.bits)
    sink.put(high.bits)
    sink.put(held.bits)
    sink.put(heldLeft)
    sink.put(pauses)
    sink.put(unanswered)
    sink.put(isInsisting)
    sink.put(isChanged)
    sink.put(knownEscalated.bits)
    sink.put(knownUrgent.bits)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    conditions = AlarmSet(bits: source.take64())
    signals = AlarmSet(bits: source.take64())
    unacknowledged = AlarmSet(bits: source.take64())
    audioPauseLeft = source.takeInt64()
    escalated = AlarmSet(bits: source.take64())
    urgent = AlarmSet(bits: source.take64())
    high = AlarmSet(bits: source.take64())
    held = AlarmSet(bits: source.take64())
    heldLeft = source.takeInt64()
    pauses = source.take8()
    unanswered = source.takeInt64()
    isInsisting = source.takeBool()
    isChanged = source.takeBool()
    knownEscalated = AlarmSet(bits: source.take64())
    knownUrgent = AlarmSet(bits: source.take64())
  }
}
