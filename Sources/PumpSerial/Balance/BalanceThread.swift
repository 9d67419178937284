import Glibc
import Synchronization

/// The thread that owns the port of a balance.
final class BalanceThread: @unchecked Sendable {
  /// What both sides may touch.
  private struct Shared {
    var state = BalanceState.waiting
    /// When the balance was last understood, ns.
    var heardAt: UInt64
    /// Until when it may be silent, because it carries something out, ns.
    var excusedUntil: UInt64 = 0
    /// What was heard last, where it was no answer.
    var wrongLine: [UInt8]?
    var readings: [BalanceReading] = []
    var leftOut: UInt64 = 0
    var statistics = LinkStatistics()
    var order: BalanceOrder?
    var answer: Result<BalanceReading, BalanceError>?
    var isStopping = false
  }

  private let shared: Mutex<Shared>
  private let ordering = Mutex(())
  private let waking: WakePipe
  private let answering: WakePipe
  private let path: String
  private let spoken: BalanceProtocol
  private let hasThread = Mutex(true)
  private var thread: PortThread?
  let tap: WireTap

  // The thread's own.
  private let line: BalanceLine
  private var dialogue: BalanceDialogue
  private let mode: Balance.Mode
  private let isAutomatic: Bool
  private var order: BalanceOrder?
  /// When the question went out that has no answer yet, ns.
  private var asked: UInt64?
  /// When it last went out again, ns.
  private var askedAgain: UInt64 = 0
  private var nextQuestion: UInt64 = 0
  private var isStreaming = false
  private var wrongLine: [UInt8]?
  private var statistics = LinkStatistics()
  private var heardAt: UInt64

  /// After this an answer is taken for lost, ns.
  private static let answerLimit: UInt64 = 700_000_000

  init(
    _ line: BalanceLine, _ dialogue: BalanceDialogue, _ mode: Balance.Mode, _ isAutomatic: Bool
  ) throws(BalanceError) {
    self.line = line
    self.dialogue = dialogue
    self.mode = mode
    self.isAutomatic = isAutomatic
    tap = line.tap
    path = line.link.path
    spoken = dialogue.spoken
    heardAt = Monotonic.nanoseconds()
    shared = Mutex(Shared(heardAt: heardAt))
    do {
      waking = try WakePipe()
      answering = try WakePipe()
      thread = try PortThread(path: path) { [self] in run() }
    } catch {
      throw .link(error)
    }
  }

  /// Ends the thread, waits for it and closes the port; once only.
  func stop() {
    let isRunning = hasThread.withLock { hasThread in
      defer { hasThread = false }
      return hasThread
    }
    if !isRunning { return }
    shared.withLock { $0.isStopping = true }
    waking.wake()
    thread?.join()
    line.link.close()
  }

  // MARK: The callers' side

  var state: BalanceState {
    let now = Monotonic.nanoseconds()
    return shared.withLock { shared in
      // Nobody depends on the thread to notice that nothing comes.
      let limit = max(shared.heardAt + Balance.silenceLimit, shared.excusedUntil)
      if now > limit { Self.lose(&shared, silence(after: shared.wrongLine)) }
      // While it may be silent, what it said before is old all the same.
      if case .reading(let reading) = shared.state,
        now > reading.receivedAt + Balance.silenceLimit
      {
        return .busy
      }
      return shared.state
    }
  }

  func takeReadings() -> [BalanceReading] {
    shared.withLock { shared in
      let taken = shared.readings
      shared.readings = []
      return taken
    }
  }

  var readingsLeftOut: UInt64 { shared.withLock { $0.leftOut } }

  var newestStatistics: LinkStatistics { shared.withLock { $0.statistics } }

