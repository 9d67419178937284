// The thread that owns the port of a New Era pump.

import Glibc
import PumpHAL
import Synchronization

/// Serves the port: takes the control loop's newest wish, asks the pilot what to send, and keeps the
/// newest readings for `sense`.
///
/// The control loop never waits for it. Should the control loop fall silent for 250 ms, this thread
/// stops the pump by itself; should this whole program die, the pump's Safe mode does.
final class NewEraPumpThread: @unchecked Sendable {
  /// What both threads may touch.
  private struct Shared {
    var frame = ActuatorFrame()
    var frameAt: UInt64 = 0
    var isStopping = false
    var state: State
  }

  /// What is known of the pump, for whoever asks.
  struct State: Sendable {
    var dispensed_uL = 0.0
    var resolution_uL = 0.0
    /// What may have been dispensed since the last reading, µL.
    var unseen_uL = 0.0
    var readAt: UInt64
    var heardAt: UInt64
    var latch: LinkState?
    var latchReason: String?
    var outcome = HardwareCommandOutcome.none
    var faults: HardwareFaults = []
    var isStopKeyDown = false
    var alarms: [NewEraAlarm] = []
    var polls: UInt64 = 0
    var commands: UInt64 = 0
    var longestSilence: UInt64 = 0
  }

  /// What the control loop may be silent for, ns: the dead man.
  static let deadMan: UInt64 = 250_000_000
  /// How long a pump is told to stop at the end, ns.
  private static let endLimit: UInt64 = 1_000_000_000

  private let shared: Mutex<Shared>
  private let waking: WakePipe
  private var thread: PortThread?

  // The thread's own.
  private let line: NewEraPumpLine
  private var pilot: NewEraPumpPilot
  private let scale: NewEraPumpScale
  private let restored: UInt8?
  private var state: State

  /// Starts the thread; `line` is its own until `stop` has returned.
  ///
  /// - Parameter restored: the Safe mode time-out to be set at the end; nil: as it is.
  init(
    _ line: NewEraPumpLine, _ pilot: NewEraPumpPilot, scale: NewEraPumpScale, restored: UInt8?
  ) throws(SerialLinkError) {
    self.line = line
    self.pilot = pilot
    self.scale = scale
    self.restored = restored
    let now = Monotonic.nanoseconds()
    state = State(readAt: now, heardAt: now)
    shared = Mutex(Shared(state: state))
    waking = try WakePipe()
    thread = try PortThread(path: line.link.path) { [self] in run() }
  }

  /// Stops the pump, ends the thread and waits for it.
  func stop() {
    shared.withLock { $0.isStopping = true }
    waking.wake()
    thread?.join()
  }

  // MARK: The control loop's side

  /// Leaves what shall be done for the thread.
  func actuate(_ frame: ActuatorFrame) {
    let now = Monotonic.nanoseconds()
    let isNew = shared.withLock { shared in
      let before = shared.frame
      shared.frame = frame
      shared.frameAt = now
      return before.isPermitted != frame.isPermitted || before.flowRate != frame.flowRate
    }
    if isNew { waking.wake() }
  }

  /// What is known of the pump.
  func newest() -> State {
    let now = Monotonic.nanoseconds()
    return shared.withLock { shared in
      // The control loop does not depend on the thread to notice that nothing comes.
      let isSilent = now > shared.state.heardAt + NewEraPumpPilot.silenceLimit
      if isSilent, shared.state.latch == nil {
        shared.state.latch = .lost
        shared.state.latchReason = "nothing was heard of the pump for 0.5 s"
      }
      return shared.state
    }
  }

  // MARK: The thread

