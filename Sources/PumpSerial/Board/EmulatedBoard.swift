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
  public init(
    _ parameters: PlantParameters, memory: [JournalEntry]? = nil, link: String? = nil,
    canRunFasterThanRealTime: Bool = true
  ) throws(SerialLinkError) {
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
      let wait = isLockstep ? -1 : Monotonic.milliseconds(until: nextTick)
      let event = try poll(terminal: isConnected, milliseconds: wait)
      isWoken = event == .woken
      if event == .hangUp {
        isConnected = false
        server.hostIsGone()
        tcflush(terminal.descriptor, TCIOFLUSH)
        nextTick = now + Self.period
      } else if event == .bytes {
        receive(into: &buffer)
      }
      setRealTime(server.session == .realTime)
      if isLockstep { continue }
      passTicks(&nextTick)
      if !isConnected { isConnected = hasHost() }
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
  }

  /// Lets the ticks pass that are due.
  private func passTicks(_ nextTick: inout UInt64) {
    let now = Monotonic.nanoseconds()
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
    buffer.withUnsafeBufferPointer { server.take(UnsafeBufferPointer(rebasing: $0[..<count])) }
    send()
  }

  /// Sends what there is; like a wire, it keeps nothing for a host that does not listen.
  private func send() {
    if server.output.isEmpty { return }
    var sent = 0
    server.output.withUnsafeBufferPointer { bytes in
      while sent < bytes.count {
        let count = Glibc.write(
          terminal.descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
        if count <= 0 {
          if count < 0 && errno == EINTR { continue }
          break
        }
        sent += count
      }
    }
    server.output.removeAll(keepingCapacity: true)
  }

  private func hasHost() -> Bool {
    var polled = pollfd(fd: terminal.descriptor, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&polled, 1, 0) >= 0 && polled.revents & Int16(POLLHUP) == 0
  }

  private enum Event {
    case none
    /// Somebody orders something.
    case woken
    case bytes
    case hangUp
  }

  private func poll(
    terminal isPolled: Bool, milliseconds: Int32
  ) throws(SerialLinkError) -> Event {
    var descriptors = (
      pollfd(fd: isPolled ? terminal.descriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waking.readEnd, events: Int16(POLLIN), revents: 0)
    )
    let ready = withUnsafeMutableBytes(of: &descriptors) {
      Glibc.poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
    }
    if ready < 0 && errno != EINTR {
      throw .system(path: path, call: "poll", code: errno)
    }
    if ready <= 0 { return .none }
    if descriptors.1.revents != 0 {
      waking.drain()
      return .woken
    }
    if descriptors.0.revents & Int16(POLLIN) != 0 { return .bytes }
    if descriptors.0.revents != 0 { return .hangUp }
    return .none
  }
}
