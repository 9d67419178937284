import PumpHAL

/// What the slow sensors can see of the world.
struct WorldView: Sendable {
  /// Thrust on the plunger, N.
  var thrust: Double
  /// Position of the carriage, mm.
  var carriage: Double
  /// Inside of the case, °C.
  var temperature: Double
  /// Whether the drive holds the plunger head.
  var isPlungerCaptured: Bool
  /// Whether there is a syringe in the clamp.
  var isSyringeIn: Bool
  /// Outside diameter in the clamp, 0.01 mm.
  var barrelDiameter: UInt16
  /// Air that passed the detector since power-on, µL.
  var airDetected: Double
  /// Lowest terminal voltage of the last second, V.
  var batteryLowest: Double
  /// Whether the battery's contacts are open.
  var isBatteryOut: Bool
  /// Current drawn, A.
  var batteryCurrent: Double
}

extension Plant {
  /// What the slow sensors can see now.
  var view: WorldView {
    WorldView(
      thrust: thrust, carriage: drive.carriage, temperature: battery.temperature,
      isPlungerCaptured: isPlungerHeld, isSyringeIn: !isSyringeOut,
      barrelDiameter: barrelDiameter, airDetected: line.detected,
      batteryLowest: battery.lowest, isBatteryOut: battery.isOut, batteryCurrent: battery.current)
  }

  /// What the sizer in the clamp sees: another bore has the same wall around it.
  private var barrelDiameter: UInt16 {
    // An empty clamp closes to 1 mm.
    if isSyringeOut { return syringe.barrelDiameter == 0 ? 0 : 100 }
    if boreArea == syringe.boreArea || syringe.barrelDiameter == 0 { return syringe.barrelDiameter }
    let pi = 3.141592653589793
    let fitted = squareRoot(4 * boreArea / pi)
    let expected = squareRoot(4 * syringe.boreArea / pi)
    let seen = Double(syringe.barrelDiameter) + (fitted - expected) * 100
    return UInt16(min(max(SensorSuite.whole(seen), 1), 65_535))
  }
}

/// The sensors of the simulated pump, each with its own rate, resolution and defects.
struct SensorSuite: Sendable {
  /// Resolution of the carriage sensor, µm.
  static let carriageResolution: Int32 = 17
  /// Ticks between samples of force, current, carriage, temperature, syringe and air: 10 Hz.
  private static let fastPeriod: Int32 = 10
  /// Fast samples between samples of battery and wall clock: 1/min.
  private static let slowPeriod: Int32 = 600

  let cell: ForceCellParameters
  let quantum: Double
  let countsPerRevolution: Int64
  private let stepsPerRevolution: Int64
  let hasAirDetector: Bool
  private let wallClockStart: Int64
  /// Travel of one encoder count and of one microstep, mm.
  let travelOfCount: Double
  let travelOfStep: Double

  /// The readings.
  var frame = SensorFrame()
  private var noise: NoiseSource
  private var ticksToFast = SensorSuite.fastPeriod
  private var fastToSlow = SensorSuite.slowPeriod

  // The motion that was sampled last.
  private(set) var stepsSeen: Int64 = 0
  private var stepsAtPowerOn: Int64 = 0
  private var countsSeen: Int64 = 0
  private var currentSum = 0.0
  private var currentTicks: Int32 = 0
  /// What the gauge's minimum hold holds, V; `nothingHeld` right after it was read.
  private var heldVoltage = SensorSuite.nothingHeld
  /// The top of the gauge's scale, V.
  private static let nothingHeld = 65.535

  // Faults.
  var forceOffset = 0.0
  var isForceStuck = false
  var isEncoderLost = false
  /// What a failing counter of steps has miscounted since power-on.
  var stepError: Int64 = 0
  /// What is left of counts and steps that a failing counter counts by shares.
  var countCredit = 0.0
  var stepCredit = 0.0
  /// What offsets of encoder and counter have been added already.
  var countShift: Int64 = 0
  var stepShift: Int64 = 0
  /// World tick at which the wall clock stopped for want of a cell; -1 where it never did.
  private var clockLostAt: Int64 = -1

  init(_ parameters: PlantParameters) {
    cell = parameters.forceCell
    quantum = cell.fullScale / Double(Int64(1) << Int64(cell.bits - 1))
    countsPerRevolution = Int64(parameters.drive.encoderCountsPerRevolution)
    stepsPerRevolution = Int64(parameters.drive.microstepsPerRevolution)
    hasAirDetector = parameters.hasAirDetector
    wallClockStart = parameters.wallClockStart
    travelOfStep = Double(parameters.drive.microstepTravel) * 1e-6
    travelOfCount =
      countsPerRevolution > 0
      ? travelOfStep * Double(stepsPerRevolution) / Double(countsPerRevolution) : 1
    noise = NoiseSource(seed: parameters.seed)
  }

