// What a New Era pump is told next, and what is known of it: a value over replies and time.

import PumpHAL

/// Drives a New Era pump without touching a port: it is told what the control loop wishes and what
/// the pump answers, and says what to send next.
///
/// One command is under way at a time. A command that is not answered in time has an unknown
/// outcome: nothing is sent then but the question what the pump does and what it has dispensed,
/// until that is answered. `DIS` answers both at once and cannot be taken for the late answer to
/// anything else, so it is what the pump is polled with.
struct NewEraPumpPilot: Sendable {
  /// What the control loop wishes, in µL by the pump's reckoning.
  struct Wish: Equatable, Sendable {
    /// Whether both permits are given.
    var isPermitted = false
    /// Whether the control loop was heard of lately; nothing moves while it was not.
    var isFresh = false
    /// The flow, µL/h.
    var flow_uLph = 0.0
    /// Where the plunger shall be, µL dispensed since the pump was opened.
    var target_uL = 0.0
  }

  /// A portion that was started and is not known to have ended.
  struct Portion: Equatable, Sendable {
    var begin_uL: Double
    var volume_uL: Double
    var rate: NewEraPumpRate
    var startedAt: UInt64
    /// Whether the pump was seen to infuse it.
    var isSeen = false
    /// When the pump said that it stands, be it told to or in alarm; how far it came is yet to be read.
    var endedAt: UInt64?

    var end_uL: Double { begin_uL + volume_uL }
  }

  /// The command that waits for its answer.
  struct Exchange: Equatable, Sendable {
    var command: NewEraCommand
    var sentAt: UInt64
  }

  /// A reply later than this is an unknown outcome, ns.
  static let replyLimit: UInt64 = 150_000_000
  /// Silence after which the link is lost, ns.
  static let silenceLimit: UInt64 = 500_000_000
  /// Time between two polls, ns: 10 Hz.
  static let pollPeriod: UInt64 = 100_000_000
  /// How long no further answer has come when none is on its way, ns.
  static let quietSpan: UInt64 = 60_000_000
  /// How long a fault that the pump reported is shown, ns: longer than either channel takes to see it.
  static let faultSpan: UInt64 = 2_000_000_000
  /// How long a pump may answer that it stands still after it was started, ns.
  static let startLimit: UInt64 = 400_000_000
  /// How long a pump of which nothing was heard any more is told to stop, ns.
  static let farewell: UInt64 = 2_000_000_000
  /// Commands refused in a row before the pump is held.
  static let refusalMax = 3

  let address: UInt8
  let isSafe: Bool
  let safeSeconds: Double
  let volumeUnit: NewEraVolumeUnit
  let slowest_uLph: Double

  /// What the control loop wishes.
  var wish = Wish()
  /// Whether the session is over: the pump is stopped and nothing started any more.
  var isClosing = false

  /// What the pump was last heard to do; nil after an alarm or at first.
  private(set) var prompt: NewEraPrompt?
  /// What it has dispensed.
  private(set) var counter = NewEraPumpCounter()
  /// The portion that runs.
  private(set) var portion: Portion?
  /// What the pump is set to, where that is known.
  private(set) var rate: NewEraPumpRate?
  private(set) var volume: NewEraNumber?
  /// The command under way.
  private(set) var exchange: Exchange?
  /// What became of the last command that was no question.
  private(set) var outcome = HardwareCommandOutcome.none
  /// Lost or mismatched; nil while all is well.
  private(set) var latch: LinkState?
  /// When it was latched.
  private(set) var latchedAt: UInt64 = 0
  /// Why.
  private(set) var latchReason: String?
  /// When the pump was last heard.
  private(set) var heardAt: UInt64
  /// Alarms of the pump, in their order.
  private(set) var alarms: [NewEraAlarm] = []
  /// Exchanges that were not answered in time, and answers that were none.
  private(set) var disturbances: UInt64 = 0

  /// Whether the pump has to be asked before anything else.
  private var mustAsk = true
  /// Whether nothing is started before the permit was withdrawn and given again.
  private(set) var isHeld = false
  private var isRestarting = false
  private var refusals = 0
  private var stops = 0
  private var wasStop = false
  /// The command whose outcome is unknown, while its late answer would still be recognised.
  private var doubted: NewEraCommand?
  /// When the questions were asked that are still to be answered, and the last of all.
  private var open: [UInt64] = []
  private var askedAt: UInt64 = 0
  private var faults: HardwareFaults = []
  private var faultsUntil: UInt64 = 0
  private var keyUntil: UInt64 = 0
  /// When the pump was last sent anything before the link was lost.
  private var toldAt: UInt64 = 0

