// One tick, from end to end: the place where firmware, monitor and hardware meet.

import PumpFirmware
import PumpHAL
import PumpMonitor

/// The control loop between two power-ons: both channels, and what they said last.
///
/// `tick` is the whole of it. What comes before (which command, how many ticks) is the input
/// source's business, what comes after (record, expectations, display) the session's. Host, board
/// and browser run this loop; it is the one door to `Controller.step` and `ProtectiveMonitor.step`.
///
/// - Requirements: @relation(R-063, R-077, scope=file)
public struct ControlLoop: Sendable {
  // Stored under names of their own, so that `tick` is specialised for its hardware wherever it is
  // called, and nobody outside can set them.
  @usableFromInline var channel: Controller
  @usableFromInline var guardian: ProtectiveMonitor
  @usableFromInline var lastInput = TickInput(
    elapsedTicks: 1, sensors: SensorFrame(), command: .none)
  @usableFromInline var lastOutput = TickOutput()
  @usableFromInline var lastVerdict = MonitorOutput()

  /// The controller.
  @inlinable public var controller: Controller { _read { yield channel } }
  /// The protective monitor.
  @inlinable public var monitor: ProtectiveMonitor { _read { yield guardian } }
  /// What entered the last tick.
  @inlinable public var input: TickInput { _read { yield lastInput } }
  /// What the controller said in the last tick.
  @inlinable public var output: TickOutput { _read { yield lastOutput } }
  /// What the monitor said in the last tick.
  @inlinable public var verdict: MonitorOutput { _read { yield lastVerdict } }

  /// Both channels, powered on with the same configuration and the same memory.
  ///
  /// - Parameter memory: what `PumpHardware.restoreMemory` gave: the first copy, then the second.
  public init(powerOn: PowerOn, memory: [JournalEntry]) {
    channel = Controller(powerOn: powerOn, memory: memory.span)
    guardian = ProtectiveMonitor(powerOn: powerOn, memory: memory.span)
  }

  /// Both channels in the middle of a session, as a snapshot holds them.
  public init(controller: Controller, monitor: ProtectiveMonitor) {
    channel = controller
    guardian = monitor
  }

  /// One tick: sense, step both channels, actuate under both permits.
  ///
  /// - Parameters:
  ///   - hardware: what is sensed and actuated.
  ///   - elapsed: ticks since the last pass, at least 1; more after an overrun.
  ///   - command: what an operator asks, if anything.
  @inlinable @inline(__always)
  public mutating func tick<Hardware: PumpHardware & ~Copyable>(
    _ hardware: inout Hardware, elapsed: UInt16, command: OperatorCommand
  ) {
    let input = TickInput(elapsedTicks: elapsed, sensors: hardware.sense(), command: command)
    lastInput = input
    lastOutput = channel.step(input)
    lastVerdict = guardian.step(input)
    hardware.actuate(ActuatorFrame(controller: lastOutput, monitor: lastVerdict))
  }

  /// The fingerprint of everything both channels have done since power-on.
  public var digest: UInt64 {
    var both = StateDigest()
    both.combine(channel.digest.value)
    both.combine(guardian.digest.value)
    return both.value
  }

  /// What is signalled by either channel.
  @inlinable @inline(__always)
  public var signals: AlarmSet {
    AlarmSet(bits: lastOutput.signals.bits | lastVerdict.objections.bits)
  }
}
