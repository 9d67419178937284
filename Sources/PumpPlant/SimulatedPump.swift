import PumpHAL

/// A pump whose hardware is the modelled world, in the same process.
///
/// `actuate` and `elapse` each let one tick of 10 ms pass; `sense` tells what the sensors last
/// sampled. Reading and copying change nothing, so a copy is a snapshot.
public struct SimulatedPump: PumpHardware, Sendable {
  /// Ticks without a word after which the dead man stops the motor: 250 ms.
  static let deadManTicks: Int32 = 25

  /// The world.
  public internal(set) var plant: Plant
  /// What the hardware is and can do.
  public internal(set) var capabilities: Capabilities
  var memory: NonVolatileMemory
  var sensors: SensorSuite
  var generator = StepGenerator()
  var annunciator = Annunciator()
  /// The faults that last.
  var faults: FaultTable

  // What was last heard.
  var lastTarget: Int64 = 0
  var lastBound: UInt32 = 0
  var isMotionPermitted = false
  /// Whether the motor has its supply, which the monitor's permit switches.
  var isMotorSupplied = false
  var silentTicks: Int32 = 0
  var hasDeadManTripped = false
  var wasFrameRefused = false
  var wasWriteRefused = false
  /// What the hardware's own checks find while components fail.
  var reportedDefects: HardwareFaults = []
  /// World tick at which what failing components do was worked out last.
  var faultsRunAt: Int64 = 0
  /// The frame that last came over a link with a fault, and the world tick of it.
  var linkFrame = SensorFrame()
  var linkFrameTick: Int64 = 0
  /// Parts of a step that a runaway motor has not done yet.
  var runawayCredit = 0.0

  // Supply.
  @usableFromInline var supply = Supply()
  @usableFromInline var powerLossTicks: Int64 = 0
  @usableFromInline var isBrownedOut = false
  var hasBrownedOut = false
  /// Ticks since the world began.
  var worldTick: Int64 = 0

  /// Builds a world and powers the pump on.
  ///
  /// - Parameters:
  ///   - parameters: what the world is made of; `isUsable` must hold.
  ///   - memory: what the non-volatile memory holds, every slot of the first copy, then of the
  ///     second; blank where nil.
  public init(_ parameters: PlantParameters, memory: [JournalEntry]? = nil) {
    plant = Plant(parameters)
    capabilities = Self.capabilities(of: parameters)
    self.memory = NonVolatileMemory(memory)
    sensors = SensorSuite(parameters)
    faults = FaultTable(seed: parameters.seed)
    sensors.powerOn(stepsDone: 0)
    sensors.sample(plant.view, worldTick: 0, faults: &faults)
  }

  /// What the world was made of at power-on.
  public var parameters: PlantParameters { plant.parameters }

  /// What is really the case.
  public var truth: PlantTruth {
    var truth = plant.truth
    truth.isLampLit = annunciator.isLit(at: worldTick)
    truth.isSounding = annunciator.isSounding(at: worldTick)
    truth.loudness = annunciator.loudness
    truth.isPowerFailToneSounding =
      supply.isCrying(at: worldTick) && !faults.affects(.powerFailTone)
    return truth
  }

  // Inlinable: a call from another module would copy the whole pump in every tick.
  /// Whether the controller has power.
  @inlinable public var isPowered: Bool {
    powerLossTicks == 0 && !isBrownedOut && !supply.isCutOff
  }

  /// What the memory holds, first copy then second; the array is new, never shared.
  public mutating func restoreMemory() -> [JournalEntry] { memory.image }

  /// The newest readings.
  public mutating func sense() -> SensorFrame {
    faults.affects(.link) ? senseThroughLink() : sensors.frame
  }

  mutating func tellFaults() {
    var faults = reportedDefects
    if hasDeadManTripped { faults.insert(.deadMan) }
    if hasBrownedOut { faults.insert(.brownOut) }
    if wasFrameRefused { faults.insert(.frameRefused) }
    sensors.frame.faults = faults
  }

