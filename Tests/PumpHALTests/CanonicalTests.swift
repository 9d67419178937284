import PumpHAL
import Testing

/// Encodes into bytes that the test can look at.
func bytes<Value: CanonicalCodable>(of value: Value) -> [UInt8] {
  var storage = [UInt8](repeating: 0xee, count: 512)
  let count = storage.withUnsafeMutableBufferPointer { buffer in
    var writer = CanonicalWriter(buffer)
    value.encode(to: &writer)
    #expect(!writer.hasOverflowed)
    return writer.count
  }
  return Array(storage[..<count])
}

/// Decodes from bytes; nil where they are no such value.
func decode<Value: CanonicalCodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
  bytes.withUnsafeBufferPointer { buffer in
    var reader = CanonicalReader(buffer)
    let value = Value(from: &reader)
    return reader.hasFailed || reader.remaining > 0 ? nil : value
  }
}

/// A frame in which every field differs from its default and from its neighbours.
func distinctFrame() -> SensorFrame {
  var frame = SensorFrame()
  frame.tick = 0x0102_0304
  frame.stepCount = -0x1122_3344_5566_7788
  frame.encoderCount = -5
  frame.motionAge = 0x0a0b
  frame.motionValidity = .valid
  frame.encoderValidity = .invalid
  frame.carriage = Reading(-70_000, .valid, sampledAt: 11)
  frame.force = Reading(-99_999_999, .invalid, sampledAt: 12)
  frame.motorCurrent = Reading(345, .valid, sampledAt: 13)
  frame.battery = Reading(
    BatteryReading(millivolts: 2999, milliamperes: -7), .valid, sampledAt: 14)
  frame.temperature = Reading(-1234, .valid, sampledAt: 15)
  frame.syringe = Reading(
    SyringeReading(
      isBarrelClamped: true, isFlangeSeated: false, isPlungerCaptured: true, barrelDiameter: 2205),
    .valid, sampledAt: 16)
  frame.air = Reading(77, .absent, sampledAt: 17)
  frame.wallClock = Reading(
    WallClockReading(unixMilliseconds: -1, isSet: true), .valid, sampledAt: 18)
  frame.keys = [.bolus, .audioPause]
  frame.link = .mismatched
  frame.commandOutcome = .unknown
  frame.faults = [.brownOut, .stall]
  return frame
}

/// Every action once, with values that need every byte.
let actions: [OperatorAction] = [
  .none, .beginSetUp(isNewPatient: true),
  .confirmSyringe(
    SyringeSpecification(
      number: .max, barrelDiameter: 1905, boreArea: Area(rawValue: .max),
      capacity: Volume(rawValue: .max), deadSpace: Volume(rawValue: .min), friction: .min,
      compliance: .max)),
  .confirmInfusionSet(
    InfusionSetSpecification(
      number: 7, primingVolume: Volume(rawValue: 8), compliance: 9, resistance: 10)),
  .setFill(Volume(rawValue: 1)),
  .setDrug(index: 1, number: 2, concentration: Concentration(rawValue: 3)),
  .setDrugLimits(
    index: 1, doseRate: DoseRate(rawValue: 2), bolus: Mass(rawValue: 3), loading: Mass(rawValue: 4)),
  .setPatient(BodyMass(rawValue: 70_000)),
  .setDoseCap(index: 0, window: .day, cap: Mass(rawValue: 5)),
  .setLimits(
    flow: FlowRate(rawValue: 1), occlusion: Pressure(rawValue: 2), keepOpen: FlowRate(rawValue: 3)),
  .setPhase(
    index: 15,
    ProgrammePhase(
      kind: .syringeChange, dose: Dose(.max, .massPerKilogram), per: Ticks(rawValue: 1),
      duration: Ticks(rawValue: 2))),
  .setPatientBolus(
    dose: Dose(.min, .volume), lockout: Ticks(rawValue: 4), maximumPerHour: 12,
    flow: FlowRate(rawValue: 5)),
  .setReactionOrder(.halve), .confirm(phaseCount: 9), .cancel,
  .prime(volume: Volume(rawValue: 6), isDisconnected: true), .start, .stop, .pause, .acknowledge,
  .audioPause, .requestBolus,
  .clinicianBolus(dose: Dose(1, .mass), duration: Ticks(rawValue: 2)),
  .titrate(dose: Dose(3, .mass), per: Ticks(rawValue: 4)), .reportReaction(severity: 3),
  .answerResume(isResuming: true), .recordFailed, .powerOff, .setLibrary(version: 0xdead_beef),
  .setSoftLimits(index: 1, doseRate: DoseRate(rawValue: 7), bolus: Mass(rawValue: 8)),
  .overrideSoftLimit(reason: 9), .enterCode(1234),
]

