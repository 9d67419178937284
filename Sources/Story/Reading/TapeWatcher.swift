import PumpHAL

/// Goes through the ticks of a record once and keeps what happened.
///
/// In a tick in which nothing changed it compares a few fields and adds the motor's steps.
struct TapeWatcher {
  var story = SessionStory()
  private var moment = PumpMoment()
  private var lastStepCount: Int64 = 0
  private var lastTarget: Int64?
  private var lastCount: Int32?
  private var encoderCounts: Int64 = 0
  private var lastFlow: Double?
  private var lastPhase: UInt8?
  private var conditionTicks = [Int64?](repeating: nil, count: 64)
  private var openAlarms: [Int] = []
  private var powerOn: PowerOn?
  private var setUp = SetUpWatcher()
  private var titration = TitrationWatcher()
  private var steady = SteadyDeliveryWatcher()
  private var openReaction: Int?
  private var withheldSince: (tick: Int64, count: Int64?)?
  private var silenceSince: Int64?
  private var world = WorldWatcher()
  private var predicted: UInt32 = 0
  private let lastSampleTick: Int64

  init(lastSampleTick: Int64) { self.lastSampleTick = lastSampleTick }

  /// Takes a change of the world that was made before the tick that follows.
  mutating func worldChange(_ change: RecordedWorldChange, at tick: Int64) {
    world.take(change, at: tick, predicted: predicted)
  }

  mutating func powerOn(_ powerOn: PowerOn, at tick: Int64) {
    self.powerOn = powerOn
    if story.facts.capabilities == nil { story.facts.capabilities = powerOn.capabilities }
    if !story.powers.isEmpty { endAll(at: story.endTick) }
    story.powers.append(PowerStory(tick: tick))
    moment = PumpMoment()
    setMode(.selfTest, at: tick)
    lastTarget = nil
    lastCount = nil
    withheldSince = nil
    titration.lose(at: tick)
  }

  mutating func take(
    _ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput, at tick: Int64
  ) {
    story.tickCount += 1
    story.endTick = tick
    let actuator = output.actuator
    let mode = actuator.display.screen
    let isMoving = mode == .infusing || mode == .keepOpen
    let permitted = actuator.isControllerPermitting && monitor.isPermitting
    let flow = isMoving && permitted ? Double(actuator.flowRate) / 1e6 : 0
    let signals = AlarmSet(bits: output.signals.bits | monitor.objections.bits)
    let now = PumpMoment(
      mode: mode, isDelivering: flow > 0, flowMillilitresPerHour: flow,
      conditions: AlarmSet(bits: output.conditions.bits | monitor.objections.bits),
      signals: signals)
    predicted = output.predictedTimeToAlarm
    move(output, mode: mode, at: tick)
    watchEncoder(input.sensors)
    steady.take(
      flow: mode == .infusing && permitted ? actuator.flowRate : 0, sensors: input.sensors,
      syringe: story.syringes.last, capabilities: powerOn?.capabilities, at: tick)
    if now != moment { changed(to: now, lamp: actuator.lamp, at: tick) }
    if flow != lastFlow {
      // A step: the value before it, in the tick before it.
      if let lastFlow { story.series.flow.append(lastFlow, at: tick - 1) }
      story.series.flow.append(flow, at: tick)
      lastFlow = flow
    }
    if output.phase != lastPhase, isMoving {
      lastPhase = output.phase
      story.phases.append((tick, output.phase))
    }
    watchPermits(actuator, monitor, input.sensors, at: tick)
    watchBuzzer(actuator.buzzer, at: tick)
    if case .none = input.command.action {
    } else {
      commanded(input.command, output, before: moment, after: now, at: tick)
    }
    titration.take(flow: flow)
    if let open = openReaction, !now.isDelivering {
      story.reactions[open].ticksToStop = tick - story.reactions[open].tick
      openReaction = nil
    }
    moment = now
  }

