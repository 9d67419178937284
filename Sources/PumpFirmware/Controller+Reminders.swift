import PumpHAL

// Conditions that depend on what was entered and on time, and on nothing that is sensed in a tick.
// They are worked out when one of them may change: after a command, and at the time that is due next.

extension Controller {
  /// How long a denied bolus is shown (ALM29): 5 s.
  static let deniedTicks = 5 * ticksPerSecond

  /// Works out which of them stand, and when to look again.
  mutating func remind(_ sensors: SensorFrame) {
    standing = AlarmSet()
    nextReminder = now + ticksPerMinute
    if isServiceDue(sensors) { standing.insert(.serviceDue) }
    // Driven all the same, because somebody wished it so; said as long as it is so (ALM33).
    if capabilities.deadManMilliseconds == 0 { standing.insert(.deadManMissing) }
    if stands(until: deniedUntil) { standing.insert(.bolusDenied) }
    // Somebody tries codes: shown as tampering, and boluses are held; delivery goes on.
    if stands(until: access.lockedOutUntil) { standing.insert(.syringeMismatch) }
    if isLibraryMismatched || isConfirmedForAnotherLibrary { standing.insert(.libraryInvalid) }
    remindOfEntries()

    var flags: DisplayFlags = []
    if isConfirmed && prescription.libraryVersion == 0 { flags.insert(.libraryNotUsed) }
    if configuration.codes != RoleCodes(), !stands(until: access.unlockedUntil) {
      flags.insert(.locked)
    }
    if flags != steadyFlags {
      steadyFlags = flags
      needsAnnouncement = true
    }
  }

  /// Whether `end` is still to come; it is then looked at again.
  private mutating func stands(until end: Int64) -> Bool {
    guard now < end else { return false }
    nextReminder = min(nextReminder, end)
    return true
  }

  /// By the wall clock or by hours of running (ALM31).
  private func isServiceDue(_ sensors: SensorFrame) -> Bool {
    if configuration.serviceHours > 0, now >= Int64(configuration.serviceHours) * ticksPerHour {
      return true
    }
    let clock = sensors.wallClock
    return configuration.serviceDue > 0 && clock.validity == .valid && clock.value.isSet
      && clock.value.unixMilliseconds >= configuration.serviceDue
  }

  /// A programme in memory may be older than the library in the pump (ALM28).
  private var isConfirmedForAnotherLibrary: Bool {
    isConfirmed && prescription.libraryVersion != 0
      && prescription.libraryVersion != configuration.libraryVersion
  }

  /// What was entered and not confirmed: called to mind after 30 s, more urgently after 5 min,
  /// dropped after 10 (R-102, ALM24).
  private mutating func remindOfEntries() {
    guard mode != .off, mode != .failed, hasPending || titration != nil || overrideReason != 0
    else {
      alarms.escalated.remove(.programmingIncomplete)
      return
    }
    let since = max(mode == .setUp ? modeSince : 0, supervision.lastCommand)
    if !stands(until: since + 10 * ticksPerMinute) {
      hasPending = false
      titration = nil
      overrideReason = 0
      isLibraryMismatched = false
      alarms.escalated.remove(.programmingIncomplete)
      return
    }
    if !stands(until: since + ticksPerMinute / 2) { standing.insert(.programmingIncomplete) }
    if stands(until: since + 5 * ticksPerMinute) {
      alarms.escalated.remove(.programmingIncomplete)
    } else {
      alarms.escalated.insert(.programmingIncomplete)
    }
  }
}
