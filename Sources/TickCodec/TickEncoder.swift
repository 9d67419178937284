import PumpHAL

/// Writes ticks as what differs from the prediction; a tick as predicted costs nothing but a count.
///
/// - Requirements: @relation(R-111, scope=file)
package struct TickEncoder: ~Copyable {
  /// The bytes of the block so far.
  package var bytes: ByteBuffer
  /// Ticks written into the block.
  package private(set) var tickCount: UInt64 = 0
  private var gap: UInt64 = 0
  let expected: UnsafeMutablePointer<Prediction>

  /// The most bytes that one tick takes, with room to spare.
  private static let tickLimit = 512

  /// Whether the block should be closed before it outgrows its memory, so that no tick allocates.
  package var isNearlyFull: Bool { bytes.capacity - bytes.count < 2 * Self.tickLimit }

  package init(capacity: Int) {
    bytes = ByteBuffer(capacity: capacity)
    expected = .allocate(capacity: 1)
    expected.initialize(to: Prediction())
  }

  deinit {
    expected.pointee.deallocate()
    expected.deinitialize(count: 1)
    expected.deallocate()
  }

  package var microstepsPerRevolution: Int64 { expected.pointee.microstepsPerRevolution }
  package var encoderCountsPerRevolution: Int64 { expected.pointee.encoderCountsPerRevolution }

  /// Begins an empty block; `isRestart` makes it stand alone.
  package mutating func begin(isRestart: Bool) {
    bytes.clear()
    tickCount = 0
    gap = 0
    if isRestart {
      expected.pointee.restart(
        microstepsPerRevolution: microstepsPerRevolution,
        encoderCountsPerRevolution: encoderCountsPerRevolution)
    }
  }

  /// Writes a power-on; the coding starts afresh behind it.
  package mutating func powerOn(_ powerOn: PowerOn, memory: [JournalEntry], atTick tick: Int64) {
    appendFirstByte(0)
    bytes.append(MarkerKind.powerOn)
    bytes.appendZigzag(tick)
    bytes.append(canonical: powerOn, limit: 512)
    appendMemory(memory)
    expected.pointee.restart(
      microstepsPerRevolution: Int64(powerOn.capabilities.microstepsPerRevolution),
      encoderCountsPerRevolution: Int64(powerOn.capabilities.encoderCountsPerRevolution))
  }

  /// Writes a change of the world; the prediction goes on as if nothing had been.
  package mutating func worldChange(_ change: UnsafeBufferPointer<UInt8>, atTick tick: Int64) {
    appendFirstByte(0)
    bytes.append(MarkerKind.worldChange)
    bytes.appendZigzag(tick)
    bytes.appendVarint(UInt64(change.count))
    bytes.append(change)
  }

  /// Writes a tick.
  package mutating func tick(
    _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput
  ) {
    tickCount += 1
    let expected = expected
    expected.pointee.advance(input.elapsedTicks)
    if isAsExpected(input, output, monitor) {
      gap += 1
      return
    }
    code(input, output, monitor)
  }

  @inline(__always) private func isAsExpected(
    _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput
  ) -> Bool {
    // One long sum of differences instead of fifty branches: nearly every tick is as expected.
    var difference = sensorDifference(input.sensors, expected.pointee.input.sensors)
    difference |= UInt64(input.elapsedTicks ^ 1)
    difference |= outputDifference(output, expected.pointee.output)
    difference |= monitor.objections.bits ^ expected.pointee.monitor.objections.bits
    return difference == 0 && monitor.isPermitting == expected.pointee.monitor.isPermitting
      && input.command.isNone && output.actuator.journal == nil && monitor.journal == nil
      && output.result == .none
  }

  private mutating func appendFirstByte(_ parts: UInt8) {
    bytes.reserve(16)
    if gap < 15 {
      bytes.append(UInt8(gap) << 4 | parts)
    } else {
      bytes.append(0xf0 | parts)
      bytes.appendVarint(gap - 15)
    }
    gap = 0
  }

  private mutating func appendMemory(_ memory: [JournalEntry]) {
    bytes.reserve(memory.count * 34 + 16)
    bytes.appendVarint(UInt64(memory.count))
    let copy = Int(JournalEntry.slotCount)
    func kind(_ index: Int) -> UInt8 {
      if memory[index] == .blank { return MemoryRun.blank }
      if index >= copy, memory[index] == memory[index - copy] { return MemoryRun.sameAsFirstCopy }
      return MemoryRun.plain
    }
    var index = 0
    while index < memory.count {
      let run = kind(index)
      var end = index + 1
      while end < memory.count, kind(end) == run { end += 1 }
      bytes.append(run)
      bytes.appendVarint(UInt64(end - index))
      if run == MemoryRun.plain {
        for entry in memory[index..<end] { bytes.append(canonical: entry, limit: 32) }
      }
      index = end
    }
  }
}

