// The scripted input source: what the people in a session file do, and when.

import PumpHAL
import PumpPlant
import SessionFile

/// Something that happens to the hardware's world, not to the pump's keys.
enum WorldChange: Equatable, Sendable {
  case inject(Fault, lasting: Ticks?)
  /// The time of a fault is over; the world knows by itself.
  case end(Fault)
  case clear(FaultSelection)
  case fit(SyringeChange)
  case connect
  case dispose(Disposal)
}

/// Operates the pump as the session file says.
///
/// Set-up begins when the self test has ended, one command a tick; then priming, if the file asks
/// for it; then `start`, whose tick is time zero of the file's events. An operator who finds the
/// pump without power or in its self test waits. Where the programme asks for the next syringe, it
/// is changed after the delay that the file gives.
struct ScriptedInput {
  /// How far the script has come.
  enum Stage: Equatable, Sendable {
    case waitingForSelfTest
    case settingUp
    /// The set-up is done; the nurse is not there yet.
    case waiting
    case priming
    case running
  }

  private(set) var stage = Stage.waitingForSelfTest
  /// The tick of the first `start`.
  private(set) var startTick: Int64?
  private let setUp: [OperatorCommand]
  private let primeCommand: OperatorCommand?
  private let events: [SessionFile.SessionEvent]
  /// Those that count from power-on.
  private let earlyEvents: [SessionFile.SessionEvent]
  private let startAfter: Int64
  private let changes: [SyringeChange]
  private let description: SessionDescription
  private var settlesInterrupted: Bool
  private var eventCursor = 0
  private var earlyCursor = 0
  /// The tick of the first priming or start.
  private var waitsUntil: Int64 = 0
  /// The tick by which every loss of power that the file brought about is over.
  private var powerReturns: Int64 = 0
  private var setUpCursor = 0
  private var changeCursor = 0
  private var queue = CommandQueue()
  private var errands: [Errand] = []
  /// Those of the errands that only tell the end of a fault: nobody waits for them.
  private var endings = 0
  /// The phase whose change of syringe has been begun: one attempt for each.
  private var changedPhase: UInt8?
  private var nextDue = Int64.max
  private var worldChanges: [WorldChange] = []
  /// What the operator does after the session was taken up again, once the self test has ended.
  private var takingUp: TakingUp?
  /// The commands of the last errand; while some of them wait, the errand is not done.
  private var lastErrand: [OperatorCommand] = []

  /// Something to do at a tick that only became known on the way.
  private struct Errand {
    var due: Int64
    var change: WorldChange?
    var commands: [OperatorCommand]
  }

  /// The ticks a hand needs between two acts: 1 s.
  private static let hand: Int64 = 100

  /// A script.
  ///
  /// - Parameters:
  ///   - setUp: the commands before `start`.
  ///   - prime: the priming command, if any.
  ///   - settlesInterrupted: answers the pump's question about an infusion interrupted in an earlier
  ///     session with "a new programme".
  init(
    _ description: SessionDescription, setUp: [OperatorCommand], prime: OperatorCommand?,
    settlesInterrupted: Bool
  ) {
    self.setUp = description.withCode(setUp)
    self.description = description
    self.settlesInterrupted = settlesInterrupted
    primeCommand = prime
    events = description.events.filter { $0.origin == .start }
    earlyEvents = description.events.filter { $0.origin == .powerOn }
    startAfter = description.startAfter.count
    changes = description.programme.compactMap { step in
      if case .change(let change) = step { return change }
      return nil
    }
    worldChanges.reserveCapacity(16)
    errands.reserveCapacity(16)
  }

  /// Whether everything in the file has been done.
  var isDone: Bool {
    stage == .running && eventCursor == events.count && earlyCursor == earlyEvents.count
      && errands.count == endings && queue.isEmpty
  }

  /// Whether nothing is left to be done but what operators would do if the pump had power, and no
  /// power comes back by itself.
  func waitsInVain(at tick: Int64) -> Bool {
    stage == .running && eventCursor == events.count && earlyCursor == earlyEvents.count
      && errands.count == endings && !queue.isEmpty && tick >= powerReturns
  }

  /// Adds a command from somebody who is not in the file.
  mutating func append(_ command: OperatorCommand) {
    queue.append(command)
    nextDue = Int64.min
  }

  /// Adds a command that goes before all that wait: a key that was pressed when a session was
  /// recorded had its turn in that tick.
  mutating func insertFirst(_ command: OperatorCommand) {
    queue.insertFirst([command])
    nextDue = Int64.min
  }

