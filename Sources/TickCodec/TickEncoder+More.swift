import PumpHAL

extension TickEncoder {
  /// Writes the rarer parts of a tick, and expects them from now on.
  mutating func codeMore(
    _ more: UInt16, _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput
  ) {
    let sensors = input.sensors
    if more & MoreParts.hardwareTick != 0 {
      bytes.appendZigzag(
        Int64(Int32(bitPattern: sensors.tick &- expected.pointee.input.sensors.tick)))
      expected.pointee.input.sensors.tick = sensors.tick
    }
    if more & MoreParts.sampleTimes != 0 { codeSampleTimes(sensors) }
    if more & MoreParts.slowSensors != 0 { codeSlowSensors(sensors) }
    if more & MoreParts.status != 0 {
      bytes.appendVarint(UInt64(sensors.keys.rawValue))
      bytes.append(sensors.link.rawValue)
      bytes.append(sensors.commandOutcome.rawValue)
      bytes.appendVarint(UInt64(sensors.faults.rawValue))
      bytes.append(sensors.annunciation.rawValue)
      expected.pointee.input.sensors.keys = sensors.keys
      expected.pointee.input.sensors.link = sensors.link
      expected.pointee.input.sensors.commandOutcome = sensors.commandOutcome
      expected.pointee.input.sensors.faults = sensors.faults
      expected.pointee.input.sensors.annunciation = sensors.annunciation
    }
    if more & MoreParts.command != 0 { bytes.append(canonical: input.command, limit: 128) }
    codeActuator(more, output.actuator)
    if more & MoreParts.result != 0 { bytes.append(output.result.rawValue) }
    if more & MoreParts.alarms != 0 {
      bytes.appendVarint(output.conditions.bits)
      bytes.appendVarint(output.signals.bits)
      expected.pointee.output.conditions = output.conditions
      expected.pointee.output.signals = output.signals
    }
    if more & MoreParts.boundsAndPhase != 0 {
      bytes.append(output.bounds.rawValue)
      bytes.append(output.phase)
      expected.pointee.output.bounds = output.bounds
      expected.pointee.output.phase = output.phase
    }
    if more & MoreParts.timeToAlarm != 0 {
      bytes.appendZigzag(
        Int64(output.predictedTimeToAlarm) - Int64(expected.pointee.output.predictedTimeToAlarm))
      expected.pointee.output.predictedTimeToAlarm = output.predictedTimeToAlarm
    }
    if more & MoreParts.monitor != 0 {
      bytes.append(monitor.isPermitting ? 1 as UInt8 : 0)
      bytes.appendVarint(monitor.objections.bits)
      expected.pointee.monitor.isPermitting = monitor.isPermitting
      expected.pointee.monitor.objections = monitor.objections
    }
    if more & MoreParts.monitorJournal != 0, let entry = monitor.journal {
      bytes.append(canonical: entry, limit: 32)
    }
  }

  private mutating func codeSampleTimes(_ sensors: SensorFrame) {
    let position = bytes.count
    bytes.append(0 as UInt8)
    var off: UInt8 = 0
    for index in 0..<SampledSensor.count {
      let time = sensors.sampledAt(index)
      let before = expected.pointee.sampledAt(index)
      if time == before { continue }
      off |= 1 << UInt8(index)
      bytes.appendZigzag(Int64(Int32(bitPattern: time &- before)))
      expected.pointee.correctSampleTime(index, to: time, from: before)
    }
    bytes.patch(off, at: position)
  }

  private mutating func codeSlowSensors(_ sensors: SensorFrame) {
    let position = bytes.count
    bytes.append(0 as UInt8)
    var off: UInt8 = 0
    let before = expected.pointee.input.sensors
    if sensors.carriage.value != before.carriage.value {
      off |= SlowParts.carriage
      bytes.appendZigzag(Int64(sensors.carriage.value) - Int64(before.carriage.value))
    }
    if sensors.battery.value != before.battery.value {
      off |= SlowParts.battery
      bytes.append(sensors.battery.value.millivolts)
      bytes.append(sensors.battery.value.milliamperes)
    }
    if sensors.temperature.value != before.temperature.value {
      off |= SlowParts.temperature
      bytes.appendZigzag(Int64(sensors.temperature.value) - Int64(before.temperature.value))
    }
    if sensors.syringe.value != before.syringe.value {
      off |= SlowParts.syringe
      bytes.append(sensors.syringe.value.switches)
      bytes.append(sensors.syringe.value.barrelDiameter)
    }
    if sensors.air.value != before.air.value {
      off |= SlowParts.air
      bytes.append(sensors.air.value)
    }
    if sensors.wallClock.value != before.wallClock.value {
      off |= SlowParts.wallClock
      bytes.append(sensors.wallClock.value.isSet ? 1 as UInt8 : 0)
      bytes.appendZigzag(
        sensors.wallClock.value.unixMilliseconds &- before.wallClock.value.unixMilliseconds)
    }
    if sensors.allValidities != before.allValidities {
      off |= SlowParts.validities
      bytes.append(sensors.allValidities)
    }
    if sensors.motionAge != before.motionAge {
      off |= SlowParts.motionAge
      bytes.append(sensors.motionAge)
    }
    bytes.patch(off, at: position)
    expected.pointee.input.sensors.carriage.value = sensors.carriage.value
    expected.pointee.input.sensors.battery.value = sensors.battery.value
    expected.pointee.input.sensors.temperature.value = sensors.temperature.value
    expected.pointee.input.sensors.syringe.value = sensors.syringe.value
    expected.pointee.input.sensors.air.value = sensors.air.value
    expected.pointee.input.sensors.wallClock.value = sensors.wallClock.value
    expected.pointee.input.sensors.setValidities(of: sensors)
    expected.pointee.input.sensors.motionAge = sensors.motionAge
  }

  private mutating func codeActuator(_ more: UInt16, _ actuator: ActuatorFrame) {
    if more & MoreParts.drive != 0 {
      bytes.appendVarint(UInt64(actuator.stepRateBound))
      bytes.append(actuator.permits)
      bytes.appendVarint(UInt64(actuator.flowRate))
      expected.pointee.output.actuator.stepRateBound = actuator.stepRateBound
      expected.pointee.output.actuator.isControllerPermitting = actuator.isControllerPermitting
      expected.pointee.output.actuator.isMonitorPermitting = actuator.isMonitorPermitting
      expected.pointee.output.actuator.flowRate = actuator.flowRate
    }
    if more & MoreParts.display != 0 {
      bytes.append(actuator.display.screenAndFlags)
      bytes.append(actuator.display.alarm)
      bytes.append(actuator.display.rate)
      bytes.append(actuator.display.minutesLeft)
      expected.pointee.output.actuator.display = actuator.display
    }
    if more & MoreParts.annunciation != 0 {
      bytes.append(actuator.annunciation)
      expected.pointee.output.actuator.lamp = actuator.lamp
      expected.pointee.output.actuator.buzzer = actuator.buzzer
    }
    if more & MoreParts.journal != 0, let entry = actuator.journal {
      bytes.append(canonical: entry, limit: 32)
    }
  }
}
