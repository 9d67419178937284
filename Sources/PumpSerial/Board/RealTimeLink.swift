import BoardProtocol
import Glibc
import PumpHAL
import Synchronization

/// The thread that owns the port of a board that keeps its own time.
///
/// The control loop leaves what shall be done and takes the newest readings; it never waits for the
/// port. A hang-up, silence, a board whose ticks stand still and one that does not hear this host are
/// latched within 250 ms: from then on nothing is sent any more, and the board's dead man does the
/// rest.
final class RealTimeLink: @unchecked Sendable {
  /// What both threads may touch.
  private struct Shared {
    var view: HostView
    var heardAt: UInt64
    /// When the oldest frame was sent that the board has not answered; nil where it has heard all.
    var unansweredSince: UInt64?
    var reportedTick: UInt32 = 0
    var statistics = LinkStatistics()
    var longestSilence: UInt64 = 0
    var outgoing: ActuatorFrame?
    var journals: [JournalEntry] = []
    var question: BoardRequest?
    var answer: Result<BoardRequest, SerialLinkError>?
    /// Whether the last question was left to be answered when it is.
    var isLeftOpen = false
    var isStopping = false
    var hasGivenUp = false
    var hasJournalOverflowed = false
  }

  /// The newest state, for whoever asks.
  struct Newest {
    /// Lost or mismatched; nil while all is well.
    var latch: LinkState?
    /// Whether the pump has power.
    var isPowered: Bool
    /// What went over the link.
    var statistics: LinkStatistics
  }

  /// The silence after which the link is lost, ns: 250 ms, less the tick in which the control loop
  /// may come to see it.
  static let silenceLimit: UInt64 = 240_000_000
  /// A sense frame that comes so long after the one before is late, ns: one tick was missed.
  static let lateLimit: UInt64 = 20_000_000
  /// How long the control loop waits for what it need not know in this tick, ns.
  private static let patience: UInt64 = 3_000_000
  /// The time of one tick, ns.
  private static let tick: UInt64 = 10_000_000

  private let shared: Mutex<Shared>
  private let waking: WakePipe
  private let answering: WakePipe
  private var thread: PortThread?

  // The thread's own.
  private let line: BoardLine<SerialLink>
  private let silenceLimit: UInt64
  private var tracker = JournalTracker()
  private var view: HostView
  private var heardAt: UInt64
  private var unanswered = UnansweredFrames()
  private var asked: (request: BoardRequest, sequence: UInt8, again: UInt64)?

  /// Starts the thread; `line` is its own until `stop` has returned.
  ///
  /// - Parameter silenceLimit: longer only for what sends no sense frames.
  init(
    _ line: BoardLine<SerialLink>, _ view: HostView, silenceLimit: UInt64 = silenceLimit
  ) throws(SerialLinkError) {
    self.line = line
    self.silenceLimit = silenceLimit
    self.view = view
    heardAt = Monotonic.nanoseconds()
    waking = try WakePipe()
    answering = try WakePipe()
    var state = Shared(view: view, heardAt: heardAt)
    state.journals.reserveCapacity(64)
    shared = Mutex(state)
    thread = try PortThread(path: line.link.path) { [self] in run() }
  }

  /// Ends the thread and waits for it.
  func stop() {
    shared.withLock { $0.isStopping = true }
    waking.wake()
    thread?.join()
  }

  // MARK: The control loop's side

  /// Leaves what shall be done for the thread to send.
  func actuate(_ frame: ActuatorFrame) {
    shared.withLock { shared in
      shared.outgoing = frame
      if let entry = frame.journal {
        if shared.journals.count < 64 {
          shared.journals.append(entry)
        } else {
          shared.hasJournalOverflowed = true
        }
      }
    }
    waking.wake()
  }