@Suite("Canonical encoding")
struct CanonicalTests {
  @Test("A sensor frame is 88 bytes, little-endian, and comes back equal")
  func sensorFrame() {
    let frame = distinctFrame()
    let encoded = bytes(of: frame)
    #expect(encoded.count == 88)
    #expect(Array(encoded[..<4]) == [4, 3, 2, 1])
    #expect(decode(SensorFrame.self, from: encoded) == frame)
  }

  @Test("Every operator action comes back equal, and the longest input stays within 128 bytes")
  func operatorActions() {
    for action in actions {
      let command = OperatorCommand(action, by: .service)
      #expect(decode(OperatorCommand.self, from: bytes(of: command)) == command)
      let input = TickInput(elapsedTicks: .max, sensors: distinctFrame(), command: command)
      let encoded = bytes(of: input)
      #expect(encoded.count <= Int(TickInput.maximumEncodedSize))
      #expect(decode(TickInput.self, from: encoded) == input)
    }
  }

  @Test("Each kind of action has its own first byte")
  func actionKinds() {
    #expect(Set(actions.map { bytes(of: $0)[0] }).count == actions.count)
    #expect(Set(actions.map { bytes(of: $0)[0] }) == Set(0..<UInt8(actions.count)))
  }

  @Test("Outputs come back equal, with and without a journal entry")
  func outputs() {
    var output = TickOutput()
    output.actuator.targetSteps = -9
    output.actuator.stepRateBound = 20_000
    output.actuator.isMonitorPermitting = true
    output.actuator.lamp = .high
    output.actuator.buzzer = .denied
    output.actuator.display.screen = .off
    output.actuator.display.flags = [.audioPaused, .acknowledged]
    output.actuator.display.alarm = 32
    output.actuator.display.rate = 70
    output.actuator.display.minutesLeft = 1440
    output.actuator.flowRate = 700_000
    output.result = .refusedRecord
    output.conditions.insert(.unacknowledged)
    output.signals.insert(.downstreamOcclusion)
    output.bounds = [.slew, .doseCap]
    output.phase = 15
    output.predictedTimeToAlarm = 2138
    #expect(decode(TickOutput.self, from: bytes(of: output)) == output)
    output.actuator.journal = JournalEntry(
      slot: 255, sequence: .max, word0: .max, word1: 1, word2: 1 << 48 - 1)
    #expect(decode(TickOutput.self, from: bytes(of: output)) == output)
    var monitor = MonitorOutput()
    monitor.isPermitting = true
    monitor.objections.insert(.overInfusion)
    monitor.journal = output.actuator.journal
    #expect(decode(MonitorOutput.self, from: bytes(of: monitor)) == monitor)
  }

  @Test("A power-on comes back equal")
  func powerOn() {
    var capabilities = Capabilities()
    capabilities.origin = .emulated
    capabilities.commanding = .rateCommanded
    capabilities.sensors = [.force, .wallClock]
    capabilities.serialNumber = 0xdead_beef
    var configuration = PumpConfiguration()
    configuration.capPolicy = .keepOpen
    configuration.batteryLow = 1
    configuration.codes.nurse = 1
    configuration.codes[.pharmacist] = 2
    configuration.codes.service = 3
    configuration.serviceDue = 4
    configuration.serviceHours = 5
    let value = PowerOn(capabilities: capabilities, configuration: configuration)
    #expect(decode(PowerOn.self, from: bytes(of: value)) == value)
  }

  @Test("Every truncation of an input fails, and none traps")
  func truncated() {
    let encoded = bytes(
      of: TickInput(
        elapsedTicks: 1, sensors: distinctFrame(), command: OperatorCommand(actions[2], by: .nurse))
    )
    for length in 0..<encoded.count {
      #expect(decode(TickInput.self, from: Array(encoded[..<length])) == nil)
    }
  }

  @Test("Random bytes decode to a value or a failure, never a trap; a value encodes to its bytes")
  func randomBytes() {
    var state: UInt64 = 1
    var decoded = 0
    for _ in 0..<20_000 {
      let random = (0..<Int(state % 130)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56) & (state >> 40 & 1 == 0 ? 0x03 : 0xff)
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if let command = decode(OperatorCommand.self, from: random) {
        decoded += 1
        #expect(bytes(of: command) == random)
      }
      _ = decode(TickInput.self, from: random)
      _ = decode(TickOutput.self, from: random)
      _ = decode(PowerOn.self, from: random)
    }
    #expect(decoded > 0)
  }

  @Test("A writer drops what does not fit and says so")
  func overflow() {
    var storage: [UInt8] = [0, 0, 0, 0xaa]
    storage.withUnsafeMutableBufferPointer { buffer in
      var writer = CanonicalWriter(UnsafeMutableBufferPointer(rebasing: buffer[..<3]))
      writer.put(1 as UInt16)
      writer.put(2 as UInt32)
      #expect(writer.hasOverflowed && writer.count == 2)
    }
    #expect(storage[3] == 0xaa)
  }
}
