import PumpHAL

// What the sensors say, against what is allowed.

extension ProtectiveMonitor {
  /// Bore area, or the largest while none is confirmed.
  var area: Int64 { confirmed.area > 0 ? confirmed.area : MonitorLimits.largestArea }

  /// The loop's own time, and the link.
  ///
  /// - Requirements: @relation(R-083, R-085, scope=line)
  mutating func judgeLoop(_ input: TickInput) {
    if input.elapsedTicks > MonitorLimits.elapsed, mode != .off { object(.watchdog) }
    if mode == .standstill || mode == .off { return }
    if input.sensors.link == .lost || input.sensors.link == .mismatched { object(.commsLost) }
  }

  /// Motion since the last tick, under the permit that was given in it.
  mutating func judge(_ moved: Motion, ticks: Int64) {
    if moved.hasJumped {
      if mode != .standstill, mode != .off, !envelope.mayAwaitSyringe { object(.sensorImplausible) }
      return
    }
    let volume = Attolitres(area: area, travel: moved.travel)
    if moved.steps > 0 { hasStepped = true }
    if moved.travel > 0 { fillLeft = Attolitres.largest(.zero, fillLeft - volume) }
    switch mode {
    case .standstill, .off: judgeStandstill(volume)
    case .priming:
      primeLeft -= volume
      if primeLeft < .zero - MonitorLimits.uncommanded { object(.overInfusion) }
    case .running: judgeDelivery(volume, moved, ticks: ticks)
    case .backwardOnly:
      deliver(volume)
      judgeBackward(volume)
      retractionLeft -= ticks
      // The first two ticks still show what was under way.
      if retractionLeft < MonitorLimits.retraction.count - 2 {
        forwardSteps = Swift.max(0, forwardSteps + moved.steps)
      }
      if forwardSteps > MonitorLimits.forwardSteps || retractionLeft <= 0 { mode = .standstill }
    }
    if mode != .standstill, motion.isImplausible(area: confirmed.area) { object(.driveFault) }
  }

  // @relation(R-007, R-085, scope=line)
  private mutating func judgeStandstill(_ volume: Attolitres) {
    if sincePermit <= Int64(motion.ageLimit), mode == .standstill {
      // Still on its way when the permit was withdrawn.
      deliver(volume)
    }
    idle = Attolitres.largest(.zero, idle + volume)
    if idle > MonitorLimits.uncommanded { object(.overInfusion) }
  }

  private mutating func judgeDelivery(_ volume: Attolitres, _ moved: Motion, ticks: Int64) {
    deliver(volume)
    judgeBackward(volume)
    if moved.travel < 0 {
      reversal = Swift.min(reversal - moved.travel, motion.reversal)
    } else if moved.travel > 0, reversal > 0 {
      // Lost motion is taken up before anything moves; it is volume on paper only.
      let part = Swift.min(reversal, moved.travel)
      reversal -= part
      envelope.allow(Attolitres(area: area, travel: part))
    }
    if !envelope.step(volume, ticks: ticks) { object(.overInfusion) }
    if envelope.patient.isDrawn, !isBolusNoted {
      isBolusNoted = true
      boluses.note(envelope.patient.openedAt)
      journal.mark(.boluses)
    }
  }

  // @relation(R-010, R-044, scope=line)
  private mutating func judgeBackward(_ volume: Attolitres) {
    guard volume.rawValue < 0 else { return }
    drawnBack -= volume
    if drawnBack > drawBackBound { object(.driveFault) }
  }

  private mutating func deliver(_ volume: Attolitres) {
    delivered += volume
    hour.count(volume)
    fourHours.count(volume)
    day.count(volume)
    journal.count(volume)
  }

  /// Time passes for the dose history, whatever the mode.
  mutating func countDose(ticks: Int64) {
    let solution = confirmed.solution
    let positions = (hour.position, fourHours.position, day.position)
    let isHourClosed = hour.advance(ticks, solution: solution)
    let areFourHoursClosed = fourHours.advance(ticks, solution: solution)
    let isDayClosed = day.advance(ticks, solution: solution)
    // Cell by cell, not window by window: an array of windows costs more than the three.
    guard isHourClosed || areFourHoursClosed || isDayClosed else { return }
    if isHourClosed { journal.markHistory(.oneHour, position: positions.0) }
    if areFourHoursClosed { journal.markHistory(.fourHours, position: positions.1) }
    if isDayClosed { journal.markHistory(.day, position: positions.2) }
    limitDose()
  }

  /// The cell of a window that fills.
  func position(of window: CapWindow) -> UInt8 {
    switch window {
    case .oneHour: hour.position
    case .fourHours: fourHours.position
    case .day: day.position
    }
  }

  /// Computes anew how much more each cap allows.
  mutating func limitDose() {
    let isKeptOpen = powerOn.configuration.capPolicy == .keepOpen && confirmed.keepOpen > 0
    for window in CapWindow.allCases {
      // At the cap the controller goes on at the keep-open rate, by order.
      let hours: Int64 = window == .oneHour ? 1 : window == .fourHours ? 4 : 24
      let run = isKeptOpen ? Swift.min(confirmed.keepOpen, 100_000) * hours : 0
      let index = Int(window.rawValue)
      let leading = DoseBound(
        cap: confirmed.caps[index], concentration: confirmed.concentration, keepOpenRun: run)
      let second = DoseBound(
        cap: confirmed.second.caps[index], concentration: confirmed.second.concentration,
        keepOpenRun: run)
      switch window {
      case .oneHour: hour.limit(leading, second)
      case .fourHours: fourHours.limit(leading, second)
      case .day: day.limit(leading, second)
      }
    }
  }

  /// The pressure ceiling, and the prescribed limit with a margin, by force and by current.
  mutating func judgeThrust(_ sensors: SensorFrame, steps: Int64) {
    let finding = thrust.take(sensors, steps: steps)
    if thrust.isAtLimit, mode == .running { retraction.arm() }
    switch finding {
    case .none: return
    case .beyondLimit: if mode != .running { return }
    case .ceiling: if mode != .running && mode != .priming { return }
    case .strain:
      if mode == .running || mode == .priming { object(.driveFault) }
      return
    }
    latched.insert(.downstreamOcclusion)
    retraction.arm()
    progress.cease()
    mode = .backwardOnly
    retractionLeft = MonitorLimits.retraction.count
    forwardSteps = 0
  }

  /// Everything against motion in this tick: what is latched, and what is so only now.
  mutating func objections(_ sensors: SensorFrame) -> AlarmSet {
    var set = latched
    guard mode == .running || mode == .priming || mode == .backwardOnly else { return set }
    if sensors.motionValidity != .valid || sensors.motionAge > motion.ageLimit
      || !sensors.faults.isDisjoint(with: [.deadMan, .frameRefused])
    {
      // What was moving does not go on by itself; before its first step it is held while that is so.
      if hasStepped, sincePermit == 0, mode != .backwardOnly { object(.commsLost) }
      set.insert(.commsLost)
    }
    if mode == .running, hour.isExceeded || fourHours.isExceeded || day.isExceeded {
      set.insert(.doseCapReached)
    }
    return set
  }

  /// Objects until acknowledged; nothing moves.
  mutating func object(_ id: AlarmID) {
    var set = AlarmSet()
    set.insert(id)
    object(set)
  }

  /// Objects with several at once.
  mutating func object(_ set: AlarmSet) {
    latched.formUnion(set)
    if mode != .off { mode = .standstill }
    journal.mark(.state)
    progress.cease()
    envelope.patient.close()
    envelope.clinician.close()
  }
}