  /// Has something done and waits for it.
  func carryOut(
    _ kind: BalanceOrder.Kind, withinMilliseconds limit: Int
  ) throws(BalanceError) -> BalanceReading {
    precondition(limit > 0)
    let result = ordering.withLock { _ in
      let begun = Monotonic.nanoseconds()
      let deadline = begun + UInt64(limit) * 1_000_000
      let order = BalanceOrder(kind, path: path, spoken: spoken, begun: begun, deadline: deadline)
      answering.drain()
      shared.withLock { shared in
        shared.order = order
        shared.answer = nil
      }
      waking.wake()
      // The thread ends every order by its deadline; a little more, lest both give up at once.
      let end = deadline + 200_000_000
      while true {
        let isLate = !answering.wait(milliseconds: Monotonic.milliseconds(until: end))
        answering.drain()
        let answer = shared.withLock { shared in
          if isLate { shared.order = nil }
          return shared.answer
        }
        if let answer { return answer }
        if isLate { return .failure(order.expired(state)) }
      }
    }
    return try result.get()
  }

  /// Why a balance that is not understood any more is lost.
  private func silence(after wrongLine: [UInt8]?) -> BalanceError {
    if let wrongLine {
      return .otherProtocol(path: path, spoken: spoken, received: printable(wrongLine))
    }
    return .silent(
      path: path, spoken: spoken, milliseconds: Int(Balance.silenceLimit / 1_000_000))
  }

  private static func lose(_ shared: inout Shared, _ error: BalanceError) {
    if case .lost = shared.state { return }
    shared.state = .lost(error)
  }

  // MARK: The thread

  private func run() {
    do {
      while try serveOnce() {}
      if isStreaming { try endStream() }
    } catch {
      end(with: error)
    }
  }

  /// Ends the stream, and waits until nothing comes any more, so that the port is quiet for the next.
  private func endStream() throws(BalanceError) {
    try line.send(dialogue.question)
    let end = Monotonic.nanoseconds() + 500_000_000
    while Monotonic.nanoseconds() < end {
      let quiet = Monotonic.nanoseconds() + 200_000_000
      if try line.receive(by: quiet) == nil { return }
    }
  }

  /// Latches the loss and answers whoever asks, until `stop`.
  private func end(with error: BalanceError) {
    while true {
      let isStopping = shared.withLock { shared in
        Self.lose(&shared, error)
        if shared.order != nil || order != nil { shared.answer = .failure(error) }
        shared.order = nil
        return shared.isStopping
      }
      order = nil
      answering.wake()
      if isStopping { return }
      _ = waking.wait(milliseconds: 1000)
      waking.drain()
    }
  }

  /// Waits for something to do and does it; false when the thread shall end.
  private func serveOnce() throws(BalanceError) -> Bool {
    let isStopping = shared.withLock { shared in
      if let given = shared.order {
        order = given
        shared.order = nil
      }
      return shared.isStopping
    }
    if isStopping { return false }
    try ask(at: Monotonic.nanoseconds())
    try waitForWork()
    while let bytes = try line.receive(by: 0) { try take(bytes) }
    let now = Monotonic.nanoseconds()
    try checkSilence(at: now)
    if let order, now > order.deadline {
      // It had leave to be silent until now; from here on it has to answer again.
      if order.isAwaitingAnswer { heardAt = now }
      finish(.failure(order.expired(state)))
    }
    return true
  }

  /// Asks for the mass where it is time to.
  private func ask(at now: UInt64) throws(BalanceError) {
    if isAutomatic || order?.isAwaitingAnswer == true { return }
    if asked != nil {
      if now < askedAgain + Self.answerLimit { return }
      statistics.framesResent += 1
      tap.noteDisturbance()
    } else if isStreaming {
      // An order is carried out without a stream, which a question ends.
      if order == nil && now < heardAt + Self.answerLimit { return }
    } else if now < nextQuestion {
      return
    }
    let wantsStream = mode == .streaming && spoken == .mtSICS && order == nil
    try line.send(wantsStream ? MTSICSCommand.weighRepeatedly.bytes : dialogue.question)
    statistics.framesSent += 1
    // A late answer to the first asking is not as young as the second.
    asked = asked ?? now
    askedAgain = now
    isStreaming = wantsStream
    let next = nextQuestion + mode.interval
    nextQuestion = next > now ? next : now + mode.interval
  }

