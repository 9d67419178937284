import PumpHAL

@testable import PumpFirmware

/// A controller on ideal hardware: the motor follows its target, every sensor works.
///
/// Tests bend it where they want something to go wrong.
struct Rig {
  var controller: Controller
  var frame = SensorFrame()
  var memory: [JournalEntry]
  var last = TickOutput()
  /// Whether the monitor permits motion.
  var isPermitting = true
  /// Steps that the motor loses from now on.
  var isStalled = false
  /// Force on the cell as a function of position, µN.
  var force: (Int64) -> Int32 = { _ in 4_500_000 }
  /// Noise of the cell, µN: half its resolution either way; a dead cell has none.
  var noise: Int32 = 6_000
  /// Motor current, mA, where it is not what the force makes of it.
  var current: UInt16?
  /// Microsteps that the nut slips, or that the carriage jumps ahead where negative.
  var slip: Int64 = 0
  /// What the carriage sensor says of its own readings.
  var carriageValidity = Validity.valid
  /// Whether the air detector, where there is one, no longer speaks.
  var airIsSilent = false
  /// The wall clock at power-on, ms; none where the rig has none.
  var clock: Int64?
  var isClockSet = true
  /// Whether the motor moved since the last sample of its current.
  private var hasMoved = false
  var commandsRefused: [CommandResult] = []

  static let capabilities: Capabilities = {
    var value = Capabilities()
    value.canRunFasterThanRealTime = true
    value.sensors = [.motion, .force, .battery, .temperature, .syringe, .motorCurrent, .carriage]
    value.microstepTravel = Length(nanometres: 250)
    value.microstepsPerRevolution = 3200
    value.encoderCountsPerRevolution = 2000
    value.maximumStepRate = 20_000
    value.stallForce = 70_000_000
    value.forceFullScale = 100_000_000
    value.stiffness = Stiffness(newtonsPerMetre: 60_000)
    value.backlash = Length(nanometres: 100_000)
    value.carriageResolution = 17
    return value
  }()

  /// BD Plastipak 20 mL: bore 285.023 mm² (physics §1.1).
  static let bd20 = SyringeSpecification(
    number: 20, barrelDiameter: 0, boreArea: Area(squareMicrometres: 285_023_000),
    capacity: .millilitres(20), deadSpace: Volume(picolitres: 150_000_000), friction: 4_500_000,
    compliance: 3_750_308)

  init(
    memory: [JournalEntry] = Array(repeating: .blank, count: 1024),
    configuration: PumpConfiguration = PumpConfiguration(),
    capabilities: Capabilities = Rig.capabilities
  ) {
    self.memory = memory
    controller = Controller(
      powerOn: PowerOn(capabilities: capabilities, configuration: configuration),
      memory: memory.span)
    frame.motionValidity = .valid
    frame.encoderValidity = .valid
    frame.force = Reading(4_500_000, .valid, sampledAt: 0)
    frame.battery = Reading(
      BatteryReading(millivolts: 3000, milliamperes: 20), .valid, sampledAt: 0)
    frame.temperature = Reading(2200, .valid, sampledAt: 0)
    frame.syringe = Reading(
      SyringeReading(
        isBarrelClamped: true, isFlangeSeated: true, isPlungerCaptured: true, barrelDiameter: 0),
      .valid, sampledAt: 0)
  }

  @discardableResult
  mutating func tick(
    _ action: OperatorAction = .none, by role: Role = .pharmacist, elapsed: UInt16 = 1
  )
    -> TickOutput
  {
    frame.tick &+= UInt32(elapsed)
    if frame.tick % 10 == 0 || elapsed > 1 { sample() }
    if frame.tick % 6000 == 0 {
      frame.battery.sampledAt = frame.tick
      if let clock {
        frame.wallClock = Reading(
          WallClockReading(unixMilliseconds: clock + Int64(frame.tick) * 10, isSet: isClockSet),
          .valid, sampledAt: frame.tick)
      }
    }
    last = controller.step(
      TickInput(
        elapsedTicks: elapsed, sensors: frame, command: OperatorCommand(action, by: role)))
    if action != .none, last.result != .accepted { commandsRefused.append(last.result) }
    if last.actuator.isControllerPermitting, isPermitting {
      let moved = last.actuator.targetSteps - frame.stepCount
      frame.stepCount = last.actuator.targetSteps
      if !isStalled { motor += moved }
      if moved != 0 { hasMoved = true }
    }
    frame.encoderCount = Int32(motor * 2000 / 3200)
    if let entry = last.actuator.journal {
      memory[Int(entry.slot)] = entry
      memory[Int(entry.slot) + 512] = entry
    }
    return last
  }
  private mutating func sample() {
    let thrust = force(frame.stepCount)
    noise = -noise
    frame.force = Reading(thrust + noise, .valid, sampledAt: frame.tick)
    let drawn = UInt16(80 + 2 * abs(Int64(thrust)) / 1_000_000)
    frame.motorCurrent = Reading(hasMoved ? current ?? drawn : 0, .valid, sampledAt: frame.tick)
    hasMoved = false
    let carriage = (motor - slip) / 4
    frame.carriage = Reading(
      Int32(carriage / 17 * 17), carriageValidity, sampledAt: frame.tick)
    frame.syringe.sampledAt = frame.tick
    frame.temperature.sampledAt = frame.tick
    if !airIsSilent { frame.air.sampledAt = frame.tick }
  }

