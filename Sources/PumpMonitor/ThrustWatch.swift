import PumpHAL

/// What thrust has come to.
enum ThrustFinding: Sendable {
  /// Nothing.
  case none
  /// Above the prescribed limit, by a margin and for a time in which the controller must have
  /// alarmed, and still going forward.
  case beyondLimit
  /// Above the pressure ceiling.
  case ceiling
  /// The motor draws the current of its stall, and the cell feels not half of that thrust: it is the
  /// drive that is stuck, not the line.
  case strain
}

/// Holds thrust below the pressure ceiling, and sees an occlusion that was not alarmed.
///
/// Two observables: the force cell, and the motor current, which the controller's occlusion alarm
/// does not use. Current is idle current and a share for each newton. Friction cannot be told from
/// pressure, so that the pressure at which this bites is right only where friction is as the
/// catalogue says; the current, in whole mA, adds 2 N, which is 53 mmHg in a 20 mL syringe.
///
/// - Requirements: @relation(R-040, scope=file)
struct ThrustWatch: Sendable {
  /// Thrust at the ceiling, µN; the largest number without a syringe.
  private(set) var thrustLimit: Int64 = .max
  /// Motor current at the ceiling, mA.
  private(set) var currentLimit: Int64 = .max
  /// Thrust and current that the controller lets nobody pass unalarmed, µN and mA.
  private var thrustMargin: Int64 = .max
  private var currentMargin: Int64 = .max
  /// Thrust at which the prescribed limit counts as reached, µN.
  private var thrustReached: Int64 = .max
  /// The last thrust that the cell told, µN; nil before the first.
  private(set) var force: Int64?
  /// Motor current that is drawn close to the stall, mA.
  private var strainLimit: Int64 = .max
  /// Whether the last sample of current was of a drive that strains against itself.
  private var isStraining = false
  /// Samples in a row at the prescribed limit.
  private(set) var samplesReached: UInt8 = 0
  private var forceAbove: UInt8 = 0
  private var currentAbove: UInt8 = 0
  private var forceBeyond: UInt8 = 0
  private var currentBeyond: UInt8 = 0
  private var forceTick: UInt32 = 0
  private var currentTick: UInt32 = 0
  /// Microsteps forward since the first sample beyond the margin.
  private var forwardSteps: Int64 = 0

  init() {}

  /// Whether the prescribed limit was reached, by force.
  var isAtLimit: Bool { samplesReached >= MonitorLimits.thrustSamples }

  /// Computes the limits for a syringe and a prescribed limit, Pa; 0 where none is prescribed.
  mutating func fit(area: Int64, friction: Int32, occlusion: Int64, _ powerOn: PowerOn) {
    let pressure = Prescription.cut(powerOn.configuration.pressureCeiling.pascals, to: 1_000_000)
    let resting = Int64(Swift.max(0, friction))
    // µm² times Pa is 10^-6 µN.
    thrustLimit = area * pressure / 1_000_000 + resting
    let stall = Int64(powerOn.capabilities.stallForce)
    // A drive that stalls below the ceiling cannot reach it: close to its stall is high enough.
    if stall > 0 {
      thrustLimit = Swift.min(thrustLimit, stall / 100 * 95)
      strainLimit =
        Self.current(at: stall / 100 * MonitorLimits.strainShare) - MonitorLimits.currentTolerance
    }
    currentLimit = Self.current(at: thrustLimit)
    let limit = Prescription.cut(occlusion, to: 1_000_000)
    guard limit > 0, area > 0 else {
      thrustMargin = .max
      currentMargin = .max
      thrustReached = .max
      return
    }
    let margin = Swift.max(
      limit * MonitorLimits.occlusionShare / 100, MonitorLimits.occlusionMargin)
    thrustMargin = Swift.min(thrustLimit, area * (limit + margin) / 1_000_000 + resting)
    currentMargin = Self.current(at: thrustMargin)
    thrustReached = area * (limit / 100 * MonitorLimits.occlusionReached) / 1_000_000 + resting
  }