  /// The nearest whole number, half away from zero, within 32 bits.
  static func whole(_ value: Double) -> Int32 {
    if value.isNaN { return 0 }
    let limited = min(max(value, -2_147_483_647), 2_147_483_647)
    return limited < 0 ? -Int32(0.5 - limited) : Int32(limited + 0.5)
  }

  /// The counters begin at zero.
  mutating func powerOn(stepsDone: Int64) {
    frame = SensorFrame()
    stepsAtPowerOn = stepsDone
    stepsSeen = stepsAtPowerOn
    countsSeen = 0
    currentSum = 0
    currentTicks = 0
    heldVoltage = Self.nothingHeld
    stepError = 0
    countCredit = 0
    stepCredit = 0
    countShift = 0
    stepShift = 0
    ticksToFast = Self.fastPeriod
    fastToSlow = Self.slowPeriod
    frame.motionValidity = .valid
    frame.encoderValidity = countsPerRevolution > 0 ? .valid : .absent
  }

  /// One tick of the hardware; true where samples are due.
  @inline(__always) mutating func tick() -> Bool {
    frame.tick &+= 1
    ticksToFast -= 1
    return ticksToFast == 0
  }

  /// The power is gone; a clock without a cell has lost its time.
  mutating func losePower(isClockCellFlat: Bool, worldTick: Int64) {
    if isClockCellFlat { clockLostAt = worldTick }
  }

  /// Other cells are in: what was held was of the old ones.
  mutating func forgetVoltage() { heldVoltage = Self.nothingHeld }

  /// The step generator stands at `commanded`, the motor at `done`, and drew `current` mA.
  mutating func noteMotion(
    commanded: Int64, done: Int64, current: Double, worldTick: Int64, faults: inout FaultTable
  ) {
    currentTicks += 1
    currentSum += current
    if faults.components & Self.counters != 0 {
      noteMotion(commanded: commanded, done: done, &faults, at: worldTick)
      return
    }
    frame.stepCount = commanded &+ stepError
    if done != stepsSeen { countMotion(done) }
  }

  private mutating func countMotion(_ steps: Int64) {
    let counts = newCounts(steps)
    if !isEncoderLost { frame.encoderCount &+= Int32(truncatingIfNeeded: counts) }
  }

  /// The counts since they were asked for last, the motor standing at `steps`.
  mutating func newCounts(_ steps: Int64) -> Int64 {
    stepsSeen = steps
    let product = (steps - stepsAtPowerOn) * countsPerRevolution
    var counts = product / stepsPerRevolution
    if product < 0 && counts * stepsPerRevolution != product { counts -= 1 }
    let fresh = counts - countsSeen
    countsSeen = counts
    return fresh
  }

  /// Samples everything that is due.
  mutating func sample(_ world: WorldView, worldTick: Int64, faults: inout FaultTable) {
    if faults.components & Self.sampled == 0 {
      sample(world, worldTick: worldTick)
      return
    }
    let before = frame
    sample(world, worldTick: worldTick)
    distort(after: before, at: worldTick, &faults)
  }

  private mutating func sample(_ world: WorldView, worldTick: Int64) {
    let now = frame.tick
    sampleForce(thrust: world.thrust, worldTick: worldTick)
    // A current can only be measured while it flows; a motor at rest draws none.
    let current = currentTicks > 0 ? currentSum / Double(currentTicks) : 0
    frame.motorCurrent = Reading(
      UInt16(truncatingIfNeeded: min(Self.whole(current), 65_535)), .valid, sampledAt: now)
    currentSum = 0
    currentTicks = 0
    frame.carriage = Reading(carriage(world.carriage), .valid, sampledAt: now)
    frame.temperature = Reading(
      Int16(truncatingIfNeeded: Self.whole(min(max(world.temperature, -300), 300) * 100)),
      .valid, sampledAt: now)
    frame.syringe = Reading(
      SyringeReading(
        isBarrelClamped: world.isSyringeIn, isFlangeSeated: world.isSyringeIn,
        isPlungerCaptured: world.isPlungerCaptured, barrelDiameter: world.barrelDiameter),
      .valid, sampledAt: now)
    if hasAirDetector {
      let passed = min(Self.whole(world.airDetected), 65_535)
      frame.air = Reading(UInt16(truncatingIfNeeded: passed), .valid, sampledAt: now)
    }
    // Nothing is held of open contacts: the hold's gate is fed from them.
    heldVoltage = min(heldVoltage, world.batteryLowest)
    ticksToFast = Self.fastPeriod
    if now == 0 || fastToSlow == 1 {
      sampleSlowly(world, worldTick: worldTick)
      fastToSlow = Self.slowPeriod
    } else {
      fastToSlow -= 1
    }
  }