  /// What the motor really did.
  var motor: Int64 = 0

  mutating func run(_ ticks: Int64) { for _ in 0..<ticks { tick() } }

  mutating func run(minutes: Int64) { run(minutes * 6000) }

  /// Runs until `condition` holds or `ticks` are over; the ticks it took.
  @discardableResult
  mutating func run(atMost ticks: Int64, until condition: (TickOutput) -> Bool) -> Int64? {
    for count in 1...ticks where condition(tick()) { return count }
    return nil
  }

  /// Self test, then a prescription as in the 24 h example, up to `confirm`.
  mutating func setUp(
    phases: [ProgrammePhase] = [.basal(Dose(4_200_000, .mass))],
    concentration: Int64 = 6_000_000, bolus: Dose? = Dose(2_000_000, .mass),
    caps: [(CapWindow, Int64)] = [], flow: Int64 = 5_000_000, occlusion: Int64 = 71_994,
    keepOpen: Int64 = 0, libraryRate: Int64 = 70_000_000, fill: Volume = .millilitres(20)
  ) {
    run(600)
    enterPrescription(
      phases: phases, concentration: concentration, bolus: bolus, caps: caps, flow: flow,
      occlusion: occlusion, keepOpen: keepOpen, libraryRate: libraryRate, fill: fill)
    tick(.confirm(phaseCount: UInt8(phases.count)))
  }

  mutating func enterPrescription(
    phases: [ProgrammePhase], concentration: Int64, bolus: Dose?, caps: [(CapWindow, Int64)],
    flow: Int64, occlusion: Int64, keepOpen: Int64, libraryRate: Int64, fill: Volume
  ) {
    tick(.beginSetUp(isNewPatient: true))
    tick(.confirmSyringe(Rig.bd20))
    tick(
      .confirmInfusionSet(
        InfusionSetSpecification(
          number: 1, primingVolume: .millilitres(1), compliance: 750_062, resistance: 58)))
    tick(.setFill(fill))
    tick(
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: concentration)))
    tick(
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: libraryRate),
        bolus: Mass(nanograms: 24_500_000), loading: Mass(nanograms: 24_500_000)))
    tick(.setPatient(BodyMass(grams: 70_000)))
    for (window, cap) in caps {
      tick(.setDoseCap(index: 0, window: window, cap: Mass(nanograms: cap)))
    }
    tick(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: flow), occlusion: Pressure(pascals: occlusion),
        keepOpen: FlowRate(nanolitresPerHour: keepOpen)))
    for (index, phase) in phases.enumerated() { tick(.setPhase(index: UInt8(index), phase)) }
    if let bolus {
      tick(
        .setPatientBolus(
          dose: bolus, lockout: .minutes(30), maximumPerHour: 2,
          flow: FlowRate(nanolitresPerHour: 60_000_000)))
    }
  }

  /// Set up and started.
  static func infusing(
    phases: [ProgrammePhase] = [.basal(Dose(4_200_000, .mass))],
    bolus: Dose? = Dose(2_000_000, .mass), caps: [(CapWindow, Int64)] = []
  ) -> Rig {
    var rig = Rig()
    rig.setUp(phases: phases, bolus: bolus, caps: caps)
    rig.tick(.start)
    return rig
  }

  /// Microsteps delivered since `origin`.
  func steps(since origin: Int64) -> Int64 { last.actuator.targetSteps - origin }
}

extension Volume {
  static func millilitres(_ value: Int64) -> Volume { Volume(picolitres: value * 1_000_000_000) }
}

extension Ticks {
  static func minutes(_ value: Int64) -> Ticks { Ticks(count: value * 6000) }
  static func hours(_ value: Int64) -> Ticks { Ticks(count: value * 360_000) }
}

extension ProgrammePhase {
  static func basal(_ perHour: Dose, for duration: Ticks = .hours(24)) -> ProgrammePhase {
    ProgrammePhase(kind: .basal, dose: perHour, per: .hours(1), duration: duration)
  }
  static func loading(_ dose: Dose, over duration: Ticks) -> ProgrammePhase {
    ProgrammePhase(kind: .loading, dose: dose, per: duration, duration: duration)
  }
}
