import PumpHAL

extension Controller {
  /// A drive may stay unheard for 250 ms before it stops by itself: so many missed ticks are still
  /// delivered; what an overrun missed beyond that is not made up.
  static let overrunDelivered: Int64 = 25

  /// Moves the target by what this tick asks for.
  @inline(__always) mutating func move(
    elapsed: Int64, sensors: SensorFrame, conditions: inout AlarmSet
  ) {
    switch mode {
    case .infusing, .keepOpen:
      var ticks = min(elapsed, Controller.overrunDelivered)
      while ticks > 0, mode == .infusing || mode == .keepOpen {
        deliver(conditions: &conditions)
        ticks -= 1
      }
    case .priming:
      prime(
        ticks: min(elapsed, Controller.overrunDelivered),
        behind: output.actuator.targetSteps - sensors.stepCount)
    case .retracting: retract(ticks: min(elapsed, Controller.overrunDelivered))
    default: return
    }
    output.actuator.targetSteps = drive.stepOrigin + position.whole + drive.correction
  }

  /// One tick of the programme and of the boluses that run.
  ///
  /// - Requirements: @relation(R-006, R-028, R-032, scope=line)
  private mutating func deliver(conditions: inout AlarmSet) {
    var bounds: RateBounds = []
    var flow = limiter.next(&bounds)
    let next = Int64(flow.whole) + 1
    if !history.hasRoom(for: next * countedMassPerStep, caps: caps)
      || (secondMassPerStep > 0
        && !secondHistory.hasRoom(for: next * secondMassPerStep, caps: secondCaps))
    {
      output.bounds.insert(.doseCap)
      conditions.insert(.doseCapReached)
      reachCap()
      return
    }
    // Written before it is delivered: without a mark ahead the motor waits.
    let dispensed = account.delivered.whole
    if dispensed + next > mark - portion / 2 { journal.want(JournalSlot.mark) }
    if dispensed + next > mark {
      limiter.last = .zero
      return
    }
    output.bounds.formUnion(bounds)
    flow = StepAmount.min(flow, reservoirLeft)

    var continuous = StepAmount.min(flow, limiter.plannedContinuous)
    if mode == .infusing { continuous = StepAmount.min(continuous, programme.left) }
    var rest = flow - continuous
    let toPatient = StepAmount.min(rest, bolus.patientLeft)
    rest -= toPatient
    let toClinician = StepAmount.min(rest, bolus.clinicianLeft)
    let moved = continuous + toPatient + toClinician

    position += moved
    reservoirLeft -= moved
    if mode == .keepOpen {
      account.keepOpen += continuous
    } else {
      programme.left -= continuous
      if programme.isLoading { account.loading += continuous } else { account.basal += continuous }
    }
    count()
    if bolus.isRunning { advanceBoluses(toPatient, toClinician) }
    if programme.left.isZero && mode == .infusing { finishPhase() }
    if reservoirLeft.isZero && mode.isMoving { runEmpty(&conditions) }
  }

  private mutating func advanceBoluses(_ toPatient: StepAmount, _ toClinician: StepAmount) {
    account.bolus += toPatient + toClinician
    bolus.patientLeft -= toPatient
    bolus.clinicianLeft -= toClinician
    let isPatientDone = bolus.patientLeft.isZero && !toPatient.isZero
    let isClinicianDone = bolus.clinicianLeft.isZero && !toClinician.isZero
    if isPatientDone || isClinicianDone { replan() }
  }

  /// Counts steps towards the caps: the larger of commanded and measured.
  ///
  /// Commanded is also what was made up for steps that the encoder did not show: an encoder that has
  /// gone silent looks the same, and there they were done.
  ///
  /// - Requirements: @relation(R-028, scope=line)
  @inline(__always) private mutating func count() {
    let furthest = position.whole + drive.countedAhead
    if furthest > countedSteps {
      history.total += (furthest - countedSteps) * countedMassPerStep
      if secondMassPerStep > 0 {
        secondHistory.total += (furthest - countedSteps) * secondMassPerStep
      }
      countedSteps = furthest
    }
  }

