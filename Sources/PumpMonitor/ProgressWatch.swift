import PumpHAL

/// Whether steps come where steps are due: a controller that hangs, and one that crawls.
///
/// Due they are once a step forward was seen, until something says why they ended: nobody can tell
/// from outside whether a start was refused, so that one without any step behind it proves nothing.
///
/// - Requirements.
struct ProgressWatch: Sendable {
  /// Whether steps forward came, and more are due.
  private(set) var isExpecting = false
  /// Whether the last steps went backwards: what follows is rest.
  private(set) var hasDrawn = false
  /// Ticks since the last step, under a permit; of an overrun what the dead man lets through.
  private(set) var rest: Int64 = 0
  /// What lamp and buzzer told since the last step.
  private(set) var told = Annunciation()
  /// Ticks without a step after which none comes any more.
  private(set) var bound: Int64 = .max
  private var boundLast: Int64 = 0
  /// The longest bound and the slowest flow of a programme that the controller may have kept.
  private var boundBefore: Int64 = 0
  private var leastBefore = Attolitres.zero
  private var least = Attolitres.zero
  /// Ticks and volume since flow was last judged, and what is short by now.
  private var ticks: Int64 = 0
  private var moved = Attolitres.zero
  private var short = Attolitres.zero

  init() {}

  /// Something is known that ends the steps, or may.
  mutating func cease() {
    isExpecting = false
    hasDrawn = false
    bound = .max
    rest = 0
    told = []
    short = .zero
    moved = .zero
    ticks = 0
  }

  /// Takes one tick; true while there were no steps for longer than there may be.
  mutating func isHung(
    _ motion: Motion, volume: Attolitres, ticks: Int64, telling: Annunciation
  ) -> Bool {
    let ticks = Swift.min(ticks, Int64(MonitorLimits.motionAge))
    self.ticks += ticks
    if motion.steps != 0 {
      isExpecting = motion.steps > 0
      hasDrawn = motion.steps < 0
      rest = 0
      told = telling
      moved += volume
      return false
    }
    guard isExpecting || hasDrawn else { return false }
    rest += ticks
    told.formUnion(telling)
    return rest > bound
  }

  /// Whether flow is due to be judged: once a second.
  var isDue: Bool { ticks >= ticksPerSecond }

  /// Judges the flow of the last second against the slowest that may run; true where it crawls.
  ///
  /// A tenth of it is forgiven twice: once always, once as what is short, up to a tenth of 15 min.
  mutating func isCrawling(slowest: Attolitres, step: Attolitres) -> Bool {
    least = slowest
    setBound(step: step)
    defer {
      ticks = 0
      moved = .zero
    }
    let flow =
      leastBefore.rawValue > 0 ? Attolitres.smallest(slowest, leastBefore) : slowest
    guard isExpecting, flow.rawValue > 0 else {
      short = .zero
      return false
    }
    let due = Attolitres(rawValue: flow.rawValue * ticks / 5 * 4)
    short = Attolitres.largest(.zero, short + due - moved)
    let span = MonitorLimits.ticksPerMinute * Int64(MonitorLimits.spanMinutes)
    let limit = Attolitres.largest(
      Attolitres(rawValue: flow.rawValue * span / MonitorLimits.shareDivisor),
      Attolitres(rawValue: step.rawValue * 16))
    return short > limit
  }

  private mutating func setBound(step: Attolitres) {
    guard least.rawValue > 0 else {
      bound = .max
      return
    }
    boundLast = Self.bound(step: step, flow: least)
    bound = Swift.max(boundBefore, boundLast)
  }

  /// One second, and the time of three steps at `flow` a tick.
  static func bound(step: Attolitres, flow: Attolitres) -> Int64 {
    guard flow.rawValue > 0 else { return .max }
    return MonitorLimits.hang + 3 * (step.rawValue / flow.rawValue + 1)
  }

  /// What ran may run on, should the controller have refused what follows.
  mutating func keep() {
    boundBefore = Swift.max(boundBefore, boundLast)
    allow(least)
  }

  /// A flow as slow as this may run, whatever the programme says.
  mutating func allow(_ flow: Attolitres) {
    guard flow.rawValue > 0 else { return }
    leastBefore = leastBefore.rawValue > 0 ? .smallest(leastBefore, flow) : flow
  }

  /// The same, with the bound that belongs to it.
  mutating func allow(_ flow: Attolitres, step: Attolitres) {
    allow(flow)
    guard flow.rawValue > 0 else { return }
    boundBefore = Swift.max(boundBefore, Self.bound(step: step, flow: flow))
    if bound < .max { bound = Swift.max(bound, boundBefore) }
  }

  /// Whatever ran before cannot run any more.
  mutating func forget() {
    boundBefore = 0
    boundLast = 0
    leastBefore = .zero
    least = .zero
  }
}

extension ProgressWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(isExpecting)
    sink.put(hasDrawn)
    sink.put(rest)
    sink.put(told.rawValue)
    sink.put(bound)
    sink.put(boundLast)
    sink.put(boundBefore)
    leastBefore.encode(to: &sink)
    least.encode(to: &sink)
    sink.put(ticks)
    moved.encode(to: &sink)
    short.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    isExpecting = source.takeBool()
    hasDrawn = source.takeBool()
    rest = source.takeInt64()
    told = Annunciation(rawValue: source.take8())
    bound = source.takeInt64()
    boundLast = source.takeInt64()
    boundBefore = source.takeInt64()
    leastBefore = Attolitres(from: &source)
    least = Attolitres(from: &source)
    ticks = source.takeInt64()
    moved = Attolitres(from: &source)
    short = Attolitres(from: &source)
  }
}
