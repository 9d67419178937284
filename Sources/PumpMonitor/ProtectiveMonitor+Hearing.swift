import PumpHAL

// What the operators ask. Commands that the controller may refuse widen what is allowed at most by
// what they ask for; a stop, a pause and a reaction act at once, by anybody.

extension ProtectiveMonitor {
  mutating func hear(_ given: OperatorCommand) {
    // A role that is locked may do what the patient may.
    let command = OperatorCommand(
      given.action, by: access.admit(given, codes: powerOn.configuration.codes, now: now))
    switch command.action {
    case .none, .recordFailed, .overrideSoftLimit: return
    case .enterCode:
      journal.mark(.access)
      return
    case .audioPause:
      signals.pause()
      return
    case .stop, .pause:
      halt()
      return
    case .powerOff:
      // The controller refuses it to the patient, who may stop.
      guard command.role != .patient else { return }
      halt()
      mode = .off
      return
    case .reportReaction(let severity):
      hearReaction(severity)
      return
    case .requestBolus:
      openPatientBolus()
      return
    default:
      // Everything else is not the patient's to ask.
      guard command.role != .patient, mode != .off else { return }
      if !hearRunning(command) { hearSetUp(command.action, by: command.role) }
    }
  }

  /// Keys of the pump itself: stop, and the patient's bolus button; both count after 50 ms.
  mutating func hearKeys(_ keys: Keys, ticks: Int64) {
    if keys.contains(.audioPause) { signals.pause() }
    if keys.isEmpty && stopKeyTicks == 0 && bolusKeyTicks == 0 { return }
    let wasStop = stopKeyTicks >= MonitorLimits.debounce
    let wasBolus = bolusKeyTicks >= MonitorLimits.debounce
    stopKeyTicks = keys.contains(.stop) ? Swift.min(stopKeyTicks + ticks, 1_000_000) : 0
    bolusKeyTicks = keys.contains(.bolus) ? Swift.min(bolusKeyTicks + ticks, 1_000_000) : 0
    if !wasStop, stopKeyTicks >= MonitorLimits.debounce { halt() }
    if !wasBolus, bolusKeyTicks >= MonitorLimits.debounce { openPatientBolus() }
  }

  // @relation(R-085, R-103, scope=line)
  mutating func halt() {
    guard mode != .off else { return }
    if mode != .standstill { journal.mark(.state) }
    mode = .standstill
    idle = .zero
    progress.cease()
  }

  private mutating func hearReaction(_ severity: UInt8) {
    guard severity > 0 else { return }
    // A controller that cannot halve what runs stops.
    progress.cease()
    // A severe one stops, whatever the order says.
    if confirmed.reactionOrder == .stop || severity >= 3 {
      if mode == .running || mode == .backwardOnly { needsClinician = true }
      halt()
    } else {
      envelope.halve()
    }
  }

  /// Commands that move something; false when it is another.
  private mutating func hearRunning(_ command: OperatorCommand) -> Bool {
    switch command.action {
    case .start: start(by: command.role)
    case .answerResume(let isResuming): answerResume(isResuming, by: command.role)
    case .acknowledge: acknowledge(by: command.role)
    case .prime(let volume, let isDisconnected):
      // A controller that delivers refuses it; this must not become its permit to go on.
      guard mode == .standstill, latched.isEmpty, isReady, isDisconnected,
        confirmed.area > 0 || entered.area > 0,
        volume <= powerOn.configuration.primeMaximum, volume.picolitres > 0
      else { return true }
      primeLeft = Attolitres(
        rawValue: Prescription.cut(volume.picolitres, to: 100_000_000_000)
          * Attolitres.perPicolitre)
      // Lost motion of the drive and the gap to the plunger come before the fluid.
      primeLeft += Attolitres(area: area, travel: motion.reversal)
      sinceMotion = 0
      hasStepped = false
      drawnBack = .zero
      progress.cease()
      thrust.settle()
      mode = .priming
    case .clinicianBolus(let dose, let duration):
      if command.role == .pharmacist { openClinicianBolus(dose, duration) }
    default: return false
    }
    return true
  }

