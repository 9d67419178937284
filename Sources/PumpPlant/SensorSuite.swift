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
  /// Outside diameter in the clamp, 0.01 mm.
  var barrelDiameter: UInt16
  /// Air that passed the detector since power-on, µL.
  var airDetected: Double
  /// Terminal voltage, V.
  var batteryVoltage: Double
  /// Current drawn, A.
  var batteryCurrent: Double
}

extension Plant {
  /// What the slow sensors can see now.
  var view: WorldView {
    WorldView(
      thrust: thrust, carriage: drive.carriage, temperature: battery.temperature,
      isPlungerCaptured: syringe.isPlungerCaptured, barrelDiameter: barrelDiameter,
      airDetected: line.detected, batteryVoltage: battery.voltage,
      batteryCurrent: battery.current)
  }

  /// What the sizer in the clamp sees: another bore has the same wall around it.
  private var barrelDiameter: UInt16 {
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

  private let cell: ForceCellParameters
  private let quantum: Double
  private let countsPerRevolution: Int64
  private let stepsPerRevolution: Int64
  private let hasAirDetector: Bool
  private let wallClockStart: Int64

  /// The readings.
  var frame = SensorFrame()
  private var noise: NoiseSource
  private var ticksToFast = SensorSuite.fastPeriod
  private var fastToSlow = SensorSuite.slowPeriod

  // The motion that was sampled last.
  private var stepsSeen: Int64 = 0
  private var stepsAtPowerOn: Int64 = 0
  private var countsSeen: Int64 = 0
  private var currentSum = 0.0
  private var currentTicks: Int32 = 0

  // Faults.
  var forceOffset = 0.0
  var isForceStuck = false
  var isEncoderLost = false

  init(_ parameters: PlantParameters) {
    cell = parameters.forceCell
    quantum = cell.fullScale / Double(Int64(1) << Int64(cell.bits - 1))
    countsPerRevolution = Int64(parameters.drive.encoderCountsPerRevolution)
    stepsPerRevolution = Int64(parameters.drive.microstepsPerRevolution)
    hasAirDetector = parameters.hasAirDetector
    wallClockStart = parameters.wallClockStart
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

  /// The step generator stands at `commanded`, the motor at `done`, and drew `current` mA.
  mutating func noteMotion(commanded: Int64, done: Int64, current: Double) {
    frame.stepCount = commanded
    currentTicks += 1
    currentSum += current
    if done != stepsSeen { countMotion(done) }
  }

  /// What lamp and buzzer were told is what they do.
  @inline(__always) mutating func noteAnnunciation(lamp: Lamp, buzzer: Buzzer) {
    var bits: UInt8 = 0
    switch lamp {
    case .off, .infusing: break
    case .low, .medium: bits = 1
    case .high: bits = 3
    }
    switch buzzer {
    case .off, .click, .denied: break
    case .low, .medium: bits |= 4
    case .high: bits |= 12
    }
    frame.annunciation = Annunciation(rawValue: bits)
  }

  private mutating func countMotion(_ steps: Int64) {
    stepsSeen = steps
    let product = (steps - stepsAtPowerOn) * countsPerRevolution
    var counts = product / stepsPerRevolution
    if product < 0 && counts * stepsPerRevolution != product { counts -= 1 }
    if !isEncoderLost { frame.encoderCount &+= Int32(truncatingIfNeeded: counts - countsSeen) }
    countsSeen = counts
  }

  /// Samples everything that is due.
  mutating func sample(_ world: WorldView, worldTick: Int64) {
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
        isBarrelClamped: true, isFlangeSeated: true,
        isPlungerCaptured: world.isPlungerCaptured, barrelDiameter: world.barrelDiameter),
      .valid, sampledAt: now)
    if hasAirDetector {
      let passed = min(Self.whole(world.airDetected), 65_535)
      frame.air = Reading(UInt16(truncatingIfNeeded: passed), .valid, sampledAt: now)
    }
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

  private func carriage(_ position: Double) -> Int32 {
    // The sensor's scale ends after a metre.
    let onScale = min(max(position, -1000), 1000)
    return Self.whole(onScale * 1000 / Double(Self.carriageResolution)) * Self.carriageResolution
  }

  private mutating func sampleSlowly(_ world: WorldView, worldTick: Int64) {
    frame.battery = Reading(
      BatteryReading(
        millivolts: UInt16(min(max(Self.whole(world.batteryVoltage * 1000), 0), 65_535)),
        milliamperes: Int16(min(max(Self.whole(world.batteryCurrent * 1000), 0), 32_767))),
      .valid, sampledAt: frame.tick)
    frame.wallClock = Reading(
      WallClockReading(
        unixMilliseconds: wallClockStart &+ worldTick * 10, isSet: wallClockStart != 0),
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
    sink.put(forceOffset)
    sink.put(isForceStuck)
    sink.put(isEncoderLost)
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
    forceOffset = source.takeDouble()
    isForceStuck = source.takeBool()
    isEncoderLost = source.takeBool()
    let areCountsSane =
      ticksToFast >= 1 && ticksToFast <= Self.fastPeriod && fastToSlow >= 1
      && fastToSlow <= Self.slowPeriod && currentTicks >= 0
      && currentTicks <= Self.fastPeriod && stepsSeen.magnitude < 1 << 40
      && stepsAtPowerOn.magnitude < 1 << 40 && countsSeen.magnitude < 1 << 60
    if !areCountsSane || !isPlausible(currentSum) || !isPlausible(forceOffset) { source.fail() }
  }
}
