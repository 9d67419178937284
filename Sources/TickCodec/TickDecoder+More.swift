import PumpHAL

extension TickDecoder {
  /// Reads the rarer parts of a tick.
  mutating func takeMore(_ more: UInt16) {
    if more & MoreParts.hardwareTick != 0 {
      let off = UInt32(truncatingIfNeeded: cursor.takeZigzag())
      expected.pointee.input.sensors.tick &+= off
    }
    if more & MoreParts.sampleTimes != 0 { takeSampleTimes() }
    if more & MoreParts.slowSensors != 0 { takeSlowSensors() }
    if more & MoreParts.status != 0 { takeStatus() }
    if more & MoreParts.command != 0 {
      expected.pointee.input.command = cursor.takeCanonical(OperatorCommand.self)
    }
    takeActuator(more)
    if more & MoreParts.result != 0 {
      if let result = CommandResult(rawValue: cursor.take(UInt8.self)) {
        expected.pointee.output.result = result
      } else {
        cursor.fail()
      }
    }
    if more & MoreParts.alarms != 0 {
      expected.pointee.output.conditions = AlarmSet(bits: cursor.takeVarint())
      expected.pointee.output.signals = AlarmSet(bits: cursor.takeVarint())
    }
    if more & MoreParts.boundsAndPhase != 0 {
      expected.pointee.output.bounds = RateBounds(rawValue: cursor.take(UInt8.self))
      expected.pointee.output.phase = cursor.take(UInt8.self)
    }
    if more & MoreParts.timeToAlarm != 0 {
      let before = Int64(expected.pointee.output.predictedTimeToAlarm)
      expected.pointee.output.predictedTimeToAlarm = UInt32(
        truncatingIfNeeded: before &+ cursor.takeZigzag())
    }
    if more & MoreParts.monitor != 0 {
      let permit = cursor.take(UInt8.self)
      if permit > 1 { cursor.fail() }
      expected.pointee.monitor.isPermitting = permit == 1
      expected.pointee.monitor.objections = AlarmSet(bits: cursor.takeVarint())
    }
    if more & MoreParts.monitorJournal != 0 {
      expected.pointee.monitor.journal = cursor.takeCanonical(JournalEntry.self)
    }
  }

  private mutating func takeSampleTimes() {
    let off = cursor.take(UInt8.self)
    for index in 0..<SampledSensor.count where off >> UInt8(index) & 1 == 1 {
      let before = expected.pointee.sampledAt(index)
      let time = before &+ UInt32(truncatingIfNeeded: cursor.takeZigzag())
      expected.pointee.correctSampleTime(index, to: time, from: before)
    }
  }

  private mutating func takeSlowSensors() {
    let off = cursor.take(UInt8.self)
    if off & SlowParts.carriage != 0 {
      let before = Int64(expected.pointee.input.sensors.carriage.value)
      expected.pointee.input.sensors.carriage.value = Int32(
        truncatingIfNeeded: before &+ cursor.takeZigzag())
    }
    if off & SlowParts.battery != 0 {
      expected.pointee.input.sensors.battery.value = BatteryReading(
        millivolts: cursor.take(UInt16.self), milliamperes: cursor.take(Int16.self))
    }
    if off & SlowParts.temperature != 0 {
      let before = Int64(expected.pointee.input.sensors.temperature.value)
      expected.pointee.input.sensors.temperature.value = Int16(
        truncatingIfNeeded: before &+ cursor.takeZigzag())
    }
    if off & SlowParts.syringe != 0 {
      let switches = cursor.take(UInt8.self)
      if switches > 7 { cursor.fail() }
      expected.pointee.input.sensors.syringe.value.switches = switches
      expected.pointee.input.sensors.syringe.value.barrelDiameter = cursor.take(UInt16.self)
    }
    if off & SlowParts.air != 0 {
      expected.pointee.input.sensors.air.value = cursor.take(UInt16.self)
    }
    if off & SlowParts.wallClock != 0 {
      let isSet = cursor.take(UInt8.self)
      if isSet > 1 { cursor.fail() }
      let before = expected.pointee.input.sensors.wallClock.value.unixMilliseconds
      expected.pointee.input.sensors.wallClock.value = WallClockReading(
        unixMilliseconds: before &+ cursor.takeZigzag(), isSet: isSet == 1)
    }
    if off & SlowParts.validities != 0 {
      let bits = cursor.take(UInt32.self)
      if !expected.pointee.input.sensors.setValidities(bits: bits) { cursor.fail() }
    }
    if off & SlowParts.motionAge != 0 {
      expected.pointee.input.sensors.motionAge = cursor.take(UInt16.self)
    }
  }

  private mutating func takeStatus() {
    let keys = UInt16(truncatingIfNeeded: cursor.takeVarint())
    let link = LinkState(rawValue: cursor.take(UInt8.self))
    let outcome = HardwareCommandOutcome(rawValue: cursor.take(UInt8.self))
    let faults = UInt16(truncatingIfNeeded: cursor.takeVarint())
    let annunciation = cursor.take(UInt8.self)
    guard let link, let outcome, annunciation < 16 else {
      cursor.fail()
      return
    }
    expected.pointee.input.sensors.keys = Keys(rawValue: keys)
    expected.pointee.input.sensors.link = link
    expected.pointee.input.sensors.commandOutcome = outcome
    expected.pointee.input.sensors.faults = HardwareFaults(rawValue: faults)
    expected.pointee.input.sensors.annunciation = Annunciation(rawValue: annunciation)
  }

  private mutating func takeActuator(_ more: UInt16) {
    if more & MoreParts.drive != 0 {
      expected.pointee.output.actuator.stepRateBound = UInt32(
        truncatingIfNeeded: cursor.takeVarint())
      let permits = cursor.take(UInt8.self)
      if permits > 3 { cursor.fail() }
      expected.pointee.output.actuator.isControllerPermitting = permits & 1 != 0
      expected.pointee.output.actuator.isMonitorPermitting = permits & 2 != 0
      expected.pointee.output.actuator.flowRate = UInt32(truncatingIfNeeded: cursor.takeVarint())
    }
    if more & MoreParts.display != 0 {
      var display = Display()
      if !display.takeScreenAndFlags(cursor.take(UInt8.self)) { cursor.fail() }
      display.alarm = cursor.take(UInt8.self)
      display.rate = cursor.take(UInt16.self)
      display.minutesLeft = cursor.take(UInt16.self)
      expected.pointee.output.actuator.display = display
    }
    if more & MoreParts.annunciation != 0 {
      let byte = cursor.take(UInt8.self)
      if let lamp = Lamp(rawValue: byte & 15), let buzzer = Buzzer(rawValue: byte >> 4) {
        expected.pointee.output.actuator.lamp = lamp
        expected.pointee.output.actuator.buzzer = buzzer
      } else {
        cursor.fail()
      }
    }
    if more & MoreParts.journal != 0 {
      expected.pointee.output.actuator.journal = cursor.takeCanonical(JournalEntry.self)
    }
  }
}