  /// Gives up everything that has not been done.
  mutating func abandon() {
    queue.removeAll()
    errands.removeAll(keepingCapacity: true)
    endings = 0
    eventCursor = events.count
    earlyCursor = earlyEvents.count
    setUpCursor = setUp.count
    changeCursor = changes.count
    stage = .running
    nextDue = Int64.max
  }

  /// Whether the tick has anything to do for the script; false costs one comparison.
  @inline(__always)
  func isDue(at tick: Int64, mode: PumpMode) -> Bool {
    tick >= nextDue || stage != .running || mode == .awaitingSyringe
  }

  /// Does what is due and gives this tick's command.
  ///
  /// - Parameters:
  ///   - tick: the session tick that is about to be taken.
  ///   - last: what the controller said in the tick before.
  ///   - isPowered: whether there is a controller to operate.
  mutating func next(at tick: Int64, after last: TickOutput, isPowered: Bool) -> OperatorCommand {
    runEvents(at: tick)
    runErrands(at: tick)
    guard isPowered, last.mode != .selfTest else {
      nextDue = tick
      return .none
    }
    if takingUp != nil { takeUp(after: last) }
    if stage != .running { advanceSetUp(at: tick, after: last) }
    if last.mode == .awaitingSyringe, last.phase != changedPhase, changeCursor < changes.count {
      begin(changes[changeCursor], at: tick, stopsFirst: false)
      changeCursor += 1
      changedPhase = last.phase
    }
    let command = queue.next()
    if command.action == .start, startTick == nil, stage == .running {
      startTick = tick
      if primeCommand != nil { worldChanges.append(.connect) }
    }
    scheduleNext(after: tick)
    return command
  }

  /// Takes what happens to the world at this tick.
  mutating func takeWorldChange() -> WorldChange? {
    worldChanges.isEmpty ? nil : worldChanges.removeFirst()
  }

  private mutating func advanceSetUp(at tick: Int64, after last: TickOutput) {
    switch stage {
    case .waitingForSelfTest:
      if last.mode == .askResume, settlesInterrupted {
        queue.insertFirst(byNurse(.answerResume(isResuming: false)))
      }
      stage = .settingUp
    case .settingUp:
      break
    case .waiting:
      if tick >= waitsUntil { beginDelivery() }
      return
    case .priming:
      if last.mode == .priming || !queue.isEmpty { return }
      stage = .running
      queue.append(byNurse(.start))
      return
    case .running: return
    }
    if !queue.isEmpty { return }
    if setUpCursor < setUp.count {
      queue.append(setUp[setUpCursor])
      setUpCursor += 1
    } else if startAfter > 0 {
      stage = .waiting
      waitsUntil = tick + startAfter
    } else {
      beginDelivery()
    }
  }

  private mutating func beginDelivery() {
    if let primeCommand {
      queue.append(description.withCode([primeCommand]))
      stage = .priming
    } else {
      stage = .running
      queue.append(byNurse(.start))
    }
  }

  /// What a nurse does of herself, with her code where one is asked.
  private func byNurse(_ action: OperatorAction) -> [OperatorCommand] {
    description.withCode([OperatorCommand(action, by: .nurse)])
  }

  private mutating func runEvents(at tick: Int64) {
    while earlyCursor < earlyEvents.count, earlyEvents[earlyCursor].at.count <= tick {
      run(earlyEvents[earlyCursor], at: tick)
      earlyCursor += 1
    }
    guard let startTick else { return }
    while eventCursor < events.count, startTick + events[eventCursor].at.count <= tick {
      run(events[eventCursor], at: tick)
      eventCursor += 1
    }
  }

  private mutating func run(_ event: SessionFile.SessionEvent, at tick: Int64) {
    switch event.kind {
    case .inject(let fault, let lasting): inject(fault, lasting: lasting, at: tick)
    case .clear(let selection):
      forgetEnds(of: selection)
      worldChanges.append(.clear(selection))
    case .operate(let command): queue.append(description.commands(of: event, command))
    case .changeSyringe(let change): begin(change, at: tick, stopsFirst: true)
    case .dispose(let disposal): worldChanges.append(.dispose(disposal))
    }
  }

