import PumpHAL

/// A tick as the recorder sees it.
package struct RecordedTick: Equatable {
  package var input: TickInput
  package var output: TickOutput
  package var monitor: MonitorOutput

  package init(input: TickInput, output: TickOutput, monitor: MonitorOutput) {
    self.input = input
    self.output = output
    self.monitor = monitor
  }

  /// Input, output and monitor's output, canonically encoded.
  package var canonical: [UInt8] {
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
package struct WildTicks {
  package var numbers: SeededNumbers
  package var tick: RecordedTick

  package init(seed: UInt64) {
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

  package mutating func next() -> RecordedTick {
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
