import PumpHAL

extension SensorSuite {
  /// The components whose failures show in what is sampled.
  static let sampled: UInt64 =
    Component.forceCell.bit | Component.carriageSensor.bit | Component.motorCurrent.bit
    | Component.batteryGauge.bit | Component.thermometer.bit | Component.barrelClamp.bit
    | Component.flangeSensor.bit | Component.plungerSensor.bit | Component.sizer.bit
    | Component.airDetector.bit | Component.wallClock.bit | Component.interference.bit
  /// The components whose failures show in what is counted.
  static let counters: UInt64 = Component.encoder.bit | Component.stepCounter.bit

  /// mA that a disturbance of full strength puts into the motor's current.
  private static let disturbedCurrent = 1000.0
  /// Encoder counts that a disturbance of full strength makes.
  private static let disturbedCounts = 4.0

  /// The course of faults between samples: keys, counters and what is known to be dead.
  mutating func takeFaults(_ faults: inout FaultTable, at tick: Int64) {
    if countsPerRevolution > 0 {
      frame.encoderValidity = faults.isFailing(.encoder, .off, at: tick) ? .invalid : .valid
    }
    frame.motionValidity = faults.isFailing(.stepCounter, .off, at: tick) ? .invalid : .valid
    let counts = Int64(faults.amount(of: .encoder, .offset, at: tick) / travelOfCount)
    frame.encoderCount &+= Int32(truncatingIfNeeded: counts - countShift)
    countShift = counts
    let steps = Int64(faults.amount(of: .stepCounter, .offset, at: tick) / travelOfStep)
    frame.stepCount &+= steps - stepShift
    stepError &+= steps - stepShift
    stepShift = steps
    var keys: Keys = []
    if isDown(.stopKey, &faults, at: tick) { keys.insert(.stop) }
    if isDown(.bolusKey, &faults, at: tick) { keys.insert(.bolus) }
    if isDown(.audioKey, &faults, at: tick) { keys.insert(.audioPause) }
    frame.keys = keys
  }

  private func isDown(_ key: Component, _ faults: inout FaultTable, at tick: Int64) -> Bool {
    if !faults.affects(key) || faults.isFailing(key, .off, at: tick) { return false }
    return faults.isFailing(key, .stuck, at: tick)
      || faults.isFailing(key, .intermittent, at: tick)
  }

  /// Motion as failing counters see it.
  mutating func noteMotion(
    commanded: Int64, done: Int64, _ faults: inout FaultTable, at tick: Int64
  ) {
    let sent = commanded - (frame.stepCount &- stepError)
    let shown = counted(sent, by: .stepCounter, &stepCredit, &faults, at: tick)
    stepError &+= shown - sent
    frame.stepCount = commanded &+ stepError
    if done == stepsSeen { return }
    let counts = counted(newCounts(done), by: .encoder, &countCredit, &faults, at: tick)
    if !isEncoderLost { frame.encoderCount &+= Int32(truncatingIfNeeded: counts) }
  }

  /// What a failing counter makes of `count`; parts of one stay in `credit`.
  private func counted(
    _ count: Int64, by counter: Component, _ credit: inout Double, _ faults: inout FaultTable,
    at tick: Int64
  ) -> Int64 {
    if !faults.affects(counter) { return count }
    let isBlind =
      faults.isFailing(counter, .off, at: tick) || faults.isFailing(counter, .stuck, at: tick)
      || faults.isFailing(counter, .intermittent, at: tick)
    if isBlind { return 0 }
    let share = 1 + faults.amount(of: counter, .gain, at: tick, isShareOfRest: true)
    let direction = faults.isFailing(counter, .wrong, at: tick) ? -1.0 : 1.0
    credit += Double(count) * share * direction
    let whole = Int64(credit)
    credit -= Double(whole)
    return whole
  }

  /// Makes of the sound readings what failing sensors make of them.
  mutating func distort(after before: SensorFrame, at tick: Int64, _ faults: inout FaultTable) {
    let disturbance =
      faults.affects(.interference) ? faults.disturbance(at: tick, interval: 0.1) : 0
    distortDrive(after: before, at: tick, &faults, disturbance)
    if faults.affects(.thermometer) {
      let seen = Double(frame.temperature.value) * 0.01
      let given = faults.given(by: .thermometer, seen, at: tick, interval: 0.1)
      frame.temperature = Self.reading(frame.temperature, before.temperature, given) {
        Int16(truncatingIfNeeded: Self.whole(min(max($0, -300), 300) * 100))
      }
    }
    distortSyringe(after: before, at: tick, &faults)
    if hasAirDetector, faults.affects(.airDetector) {
      let given = faults.given(
        by: .airDetector, Double(frame.air.value), at: tick, interval: 0.1)
      frame.air = Self.reading(frame.air, before.air, given) {
        UInt16(truncatingIfNeeded: min(max(Self.whole($0), 0), 65_535))
      }
    }
    if frame.battery.sampledAt == frame.tick { distortSlowly(after: before, at: tick, &faults) }
    if disturbance != 0 {
      frame.encoderCount &+= Self.whole(disturbance * Self.disturbedCounts)
      let key = Keys(rawValue: 1 << UInt16(faults.chance.next() % 3))
      if abs(disturbance) > 0.5 { frame.keys.insert(key) }
    }
  }

