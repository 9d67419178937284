// What writer and reader of the tick stream both expect of the next tick. Only what differs from
// it is written, so both must change it in exactly the same way.

import PumpHAL

/// The sensors with a sample time of their own, in the order of their bits.
enum SampledSensor {
  static let count = 8
}

/// When a sensor last brought a new sample, and when the next is expected.
struct SampleSchedule {
  /// Coder clock at the last sample; negative before the first.
  var seenAt: Int64 = -1
  /// Coder clock at which the next is expected.
  var dueAt = Int64.max
  /// How much later the next sample's time will be.
  var stride: UInt32 = 0
}

/// The values that a noisy sensor had lately, so that one comes back as four bits.
struct RecentValues {
  static let count = 15
  private let slots = UnsafeMutablePointer<Int32>.allocate(capacity: RecentValues.count)
  private var oldest = 0

  init() { slots.initialize(repeating: 0, count: Self.count) }

  func deallocate() { slots.deallocate() }

  mutating func clear() {
    slots.update(repeating: 0, count: Self.count)
    oldest = 0
  }

  /// The slot of `value`, or `count`; then the value takes the place of the oldest.
  mutating func slot(of value: Int32) -> UInt8 {
    for index in 0..<Self.count where slots[index] == value { return UInt8(index) }
    insert(value)
    return UInt8(Self.count)
  }

  mutating func insert(_ value: Int32) {
    slots[oldest] = value
    oldest = oldest == Self.count - 1 ? 0 : oldest + 1
  }

  func value(at slot: UInt8) -> Int32 { slots[Int(slot)] }
}

