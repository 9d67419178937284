import PumpHAL

/// The modelled world: drive, plunger, fluid path, tissue, patient and battery.
///
/// `advance` is one tick of 10 ms. Only + - × ÷ and square root, so the same bits everywhere. The
/// equations are in `Docs/Plant.md`; they give consistency checks, not predictions.
public struct Plant: Sendable {
  /// N/mm² for one mmHg.
  static let newtonsPerMMHg = 1.333224e-4

  /// What the world was made of.
  public let parameters: PlantParameters
  var drive: Drive
  var fluid: FluidPath
  var line: LineContent
  /// The patient.
  public internal(set) var patient: Pharmacokinetics
  /// What the second drug of a mixture does in the patient.
  public internal(set) var secondPatient: Pharmacokinetics
  var battery: Battery

  // The syringe that is fitted.
  var syringe: SyringeParameters
  var boreArea: Double
  /// Drug in the syringe, mg/µL.
  var concentration: MixtureAmount
  var syringeVolume: Double

  // The plunger.
  var plunger: Double
  /// -1 and 1 while it moves back and forth, 0 while it sticks.
  var slip = 0.0
  /// Steps of the integrator since it stuck.
  var dwell: Int64
  /// What springs added between drive and plunger, mm: the plunger is farther than it seems by that.
  var sprung = 0.0

  // What is wrong.
  /// What failing components do in this tick.
  var effects = FaultEffects()
  var isSyringeOut = false
  /// Whether the drive can pull the plunger as well as push it.
  private(set) var isPlungerHeld = true

  // The second that runs.
  var tickOfSecond: Int32 = 0
  var movingTicks: Int32 = 0
  var motorCurrentSum = 0.0
  /// The most that motor and alarm drew together in a tick, mA.
  var loadHighest = 0.0
  /// Whether lamp and buzzer signal an alarm of high priority.
  var isAlarming = false
  var isElectronicsOn = true
  var secondToTissue = 0.0
  var secondFromHub = 0.0
  var secondFromLineEnd = 0.0
  var secondFromLine = 0.0

  // Totals to the end of the last second.
  var infusedVolume = 0.0
  var infusedMass = MixtureAmount()
  var leakedVolume = 0.0
  var leakedMass = MixtureAmount()
  /// Volume through the needle in the last tick, µL.
  var lastToTissue = 0.0

  // Derived from syringe and drive.
  private(set) var pressureForce = 0.0
  private(set) var breakaway = 0.0
  /// Friction of the moving plunger with what is wrong with it, N.
  private var friction = 0.0
  var isInContact = true
  private var slipGain = 0.0
  private var slipPerPressure = 0.0
  private var restickTravel = 0.0

  /// A world at rest.
  public init(_ parameters: PlantParameters) {
    precondition(parameters.isUsable)
    self.parameters = parameters
    drive = Drive(parameters.drive)
    fluid = FluidPath(parameters)
    concentration = MixtureAmount(
      leading: parameters.drug.concentration * 0.001,
      second: parameters.secondDrug.concentration * 0.001)
    line = LineContent(
      volume: parameters.line.volume,
      concentration: parameters.line.isPrimed ? concentration : MixtureAmount())
    patient = Pharmacokinetics(parameters.drug)
    secondPatient = Pharmacokinetics(parameters.secondDrug)
    battery = Battery(parameters.battery, ambient: parameters.environment.temperature)
    syringe = parameters.syringe
    boreArea = parameters.syringe.boreArea
    syringeVolume = parameters.fill
    plunger = drive.carriage
    // Longer than any dwell that matters: the syringe has lain.
    dwell = 360_000 * Int64(parameters.substeps)
    prepare()
  }

  /// Recomputes what the steps of the integrator need, after anything but pressures changed.
  mutating func prepare() {
    pressureForce = boreArea * Self.newtonsPerMMHg
    friction = syringe.friction * (1 + effects.friction)
    // What is jammed gives way to no drive.
    if effects.isPlungerStuck { friction = 1e6 }
    breakaway = friction * (1 + syringe.breakawayImmediate + effects.breakaway)
    isPlungerHeld = syringe.isPlungerCaptured && !effects.isPlungerFree && !isSyringeOut
    if isPlungerHeld { isInContact = true }
    let spring = isInContact ? parameters.drive.stiffness : 0
    slipGain = 1 / (parameters.drive.damping / fluid.step + spring)
    slipPerPressure = slipGain * pressureForce
    restickTravel = parameters.drive.restickSpeed * fluid.step
    fluid.prepare(plungerStore: boreArea * slipPerPressure)
  }

