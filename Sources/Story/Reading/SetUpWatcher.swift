import PumpHAL

/// Collects what is entered into the pump until it is confirmed.
struct SetUpWatcher {
  private var draft = EnteredPrescription()
  private var phases: [UInt8: ProgrammePhase] = [:]
  private var caps: [CapWindow: Mass] = [:]
  private var syringe: SyringeSpecification?
  private var fill: Volume?
  private var secondCaps: [CapWindow: Mass] = [:]
  private var concentration: Concentration?
  private var secondConcentration = Concentration(nanogramsPerMillilitre: 0)
  private var isSetUp = false
  private var rates: [PrescribedRateStory] = []

  /// The rate of a phase as it stands now, titrations included.
  func rate(ofPhase phase: UInt8) -> PrescribedRateStory? {
    rates.indices.contains(Int(phase)) ? rates[Int(phase)] : nil
  }

  /// Takes an accepted command.
  mutating func commanded(
    _ action: ActionStory, microstepTravel: Length?, into story: inout SessionStory
  ) {
    switch action.command.action {
    case .beginSetUp:
      draft = EnteredPrescription()
      phases = [:]
      caps = [:]
      secondCaps = [:]
      secondConcentration = Concentration(nanogramsPerMillilitre: 0)
      isSetUp = true
    case .confirmSyringe(let specification): syringe = specification
    case .confirmInfusionSet(let set): draft.infusionSet = set
    case .setFill(let volume): fill = volume
    case .setDrug(index: 1, let number, let value):
      secondConcentration = value
      if value.nanogramsPerMillilitre > 0 { draft.secondDrugNumber = number }
    case .setDrug(_, let number, let value):
      draft.drugNumber = number
      concentration = value
    case .setPatient(let mass): draft.patient = mass
    case .setDoseCap(index: 1, let window, let cap): secondCaps[window] = cap
    case .setDoseCap(_, let window, let cap): caps[window] = cap
    case .setLimits(let flow, let occlusion, let keepOpen):
      draft.flowLimit = flow
      draft.occlusionLimit = occlusion
      draft.keepOpen = keepOpen
    case .setPhase(let index, let phase): phases[index] = phase
    case .setPatientBolus(let dose, let lockout, let maximum, let flow):
      draft.patientBolus = EnteredBolus(
        dose: dose, lockout: lockout, maximumPerHour: maximum, flow: flow)
    case .setReactionOrder(let order): draft.reactionOrder = order
    case .cancel:
      isSetUp = false
      fill = nil
    case .confirm(let count): confirm(count, at: action.tick, microstepTravel, into: &story)
    default: return
    }
  }

  private mutating func confirm(
    _ count: UInt8, at tick: Int64, _ travel: Length?, into story: inout SessionStory
  ) {
    if isSetUp {
      draft.confirmedTick = tick
      draft.phases = (0..<count).compactMap { phases[$0] }
      draft.caps = CapWindow.allCases.compactMap { window in
        caps[window].map { EnteredCap(window: window, cap: $0) }
      }
      draft.secondCaps = CapWindow.allCases.compactMap { window in
        secondCaps[window].map { EnteredCap(window: window, cap: $0) }
      }
      rates = draft.phases.map { PrescribedRateStory(dose: $0.dose, per: $0.per) }
      story.prescription = draft
      isSetUp = false
    }
    if let syringe, let fill, let concentration, let travel {
      var use = SyringeUse(
        confirmedTick: tick, syringe: syringe, fill: fill, concentration: concentration,
        microstepTravel: travel)
      use.secondConcentration = secondConcentration
      story.syringes.append(use)
    }
    fill = nil
  }

  /// Takes a titration that was confirmed for a phase.
  mutating func titrated(_ rate: PrescribedRateStory, phase: UInt8) {
    if rates.indices.contains(Int(phase)) { rates[Int(phase)] = rate }
  }
}

extension OperatorAction {
  /// Whether it enters a value of a set-up and does nothing else.
  var isEntry: Bool {
    switch self {
    case .beginSetUp, .confirmSyringe, .confirmInfusionSet, .setFill, .setDrug, .setDrugLimits,
      .setPatient, .setDoseCap, .setLimits, .setPhase, .setPatientBolus, .setReactionOrder,
      .setLibrary, .setSoftLimits:
      true
    default: false
    }
  }
}