/// The tick expected next.
package struct Prediction {
  /// The input expected: one tick later, no command.
  package var input = Prediction.firstInput
  /// The output expected: no journal entry, no result.
  package var output = TickOutput()
  /// The monitor's output expected: no journal entry.
  package var monitor = MonitorOutput()
  /// Ticks since the coding was restarted.
  var clock: Int64 = 0
  /// The earliest `dueAt` of all input.sensors.
  var nextDue = Int64.max
  /// The last change of the step target.
  var targetStride: Int64 = 0
  /// Microsteps in one turn of the screw, as the hardware declares; 0 where unknown.
  var microstepsPerRevolution: Int64 = 0
  /// Encoder counts in one turn of the screw.
  var encoderCountsPerRevolution: Int64 = 0
  /// Steps and encoder before the tick, for a better guess at the encoder once steps are known.
  var stepsBefore: Int64 = 0
  var encoderBefore: Int32 = 0

  /// Before the first tick nothing is known.
  private static var firstInput: TickInput {
    TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none)
  }

  let schedules = UnsafeMutablePointer<SampleSchedule>.allocate(capacity: SampledSensor.count)
  var forces = RecentValues()
  var currents = RecentValues()

  init() { schedules.initialize(repeating: SampleSchedule(), count: SampledSensor.count) }

  func deallocate() {
    schedules.deallocate()
    forces.deallocate()
    currents.deallocate()
  }

  /// Forgets everything, as at the start of a block that stands alone.
  mutating func restart(microstepsPerRevolution: Int64, encoderCountsPerRevolution: Int64) {
    input = Self.firstInput
    output = TickOutput()
    monitor = MonitorOutput()
    clock = 0
    nextDue = .max
    targetStride = 0
    self.microstepsPerRevolution = microstepsPerRevolution
    self.encoderCountsPerRevolution = encoderCountsPerRevolution
    schedules.update(repeating: SampleSchedule(), count: SampledSensor.count)
    forces.clear()
    currents.clear()
  }

  /// Goes on by `elapsed` ticks: time passes, the motor follows its target, samples fall due.
  @inline(__always) mutating func advance(_ elapsed: UInt16) {
    clock += Int64(elapsed)
    input.sensors.tick &+= UInt32(elapsed)
    stepsBefore = input.sensors.stepCount
    encoderBefore = input.sensors.encoderCount
    let distance = output.actuator.targetSteps &- input.sensors.stepCount
    if distance != 0 { followTarget(distance) }
    if clock >= nextDue { takeDueSamples() }
  }

  @inline(never) private mutating func followTarget(_ distance: Int64) {
    guard output.actuator.isControllerPermitting && monitor.isPermitting else { return }
    let bound = Int64(output.actuator.stepRateBound / UInt32(ticksPerSecond))
    let moved = min(max(distance, -bound), bound)
    input.sensors.stepCount &+= moved
    input.sensors.encoderCount = encoder(at: input.sensors.stepCount)
  }

  /// The encoder expected once the motor has come from `stepsBefore` to `steps`.
  func encoder(at steps: Int64) -> Int32 {
    guard microstepsPerRevolution > 0, steps != stepsBefore else { return encoderBefore }
    let before = floorOfTurns(stepsBefore)
    return encoderBefore &+ Int32(truncatingIfNeeded: floorOfTurns(steps) &- before)
  }

  private func floorOfTurns(_ steps: Int64) -> Int64 {
    let scaled = steps &* encoderCountsPerRevolution
    let quotient = scaled / microstepsPerRevolution
    return scaled % microstepsPerRevolution < 0 ? quotient - 1 : quotient
  }

  @inline(never) private mutating func takeDueSamples() {
    var earliest = Int64.max
    for index in 0..<SampledSensor.count {
      if clock >= schedules[index].dueAt {
        setSampledAt(index, sampledAt(index) &+ schedules[index].stride)
        let period = clock - schedules[index].seenAt
        schedules[index].seenAt = clock
        schedules[index].dueAt = clock + period
      }
      earliest = min(earliest, schedules[index].dueAt)
    }
    nextDue = earliest
  }

  /// Takes a sample time that was not expected, and learns from it when to expect the next.
  mutating func correctSampleTime(_ index: Int, to time: UInt32, from expected: UInt32) {
    let schedule = schedules + index
    if schedule.pointee.seenAt == clock && schedule.pointee.dueAt != .max {
      // A sample was expected in this tick. What really was there before it is one stride back.
      let before = expected &- schedule.pointee.stride
      if time == before {
        // None came: nothing is expected until one does.
        schedule.pointee.seenAt = clock - (schedule.pointee.dueAt - clock)
        schedule.pointee.dueAt = .max
      } else {
        schedule.pointee.stride = time &- before
      }
    } else {
      schedule.pointee.stride = time &- expected
      if schedule.pointee.seenAt >= 0 {
        schedule.pointee.dueAt = clock + (clock - schedule.pointee.seenAt)
      }
      schedule.pointee.seenAt = clock
    }
    setSampledAt(index, time)
    var earliest = Int64.max
    for index in 0..<SampledSensor.count { earliest = min(earliest, schedules[index].dueAt) }
    nextDue = earliest
  }

  /// The sample time of sensor `index`: carriage, force, motor current, battery, temperature,
  /// syringe, air, wall clock.
  func sampledAt(_ index: Int) -> UInt32 { input.sensors.sampledAt(index) }

  mutating func setSampledAt(_ index: Int, _ time: UInt32) {
    switch index {
    case 0: input.sensors.carriage.sampledAt = time
    case 1: input.sensors.force.sampledAt = time
    case 2: input.sensors.motorCurrent.sampledAt = time
    case 3: input.sensors.battery.sampledAt = time
    case 4: input.sensors.temperature.sampledAt = time
    case 5: input.sensors.syringe.sampledAt = time
    case 6: input.sensors.air.sampledAt = time
    default: input.sensors.wallClock.sampledAt = time
    }
  }
}

extension SensorFrame {
  /// The sample time of sensor `index`, in the order of the validities.
  func sampledAt(_ index: Int) -> UInt32 {
    switch index {
    case 0: carriage.sampledAt
    case 1: force.sampledAt
    case 2: motorCurrent.sampledAt
    case 3: battery.sampledAt
    case 4: temperature.sampledAt
    case 5: syringe.sampledAt
    case 6: air.sampledAt
    default: wallClock.sampledAt
    }
  }

  /// Two bits a sensor, in the order of the sample times.
  var validityBits: UInt16 {
    UInt16(carriage.validity.rawValue) | UInt16(force.validity.rawValue) << 2
      | UInt16(motorCurrent.validity.rawValue) << 4 | UInt16(battery.validity.rawValue) << 6
      | UInt16(temperature.validity.rawValue) << 8 | UInt16(syringe.validity.rawValue) << 10
      | UInt16(air.validity.rawValue) << 12 | UInt16(wallClock.validity.rawValue) << 14
  }
}
