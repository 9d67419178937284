import Glibc
import PumpPlant
import Synchronization

/// What an emulated New Era pump is, what it was told, and what is really fitted.
public struct EmulatedNewEraOptions: Sendable {
  /// What it says that it is.
  public var version = NewEraVersion(model: "NE1000", firmware: "3.928")
  /// What it keeps without power.
  public var settings: NewEraSettings
  /// The speed of the line whose timing is kept; nil: characters take no time.
  public var baud: UInt32?
  /// How much faster than real time it pumps, 0.1 to 1000; the line stays in real time.
  public var pace = 1.0
  /// The world, which `PlantParameters.drivenByNewEra` makes.
  public var world: PlantParameters
  /// What happens in the world.
  public var events: [NewEraWorldEvent] = []
  /// Called on the pump's thread after each tick of 10 ms in the world, with what has left the needle
  /// since the world began, µL: a balance may weigh it.
  public var afterTick: (@Sendable (Double) -> Void)?

  /// A pump that was told a diameter, on a world.
  public init(diameter: NewEraNumber, world: PlantParameters) {
    settings = NewEraSettings(diameter: diameter)
    self.world = world
  }
}

/// A pump of the New Era family on a pseudo-terminal, with the plant behind it.
///
/// One thread serves the line and lets time pass. A host that goes away leaves the pump as it is:
/// pumping on in Basic mode, until its time is over in Safe mode.
public final class EmulatedNewEra: @unchecked Sendable {
  /// The path a host opens: the symbolic link where there is one, else the pseudo-terminal.
  public var path: String { terminal.path }

  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private let shared = Mutex(Shared())
  /// Used by the thread in `serve` alone, until that has returned.
  private var device: NewEraDevice
  private var line: NewEraLine
  private let hasTiming: Bool
  private let afterTick: (@Sendable (Double) -> Void)?
  /// Nanoseconds between two ticks of the world.
  private let period: UInt64

  private struct Shared {
    var isStopping = false
    var inputs: [(pin: UInt8, level: Bool)] = []
    var changes: [NewEraWorldEvent.Change] = []
    var infused = 0.0
  }

  /// Makes the pseudo-terminal and the symbolic link.
  ///
  /// - Parameters:
  ///   - options: what the pump is.
  ///   - link: where to put the symbolic link.
  public init(
    _ options: EmulatedNewEraOptions, link: String? = nil
  ) throws(SerialLinkError) {
    precondition(options.pace >= 0.1 && options.pace <= 1000)
    terminal = try PseudoTerminal(link: link)
    waking = try WakePipe()
    var settings = options.settings
    if let baud = options.baud { settings.baud = baud }
    device = NewEraDevice(
      version: options.version, settings: settings, world: options.world,
      schedule: NewEraWorldSchedule(options.events))
    // What it said at power-on was said before there was a port to hear it at.
    device.output = []
    line = NewEraLine(baud: options.baud)
    hasTiming = options.baud != nil
    afterTick = options.afterTick
    period = UInt64(10_000_000 / options.pace)
    // A host that sets no speed, as a shell does, finds the port at the pump's.
    if hasTiming { setSpeed(settings.baud) }
  }

  /// Ends `serve`; may be called from any thread, not from a signal handler.
  public func stop() {
    shared.withLock { $0.isStopping = true }
    waking.wake()
  }

  /// Sets an input pin of the pump, from any thread: 2 trigger, 3 direction, 4 event, 6 program.
  public func setInput(_ pin: UInt8, to level: Bool) {
    shared.withLock { $0.inputs.append((pin, level)) }
    waking.wake()
  }

  /// Changes the world, from any thread.
  public func change(_ change: NewEraWorldEvent.Change) {
    shared.withLock { $0.changes.append(change) }
    waking.wake()
  }

  /// What has left the needle so far, µL; from any thread.
  public var infusedMicrolitres: Double { shared.withLock { $0.infused } }

  /// What is really the case; only after `serve` has returned.
  public var truth: PlantTruth { device.mechanics.pump.truth }

  /// What the pump counts as infused and withdrawn, µL; only after `serve` has returned.
  public var counted: (infused: Double, withdrawn: Double) { (device.infused, device.withdrawn) }

  // MARK: Serving

