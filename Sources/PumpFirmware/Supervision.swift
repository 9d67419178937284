import PumpHAL

/// What the sensors other than force and encoder say about pump, syringe and battery.
struct Supervision: Equatable, Sendable {
  /// What the gauge says of the cells and their contacts.
  var battery = BatteryWatch()
  var lastBatterySample: UInt32 = 0
  /// Ticks for which the stop, bolus and audio pause keys have been down.
  var stopKeyTicks: Int64 = 0
  var bolusKeyTicks: Int64 = 0
  var pauseKeyTicks: Int64 = 0
  /// Tick of the last operator command, for idle reminders.
  var lastCommand: Int64 = 0
  /// Temperature last seen, 0.01 °C.
  var temperature: Int16 = 2000
  /// Whether temperature is out of its range, and whether it is too hot to deliver.
  var isTemperatureOff = false
  var isTooHot = false
  /// Whether the hardware's brown-out flag has been taken in.
  var hasSeenBrownOut = false

  /// Ticks without motion data after which the link counts as lost: the dead man's 250 ms.
  static let motionAgeLimit: UInt16 = 25
  /// The same for hardware that is polled at 5 to 10 Hz: its link is lost after 0.5 s.
  static let polledMotionAgeLimit: UInt16 = 50
  /// Ticks without a force sample after which the cell counts as silent: ten sample periods.
  static let forceAgeLimit: UInt32 = 100
  /// Ticks without a syringe reading after which it counts as silent (R-060: 1 s).
  static let syringeAgeLimit: UInt32 = 100
  /// Ticks without a battery reading after which it counts as silent: three readings.
  static let batteryAgeLimit: UInt32 = 3 * 6000 + 100
  /// Ticks without a temperature after which it counts as silent: a minute.
  static let temperatureAgeLimit: UInt32 = 6000
  /// A key is debounced for 50 ms and stuck after 60 s.
  static let debounce: Int64 = 5
  static let stuckAfter: Int64 = ticksPerMinute

  /// Whether no key has been down.
  var areKeysUp: Bool { stopKeyTicks == 0 && bolusKeyTicks == 0 && pauseKeyTicks == 0 }

  /// Whether a key has been down for too long (ALM16).
  var isKeyStuck: Bool {
    max(stopKeyTicks, bolusKeyTicks, pauseKeyTicks) > Supervision.stuckAfter
  }

  /// Counts how long each key has been down.
  mutating func takeKeys(_ keys: Keys, elapsed: Int64) {
    stopKeyTicks = keys.contains(.stop) ? stopKeyTicks + elapsed : 0
    bolusKeyTicks = keys.contains(.bolus) ? bolusKeyTicks + elapsed : 0
    pauseKeyTicks = keys.contains(.audioPause) ? pauseKeyTicks + elapsed : 0
  }

  /// A key that has been down since power-on, through the whole self test, is stuck.
  mutating func noteKeysHeldSincePowerOn(for ticks: Int64) {
    if stopKeyTicks >= ticks { stopKeyTicks += Supervision.stuckAfter }
    if bolusKeyTicks >= ticks { bolusKeyTicks += Supervision.stuckAfter }
    if pauseKeyTicks >= ticks { pauseKeyTicks += Supervision.stuckAfter }
  }
}

extension Supervision: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    battery.encode(to: &sink)
    sink.put(lastBatterySample)
    sink.put(stopKeyTicks)
    sink.put(bolusKeyTicks)
    sink.put(pauseKeyTicks)
    sink.put(lastCommand)
    sink.put(temperature)
    sink.put(isTemperatureOff)
    sink.put(isTooHot)
    sink.put(hasSeenBrownOut)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    battery = BatteryWatch(from: &source)
    lastBatterySample = source.take32()
    stopKeyTicks = source.takeInt64()
    bolusKeyTicks = source.takeInt64()
    pauseKeyTicks = source.takeInt64()
    lastCommand = source.takeInt64()
    temperature = source.takeInt16()
    isTemperatureOff = source.takeBool()
    isTooHot = source.takeBool()
    hasSeenBrownOut = source.takeBool()
  }
}