  init(
    address: UInt8, safeSeconds: UInt8, volumeUnit: NewEraVolumeUnit, slowest_uLph: Double,
    at now: UInt64
  ) {
    self.address = address
    isSafe = safeSeconds > 0
    self.safeSeconds = Double(safeSeconds)
    self.volumeUnit = volumeUnit
    self.slowest_uLph = slowest_uLph
    heardAt = now
  }

  // MARK: What others are told

  /// Defects that the pump has reported of itself.
  func faults(at now: UInt64) -> HardwareFaults { now < faultsUntil ? faults : [] }

  /// Whether somebody has just stopped the pump at its own keypad.
  func isStopKeyDown(at now: UInt64) -> Bool { now < keyUntil }

  /// Whether the pump stands, as far as is known, and nothing is under way.
  var isAtRest: Bool { isStanding && portion == nil && exchange == nil && !mustAsk }

  /// What the pump may have dispensed beyond its last reading, µL: nothing while it is known to stand.
  ///
  /// It goes on at its rate until it stops by itself: at the end of the portion, or in Safe mode when
  /// its time-out has run since the last command it can have heard.
  func unseen_uL(at now: UInt64) -> Double {
    guard let portion else { return 0 }
    var end = min(now, portion.endedAt ?? now)
    if isSafe { end = min(end, toldAt + UInt64((safeSeconds + 0.1) * 1e9)) }
    let seconds = end > counter.readAt ? Double(end - counter.readAt) / 1e9 : 0
    let left = max(0, portion.end_uL - counter.dispensed_uL)
    return min(left, portion.rate.microlitresPerSecond * seconds)
  }

  /// When `next` is to be asked again, if nothing happens before.
  func wakeAt(_ now: UInt64) -> UInt64 {
    if let exchange { return exchange.sentAt + Self.replyLimit }
    return max(now, max(askedAt, latchedAt) + Self.pollPeriod)
  }

  // MARK: What happens

  /// Time has passed: a command may have gone unanswered, the pump silent.
  mutating func advance(to now: UInt64) {
    if !wish.isPermitted { isHeld = false }
    if let exchange, now >= exchange.sentAt + Self.replyLimit {
      self.exchange = nil
      disturbances += 1
      mustAsk = true
      doubt(exchange.command)
    }
    if latch == nil, now >= heardAt + Self.silenceLimit {
      latch(.lost, "nothing was heard of the pump for 0.5 s", at: now)
    }
  }

  /// The port failed.
  mutating func fail(_ reason: String, at now: UInt64) { latch(.lost, reason, at: now) }

  /// What to send now; nil for nothing.
  mutating func next(at now: UInt64) -> NewEraCommand? {
    if exchange != nil { return nil }
    if latch != nil { return farewell(at: now) }
    // A stop need not wait for an answer, but gives way to the question now and then.
    if mustAsk { return mustStop && !wasStop ? .stop : .dispensed }
    if !isStanding { return steer(at: now) }
    isRestarting = false
    if portion != nil { return mustStop ? .stop : poll(at: now) }
    guard isWanted, !isHeld, wish.target_uL > counter.dispensed_uL, let plan else {
      return poll(at: now)
    }
    let planned_uL = plan.volume.value * volumeUnit.microlitres
    if counter.isFull(before: planned_uL), open.isEmpty { return .clearDispensed(.infuse) }
    if rate != plan.rate { return .rate(.set, plan.rate.number, plan.rate.unit) }
    if volume != plan.volume { return .volume(plan.volume) }
    return .run(nil)
  }

  /// A command was put on the line.
  mutating func sent(_ command: NewEraCommand, at now: UInt64) {
    exchange = Exchange(command: command, sentAt: now)
    wasStop = command == .stop
    if command != .dispensed { doubted = nil }
    if latch == nil { toldAt = now }
    switch command {
    case .dispensed:
      // A pump answers in order and at once: what it has not answered while it was quiet after an
      // answer to a later question was lost, and must not make every reading look old.
      if let last = open.last, heardAt > last, now >= heardAt + Self.quietSpan { open.removeAll() }
      open.append(now)
      askedAt = now
      return
    case .run:
      stops = 0
      if let rate, let volume {
        portion = Portion(
          begin_uL: counter.dispensed_uL, volume_uL: volume.value * volumeUnit.microlitres,
          rate: rate, startedAt: now)
      }
    case .stop: stops += 1
    case .clearDispensed: counter.willClear()
    default: break
    }
    outcome = .pending
  }