  private mutating func sampleForce(thrust: Double, worldTick: Int64) {
    // The noise goes on whether or not anybody looks, so a stuck cell changes no later draw.
    let random = noise.normal() * cell.noise
    if isForceStuck {
      frame.force = Reading(frame.force.value, .valid, sampledAt: frame.tick)
      return
    }
    let hours = Double(worldTick) * (1 / 360_000.0)
    let force =
      thrust * (1 + cell.gainError) + cell.offset + cell.drift * hours + forceOffset + random
    let limited = min(max(force, -cell.fullScale), cell.fullScale)
    let steps = Self.whole(limited / quantum)
    frame.force = Reading(
      Self.whole(Double(steps) * quantum * 1e6), .valid, sampledAt: frame.tick)
  }

  func carriage(_ position: Double) -> Int32 {
    // The sensor's scale ends after a metre.
    let onScale = min(max(position, -1000), 1000)
    return Self.whole(onScale * 1000 / Double(Self.carriageResolution)) * Self.carriageResolution
  }

  /// The gauge is fed by the cells: with open contacts it answers 0, and the hold keeps.
  private mutating func sampleSlowly(_ world: WorldView, worldTick: Int64) {
    let volts = world.isBatteryOut ? 0 : heldVoltage
    if !world.isBatteryOut { heldVoltage = Self.nothingHeld }
    frame.battery = Reading(
      BatteryReading(
        millivolts: UInt16(min(max(Self.whole(volts * 1000), 0), 65_535)),
        milliamperes: Int16(min(max(Self.whole(world.batteryCurrent * 1000), 0), 32_767))),
      .valid, sampledAt: frame.tick)
    frame.wallClock = Reading(
      clockLostAt < 0
        ? WallClockReading(
          unixMilliseconds: wallClockStart &+ worldTick * 10, isSet: wallClockStart != 0)
        : WallClockReading(unixMilliseconds: (worldTick - clockLostAt) * 10, isSet: false),
      .valid, sampledAt: frame.tick)
  }
}

extension SensorSuite {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    frame.encode(to: &sink)
    sink.put(noise.state)
    sink.put(ticksToFast)
    sink.put(fastToSlow)
    sink.put(stepsSeen)
    sink.put(stepsAtPowerOn)
    sink.put(countsSeen)
    sink.put(currentSum)
    sink.put(currentTicks)
    sink.put(heldVoltage)
    sink.put(forceOffset)
    sink.put(isForceStuck)
    sink.put(isEncoderLost)
    sink.put(stepError)
    sink.put(countCredit)
    sink.put(stepCredit)
    sink.put(countShift)
    sink.put(stepShift)
    sink.put(clockLostAt)
  }

  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    frame = SensorFrame(from: &source)
    noise = NoiseSource(state: source.take64())
    ticksToFast = source.takeInt32()
    fastToSlow = source.takeInt32()
    stepsSeen = source.takeInt64()
    stepsAtPowerOn = source.takeInt64()
    countsSeen = source.takeInt64()
    currentSum = source.takeDouble()
    currentTicks = source.takeInt32()
    heldVoltage = source.takeDouble()
    forceOffset = source.takeDouble()
    isForceStuck = source.takeBool()
    isEncoderLost = source.takeBool()
    stepError = source.takeInt64()
    countCredit = source.takeDouble()
    stepCredit = source.takeDouble()
    countShift = source.takeInt64()
    stepShift = source.takeInt64()
    clockLostAt = source.takeInt64()
    let areCountsSane =
      ticksToFast >= 1 && ticksToFast <= Self.fastPeriod && fastToSlow >= 1
      && fastToSlow <= Self.slowPeriod && currentTicks >= 0
      && currentTicks <= Self.fastPeriod && stepsSeen.magnitude < 1 << 40
      && stepsAtPowerOn.magnitude < 1 << 40 && countsSeen.magnitude < 1 << 60
    let areErrorsSane =
      stepError.magnitude < 1 << 60 && countShift.magnitude < 1 << 40
      && stepShift.magnitude < 1 << 40 && clockLostAt >= -1 && clockLostAt < 1 << 50
      && isPlausible(countCredit) && isPlausible(stepCredit)
      && heldVoltage >= 0 && heldVoltage <= Self.nothingHeld
    if !areCountsSane || !areErrorsSane || !isPlausible(currentSum) || !isPlausible(forceOffset) {
      source.fail()
    }
  }
}