  /// Fills the line; `behind` is what the motor has been told and not yet done.
  ///
  /// - Requirements: @relation(R-065, R-066, scope=line)
  private mutating func prime(ticks: Int64, behind: Int64) {
    let portions = account.primed.whole / portion
    // What was primed is not in the reservoir any more, after a loss of power neither.
    defer { if account.primed.whole / portion != portions { journal.want(JournalSlot.account) } }
    for _ in 0..<ticks where mode == .priming {
      // The last steps are waited for, or they would be the patient's; a start takes back what a
      // motor that does not follow has left.
      if primeLeft.isZero || reservoirLeft.isZero {
        let isFollowing =
          capabilities.commanding == .stepped && behind <= 2 * DriveSupervision.tolerance
        if behind > 0, isFollowing { return }
        enter(.ready)
        return
      }
      let step = StepAmount.min(StepAmount.min(primeRate, primeLeft), reservoirLeft)
      position += step
      primeLeft -= step
      reservoirLeft -= step
      account.primed += step
    }
  }

  // @relation(R-010, R-043, R-044, scope=line)
  private mutating func retract(ticks: Int64) {
    for _ in 0..<ticks where mode == .retracting {
      // The whole number of microsteps per tick nearest to half the bolus maximum, and at least one:
      // in a large syringe half of it is less than a microstep.
      let whole = min(max(1, primeRate.halved.rounded), occlusion.retractionLeft)
      let step = StepAmount(whole: whole)
      position -= step
      occlusion.retractionLeft -= whole
      account.retracted += step
      reservoirLeft += step
      programme.left += step
      if account.delivered.whole < mark - 2 * portion { journal.want(JournalSlot.mark) }
      if occlusion.retractionLeft <= 0 { endRetraction() }
    }
  }

  /// Takes back microsteps that were commanded and not done; what they counted stays counted.
  mutating func takeBack(_ steps: Int64) {
    let amount = StepAmount(whole: steps)
    position -= amount
    reservoirLeft += amount
    programme.left += amount
    if programme.isLoading { account.loading -= amount } else { account.basal -= amount }
    output.actuator.targetSteps -= steps
  }

  /// Enough was drawn back: stay stopped until an operator acknowledges and starts.
  mutating func endRetraction() {
    occlusion.retractionLeft = 0
    enter(.alarmStop)
  }

  /// The basal alone reached a cap.
  ///
  /// - Requirements: @relation(R-032, scope=line)
  private mutating func reachCap() {
    isCapReached = true
    bolus.cancel()
    if configuration.capPolicy == .keepOpen, prescription.keepOpenFlow > .zero, mode == .infusing {
      enter(.keepOpen)
      replan()
    } else {
      enter(.alarmStop)
    }
  }

  // @relation(R-064, scope=line)
  private mutating func runEmpty(_ conditions: inout AlarmSet) {
    conditions.insert(.endOfInfusion)
    alarms.escalated.insert(.endOfInfusion)
    bolus.cancel()
    enter(.alarmStop)
  }

  /// The phase that runs has dispensed its dose.
  private mutating func finishPhase() {
    journal.want(JournalSlot.mark)
    let rate = programme.rate
    startPhase(programme.phase + 1)
    if programme.phase >= prescription.phaseCount {
      complete(after: rate)
    } else if prescription.phases[Int(programme.phase)].kind == .syringeChange {
      bolus.cancel()
      enter(.awaitingSyringe)
    } else {
      replan()
    }
  }

  // @relation(R-011, R-064, scope=line)
  private mutating func complete(after rate: StepAmount) {
    bolus.cancel()
    if prescription.keepOpenFlow > .zero {
      // The keep-open rate never exceeds the rate that was set.
      programme.rate = rate
      sealRate()
      enter(.keepOpen)
      replan()
    } else {
      enter(.complete)
    }
  }

  /// Makes `index` the phase that runs.
  mutating func startPhase(_ index: UInt8) {
    // A titration was proposed for the phase that ran.
    titration = nil
    programme.phase = index
    output.phase = index
    programme.left = .zero
    programme.rate = .zero
    programme.isLoading = false
    // The end of the programme and a change of syringe have no rate, and are no memory fault.
    sealRate()
    guard index < prescription.phaseCount else { return }
    let phase = prescription.phases[Int(index)]
    guard phase.kind != .syringeChange else { return }
    programme.left = conversions.steps(in: phase)
    setRate(phase.dose, per: phase.per)
    programme.isLoading = phase.kind == .loading
  }

