import PumpHAL

extension Controller {
  /// Reminders and checks that depend on time alone.
  @inline(__always) mutating func watchTime(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    if now >= nextReminder { remind(sensors) }
    conditions.formUnion(standing)
    if alarms.isInsisting { conditions.insert(.unacknowledged) }
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
  ///
  /// - Requirements: @relation(R-064, scope=line)
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

  /// Paused too long, not started.
  ///
  /// - Requirements: @relation(R-079, R-102, scope=line)
  private mutating func watchIdle(_ conditions: inout AlarmSet) {
    switch mode {
    case .paused, .stopped: watchPause(&conditions)
    case .ready:
      if now - max(modeSince, supervision.lastCommand) >= 2 * ticksPerMinute {
        conditions.insert(.notStarted)
      }
    case .failed:
      conditions.formUnion(failure)
    case .awaitingSyringe:
      conditions.insert(.endOfInfusion)
    default: break
    }
  }

  /// Low priority at 2 min, medium at 5, high at 10 (ALM21).
  private mutating func watchPause(_ conditions: inout AlarmSet) {
    let paused = now - modeSince
    if paused >= 2 * ticksPerMinute { conditions.insert(.pausedTooLong) }
    if paused >= 5 * ticksPerMinute {
      alarms.escalated.insert(.pausedTooLong)
    } else {
      alarms.escalated.remove(.pausedTooLong)
    }
    if paused >= 10 * ticksPerMinute {
      alarms.urgent.insert(.pausedTooLong)
    } else {
      alarms.urgent.remove(.pausedTooLong)
    }
  }

  /// What lamp, buzzer and display are told.
  @inline(__always) mutating func annunciate() {
    output.conditions = alarms.conditions
    if alarms.isChanged || output.actuator.display.screen != mode || needsAnnouncement {
      announce()
    }
    output.actuator.buzzer = steadyBuzzer
    if output.result != .none, steadyBuzzer == .off { answerAudibly() }
  }

  /// A tone for what was done, two for a bolus that was denied; never into the sound of an alarm.
  private mutating func answerAudibly() {
    if deniedUntil - now == Controller.deniedTicks {
      output.actuator.buzzer = .denied
    } else if output.result == .accepted {
      output.actuator.buzzer = .click
    }
  }

  // @relation(R-070, R-071, scope=line)
  private mutating func announce() {
    alarms.isChanged = false
    needsAnnouncement = false
    output.signals = alarms.signals
    let highest = alarms.highest()
    output.actuator.display.screen = mode
    output.actuator.display.alarm = highest.id
    output.actuator.display.flags = steadyFlags
    if alarms.audioPauseLeft > 0 { output.actuator.display.flags.insert(.audioPaused) }
    if let id = AlarmID(rawValue: highest.id), alarms.conditions.contains(id),
      !alarms.unacknowledged.contains(id)
    {
      output.actuator.display.flags.insert(.acknowledged)
    }
    let lamp = highest.priority.lamp
    tell(lamp == .off && mode.isMoving ? .infusing : lamp, highest.priority.buzzer)
    if alarms.audioPauseLeft > 0 { steadyBuzzer = .off }
    if annunciators.testLeft > 0 { tell(.high, .high) }
  }

  private mutating func tell(_ lamp: Lamp, _ buzzer: Buzzer) {
    output.actuator.lamp = lamp
    steadyBuzzer = buzzer
  }
}
