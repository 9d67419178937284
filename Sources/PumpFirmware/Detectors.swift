import PumpHAL

/// Everything that watches the world beside drive and occlusion, and what it found last.
///
/// Sensors speak ten times a second or once a minute; what they said stands in `standing` until
/// they speak again.
struct Detectors: Sendable {
  /// Conditions that stand between two samples.
  var standing = AlarmSet()
  /// When ages are looked at again.
  var nextAges: Int64 = 0
  var vacuum = VacuumWatch()
  var lineOpen = LineOpenWatch()
  var air = AirWatch()
  var carriage = CarriageWatch()
  var current = CurrentCheck()
  var flow = FlowWatch()
  var clock = ClockWatch()
  var restarts = RestartLimit()
  var integrity = IntegrityCheck()
  var selfTest = SelfTest()

  /// Takes over a confirmed syringe and set.
  mutating func configure(
    _ prescription: Prescription, capabilities: Capabilities, conversions: Conversions
  ) {
    vacuum.configure(prescription, capabilities: capabilities)
    lineOpen.configure(prescription)
    carriage.configure(prescription, capabilities: capabilities)
    air.gap = conversions.steps(in: AirWatch.fluidBetween).whole
    air.bubble = 0
  }

  /// A delivery or a priming begins.
  mutating func beginMotion(at position: Int64) {
    vacuum.beginDelivery(at: position)
    lineOpen.begin()
    carriage.begin()
  }

  /// An operator took notice: what cannot be looked at while nothing moves is looked at anew.
  mutating func acknowledge(by role: Role) {
    current.acknowledge()
    carriage.acknowledge()
    air.bubble = 0
    clock.isOff = false
    // Only a pharmacist answers for more restarts.
    if role == .pharmacist { restarts.isReached = false }
    for id: AlarmID in [
      .plungerVacuum, .overInfusion, .airInLine, .underInfusion, .driveFault, .sensorImplausible,
    ] { standing.remove(id) }
    stand(.restartLimit, restarts.isReached)
    stand(.clockInvalid, clock.isUnset && standing.contains(.clockInvalid))
    nextAges = 0
  }

  /// Lets a condition stand, or no longer.
  mutating func stand(_ id: AlarmID, _ isPresent: Bool) {
    if isPresent { standing.insert(id) } else { standing.remove(id) }
  }
}

extension Controller {
  /// What the detectors say in this tick.
  @inline(__always) mutating func detect(
    _ sensors: SensorFrame, elapsed: Int64, _ conditions: inout AlarmSet
  ) {
    if sensors.carriage.sampledAt != detectors.carriage.lastSample { watchCarriage(sensors) }
    if sensors.air.sampledAt != detectors.air.lastSample { watchAir(sensors) }
    if sensors.wallClock.sampledAt != detectors.clock.lastSample { watchClock(sensors) }
    if mode == .infusing || mode == .keepOpen {
      watchFlow(sensors, elapsed: elapsed)
    } else if detectors.flow.isRunning {
      detectors.flow.isRunning = false
    }
    if now >= detectors.nextAges { watchAges(sensors) }
    if now >= detectors.integrity.nextTick, mode != .failed, !checkNextPart() {
      failIntegrity(&conditions)
    }
    conditions.formUnion(detectors.standing)
  }

  @inline(__always) private mutating func watchFlow(_ sensors: SensorFrame, elapsed: Int64) {
    guard drive.countsPerRevolution > 0, sensors.encoderValidity == .valid, drive.hasOrigin else {
      return
    }
    switch detectors.flow.take(
      elapsed: elapsed, position: position.whole, measured: drive.measured,
      isBolus: bolus.isRunning, perTick: limiter.planned.whole)
    {
    case .none: break
    case .over: detectors.standing.insert(.overInfusion)
    case .under: detectors.standing.insert(.underInfusion)
    }
  }

  private mutating func watchCarriage(_ sensors: SensorFrame) {
    guard mode.isMoving, sensors.carriage.validity == .valid, detectors.carriage.isAvailable,
      drive.hasOrigin
    else {
      detectors.carriage.lastSample = sensors.carriage.sampledAt
      return
    }
    switch detectors.carriage.sample(sensors.carriage, motor: motorPosition(sensors)) {
    case .none: break
    case .slip: detectors.standing.insert(.driveFault)
    case .jump: detectors.standing.insert(.overInfusion)
    }
  }

