import PumpHAL

extension Plant {
  /// Makes something go wrong in the world; faults of sensors and supply are the pump's.
  mutating func inject(_ fault: Fault) {
    precondition(fault.isFinite)
    switch fault {
    case .occlusion(let site, let remaining, let ramp):
      let share = min(max(remaining, 0), 1)
      switch site {
      case .needle: fluid.needleOpening.go(to: share, ramp: ramp)
      case .line: fluid.lineOpening.go(to: share, ramp: ramp)
      }
    case .disconnection(let site):
      switch site {
      case .needle: fluid.isNeedleOut = true
      case .line: fluid.isLineOff = true
      }
    case .leak(let site, let conductance):
      switch site {
      case .needle: fluid.hubLeak = min(max(conductance, 0), 1e6)
      case .line: fluid.lineLeak = min(max(conductance, 0), 1e6)
      }
    case .bubble(let volume):
      line.insertAir(max(volume, 0))
      fluid.air = line.air
    case .stall: drive.isJammed = true
    case .lostSteps(let fraction): drive.lostShare = min(max(fraction, 0), 1)
    case .wrongSyringe(let area):
      // Nothing with a bore is thinner than a hair, no syringe as wide as a bucket.
      boreArea = min(max(area, 0.01), 1e5)
    case .battery(let charge): battery.replace(charge: min(max(charge, 0), 1))
    case .sitePressed(let factor):
      fluid.siteFactor = min(max(factor, 0.001), 1e6)
      fluid.yieldTissue()
    case .height(let metres): fluid.height = min(max(metres, -20), 20)
    case .forceOffset, .forceStuck, .encoderLoss, .powerLoss: return
    }
    prepare()
  }

  /// Puts everything of one kind right again.
  mutating func clear(_ kind: FaultKind) {
    switch kind {
    case .occlusion:
      fluid.lineOpening = Opening()
      fluid.needleOpening = Opening()
    case .disconnection:
      fluid.isLineOff = false
      fluid.isNeedleOut = false
    case .leak:
      fluid.lineLeak = 0
      fluid.hubLeak = 0
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
    case .bubble, .forceOffset, .forceStuck, .encoderLoss, .powerLoss: return
    }
    prepare()
  }

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
