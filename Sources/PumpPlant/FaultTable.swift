import PumpHAL

/// A fault that lasts, and what its course needs.
struct ActiveFault: Sendable {
  var fault: Fault
  /// World tick at which it appeared.
  var begin: Int64
  /// World tick at which it ends by itself; 0 where it lasts until it is cleared.
  var end: Int64
  /// What a slow or delayed sensor holds back.
  var kept = 0.0
  /// What a delayed sensor passed on last.
  var passed = 0.0
  /// World tick at which a delayed sensor passes on the next value.
  var due: Int64 = 0
  /// Whether `kept` and `passed` mean anything yet.
  var hasKept = false

  static let none = ActiveFault(fault: .stall, begin: 0, end: 0)

  /// The part of its amount that a ramp has reached at a tick, 0 to 1.
  func reached(of fault: ComponentFault, at tick: Int64) -> Double {
    if fault.ramp == 0 { return 1 }
    return min(Double(tick - begin) * 0.01 / fault.ramp, 1)
  }

  /// Whether an intermittent failure is there at a tick: at the beginning of each period.
  func isPresent(_ fault: ComponentFault, at tick: Int64) -> Bool {
    let period = max(Int64(fault.period * 100 + 0.5), 2)
    return Double((tick - begin) % period) < fault.amount * Double(period)
  }
}

/// The faults that last: failing components, and named faults that end by themselves.
///
/// Of fixed size, so that a tick needs no heap; a tick without any looks at `count` and goes on.
struct FaultTable: Sendable {
  /// The most that can last at once.
  static let capacity: Int32 = 16

  private(set) var count: Int32 = 0
  /// The components that fail, by their bits.
  private(set) var components: UInt64 = 0
  /// The world tick at which the next one ends.
  private(set) var nextEnd = Int64.max
  /// What chance does in failing components, apart from the noise of sound sensors.
  var chance: NoiseSource
  private var entries = InlineArray<16, ActiveFault>(repeating: .none)

  init(seed: UInt64) { chance = NoiseSource(seed: seed ^ 0x5452_554d_5045_5421) }

  /// Adds a fault after those that are there; false where the table is full.
  mutating func add(_ fault: Fault, begin: Int64, end: Int64) -> Bool {
    if count == Self.capacity { return false }
    entries[Int(count)] = ActiveFault(fault: fault, begin: begin, end: end)
    count += 1
    index()
    return true
  }

  /// Takes out all that `selection` names.
  mutating func remove(_ selection: FaultSelection) {
    var kept = 0
    for place in 0..<Int(count) {
      let entry = entries[place]
      if selection.holds(entry.fault) { continue }
      entries[kept] = entry
      kept += 1
    }
    shorten(to: kept)
  }

  /// Takes out one that has ended, and gives it; nil where none has.
  mutating func takeEnded(at tick: Int64) -> Fault? {
    for place in 0..<Int(count) {
      if entries[place].end == 0 || entries[place].end > tick { continue }
      let fault = entries[place].fault
      for next in place + 1..<max(Int(count), place + 1) { entries[next - 1] = entries[next] }
      shorten(to: Int(count) - 1)
      return fault
    }
    return nil
  }

  private mutating func shorten(to length: Int) {
    for place in length..<Int(count) { entries[place] = .none }
    count = Int32(length)
    index()
  }

  private mutating func index() {
    components = 0
    nextEnd = .max
    for place in 0..<Int(count) {
      if let fault = entries[place].fault.failing { components |= fault.component.bit }
      if entries[place].end != 0 { nextEnd = min(nextEnd, entries[place].end) }
    }
  }

  /// Whether a component fails.
  @inline(__always) func affects(_ component: Component) -> Bool { components & component.bit != 0 }

  /// Gives every failing component to `body`, with its kind and what its ramp has reached.
  @inline(__always)
  mutating func visit(_ body: (ComponentFault, ActiveFault) -> Void) {
    for place in 0..<Int(count) {
      let entry = entries[place]
      if let fault = entry.fault.failing { body(fault, entry) }
    }
  }

  /// What a failing sensor gives.
  enum Given: Equatable {
    /// A value.
    case value(Double)
    /// Its last value once more.
    case repeated
    /// Nothing new: the last reading stands and grows old.
    case late
    /// No reading.
    case nothing
  }