  /// One tick of 10 ms in which the motor is sent `steps` microsteps.
  public mutating func advance(steps: Int64) {
    if fluid.isRamping {
      fluid.advanceRamps()
      prepare()
    } else if fluid.air != 0 {
      prepare()
    }
    if parameters.substeps == 1 {
      if steps != 0 { drive.send(steps, plunger: resistance) }
      lastToTissue = 0
      integrate()
    } else {
      advanceFinely(steps: steps)
    }
    if steps != 0 {
      let current = drive.current(thrust: thrust)
      movingTicks += 1
      motorCurrentSum += current
      // Motor and alarm together, where both draw in the same tick.
      let load = isAlarming ? current + parameters.battery.alarmCurrent : current
      if load > loadHighest { loadHighest = load }
    }
    tickOfSecond += 1
    if tickOfSecond == 100 { closeSecond() }
  }

  /// The same tick in several steps of the integrator, the motor's steps spread over them.
  private mutating func advanceFinely(steps: Int64) {
    let count = Int64(parameters.substeps)
    var sent: Int64 = 0
    lastToTissue = 0
    for index in 1...count {
      let due = steps * index / count
      if due != sent { drive.send(due - sent, plunger: resistance) }
      sent = due
      integrate()
    }
  }

  /// Where the spring that the carriage meets ends: at the plunger, or nowhere behind the carriage.
  @inline(__always) private var resistance: Double {
    isPlungerHeld ? plunger : min(plunger, drive.carriage)
  }

  /// Thrust of the drive on the plunger, N.
  @inline(__always) var thrust: Double {
    let force = parameters.drive.stiffness * (drive.carriage - plunger)
    return force < 0 && !isPlungerHeld ? 0 : force
  }

  /// One step of the integrator.
  @inline(__always) private mutating func integrate() {
    if fluid.moveValve() { prepare() }
    if !isPlungerHeld && (drive.carriage >= plunger) != isInContact {
      isInContact.toggle()
      prepare()
    }
    let push = thrust
    let surplus = push - pressureForce * fluid.pressureLine
    if slip == 0 {
      dwell += 1
      if abs(surplus) > breakaway { breakAway(surplus: surplus) }
    }
    let balance = fluid.lineBalance
    if slip != 0 {
      let free = slipGain * (push - slip * friction)
      let pressure = (balance + boreArea * free) * fluid.inverseLineSlipping
      let travel = slip * (free - slipPerPressure * pressure)
      if travel > 0 {
        if travel < restickTravel { stick() }
        move(free - slipPerPressure * pressure, pressure: pressure)
        return
      }
      // It would turn round: it sticks instead.
      stick()
    }
    fluid.finish(pressure: balance * fluid.inverseLineStuck, displaced: 0)
    account()
  }

  private mutating func stick() {
    slip = 0
    dwell = 0
  }

  /// Lets the plunger go if the surplus of force has grown past what its rest demands.
  private mutating func breakAway(surplus: Double) {
    let rest = Double(dwell) * fluid.step
    let limit =
      breakaway
      + friction * syringe.breakawayRest * (rest / (rest + syringe.breakawayTime))
    if abs(surplus) <= limit { return }
    if surplus > 0 {
      if syringeVolume > syringe.deadSpace { slip = 1 }
    } else if syringeVolume < syringe.capacity * 1.1 {
      slip = -1
    }
  }

  /// Moves the plunger by `travel` mm, as far as the barrel lets it.
  @inline(__always) private mutating func move(_ travel: Double, pressure: Double) {
    var displaced = boreArea * travel
    var reached = travel
    // A barrel is 10 % longer than its scale; beyond that the plunger would come out.
    let room =
      travel > 0 ? syringeVolume - syringe.deadSpace : syringeVolume - syringe.capacity * 1.1
    if travel > 0 ? displaced > room : displaced < room {
      displaced = travel > 0 ? max(room, 0) : min(room, 0)
      reached = displaced / boreArea
      stick()
    }
    plunger += reached
    syringeVolume -= displaced
    fluid.finish(pressure: pressure, displaced: displaced)
    account()
  }