extension Controller {
  /// Looks at everything the sensors say; the conditions that are present.
  ///
  /// - Requirements: @relation(R-083, scope=line)
  @inline(__always) mutating func supervise(
    _ sensors: SensorFrame, elapsed: Int64
  ) -> AlarmSet {
    var conditions = AlarmSet()
    watchDrive(sensors, elapsed: elapsed, &conditions)
    watchForce(sensors, &conditions)
    watchSyringe(sensors, &conditions)
    watchPower(sensors, &conditions)
    watchKeys(sensors, elapsed: elapsed, &conditions)
    detect(sensors, elapsed: elapsed, &conditions)
    if output.actuator.lamp.rawValue >= Lamp.low.rawValue || annunciators.testLeft > 0 {
      watchAnnunciators(sensors, elapsed: elapsed)
    }
    if !sensors.faults.isEmpty {
      watchFaults(sensors.faults, &conditions)
    } else if annunciators.hasTested {
      annunciators.hasTested = false
    }
    if annunciators.isFailed { conditions.insert(.annunciatorFault) }
    // a second without a pass is a lost task.
    if elapsed > ticksPerSecond { conditions.insert(.watchdog) }
    if isRecordFailed { conditions.insert(.recordFailed) }
    if isCapReached { conditions.insert(.doseCapReached) }
    if !history.isTrusted || !secondHistory.isTrusted { conditions.insert(.memoryFault) }
    if mode == .selfTest {
      runSelfTest(sensors, &conditions)
      conditions.formUnion(aftermath)
    }
    return conditions
  }

  // @relation(R-115, scope=line)
  @inline(__always) private mutating func watchDrive(
    _ sensors: SensorFrame, elapsed: Int64, _ conditions: inout AlarmSet
  ) {
    switch sensors.link {
    case .inProcess, .up: break
    case .lost, .mismatched: conditions.insert(.commsLost)
    }
    if mode.isMoving, sensors.motionAge > motionAgeLimit || sensors.motionValidity != .valid {
      conditions.insert(.commsLost)
    }
    watchFollowing(sensors, &conditions)
    let finding =
      capabilities.commanding == .stepped
      ? drive.check(
        sensors, elapsed: elapsed, mismatchLimit: mismatchLimit, uncommandedLimit: uncommandedLimit)
      : drive.checkPolled(
        sensors, target: output.actuator.targetSteps, uncommandedLimit: uncommandedLimit)
    switch finding {
    case .none: break
    case .drive: conditions.insert(.driveFault)
    case .uncommandedMotion: conditions.insert(.overInfusion)
    }
    // Without its encoder nothing would be supervised.
    if mode.isMoving, drive.countsPerRevolution > 0, sensors.encoderValidity != .valid {
      conditions.insert(.sensorImplausible)
    }
  }

  private var motionAgeLimit: UInt16 {
    capabilities.commanding == .stepped
      ? Supervision.motionAgeLimit : Supervision.polledMotionAgeLimit
  }

  /// A motor that does not follow its target delivers nothing, whatever the programme thinks.
  ///
  /// The monitor withholding its permit looks the same from here: in both cases delivery stops, and
  /// what was commanded and not done is taken back into the programme.
  @inline(__always) private mutating func watchFollowing(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    guard mode == .infusing || mode == .keepOpen, sensors.motionValidity == .valid,
      drive.hasOrigin
    else { return }
    let behind = output.actuator.targetSteps - sensors.stepCount
    // Hardware that is given a rate is behind by exchanges and polls, and after a bolus by those of
    // its flow: 0.02 mL, and 3 s of what is planned.
    let limit =
      capabilities.commanding == .stepped
      ? DriveSupervision.stallCheck + 8 * (limiter.planned.whole + 1)
      : uncommandedLimit + 3 * ticksPerSecond * (limiter.planned.whole + 1)
    if behind > limit {
      conditions.insert(.driveFault)
      takeBack(behind)
    }
  }