  /// Takes what shall be done and lets one tick of 10 ms pass; without power nothing is heard.
  public mutating func actuate(_ frame: ActuatorFrame) {
    if !isPowered {
      pass(steps: 0, isPowered: false)
      return
    }
    if faults.affects(.link) && isLinkSilent {
      elapse()
      return
    }
    silentTicks = 0
    lastTarget = frame.targetSteps
    lastBound = frame.stepRateBound
    isMotionPermitted = frame.isPermitted
    isMotorSupplied = frame.isMonitorPermitting
    if !annunciator.isTold(frame.lamp, frame.buzzer) { tell(frame.lamp, frame.buzzer) }
    if hasDeadManTripped || wasFrameRefused {
      hasDeadManTripped = false
      wasFrameRefused = false
      tellFaults()
    }
    memory.tick()
    if let entry = frame.journal { take(entry) }
    pass(steps: stepsDue(), isPowered: true)
  }

  @inline(never) private mutating func tell(_ lamp: Lamp, _ buzzer: Buzzer) {
    annunciator.tell(lamp, buzzer, at: worldTick)
    plant.isAlarming = buzzer == .high || lamp == .high
    sensors.frame.annunciation = annunciator.sensed
  }

  /// A write to the memory, refused where there is no such slot.
  @inline(never) private mutating func take(_ entry: JournalEntry) {
    if entry.slot < JournalEntry.slotCount {
      wasWriteRefused = faults.isFailing(.memory, .off, at: worldTick)
      memory.store(entry)
    } else {
      wasFrameRefused = true
      tellFaults()
    }
  }

  /// Lets one tick of 10 ms pass in which nothing was heard.
  ///
  /// The motor goes on towards its last target until the dead man stops it after 250 ms.
  public mutating func elapse() {
    if isPowered && silentTicks < Self.deadManTicks {
      silentTicks += 1
      if silentTicks == Self.deadManTicks {
        hasDeadManTripped = true
        isMotionPermitted = false
        isMotorSupplied = false
        tellFaults()
      }
    }
    memory.tick()
    let isPowered = isPowered
    pass(steps: isPowered ? stepsDue() : 0, isPowered: isPowered)
  }

  private mutating func stepsDue() -> Int64 {
    if !isMotionPermitted { return 0 }
    return generator.advance(
      to: lastTarget, bound: min(lastBound, plant.parameters.drive.maximumStepRate))
  }

  /// One tick with or without power, in which the motor is sent so many steps.
  private mutating func pass(steps: Int64, isPowered wasPowered: Bool) {
    plant.isElectronicsOn = wasPowered
    var steps = steps
    if faults.count != 0 { steps += passFaults() }
    plant.advance(steps: steps)
    worldTick += 1
    if wasPowered {
      let isDue = sensors.tick()
      if steps != 0 {
        sensors.noteMotion(
          commanded: generator.commanded, done: plant.drive.stepsDone,
          current: plant.drive.current(thrust: plant.thrust), worldTick: worldTick, faults: &faults)
      }
      if isDue { sensors.sample(plant.view, worldTick: worldTick, faults: &faults) }
      if plant.tickOfSecond == 0 && plant.battery.lowest < plant.parameters.battery.minimumVoltage {
        isBrownedOut = true
        losePower()
      }
    } else if powerLossTicks > 0 {
      powerLossTicks -= 1
      if isPowered { restorePower() }
    }
    if faults.count != 0 || !supply.isFull { passSupply() }
  }

  /// A tick with faults that last; gives the steps that a runaway motor does by itself.
  @inline(never) private mutating func passFaults() -> Int64 {
    runFaults()
    if plant.effects.runaway == 0 || !isMotorSupplied || !isPowered {
      runawayCredit = 0
      return 0
    }
    runawayCredit +=
      plant.effects.runaway * Double(plant.parameters.drive.maximumStepRate) * 0.01
    let whole = Int64(runawayCredit)
    runawayCredit -= Double(whole)
    return whole
  }