  /// Sets the rate of the phase that runs.
  mutating func setRate(_ dose: Dose, per: Ticks) {
    programme.rate = conversions.stepsPerTick(of: dose, per: per)
    var window: CapWindow? = .first
    while let length = window {
      let bin = Ticks(count: length.ticks / Int64(DoseCap.binCount))
      programme.basalPerBin[length] =
        conversions.nanograms(of: dose, per: per, in: bin) * DoseHistory.unitsPerNanogram
      if prescription.isMixture {
        programme.secondPerBin[length] =
          conversions.nanograms(of: dose, per: per, in: bin, place: .second)
          * DoseHistory.unitsPerNanogram
      }
      window = length.next
    }
    sealRate()
  }

  /// Plans the flow anew after anything that changes it.
  ///
  /// - Requirements: @relation(R-011, R-025, scope=line)
  mutating func replan() {
    let continuous =
      mode == .keepOpen
      ? StepAmount.min(conversions.stepsPerTick(at: prescription.keepOpenFlow), programme.rate)
      : programme.rate
    let patient = bolus.patientLeft.isZero ? StepAmount.zero : bolus.patientRate
    let clinician = bolus.clinicianLeft.isZero ? StepAmount.zero : bolus.clinicianRate
    limiter.plan(continuous: continuous, bolus: patient + clinician)
    let flow = conversions.flow(at: limiter.planned)
    output.actuator.flowRate = UInt32(clamping: flow)
    output.actuator.display.rate = UInt16(clamping: (flow + 5_000) / 10_000)
    // Twice the planned speed and two steps a tick more leaves room to make up lost steps.
    output.actuator.stepRateBound = min(
      capabilities.maximumStepRate,
      UInt32(clamping: (limiter.planned.whole + 2) * 2 * ticksPerSecond))
    predict()
    estimateEnd()
  }

  /// Predicts the time to alarm at the present flow.
  ///
  /// - Requirements: @relation(R-042, R-047, scope=line)
  mutating func predict() {
    // Nothing feels pressure: there is no alarm whose time could be told.
    guard capabilities.sensors.contains(.force) else { return }
    output.predictedTimeToAlarm = occlusion.predictedSeconds(
      at: FlowRate(nanolitresPerHour: Int64(output.actuator.flowRate)))
  }

  /// Works out the time to the end of programme or reservoir, whichever comes first.
  ///
  /// - Requirements: @relation(R-064, scope=line)
  mutating func estimateEnd() {
    guard mode == .infusing, !limiter.planned.isZero else {
      output.actuator.display.minutesLeft = .max
      return
    }
    // Rounded up: the last minute is shown as one, and an alarm due at 30 min is not a minute early.
    let ticks = min(programmeTicksLeft(), reservoirTicksLeft())
    let minutes = (ticks + ticksPerMinute - 1) / ticksPerMinute
    output.actuator.display.minutesLeft = UInt16(clamping: min(minutes, 65_534))
  }

  /// Ticks until the last phase is done, if nothing interrupts it.
  func programmeTicksLeft() -> Int64 {
    guard programme.phase < prescription.phaseCount else { return 0 }
    var ticks = programme.rate.isZero ? 0 : ticksNeeded(programme.left, at: programme.rate)
    var index = programme.phase + 1
    while index < prescription.phaseCount {
      ticks += prescription.phases[Int(index)].duration.rawValue
      index += 1
    }
    return ticks
  }

  /// Ticks until the reservoir is empty, once the bolus that runs has been given.
  ///
  /// Judged at the continuous flow: at the flow of a bolus every reservoir would be near its end.
  func reservoirTicksLeft() -> Int64 {
    let left = reservoirLeft - bolus.patientLeft - bolus.clinicianLeft
    return left.whole < 0 ? 0 : ticksNeeded(left, at: limiter.plannedContinuous)
  }

  /// Ticks in which `amount` is delivered at `rate`, rounded up.
  func ticksNeeded(_ amount: StepAmount, at rate: StepAmount) -> Int64 {
    // Both to 2^-32 of a microstep: half a tick of error at 72 h at the slowest rate.
    let numerator = Wide(
      high: UInt64(amount.whole) >> 32, low: UInt64(amount.whole) << 32 | amount.fraction >> 32)
    let denominator = UInt64(rate.whole) << 32 | rate.fraction >> 32
    guard denominator > 0 else { return 1 << 40 }
    let quotient = numerator.divided(by: Wide(low: denominator))
    return quotient.whole + (quotient.fraction == 0 ? 0 : 1)
  }
}