  /// Puts what was kept into the story that already has events and samples.
  mutating func finish(into whole: inout SessionStory) {
    if let lastFlow { story.series.flow.append(lastFlow, at: story.endTick) }
    titration.finish(into: &story)
    if let since = withheldSince {
      story.withheld.append(
        WithheldStory(
          span: TickSpan(from: since.tick), steps: lastStepCount &- (since.count ?? lastStepCount)))
    }
    whole.facts.capabilities = story.facts.capabilities
    whole.endTick = story.endTick
    whole.tickCount = story.tickCount
    whole.startTick = story.startTick
    whole.prescription = story.prescription
    whole.syringes = story.syringes
    whole.modes = story.modes
    whole.phases = story.phases
    whole.alarms = story.alarms
    whole.actions = story.actions
    whole.titrations = story.titrations
    whole.reactions = story.reactions
    whole.powers = story.powers
    whole.withheld = story.withheld
    whole.faults = world.faults
    whole.audioPauses = story.audioPauses
    whole.series.flow = story.series.flow
    whole.steady = steady.finish(at: story.endTick)
  }

  // MARK: - What changed

  private mutating func changed(to now: PumpMoment, lamp: Lamp, at tick: Int64) {
    if now.conditions != moment.conditions {
      let fresh = now.conditions.bits & ~moment.conditions.bits
      for bit in 0..<64 where fresh >> UInt64(bit) & 1 == 1 { conditionTicks[bit] = tick }
    }
    if now.signals != moment.signals { compareAlarms(now.signals, lamp, at: tick) }
    if now.mode != moment.mode { setMode(now.mode, at: tick) }
  }

  private mutating func compareAlarms(_ now: AlarmSet, _ lamp: Lamp, at tick: Int64) {
    for id in AlarmID.allCases {
      switch (moment.signals.contains(id), now.contains(id)) {
      case (false, true):
        openAlarms.append(story.alarms.count)
        story.alarms.append(
          AlarmStory(
            id: id, conditionTick: conditionTicks[Int(id.rawValue)], span: TickSpan(from: tick),
            isLampHigh: lamp == .high))
      case (true, false):
        if let open = openAlarms.first(where: { story.alarms[$0].id == id }) {
          story.alarms[open].span.to = tick
          openAlarms.removeAll { $0 == open }
        }
      default: continue
      }
    }
  }

  /// A pump without power signals nothing and does nothing.
  private mutating func endAll(at tick: Int64) {
    for open in openAlarms { story.alarms[open].span.to = tick + 1 }
    openAlarms = []
    if let last = story.powers.indices.last { story.powers[last].lostTick = tick + 1 }
    setMode(.off, at: tick + 1)
    if let lastFlow, lastFlow != 0 {
      story.series.flow.append(lastFlow, at: tick)
      story.series.flow.append(0, at: tick + 1)
      self.lastFlow = 0
    }
    silenceSince = nil
  }

  private mutating func setMode(_ mode: PumpMode, at tick: Int64) {
    story.modes.append((tick, mode))
    guard let last = story.powers.indices.last else { return }
    if mode != .selfTest, story.powers[last].selfTestEndTick == nil {
      story.powers[last].selfTestEndTick = tick
    }
    if mode == .askResume, story.powers[last].askedTick == nil {
      story.powers[last].askedTick = tick
    }
  }

