import BoardProtocol
import Glibc
import PumpHAL
import PumpPlant
import Synchronization

/// A motor board on a pseudo-terminal, with the plant behind it.
///
/// It keeps its own time, a tick every 10 ms, or leaves time to a host that asks for lockstep. A
/// host that goes away leaves the dead man to stop the motor; the next one is answered afresh.
public final class EmulatedBoard: @unchecked Sendable {
  /// The path a host opens: the symbolic link where there is one, else the pseudo-terminal.
  public var path: String { terminal.path }

  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private let orders = Mutex(Orders())
  /// Used by the thread in `serve` alone, until that has returned.
  private var server: BoardServer
  /// Whether that thread has asked for real-time scheduling.
  private var hasRealTime = false
  /// What is wrong with the line; nil where nothing is.
  private var wire: WireFaults?
  /// Ticks that passed late, and the longest that one did.
  private var lateness = (count: 0 as UInt64, longest: 0 as UInt64)

  /// What other threads ask of the one that serves.
  private struct Orders {
    var isStopping = false
    var isResetting = false
  }

  /// Makes the pseudo-terminal and the symbolic link.
  ///
  /// - Parameters:
  ///   - parameters: the world, until a host configures another.
  ///   - memory: what the non-volatile memory holds; blank where nil.
  ///   - link: where to put the symbolic link.
  ///   - canRunFasterThanRealTime: whether lockstep is offered.
  ///   - wireFaults: what is wrong with the line between host and board.
  ///   - seed: decides which frames the line's faults hit.
  public init(
    _ parameters: PlantParameters, memory: [JournalEntry]? = nil, link: String? = nil,
    canRunFasterThanRealTime: Bool = true, wireFaults: [WireFault] = [], seed: UInt64 = 1
  ) throws(SerialLinkError) {
    if !wireFaults.isEmpty { wire = WireFaults(wireFaults, seed: seed, messageEnds: [0]) }
    terminal = try PseudoTerminal(link: link)
    waking = try WakePipe()
    server = BoardServer(
      pump: SimulatedPump(parameters, memory: memory),
      // Another number than that of the process that had this link before, in all likelihood.
      boot: UInt16(truncatingIfNeeded: Monotonic.nanoseconds() >> 10),
      canRunFasterThanRealTime: canRunFasterThanRealTime)
  }

  /// Puts the outlet of the pump over the vessel on a balance; before `serve`.
  public func deliver(onto pan: WeighingPan) { server.pan = pan }

  /// Ends `serve`; may be called from any thread, not from a signal handler.
  public func stop() {
    orders.withLock { $0.isStopping = true }
    waking.wake()
  }

  /// Resets the board as a brown-out would, without a word to the host.
  public func reset() {
    orders.withLock { $0.isResetting = true }
    waking.wake()
  }

  /// What went over the line, as this end saw it; only after `serve` has returned.
  public var tally: BoardTally {
    var tally = BoardTally()
    tally.senseFramesSent = server.senseFramesSent
    tally.actuatorFramesTaken = server.actuatorFramesTaken
    tally.framesRejected = server.framesRejected
    tally.ticksLate = lateness.count
    tally.latenessMax = lateness.longest
    tally.toHost = wire?.toHost
    tally.toDevice = wire?.toDevice
    tally.resets = wire?.resets ?? 0
    return tally
  }

  /// What is really the case; only after `serve` has returned.
  public var truth: PlantTruth { server.pump.truth }

  /// What the memory holds; only after `serve` has returned.
  public func restoreMemory() -> [JournalEntry] { server.pump.restoreMemory() }

  /// Nanoseconds between two ticks.
  private static let period: UInt64 = 10_000_000

