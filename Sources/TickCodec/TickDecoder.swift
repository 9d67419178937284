import PumpHAL

/// Reads the ticks of a block back, exactly as they were.
package struct TickDecoder: ~Copyable {
  /// What came.
  package enum Item {
    /// A tick: in `expected`, until the next call.
    case tick
    /// A power-on: in `powerOn`, `memory` and `powerOnTick`.
    case powerOn
    /// A change of the world: in `worldChange` and `worldTick`.
    case worldChange
    /// Nothing more in this block.
    case end
    /// The bytes are not those of a block.
    case failure
  }

  /// The tick, whole.
  package let expected: UnsafeMutablePointer<Prediction>
  package private(set) var powerOn = PowerOn(
    capabilities: Capabilities(), configuration: PumpConfiguration())
  package private(set) var memory: [JournalEntry] = []
  package private(set) var powerOnTick: Int64 = 0
  package private(set) var worldChange: [UInt8] = []
  package private(set) var worldTick: Int64 = 0

  var cursor = ByteCursor(UnsafeBufferPointer(start: nil, count: 0))
  /// Ticks of the block that are still to come.
  package private(set) var ticksLeft: UInt64 = 0
  private var gap: UInt64 = 0
  private var parts: UInt8 = 0
  private var hasPending = false
  private var hasTransients = false

  package init() {
    expected = .allocate(capacity: 1)
    expected.initialize(to: Prediction())
  }

  deinit {
    expected.pointee.deallocate()
    expected.deinitialize(count: 1)
    expected.deallocate()
  }

  /// Begins a block of `tickCount` ticks; `bytes` must outlive its reading.
  package mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>, tickCount: UInt64) {
    cursor = ByteCursor(bytes)
    ticksLeft = tickCount
    gap = 0
    hasPending = false
  }

  /// Makes the block that follows stand alone.
  package mutating func restart(microstepsPerRevolution: Int64, encoderCountsPerRevolution: Int64) {
    expected.pointee.restart(
      microstepsPerRevolution: microstepsPerRevolution,
      encoderCountsPerRevolution: encoderCountsPerRevolution)
    hasTransients = false
  }

  /// Goes on to the next item.
  package mutating func next() -> Item {
    if hasTransients { clearTransients() }
    if gap > 0 {
      gap -= 1
      ticksLeft -= 1
      expected.pointee.advance(1)
      return .tick
    }
    return nextCoded()
  }

  @inline(never) private mutating func nextCoded() -> Item {
    if !hasPending {
      if cursor.isAtEnd {
        // Every tick after the last coded one is as expected.
        if ticksLeft == 0 { return .end }
        gap = ticksLeft
        return next()
      }
      let first = cursor.take(UInt8.self)
      parts = first & 15
      gap = UInt64(first >> 4)
      if gap == 15 {
        let more = cursor.takeVarint()
        if more > ticksLeft { return .failure }
        gap += more
      }
      hasPending = true
      // A marker is no tick, so as many as are left may stand before it.
      if cursor.hasFailed || gap > ticksLeft { return .failure }
      if gap > 0 { return next() }
    }
    hasPending = false
    if parts == 0 { return takeMarker() }
    if ticksLeft == 0 { return .failure }
    ticksLeft -= 1
    takeTick()
    return cursor.hasFailed ? .failure : .tick
  }

  private mutating func clearTransients() {
    expected.pointee.input.elapsedTicks = 1
    expected.pointee.input.command = .none
    expected.pointee.output.result = .none
    expected.pointee.output.actuator.journal = nil
    expected.pointee.monitor.journal = nil
    hasTransients = false
  }

  private mutating func takeTick() {
    var more: UInt16 = 0
    var elapsed: UInt16 = 1
    if parts & TickParts.more != 0 {
      more = cursor.take(UInt16.self)
      if more & MoreParts.elapsed != 0 { elapsed = cursor.take(UInt16.self) }
      hasTransients = true
    }
    expected.pointee.advance(elapsed)
    expected.pointee.input.elapsedTicks = elapsed
    if parts & (TickParts.force | TickParts.motorCurrent) != 0 { takeNoisy() }
    if parts & TickParts.motion != 0 { takeMotion() }
    if more != 0 { takeMore(more) }
  }

  private mutating func takeNoisy() {
    let slots = cursor.take(UInt8.self)
    if parts & TickParts.force != 0 {
      if slots & 15 == 15 {
        let before = Int64(expected.pointee.input.sensors.force.value)
        let value = Int32(truncatingIfNeeded: before &+ cursor.takeZigzag())
        expected.pointee.forces.insert(value)
        expected.pointee.input.sensors.force.value = value
      } else {
        expected.pointee.input.sensors.force.value = expected.pointee.forces.value(at: slots & 15)
      }
    }
    if parts & TickParts.motorCurrent != 0 {
      if slots >> 4 == 15 {
        let before = Int64(expected.pointee.input.sensors.motorCurrent.value)
        let value = UInt16(truncatingIfNeeded: before &+ cursor.takeZigzag())
        expected.pointee.currents.insert(Int32(value))
        expected.pointee.input.sensors.motorCurrent.value = value
      } else {
        expected.pointee.input.sensors.motorCurrent.value = UInt16(
          truncatingIfNeeded: expected.pointee.currents.value(at: slots >> 4))
      }
    }
  }

  private mutating func takeMotion() {
    let codes = cursor.take(UInt8.self)
    let stepsOff: Int64 =
      switch codes & 3 {
      case 0: 0
      case 1: 1
      case 2: -1
      default: cursor.takeZigzag()
      }
    let encoderCode = codes >> 2 & 7
    let encoderOff: Int32 =
      switch encoderCode {
      case 0: 0
      case MotionByte.encoderEscape: Int32(truncatingIfNeeded: cursor.takeZigzag())
      case 1, 3, 5: Int32(encoderCode / 2 + 1)
      default: -Int32(encoderCode / 2)
      }
    let targetCode = codes >> 5
    let stride: Int64 =
      switch targetCode {
      case 0...4: Int64(targetCode)
      case 5: -1
      case MotionByte.targetRepeat: expected.pointee.targetStride
      default: cursor.takeZigzag()
      }
    if stepsOff != 0 {
      let steps = expected.pointee.input.sensors.stepCount &+ stepsOff
      expected.pointee.input.sensors.stepCount = steps
      expected.pointee.input.sensors.encoderCount = expected.pointee.encoder(at: steps)
    }
    expected.pointee.input.sensors.encoderCount &+= encoderOff
    expected.pointee.output.actuator.targetSteps &+= stride
    if stride != 0 { expected.pointee.targetStride = stride }
  }

  private mutating func takeMarker() -> Item {
    switch cursor.take(UInt8.self) {
    case MarkerKind.powerOn: return takePowerOn()
    case MarkerKind.worldChange:
      worldTick = cursor.takeZigzag()
      worldChange = Array(cursor.take(bytes: cursor.takeVarint()))
      return cursor.hasFailed ? .failure : .worldChange
    default: return .failure
    }
  }

  private mutating func takePowerOn() -> Item {
    powerOnTick = cursor.takeZigzag()
    powerOn = cursor.takeCanonical(PowerOn.self)
    guard takeMemory() else { return .failure }
    restart(
      microstepsPerRevolution: Int64(powerOn.capabilities.microstepsPerRevolution),
      encoderCountsPerRevolution: Int64(powerOn.capabilities.encoderCountsPerRevolution))
    return cursor.hasFailed ? .failure : .powerOn
  }

  private mutating func takeMemory() -> Bool {
    let total = cursor.takeVarint()
    let copy = Int(JournalEntry.slotCount)
    guard total <= UInt64(copy) * UInt64(JournalEntry.copyCount) else { return false }
    memory = []
    memory.reserveCapacity(Int(total))
    while memory.count < Int(total) {
      let kind = cursor.take(UInt8.self)
      let run = cursor.takeVarint()
      guard !cursor.hasFailed, run > 0, run <= total - UInt64(memory.count) else { return false }
      for _ in 0..<run {
        switch kind {
        case MemoryRun.blank: memory.append(.blank)
        case MemoryRun.plain: memory.append(cursor.takeCanonical(JournalEntry.self))
        case MemoryRun.sameAsFirstCopy where memory.count >= copy:
          memory.append(memory[memory.count - copy])
        default: return false
        }
      }
    }
    return true
  }
}