  /// The pump said something.
  mutating func take(_ reply: NewEraReply, at now: UInt64) {
    guard reply.address == address else {
      disturbances += 1
      return
    }
    heardAt = now
    if let alarm = reply.alarm {
      take(alarm, at: now)
      return
    }
    let shown = reply.dispensed
    guard let exchange, latch == nil else {
      if latch != nil { takeAfterLoss(reply, at: now) }
      return
    }
    if exchange.command == .dispensed {
      guard let shown else {
        // The late answer to something else leaves the question open all the same.
        disturbances += 1
        takeLate(reply)
        return
      }
      self.exchange = nil
      take(shown, prompt: reply.prompt, at: now)
    } else if shown != nil {
      // The late answer to a question that was asked again since.
      if !open.isEmpty { open.removeFirst() }
      disturbances += 1
    } else {
      self.exchange = nil
      prompt = reply.prompt
      if let refusal = reply.refusal {
        didRefuse(exchange.command, refusal, at: now)
      } else {
        didSucceed(exchange.command, at: now)
      }
    }
  }

  // MARK: Deciding

  /// Whether the control loop wishes anything to move.
  private var isWanted: Bool {
    wish.isPermitted && wish.isFresh && wish.flow_uLph > 0 && !isClosing
  }

  /// Whether the pump stands; one that does not get beyond a pause stands in it.
  private var isStanding: Bool {
    prompt == .stopped || prompt == .paused && stops >= 2 * Self.refusalMax
  }

  /// Whether the pump may move and nobody wants it to.
  private var mustStop: Bool {
    !isWanted && (portion.map { $0.endedAt == nil } ?? (prompt?.isPumping == true))
  }

  private var plan: NewEraPumpPlan? {
    NewEraPumpPlan(
      flow: wish.flow_uLph, slowest: slowest_uLph, isSafe: isSafe, volumeUnit: volumeUnit)
  }

  /// The pump moves, or has not come to rest: whether it goes on.
  private mutating func steer(at now: UInt64) -> NewEraCommand? {
    // A pump that does not come to rest is asked in between: what it dispenses has to be known.
    if stops > 0, stops % 3 == 0 {
      stops += 1
      return .dispensed
    }
    guard isWanted, !isHeld, !isRestarting, prompt == .infusing, let portion, let plan else {
      return .stop
    }
    // More than a second ahead of the programme: it waits.
    let ahead = counter.dispensed_uL - wish.target_uL
    if ahead > wish.flow_uLph / 3600 + counter.lastDigit_uL + 0.1 {
      isRestarting = true
      return .stop
    }
    if plan.rate != rate {
      let planned_uL = plan.volume.value * volumeUnit.microlitres
      // The unit cannot change while it pumps, and a portion has to fit its flow.
      if plan.rate.unit == rate?.unit, portion.volume_uL <= 4 * planned_uL {
        return .rate(.set, plan.rate.number, plan.rate.unit)
      }
      isRestarting = true
      return .stop
    }
    return poll(at: now)
  }

  private func poll(at now: UInt64) -> NewEraCommand? {
    now >= askedAt + Self.pollPeriod ? .dispensed : nil
  }

  /// A pump that was lost, or that is not the one it was, is told to stop, should it hear.
  private mutating func farewell(at now: UInt64) -> NewEraCommand? {
    isParted || now >= latchedAt + Self.farewell ? nil : .stop
  }

  /// What a command that was not answered leaves unknown.
  private mutating func doubt(_ command: NewEraCommand) {
    switch command {
    case .dispensed: return
    case .rate: rate = nil
    case .volume: volume = nil
    default: break
    }
    doubted = command
    outcome = .unknown
  }

  /// An answer that came after its command was given up tells what became of a setting.
  private mutating func takeLate(_ reply: NewEraReply) {
    guard let command = doubted, reply.refusal == nil else { return }
    doubted = nil
    switch command {
    case .rate(_, let number?, let unit?): rate = NewEraPumpRate(number: number, unit: unit)
    case .volume(let number): volume = number
    default: break
    }
  }

  private mutating func latch(_ state: LinkState, _ reason: String, at now: UInt64) {
    guard latch == nil else { return }
    latch = state
    latchReason = reason
    latchedAt = now
    exchange = nil
  }

  // MARK: Answers