  /// Serves hosts, one after the other, until `stop` is called; then removes the symbolic link.
  public func serve() throws(SerialLinkError) {
    defer { terminal.removeLink() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isConnected = false
    var nextTick = Monotonic.nanoseconds() + Self.period
    var isWoken = true
    while true {
      if isWoken {
        let order = orders.withLock { orders in
          defer { orders.isResetting = false }
          return orders
        }
        if order.isStopping { return }
        if order.isResetting { server.reset() }
        isWoken = false
      }

      // Without a host the terminal would report its hang-up again and again: look once a tick.
      let now = Monotonic.nanoseconds()
      let isLockstep = isConnected && server.session == .lockstep
      let due = min(isLockstep ? .max : nextTick, wire?.nextDue ?? .max)
      let wait = due == .max ? -1 : Monotonic.milliseconds(until: due)
      let event = try terminal.wait(forHost: isConnected, or: waking, milliseconds: wait)
      isWoken = event == .woken
      if event == .hangUp {
        isConnected = false
        server.hostIsGone()
        wire?.hostLeft()
        terminal.discard()
        nextTick = now + Self.period
      } else if event == .bytes {
        receive(into: &buffer)
      }
      if wire != nil { passWire() }
      setRealTime(server.session == .realTime)
      if isLockstep { continue }
      passTicks(&nextTick)
      if !isConnected { isConnected = terminal.hasHost }
    }
  }

  /// Asks for real-time scheduling, where the system grants it, for as long as a host relies on the
  /// board's own clock: a board of metal does not stand still because a computer is busy.
  private func setRealTime(_ isNeeded: Bool) {
    if isNeeded == hasRealTime { return }
    hasRealTime = isNeeded
    var parameters = sched_param()
    // Below the control loop (80) and its port (81), like everything outside of the host.
    parameters.sched_priority = isNeeded ? 79 : 0
    pthread_setschedparam(pthread_self(), isNeeded ? SCHED_FIFO : SCHED_OTHER, &parameters)
    // A page that has to be read back from disk is a tenth of a second.
    if isNeeded { mlockall(MCL_CURRENT | MCL_FUTURE) }
  }

  /// Lets the ticks pass that are due.
  private func passTicks(_ nextTick: inout UInt64) {
    let now = Monotonic.nanoseconds()
    // As late as this a tick is missed.
    if server.session == .realTime && now > nextTick + Self.period {
      lateness.count += 1
      lateness.longest = max(lateness.longest, now - nextTick)
    }
    // A machine that stood still does not owe the ticks: the board was not running either.
    if now > nextTick + 25 * Self.period { nextTick = now }
    while nextTick <= now {
      nextTick += Self.period
      server.tick()
      send()
    }
  }

  private func receive(into buffer: inout [UInt8]) {
    let count = Glibc.read(terminal.descriptor, &buffer, buffer.count)
    if count <= 0 { return }
    buffer.withUnsafeBufferPointer { bytes in
      let bytes = UnsafeBufferPointer(rebasing: bytes[..<count])
      if wire == nil {
        server.take(bytes)
      } else {
        wire?.put(bytes, to: .toDevice, at: Monotonic.nanoseconds())
      }
    }
    send()
  }

  /// Hands on what comes out of a bad line, at either end.
  private func passWire() {
    let now = Monotonic.nanoseconds()
    if wire?.isResetDue(at: now) == true {
      server.reset()
      send()
    }
    if let bytes = wire?.take(.toDevice, at: now), !bytes.isEmpty {
      bytes.withUnsafeBufferPointer { server.take($0) }
      send()
    }
    if let bytes = wire?.take(.toHost, at: now), !bytes.isEmpty {
      bytes.withUnsafeBufferPointer { terminal.write($0) }
    }
  }

  /// Sends what there is.
  private func send() {
    if server.output.isEmpty { return }
    server.output.withUnsafeBufferPointer { bytes in
      if wire == nil { return terminal.write(bytes) }
      let now = Monotonic.nanoseconds()
      wire?.put(bytes, to: .toHost, at: now)
      if let due = wire?.take(.toHost, at: now), !due.isEmpty {
        due.withUnsafeBufferPointer { terminal.write($0) }
      }
    }
    server.output.removeAll(keepingCapacity: true)
  }
}
