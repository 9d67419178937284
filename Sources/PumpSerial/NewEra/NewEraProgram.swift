/// What the pump does at this moment, and where its program stands.
struct NewEraProgram: Equatable, Sendable {
  enum Activity: Equatable, Sendable {
    case stopped
    /// Stopped once, to be resumed.
    case paused
    case pumping
    case purging
    /// A pause phase.
    case timedPause
    /// A pause phase without a time: goes on at the operational trigger.
    case awaitingTrigger
    /// Goes on at a label.
    case awaitingSelection
    /// Between phases that take no time, of which there are many.
    case between
  }

  /// A loop that has begun.
  struct Loop: Equatable, Sendable {
    var start: Int
    var done: Int
  }

  /// Where an event goes.
  struct Trap: Equatable, Sendable {
    var phase: Int
    /// At each change of the input instead of its fall alone.
    var isAtEveryChange: Bool
  }

  var activity = Activity.stopped
  /// What a pause interrupted.
  var interrupted = Activity.stopped
  /// The phase that runs, 1 to 41.
  var phase = 1
  /// How fast, µL/s.
  var rate = 0.0
  /// The same as it was written.
  var rateNumber = NewEraNumber.zero
  var rateUnit = NewEraRateUnit.millilitresPerHour
  var direction = NewEraDirection.infuse
  /// What is left of the phase's volume, µL; nil without an end.
  var remaining: Double?
  /// What is left of a pause, s.
  var pauseLeft = 0.0
  var loops: [Loop] = []
  var trap: Trap?
  /// What the operational trigger does while the program runs, where the program says so.
  var trigger: [UInt8]?
  /// The tick in which the program last went to another phase by itself.
  var changedPhaseAt: Int64 = -1

  /// Whether the program runs: it is neither stopped nor paused.
  var isRunning: Bool { activity != .stopped && activity != .paused }

  /// Whether the motor is meant to move.
  var isMotorOn: Bool { activity == .pumping || activity == .purging }

  var prompt: NewEraPrompt {
    switch activity {
    case .stopped: .stopped
    case .paused: .paused
    case .pumping, .between: direction == .infuse ? .infusing : .withdrawing
    case .purging: .purging
    case .timedPause: .timedPause
    case .awaitingTrigger, .awaitingSelection: .awaitingTrigger
    }
  }

  /// Ends the program; what was interrupted is forgotten.
  mutating func stop() {
    activity = .stopped
    interrupted = .stopped
    remaining = nil
    loops = []
    trap = nil
    trigger = nil
    phase = 1
  }

  /// Stops so that `RUN` goes on.
  mutating func pause() {
    if !isRunning { return }
    interrupted = activity
    activity = .paused
  }

  // MARK: Loops

  /// The most loops within one another.
  static let loopDepthMax = 3

  /// Begins a loop at the phase that runs; false where too many have begun.
  mutating func beginLoop() -> Bool {
    // Come back to by a jump: the same loop, begun again.
    if let index = loops.firstIndex(where: { $0.start == phase }) {
      loops.removeSubrange(index...)
    }
    if loops.count == Self.loopDepthMax { return false }
    loops.append(Loop(start: phase, done: 0))
    return true
  }

  /// The phase after the end of a loop that is done `count` times; nil for ever.
  mutating func endLoop(count: Int?) -> Int {
    // Without a beginning the loop is the whole program up to here.
    if loops.isEmpty { loops.append(Loop(start: 0, done: 0)) }
    let last = loops.count - 1
    loops[last].done += 1
    if let count, loops[last].done >= count {
      loops.removeLast()
      return phase + 1
    }
    return loops[last].start + 1
  }
}
