import PumpHAL

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
  private let alarmLoad: Double
  private let countsPerRevolution: Int64
  private let stepsPerRevolution: Int64
  private let hasAirDetector: Bool
  private let wallClockStart: Int64

  /// The readings, but for step count and hardware faults.
  private(set) var frame = SensorFrame()
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
    alarmLoad = parameters.battery.alarmCurrent
    countsPerRevolution = Int64(parameters.drive.encoderCountsPerRevolution)
    stepsPerRevolution = Int64(parameters.drive.microstepsPerRevolution)
    hasAirDetector = parameters.hasAirDetector
    wallClockStart = parameters.wallClockStart
    noise = NoiseSource(seed: parameters.seed)
  }

  /// The nearest whole number, half away from zero, within 32 bits.
  static func whole(_ value: Double) -> Int32 {
    let limited = min(max(value, -2_147_483_647), 2_147_483_647)
    return limited < 0 ? -Int32(0.5 - limited) : Int32(limited + 0.5)
  }

  /// What lamp and buzzer draw when they show `frame`, mA.
  func alarmCurrent(of frame: ActuatorFrame) -> Double {
    frame.buzzer == .high || frame.lamp == .high ? alarmLoad : 0
  }

  /// The counters begin at zero.
  mutating func powerOn(_ plant: Plant) {
    frame = SensorFrame()
    stepsAtPowerOn = plant.drive.stepsDone
    stepsSeen = stepsAtPowerOn
    countsSeen = 0
    currentSum = 0
    currentTicks = 0
    ticksToFast = Self.fastPeriod
    fastToSlow = Self.slowPeriod
    frame.motionValidity = .valid
    frame.encoderValidity = countsPerRevolution > 0 ? .valid : .absent
  }

  /// One tick of the hardware.
  @inline(__always) mutating func tick(_ plant: borrowing Plant, moved: Bool, worldTick: Int64) {
    frame.tick &+= 1
    if moved {
      currentTicks += 1
      currentSum += plant.drive.current(thrust: plant.thrust)
      if plant.drive.stepsDone != stepsSeen { countMotion(plant.drive.stepsDone) }
    }
    ticksToFast -= 1
    if ticksToFast == 0 { sample(plant, worldTick: worldTick) }
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
  mutating func sample(_ plant: borrowing Plant, worldTick: Int64) {
    let now = frame.tick
    sampleForce(plant, worldTick: worldTick)
    // A current can only be measured while it flows; a motor at rest draws none.
    let current = currentTicks > 0 ? currentSum / Double(currentTicks) : 0
    frame.motorCurrent = Reading(
      UInt16(truncatingIfNeeded: min(Self.whole(current), 65_535)), .valid, sampledAt: now)
    currentSum = 0
    currentTicks = 0
    frame.carriage = Reading(carriage(plant.drive.carriage), .valid, sampledAt: now)
    frame.temperature = Reading(
      Int16(truncatingIfNeeded: Self.whole(min(max(plant.battery.temperature, -300), 300) * 100)),
      .valid, sampledAt: now)
    frame.syringe = Reading(
      SyringeReading(
        isBarrelClamped: true, isFlangeSeated: true,
        isPlungerCaptured: plant.syringe.isPlungerCaptured,
        barrelDiameter: diameter(plant)),
      .valid, sampledAt: now)
    if hasAirDetector {
      let passed = min(Self.whole(plant.line.detected), 65_535)
      frame.air = Reading(UInt16(truncatingIfNeeded: passed), .valid, sampledAt: now)
    }
    ticksToFast = Self.fastPeriod
    if now == 0 || fastToSlow == 1 {
      sampleSlowly(plant, worldTick: worldTick)
      fastToSlow = Self.slowPeriod
    } else {
      fastToSlow -= 1
    }
  }

  private mutating func sampleForce(_ plant: borrowing Plant, worldTick: Int64) {
    // The noise goes on whether or not anybody looks, so a stuck cell changes no later draw.
    let random = noise.normal() * cell.noise
    if isForceStuck {
      frame.force = Reading(frame.force.value, .valid, sampledAt: frame.tick)
      return
    }
    let hours = Double(worldTick) * (1 / 360_000.0)
    let force =
      plant.thrust * (1 + cell.gainError) + cell.offset + cell.drift * hours + forceOffset + random
    let limited = min(max(force, -cell.fullScale), cell.fullScale)
    let steps = Self.whole(limited / quantum)
    frame.force = Reading(
      Self.whole(Double(steps) * quantum * 1e6), .valid, sampledAt: frame.tick)
  }

  private func carriage(_ position: Double) -> Int32 {
    Self.whole(position * 1000 / Double(Self.carriageResolution)) * Self.carriageResolution
  }

  /// What the sizer in the clamp sees: another bore with the same wall.
  private func diameter(_ plant: borrowing Plant) -> UInt16 {
    if plant.boreArea == plant.syringe.boreArea { return plant.syringe.barrelDiameter }
    if plant.syringe.barrelDiameter == 0 { return 0 }
    let pi = 3.141592653589793
    let fitted = squareRoot(4 * plant.boreArea / pi)
    let expected = squareRoot(4 * plant.syringe.boreArea / pi)
    let seen = Double(plant.syringe.barrelDiameter) + (fitted - expected) * 100
    return UInt16(min(max(Self.whole(seen), 1), 65_535))
  }

  private mutating func sampleSlowly(_ plant: borrowing Plant, worldTick: Int64) {
    frame.battery = Reading(
      BatteryReading(
        millivolts: UInt16(min(max(Self.whole(plant.battery.voltage * 1000), 0), 65_535)),
        milliamperes: Int16(min(max(Self.whole(plant.battery.current * 1000), 0), 32_767))),
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
    if ticksToFast < 1 || fastToSlow < 1 { source.fail() }
    stepsSeen = source.takeInt64()
    stepsAtPowerOn = source.takeInt64()
    countsSeen = source.takeInt64()
    currentSum = source.takeDouble()
    currentTicks = source.takeInt32()
    forceOffset = source.takeDouble()
    isForceStuck = source.takeBool()
    isEncoderLost = source.takeBool()
  }
}
