import PumpHAL
import Testing

@testable import SessionRecord

/// A tick as the recorder sees it.
struct RecordedTick: Equatable {
  var input: TickInput
  var output: TickOutput
  var monitor: MonitorOutput

  /// Input, output and monitor's output, canonically encoded.
  var canonical: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 512) { room, count in
      var sink = CanonicalWriter(room)
      input.encode(to: &sink)
      output.encode(to: &sink)
      monitor.encode(to: &sink)
      count = sink.count
    }
  }
}

/// Ticks that change anything at all at random, extremes included.
struct WildTicks {
  var numbers: SeededNumbers
  var tick: RecordedTick

  init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    tick = RecordedTick(
      input: TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none),
      output: TickOutput(), monitor: MonitorOutput())
  }

  private mutating func chance(_ one: UInt64) -> Bool { numbers.next() % one == 0 }

  private mutating func wild<T: FixedWidthInteger>(_ type: T.Type) -> T {
    switch numbers.next() % 6 {
    case 0: .min
    case 1: .max
    case 2: 0
    case 3: 1
    default: T(truncatingIfNeeded: numbers.next())
    }
  }

  private mutating func validity() -> Validity {
    Validity(rawValue: UInt8(numbers.next() % 3)) ?? .absent
  }

  private mutating func entry() -> JournalEntry {
    JournalEntry(
      slot: UInt16(numbers.next() % 512), sequence: wild(UInt32.self), word0: wild(UInt64.self),
      word1: wild(UInt64.self), word2: wild(UInt64.self) >> 16)
  }

  mutating func next() -> RecordedTick {
    tick.input.elapsedTicks = chance(20) ? wild(UInt16.self) : 1
    tick.input.command = chance(30) ? command() : .none
    changeMotion()
    changeSensors()
    changeOutput()
    return tick
  }

  private mutating func command() -> OperatorCommand {
    let role = Role.allCases[Int(numbers.next() % 4)]
    let action: OperatorAction =
      switch numbers.next() % 5 {
      case 0: .none
      case 1:
        .setDrugLimits(
          index: wild(UInt8.self), doseRate: DoseRate(rawValue: wild(Int64.self)),
          bolus: Mass(rawValue: wild(Int64.self)),
          loading: Mass(rawValue: wild(Int64.self)))
      case 2:
        .setPhase(
          index: 15,
          ProgrammePhase(
            kind: .loading, dose: Dose(wild(Int64.self), .massPerKilogram),
            per: Ticks(count: wild(Int64.self)), duration: Ticks(count: wild(Int64.self))))
      case 3: .stop
      default: .reportReaction(severity: wild(UInt8.self))
      }
    return OperatorCommand(action, by: role)
  }

  private mutating func changeMotion() {
    tick.input.sensors.tick &+= UInt32(tick.input.elapsedTicks)
    if chance(50) { tick.input.sensors.tick = wild(UInt32.self) }
    if chance(3) { tick.input.sensors.stepCount &+= Int64(numbers.next() % 7) - 3 }
    if chance(50) { tick.input.sensors.stepCount = wild(Int64.self) }
    if chance(3) { tick.input.sensors.encoderCount &+= Int32(numbers.next() % 11) - 5 }
    if chance(50) { tick.input.sensors.encoderCount = wild(Int32.self) }
    if chance(3) { tick.output.actuator.targetSteps &+= Int64(numbers.next() % 9) - 3 }
    if chance(50) { tick.output.actuator.targetSteps = wild(Int64.self) }
  }

  private mutating func changeSensors() {
    let now = tick.input.sensors.tick
    if chance(4) {
      tick.input.sensors.force = Reading(
        chance(4) ? wild(Int32.self) : Int32(numbers.next() % 20) * 12_207, .valid, sampledAt: now)
    }
    if chance(4) {
      tick.input.sensors.motorCurrent = Reading(
        chance(4) ? wild(UInt16.self) : UInt16(numbers.next() % 20), validity(), sampledAt: now)
    }
    if chance(9) {
      tick.input.sensors.carriage = Reading(
        wild(Int32.self), validity(), sampledAt: wild(UInt32.self))
      tick.input.sensors.battery = Reading(
        BatteryReading(millivolts: wild(UInt16.self), milliamperes: wild(Int16.self)), validity(),
        sampledAt: now &- 3)
      tick.input.sensors.temperature = Reading(wild(Int16.self), validity(), sampledAt: now)
    }
    if chance(9) {
      tick.input.sensors.syringe = Reading(
        SyringeReading(
          isBarrelClamped: chance(2), isFlangeSeated: chance(2), isPlungerCaptured: chance(2),
          barrelDiameter: wild(UInt16.self)), validity(), sampledAt: wild(UInt32.self))
      tick.input.sensors.air = Reading(wild(UInt16.self), validity(), sampledAt: now)
      tick.input.sensors.wallClock = Reading(
        WallClockReading(unixMilliseconds: wild(Int64.self), isSet: chance(2)), validity(),
        sampledAt: now)
    }
    if chance(9) {
      tick.input.sensors.motionAge = wild(UInt16.self)
      tick.input.sensors.motionValidity = validity()
      tick.input.sensors.encoderValidity = validity()
      tick.input.sensors.keys = Keys(rawValue: wild(UInt16.self))
      tick.input.sensors.link = LinkState(rawValue: UInt8(numbers.next() % 4)) ?? .up
      tick.input.sensors.commandOutcome =
        HardwareCommandOutcome(rawValue: UInt8(numbers.next() % 5)) ?? .none
      tick.input.sensors.faults = HardwareFaults(rawValue: wild(UInt16.self))
    }
  }

  private mutating func changeOutput() {
    tick.output.actuator.journal = chance(20) ? entry() : nil
    tick.output.result =
      chance(20) ? CommandResult.allCases[Int(numbers.next() % 17)] : CommandResult.none
    tick.monitor.journal = chance(20) ? entry() : nil
    if chance(9) {
      tick.output.actuator.stepRateBound = wild(UInt32.self)
      tick.output.actuator.isControllerPermitting = chance(2)
      tick.output.actuator.isMonitorPermitting = chance(2)
      tick.output.actuator.flowRate = wild(UInt32.self)
      tick.output.predictedTimeToAlarm = wild(UInt32.self)
    }
    if chance(9) {
      tick.output.actuator.lamp = Lamp(rawValue: UInt8(numbers.next() % 5)) ?? .off
      tick.output.actuator.buzzer = Buzzer(rawValue: UInt8(numbers.next() % 6)) ?? .off
      tick.output.actuator.display.flags = DisplayFlags(rawValue: UInt8(numbers.next() % 16))
      tick.output.actuator.display.screen = PumpMode.allCases[Int(numbers.next() % 15)]
      tick.output.actuator.display.alarm = wild(UInt8.self)
      tick.output.actuator.display.rate = wild(UInt16.self)
      tick.output.actuator.display.minutesLeft = wild(UInt16.self)
    }
    if chance(9) {
      tick.output.conditions.bits = wild(UInt64.self)
      tick.output.signals.bits = wild(UInt64.self)
      tick.output.bounds = RateBounds(rawValue: wild(UInt8.self))
      tick.output.phase = wild(UInt8.self)
      tick.monitor.isPermitting = chance(2)
      tick.monitor.objections.bits = wild(UInt64.self)
    }
  }
}