  private mutating func inject(_ fault: Fault, lasting: Ticks?, at tick: Int64) {
    if fault.kind == .powerLoss {
      powerReturns = tick + Int64(fault.amount * Double(ticksPerSecond)) + 1
    }
    // A named fault takes the place of the one before; components fail side by side.
    if fault.kind != .component { forgetEnds(of: fault.selection) }
    worldChanges.append(.inject(fault, lasting: lasting))
    guard let lasting, fault.kind.canEnd else { return }
    errands.append(Errand(due: tick + lasting.count, change: .end(fault), commands: []))
    endings += 1
  }

  private mutating func forgetEnds(of selection: FaultSelection) {
    let before = errands.count
    errands.removeAll { errand in
      if case .end(let fault) = errand.change { selection.holds(fault) } else { false }
    }
    endings -= before - errands.count
  }

  /// Stops the pump, fits the syringe, confirms it, and starts after the delay that the file gives.
  private mutating func begin(_ change: SyringeChange, at tick: Int64, stopsFirst: Bool) {
    if stopsFirst { queue.append(OperatorCommand(.stop, by: change.role)) }
    let commands = description.withCode(description.commandsToFit(change))
    // The last command starts the pump: it falls on the moment that the file gives.
    let confirming = max(
      tick + 2 * Self.hand, tick + change.delay.count - Int64(commands.count) + 1)
    let fitting = stopsFirst ? tick + Self.hand : tick + Self.hand / 2
    errands.append(
      Errand(due: fitting, change: .fit(change), commands: []))
    errands.append(Errand(due: confirming, change: nil, commands: commands))
  }

  private mutating func runErrands(at tick: Int64) {
    while let index = errands.firstIndex(where: { $0.due <= tick }) {
      let errand = errands.remove(at: index)
      if let change = errand.change { worldChanges.append(change) }
      if case .end = errand.change { endings -= 1 }
      if !errand.commands.isEmpty { lastErrand = errand.commands }
      queue.append(errand.commands)
    }
  }

  // MARK: - A session taken up again

  /// What the operator finds when a session that was killed is taken up again.
  private struct TakingUp {
    /// Whether the pump was delivering when it was killed.
    var wasDelivering: Bool
    /// Whether the programme began so lately that the memory need not hold it.
    var hasJustBegun: Bool
  }

  /// The session was killed at `tick` and goes on with a pump that has just been powered on.
  ///
  /// Before the programme began, the set-up is done again. After that the operator answers the
  /// pump's question with "resume", acknowledges, and starts if the pump was delivering. A change of
  /// syringe whose commands were cut short is entered again from its first command.
  mutating func takeUp(at tick: Int64, from mode: PumpMode) {
    nextDue = Int64.min
    guard let startTick else { return beginAnew() }
    // An operator who had already been asked, or who found no power, answers as the file says.
    if mode == .selfTest || mode == .askResume || mode == .off { return }
    takingUp = TakingUp(
      wasDelivering: mode == .infusing || mode == .keepOpen,
      hasJustBegun: tick - startTick <= Self.journalling)
    if !queue.isEmpty, !lastErrand.isEmpty {
      queue.removeAll()
      queue.append(lastErrand)
    }
  }

  /// The controller's memory has fewer slots than this, and it writes one a tick: 2 s after the start
  /// the memory holds the programme.
  private static let journalling: Int64 = 200

  /// The set-up is done again, after whatever the memory had to say of the one that was cut short.
  private mutating func beginAnew() {
    queue.removeAll()
    queue.append(byNurse(.acknowledge))
    stage = .waitingForSelfTest
    setUpCursor = 0
    settlesInterrupted = true
  }

  private mutating func takeUp(after last: TickOutput) {
    guard let found = takingUp else { return }
    takingUp = nil
    guard last.mode == .askResume else {
      if last.mode == .setUp, found.hasJustBegun { beginAnew() }
      return
    }
    var commands = byNurse(.answerResume(isResuming: true))
    if found.wasDelivering {
      commands.append(OperatorCommand(.acknowledge, by: .nurse))
      commands.append(OperatorCommand(.start, by: .nurse))
    }
    queue.insertFirst(commands)
  }

  private mutating func scheduleNext(after tick: Int64) {
    nextDue = Int64.max
    if !queue.isEmpty { nextDue = tick + 1 }
    if let startTick, eventCursor < events.count {
      nextDue = min(nextDue, startTick + events[eventCursor].at.count)
    }
    if earlyCursor < earlyEvents.count {
      nextDue = min(nextDue, earlyEvents[earlyCursor].at.count)
    }
    for errand in errands { nextDue = min(nextDue, errand.due) }
  }
}