  /// A tick in which the capacitor is drawn on or filled again.
  @inline(never) private mutating func passSupply() {
    let wasPowered = isPowered
    if supply.tick(isOpen: plant.effects.isBatteryOut) {
      losePower()
    } else if !wasPowered && isPowered {
      hasBrownedOut = true
      restorePower()
    }
  }

  /// The controller dies: what was being written stays half done, nothing moves.
  mutating func losePower() {
    memory.losePower()
    isMotionPermitted = false
    isMotorSupplied = false
    plant.isAlarming = false
    annunciator.losePower(at: worldTick)
    supply.fail(at: worldTick)
    sensors.losePower(isClockCellFlat: faults.affects(.clockCell), worldTick: worldTick)
  }

  /// The controller's supply is back: its counters begin at zero again.
  mutating func restorePower() {
    generator = StepGenerator()
    lastTarget = 0
    lastBound = 0
    silentTicks = 0
    hasDeadManTripped = false
    wasFrameRefused = false
    wasWriteRefused = false
    runawayCredit = 0
    supply.recover(at: worldTick)
    plant.isElectronicsOn = true
    plant.line.resetDetector()
    sensors.powerOn(stepsDone: plant.drive.stepsDone)
    sensors.sample(plant.view, worldTick: worldTick, faults: &faults)
    if faults.count != 0 { runFaults() }
    tellFaults()
  }

  /// Fits another syringe, with so much fluid (µL, dead space included) of so much drug (mg/mL) and
  /// of so much of the second drug of a mixture (mg/mL).
  ///
  /// The operator brings the carriage up to the new plunger; what is in the line stays there.
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double = 0
  ) {
    precondition(syringe.isUsable && fill >= 0 && concentration >= 0 && second >= 0)
    plant.fit(
      syringe, fill: fill, milligrams: MixtureAmount(leading: concentration, second: second))
  }

  /// The next write to the memory leaves half of its bytes.
  public mutating func tearNextWrite() { memory.spoilNextWrite(.torn) }

  /// The next write to the memory does not happen, in either copy.
  public mutating func loseNextWrite() { memory.spoilNextWrite(.lost) }

  /// A fingerprint of the whole state in canonical encoding; not for every tick.
  public var stateDigest: StateDigest {
    var digest = StateDigest()
    encode(to: &digest)
    return digest
  }

  /// A copy that shares no storage with this one, so that no later tick of either allocates.
  ///
  /// A plain copy is a snapshot as well; the first write after it then copies 20 KB.
  public func snapshot() -> SimulatedPump {
    var copy = self
    copy.memory = memory.detached()
    copy.plant.line = plant.line.detached()
    return copy
  }

  private static func capabilities(of parameters: PlantParameters) -> Capabilities {
    var result = Capabilities()
    let drive = parameters.drive
    result.origin = .simulated
    result.commanding = .stepped
    result.canRunFasterThanRealTime = true
    result.sensors = [
      .motion, .carriage, .force, .motorCurrent, .battery, .temperature, .syringe, .annunciation,
    ]
    // A world without a date has no clock; a clock that lost its time is a fault.
    if parameters.wallClockStart != 0 { result.sensors.insert(.wallClock) }
    if parameters.hasAirDetector { result.sensors.insert(.air) }
    result.microstepTravel = Length(nanometres: Int64(drive.microstepTravel))
    result.microstepsPerRevolution = drive.microstepsPerRevolution
    result.encoderCountsPerRevolution = drive.encoderCountsPerRevolution
    result.maximumStepRate = drive.maximumStepRate
    result.stallForce = SensorSuite.whole(drive.stallForce * 1e6)
    result.forceFullScale = SensorSuite.whole(parameters.forceCell.fullScale * 1e6)
    result.stiffness = Stiffness(
      newtonsPerMetre: Int64(SensorSuite.whole(drive.stiffness * 1000)))
    result.backlash = Length(nanometres: Int64(SensorSuite.whole(drive.backlash * 1e6)))
    result.carriageResolution = SensorSuite.carriageResolution
    result.deadManMilliseconds = UInt16(deadManTicks) * 10
    result.serialNumber = 1
    result.deviceVersion = 0x0100
    return result
  }
}
