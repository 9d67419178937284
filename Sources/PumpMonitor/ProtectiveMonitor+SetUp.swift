import PumpHAL

// What is entered, and when it takes effect: a syringe and its solution at once where nothing moves,
// everything else with `confirm`.

extension ProtectiveMonitor {
  /// Whether the controller cannot be delivering, so that a syringe may be changed.
  private var isAtRest: Bool {
    mutating get {
      mode == .standstill || mode == .off || (mode == .running && envelope.mayAwaitSyringe)
    }
  }

  mutating func hearSetUp(_ action: OperatorAction, by role: Role) {
    switch action {
    case .beginSetUp(isNewPatient: true) where role != .pharmacist: return
    // With nothing entered or proposed, there is nothing to confirm.
    case .confirm where titration == nil && !hasPendingEntries: return
    default: break
    }
    guard mayBeSetUp(action) else {
      if case .beginSetUp = action { hasMissedBeginning = true }
      hasMissedEntry = true
      return
    }
    switch action {
    case .titrate, .cancel, .confirm: break
    default:
      // An entry throws away what was proposed, and holds off what would be.
      titration = nil
      hasPendingEntries = true
    }
    switch action {
    case .beginSetUp(let isNewPatient):
      hasMissedBeginning = false
      hasMissedEntry = false
      // What was confirmed before is no programme any more, unless it waits for an answer.
      if !asksResume { progress.forget() }
      if isNewPatient, mode == .standstill { forgetPatient() }
    case .confirmSyringe(let syringe): confirm(syringe)
    case .confirmInfusionSet(let set):
      entered.lineCompliance = set.compliance
      if isAtRest { confirmed.lineCompliance = set.compliance }
    case .setFill(let fill):
      fillLeft = Attolitres(
        rawValue: Prescription.cut(fill.picolitres, to: 1_000_000_000_000)
          * Attolitres.perPicolitre)
    case .setDrug(let index, let number, let concentration):
      // Nobody changes what is in the syringe while it moves.
      guard index <= 1, isAtRest else { return }
      let amount = Prescription.cut(concentration.nanogramsPerMillilitre)
      if index == 0 {
        entered.drug = number
        entered.concentration = amount
      } else {
        entered.second.number = number
        entered.second.concentration = amount
      }
      adoptSolution()
    case .setDrugLimits(let index, let doseRate, let bolus, _):
      guard index <= 1 else { return }
      let rate = Prescription.cut(doseRate.nanogramsPerHour)
      let most = Prescription.cut(bolus.nanograms)
      if index == 0 {
        entered.doseRateLimit = rate
        entered.bolusLimit = most
      } else {
        entered.second.doseRateLimit = rate
        entered.second.bolusLimit = most
      }
    case .setPatient(let mass):
      entered.bodyMass = Prescription.cut(mass.grams, to: 0xffff_ffff)
    case .setDoseCap(let index, let window, let cap):
      guard index <= 1 else { return }
      let most = Prescription.cut(cap.nanograms, to: (1 << 48) - 1)
      if index == 0 {
        entered.caps[Int(window.rawValue)] = most
      } else {
        entered.second.caps[Int(window.rawValue)] = most
      }
    case .setLimits(let flow, let occlusion, let keepOpen):
      entered.flowLimit = Prescription.cut(flow.nanolitresPerHour, to: 0xffff_ffff)
      entered.occlusion = Prescription.cut(occlusion.pascals, to: 0xffff_ffff)
      entered.keepOpen = Prescription.cut(keepOpen.nanolitresPerHour, to: 0xffff_ffff)
    case .titrate(let dose, let per):
      if role == .pharmacist { propose(dose, per: per) }
    default: hearProgramme(action)
    }
  }

  /// Whether the controller can take a set-up now: it refuses one while it moves.
  ///
  /// An alarm stops the controller and not the monitor, which then still lets the motor run. A motor
  /// that has stood still for longer than the slowest flow makes of two steps is taken for stopped,
  /// and stopped it then is.
  private mutating func mayBeSetUp(_ action: OperatorAction) -> Bool {
    switch action {
    case .titrate, .cancel: return true
    case .confirm where titration != nil: return true
    default: break
    }
    if mode == .standstill || mode == .off { return true }
    if sinceMotion > restTicks {
      halt()
      return true
    }
    return mode == .running && envelope.mayAwaitSyringe
  }

  /// Ticks without a step after which nothing is being delivered.
  private var restTicks: Int64 {
    mutating get {
      let margin = ticksPerSecond / 2
      guard mode == .running else { return margin }
      let slowest = envelope.slowest(isHalvable: confirmed.reactionOrder == .halve)
      guard slowest.rawValue > 0 else { return margin }
      return margin + 2 * area * motion.microstep / slowest.rawValue
    }
  }

  /// Follows how long the step generator has stood still.
  mutating func noteRest(_ moved: Motion, ticks: Int64) {
    guard moved.isFresh, moved.steps != 0 else {
      sinceMotion = Swift.min(sinceMotion + ticks, 1_000_000)
      return
    }
    sinceMotion = 0
    // Whoever moves has refused the set-up as well.
    hasMissedEntry = false
    hasMissedBeginning = false
    hasPendingEntries = false
  }

  /// A new rate for the basal that runs; outside its range the controller refuses it.
  private mutating func propose(_ dose: Dose, per: Ticks) {
    guard per.count > 0, dose.amount > 0, !hasPendingEntries else { return }
    let proposal = ProgrammePhase(kind: .basal, dose: dose, per: per, duration: Ticks(count: 0))
    let flow = confirmed.flow(of: proposal)
    let configuration = powerOn.configuration
    guard flow >= Prescription.perTick(configuration.basalMinimum.nanolitresPerHour),
      flow <= Prescription.perTick(configuration.basalMaximum.nanolitresPerHour),
      confirmed.isWithinDoseRate(proposal)
    else { return }
    titration = proposal
    titrationPhase = envelope.earliest == envelope.latest ? envelope.earliest : 255
  }

