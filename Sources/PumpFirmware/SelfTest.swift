import PumpHAL

/// The parts of the power-on self test, in their order.
public enum SelfTestPart: UInt8, Sendable, CaseIterable {
  /// None: the test is not over, or everything passed.
  case none = 0
  /// Processor: known answers, and the hardware's own check of processor, RAM and programme memory.
  case processor = 1
  /// Critical values against their fingerprints.
  case memory = 2
  /// The link to the hardware.
  case link = 3
  /// Drive: declared figures, counts that are there, a driver without defect.
  case drive = 4
  /// Force cell: there, and below what the drive can push.
  case force = 5
  /// Carriage sensor.
  case carriage = 6
  /// Temperature.
  case temperature = 7
  /// Syringe sensors.
  case syringe = 8
  /// Air detector.
  case air = 9
  /// Lamp, buzzer and display, as the hardware reports them.
  case annunciators = 10
  /// Battery: there, and not depleted.
  case battery = 11
  /// Motor enable: nothing has moved while nothing was permitted.
  case motorEnable = 12
  /// Keys: which have been down all the time.
  case keys = 13
}

/// The power-on self test: one part after the other, ended by the first that fails.
///
/// A part that has nothing to judge yet, because its sensor has not spoken, waits until the time for
/// the whole test is over and then fails. Nothing is moved, because a patient may be connected, and
/// nothing is delivered.
///
/// - Requirements: @relation(R-080, R-081, scope=file)
struct SelfTest: Equatable, Sendable {
  /// The part that is judged.
  var part = SelfTestPart.processor
  /// Whether every part has passed.
  var isComplete = false
  /// Counts at power-on, for the motor that shall stand still.
  var hasCounts = false
  var steps: Int64 = 0
  var counts: Int32 = 0

  /// What a part says.
  enum Verdict: Equatable, Sendable {
    case passed
    case waiting
    case failed(AlarmID)
  }

  /// Parts, and a rest at the end.
  static let slots: Int64 = 14
}

extension SelfTest: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(part)
    sink.put(isComplete)
    sink.put(hasCounts)
    sink.put(steps)
    sink.put(counts)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    part = source.takeCase(or: .processor)
    isComplete = source.takeBool()
    hasCounts = source.takeBool()
    steps = source.takeInt64()
    counts = source.takeInt32()
  }
}

extension Controller {
  /// One tick of the self test.
  mutating func runSelfTest(_ sensors: SensorFrame, _ conditions: inout AlarmSet) {
    let age = now - modeSince
    if !detectors.selfTest.hasCounts, sensors.motionValidity == .valid {
      detectors.selfTest.hasCounts = true
      detectors.selfTest.steps = sensors.stepCount
      detectors.selfTest.counts = sensors.encoderCount
    }
    while !detectors.selfTest.isComplete {
      let part = detectors.selfTest.part
      // Spread over the test, so that sensors have spoken and what comes and goes is met.
      if age * SelfTest.slots < configuration.selfTest.rawValue * Int64(part.rawValue) { return }
      switch judge(part, sensors, conditions) {
      case .failed(let id):
        failSelfTest(id, &conditions)
        return
      case .waiting:
        if part != .keys, age >= configuration.selfTest.rawValue {
          failSelfTest(Controller.alarm(of: part), &conditions)
        }
        return
      case .passed: break
      }
      if let next = SelfTestPart(rawValue: part.rawValue + 1) {
        detectors.selfTest.part = next
      } else {
        detectors.selfTest.isComplete = true
      }
    }
    if age < configuration.selfTest.rawValue { return }
    let blocking = conditions.intersection(Controller.failing)
    if blocking.isEmpty {
      enter(isResumable ? .askResume : .setUp)
    } else {
      failure = blocking
      enter(.failed)
    }
  }

  /// Into the safe state, with the part that failed in telemetry.
  private mutating func failSelfTest(_ id: AlarmID, _ conditions: inout AlarmSet) {
    failure.insert(id)
    conditions.formUnion(failure)
    enter(.failed)
  }

  /// Conditions with which the self test fails whatever part is judged: drive, battery,
  /// annunciators, sensors, link.
  static var failing: AlarmSet {
    AlarmSet(.driveFault) | .batteryDepleted | .annunciatorFault | .sensorImplausible | .commsLost
  }

  /// The alarm of a part that stayed silent.
  private static func alarm(of part: SelfTestPart) -> AlarmID {
    switch part {
    case .none, .processor, .memory: .memoryFault
    case .link: .commsLost
    case .drive, .motorEnable, .force, .carriage, .temperature, .syringe, .air, .battery:
      .sensorImplausible
    case .annunciators: .annunciatorFault
    case .keys: .keyStuck
    }
  }