  private mutating func distortDrive(
    after before: SensorFrame, at tick: Int64, _ faults: inout FaultTable, _ disturbance: Double
  ) {
    // A cell that is stuck repeats what it gave, whatever else is wrong with it.
    if !isForceStuck && (faults.affects(.forceCell) || disturbance != 0) {
      let seen = Double(frame.force.value) * 1e-6 + disturbance * cell.fullScale
      let given = faults.given(by: .forceCell, seen, at: tick, interval: 0.1)
      let (cell, quantum) = (cell, quantum)
      frame.force = Self.reading(frame.force, before.force, given) {
        let limited = min(max($0, -cell.fullScale), cell.fullScale)
        return Self.whole(Double(Self.whole(limited / quantum)) * quantum * 1e6)
      }
    }
    if faults.affects(.motorCurrent) || disturbance != 0 {
      let seen = Double(frame.motorCurrent.value) + abs(disturbance) * Self.disturbedCurrent
      let given = faults.given(by: .motorCurrent, seen, at: tick, interval: 0.1)
      frame.motorCurrent = Self.reading(frame.motorCurrent, before.motorCurrent, given) {
        UInt16(truncatingIfNeeded: min(max(Self.whole($0), 0), 65_535))
      }
    }
    if faults.affects(.carriageSensor) {
      let seen = Double(frame.carriage.value) * 0.001
      let given = faults.given(by: .carriageSensor, seen, at: tick, interval: 0.1)
      let resolution = Double(Self.carriageResolution)
      frame.carriage = Self.reading(frame.carriage, before.carriage, given) {
        let onScale = min(max($0, -1000), 1000)
        return Self.whole(onScale * 1000 / resolution) * Self.carriageResolution
      }
    }
  }

  private mutating func distortSyringe(
    after before: SensorFrame, at tick: Int64, _ faults: inout FaultTable
  ) {
    let known = before.syringe.validity == .valid
    let last = known ? before.syringe.value : frame.syringe.value
    var syringe = frame.syringe.value
    syringe.isBarrelClamped = faults.contact(
      .barrelClamp, isClosed: syringe.isBarrelClamped, last: last.isBarrelClamped, at: tick)
    syringe.isFlangeSeated = faults.contact(
      .flangeSensor, isClosed: syringe.isFlangeSeated, last: last.isFlangeSeated, at: tick)
    syringe.isPlungerCaptured = faults.contact(
      .plungerSensor, isClosed: syringe.isPlungerCaptured, last: last.isPlungerCaptured, at: tick)
    if faults.affects(.sizer) {
      let seen = Double(syringe.barrelDiameter) * 0.01
      switch faults.given(by: .sizer, seen, at: tick, interval: 0.1) {
      case .value(let diameter):
        syringe.barrelDiameter = UInt16(
          truncatingIfNeeded: min(max(Self.whole(diameter * 100), 0), 65_535))
      case .repeated, .late: syringe.barrelDiameter = last.barrelDiameter
      // Nothing measured is a clamp without sizer.
      case .nothing: syringe.barrelDiameter = 0
      }
    }
    frame.syringe.value = syringe
  }

  private mutating func distortSlowly(
    after before: SensorFrame, at tick: Int64, _ faults: inout FaultTable
  ) {
    if faults.affects(.batteryGauge) {
      let seen = Double(frame.battery.value.millivolts) * 0.001
      let given = faults.given(by: .batteryGauge, seen, at: tick, interval: 60)
      let milliamperes = frame.battery.value.milliamperes
      frame.battery = Self.reading(frame.battery, before.battery, given) {
        BatteryReading(
          millivolts: UInt16(truncatingIfNeeded: min(max(Self.whole($0 * 1000), 0), 65_535)),
          milliamperes: milliamperes)
      }
    }
    if faults.affects(.wallClock) {
      frame.wallClock = clock(after: before, at: tick, &faults)
    }
  }

  /// The wall clock in whole milliseconds, which doubles would not hold exactly with its drift.
  private func clock(
    after before: SensorFrame, at tick: Int64, _ faults: inout FaultTable
  ) -> Reading<WallClockReading> {
    var reading = frame.wallClock
    if faults.isFailing(.wallClock, .off, at: tick) {
      reading.validity = .invalid
      return reading
    }
    if faults.isFailing(.wallClock, .stuck, at: tick), before.wallClock.validity == .valid {
      reading.value = before.wallClock.value
      return reading
    }
    let jump = faults.amount(of: .wallClock, .offset, at: tick)
    let drift = faults.drift(at: tick)
    reading.value.unixMilliseconds &+= Int64((jump + drift) * 1000)
    return reading
  }

  /// A reading as a failing sensor gives it.
  private static func reading<Value>(
    _ new: Reading<Value>, _ before: Reading<Value>, _ given: FaultTable.Given,
    _ make: (Double) -> Value
  ) -> Reading<Value> {
    let isFirst = before.validity == .absent
    switch given {
    case .value(let value): return Reading(make(value), new.validity, sampledAt: new.sampledAt)
    case .repeated:
      return isFirst ? new : Reading(before.value, new.validity, sampledAt: new.sampledAt)
    case .late: return isFirst ? new : before
    case .nothing: return Reading(before.value, .invalid, sampledAt: before.sampledAt)
    }
  }
}