  /// Serves the port until `stop`.
  private func run() {
    PortThread.askForRealTime()
    var endsBy: UInt64 = 0
    do {
      while true {
        let isStopping = takeWish()
        let now = Monotonic.nanoseconds()
        if isStopping {
          if endsBy == 0 { endsBy = now + Self.endLimit }
          pilot.isClosing = true
          if pilot.isAtRest || pilot.isParted || now >= endsBy { break }
        }
        try serveOnce()
      }
      if pilot.latch == nil { try restoreMode() }
    } catch {
      let reason =
        if case .hungUp = error { "the other end of the line is gone" } else { "\(error)" }
      pilot.fail(reason, at: Monotonic.nanoseconds())
    }
    publish()
    // Nobody is served any more; whoever senses finds the last state, growing older.
    while !shared.withLock({ $0.isStopping }) {
      _ = waking.wait(milliseconds: 1000)
      waking.drain()
    }
  }

  /// Takes over what the control loop wants; true when the thread shall end.
  private func takeWish() -> Bool {
    let now = Monotonic.nanoseconds()
    let (frame, frameAt, isStopping, latch) = shared.withLock {
      ($0.frame, $0.frameAt, $0.isStopping, $0.state.latch)
    }
    pilot.wish = NewEraPumpPilot.Wish(
      isPermitted: frame.isPermitted, isFresh: now <= frameAt + Self.deadMan,
      flow_uLph: scale.flow(nanolitresPerHour: frame.flowRate),
      target_uL: scale.volume(steps: frame.targetSteps))
    // What the control loop latched stays latched here.
    if latch == .lost, pilot.latch == nil {
      pilot.fail("nothing was heard of the pump for 0.5 s", at: now)
    }
    return isStopping
  }

  private func serveOnce() throws(SerialLinkError) {
    var now = Monotonic.nanoseconds()
    pilot.advance(to: now)
    if let command = pilot.next(at: now) {
      try line.send(command)
      pilot.sent(command, at: now)
      if command == .dispensed { state.polls += 1 } else { state.commands += 1 }
    }
    publish()
    try waitForWork(until: min(pilot.wakeAt(now), now + Self.deadMan / 5))
    while let reply = try line.receive(withinMilliseconds: 0) {
      now = Monotonic.nanoseconds()
      state.longestSilence = max(state.longestSilence, now - min(now, pilot.heardAt))
      pilot.take(reply, at: now)
    }
  }

  private func waitForWork(until deadline: UInt64) throws(SerialLinkError) {
    var descriptors = (
      pollfd(fd: line.link.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waking.readEnd, events: Int16(POLLIN), revents: 0)
    )
    let ready = withUnsafeMutableBytes(of: &descriptors) {
      poll(
        $0.assumingMemoryBound(to: pollfd.self).baseAddress, 2,
        Monotonic.milliseconds(until: deadline))
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

  /// The mode in which the pump was found.
  private func restoreMode() throws(SerialLinkError) {
    guard let restored else { return }
    var alarms: [NewEraAlarm] = []
    _ = try line.ask(.safe(restored), acknowledged: &alarms)
  }

  /// Shows the control loop what the thread knows.
  private func publish() {
    let now = Monotonic.nanoseconds()
    state.dispensed_uL = pilot.counter.dispensed_uL
    state.resolution_uL = pilot.counter.resolution_uL
    // Of a pump that is not heard any more everything it can still do is counted.
    state.unseen_uL = pilot.unseen_uL(at: pilot.latch == nil ? now : .max)
    if pilot.counter.isRead { state.readAt = pilot.counter.readAt }
    state.heardAt = pilot.heardAt
    state.latch = pilot.latch
    state.latchReason = pilot.latchReason
    state.outcome = pilot.outcome
    state.faults = pilot.faults(at: now)
    if pilot.wish.isPermitted, !pilot.wish.isFresh { state.faults.insert(.deadMan) }
    state.isStopKeyDown = pilot.isStopKeyDown(at: now)
    if state.alarms.count != pilot.alarms.count { state.alarms = pilot.alarms }
    let state = self.state
    shared.withLock { shared in
      let (latch, reason) = (shared.state.latch, shared.state.latchReason)
      shared.state = state
      if shared.state.latch == nil {
        shared.state.latch = latch
        shared.state.latchReason = reason
      }
    }
  }
}