  /// The newest readings, older by every tick that has passed since they came.
  func sense() -> SensorFrame {
    let now = Monotonic.nanoseconds()
    return shared.withLock { shared in
      let silence = now > shared.heardAt ? now - shared.heardAt : 0
      shared.longestSilence = max(shared.longestSilence, silence)
      // The control loop does not depend on the thread to notice that nothing comes.
      if silence > silenceLimit || Self.isUnheard(since: shared.unansweredSince, now) {
        shared.view.latch(.lost)
      }
      var frame = shared.view.frame
      let expected = frame.tick &+ UInt32(clamping: silence / Self.tick)
      // Time never runs back, not even when a late frame arrives after a guess.
      let isAhead = Int32(bitPattern: expected &- shared.reportedTick) > 0
      shared.reportedTick = isAhead ? expected : shared.reportedTick
      let age = shared.reportedTick &- frame.tick
      // A board that was reset counts from zero: its own tick is then all there is.
      if shared.view.latch != .mismatched {
        frame.tick = shared.reportedTick
        frame.motionAge = UInt16(clamping: UInt32(frame.motionAge) + age)
      }
      if shared.hasJournalOverflowed { frame.faults.insert(.memoryWrite) }
      return frame
    }
  }

  /// Whether the board has left a frame unanswered for too long: it does not hear this host, or so
  /// late that its readings tell of the past.
  private static func isUnheard(since: UInt64?, _ now: UInt64) -> Bool {
    guard let since, now > since else { return false }
    return now - since > silenceLimit
  }

  /// The newest state of the link.
  func newest() -> Newest {
    shared.withLock { shared in
      var statistics = shared.statistics
      statistics.longestSilence = max(statistics.longestSilence, shared.longestSilence)
      return Newest(
        latch: shared.view.latch, isPowered: shared.view.assembler.link.isPowered,
        statistics: statistics)
    }
  }

  /// Asks the board and waits for the answer, at most a second; nil when none came.
  func request(_ question: BoardRequest) throws(SerialLinkError) -> BoardRequest? {
    answering.drain()
    shared.withLock { shared in
      shared.question = question
      shared.answer = nil
      shared.isLeftOpen = false
      shared.hasGivenUp = false
    }
    waking.wake()
    let deadline = Monotonic.nanoseconds() + 1_000_000_000
    while true {
      let isLate = !answering.wait(milliseconds: Monotonic.milliseconds(until: deadline))
      answering.drain()
      let answer = shared.withLock { shared in
        if isLate {
          shared.question = nil
          shared.hasGivenUp = true
        }
        return shared.answer
      }
      if let answer { return try answer.get() }
      if isLate { return nil }
    }
  }

  /// Asks the board and waits for a part of a tick; nil when there is no answer yet.
  ///
  /// An answer that comes later is given by the next call.
  func newest(_ question: BoardRequest) throws(SerialLinkError) -> BoardRequest? {
    answering.drain()
    let earlier = shared.withLock { shared in
      let earlier = shared.isLeftOpen ? shared.answer : nil
      shared.answer = nil
      if !shared.isLeftOpen || earlier != nil {
        shared.question = question
        shared.hasGivenUp = false
      }
      shared.isLeftOpen = true
      return earlier
    }
    waking.wake()
    let deadline = Monotonic.nanoseconds() + Self.patience
    while answering.wait(milliseconds: Monotonic.milliseconds(until: deadline)) {
      answering.drain()
      let answer = shared.withLock { shared in
        if shared.answer != nil { shared.isLeftOpen = false }
        return shared.answer
      }
      if let answer { return try answer.get() }
    }
    return try earlier?.get()
  }

  // MARK: The thread

  /// Serves the port until `stop`.
  private func run() {
    PortThread.askForRealTime()
    do {
      while try serveOnce() {}
    } catch {
      view.latch(.lost)
      publish()
      // Whoever still asks is told at once that there is nobody to answer.
      while true {
        let isStopping = shared.withLock { shared in
          if shared.question != nil || asked != nil { shared.answer = .failure(error) }
          shared.question = nil
          return shared.isStopping
        }
        asked = nil
        if isStopping { return }
        answering.wake()
        _ = waking.wait(milliseconds: 1000)
        waking.drain()
      }
    }
  }

