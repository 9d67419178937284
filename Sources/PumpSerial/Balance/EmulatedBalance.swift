import Glibc
import Synchronization

/// A balance's side of a protocol: bytes in, bytes out, time in the model.
protocol BalanceServer {
  /// Bytes for the host; whoever sends them empties it.
  var output: [UInt8] { get set }
  /// Takes bytes from the host.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ model: inout BalanceModel)
  /// Does what is due after time has passed.
  mutating func elapse(_ model: inout BalanceModel)
  /// The host went away: what it began ends.
  mutating func hostIsGone()
}

/// A balance on a pseudo-terminal, with a weighing pan into which an emulated pump delivers, or a
/// flow of its own.
///
/// A host that goes away ends what it began; the next one is answered afresh.
public final class EmulatedBalance: @unchecked Sendable {
  /// What stands on the other side of the wire.
  public enum Face: Equatable, Sendable {
    /// MT-SICS.
    case mtSICS
    /// SBI: lines of 22 characters with an identification or of 16 without, and whether they come
    /// without being asked.
    case sbi(hasIdentification: Bool = true, isAutomatic: Bool = false)
  }

  /// The path a host opens: the symbolic link where there is one, else the pseudo-terminal.
  public var path: String { terminal.path }
  /// The pan; its time passes by the pump's thread, or by this balance's where it has its own flow.
  public let pan: WeighingPan

  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private let isStopping = Atomic(false)
  /// The thread of `start`.
  private let thread = Mutex<PortThread?>(nil)
  private let ownFlow: Double?
  private var server: any BalanceServer

  /// Makes the pseudo-terminal and the symbolic link.
  ///
  /// - Parameters:
  ///   - face: how it speaks.
  ///   - pan: what it weighs.
  ///   - ownFlow: what runs into the vessel, µL/s, where no pump lets time pass on the pan.
  ///   - link: where to put the symbolic link.
  public init(
    _ face: Face, weighing pan: WeighingPan, ownFlow: Double? = nil, link: String? = nil
  ) throws(SerialLinkError) {
    terminal = try PseudoTerminal(link: link)
    waking = try WakePipe()
    self.pan = pan
    self.ownFlow = ownFlow
    switch face {
    case .mtSICS: server = MTSICSServer()
    case .sbi(let hasIdentification, let isAutomatic):
      server = SBIServer(hasIdentification: hasIdentification, isAutomatic: isAutomatic)
    }
  }

  /// Ends `serve`, and the thread of `start`; from any thread but that, not from a signal handler.
  public func stop() {
    isStopping.store(true, ordering: .relaxed)
    waking.wake()
    let started = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    started?.join()
  }

  /// Serves on a thread of its own until `stop` is called.
  public func start() throws(SerialLinkError) {
    // A terminal that fails under it ends it.
    let started = try PortThread(path: path) { [self] in try? serve() }
    thread.withLock { $0 = started }
  }

  /// Nanoseconds between two looks at what is due.
  private static let period: UInt64 = 10_000_000

  /// Serves hosts, one after the other, until `stop` is called; then removes the symbolic link.
  public func serve() throws(SerialLinkError) {
    defer { terminal.removeLink() }
    var buffer = [UInt8](repeating: 0, count: 512)
    var isConnected = false
    var nextTick = Monotonic.nanoseconds() + Self.period
    var flowed = 0.0
    while !isStopping.load(ordering: .relaxed) {
      let event = try terminal.wait(
        forHost: isConnected, or: waking, milliseconds: Monotonic.milliseconds(until: nextTick))
      switch event {
      case .hangUp:
        isConnected = false
        server.hostIsGone()
        terminal.discard()
      case .bytes: receive(into: &buffer)
      case .none, .woken: break
      }
      let now = Monotonic.nanoseconds()
      // A machine that stood still does not owe the time.
      if now > nextTick + 100 * Self.period { nextTick = now }
      while nextTick <= now {
        nextTick += Self.period
        if let ownFlow {
          flowed += ownFlow * WeighingPan.tick
          pan.tick(delivered: flowed)
        }
      }
      pan.withModel { server.elapse(&$0) }
      send(isConnected: isConnected)
      if !isConnected { isConnected = terminal.hasHost }
    }
  }

  private func receive(into buffer: inout [UInt8]) {
    let count = Glibc.read(terminal.descriptor, &buffer, buffer.count)
    if count <= 0 { return }
    buffer.withUnsafeBufferPointer { bytes in
      pan.withModel { server.take(UnsafeBufferPointer(rebasing: bytes[..<count]), &$0) }
    }
  }

  /// Sends what there is.
  private func send(isConnected: Bool) {
    let output = server.output
    server.output = []
    if isConnected { output.withUnsafeBufferPointer { terminal.write($0) } }
  }
}
