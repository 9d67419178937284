import PumpHAL

extension Controller {
  /// Does what an operator asks, or says why not.
  mutating func perform(_ command: OperatorCommand, sensors: SensorFrame) -> CommandResult {
    supervision.lastCommand = now
    nextReminder = now
    access.note(command.role, now: now)
    switch command.role.permission(for: command.action) {
    case .always: break
    case .never: return .refusedRole
    case .unlocked:
      guard access.isUnlocked(command.role, codes: configuration.codes, now: now) else {
        return .refusedLocked
      }
    }
    switch command.action {
    case .none: return .none
    case .stop:
      stopByOperator(.stopped)
      return .accepted
    case .pause:
      stopByOperator(.paused)
      return .accepted
    case .start: return start(by: command.role, sensors: sensors)
    case .requestBolus: return requestBolus()
    case .clinicianBolus(let dose, let duration): return giveBolus(dose, over: duration)
    case .titrate(let dose, let per): return propose(dose, per: per)
    case .confirm(let phaseCount): return confirm(phaseCount: phaseCount)
    case .cancel:
      hasPending = false
      titration = nil
      overrideReason = 0
      isLibraryMismatched = false
      return .accepted
    case .prime(let volume, let isDisconnected):
      return prime(volume, isDisconnected: isDisconnected, sensors: sensors)
    case .acknowledge:
      acknowledge(by: command.role)
      return .accepted
    case .audioPause:
      return pauseAudio(by: command.role)
    case .reportReaction(let severity): return react(severity: severity)
    case .answerResume(let isResuming): return answer(isResuming: isResuming)
    case .recordFailed:
      isRecordFailed = true
      return .accepted
    case .powerOff:
      bolus.cancel()
      enter(.off)
      return .accepted
    case .enterCode(let code): return enter(code, by: command.role)
    case .overrideSoftLimit(let reason):
      guard reason > 0 else { return .refusedRange }
      overrideReason = reason
      return .accepted
    default: return edit(command.action, sensors: sensors)
    }
  }

  /// A code is entered; what is known of codes survives a loss of power.
  private mutating func enter(_ code: UInt32, by role: Role) -> CommandResult {
    let before = access
    let result = access.enter(code, by: role, codes: configuration.codes, now: now)
    if access != before { journal.want(JournalSlot.access) }
    return result
  }

  /// Pauses the sound, for 120 s at most.
  ///
  /// While ALM32 stands somebody has to come who may acknowledge.
  mutating func pauseAudio(by role: Role) -> CommandResult {
    if alarms.isInsisting {
      if role == .patient { return .refusedRole }
      guard access.isUnlocked(role, codes: configuration.codes, now: now) else {
        return .refusedLocked
      }
    }
    alarms.pauseAudio(min(configuration.audioPause.rawValue, 2 * ticksPerMinute))
    return .accepted
  }

  /// An operator stops or pauses: at once, in this tick, whatever runs.
  mutating func stopByOperator(_ mode: PumpMode) {
    bolus.cancel()
    occlusion.retractionLeft = 0
    switch self.mode {
    case .priming: enter(.ready)
    case .infusing, .keepOpen, .retracting, .paused, .alarmStop: enter(mode)
    case .stopped, .selfTest, .askResume, .setUp, .ready, .awaitingSyringe, .complete, .failed,
      .off:
      break
    }
  }

  // @relation(R-045, R-106, scope=line)
  private mutating func start(by role: Role, sensors: SensorFrame) -> CommandResult {
    switch mode {
    case .ready, .paused, .stopped, .alarmStop: break
    default: return .refusedMode
    }
    guard isConfirmed, !hasPending else { return .refusedIncomplete }
    if isReactionHold && role != .pharmacist { return .refusedRole }
    if !alarms.blocking.isEmpty { return .refusedAlarm }
    guard history.isTrusted, secondHistory.isTrusted else { return .refusedHistory }
    if capabilities.sensors.contains(.syringe) {
      guard sensors.syringe.validity == .valid, sensors.syringe.value.isSecure,
        isDiameterRight(sensors.syringe.value.barrelDiameter)
      else { return .refusedSyringe }
    }
    guard programme.phase < prescription.phaseCount else { return .refusedIncomplete }
    guard !reservoirLeft.isZero else { return .refusedReservoir }
    if detectors.restarts.holds(startBy: role, at: now) {
      detectors.stand(.restartLimit, detectors.restarts.isReached)
      return detectors.restarts.isReached ? .refusedAlarm : .refusedRole
    }
    detectors.restarts.noteStart(by: role, at: now)
    isReactionHold = false
    isCapReached = false
    drive.rebase(sensors, position: position.whole)
    occlusion.beginDelivery(at: position.whole)
    detectors.beginMotion(at: position.whole)
    enter(.infusing)
    journal.want(JournalSlot.mark)
    replan()
    return .accepted
  }