@Suite("Coding of the tick stream")
struct TickCodecTests {
  /// Codes `ticks` in blocks of `blockLength` and checks that they come back.
  private func roundTrip(_ ticks: [RecordedTick], blockLength: Int) {
    var encoder = TickEncoder(capacity: 64)
    var decoder = TickDecoder()
    var position = 0
    while position < ticks.count {
      let isRestart = position / blockLength % 3 == 0
      let block = ticks[position..<min(position + blockLength, ticks.count)]
      encoder.begin(isRestart: isRestart)
      for tick in block { encoder.tick(tick.input, tick.output, tick.monitor) }
      #expect(encoder.tickCount == UInt64(block.count))
      if isRestart { decoder.restart(microstepsPerRevolution: 0, encoderCountsPerRevolution: 0) }
      decoder.begin(encoder.bytes.bytes, tickCount: encoder.tickCount)
      for (offset, tick) in block.enumerated() {
        guard case .tick = decoder.next() else {
          Issue.record("no tick at \(position + offset)")
          return
        }
        let state = decoder.expected.pointee
        let decoded = RecordedTick(
          input: state.input, output: state.output, monitor: state.monitor)
        if decoded != tick {
          Issue.record("tick \(position + offset) came back as \(decoded), was \(tick)")
          return
        }
      }
      guard case .end = decoder.next() else {
        Issue.record("the block goes on after its last tick")
        return
      }
      position += block.count
    }
  }