  private static func current(at thrust: Int64) -> Int64 {
    MonitorLimits.idleCurrent + thrust * MonitorLimits.currentPerNewton / 1_000_000
      + MonitorLimits.currentTolerance
  }

  /// Takes one frame, and the microsteps done since the last.
  mutating func take(_ sensors: SensorFrame, steps: Int64) -> ThrustFinding {
    if sensors.force.sampledAt != forceTick || sensors.motorCurrent.sampledAt != currentTick {
      sample(sensors)
    }
    if forceBeyond == 0 && currentBeyond == 0 {
      forwardSteps = 0
      return .none
    }
    forwardSteps = Swift.max(0, Swift.min(forwardSteps + steps, 1_000_000))
    if forceAbove >= MonitorLimits.thrustSamples { return .ceiling }
    if currentAbove >= MonitorLimits.thrustSamples { return isStraining ? .strain : .ceiling }
    let isLong =
      forceBeyond >= MonitorLimits.occlusionSamples
      || currentBeyond >= MonitorLimits.occlusionCurrents
    return isLong && forwardSteps >= 2 ? .beyondLimit : .none
  }

  private mutating func sample(_ sensors: SensorFrame) {
    if sensors.force.isFresh(at: sensors.tick, within: 50), sensors.force.sampledAt != forceTick {
      forceTick = sensors.force.sampledAt
      let value = Int64(sensors.force.value)
      force = value
      Self.count(&forceAbove, value > thrustLimit)
      Self.count(&forceBeyond, value > thrustMargin || value > thrustLimit)
      Self.count(&samplesReached, value >= thrustReached)
    }
    if sensors.motorCurrent.isFresh(at: sensors.tick, within: 50),
      sensors.motorCurrent.sampledAt != currentTick
    {
      currentTick = sensors.motorCurrent.sampledAt
      let value = Int64(sensors.motorCurrent.value)
      // A motor that did not move since the last sample tells nothing: at most rates it rests in
      // most of them.
      guard value >= MonitorLimits.idleCurrent / 2 else { return }
      isStraining = value >= strainLimit && Self.current(at: 2 * (force ?? .max / 8)) < value
      Self.count(&currentAbove, value > currentLimit)
      Self.count(&currentBeyond, value > currentMargin || value > currentLimit)
    }
  }

  private static func count(_ samples: inout UInt8, _ isAbove: Bool) {
    samples = isAbove ? Swift.min(samples + 1, 250) : 0
  }

  /// Forgets what was sampled.
  mutating func settle() {
    forceAbove = 0
    currentAbove = 0
    forceBeyond = 0
    currentBeyond = 0
    isStraining = false
    samplesReached = 0
    forwardSteps = 0
  }
}

extension ThrustWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(thrustLimit)
    sink.put(currentLimit)
    sink.put(thrustMargin)
    sink.put(currentMargin)
    sink.put(strainLimit)
    sink.put(isStraining)
    sink.put(thrustReached)
    sink.put(force != nil)
    sink.put(force ?? 0)
    sink.put(samplesReached)
    sink.put(forceAbove)
    sink.put(currentAbove)
    sink.put(forceBeyond)
    sink.put(currentBeyond)
    sink.put(forceTick)
    sink.put(currentTick)
    sink.put(forwardSteps)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    thrustLimit = source.takeInt64()
    currentLimit = source.takeInt64()
    thrustMargin = source.takeInt64()
    currentMargin = source.takeInt64()
    strainLimit = source.takeInt64()
    isStraining = source.takeBool()
    thrustReached = source.takeInt64()
    let hasForce = source.takeBool()
    let value = source.takeInt64()
    force = hasForce ? value : nil
    samplesReached = source.take8()
    forceAbove = source.take8()
    currentAbove = source.take8()
    forceBeyond = source.take8()
    currentBeyond = source.take8()
    forceTick = source.take32()
    currentTick = source.take32()
    forwardSteps = source.takeInt64()
  }
}
