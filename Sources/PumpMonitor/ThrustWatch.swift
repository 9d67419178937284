import PumpHAL

/// Holds thrust below what the pressure ceiling makes of this syringe.
///
/// Two observables: the force cell, and the motor current, which the controller's occlusion alarm
/// does not use. Current is idle current and a share for each newton. Friction cannot be told from
/// pressure, so that the pressure at which this bites is the ceiling only where friction is as the
/// catalogue says; the current, in whole mA, adds 2 N, which is 53 mmHg in a 20 mL syringe.
///
/// - Requirements: @relation(R-040, scope=file)
struct ThrustWatch: Sendable {
  /// Thrust at the ceiling, µN; the largest number without a syringe.
  private(set) var thrustLimit: Int64 = .max
  /// Motor current at the ceiling, mA.
  private(set) var currentLimit: Int64 = .max
  private var forceAbove: UInt8 = 0
  private var currentAbove: UInt8 = 0
  private var forceTick: UInt32 = 0
  private var currentTick: UInt32 = 0

  init() {}

  /// Computes the limits for a syringe.
  mutating func fit(area: Int64, friction: Int32, _ powerOn: PowerOn) {
    let pressure = Prescription.cut(powerOn.configuration.pressureCeiling.pascals, to: 1_000_000)
    // µm² times Pa is 10^-6 µN.
    thrustLimit = area * pressure / 1_000_000 + Int64(Swift.max(0, friction))
    let stall = Int64(powerOn.capabilities.stallForce)
    // A drive that stalls below the ceiling cannot reach it: close to its stall is high enough.
    if stall > 0 { thrustLimit = Swift.min(thrustLimit, stall / 100 * 95) }
    currentLimit =
      MonitorLimits.idleCurrent + thrustLimit * MonitorLimits.currentPerNewton / 1_000_000
      + MonitorLimits.currentTolerance
  }

  /// Takes one frame; true while either observable was above its limit three samples in a row.
  mutating func isAbove(_ sensors: SensorFrame) -> Bool {
    if sensors.force.isFresh(at: sensors.tick, within: 50), sensors.force.sampledAt != forceTick {
      forceTick = sensors.force.sampledAt
      forceAbove =
        Int64(sensors.force.value) > thrustLimit ? Swift.min(forceAbove + 1, 250) : 0
    }
    if sensors.motorCurrent.isFresh(at: sensors.tick, within: 50),
      sensors.motorCurrent.sampledAt != currentTick
    {
      currentTick = sensors.motorCurrent.sampledAt
      currentAbove =
        Int64(sensors.motorCurrent.value) > currentLimit ? Swift.min(currentAbove + 1, 250) : 0
    }
    return forceAbove >= MonitorLimits.thrustSamples || currentAbove >= MonitorLimits.thrustSamples
  }

  /// Forgets what was sampled.
  mutating func settle() {
    forceAbove = 0
    currentAbove = 0
  }
}

extension ThrustWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(thrustLimit)
    sink.put(currentLimit)
    sink.put(forceAbove)
    sink.put(currentAbove)
    sink.put(forceTick)
    sink.put(currentTick)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    thrustLimit = source.takeInt64()
    currentLimit = source.takeInt64()
    forceAbove = source.take8()
    currentAbove = source.take8()
    forceTick = source.take32()
    currentTick = source.take32()
  }
}
