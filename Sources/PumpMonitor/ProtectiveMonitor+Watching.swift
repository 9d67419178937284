import PumpHAL

// What the controller leaves undone: steps that do not come, pressure that nobody takes away, alarms
// that nobody tells.

extension ProtectiveMonitor {
  /// Whether the hardware says what lamp and buzzer do.
  private var hasAnnunciation: Bool { powerOn.capabilities.sensors.contains(.annunciation) }

  /// Steps that are due, against those that come.
  mutating func watchProgress(_ moved: Motion, _ sensors: SensorFrame, ticks: Int64) {
    guard moved.isFresh, sincePermit == 0 else {
      if sincePermit > 0 { progress.cease() }
      return
    }
    let volume = moved.steps == 0 ? .zero : Attolitres(area: area, travel: moved.travel)
    if progress.isHung(moved, volume: volume, ticks: ticks, telling: sensors.annunciation) {
      judgeRest()
    }
    if progress.isDue { judgeFlow() }
  }

  /// The motor rests, and nobody has stopped it.
  private mutating func judgeRest() {
    let told = progress.told
    let hasDrawn = progress.hasDrawn
    progress.cease()
    if hasDrawn {
      // After drawing back nothing goes on by itself.
      if mode == .running { halt() }
      return
    }
    // Without a view of the lamp a hang looks like an alarm that stopped the controller.
    guard hasAnnunciation else { return }
    if mode == .priming {
      let rest = Attolitres(area: area, travel: motion.reversal + 16 * motion.microstep)
      if primeLeft <= rest || fillLeft < primeLeft + MonitorLimits.fillDoubt { return }
    }
    let isAlarm = told.contains(.highLamp) || told.contains(.highSound)
    let isLower = told.contains(.lamp) || told.contains(.sound)
    if isAlarm || (isLower && mode == .running && (envelope.mayHaveEnded || isNearCap)) {
      // An alarm stopped the controller, which then has to be started again.
      halt()
    } else {
      object(.watchdog)
    }
  }

  /// Whether a cap is near enough for the controller to have stopped at it.
  private var isNearCap: Bool {
    mutating get {
      for window in CapWindow.allCases {
        let cap = confirmed.caps[Int(window.rawValue)]
        if cap > 0, countedMass(in: window).nanograms >= cap / 10 * 9 { return true }
      }
      return false
    }
  }

  /// The flow of the last second.
  private mutating func judgeFlow() {
    let step = Attolitres(area: area, travel: motion.microstep)
    let isPriming = mode == .priming
    var slowest =
      isPriming
      ? Prescription.perTick(powerOn.configuration.bolusMaximum.nanolitresPerHour)
      : envelope.slowest(
        isHalvable: confirmed.reactionOrder == .halve,
        mayKeepOpen: powerOn.configuration.capPolicy == .keepOpen)
    // No faster than half of what the motor can do in this syringe.
    let most = step.rawValue * Int64(powerOn.capabilities.maximumStepRate) / (2 * ticksPerSecond)
    slowest = .smallest(slowest, Attolitres(rawValue: most))
    let isCrawling = progress.isCrawling(slowest: slowest, step: step)
    if isCrawling, !isPriming { object(.underInfusion) }
  }

  /// Pressure at the occlusion limit that stays where it is.
  mutating func watchRetraction(_ moved: Motion, ticks: Int64) {
    guard moved.isFresh, mode != .off else { return }
    var bound = MonitorLimits.retractionRest
    if mode == .running, progress.isExpecting { bound = Swift.max(bound, progress.bound) }
    let volume = Attolitres(area: area, travel: moved.travel)
    guard
      retraction.isForgotten(
        volume, steps: moved.steps, ticks: ticks, force: thrust.force, bound: bound)
    else { return }
    retraction.disarm()
    retraction.isHeld = true
    object(.downstreamOcclusion)
    journal.mark(.state)
  }

  /// Conditions that must stop the pump and be told, and the sound of a red lamp.
  mutating func watchSignals(_ sensors: SensorFrame, steps: Int64, ticks: Int64) {
    if hasAnnunciation, mode != .off, signals.isSilenced(sensors.annunciation, ticks: ticks) {
      object(.annunciatorFault)
    }
    if signals.isLookDue(ticks: ticks) {
      signals.look(
        sensors, diameter: confirmed.diameter,
        hasSyringeSensors: powerOn.capabilities.sensors.contains(.syringe),
        batteryCutOff: powerOn.configuration.batteryDepleted)
    }
    guard !signals.present.isEmpty, mode == .running || mode == .priming else {
      signals.settle()
      return
    }
    if signals.isIgnored(
      steps: steps, ticks: ticks, isMoving: progress.isExpecting,
      telling: hasAnnunciation ? sensors.annunciation : nil)
    {
      object(signals.present)
    }
  }
}