  /// The patient asks for a bolus.
  ///
  /// - Requirements: @relation(R-020, R-021, R-022, R-024, R-031, scope=line)
  mutating func requestBolus() -> CommandResult {
    let result = bolusRefusal() ?? .accepted
    guard result == .accepted else {
      bolus.denied += 1
      deniedUntil = now + Controller.deniedTicks
      nextReminder = now
      return result
    }
    bolus.patientLeft = conversions.steps(in: prescription.bolusDose)
    bolus.patientRate = conversions.stepsPerTick(at: prescription.bolusFlow)
    bolus.lockoutEnd = now + prescription.bolusLockout.rawValue
    bolus.grants[Int(bolus.nextGrant)] = now
    journal.want(JournalSlot.grants + UInt16(bolus.nextGrant))
    journal.want(JournalSlot.bolus)
    journal.want(JournalSlot.mark)
    bolus.nextGrant = (bolus.nextGrant + 1) % 12
    bolus.granted += 1
    sealBoluses()
    replan()
    return .accepted
  }

  private mutating func bolusRefusal() -> CommandResult? {
    guard mode == .infusing else { return .refusedMode }
    guard prescription.entries.contains(.patientBolus) else { return .refusedIncomplete }
    if isRecordFailed { return .refusedRecord }
    if isHoldingBoluses { return .refusedAlarm }
    if bolus.isRunning { return .refusedBusy }
    if now < bolus.lockoutEnd { return .refusedLockout }
    if bolus.grantsInHour(before: now) >= Int(prescription.bolusesPerHour) { return .refusedCount }
    return refusal(of: prescription.bolusDose)
  }

  /// Why a bolus of `dose` cannot be given now, by reservoir, history and caps.
  private mutating func refusal(of dose: Dose) -> CommandResult? {
    // The history that the answer rests on is looked at first.
    guard history.isTrusted, secondHistory.isTrusted, isWhole() else { return .refusedHistory }
    if reservoirLeft < conversions.steps(in: dose) { return .refusedReservoir }
    // The last step may be a whole one, and the flow of a tick is counted a step early.
    let mass =
      conversions.nanograms(in: dose) * DoseHistory.unitsPerNanogram + 2 * countedMassPerStep
    let isAllowed =
      history.allows(bolus: mass, basalPerBin: programme.basalPerBin, caps: caps, now: now)
      && isSecondAllowed(in: dose)
    return isAllowed ? nil : .refusedDoseCap
  }

  /// Whether an alarm lets the basal go on and grants no bolus: any of high priority, and those whose
  /// action in the alarm table is hold (ALM17, ALM18; ALM20 and ALM27 have answers of their own).
  private var isHoldingBoluses: Bool {
    !alarms.blocking.isEmpty || alarms.conditions.contains(.temperature)
      || alarms.conditions.contains(.clockInvalid)
  }

  // @relation(R-027, scope=line)
  private mutating func giveBolus(_ dose: Dose, over duration: Ticks) -> CommandResult {
    guard mode == .infusing else { return .refusedMode }
    guard prescription.isInRange(dose), dose.amount > 0, duration.rawValue > 0,
      duration.rawValue <= 6 * ticksPerHour
    else { return .refusedRange }
    if isRecordFailed { return .refusedRecord }
    if isHoldingBoluses { return .refusedAlarm }
    if bolus.isRunning { return .refusedBusy }
    let steps = conversions.steps(in: dose)
    let rate = conversions.stepsPerTick(of: dose, per: duration)
    if limiter.pumpBolus < rate { return .refusedRange }
    if !prescription.isWithinLibrary(bolus: dose, conversions) { return .refusedLibrary }
    let isAboveSoft = prescription.isAboveSoft(bolus: dose, conversions)
    if isAboveSoft, overrideReason == 0 { return .refusedSoftLimit }
    if let reason = refusal(of: dose) { return reason }
    overrideReason = 0
    bolus.clinicianLeft = steps
    bolus.clinicianRate = rate
    bolus.granted += 1
    journal.want(JournalSlot.bolus)
    replan()
    return .accepted
  }