  private mutating func commanded(
    _ command: OperatorCommand, _ output: TickOutput, before: PumpMoment, after: PumpMoment,
    at tick: Int64
  ) {
    let result = output.result
    let action = ActionStory(
      tick: tick, command: command, result: result, before: before, after: after)
    if !command.action.isEntry || result != .accepted { story.actions.append(action) }
    if let confirmed = titration.commanded(
      action, rate: setUp.rate(ofPhase: output.phase), phase: output.phase)
    {
      setUp.titrated(confirmed.rate, phase: confirmed.phase)
    }
    guard result == .accepted else { return }
    setUp.commanded(action, microstepTravel: powerOn?.capabilities.microstepTravel, into: &story)
    switch command.action {
    case .start:
      if story.startTick == nil { story.startTick = tick }
      if let last = story.powers.indices.last, story.powers[last].startedTick == nil {
        story.powers[last].startedTick = tick
      }
    case .reportReaction(let severity):
      if openReaction != nil { return }
      openReaction = story.reactions.count
      story.reactions.append(
        ReactionStory(
          tick: tick, severity: severity, wasDelivering: before.isDelivering, ticksToStop: nil))
    case .audioPause: silenceSince = tick
    default: return
    }
  }

  // MARK: - What moved

  private mutating func move(_ output: TickOutput, mode: PumpMode, at tick: Int64) {
    let target = output.actuator.targetSteps
    defer { lastTarget = target }
    guard let lastTarget, target != lastTarget else { return }
    let steps = target &- lastTarget
    if mode == .selfTest, let last = story.powers.indices.last {
      story.powers[last].hasMovedInSelfTest = true
    }
    guard let syringe = story.syringes.indices.last else { return }
    // The last steps of a mode are told in the tick that ends it.
    switch (moment.mode, mode) {
    case (_, .priming), (.priming, .ready): story.syringes[syringe].primingSteps &+= steps
    case (.retracting, _), (_, .retracting):
      story.syringes[syringe].retractedSteps &-= steps
      if tick > lastSampleTick { story.syringes[syringe].tailSteps &+= steps }
    case (.infusing, _), (.keepOpen, _), (_, .infusing), (_, .keepOpen):
      story.syringes[syringe].forwardSteps &+= steps
      if tick > lastSampleTick { story.syringes[syringe].tailSteps &+= steps }
    default: return
    }
    if let last = story.powers.indices.last, story.powers[last].firstMotionTick == nil {
      story.powers[last].firstMotionTick = tick
    }
  }

  private mutating func watchEncoder(_ sensors: SensorFrame) {
    guard sensors.encoderValidity == .valid else { return }
    defer { lastCount = sensors.encoderCount }
    guard let lastCount, lastCount != sensors.encoderCount,
      let capabilities = powerOn?.capabilities, capabilities.encoderCountsPerRevolution > 0,
      let syringe = story.syringes.indices.last
    else { return }
    encoderCounts += Int64(sensors.encoderCount &- lastCount)
    let counts = Int64(capabilities.encoderCountsPerRevolution)
    let whole = encoderCounts * Int64(capabilities.microstepsPerRevolution) / counts
    story.syringes[syringe].measuredSteps =
      (story.syringes[syringe].measuredSteps ?? 0) + whole
    encoderCounts -= whole * counts / Int64(max(1, capabilities.microstepsPerRevolution))
  }

  private mutating func watchPermits(
    _ actuator: ActuatorFrame, _ monitor: MonitorOutput, _ sensors: SensorFrame, at tick: Int64
  ) {
    let isWithheld = actuator.isControllerPermitting && !monitor.isPermitting
    defer { lastStepCount = sensors.stepCount }
    guard let since = withheldSince else {
      if isWithheld { withheldSince = (tick, nil) }
      return
    }
    // The count of the second tick still shows the last permitted step.
    if since.count == nil { withheldSince?.count = sensors.stepCount }
    if isWithheld { return }
    story.withheld.append(
      WithheldStory(
        span: TickSpan(from: since.tick, to: tick),
        steps: sensors.stepCount &- (since.count ?? sensors.stepCount)))
    withheldSince = nil
  }

  private mutating func watchBuzzer(_ buzzer: Buzzer, at tick: Int64) {
    let isOn = buzzer == .low || buzzer == .medium || buzzer == .high
    if let since = silenceSince, isOn, tick > since {
      story.audioPauses.append(TickSpan(from: since, to: tick))
      silenceSince = nil
    }
  }
}