  private mutating func judge(
    _ part: SelfTestPart, _ sensors: SensorFrame, _ conditions: AlarmSet
  ) -> SelfTest.Verdict {
    switch part {
    case .none: return .passed
    case .processor:
      let isSound = !sensors.faults.contains(.selfCheck) && Controller.answersAreKnown()
      return isSound ? .passed : .failed(.memoryFault)
    case .memory: return isWhole() ? .passed : .failed(.memoryFault)
    case .link:
      return conditions.contains(.commsLost) ? .failed(.commsLost) : .passed
    case .drive: return judgeDrive(sensors)
    case .motorEnable: return judgeStandstill(sensors)
    case .force: return judgeForce(sensors.force)
    case .carriage:
      let isExpected =
        capabilities.sensors.contains(.carriage) && capabilities.carriageResolution > 0
      return isExpected ? verdict(sensors.carriage.validity) : .passed
    case .temperature: return verdict(sensors.temperature.validity, of: .temperature)
    case .syringe: return verdict(sensors.syringe.validity, of: .syringe)
    case .air: return verdict(sensors.air.validity, of: .air)
    case .annunciators:
      let isFaulty = conditions.contains(.annunciatorFault)
      return isFaulty ? .failed(.annunciatorFault) : .passed
    case .battery:
      if conditions.contains(.batteryDepleted) { return .failed(.batteryDepleted) }
      if sensors.battery.validity == .valid, !supervision.battery.knowsCells {
        return .failed(.sensorImplausible)
      }
      return verdict(sensors.battery.validity, of: .battery)
    case .keys:
      // A key that has been down since power-on is stuck: alarmed, not obeyed, and no reason to
      // withhold a pump that can still be stopped by command (ALM16: continue).
      guard now - modeSince >= configuration.selfTest.rawValue else { return .waiting }
      supervision.noteKeysHeldSincePowerOn(for: now - modeSince - ticksPerSecond)
      return .passed
    }
  }

  private func verdict(_ validity: Validity, of sensor: Sensors) -> SelfTest.Verdict {
    capabilities.sensors.contains(sensor) ? verdict(validity) : .passed
  }

  private func verdict(_ validity: Validity) -> SelfTest.Verdict {
    switch validity {
    case .valid: .passed
    case .absent: .waiting
    case .invalid: .failed(.sensorImplausible)
    }
  }

  private func judgeDrive(_ sensors: SensorFrame) -> SelfTest.Verdict {
    if capabilities.microstepTravel.rawValue <= 0 || capabilities.maximumStepRate == 0
      || sensors.faults.contains(.motorDriver) || sensors.faults.contains(.stall)
    {
      return .failed(.driveFault)
    }
    guard capabilities.sensors.contains(.motion) else { return .passed }
    let isEncoded = capabilities.encoderCountsPerRevolution > 0
    if isEncoded, sensors.encoderValidity != .valid { return verdict(sensors.encoderValidity) }
    return isEncoded ? verdict(sensors.motionValidity) : .passed
  }

  /// Compares counts with those of the first frame.
  private mutating func judgeStandstill(_ sensors: SensorFrame) -> SelfTest.Verdict {
    guard detectors.selfTest.hasCounts, sensors.motionValidity == .valid else { return .passed }
    let tolerance = DriveSupervision.tolerance
    let turned = Int64(sensors.encoderCount) - Int64(detectors.selfTest.counts)
    let stepped = sensors.stepCount.subtractingReportingOverflow(detectors.selfTest.steps)
    if stepped.overflow || stepped.partialValue.magnitude > UInt64(tolerance)
      || turned.magnitude > UInt64(tolerance)
    {
      return .failed(.driveFault)
    }
    return .passed
  }

  private func judgeForce(_ force: Reading<Int32>) -> SelfTest.Verdict {
    let verdict = verdict(force.validity, of: .force)
    guard verdict == .passed, capabilities.sensors.contains(.force) else { return verdict }
    let most = Int64(capabilities.stallForce)
    return most > 0 && abs(Int64(force.value)) > most ? .failed(.sensorImplausible) : .passed
  }

  /// Known answers of the two things that every dose goes through: division and checksum.
  private static func answersAreKnown() -> Bool {
    let third = Wide(high: 0, low: 1_000_000).divided(by: Wide(low: 3))
    var crc = CRC32C()
    for digit: UInt8 in 0x31...0x39 { crc.put(digit) }
    return third == StepAmount(whole: 333_333, fraction: 0x5555_5555_5555_5555)
      && crc.value == 0xe306_9283
  }
}