  /// A new basal rate is proposed; the old one runs on until it is confirmed.
  ///
  /// - Requirements: @relation(R-005, R-100, scope=line)
  private mutating func propose(_ dose: Dose, per: Ticks) -> CommandResult {
    guard isConfirmed, !hasPending, programme.phase < prescription.phaseCount, !programme.isLoading,
      prescription.phases[Int(programme.phase)].kind == .basal
    else { return .refusedMode }
    let phase = ProgrammePhase(
      kind: .basal, dose: dose, per: per, duration: Ticks(count: ticksPerHour))
    let result = prescription.check(phase, conversions, configuration: configuration)
    guard result == .accepted else { return result }
    titration = phase
    return .accepted
  }

  private mutating func confirm(phaseCount: UInt8) -> CommandResult {
    if let phase = titration {
      guard mode != .retracting else { return .refusedMode }
      if prescription.isAboveSoft(phase, conversions), overrideReason == 0 {
        return .refusedSoftLimit
      }
      overrideReason = 0
      let ticks = ticksNeeded(programme.left, at: programme.rate)
      titration = nil
      return change(to: phase.dose, per: phase.per, ticksLeft: ticks)
    }
    guard hasPending else { return .refusedIncomplete }
    if mode.isMoving || mode == .off { return .refusedMode }
    if isLibraryMismatched { return .refusedLibrary }
    var checked = pending
    let result = checked.check(
      phaseCount: phaseCount, firstPhase: isSameProgramme ? programme.phase : 0,
      capabilities: capabilities, configuration: configuration)
    guard result == .accepted else { return result }
    guard isHistoryOf(pending) else { return .refusedHistory }
    if overrideReason == 0,
      checked.isAboveSoft(checked.conversions(microstepTravel: capabilities.microstepTravel))
    {
      return .refusedSoftLimit
    }
    overrideReason = 0
    adopt()
    return .accepted
  }

  /// Applies a new rate to the basal that runs, for the time it had left.
  private mutating func change(to dose: Dose, per: Ticks, ticksLeft: Int64) -> CommandResult {
    let index = Int(programme.phase)
    setRate(dose, per: per)
    programme.left = conversions.steps(
      in: ProgrammePhase(kind: .basal, dose: dose, per: per, duration: Ticks(count: ticksLeft)))
    prescription.phases[index].dose = dose
    prescription.phases[index].per = per
    wantPrescription()
    journal.want(JournalSlot.mark)
    if mode == .infusing { replan() }
    return .accepted
  }

  // @relation(R-066, scope=line)
  private mutating func prime(
    _ volume: Volume, isDisconnected: Bool, sensors: SensorFrame
  ) -> CommandResult {
    guard mode == .ready else { return .refusedMode }
    guard isDisconnected else { return .refusedIncomplete }
    guard volume.rawValue > 0, volume <= configuration.primeMaximum else { return .refusedRange }
    if !alarms.blocking.isEmpty { return .refusedAlarm }
    drive.rebase(sensors, position: position.whole)
    detectors.beginMotion(at: position.whole)
    primeLeft = StepAmount.min(conversions.steps(in: volume), reservoirLeft)
    enter(.priming)
    if capabilities.commanding == .rateCommanded {
      output.actuator.flowRate = UInt32(clamping: conversions.flow(at: primeRate))
    }
    output.actuator.stepRateBound = min(
      capabilities.maximumStepRate, UInt32(clamping: (primeRate.whole + 2) * 2 * ticksPerSecond))
    return .accepted
  }

  // @relation(R-073, scope=line)
  private mutating func acknowledge(by role: Role) {
    alarms.acknowledge(pause: min(configuration.audioPause.rawValue, 2 * ticksPerMinute))
    alarms.escalated.remove(.endOfInfusion)
    if mode != .keepOpen { isCapReached = false }
    drive.acknowledge()
    detectors.acknowledge(by: role)
  }

  /// A side effect was seen: what the order set says, at once (design §5).
  private mutating func react(severity: UInt8) -> CommandResult {
    // What is more than severe is severe: a report is never lost to its number.
    guard severity >= 1 else { return .refusedRange }
    switch prescription.reactionOrder {
    case .halve where severity < 3 && mode == .infusing && !programme.isLoading:
      bolus.cancel()
      let phase = prescription.phases[Int(programme.phase)]
      let ticks = ticksNeeded(programme.left, at: programme.rate)
      return change(
        to: Dose(phase.dose.amount / 2, phase.dose.basis), per: phase.per, ticksLeft: ticks)
    default:
      isReactionHold = true
      stopByOperator(.stopped)
      return .accepted
    }
  }

  // @relation(R-106, scope=line)
  private mutating func answer(isResuming: Bool) -> CommandResult {
    guard mode == .askResume else { return .refusedMode }
    if isResuming {
      enter(.stopped)
    } else {
      prescription.phaseCount = 0
      isConfirmed = false
      enter(.setUp)
    }
    return .accepted
  }
}