  @inline(__always) private mutating func account() {
    lastToTissue += fluid.movedToTissue
    secondToTissue += fluid.movedToTissue
    if fluid.hasOutsidePath {
      secondFromHub += fluid.movedFromHub
      secondFromLineEnd += fluid.movedFromLineEnd
      secondFromLine += fluid.movedFromLine
    }
  }

  /// Once a second: the line moves on, drug is taken up, the battery drains, the tissue yields.
  private mutating func closeSecond() {
    let infused = line.move(secondToTissue, concentration: concentration)
    var lost = MixtureAmount()
    let outside = secondFromHub + secondFromLineEnd
    if outside != 0 { lost = line.move(outside, concentration: concentration) }
    if secondFromLine > 0 { lost += concentration * secondFromLine }
    infusedVolume += secondToTissue
    infusedMass += infused
    leakedVolume += outside + secondFromLine
    leakedMass += lost
    patient.advance(mass: infused.leading)
    if infusedMass.second != 0 { secondPatient.advance(mass: infused.second) }
    fluid.air = line.air
    fluid.yieldTissue()
    drainBattery()
    tickOfSecond = 0
    secondToTissue = 0
    secondFromHub = 0
    secondFromLineEnd = 0
    secondFromLine = 0
    prepare()
  }

  private mutating func drainBattery() {
    let steady =
      isElectronicsOn
      ? (parameters.battery.quiescentCurrent
        + (isAlarming ? parameters.battery.alarmCurrent : 0)) * 0.001 : 0
    let together =
      isElectronicsOn ? (parameters.battery.quiescentCurrent + loadHighest) * 0.001 : 0
    battery.advance(
      mean: steady + motorCurrentSum * 0.00001, highest: max(steady, together))
    movingTicks = 0
    motorCurrentSum = 0
    loadHighest = 0
  }

  /// What is really the case; masses of the second that runs are told by what is at the outlet.
  public var truth: PlantTruth {
    var truth = PlantTruth()
    let outside = secondFromHub + secondFromLineEnd
    truth.infusedVolume = infusedVolume + secondToTissue
    let atOutlet = line.outletConcentration
    truth.infusedMass = infusedMass.leading + max(secondToTissue, 0) * atOutlet.leading
    truth.infusedSecondMass = infusedMass.second + max(secondToTissue, 0) * atOutlet.second
    truth.leakedVolume = leakedVolume + outside + secondFromLine
    truth.leakedMass =
      leakedMass.leading + max(outside, 0) * atOutlet.leading
      + max(secondFromLine, 0) * concentration.leading
    truth.leakedSecondMass =
      leakedMass.second + max(outside, 0) * atOutlet.second
      + max(secondFromLine, 0) * concentration.second
    truth.syringeVolume = syringeVolume
    truth.linePressure = fluid.pressureLine
    truth.hubPressure = fluid.pressureHub
    truth.tissuePressure = fluid.pressureTissue
    truth.needleFlow = lastToTissue * 100
    truth.stepsDone = drive.stepsDone
    truth.plungerPosition = plunger + sprung
    truth.thrust = thrust
    truth.plasma = patient.plasma
    truth.secondPlasma = secondPatient.plasma
    truth.stateOfCharge = battery.charge
    truth.bubbleVolume = line.air
    truth.isPlungerSlipping = slip != 0
    return truth
  }

  /// Fluid that syringe, line and hub hold by their compliance, µL.
  public var storedVolume: Double { fluid.storedLine + fluid.storedHub }

  /// Drug in the line, mg.
  public var drugInLine: Double { line.drugInLine.leading }

  /// Second drug of a mixture in the line, mg.
  public var secondDrugInLine: Double { line.drugInLine.second }

  /// Drug that went from the line back into the syringe, mg.
  public var drugReturned: Double { line.returned.leading }

  /// Second drug that went from the line back into the syringe, mg.
  public var secondDrugReturned: Double { line.returned.second }
}
