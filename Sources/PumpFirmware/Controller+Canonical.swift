import PumpHAL

// A snapshot of the controller is its canonical encoding; the derived conversions are worked out
// anew from the prescription.

extension Controller: CanonicalCodable {
  /// Appends the whole state; always the same number of bytes but for a pending titration and a
  /// journal entry in the last output.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    capabilities.encode(to: &sink)
    configuration.encode(to: &sink)
    sink.put(now)
    sink.put(mode)
    sink.put(modeSince)
    prescription.encode(to: &sink)
    sink.put(isConfirmed)
    pending.encode(to: &sink)
    sink.put(hasPending)
    sink.put(titration != nil)
    if let titration { titration.encode(to: &sink) }
    sink.put(isReactionHold)
    sink.put(isRecordFailed)
    sink.put(isCapReached)
    sink.put(isResumable)
    position.encode(to: &sink)
    programme.encode(to: &sink)
    bolus.encode(to: &sink)
    limiter.encode(to: &sink)
    account.encode(to: &sink)
    reservoirLeft.encode(to: &sink)
    primeLeft.encode(to: &sink)
    primeRate.encode(to: &sink)
    sink.put(mark)
    sink.put(portion)
    history.encode(to: &sink)
    sink.put(caps.oneHour)
    sink.put(caps.fourHours)
    sink.put(caps.day)
    sink.put(countedMassPerStep)
    sink.put(countedSteps)
    sink.put(uncommandedLimit)
    sink.put(mismatchLimit)
    occlusion.encode(to: &sink)
    drive.encode(to: &sink)
    supervision.encode(to: &sink)
    alarms.encode(to: &sink)
    journal.encode(to: &sink)
    sink.put(generation)
    output.encode(to: &sink)
    sink.put(nextEstimate)
    sink.put(nextPrediction)
    sink.put(isNearEnd)
    sink.put(failure.bits)
    sink.put(aftermath.bits)
    access.encode(to: &sink)
    sink.put(overrideReason)
    sink.put(isLibraryMismatched)
    annunciators.encode(to: &sink)
    sink.put(standing.bits)
    sink.put(nextReminder)
    sink.put(deniedUntil)
    sink.put(steadyFlags.rawValue)
    sink.put(needsAnnouncement)
    sink.put(steadyBuzzer)
    sink.put(digest.value)
  }

  /// Reads a state; check `source.hasFailed` afterwards.
  public init<Source: CanonicalSource>(from source: inout Source) {
    capabilities = Capabilities(from: &source)
    configuration = PumpConfiguration(from: &source)
    conversions = Conversions(
      boreArea: .zero, microstepTravel: .zero, concentration: .zero, bodyMass: .zero)
    drive = DriveSupervision(capabilities: capabilities)
    now = source.takeInt64()
    mode = source.takeCase(or: .failed)
    modeSince = source.takeInt64()
    prescription = Prescription(from: &source)
    isConfirmed = source.takeBool()
    pending = Prescription(from: &source)
    hasPending = source.takeBool()
    if source.takeBool() { titration = ProgrammePhase(from: &source) }
    isReactionHold = source.takeBool()
    isRecordFailed = source.takeBool()
    isCapReached = source.takeBool()
    isResumable = source.takeBool()
    conversions = prescription.conversions(microstepTravel: capabilities.microstepTravel)
    position = StepAmount(from: &source)
    programme = ProgrammeProgress(from: &source)
    bolus = BolusProgress(from: &source)
    limiter = RateLimiter(from: &source)
    account = DispensedAccount(from: &source)
    reservoirLeft = StepAmount(from: &source)
    primeLeft = StepAmount(from: &source)
    primeRate = StepAmount(from: &source)
    mark = source.takeInt64()
    portion = source.takeInt64()
    history = DoseHistory(from: &source)
    caps.oneHour = source.takeInt64()
    caps.fourHours = source.takeInt64()
    caps.day = source.takeInt64()
    countedMassPerStep = source.takeInt64()
    countedSteps = source.takeInt64()
    uncommandedLimit = source.takeInt64()
    mismatchLimit = source.takeInt64()
    occlusion = OcclusionWatch(from: &source)
    drive = DriveSupervision(from: &source)
    supervision = Supervision(from: &source)
    alarms = AlarmManager(from: &source)
    journal = JournalQueue(from: &source)
    generation = source.take16()
    output = TickOutput(from: &source)
    nextEstimate = source.takeInt64()
    nextPrediction = source.takeInt64()
    isNearEnd = source.takeBool()
    failure = AlarmSet(bits: source.take64())
    aftermath = AlarmSet(bits: source.take64())
    access = AccessControl(from: &source)
    overrideReason = source.take8()
    isLibraryMismatched = source.takeBool()
    annunciators = AnnunciatorWatch(from: &source)
    standing = AlarmSet(bits: source.take64())
    nextReminder = source.takeInt64()
    deniedUntil = source.takeInt64()
    steadyFlags = DisplayFlags(rawValue: source.take8())
    needsAnnouncement = source.takeBool()
    steadyBuzzer = source.takeCase(or: .off)
    digest = StateDigest(value: source.take64())
  }
}