  private func waitForWork() throws(BalanceError) {
    var descriptors = (
      pollfd(fd: line.link.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waking.readEnd, events: Int16(POLLIN), revents: 0)
    )
    let now = Monotonic.nanoseconds()
    let isIdle = asked == nil && !isStreaming && !isAutomatic
    let untilQuestion = isIdle && nextQuestion > now ? (nextQuestion - now) / 1_000_000 + 1 : 50
    let ready = withUnsafeMutableBytes(of: &descriptors) {
      poll(
        $0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, Int32(min(50, untilQuestion)))
    }
    if ready < 0 && errno != EINTR {
      throw .link(.system(path: path, call: "poll", code: errno))
    }
    if ready > 0 && descriptors.1.revents != 0 { waking.drain() }
    let events = descriptors.0.revents
    if ready > 0 && events != 0 && events & Int16(POLLIN) == 0 { throw .link(.hungUp(path: path)) }
  }

  private func checkSilence(at now: UInt64) throws(BalanceError) {
    let silent = now > heardAt ? now - heardAt : 0
    statistics.longestSilence = max(statistics.longestSilence, silent)
    let excused = order?.isAwaitingAnswer == true ? order?.deadline ?? 0 : 0
    shared.withLock { shared in
      shared.heardAt = heardAt
      shared.excusedUntil = excused
      shared.wrongLine = wrongLine
      shared.statistics = statistics
    }
    if silent <= Balance.silenceLimit || now <= excused { return }
    throw silence(after: wrongLine)
  }

  private func take(_ bytes: [UInt8]) throws(BalanceError) {
    let now = Monotonic.nanoseconds()
    let meaning = dialogue.meaning(of: bytes)
    guard meaning != .unknown else {
      // An empty line is no line.
      if bytes.isEmpty { return }
      statistics.framesRejected += 1
      tap.noteDisturbance()
      wrongLine = bytes
      // What it answered is not known, so the next question waits for its time.
      asked = nil
      return
    }
    statistics.framesReceived += 1
    heardAt = now
    wrongLine = nil
    switch meaning {
    case .mass(let mass, let isStable):
      let askedAt = isStreaming ? now : answered(now)
      let reading = BalanceReading(mass, isStable: isStable, askedAt: askedAt, receivedAt: now)
      if isStreaming { asked = nil }
      publish(.reading(reading), reading)
      try follow(order?.take(reading))
    case .overload: say(.overload, now)
    case .underload: say(.underload, now)
    case .busy: say(.busy, now)
    case .unitUnknown: say(.unitUnknown, now)
    case .fault(let text):
      say(.fault(text), now)
      try follow(order?.take(fault: text))
    case .otherUnit(let symbol): throw .unit(path: path, symbol: symbol)
    case .answer(let reply): try follow(order?.take(reply, at: now))
    case .unknown: break
    }
  }

  /// A state without a mass.
  private func say(_ state: BalanceState, _ now: UInt64) {
    _ = answered(now)
    publish(state, nil)
  }

  /// When the question went out that is answered now; now where there was none.
  private func answered(_ now: UInt64) -> UInt64 {
    defer { asked = nil }
    return asked ?? now
  }

  private func publish(_ state: BalanceState, _ reading: BalanceReading?) {
    shared.withLock { shared in
      shared.heardAt = heardAt
      shared.statistics = statistics
      if case .lost = shared.state { return }
      shared.state = state
      guard let reading else { return }
      if shared.readings.count == Balance.readingCapacity {
        shared.readings.removeFirst(Balance.readingCapacity / 8)
        shared.leftOut += UInt64(Balance.readingCapacity / 8)
      }
      shared.readings.append(reading)
    }
  }

  /// Does what an order needs next.
  private func follow(_ step: BalanceOrder.Step?) throws(BalanceError) {
    switch step {
    case .wait, nil: break
    case .send(let bytes):
      asked = nil
      isStreaming = false
      try line.send(bytes)
      statistics.framesSent += 1
    case .done(let reading): finish(.success(reading))
    case .failed(let error): finish(.failure(error))
    }
  }

  private func finish(_ result: Result<BalanceReading, BalanceError>) {
    order = nil
    shared.withLock { $0.answer = result }
    answering.wake()
  }
}