  /// What a sensor gives that saw `value`, at a sample every `interval` seconds.
  mutating func given(
    by component: Component, _ value: Double, at tick: Int64, interval: Double
  ) -> Given {
    var value = value
    var isSilent = false
    var isRepeating = false
    var isLate = false
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == component else {
        continue
      }
      let reached = entries[place].reached(of: fault, at: tick)
      switch fault.kind {
      case .off: isSilent = true
      case .stuck: isRepeating = true
      case .offset: value += fault.amount * reached
      case .gain: value *= 1 + fault.amount * reached
      case .noise: value += fault.amount * reached * chance.normal()
      case .slow:
        if !entries[place].hasKept { entries[place].kept = value }
        entries[place].hasKept = true
        entries[place].kept +=
          (value - entries[place].kept) * (interval / (interval + fault.amount))
        value = entries[place].kept
      case .delayed:
        if tick >= entries[place].due {
          entries[place].passed = entries[place].hasKept ? entries[place].kept : value
          entries[place].kept = value
          entries[place].hasKept = true
          entries[place].due = tick + Int64(fault.amount * 100)
        } else {
          isLate = true
        }
        value = entries[place].passed
      case .intermittent: if entries[place].isPresent(fault, at: tick) { isSilent = true }
      case .wrong: value = fault.amount
      }
    }
    if isSilent { return .nothing }
    if isRepeating { return .repeated }
    return isLate ? .late : .value(value)
  }

  /// What becomes of a contact that is `isClosed`, and stood at `last` when it was sampled last.
  mutating func contact(
    _ component: Component, isClosed: Bool, last: Bool, at tick: Int64
  ) -> Bool {
    var result = isClosed
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == component else {
        continue
      }
      switch fault.kind {
      case .off: result = false
      case .stuck: result = last
      case .wrong: result = !isClosed
      case .intermittent: if entries[place].isPresent(fault, at: tick) { result = false }
      default: break
      }
    }
    return result
  }

  /// Whether a component fails in this way at this tick.
  mutating func isFailing(_ component: Component, _ kind: FailureKind, at tick: Int64) -> Bool {
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == component,
        fault.kind == kind
      else { continue }
      if kind != .intermittent || entries[place].isPresent(fault, at: tick) { return true }
    }
    return false
  }

  /// The amounts of one kind of failure of a component together; shares of what is left for
  /// `isShareOfRest`, where two halves leave a quarter.
  mutating func amount(
    of component: Component, _ kind: FailureKind, at tick: Int64, isShareOfRest: Bool = false
  ) -> Double {
    var sum = 0.0
    var rest = 1.0
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == component,
        fault.kind == kind
      else { continue }
      let amount = fault.amount * entries[place].reached(of: fault, at: tick)
      sum += amount
      rest *= 1 + amount
    }
    return isShareOfRest ? rest - 1 : sum
  }

  /// How strong a disturbance from outside is at this sample; 0 where there is none just now.
  mutating func disturbance(at tick: Int64, interval: Double) -> Double {
    var strength = 0.0
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == .interference
      else { continue }
      // 2^-32: a number from 0 to 1.
      let draw = Double(chance.next()) * 0x1p-32
      if draw * fault.period >= interval { continue }
      let direction = chance.next() & 1 == 0 ? 1.0 : -1.0
      strength += direction * fault.amount * entries[place].reached(of: fault, at: tick)
    }
    return strength
  }

  /// What a wall clock that runs at a wrong rate has gained since it began to, s.
  mutating func drift(at tick: Int64) -> Double {
    var gained = 0.0
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == .wallClock,
        fault.kind == .gain
      else { continue }
      let elapsed = Double(tick - entries[place].begin) * 0.01
      // A rate that grows gains half of what the full rate would.
      let ramped = min(elapsed, fault.ramp)
      let grown = fault.ramp == 0 ? 0 : ramped * ramped / (2 * fault.ramp)
      gained += fault.amount * (elapsed - ramped + grown)
    }
    return gained
  }

  /// The longest time between two readings that a late sensor or link keeps, ticks; 0 without.
  mutating func delay(of component: Component) -> Int64 {
    var longest: Int64 = 0
    for place in 0..<Int(count) {
      guard let fault = entries[place].fault.failing, fault.component == component,
        fault.kind == .delayed
      else { continue }
      longest = max(longest, Int64(fault.amount * 100))
    }
    return longest
  }
}

extension FaultTable {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(UInt8(truncatingIfNeeded: count))
    sink.put(chance.state)
    for place in 0..<Int(count) {
      let entry = entries[place]
      entry.fault.encode(to: &sink)
      sink.put(entry.begin)
      sink.put(entry.end)
      sink.put(entry.kept)
      sink.put(entry.passed)
      sink.put(entry.due)
      sink.put(entry.hasKept)
    }
  }

  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    let length = source.take8()
    chance = NoiseSource(state: source.take64())
    if length > UInt8(Self.capacity) {
      source.fail()
      return
    }
    for place in 0..<Int(length) {
      var entry = ActiveFault(
        fault: Fault(from: &source), begin: source.takeInt64(), end: source.takeInt64())
      entry.kept = source.takeDouble()
      entry.passed = source.takeDouble()
      entry.due = source.takeInt64()
      entry.hasKept = source.takeBool()
      let areTicksSane =
        entry.begin >= 0 && entry.begin < 1 << 50 && entry.end >= 0 && entry.end < 1 << 50
        && entry.due >= 0 && entry.due < 1 << 50
      if !areTicksSane || !isPlausible(entry.kept) || !isPlausible(entry.passed) { source.fail() }
      entries[place] = entry
    }
    count = Int32(length)
    index()
  }
}