  @Test(
    "Any sequence of ticks comes back exactly as it was", arguments: 1...20 as ClosedRange<UInt64>)
  func wildTicksComeBack(seed: UInt64) {
    var wild = WildTicks(seed: seed)
    let ticks = (0..<2000).map { _ in wild.next() }
    roundTrip(ticks, blockLength: [1, 7, 100, 2000][Int(seed % 4)])
  }

  @Test("A quiet infusion comes back exactly as it was")
  func quietTicksComeBack() {
    var infusion = SyntheticInfusion(seed: 1)
    let ticks = (0..<20_000).map { _ in
      infusion.advance()
      return RecordedTick(
        input: infusion.input, output: infusion.output, monitor: infusion.monitor)
    }
    roundTrip(ticks, blockLength: 6000)
  }

  @Test("Ticks exactly as expected cost no byte")
  func expectedTicksAreFree() {
    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    var input = TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none)
    for tick in 1...100_000 as ClosedRange<UInt32> {
      input.sensors.tick = tick
      encoder.tick(input, TickOutput(), MonitorOutput())
    }
    #expect(encoder.bytes.count == 0)
    #expect(encoder.tickCount == 100_000)
  }

  @Test("A power-on comes back with its whole memory, also a torn one")
  func powerOnComesBack() {
    var numbers = SeededNumbers(seed: 5)
    var memory = [JournalEntry](repeating: .blank, count: 1024)
    for slot in [0, 1, 2, 50, 383, 400] as [UInt16] {
      let entry = JournalEntry(
        slot: slot, sequence: 9, word0: numbers.next(), word1: 7, word2: 1 << 47)
      memory[Int(slot)] = entry
      memory[Int(slot) + 512] = entry
    }
    memory[50 + 512].word1 = 1
    memory[300].checksum = 3
    var powerOn = SyntheticInfusion.powerOn
    powerOn.configuration.libraryVersion = 77

    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    encoder.powerOn(powerOn, memory: memory, atTick: -3)
    var decoder = TickDecoder()
    decoder.begin(encoder.bytes.bytes, tickCount: 0)
    guard case .powerOn = decoder.next() else {
      Issue.record("no power-on")
      return
    }
    #expect(decoder.powerOn == powerOn)
    #expect(decoder.memory == memory)
    #expect(decoder.powerOnTick == -3)
    // Capabilities and configuration take 176 bytes, nine plain slots 32 each.
    #expect(encoder.bytes.count < 176 + 9 * 32 + 60)
  }

  @Test("Encodings are as long as Docs/CanonicalEncoding.md says")
  func encodingsAreAsLongAsDescribed() {
    func length(_ value: some CanonicalCodable) -> Int32 {
      var count = CanonicalByteCount()
      value.encode(to: &count)
      return count.bytes
    }
    #expect(length(SensorFrame()) == 88)
    #expect(length(ActuatorFrame()) == 25)
    #expect(length(TickOutput()) == 48)
    #expect(length(MonitorOutput()) == 10)
    #expect(length(JournalEntry.blank) == 32)
    #expect(length(Capabilities()) == 61)
    #expect(length(SyntheticInfusion.powerOn) == 176)
  }

  @Test(
    "Damaged blocks never crash the decoder, and never give more ticks than they promise",
    arguments: 1...200 as ClosedRange<UInt64>)
  func damagedBlocksAreHarmless(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var wild = WildTicks(seed: seed)
    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    for index in 0..<100 {
      if index % 40 == 20 {
        encoder.powerOn(SyntheticInfusion.powerOn, memory: [.blank, .blank], atTick: 9)
      }
      let tick = wild.next()
      encoder.tick(tick.input, tick.output, tick.monitor)
    }
    var bytes = Array(encoder.bytes.bytes)
    for _ in 0...seed % 4 {
      let position = Int(numbers.next() % UInt64(bytes.count))
      bytes[position] = UInt8(truncatingIfNeeded: numbers.next())
    }
    bytes.withUnsafeBufferPointer { buffer in
      var decoder = TickDecoder()
      decoder.begin(buffer, tickCount: 100)
      var ticks = 0
      decoding: while true {
        switch decoder.next() {
        case .failure, .end: break decoding
        case .tick: ticks += 1
        case .powerOn, .worldChange: continue
        }
      }
      #expect(ticks <= 100)
    }
  }
}