  private mutating func start(by role: Role) {
    guard latched.isEmpty, confirmed.isComplete, !asksResume, mode != .off, !isStillPriming else {
      return
    }
    if hasMissedEntry || hasMissedBeginning {
      // What is in the clamp now is not known: nothing moves before it is entered again.
      halt()
      return
    }
    if needsClinician {
      guard role == .pharmacist else { return }
      needsClinician = false
    }
    isReady = false
    envelope.start(hasNewSyringe: hasNewSyringe)
    hasNewSyringe = false
    drawnBack = .zero
    drawBackBound = confirmed.retractionBound(powerOn)
    thrust.settle()
    // It has not stood still while it may move before it had the time to.
    if mode != .running {
      sinceMotion = 0
      hasStepped = false
      progress.cease()
    }
    mode = .running
    journal.mark(.state)
  }

  /// Whether the line is being filled, so that the controller refuses to start.
  ///
  /// What was asked for is all but there when it ends; the last sixteen steps are not waited for.
  private var isStillPriming: Bool {
    let rest = Attolitres(area: area, travel: motion.reversal + 16 * motion.microstep)
    return mode == .priming && sinceMotion <= ticksPerSecond / 2 && primeLeft > rest
  }

  private mutating func answerResume(_ isResuming: Bool, by role: Role) {
    guard asksResume else { return }
    asksResume = false
    if isResuming {
      start(by: role)
    } else {
      confirmed.phaseCount = 0
      journal.mark(.state)
    }
  }

  private mutating func acknowledge(by role: Role) {
    signals.pause()
    if mode == .backwardOnly { mode = .standstill }
    // Only after a second of standing still.
    guard mode == .standstill, !latched.isEmpty, sincePermit > ticksPerSecond else { return }
    let wasHeld = retraction.isHeld
    if retraction.isGone(at: thrust.force) { retraction.isHeld = false }
    if role == .pharmacist || role == .service {
      latched = AlarmSet()
      retraction.isHeld = false
    } else {
      latched = latched.intersection(Self.prescriberOnly)
      if retraction.isHeld { latched.insert(.downstreamOcclusion) }
    }
    if wasHeld != retraction.isHeld { journal.mark(.state) }
    if latched.isEmpty {
      idle = .zero
      motion.unslip()
      thrust.settle()
      envelope.settle()
    }
  }

  /// Objections that say a channel has failed; a nurse cannot clear them.
  static var prescriberOnly: AlarmSet { AlarmSet(.overInfusion) | .watchdog }

  private mutating func openPatientBolus() {
    guard mode == .running, isHistoryTrusted else { return }
    let dose = confirmed.volume(of: confirmed.bolus)
    guard dose.rawValue > 0, isWithinLimit(dose),
      boluses.allows(at: now, lockout: confirmed.lockout, maximum: confirmed.bolusMaximum)
    else { return }
    let isSameAgain = envelope.patient.isOpen && !envelope.patient.isDrawn
    if !isSameAgain { envelope.opened(dose) }
    envelope.patient.open(dose, perTick: bolusFlow(confirmed.bolusFlow), now: now)
    isBolusNoted = false
  }

  private mutating func openClinicianBolus(_ dose: Dose, _ duration: Ticks) {
    guard mode == .running, isHistoryTrusted else { return }
    let volume = confirmed.volume(of: dose)
    guard volume.rawValue > 0, isWithinLimit(volume) else { return }
    let most = bolusFlow(0)
    let ticks = Swift.max(1, Prescription.cut(duration.count, to: Prescription.longestDuration))
    let perTick = Attolitres.smallest(most, Attolitres(rawValue: volume.rawValue / ticks + 1))
    if envelope.clinician.isOpen, envelope.clinician.left > volume { return }
    if !envelope.clinician.isOpen || envelope.clinician.isDrawn { envelope.opened(volume) }
    envelope.clinician.open(volume, perTick: perTick, now: now)
  }

  private func bolusFlow(_ nanolitresPerHour: Int64) -> Attolitres {
    let most = Prescription.perTick(powerOn.configuration.bolusMaximum.nanolitresPerHour)
    guard nanolitresPerHour > 0 else { return most }
    return .smallest(most, Prescription.perTick(nanolitresPerHour))
  }

  private func isWithinLimit(_ volume: Attolitres) -> Bool {
    guard confirmed.second.allowsBolus(volume) else { return false }
    guard confirmed.bolusLimit > 0 else { return true }
    let limit = confirmed.volume(of: Dose(confirmed.bolusLimit, .mass))
    return volume <= limit + Attolitres(rawValue: 1_000_000)
  }
}
