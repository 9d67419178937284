import PumpHAL

extension Controller {
  /// Takes one entry of a set-up; nothing that runs changes before `confirm`.
  mutating func edit(_ action: OperatorAction, sensors: SensorFrame) -> CommandResult {
    if case .beginSetUp(let isNewPatient) = action { return beginSetUp(isNewPatient: isNewPatient) }
    if mode.isMoving || mode == .selfTest || mode == .askResume || mode == .failed || mode == .off {
      return .refusedMode
    }
    // One confirmation at a time: an entry throws away a titration that was proposed.
    titration = nil
    if !hasPending {
      pending = prescription
      hasPending = true
    }
    if case .setLibrary(let version) = action { return enterLibrary(version) }
    return pending.enter(
      action, capabilities: capabilities, configuration: configuration, sensors: sensors)
  }

  /// The library that the programme was written for has to be the one in this pump (R-104, ALM28).
  private mutating func enterLibrary(_ version: UInt32) -> CommandResult {
    isLibraryMismatched = version != 0 && version != configuration.libraryVersion
    pending.library.version = isLibraryMismatched ? 0 : version
    return isLibraryMismatched ? .refusedLibrary : .accepted
  }

  private mutating func beginSetUp(isNewPatient: Bool) -> CommandResult {
    switch mode {
    case .setUp, .ready, .stopped, .alarmStop, .complete, .awaitingSyringe, .paused: break
    default: return .refusedMode
    }
    if isNewPatient {
      let tick = now
      history = DoseHistory()
      history.oneHour.begin(at: tick)
      history.fourHours.begin(at: tick)
      history.day.begin(at: tick)
      bolus = BolusProgress()
      account = DispensedAccount()
      wantHistory()
      journal.want(JournalSlot.bolus)
      journal.want(JournalSlot.grants, count: 12)
    }
    pending = Prescription()
    hasPending = true
    titration = nil
    overrideReason = 0
    isLibraryMismatched = false
    isConfirmed = false
    prescription.phaseCount = 0
    enter(.setUp)
    return .accepted
  }

  /// Whether what is pending goes on with the programme that runs: another syringe, the same phases.
  var isSameProgramme: Bool {
    guard isConfirmed, pending.phaseCount == prescription.phaseCount, pending.phaseCount > 0 else {
      return false
    }
    var index = 0
    while index < Int(pending.phaseCount) {
      if pending.phases[index] != prescription.phases[index] { return false }
      index += 1
    }
    return true
  }

  /// Makes what is pending the prescription; it has been checked.
  mutating func adopt() {
    let goesOn = isSameProgramme
    let changesLoad =
      pending.syringe != prescription.syringe || pending.fill != prescription.fill
      || pending.concentration != prescription.concentration || !isConfirmed
      || mode == .awaitingSyringe
    if changesLoad {
      // What was left of the phase is kept as time, because a microstep now means another mass.
      let ticks =
        goesOn && !programme.rate.isZero ? ticksNeeded(programme.left, at: programme.rate) : 0
      account.fold(conversions)
      prescription = pending
      configure()
      reservoirLeft = loadedSteps()
      if goesOn { rescale(ticksLeft: ticks) }
    } else {
      prescription = pending
      configure()
    }
    hasPending = false
    isConfirmed = true
    if !goesOn { startPhase(0) }
    if goesOn, mode == .awaitingSyringe { startPhase(programme.phase + 1) }
    wantPrescription()
    journal.want(JournalSlot.account)
    journal.want(JournalSlot.mark)
    enter(.ready)
  }

  private mutating func rescale(ticksLeft: Int64) {
    guard programme.phase < prescription.phaseCount else { return }
    let phase = prescription.phases[Int(programme.phase)]
    guard phase.kind != .syringeChange else { return }
    setRate(phase.dose, per: phase.per)
    programme.left = conversions.steps(
      in: ProgrammePhase(
        kind: phase.kind, dose: phase.dose, per: phase.per, duration: Ticks(count: ticksLeft)))
  }

  /// Works out everything that follows from the prescription.
  mutating func configure() {
    conversions = prescription.conversions(microstepTravel: capabilities.microstepTravel)
    limiter.configure(
      prescription, conversions: conversions, capabilities: capabilities,
      configuration: configuration)
    occlusion.configure(prescription, capabilities: capabilities)
    countedMassPerStep = conversions.countedMassPerStep
    countedSteps = position.whole + drive.countedAhead
    primeRate = conversions.stepsPerTick(at: configuration.bolusMaximum)
    // R-006 allows 0.02 mL to be skipped or repeated by a power loss; half of it is used.
    portion = max(4, conversions.steps(in: Volume(picolitres: 10_000_000)).whole)
    uncommandedLimit = conversions.steps(in: Volume(picolitres: 20_000_000)).whole
    mismatchLimit = conversions.steps(in: Volume(picolitres: 50_000_000)).whole
    mark = 0
    var window: CapWindow? = .first
    while let length = window {
      let cap = prescription.caps[length].rawValue
      caps[length] = cap > 0 ? cap * DoseHistory.unitsPerNanogram : .max
      window = length.next
    }
  }

  /// Microsteps that can be delivered from the syringe as it was filled.
  func loadedSteps() -> StepAmount {
    let usable = prescription.fill - prescription.syringe.deadSpace
    return conversions.steps(in: max(usable, .zero))
  }

  /// Has the prescription journalled, under a new generation.
  mutating func wantPrescription() {
    generation &+= 1
    journal.want(JournalSlot.header)
    journal.want(JournalSlot.prescription, count: JournalSlot.prescriptionCount)
  }

  /// Has the whole dose history journalled.
  mutating func wantHistory() {
    journal.want(JournalSlot.history, count: 3 * DoseCap.slotCount)
  }
}

extension DoseCap {
  /// Begins an empty history at `tick`.
  mutating func begin(at tick: Int64) {
    binNumber = UInt32(truncatingIfNeeded: tick / binTicks)
    newest = Int32(binNumber % 61)
    binEnd = (Int64(binNumber) + 1) * binTicks
  }
}
