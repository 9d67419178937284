import PumpHAL

/// Numbers that look random and are the same in every run (SplitMix64).
package struct SeededNumbers: RandomNumberGenerator {
  package var state: UInt64
  package init(seed: UInt64) { state = seed }
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// What the frames of an undisturbed infusion at 0.7 mL/h look like, without firmware or plant:
/// 2.7 steps a second, 10 Hz sensors with noise of a few quanta, a journal entry a minute.
package struct SyntheticInfusion {
  package var input = TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none)
  package var output = TickOutput()
  package var monitor = MonitorOutput()
  private var numbers: SeededNumbers
  private var tick: UInt32 = 0
  private var phase: Int64 = 0
  private var sequence: UInt32 = 0

  /// Force quantum of a 14-bit signed cell of 100 N, µN.
  private static let forceQuantum = 12_207.03125

  package init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    input.sensors.motionValidity = .valid
    input.sensors.encoderValidity = .valid
    output.actuator.stepRateBound = 2000
    output.actuator.isControllerPermitting = true
    output.actuator.lamp = .infusing
    output.actuator.display.screen = .infusing
    output.actuator.display.rate = 70
    output.actuator.display.minutesLeft = 1440
    output.actuator.flowRate = 700_000
    output.predictedTimeToAlarm = 2150
    monitor.isPermitting = true
  }

  /// A capability set that goes with it.
  package static var powerOn: PowerOn {
    var capabilities = Capabilities()
    capabilities.microstepsPerRevolution = 3200
    capabilities.encoderCountsPerRevolution = 400
    return PowerOn(capabilities: capabilities, configuration: PumpConfiguration())
  }

  private mutating func noise() -> Int64 {
    // A sum of eight small numbers: roughly normal, one quantum rms.
    let bits = numbers.next()
    var sum: Int64 = 0
    for shift in stride(from: 0 as UInt64, to: 32, by: 4) { sum += Int64(bits >> shift & 3) }
    return (sum - 12) / 3
  }

  /// Goes on by one tick.
  package mutating func advance() {
    tick &+= 1
    input.sensors.tick = tick
    input.sensors.stepCount = output.actuator.targetSteps
    input.sensors.encoderCount = Int32((input.sensors.stepCount * 400 / 3200))
    if tick % 10 == 0 {
      let quanta = 300 + noise() + Int64(tick / 200_000)
      input.sensors.force = Reading(
        Int32(Double(quanta) * Self.forceQuantum), .valid, sampledAt: tick)
      input.sensors.motorCurrent = Reading(UInt16(120 + noise()), .valid, sampledAt: tick)
      let carriage = Int32(input.sensors.stepCount / 4 / 17 * 17)
      input.sensors.carriage = Reading(carriage, .valid, sampledAt: tick)
      input.sensors.temperature = Reading(2200 + Int16(tick / 60_000), .valid, sampledAt: tick)
      input.sensors.syringe = Reading(
        SyringeReading(
          isBarrelClamped: true, isFlangeSeated: true, isPlungerCaptured: true,
          barrelDiameter: 2260),
        .valid, sampledAt: tick)
    }
    if tick % 6000 == 1 {
      input.sensors.battery = Reading(
        BatteryReading(millivolts: UInt16(4100 - tick / 40_000), milliamperes: 31), .valid,
        sampledAt: tick)
      input.sensors.wallClock = Reading(
        WallClockReading(unixMilliseconds: 1_790_000_000_000 + Int64(tick) * 10, isSet: true),
        .valid, sampledAt: tick)
      output.actuator.display.minutesLeft &-= 1
    }
    phase += 27
    if phase >= 1000 {
      phase -= 1000
      output.actuator.targetSteps += 1
    }
    output.actuator.journal = tick % 6000 == 77 ? journalEntry(slot: 3) : nil
    monitor.journal = tick % 6000 == 50 ? journalEntry(slot: 200) : nil
  }

  private mutating func journalEntry(slot: UInt16) -> JournalEntry {
    sequence += 1
    return JournalEntry(
      slot: slot, sequence: sequence, word0: numbers.next(), word1: numbers.next(),
      word2: numbers.next() >> 16)
  }
}
