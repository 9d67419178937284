import PumpHAL

/// Volume that a bolus may still take, beside what the programme gives.
///
/// A bolus that was asked for may be denied by the controller, or begin late; so the pool is
/// bounded in volume and in time, and one that was not drawn upon counts for no lockout.
///
/// - Requirements: @relation(R-020, R-021, R-022, scope=file)
struct BolusPool: Sendable {
  /// What was asked for.
  private(set) var dose = Attolitres.zero
  /// What may still be taken.
  private(set) var left = Attolitres.zero
  /// How fast, in a tick.
  private(set) var perTick = Attolitres.zero
  /// Ticks until it is void.
  private(set) var ticksLeft: Int64 = 0
  /// What went out faster than the programme asks for since it was opened, whoever paid for it.
  private(set) var seen = Attolitres.zero
  /// Ticks for which it may be under way.
  private var currentLeft: Int64 = 0
  /// When it was opened, in ticks since power-on.
  private(set) var openedAt: Int64 = 0

  /// Whether something may be taken.
  var isOpen: Bool { left.rawValue > 0 }
  /// Whether a quarter of the dose was taken, or half of it seen: it was granted.
  ///
  /// Where delivery lagged, what it may make up pays for a bolus before the pool does.
  var isDrawn: Bool {
    guard dose.rawValue > 0 else { return false }
    return dose - left > Attolitres(rawValue: dose.rawValue / 4)
      || seen > Attolitres(rawValue: dose.rawValue / 2)
  }
  /// Whether it may be under way: the controller begins at once or refuses, and needs a tenth more
  /// than its time, and 5 s, at most.
  var isCurrent: Bool { isOpen && currentLeft > 0 }

  /// Opens it for `dose` at `perTick`, from `now` on, for twice its time and 15 min.
  mutating func open(_ dose: Attolitres, perTick: Attolitres, now: Int64) {
    self.dose = dose
    left = dose
    seen = .zero
    self.perTick = perTick
    openedAt = now
    let ticks = dose.rawValue / Swift.max(1, perTick.rawValue)
    currentLeft =
      Swift.min(ticks, Prescription.longestDuration) / 10 * 11 + 5 * ticksPerSecond
    ticksLeft =
      2 * Swift.min(ticks, Prescription.longestDuration) + 15 * MonitorLimits.ticksPerMinute
  }

  /// Takes up to `need` and says how much.
  mutating func draw(_ need: Attolitres) -> Attolitres {
    let part = Attolitres.smallest(left, need)
    left -= part
    return part
  }

  /// Sees what went out in a tick beyond what the programme asks for.
  mutating func see(_ excess: Attolitres) {
    guard dose.rawValue > 0 else { return }
    seen = .smallest(dose, .largest(.zero, seen + excess))
  }

  /// Lets time pass while delivery is allowed.
  mutating func advance(_ ticks: Int64) {
    guard ticksLeft > 0 else { return }
    ticksLeft -= ticks
    currentLeft -= ticks
    if ticksLeft <= 0 { close() }
  }

  /// Nothing more may be taken; what was not taken was no bolus.
  mutating func close() {
    left = .zero
    dose = .zero
    seen = .zero
  }
}

extension BolusPool: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    dose.encode(to: &sink)
    left.encode(to: &sink)
    perTick.encode(to: &sink)
    seen.encode(to: &sink)
    sink.put(currentLeft)
    sink.put(ticksLeft)
    sink.put(openedAt)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    dose = Attolitres(from: &source)
    left = Attolitres(from: &source)
    perTick = Attolitres(from: &source)
    seen = Attolitres(from: &source)
    currentLeft = source.takeInt64()
    ticksLeft = source.takeInt64()
    openedAt = source.takeInt64()
  }
}

/// When patient boluses were given, for lockout and number per hour.
struct BolusCount: Sendable {
  /// The last twelve, in ticks since power-on; the far past where there was none.
  private var times = InlineArray<12, Int64>(repeating: Self.never)
  private var next: UInt8 = 0
  static let never: Int64 = -1_000_000_000_000

  /// Notes one.
  mutating func note(_ time: Int64) {
    times[Int(next)] = time
    next = next == 11 ? 0 : next + 1
  }

  /// When the `number`th last was given, 1 being the last.
  mutating func time(last number: Int) -> Int64 {
    times[(Int(next) + 24 - Swift.min(Swift.max(number, 1), 12)) % 12]
  }

  /// Whether another may be given at `now`.
  mutating func allows(at now: Int64, lockout: Int64, maximum: UInt8) -> Bool {
    guard maximum > 0 else { return false }
    let margin = MonitorLimits.lockoutMargin
    if now - time(last: 1) < lockout - margin { return false }
    return now - time(last: Int(maximum)) >= 3600 * ticksPerSecond - margin
  }

  /// Forgets everything: another patient.
  mutating func clear() { self = BolusCount() }
}

extension BolusCount: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    for index in 0..<12 { sink.put(times[index]) }
    sink.put(next)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    for index in 0..<12 { times[index] = source.takeInt64() }
    next = source.take8()
    if next > 11 { source.fail() }
  }
}
