import PumpHAL

extension SimulatedPump {
  /// The most faults that can last by themselves at once: failing components, and named faults that
  /// end after a time.
  public static var faultCapacity: Int { Int(FaultTable.capacity) }

  /// Makes something go wrong; its numbers are limited to what can be.
  ///
  /// - Parameters:
  ///   - fault: what goes wrong; `isPossible` must hold.
  ///   - seconds: the time after which it ends by itself; 0 where it lasts until it is cleared. A
  ///     bubble, a charge and a loss of power have no end of this kind.
  /// - Returns: false, and nothing went wrong, where `faultCapacity` faults last already.
  @discardableResult
  public mutating func inject(_ fault: Fault, lasting seconds: Double = 0) -> Bool {
    precondition(fault.isPossible && seconds >= 0 && seconds <= 1e9)
    var end: Int64 = 0
    if seconds > 0 && fault.kind.canEnd { end = worldTick + max(Int64(seconds * 100 + 0.5), 1) }
    if let component = fault.failing {
      let wasLinkSound = !faults.affects(.link)
      if !faults.add(fault, begin: worldTick, end: end) { return false }
      if component.component == .link && wasLinkSound {
        linkFrame = sensors.frame
        linkFrameTick = worldTick
      }
      if component.component == .memory && component.kind == .noise {
        memory.flipBits(share: component.amount, chance: &faults.chance)
      }
      runFaults()
      return true
    }
    // One of a kind at one place: the new one takes the place of the old, and of its end.
    faults.remove(fault.selection)
    if end != 0 && !faults.add(fault, begin: worldTick, end: end) { return false }
    start(fault)
    return true
  }

  private mutating func start(_ fault: Fault) {
    switch fault.kind {
    case .forceOffset: sensors.forceOffset = fault.amount
    case .forceStuck: sensors.isForceStuck = true
    case .encoderLoss: sensors.isEncoderLost = true
    case .powerLoss:
      // At least one tick, at most a hundred days.
      let ticks = Int64(min(max(fault.amount, 0.01), 8_640_000) * 100 + 0.5)
      powerLossTicks = max(powerLossTicks, ticks)
      hasBrownedOut = false
      losePower()
    default: plant.inject(fault)
    }
  }

  /// Puts everything of one kind right again.
  public mutating func clear(_ kind: FaultKind) { clear(.named(kind, site: nil)) }

  /// Puts right what `selection` names.
  public mutating func clear(_ selection: FaultSelection) {
    faults.remove(selection)
    switch selection {
    case .component, .named(.component, _): runFaults()
    case .named(let kind, let site): mend(kind, site: site)
    }
  }

  private mutating func mend(_ kind: FaultKind, site: FluidSite?) {
    switch kind {
    case .forceOffset: sensors.forceOffset = 0
    case .forceStuck: sensors.isForceStuck = false
    case .encoderLoss: sensors.isEncoderLost = false
    case .powerLoss:
      if powerLossTicks > 0 {
        powerLossTicks = 0
        if isPowered { restorePower() }
      }
    case .battery:
      plant.clear(.battery)
      sensors.forgetVoltage()
      if isBrownedOut {
        isBrownedOut = false
        hasBrownedOut = true
        if isPowered { restorePower() }
      }
    default: plant.clear(kind, site: site)
    }
  }

  /// The course of the faults that last, once a tick and whenever one comes or goes.
  @inline(never) mutating func runFaults() {
    while faults.nextEnd <= worldTick, let ended = faults.takeEnded(at: worldTick) {
      if case .named(let kind, let site) = ended.selection { mend(kind, site: site) }
    }
    faultsRunAt = worldTick
    var effects = FaultEffects()
    if faults.components & FaultEffects.components != 0 {
      effects = FaultEffects(&faults, at: worldTick)
    }
    if effects != plant.effects { plant.take(effects) }
    sensors.takeFaults(&faults, at: worldTick)
    annunciator.take(&faults, at: worldTick)
    sensors.frame.annunciation = isPowered ? annunciator.sensed : []
    memory.habit =
      faults.isFailing(.memory, .wrong, at: worldTick)
      ? .torn
      : faults.isFailing(.memory, .off, at: worldTick)
        || faults.isFailing(.memory, .stuck, at: worldTick)
        || faults.isFailing(.memory, .intermittent, at: worldTick) ? .lost : .none
    reportedDefects = defects()
    tellFaults()
  }

  /// What the hardware's own checks find.
  private mutating func defects() -> HardwareFaults {
    var found: HardwareFaults = []
    if faults.components == 0 { return found }
    if faults.affects(.processor) { found.insert(.selfCheck) }
    let isDisplayDark =
      faults.isFailing(.display, .off, at: worldTick)
      || faults.isFailing(.display, .stuck, at: worldTick)
      || faults.isFailing(.display, .intermittent, at: worldTick)
    if isDisplayDark { found.insert(.display) }
    if faults.affects(.clockCell) || faults.isFailing(.wallClock, .off, at: worldTick) {
      found.insert(.clock)
    }
    if annunciator.isFoundDefective { found.insert(.annunciator) }
    if isMemorySilent { found.insert(.memoryWrite) }
    return found
  }

  /// Whether the memory does not even answer a write.
  var isMemorySilent: Bool {
    mutating get { wasWriteRefused && faults.isFailing(.memory, .off, at: worldTick) }
  }

  // MARK: - The link

  /// What comes over a link with a fault: the last frame that came, older and older.
  mutating func senseThroughLink() -> SensorFrame {
    if faults.isFailing(.link, .stuck, at: worldTick) { return linkFrame }
    let isSilent = isLinkSilent
    if !isSilent {
      let delay = faults.delay(of: .link)
      if worldTick - linkFrameTick >= delay {
        linkFrame = sensors.frame
        linkFrameTick = worldTick
        return linkFrame
      }
    }
    var frame = linkFrame
    let age = worldTick - linkFrameTick
    frame.motionAge = UInt16(truncatingIfNeeded: min(age + Int64(frame.motionAge), 65_535))
    if isSilent && age >= Int64(Self.deadManTicks) { frame.link = .lost }
    return frame
  }

  /// Whether nothing goes over the link in either direction.
  var isLinkSilent: Bool {
    mutating get {
      faults.isFailing(.link, .off, at: worldTick)
        || faults.isFailing(.link, .intermittent, at: worldTick)
    }
  }
}
