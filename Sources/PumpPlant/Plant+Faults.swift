import PumpHAL

extension Plant {
  /// Makes something go wrong in the world; faults of sensors and supply are the pump's.
  mutating func inject(_ fault: Fault) {
    precondition(fault.isPossible)
    let amount = fault.amount
    let isAtNeedle = fault.site == .needle
    switch fault.kind {
    case .occlusion:
      let share = min(max(amount, 0), 1)
      if isAtNeedle {
        fluid.needleOpening.go(to: share, ramp: fault.ramp)
      } else {
        fluid.lineOpening.go(to: share, ramp: fault.ramp)
      }
    case .disconnection:
      if isAtNeedle { fluid.isNeedleOut = true } else { fluid.isLineOff = true }
    case .leak:
      let conductance = min(max(amount, 0), 1e6)
      if isAtNeedle { fluid.hubLeak = conductance } else { fluid.lineLeak = conductance }
    case .bubble:
      line.insertAir(max(amount, 0))
      fluid.air = line.air
    case .stall: drive.isJammed = true
    case .lostSteps: drive.lostShare = min(max(amount, 0), 1)
    case .wrongSyringe:
      // Nothing with a bore is thinner than a hair, no syringe as wide as a bucket.
      boreArea = min(max(amount, 0.01), 1e5)
    case .battery: battery.replace(charge: min(max(amount, 0), 1))
    case .sitePressed:
      fluid.siteFactor = min(max(amount, 0.001), 1e6)
      fluid.yieldTissue()
    case .height: fluid.height = min(max(amount, -20), 20)
    case .tissuePressure:
      fluid.addedPressure.go(to: min(max(amount, -700), 2000), ramp: fault.ramp)
    case .syringeRemoved: removeSyringe()
    case .forceOffset, .forceStuck, .encoderLoss, .powerLoss, .component: return
    }
    drive.prepare(effects)
    prepare()
  }

  /// Puts everything of one kind right again, only at `site` where one is given.
  mutating func clear(_ kind: FaultKind, site: FluidSite? = nil) {
    switch kind {
    case .occlusion:
      if site != .needle { fluid.lineOpening = Opening() }
      if site != .line { fluid.needleOpening = Opening() }
    case .disconnection:
      if site != .needle { fluid.isLineOff = false }
      if site != .line { fluid.isNeedleOut = false }
    case .leak:
      if site != .needle { fluid.lineLeak = 0 }
      if site != .line { fluid.hubLeak = 0 }
    case .stall: drive.isJammed = false
    case .lostSteps:
      drive.lostShare = 0
      drive.lossCredit = 0
    case .wrongSyringe: boreArea = syringe.boreArea
    case .battery: battery.replace(charge: 1)
    case .sitePressed:
      fluid.siteFactor = 1
      fluid.yieldTissue()
    case .height: fluid.height = 0
    case .tissuePressure: fluid.addedPressure = Opening(0)
    case .syringeRemoved: if isSyringeOut { putSyringeBack() }
    case .bubble, .forceOffset, .forceStuck, .encoderLoss, .powerLoss, .component: return
    }
    drive.prepare(effects)
    prepare()
  }

  /// Takes what failing components do in this tick, where it is not what they did before.
  mutating func take(_ new: FaultEffects) {
    let old = effects
    effects = new
    // A spring that has been let go stays so, whatever becomes of the fault.
    if new.push > old.push {
      let length = (new.push - old.push) / boreArea
      plunger -= length
      sprung += length
    }
    let ambient = parameters.environment.temperature + new.warmer
    fluid.take(new, ambient: ambient)
    battery.take(new, ambient: ambient)
    drive.prepare(new)
    prepare()
  }

  /// Takes what failing components did when the state was written.
  mutating func restore(_ effects: FaultEffects) {
    self.effects = effects
    take(effects)
  }

  /// The plunger leaves the drive's reach: nothing pushes it and nothing holds it.
  private mutating func removeSyringe() {
    isSyringeOut = true
    plunger += Self.outOfReach
    sprung -= Self.outOfReach
  }

  /// The operator brings the carriage up to the plunger of the syringe that was out.
  private mutating func putSyringeBack() {
    isSyringeOut = false
    drive.engage(gap: parameters.drive.initialGap)
    sprung += plunger - drive.carriage
    plunger = drive.carriage
    slip = 0
  }

  /// Farther than any carriage travels, mm.
  private static let outOfReach = 1000.0

  /// Fits another syringe, full of `fill` µL with so many mg/mL of each drug; the carriage is brought
  /// up to its plunger, what is in the line stays.
  mutating func fit(_ syringe: SyringeParameters, fill: Double, milligrams: MixtureAmount) {
    // The line is clamped while the syringe is changed: it keeps its share of what is stored.
    let shared = fluid.syringeCompliance + parameters.line.compliance
    fluid.storedLine *= parameters.line.compliance / shared
    fluid.syringeCompliance = syringe.compliance
    fluid.pressureLine =
      fluid.storedLine / (syringe.compliance + parameters.line.compliance)
    self.syringe = syringe
    isSyringeOut = false
    sprung = 0
    boreArea = syringe.boreArea
    concentration = milligrams * 0.001
    syringeVolume = fill
    drive.engage(gap: parameters.drive.initialGap)
    plunger = drive.carriage
    slip = 0
    dwell = 360_000 * Int64(parameters.substeps)
    isInContact = true
    prepare()
  }
}
