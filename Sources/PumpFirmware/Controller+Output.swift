import PumpHAL

extension Controller {
  /// Reminders and checks that depend on time alone.
  @inline(__always) mutating func watchTime(_ conditions: inout AlarmSet) {
    if history.oneHour.advance(to: now, total: history.total) { journalBin(history.oneHour.window) }
    if history.fourHours.advance(to: now, total: history.total) { journalBin(.fourHours) }
    if history.day.advance(to: now, total: history.total) { journalBin(.day) }
    switch mode {
    case .infusing: watchEnd(&conditions)
    case .complete: conditions.insert(.endOfInfusion)
    default: watchIdle(&conditions)
    }
  }

  /// Near end, by time and by volume.
  @inline(__always) private mutating func watchEnd(_ conditions: inout AlarmSet) {
    if now >= nextEstimate {
      // Ten seconds: far finer than the ±3 min that R-064 allows.
      nextEstimate = now + 10 * ticksPerSecond
      estimateEnd()
      if now >= nextPrediction {
        nextPrediction = now + ticksPerMinute
        predict()
      }
      let minutes = Int64(output.actuator.display.minutesLeft)
      let volume = conversions.picolitres(in: reservoirLeft)
      isNearEnd =
        minutes * ticksPerMinute <= configuration.nearEndTime.rawValue
        || volume <= configuration.nearEndVolume.rawValue
      if minutes * 2 * ticksPerMinute <= configuration.nearEndTime.rawValue {
        alarms.escalated.insert(.nearEnd)
      } else {
        alarms.escalated.remove(.nearEnd)
      }
    }
    if isNearEnd { conditions.insert(.nearEnd) }
  }

  /// Paused too long, programming left, not started.
  private mutating func watchIdle(_ conditions: inout AlarmSet) {
    let idle = now - max(modeSince, supervision.lastCommand)
    switch mode {
    case .paused, .stopped:
      if now - modeSince >= 2 * ticksPerMinute { conditions.insert(.pausedTooLong) }
      if now - modeSince >= 5 * ticksPerMinute {
        alarms.escalated.insert(.pausedTooLong)
      } else {
        alarms.escalated.remove(.pausedTooLong)
      }
    case .setUp where hasPending:
      if idle >= ticksPerMinute / 2 { conditions.insert(.programmingIncomplete) }
      if idle >= 5 * ticksPerMinute {
        alarms.escalated.insert(.programmingIncomplete)
      } else {
        alarms.escalated.remove(.programmingIncomplete)
      }
      if idle >= 10 * ticksPerMinute {
        hasPending = false
        titration = nil
      }
    case .ready:
      if idle >= 2 * ticksPerMinute { conditions.insert(.notStarted) }
    case .failed:
      conditions.formUnion(failure)
    case .awaitingSyringe:
      conditions.insert(.endOfInfusion)
    default: break
    }
  }

  /// What lamp, buzzer and display are told.
  @inline(__always) mutating func annunciate() {
    output.conditions = alarms.conditions
    if output.signals != alarms.signals || output.actuator.display.screen != mode
      || alarms.escalated != announcedEscalation || (alarms.audioPauseLeft > 0) != isAnnouncedPaused
    {
      announce()
    } else if output.actuator.buzzer == .denied || output.actuator.buzzer == .click {
      if output.result == .none { output.actuator.buzzer = steadyBuzzer }
    }
    if output.result == .accepted {
      if output.actuator.buzzer == .off { output.actuator.buzzer = .click }
    }
  }

  private mutating func announce() {
    output.signals = alarms.signals
    announcedEscalation = alarms.escalated
    isAnnouncedPaused = alarms.audioPauseLeft > 0
    let highest = alarms.highest()
    output.actuator.display.screen = mode
    output.actuator.display.alarm = highest.id
    switch highest.priority {
    case .high: output.actuator.lamp = .high
    case .medium: output.actuator.lamp = .medium
    case .low: output.actuator.lamp = .low
    case .none, .information: output.actuator.lamp = mode.isMoving ? .infusing : .off
    }
    if isAnnouncedPaused {
      steadyBuzzer = .off
    } else {
      switch highest.priority {
      case .high: steadyBuzzer = .high
      case .medium: steadyBuzzer = .medium
      case .low: steadyBuzzer = .low
      case .none, .information: steadyBuzzer = .off
      }
    }
    if output.actuator.buzzer != .denied || output.result == .none {
      output.actuator.buzzer = steadyBuzzer
    }
  }
}

extension AlarmSet {
  /// Adds everything in `other`.
  @inline(__always) mutating func formUnion(_ other: AlarmSet) { bits |= other.bits }
}