extension TickEncoder {
  /// Writes a tick that is not as expected.
  @inline(never) private mutating func code(
    _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput
  ) {
    bytes.reserve(Self.tickLimit)
    let sensors = input.sensors
    let more = moreParts(input, output, monitor)
    let hasForce = sensors.force.value != expected.pointee.input.sensors.force.value
    let hasCurrent = sensors.motorCurrent.value != expected.pointee.input.sensors.motorCurrent.value
    let target = output.actuator.targetSteps
    let hasMotion =
      sensors.stepCount != expected.pointee.input.sensors.stepCount
      || sensors.encoderCount != expected.pointee.input.sensors.encoderCount
      || target != expected.pointee.output.actuator.targetSteps

    appendFirstByte(
      (hasForce ? TickParts.force : 0) | (hasCurrent ? TickParts.motorCurrent : 0)
        | (hasMotion ? TickParts.motion : 0) | (more != 0 ? TickParts.more : 0))
    if more != 0 { bytes.append(more) }
    if more & MoreParts.elapsed != 0 { bytes.append(input.elapsedTicks) }
    if hasForce || hasCurrent { codeNoisy(sensors, hasForce, hasCurrent) }
    if hasMotion { codeMotion(sensors.stepCount, sensors.encoderCount, target) }
    if more != 0 { codeMore(more, input, output, monitor) }
  }

  private mutating func codeNoisy(_ sensors: SensorFrame, _ hasForce: Bool, _ hasCurrent: Bool) {
    let forceBefore = expected.pointee.input.sensors.force.value
    let currentBefore = expected.pointee.input.sensors.motorCurrent.value
    var slots: UInt8 = 0
    if hasForce {
      slots = expected.pointee.forces.slot(of: sensors.force.value)
      expected.pointee.input.sensors.force.value = sensors.force.value
    }
    if hasCurrent {
      slots |= expected.pointee.currents.slot(of: Int32(sensors.motorCurrent.value)) << 4
      expected.pointee.input.sensors.motorCurrent.value = sensors.motorCurrent.value
    }
    bytes.append(slots)
    if hasForce && slots & 15 == 15 {
      bytes.appendZigzag(Int64(sensors.force.value) - Int64(forceBefore))
    }
    if hasCurrent && slots >> 4 == 15 {
      bytes.appendZigzag(Int64(sensors.motorCurrent.value) - Int64(currentBefore))
    }
  }