  /// Microsteps that the motor turned: by the encoder, or by the generator where there is none.
  private func motorPosition(_ sensors: SensorFrame) -> Int64 {
    drive.countsPerRevolution > 0 ? drive.measured : sensors.stepCount - drive.stepOrigin
  }

  private mutating func watchAir(_ sensors: SensorFrame) {
    guard sensors.air.validity == .valid else {
      detectors.air.lastSample = sensors.air.sampledAt
      return
    }
    detectors.air.sample(
      sensors.air, position: position.whole, isDelivering: mode == .infusing || mode == .keepOpen)
    detectors.stand(.airInLine, detectors.air.isAboveLimit)
  }

  private mutating func watchClock(_ sensors: SensorFrame) {
    detectors.clock.sample(sensors.wallClock)
    detectors.stand(
      .clockInvalid,
      capabilities.sensors.contains(.wallClock)
        && (detectors.clock.isUnset || detectors.clock.isOff))
  }

  /// Once a second: sensors that should have spoken and did not.
  private mutating func watchAges(_ sensors: SensorFrame) {
    detectors.nextAges = now + ticksPerSecond
    guard mode != .selfTest else { return }
    let tick = sensors.tick
    let has = capabilities.sensors
    if mode.isMoving {
      let isAirSilent =
        has.contains(.air) && !sensors.air.isFresh(at: tick, within: Supervision.forceAgeLimit)
      let isCarriageSilent =
        has.contains(.carriage) && capabilities.carriageResolution > 0
        && !sensors.carriage.isFresh(at: tick, within: Supervision.forceAgeLimit)
      let isBatterySilent =
        has.contains(.battery)
        && (!sensors.battery.isFresh(at: tick, within: Supervision.batteryAgeLimit)
          || supervision.battery.isUnread)
      if isAirSilent || isCarriageSilent || isBatterySilent {
        detectors.standing.insert(.sensorImplausible)
      }
    }
    if has.contains(.wallClock), sensors.wallClock.age(at: tick) > ClockWatch.ageLimit {
      detectors.clock.isOff = true
      detectors.standing.insert(.clockInvalid)
    }
  }

  /// What a sample of force says beside the occlusion alarm.
  mutating func judgeForceSample(_ sensors: SensorFrame) {
    let isDelivering = mode == .infusing || mode == .keepOpen
    if mode.isMoving {
      switch detectors.current.sample(
        sensors, capabilities: capabilities, position: position.whole, isDelivering: isDelivering,
        now: now)
      {
      case .none: break
      case .cell: detectors.standing.insert(.sensorImplausible)
      case .drive: detectors.standing.insert(.driveFault)
      }
    }
    guard isConfirmed, mode.isMoving || detectors.standing.contains(.plungerVacuum) else { return }
    detectors.stand(
      .plungerVacuum,
      detectors.vacuum.sample(
        force: sensors.force.value, position: position.whole, isForward: !occlusion.isReversing,
        isMoving: mode.isMoving, now: now))
  }
}

extension Detectors: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(standing.bits)
    sink.put(nextAges)
    vacuum.encode(to: &sink)
    lineOpen.encode(to: &sink)
    air.encode(to: &sink)
    carriage.encode(to: &sink)
    current.encode(to: &sink)
    flow.encode(to: &sink)
    clock.encode(to: &sink)
    restarts.encode(to: &sink)
    integrity.encode(to: &sink)
    selfTest.encode(to: &sink)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    standing = AlarmSet(bits: source.take64())
    nextAges = source.takeInt64()
    vacuum = VacuumWatch(from: &source)
    lineOpen = LineOpenWatch(from: &source)
    air = AirWatch(from: &source)
    carriage = CarriageWatch(from: &source)
    current = CurrentCheck(from: &source)
    flow = FlowWatch(from: &source)
    clock = ClockWatch(from: &source)
    restarts = RestartLimit(from: &source)
    integrity = IntegrityCheck(from: &source)
    selfTest = SelfTest(from: &source)
  }
}
