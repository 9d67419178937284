import PumpHAL

/// Whether what must stop the pump stops it, and is told: raw sensors against motion and lamp.
///
/// The conditions are its own: switches and sizer, the hardware's own word on the drive, temperature,
/// battery. Each has to be so for longer than any controller needs to act on it; then a step
/// forward is an objection, and so is a dark lamp where the hardware says what the lamp does.
///
/// - Requirements: @relation(R-060, R-061, R-070, R-072, R-091, scope=file)
struct SignalWatch: Sendable {
  /// Conditions that are so.
  private(set) var present = AlarmSet()
  /// Ticks for which one of them has been so, and whether the motor was moving when it began.
  private var age: Int64 = 0
  private var beganMoving = false
  /// Whether an alarm has answered it since.
  private var isAnswered = false
  private var untilCheck: Int64 = 0
  private var hotChecks: UInt8 = 0
  private var faultChecks: UInt8 = 0
  private var lowReadings: UInt8 = 0
  private var openReadings: UInt8 = 0
  private var batteryTick: UInt32 = 0
  /// Ticks of audio pause that may be left, and ticks of a red lamp without its sound.
  private var pauseLeft: Int64 = 0
  private var silence: Int64 = 0

  init() {}

  /// Somebody silenced the sound, or acknowledged, which silences it as well.
  mutating func pause() { pauseLeft = MonitorLimits.audioPause }

  /// A new permit: what was so under the last one begins anew.
  mutating func settle() {
    age = 0
    beganMoving = false
    isAnswered = false
  }

  /// Whether a red lamp goes without its sound, and nobody silenced it.
  mutating func isSilenced(_ telling: Annunciation, ticks: Int64) -> Bool {
    if pauseLeft > 0 { pauseLeft -= ticks }
    guard telling.contains(.highLamp), !telling.contains(.highSound), pauseLeft <= 0 else {
      silence = 0
      return false
    }
    silence += ticks
    return silence > MonitorLimits.silence
  }

  /// Whether the sensors are to be looked at, as they are ten times a second.
  mutating func isLookDue(ticks: Int64) -> Bool {
    untilCheck -= ticks
    return untilCheck <= 0
  }

  /// Looks at the sensors; at the battery, which is read once a minute, where there is a new reading.
  ///
  /// - Parameters:
  ///   - diameter: outside diameter of the barrel confirmed, 0.01 mm; 0 where unknown.
  ///   - batteryCutOff: lowest voltage under load at which it counts as depleted, mV.
  mutating func look(
    _ sensors: SensorFrame, diameter: Int64, hasSyringeSensors: Bool, batteryCutOff: UInt16
  ) {
    untilCheck = 10
    var found = AlarmSet()
    if hasSyringeSensors {
      let reading = sensors.syringe
      if !reading.isFresh(at: sensors.tick, within: MonitorLimits.syringeAge)
        || !reading.value.isSecure
      {
        found.insert(.syringeDisplaced)
      } else if !Self.isRight(Int64(reading.value.barrelDiameter), for: diameter) {
        found.insert(.syringeMismatch)
      }
    }
    let isHot = sensors.temperature.validity == .valid && sensors.temperature.value > 5050
    hotChecks = isHot ? Swift.min(hotChecks + 1, 250) : 0
    if hotChecks >= MonitorLimits.hotChecks { found.insert(.temperature) }
    let isBroken = !sensors.faults.isDisjoint(with: [.motorDriver, .stall])
    faultChecks = isBroken ? Swift.min(faultChecks + 1, 250) : 0
    if faultChecks >= 10 { found.insert(.driveFault) }
    lookAtBattery(sensors.battery, cutOff: batteryCutOff)
    if lowReadings >= MonitorLimits.lowReadings { found.insert(.batteryDepleted) }
    if openReadings >= MonitorLimits.openReadings { found.insert(.sensorImplausible) }
    present = found
  }

  private mutating func lookAtBattery(_ battery: Reading<BatteryReading>, cutOff: UInt16) {
    guard battery.validity == .valid, battery.sampledAt != batteryTick else { return }
    batteryTick = battery.sampledAt
    // A third of the cut-off runs no pump: open contacts or a defective gauge, and no cells.
    if UInt32(battery.value.millivolts) * 3 < UInt32(cutOff) {
      openReadings = Swift.min(openReadings + 1, 250)
      return
    }
    openReadings = 0
    lowReadings =
      battery.value.millivolts <= cutOff ? Swift.min(lowReadings + 1, 250) : 0
  }

  /// Within 4 % of the confirmed barrel, where both are known.
  private static func isRight(_ seen: Int64, for expected: Int64) -> Bool {
    guard seen > 0, expected > 0 else { return true }
    let difference = seen > expected ? seen - expected : expected - seen
    return difference * 100 <= 4 * expected
  }

  /// Takes one tick's motion under a permit; true where what is present is not acted upon.
  mutating func isIgnored(
    steps: Int64, ticks: Int64, isMoving: Bool, telling: Annunciation?
  ) -> Bool {
    if age == 0 { beganMoving = isMoving }
    age += ticks
    if age > MonitorLimits.conditionMoves, steps > 0 { return true }
    guard let telling, beganMoving, !isAnswered else { return false }
    // A syringe may be taken out where any alarm has ended delivery.
    let isSyringe = present.subtracting(AlarmSet(.syringeDisplaced) | .syringeMismatch).isEmpty
    isAnswered = telling.contains(isSyringe ? .lamp : .highLamp)
    return !isAnswered && age > MonitorLimits.conditionTold
  }
}

extension SignalWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(present.bits)
    sink.put(age)
    sink.put(beganMoving)
    sink.put(isAnswered)
    sink.put(untilCheck)
    sink.put(hotChecks)
    sink.put(faultChecks)
    sink.put(lowReadings)
    sink.put(openReadings)
    sink.put(batteryTick)
    sink.put(pauseLeft)
    sink.put(silence)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    present = AlarmSet(bits: source.take64())
    age = source.takeInt64()
    beganMoving = source.takeBool()
    isAnswered = source.takeBool()
    untilCheck = source.takeInt64()
    hotChecks = source.take8()
    faultChecks = source.take8()
    lowReadings = source.take8()
    openReadings = source.take8()
    batteryTick = source.take32()
    pauseLeft = source.takeInt64()
    silence = source.takeInt64()
  }
}