  private mutating func codeMotion(_ steps: Int64, _ encoder: Int32, _ target: Int64) {
    let stepsOff = steps &- expected.pointee.input.sensors.stepCount
    if stepsOff != 0 {
      expected.pointee.input.sensors.stepCount = steps
      expected.pointee.input.sensors.encoderCount = expected.pointee.encoder(at: steps)
    }
    let encoderOff = encoder &- expected.pointee.input.sensors.encoderCount
    expected.pointee.input.sensors.encoderCount = encoder
    let stride = target &- expected.pointee.output.actuator.targetSteps
    expected.pointee.output.actuator.targetSteps = target

    let stepsCode: UInt8 =
      switch stepsOff {
      case 0: 0
      case 1: 1
      case -1: 2
      default: MotionByte.stepsEscape
      }
    let encoderCode: UInt8 =
      switch encoderOff {
      case 0: 0
      case 1...3: UInt8(encoderOff * 2 - 1)
      case -3 ... -1: UInt8(encoderOff * -2)
      default: MotionByte.encoderEscape
      }
    var targetCode: UInt8 =
      switch stride {
      case 0...4: UInt8(stride)
      case -1: 5
      default: MotionByte.targetEscape
      }
    if targetCode == MotionByte.targetEscape && stride == expected.pointee.targetStride {
      targetCode = MotionByte.targetRepeat
    }
    if stride != 0 { expected.pointee.targetStride = stride }

    bytes.append(stepsCode | encoderCode << 2 | targetCode << 5)
    if stepsCode == MotionByte.stepsEscape { bytes.appendZigzag(stepsOff) }
    if encoderCode == MotionByte.encoderEscape { bytes.appendZigzag(Int64(encoderOff)) }
    if targetCode == MotionByte.targetEscape { bytes.appendZigzag(stride) }
  }

  /// Which of the rarer parts differ from what is expected.
  private func moreParts(
    _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput
  ) -> UInt16 {
    let sensors = input.sensors
    let expected = expected
    var more: UInt16 = 0
    if input.elapsedTicks != 1 { more |= MoreParts.elapsed }
    if sensors.tick != expected.pointee.input.sensors.tick { more |= MoreParts.hardwareTick }
    if sampleTimesOff(sensors) != 0 { more |= MoreParts.sampleTimes }
    if slowSensorsOff(sensors) != 0 { more |= MoreParts.slowSensors }
    if statusDifference(sensors, expected.pointee.input.sensors) != 0 { more |= MoreParts.status }
    if !input.command.isNone { more |= MoreParts.command }
    let before = expected.pointee.output
    if driveDifference(output.actuator, before.actuator) != 0 { more |= MoreParts.drive }
    if displayDifference(output.actuator.display, before.actuator.display) != 0 {
      more |= MoreParts.display
    }
    if output.actuator.annunciation != before.actuator.annunciation {
      more |= MoreParts.annunciation
    }
    if output.actuator.journal != nil { more |= MoreParts.journal }
    if output.result != .none { more |= MoreParts.result }
    if output.conditions != before.conditions || output.signals != before.signals {
      more |= MoreParts.alarms
    }
    if output.bounds != before.bounds || output.phase != before.phase {
      more |= MoreParts.boundsAndPhase
    }
    if output.predictedTimeToAlarm != before.predictedTimeToAlarm { more |= MoreParts.timeToAlarm }
    if monitor.isPermitting != expected.pointee.monitor.isPermitting
      || monitor.objections != expected.pointee.monitor.objections
    {
      more |= MoreParts.monitor
    }
    if monitor.journal != nil { more |= MoreParts.monitorJournal }
    return more
  }

  private func sampleTimesOff(_ sensors: SensorFrame) -> UInt8 {
    var off: UInt8 = 0
    for index in 0..<SampledSensor.count
    where sensors.sampledAt(index) != expected.pointee.sampledAt(index) {
      off |= 1 << UInt8(index)
    }
    return off
  }

  private func slowSensorsOff(_ sensors: SensorFrame) -> UInt8 {
    let before = expected.pointee.input.sensors
    return (sensors.carriage.value != before.carriage.value ? SlowParts.carriage : 0)
      | (sensors.battery.value != before.battery.value ? SlowParts.battery : 0)
      | (sensors.temperature.value != before.temperature.value ? SlowParts.temperature : 0)
      | (sensors.syringe.value != before.syringe.value ? SlowParts.syringe : 0)
      | (sensors.air.value != before.air.value ? SlowParts.air : 0)
      | (sensors.wallClock.value != before.wallClock.value ? SlowParts.wallClock : 0)
      | (sensors.allValidities != before.allValidities ? SlowParts.validities : 0)
      | (sensors.motionAge != before.motionAge ? SlowParts.motionAge : 0)
  }
}
