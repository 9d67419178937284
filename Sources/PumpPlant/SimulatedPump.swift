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

  // What was last heard.
  var lastTarget: Int64 = 0
  var lastBound: UInt32 = 0
  var isMotionPermitted = false
  var silentTicks: Int32 = 0
  var hasDeadManTripped = false
  var wasFrameRefused = false

  // Supply.
  var powerLossTicks: Int64 = 0
  var isBrownedOut = false
  var hasBrownedOut = false
  /// Ticks since the world began.
  var worldTick: Int64 = 0

  /// Builds a world and powers the pump on.
  ///
  /// - Parameters:
  ///   - parameters: what the world is made of; `isUsable` must hold.
  ///   - memory: what the non-volatile memory holds, first copy then second (512 entries); blank
  ///     where nil.
  public init(_ parameters: PlantParameters, memory: [JournalEntry]? = nil) {
    plant = Plant(parameters)
    capabilities = Self.capabilities(of: parameters)
    self.memory = NonVolatileMemory(memory)
    sensors = SensorSuite(parameters)
    sensors.powerOn(stepsDone: 0)
    sensors.sample(plant.view, worldTick: 0)
  }

  /// What the world was made of at power-on.
  public var parameters: PlantParameters { plant.parameters }

  /// What is really the case.
  public var truth: PlantTruth { plant.truth }

  /// Whether the controller has power.
  public var isPowered: Bool { powerLossTicks == 0 && !isBrownedOut }

  /// What the memory holds, first copy then second; the array is new, never shared.
  public mutating func restoreMemory() -> [JournalEntry] { memory.image }

  /// The newest readings.
  public mutating func sense() -> SensorFrame { sensors.frame }

  private mutating func tellFaults() {
    var faults: HardwareFaults = []
    if hasDeadManTripped { faults.insert(.deadMan) }
    if hasBrownedOut { faults.insert(.brownOut) }
    if wasFrameRefused { faults.insert(.frameRefused) }
    sensors.frame.faults = faults
  }

  /// Takes what shall be done and lets one tick of 10 ms pass; without power nothing is heard.
  public mutating func actuate(_ frame: ActuatorFrame) {
    if !isPowered {
      pass(steps: 0)
      return
    }
    silentTicks = 0
    lastTarget = frame.targetSteps
    lastBound = frame.stepRateBound
    isMotionPermitted = frame.isPermitted
    plant.isAlarming = frame.buzzer == .high || frame.lamp == .high
    sensors.noteAnnunciation(lamp: frame.lamp, buzzer: frame.buzzer)
    if hasDeadManTripped || wasFrameRefused {
      hasDeadManTripped = false
      wasFrameRefused = false
      tellFaults()
    }
    memory.tick()
    if let entry = frame.journal { take(entry) }
    pass(steps: stepsDue())
  }

  /// A write to the memory, refused where there is no such slot.
  @inline(never) private mutating func take(_ entry: JournalEntry) {
    if entry.slot < JournalEntry.slotCount {
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
        tellFaults()
      }
    }
    memory.tick()
    pass(steps: isPowered ? stepsDue() : 0)
  }

  private mutating func stepsDue() -> Int64 {
    if !isMotionPermitted { return 0 }
    return generator.advance(
      to: lastTarget, bound: min(lastBound, plant.parameters.drive.maximumStepRate))
  }

  private mutating func pass(steps: Int64) {
    let wasPowered = isPowered
    plant.isElectronicsOn = wasPowered
    plant.advance(steps: steps)
    worldTick += 1
    if wasPowered {
      let isDue = sensors.tick()
      if steps != 0 {
        sensors.noteMotion(
          commanded: generator.commanded, done: plant.drive.stepsDone,
          current: plant.drive.current(thrust: plant.thrust))
      }
      if isDue { sensors.sample(plant.view, worldTick: worldTick) }
      if plant.tickOfSecond == 0 && plant.battery.lowest < plant.parameters.battery.minimumVoltage {
        isBrownedOut = true
        losePower()
      }
    } else if powerLossTicks > 0 {
      powerLossTicks -= 1
      if isPowered { restorePower() }
    }
  }

  /// The controller dies: what was being written stays half done, nothing moves.
  private mutating func losePower() {
    memory.losePower()
    isMotionPermitted = false
    plant.isAlarming = false
  }

  /// The controller's supply is back: its counters begin at zero again.
  private mutating func restorePower() {
    generator = StepGenerator()
    lastTarget = 0
    lastBound = 0
    silentTicks = 0
    hasDeadManTripped = false
    wasFrameRefused = false
    plant.isElectronicsOn = true
    plant.line.resetDetector()
    sensors.powerOn(stepsDone: plant.drive.stepsDone)
    sensors.sample(plant.view, worldTick: worldTick)
    tellFaults()
  }

  /// Makes something go wrong; its numbers must be finite and are limited to what can be.
  public mutating func inject(_ fault: Fault) {
    precondition(fault.isFinite)
    switch fault {
    case .forceOffset(let newtons): sensors.forceOffset = newtons
    case .forceStuck: sensors.isForceStuck = true
    case .encoderLoss: sensors.isEncoderLost = true
    case .powerLoss(let duration):
      // At least one tick, at most a hundred days.
      let ticks = Int64(min(max(duration, 0.01), 8_640_000) * 100 + 0.5)
      powerLossTicks = max(powerLossTicks, ticks)
      hasBrownedOut = false
      losePower()
    default: plant.inject(fault)
    }
  }

  /// Puts everything of one kind right again.
  public mutating func clear(_ kind: FaultKind) {
    switch kind {
    case .forceOffset: sensors.forceOffset = 0
    case .forceStuck: sensors.isForceStuck = false
    case .encoderLoss: sensors.isEncoderLost = false
    case .powerLoss:
      if powerLossTicks > 0 {
        powerLossTicks = 0
        if isPowered { restorePower() }
      }
    case .battery:
      plant.clear(.battery)
      if isBrownedOut {
        isBrownedOut = false
        hasBrownedOut = true
        if isPowered { restorePower() }
      }
    default: plant.clear(kind)
    }
  }

  /// Fits another syringe, with so much fluid (µL, dead space included) of so much drug (mg/mL).
  ///
  /// The operator brings the carriage up to the new plunger; what is in the line stays there.
  public mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double
  ) {
    precondition(syringe.isUsable && fill >= 0 && concentration >= 0)
    plant.fit(syringe, fill: fill, milligrams: concentration)
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
      .motion, .carriage, .force, .motorCurrent, .battery, .temperature, .syringe, .wallClock,
      .annunciation,
    ]
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
