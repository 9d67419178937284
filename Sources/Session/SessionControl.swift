// What a running session shares with the thread that watches it: a few atomics, no lock.

import PumpHAL
import Synchronization

/// A key that somebody presses while a session runs.
public enum LiveKey: UInt8, Sendable, CaseIterable {
  /// No key.
  case none = 0
  /// Stop the pump; the session goes on.
  case stop = 1
  /// Acknowledge alarms.
  case acknowledge = 2
  /// Silence the sound for a while.
  case audioPause = 3
  /// Start, or go on delivering.
  case start = 4
  /// Pause delivering.
  case pause = 5
  /// The patient asks for a bolus.
  case bolus = 6

  /// The command the key stands for.
  var command: OperatorCommand {
    switch self {
    case .none: .none
    case .stop: OperatorCommand(.stop, by: .nurse)
    case .acknowledge: OperatorCommand(.acknowledge, by: .nurse)
    case .audioPause: OperatorCommand(.audioPause, by: .nurse)
    case .start: OperatorCommand(.start, by: .nurse)
    case .pause: OperatorCommand(.pause, by: .nurse)
    case .bolus: OperatorCommand(.requestBolus, by: .patient)
    }
  }
}

/// The two-way window between a running session and whoever watches it.
///
/// The session reads one word a tick and writes a few every hundred ticks, so watching costs the
/// loop nothing and can never hold it up. Asking to stop is safe in a signal handler.
public final class SessionControl: Sendable {
  // Bit 0: stop asked for. Bits 8 to 15: the key pressed last and not yet taken.
  private let request = Atomic<UInt32>(0)
  private let progress = Atomic<Int64>(0)
  private let screen = Atomic<UInt8>(0)
  private let signals = Atomic<UInt64>(0)
  private let flow = Atomic<UInt32>(0)
  private let dispensed = Atomic<Int64>(0)
  private let finished = Atomic<Bool>(false)

  /// A window on a session that has not begun.
  public init() {}

  /// Asks the session to stop the pump, close its record and end.
  public func requestStop() { request.bitwiseOr(1, ordering: .relaxed) }

  /// Whether the session was asked to end.
  public var isStopRequested: Bool { request.load(ordering: .relaxed) & 1 != 0 }

  /// Presses a key; of two keys pressed within one tick the later one counts, but never over a stop.
  public func press(_ key: LiveKey) {
    var seen = request.load(ordering: .relaxed)
    while true {
      if UInt8(truncatingIfNeeded: seen >> 8) == LiveKey.stop.rawValue { return }
      let (exchanged, original) = request.compareExchange(
        expected: seen, desired: seen & 1 | UInt32(key.rawValue) << 8, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }

  /// Whether there is anything for the loop to look at.
  @inline(__always) var isQuiet: Bool { request.load(ordering: .relaxed) == 0 }

  /// Takes the key pressed last.
  func takeKey() -> LiveKey {
    let seen = request.bitwiseAnd(0xff, ordering: .relaxed).oldValue
    return LiveKey(rawValue: UInt8(truncatingIfNeeded: seen >> 8)) ?? .none
  }

  /// Shows where the session is.
  func publish(tick: Int64, output: TickOutput, alarms: AlarmSet, dispensed volume: Volume) {
    progress.store(tick, ordering: .relaxed)
    screen.store(output.mode.rawValue, ordering: .relaxed)
    signals.store(alarms.bits, ordering: .relaxed)
    flow.store(output.actuator.flowRate, ordering: .relaxed)
    dispensed.store(volume.picolitres, ordering: .relaxed)
  }

  func publishEnd() { finished.store(true, ordering: .releasing) }

  /// Whether the session is over.
  public var isFinished: Bool { finished.load(ordering: .acquiring) }

  /// Session time reached, ticks since the first power-on.
  public var tick: Int64 { progress.load(ordering: .relaxed) }
  /// The mode shown by the pump.
  public var mode: PumpMode { PumpMode(rawValue: screen.load(ordering: .relaxed)) ?? .selfTest }
  /// The alarms signalled.
  public var alarms: AlarmSet { AlarmSet(bits: signals.load(ordering: .relaxed)) }
  /// The flow commanded, nL/h.
  public var commandedFlow: FlowRate {
    FlowRate(nanolitresPerHour: Int64(flow.load(ordering: .relaxed)))
  }
  /// The volume dispensed.
  public var dispensedVolume: Volume {
    Volume(picolitres: dispensed.load(ordering: .relaxed))
  }
}