  // @relation(R-041, R-046, scope=line)
  @inline(__always) private mutating func watchForce(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    if sensors.force.validity == .absent && !capabilities.sensors.contains(.force) { return }
    if mode.isMoving && !sensors.force.isFresh(at: sensors.tick, within: Supervision.forceAgeLimit)
    {
      conditions.insert(.sensorImplausible)
      return
    }
    guard sensors.force.validity == .valid, sensors.force.sampledAt != occlusion.lastSample else {
      return
    }
    occlusion.lastSample = sensors.force.sampledAt
    judgeForceSample(sensors)
    if mode == .retracting {
      if occlusion.sampleRetracting(force: sensors.force.value) { endRetraction() }
      return
    }
    let isDelivering = mode == .infusing || mode == .keepOpen
    if occlusion.sample(
      force: sensors.force.value, position: position.whole, isDelivering: isDelivering)
    {
      conditions.insert(.downstreamOcclusion)
      detectors.restarts.isAfterOcclusion = true
      occlusion.planRetraction(position: position.whole)
      bolus.cancel()
      occlusion.isReversing = true
      enter(.retracting)
      output.actuator.stepRateBound = min(
        capabilities.maximumStepRate, UInt32(clamping: (primeRate.whole + 2) * ticksPerSecond))
    } else if isDelivering,
      detectors.lineOpen.sample(occlusion.pressure.rawValue, flow: output.actuator.flowRate)
    {
      detectors.standing.insert(.lineDisconnected)
    }
  }

  // @relation(R-060, scope=line)
  @inline(__always) private mutating func watchSyringe(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    guard isConfirmed, capabilities.sensors.contains(.syringe) else { return }
    let isWatched = mode.isMoving || alarms.signals.contains(.syringeDisplaced)
    guard isWatched else { return }
    let reading = sensors.syringe
    if !reading.isFresh(at: sensors.tick, within: Supervision.syringeAgeLimit)
      || !reading.value.isSecure
    {
      conditions.insert(.syringeDisplaced)
    } else if !isDiameterRight(reading.value.barrelDiameter) {
      conditions.insert(.syringeMismatch)
    }
  }

  /// Whether the sizer's diameter is within 3 % of the confirmed syringe's.
  ///
  /// - Requirements: @relation(R-061, scope=line)
  func isDiameterRight(_ seen: UInt16) -> Bool {
    let expected = Int32(prescription.syringe.barrelDiameter)
    guard seen > 0, expected > 0 else { return true }
    return abs(Int32(seen) - expected) * 100 <= 3 * expected
  }

  // @relation(R-091, R-093, R-117, scope=line)
  @inline(__always) private mutating func watchPower(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    if sensors.battery.validity == .valid {
      if sensors.battery.sampledAt != supervision.lastBatterySample || !supervision.battery.hasRead
      {
        supervision.lastBatterySample = sensors.battery.sampledAt
        supervision.battery.take(
          sensors.battery.value.millivolts, low: Int32(configuration.batteryLow),
          depleted: Int32(configuration.batteryDepleted), now: now)
      }
      if supervision.battery.isDepleted {
        conditions.insert(.batteryDepleted)
      } else if supervision.battery.isLow {
        conditions.insert(.batteryLow)
        if supervision.battery.isLowSoon { alarms.escalated.insert(.batteryLow) }
      }
    }
    watchTemperature(sensors, &conditions)
  }

  /// Below 5 and above 45 °C boluses are held, above 50 °C delivery stops (ALM18).
  ///
  /// A degree back is needed to end either. A sensor that is defective or silent for a minute may
  /// hide the one or the other, so that it holds boluses too.
  @inline(__always) private mutating func watchTemperature(
    _ sensors: SensorFrame, _ conditions: inout AlarmSet
  ) {
    let reading = sensors.temperature
    if reading.validity == .valid {
      let value = reading.value
      supervision.temperature = value
      let margin: Int16 = supervision.isTemperatureOff ? 100 : 0
      supervision.isTemperatureOff = value < 500 + margin || value > 4500 - margin
      if supervision.isTooHot || value > 5000 {
        supervision.isTooHot = value > 4900
        if supervision.isTooHot {
          alarms.escalated.insert(.temperature)
        } else {
          alarms.escalated.remove(.temperature)
        }
      }
    }
    let isExpected = capabilities.sensors.contains(.temperature) && mode != .selfTest
    let isSilent =
      isExpected && !reading.isFresh(at: sensors.tick, within: Supervision.temperatureAgeLimit)
    if supervision.isTemperatureOff || isSilent { conditions.insert(.temperature) }
    if supervision.isTooHot { stopForAlarm(conditions) }
  }