  private mutating func hearProgramme(_ action: OperatorAction) {
    switch action {
    case .setPhase(let index, let phase):
      guard index < ProgrammePhase.maximumCount else { return }
      entered.phases[Int(index)] = phase
      hasNewPhases = true
    case .setPatientBolus(let dose, let lockout, let maximumPerHour, let flow):
      entered.bolus = dose
      entered.lockout = Prescription.cut(lockout.count, to: Prescription.longestDuration)
      entered.bolusMaximum = maximumPerHour
      entered.bolusFlow = Prescription.cut(flow.nanolitresPerHour, to: 0xffff_ffff)
    case .setReactionOrder(let order): entered.reactionOrder = order
    case .cancel:
      titration = nil
      hasPendingEntries = false
      entered = confirmed
      hasNewPhases = false
    case .confirm(let phaseCount): confirm(phaseCount)
    default: return
    }
  }

  private mutating func confirm(_ syringe: SyringeSpecification) {
    guard isAtRest else { return }
    hasMissedEntry = false
    progress.keep()
    entered.area = Prescription.cut(syringe.boreArea.squareMicrometres, to: 1_000_000_000)
    entered.diameter = Int64(syringe.barrelDiameter)
    entered.friction = syringe.friction
    entered.syringeCompliance = syringe.compliance
    hasNewSyringe = true
    adoptSyringe()
  }

  private mutating func adoptSyringe() {
    confirmed.area = entered.area
    confirmed.diameter = entered.diameter
    confirmed.friction = entered.friction
    confirmed.syringeCompliance = entered.syringeCompliance
    motion.unseat()
    idle = .zero
    journal.mark(.syringe)
    retraction.disarm()
    fitPressure()
  }

  /// Computes what follows from syringe, line and occlusion limit.
  mutating func fitPressure() {
    thrust.fit(
      area: confirmed.area, friction: confirmed.friction, occlusion: confirmed.occlusion, powerOn)
    retraction.fit(confirmed, powerOn)
    drawBackBound = confirmed.retractionBound(powerOn)
  }

  private mutating func adoptSolution() {
    progress.keep()
    let old = confirmed.solution
    guard
      old != entered.solution || confirmed.drug != entered.drug
        || confirmed.second.number != entered.second.number
    else { return }
    hour.settle(old)
    fourHours.settle(old)
    day.settle(old)
    confirmed.concentration = entered.concentration
    confirmed.drug = entered.drug
    confirmed.second.concentration = entered.second.concentration
    confirmed.second.number = entered.second.number
    envelope.rescale(from: old.leading, to: confirmed, powerOn.configuration)
    journal.mark(.drug)
    if entered.second.concentration > 0 { journal.hasSecond = true }
    if journal.hasSecond { journal.mark(.secondDrug) }
    limitDose()
  }

  private mutating func confirm(_ phaseCount: UInt8) {
    if let titration {
      self.titration = nil
      titrate(titration)
      return
    }
    guard phaseCount <= ProgrammePhase.maximumCount else { return }
    hasPendingEntries = false
    isReady = true
    progress.keep()
    let isSameBody =
      entered.bodyMass == confirmed.bodyMass && entered.phaseCount == confirmed.phaseCount
    confirmed = entered
    if phaseCount > 0 { entered.phaseCount = phaseCount }
    confirmed.phaseCount = entered.phaseCount
    asksResume = false
    journal.markProgramme(phases: confirmed.phaseCount)
    if hasNewPhases {
      envelope.adopt(&confirmed, powerOn.configuration)
      hasNewPhases = false
    } else if isSameBody {
      // Nothing that makes volumes of doses is new: what titrations have made of them stays.
      envelope.limit(&confirmed, powerOn.configuration)
    } else {
      envelope.refresh(&confirmed, powerOn.configuration)
    }
    fitPressure()
    limitDose()
  }

  private mutating func titrate(_ proposal: ProgrammePhase) {
    let flow = confirmed.flow(of: proposal)
    progress.keep()
    progress.allow(flow, step: Attolitres(area: area, travel: motion.microstep))
    envelope.titrate(to: flow, proposedFor: titrationPhase)
    let index = Int(Swift.min(envelope.latest, 15))
    if envelope.earliest == envelope.latest, envelope.earliest == titrationPhase,
      confirmed.phases[index].kind == .basal
    {
      // So that a resumed programme goes on at the new rate.
      confirmed.phases[index].dose = proposal.dose
      confirmed.phases[index].per = proposal.per
      entered.phases[index] = confirmed.phases[index]
      journal.markProgramme(phases: confirmed.phaseCount)
    }
  }

  // @relation(R-033, scope=line)
  private mutating func forgetPatient() {
    hour.clear()
    fourHours.clear()
    day.clear()
    boluses.clear()
    isHistoryTrusted = true
    asksResume = false
    needsClinician = false
    // The syringe and its solution are still in the clamp.
    let old = confirmed
    entered = Prescription()
    entered.area = old.area
    entered.diameter = old.diameter
    entered.friction = old.friction
    entered.syringeCompliance = old.syringeCompliance
    entered.lineCompliance = old.lineCompliance
    entered.drug = old.drug
    entered.concentration = old.concentration
    entered.second.number = old.second.number
    entered.second.concentration = old.second.concentration
    confirmed.phaseCount = 0
    journal.markHistory()
    limitDose()
  }
}