  private mutating func take(
    _ shown: NewEraDispensed, prompt: NewEraPrompt?, at now: UInt64
  ) {
    // Answers come in order, so this one is to the oldest question that can still be answered.
    open.removeAll { now >= $0 + Self.silenceLimit }
    let asked = open.first ?? now
    if !open.isEmpty { open.removeFirst() }
    self.prompt = prompt
    mustAsk = false
    doubted = nil
    guard counter.take(shown, at: asked) else {
      latch(.mismatched, "the pump's counter ran back: it was reset or cleared by hand", at: now)
      return
    }
    if outcome == .unknown { outcome = .succeeded }
    guard var portion else { return }
    switch prompt {
    case .infusing:
      portion.isSeen = true
      portion.endedAt = nil
      self.portion = portion
      refusals = 0
    case .stopped, .paused:
      let digit = max(counter.lastDigit_uL, 0.002 * portion.volume_uL)
      if portion.endedAt != nil {
        self.portion = nil
      } else if counter.dispensed_uL >= portion.end_uL - digit {
        self.portion = nil
        refusals = 0
      } else if portion.isSeen || counter.dispensed_uL > portion.begin_uL + digit {
        // It stands in the middle, and nobody here stopped it: somebody pressed its key.
        self.portion = nil
        isHeld = true
        keyUntil = now + Self.faultSpan / 4
      } else if now > portion.startedAt + Self.startLimit {
        self.portion = nil
        didFail(at: now)
      }
    default: self.portion = nil
    }
  }

  private mutating func didSucceed(_ command: NewEraCommand, at now: UInt64) {
    outcome = .succeeded
    switch command {
    case .rate(_, let number?, let unit?):
      rate = NewEraPumpRate(number: number, unit: unit)
      portion?.rate = NewEraPumpRate(number: number, unit: unit)
    case .volume(let number): volume = number
    case .run: portion?.isSeen = prompt == .infusing
    case .stop: didStop(at: now)
    case .clearDispensed: mustAsk = true
    default: break
    }
  }

  private mutating func didStop(at now: UInt64) {
    guard prompt == .stopped || prompt == .paused else { return }
    if portion?.endedAt == nil { portion?.endedAt = now }
    // How far it came.
    if prompt == .stopped { mustAsk = true }
  }

  private mutating func didRefuse(
    _ command: NewEraCommand, _ refusal: NewEraRefusal, at now: UInt64
  ) {
    switch command {
    case .run:
      // Not now: it may be running already, which the answer to the question shows.
      if prompt != .infusing { portion = nil }
    case .stop:
      // A pump that has nothing to stop may refuse.
      didStop(at: now)
      return
    case .rate: rate = nil
    case .volume: volume = nil
    default: break
    }
    didFail(at: now)
  }

  /// A command was certainly not done.
  private mutating func didFail(at now: UInt64) {
    outcome = .failed
    mustAsk = true
    isRestarting = true
    refusals += 1
    guard refusals >= Self.refusalMax else { return }
    refusals = 0
    isHeld = true
    show(.frameRefused, at: now)
  }

  /// The pump is in alarm, which stops it; whatever it was just told was not done.
  private mutating func take(_ alarm: NewEraAlarm, at now: UInt64) {
    if let exchange, exchange.command != .dispensed { outcome = .failed }
    exchange = nil
    prompt = nil
    mustAsk = true
    isHeld = true
    if portion?.endedAt == nil { portion?.endedAt = now }
    // One alarm may be told twice: unsolicited, and instead of an answer.
    if alarms.last != alarm || now >= faultsUntil { alarms.append(alarm) }
    switch alarm {
    case .stalled: show(.stall, at: now)
    case .timedOut: show(.deadMan, at: now)
    case .programError, .phaseOutOfRange: show(.frameRefused, at: now)
    case .reset: latch(.mismatched, "the pump was reset or lost its power", at: now)
    }
  }

  private mutating func show(_ fault: HardwareFaults, at now: UInt64) {
    if now >= faultsUntil { faults = [] }
    faults.insert(fault)
    faultsUntil = now + Self.faultSpan
  }

  /// A pump that is heard again after the link was given up: only whether it stands is of interest.
  private mutating func takeAfterLoss(_ reply: NewEraReply, at now: UInt64) {
    guard exchange != nil, reply.dispensed == nil else { return }
    exchange = nil
    prompt = reply.prompt
    guard prompt == .stopped || prompt == .paused else { return }
    if portion?.endedAt == nil { portion?.endedAt = now }
    isParted = prompt == .stopped
  }
  /// Whether a pump that was given up has said that it stands.
  private(set) var isParted = false
}

extension NewEraPumpRate {
  /// A rate as it was told.
  init(number: NewEraNumber, unit: NewEraRateUnit) {
    self.number = number
    self.unit = unit
  }
}