  // @relation(R-023, R-107, scope=line)
  @inline(__always) private mutating func watchKeys(
    _ sensors: SensorFrame, elapsed: Int64, _ conditions: inout AlarmSet
  ) {
    if sensors.keys.isEmpty && supervision.areKeysUp { return }
    let wasStop = supervision.stopKeyTicks >= Supervision.debounce
    let wasBolus = supervision.bolusKeyTicks >= Supervision.debounce
    let wasPause = supervision.pauseKeyTicks >= Supervision.debounce
    supervision.takeKeys(sensors.keys, elapsed: elapsed)
    if !wasStop && supervision.stopKeyTicks >= Supervision.debounce { stopByOperator(.stopped) }
    if !wasPause && supervision.pauseKeyTicks >= Supervision.debounce {
      output.result = pauseAudio(by: .patient)
    }
    if !wasBolus && supervision.bolusKeyTicks >= Supervision.debounce {
      output.result = requestBolus()
    }
    if supervision.isKeyStuck { conditions.insert(.keyStuck) }
  }

  /// What lamp and buzzer do is compared while they are told something, or tested.
  private mutating func watchAnnunciators(_ sensors: SensorFrame, elapsed: Int64) {
    if capabilities.sensors.contains(.annunciation) {
      annunciators.compare(output.actuator, sensors.annunciation, elapsed: elapsed)
    }
    guard annunciators.testLeft > 0 else { return }
    annunciators.testLeft = max(0, annunciators.testLeft - elapsed)
    needsAnnouncement = annunciators.testLeft == 0
  }

  /// The hardware says that lamp or buzzer failed: believed where nothing else tells, else tried
  /// once, so that a false report is no alarm (F33).
  private mutating func doubtAnnunciators(_ conditions: inout AlarmSet) {
    guard capabilities.sensors.contains(.annunciation) else {
      conditions.insert(.annunciatorFault)
      return
    }
    if annunciators.hasTested { return }
    annunciators.hasTested = true
    annunciators.testLeft = AnnunciatorWatch.testTicks
    needsAnnouncement = true
  }

  private mutating func watchFaults(_ faults: HardwareFaults, _ conditions: inout AlarmSet) {
    if faults.contains(.motorDriver) || faults.contains(.stall) { conditions.insert(.driveFault) }
    // Where nothing feels the force, a stall is all that is ever seen of an occlusion: both are told,
    // so that the line is looked at before anybody goes on.
    if faults.contains(.stall), mode.isMoving, !capabilities.sensors.contains(.force) {
      conditions.insert(.downstreamOcclusion)
      detectors.restarts.isAfterOcclusion = true
    }
    if mode.isMoving, faults.contains(.motorSupply) { conditions.insert(.driveFault) }
    if mode.isMoving, faults.contains(.deadMan) { conditions.insert(.commsLost) }
    if faults.contains(.frameRefused) { conditions.insert(.commsLost) }
    if faults.contains(.memoryWrite) { conditions.insert(.recordFailed) }
    if faults.contains(.clock) { conditions.insert(.clockInvalid) }
    // What a processor or memory that failed its check has worked out cannot be trusted.
    if faults.contains(.selfCheck), mode != .failed, mode != .selfTest {
      failIntegrity(&conditions)
    }
    if faults.contains(.display) { conditions.insert(.annunciatorFault) }
    if faults.contains(.annunciator) { doubtAnnunciators(&conditions) }
    // Seen once: the hardware keeps the flag until its next power-on.
    if faults.contains(.brownOut), !supervision.hasSeenBrownOut {
      supervision.hasSeenBrownOut = true
      conditions.insert(.powerLost)
    }
  }

  /// An alarm stops delivery; what is left of a bolus is forgotten.
  ///
  /// - Requirements: @relation(R-026, scope=line)
  mutating func stopForAlarm(_ conditions: AlarmSet) {
    bolus.cancel()
    if mode.isMoving { enter(.alarmStop) }
  }
}