  /// Waits for something to do and does it; false when the thread shall end.
  private func serveOnce() throws(SerialLinkError) -> Bool {
    try waitForWork()
    while let header = try line.receive(by: 0) { take(header) }
    let now = Monotonic.nanoseconds()
    let silence = now > heardAt ? now - heardAt : 0
    line.count(silence: silence)
    if silence > silenceLimit || Self.isUnheard(since: unanswered.since, now) {
      view.latch(.lost)
    }
    publish()

    var outgoing: ActuatorFrame?
    var question: BoardRequest?
    let isStopping = shared.withLock { shared in
      outgoing = shared.outgoing
      shared.outgoing = nil
      for entry in shared.journals { tracker.add(entry) }
      shared.journals.removeAll(keepingCapacity: true)
      question = shared.question
      shared.question = nil
      if shared.hasGivenUp { asked = nil }
      // What the control loop latched stays latched here.
      if let latch = shared.view.latch { view.latch(latch) }
      return shared.isStopping
    }
    if isStopping { return false }
    if let outgoing, view.latch == nil { try send(outgoing) }
    if view.latch != nil {
      // Nothing is sent any more, and nobody waits for what cannot come.
      if question != nil || asked != nil {
        let path = line.link.path
        shared.withLock { $0.answer = .failure(.timedOut(path: path, milliseconds: 240)) }
        asked = nil
        answering.wake()
      }
    } else if let question {
      let sequence = try line.send(question.type) { question.write(to: &$0) }
      asked = (question, sequence, now + 100_000_000)
    } else if let asked, now > asked.again {
      try line.send(asked.request.type, again: asked.sequence) { asked.request.write(to: &$0) }
      self.asked = (asked.request, asked.sequence, now + 100_000_000)
    }
    return true
  }

  private func waitForWork() throws(SerialLinkError) {
    var descriptors = (
      pollfd(fd: line.link.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waking.readEnd, events: Int16(POLLIN), revents: 0)
    )
    let ready = withUnsafeMutableBytes(of: &descriptors) {
      poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, 50)
    }
    if ready < 0 && errno != EINTR {
      throw .system(path: line.link.path, call: "poll", code: errno)
    }
    if ready > 0 && descriptors.1.revents != 0 { waking.drain() }
    let events = descriptors.0.revents
    if ready > 0 && events != 0 && events & Int16(POLLIN) == 0 {
      throw .hungUp(path: line.link.path)
    }
  }

  private func send(_ frame: ActuatorFrame) throws(SerialLinkError) {
    var frame = frame
    frame.journal = tracker.next
    let payload = ActuatePayload(frame)
    let sequence = try line.send(payload.type) { payload.encode(to: &$0) }
    unanswered.didSend(sequence, at: Monotonic.nanoseconds())
    if frame.journal != nil { tracker.didSend(sequence) }
  }

  private func take(_ header: FrameHeader) {
    if var asked, header.type != .sense, header.sequence == asked.sequence {
      let isComplete = asked.request.take(header, from: line)
      self.asked = isComplete ? nil : asked
      if isComplete {
        shared.withLock { $0.answer = .success(asked.request) }
        answering.wake()
        return
      }
    }
    switch header.type {
    case .sense:
      let tick = view.assembler.frame.tick
      if !view.take(header, from: line) { return }
      let link = view.assembler.link
      // A board whose time stands still says nothing, however often; only one without power may.
      if view.assembler.frame.tick != tick || !link.isPowered {
        let now = Monotonic.nanoseconds()
        if now - heardAt > Self.lateLimit { line.countLate() }
        heardAt = now
      }
      unanswered.take(answering: link.answering)
      let lost = tracker.take(answering: link.answering, received: link.received)
      line.count(journalsResent: UInt64(lost))
    case .refusal:
      if let refusal = line.payload({ Refusal(from: &$0) }) { view.take(refusal) }
    default: break
    }
  }

  /// Shows the control loop what the thread knows.
  private func publish() {
    let overflowed = tracker.hasOverflowed
    let statistics = line.statistics
    shared.withLock { shared in
      if let latch = shared.view.latch { view.latch(latch) }
      shared.view = view
      shared.heardAt = heardAt
      shared.unansweredSince = unanswered.since
      shared.statistics = statistics
      if overflowed { shared.hasJournalOverflowed = true }
    }
  }
}