  /// Serves hosts, one after the other, until `stop` is called; then removes the symbolic link.
  public func serve() throws(SerialLinkError) {
    defer { terminal.removeLink() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isConnected = false
    var nextTick = Monotonic.nanoseconds() + period
    while true {
      let due = min(nextTick, line.nextDue ?? .max)
      let event = try terminal.wait(
        forHost: isConnected, or: waking, milliseconds: Monotonic.milliseconds(until: due))
      if event == .woken, takeOrders() { return }
      let now = Monotonic.nanoseconds()
      // Without a host the terminal reports its hang-up again and again: look once a tick.
      if !isConnected { isConnected = terminal.hasHost || terminal.hasBytes }
      if isConnected {
        switch receive(into: &buffer) {
        case .bytes(let count): take(buffer[..<count], at: now)
        case .nothing: break
        case .hangUp:
          isConnected = false
          hostIsGone(now)
        }
      }
      passTime(now, &nextTick)
      exchange(now, isConnected: isConnected)
    }
  }

  /// Does what other threads ask; whether to end.
  private func takeOrders() -> Bool {
    let orders = shared.withLock { shared in
      defer {
        shared.inputs = []
        shared.changes = []
      }
      return shared
    }
    for input in orders.inputs { device.setInput(input.pin, to: input.level) }
    for change in orders.changes {
      NewEraWorldSchedule.make(change, happenTo: &device.mechanics.pump)
    }
    return orders.isStopping
  }

  /// What the host had said is heard to its end; what it said half is forgotten, and nobody is there for
  /// the answers.
  private func hostIsGone(_ now: UInt64) {
    for byte in line.takeAll() { device.take(byte, at: now) }
    device.hostIsGone()
    terminal.discard()
  }

  private enum Reception {
    case bytes(Int)
    case nothing
    case hangUp
  }

  private func receive(into buffer: inout [UInt8]) -> Reception {
    let count = Glibc.read(terminal.descriptor, &buffer, buffer.count)
    if count > 0 { return .bytes(count) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .hangUp
  }

  /// A host that has set its port to another speed is not understood, as on a wire.
  private func take(_ bytes: ArraySlice<UInt8>, at now: UInt64) {
    if hasTiming && !isSpeedRight { return }
    line.receive(bytes, at: now)
  }

  /// The terminal holds what the host has set on its side.
  private var isSpeedRight: Bool {
    var settings = termios()
    if tcgetattr(terminal.descriptor, &settings) != 0 { return true }
    return cfgetospeed(&settings) == LineDiscipline.code(device.settings.baud)
  }

  private func setSpeed(_ baud: UInt32) {
    var settings = termios()
    if tcgetattr(terminal.descriptor, &settings) != 0 { return }
    cfsetispeed(&settings, LineDiscipline.code(baud))
    cfsetospeed(&settings, LineDiscipline.code(baud))
    tcsetattr(terminal.descriptor, TCSANOW, &settings)
  }

  private func passTime(_ now: UInt64, _ nextTick: inout UInt64) {
    // A machine that stood still does not owe the ticks: the pump was not running either.
    if now > nextTick + 250_000_000 { nextTick = now }
    while nextTick <= now {
      nextTick += period
      device.tick()
      let infused = device.mechanics.pump.truth.infusedVolume
      shared.withLock { $0.infused = infused }
      afterTick?(infused)
    }
    device.passLineTime(now)
  }

  /// Lets the pump hear what has come, and the host what the pump has said by now.
  private func exchange(_ now: UInt64, isConnected: Bool) {
    for (byte, due) in line.received(at: now) {
      device.take(byte, at: due)
      if !device.output.isEmpty { answer(at: due) }
    }
    if !device.output.isEmpty { answer(at: now) }
    let bytes = line.sent(at: now)
    // Like a wire, it keeps nothing for a host that is not there.
    if isConnected && !bytes.isEmpty && (!hasTiming || isSpeedRight) {
      bytes.withUnsafeBufferPointer { terminal.write($0) }
    }
  }

  private func answer(at time: UInt64) {
    // The answer to a change of speed already comes at the new one.
    if hasTiming { line.characterTime = NewEraLine.characterTime(device.settings.baud) }
    line.send(device.output, at: time)
    device.output = []
  }
}
