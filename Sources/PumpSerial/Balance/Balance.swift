import Synchronization

/// A balance on a serial port, read by a thread of its own.
///
/// `state` and `takeReadings` never wait, so that a control loop may call them. A balance that is not
/// heard for `silenceLimit`, or whose port hangs up, is lost for good: from then on there are no
/// readings, old ones included. Neither protocol has a checksum.
public final class Balance: Sendable {
  /// How readings come about.
  public enum Mode: Equatable, Sendable {
    /// The balance is asked for one every so many milliseconds, 50 to 1000.
    case polling(milliseconds: Int)
    /// The balance is told once to send again and again (MT-SICS `SIR`); with SBI the same as
    /// polling every 250 ms, unless the balance sends by itself.
    case streaming

    /// The time between two questions, ns.
    var interval: UInt64 {
      switch self {
      case .polling(let milliseconds): UInt64(milliseconds) * 1_000_000
      case .streaming: 250_000_000
      }
    }
  }

  /// The time after which a reading is too old, and a balance that says nothing is lost, ns: 2 s.
  public static let silenceLimit: UInt64 = 2_000_000_000
  /// The most readings that are kept for `takeReadings`: more than 10 minutes' at ten a second.
  public static let readingCapacity = 8192

  /// The clock of readings: nanoseconds since some moment in the past, never going back.
  public static var now: UInt64 { Monotonic.nanoseconds() }

  /// The path that was opened.
  public let path: String
  /// What the balance told about itself.
  public let identity: BalanceIdentity
  private let thread: BalanceThread

  /// Opens a port and greets the balance on it, without changing anything of it.
  ///
  /// - Parameters:
  ///   - path: a terminal, or a symbolic link to one.
  ///   - protocol: how the balance is spoken to.
  ///   - settings: speed and framing; as balances of this kind leave the factory where nil.
  ///   - mode: how readings come about.
  ///   - unit: of masses without one, until one with a unit has come; SBI leaves it out while the
  ///     mass is not stable. Where nil, such masses are no readings.
  public static func open(
    path: String, protocol spoken: BalanceProtocol, settings: SerialSettings? = nil,
    mode: Mode = .polling(milliseconds: 250), unit: BalanceUnit? = nil
  ) throws(BalanceError) -> Balance {
    if case .polling(let milliseconds) = mode { precondition((50...1000).contains(milliseconds)) }
    let line = try openLine(path, settings ?? spoken.factorySettings)
    var greeting = BalanceGreeting(line, BalanceDialogue(spoken, unit: unit))
    do {
      let identity = try greeting.greet()
      let thread = try BalanceThread(line, greeting.dialogue, mode, greeting.isAutomatic)
      return Balance(path, identity, thread)
    } catch {
      line.link.close()
      throw error
    }
  }

  /// Asks the balance on a port what it is, and closes the port again.
  ///
  /// It is asked for its mass (`SI` or `ESC P`), serial number, model and version (`I4`, `I2`, `I3`
  /// or `ESC x1_` to `x3_`). A stream that another program began is ended by the first; nothing else
  /// changes, the tare included.
  public static func identify(
    path: String, protocol spoken: BalanceProtocol, settings: SerialSettings? = nil
  ) throws(BalanceError) -> BalanceIdentity {
    let line = try openLine(path, settings ?? spoken.factorySettings)
    defer { line.link.close() }
    var greeting = BalanceGreeting(line, BalanceDialogue(spoken))
    return try greeting.greet()
  }

  private static func openLine(
    _ path: String, _ settings: SerialSettings
  ) throws(BalanceError) -> BalanceLine {
    do {
      return BalanceLine(try SerialLink.open(path: path, settings: settings))
    } catch {
      throw .link(error)
    }
  }

  private init(_ path: String, _ identity: BalanceIdentity, _ thread: BalanceThread) {
    self.path = path
    self.identity = identity
    self.thread = thread
  }

  deinit { thread.stop() }

  /// What the balance says now; never waits.
  public var state: BalanceState { thread.state }

  /// Takes out the readings since the last call, in order; never waits.
  ///
  /// Where more came than are kept, the oldest are left out and counted in `readingsLeftOut`.
  public func takeReadings() -> [BalanceReading] { thread.takeReadings() }

  /// Readings that nobody took in time.
  public var readingsLeftOut: UInt64 { thread.readingsLeftOut }

  /// What went over the link: questions, lines understood and not, questions asked again, and the
  /// longest silence.
  public var statistics: LinkStatistics { thread.newestStatistics }

  /// The bytes that go over the wire, for whoever records them.
  public var tap: WireTap { thread.tap }

  /// Waits for a stable reading that was asked for after the call.
  public func stableReading(
    withinMilliseconds limit: Int = 15_000
  ) throws(BalanceError) -> BalanceReading {
    try thread.carryOut(.read, withinMilliseconds: limit)
  }

  /// Tares, and gives the first reading afterwards.
  ///
  /// - Parameters:
  ///   - isImmediate: without waiting for a stable mass before; a balance that speaks SBI may wait
  ///     all the same.
  ///   - limit: the time for it, ms.
  @discardableResult public func tare(
    immediately isImmediate: Bool = false, withinMilliseconds limit: Int = 15_000
  ) throws(BalanceError) -> BalanceReading {
    try thread.carryOut(.tare(isImmediate: isImmediate), withinMilliseconds: limit)
  }

  /// Sets the balance to zero, which clears its tare, and gives the first reading afterwards.
  ///
  /// - Parameters:
  ///   - isImmediate: without waiting for a stable mass before; a balance that speaks SBI may wait
  ///     all the same.
  ///   - limit: the time for it, ms.
  @discardableResult public func zero(
    immediately isImmediate: Bool = false, withinMilliseconds limit: Int = 15_000
  ) throws(BalanceError) -> BalanceReading {
    try thread.carryOut(.zero(isImmediate: isImmediate), withinMilliseconds: limit)
  }

  /// Ends the thread and closes the port; a stream is ended.
  public func close() { thread.stop() }
}