extension ProgrammeProgress: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(phase)
    rate.encode(to: &sink)
    left.encode(to: &sink)
    sink.put(isLoading)
    sink.put(basalPerBin.oneHour)
    sink.put(basalPerBin.fourHours)
    sink.put(basalPerBin.day)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    phase = source.take8()
    rate = StepAmount(from: &source)
    left = StepAmount(from: &source)
    isLoading = source.takeBool()
    basalPerBin.oneHour = source.takeInt64()
    basalPerBin.fourHours = source.takeInt64()
    basalPerBin.day = source.takeInt64()
  }
}

extension BolusProgress: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    patientRate.encode(to: &sink)
    patientLeft.encode(to: &sink)
    clinicianRate.encode(to: &sink)
    clinicianLeft.encode(to: &sink)
    sink.put(lockoutEnd)
    for index in 0..<grants.count { sink.put(grants[index]) }
    sink.put(nextGrant)
    sink.put(granted)
    sink.put(denied)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    patientRate = StepAmount(from: &source)
    patientLeft = StepAmount(from: &source)
    clinicianRate = StepAmount(from: &source)
    clinicianLeft = StepAmount(from: &source)
    lockoutEnd = source.takeInt64()
    for index in 0..<grants.count { grants[index] = source.takeInt64() }
    nextGrant = source.takeInt32()
    granted = source.take32()
    denied = source.take32()
  }
}

extension RateLimiter: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    prescription.encode(to: &sink)
    library.encode(to: &sink)
    pumpContinuous.encode(to: &sink)
    pumpBolus.encode(to: &sink)
    syringe.encode(to: &sink)
    slew.encode(to: &sink)
    planned.encode(to: &sink)
    plannedContinuous.encode(to: &sink)
    sink.put(plannedBounds.rawValue)
    last.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    prescription = StepAmount(from: &source)
    library = StepAmount(from: &source)
    pumpContinuous = StepAmount(from: &source)
    pumpBolus = StepAmount(from: &source)
    syringe = StepAmount(from: &source)
    slew = StepAmount(from: &source)
    planned = StepAmount(from: &source)
    plannedContinuous = StepAmount(from: &source)
    plannedBounds = RateBounds(rawValue: source.take8())
    last = StepAmount(from: &source)
  }
}

extension DispensedAccount: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    loading.encode(to: &sink)
    basal.encode(to: &sink)
    bolus.encode(to: &sink)
    keepOpen.encode(to: &sink)
    primed.encode(to: &sink)
    retracted.encode(to: &sink)
    sink.put(earlierLoading)
    sink.put(earlierBasal)
    sink.put(earlierBolus)
    sink.put(earlierVolume)
    sink.put(earlierPrimed)
    sink.put(earlierRetracted)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    loading = StepAmount(from: &source)
    basal = StepAmount(from: &source)
    bolus = StepAmount(from: &source)
    keepOpen = StepAmount(from: &source)
    primed = StepAmount(from: &source)
    retracted = StepAmount(from: &source)
    earlierLoading = source.takeInt64()
    earlierBasal = source.takeInt64()
    earlierBolus = source.takeInt64()
    earlierVolume = source.takeInt64()
    earlierPrimed = source.takeInt64()
    earlierRetracted = source.takeInt64()
  }
}
