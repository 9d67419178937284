// One tick, from end to end: the place where firmware, monitor and hardware meet.

import PumpFirmware
import PumpHAL
import PumpMonitor

/// The control loop between two power-ons: both channels, and what they said last.
///
/// `tick` is the whole of it. What comes before (which command, how many ticks) is the input
/// source's business, what comes after (record, expectations, display) the session's.
public struct ControlLoop: Sendable {
  /// The controller.
  public private(set) var controller: Controller
  /// The protective monitor.
  public private(set) var monitor: ProtectiveMonitor
  /// What entered the last tick.
  public private(set) var input = TickInput(
    elapsedTicks: 1, sensors: SensorFrame(), command: .none)
  /// What the controller said in the last tick.
  public private(set) var output = TickOutput()
  /// What the monitor said in the last tick.
  public private(set) var verdict = MonitorOutput()

  /// Both channels, powered on with the same configuration and the same memory.
  public init(powerOn: PowerOn, memory: [JournalEntry]) {
    controller = Controller(powerOn: powerOn, memory: memory.span)
    monitor = ProtectiveMonitor(powerOn: powerOn, memory: memory.span)
  }

  /// Both channels in the middle of a session, as a snapshot holds them.
  init(controller: Controller, monitor: ProtectiveMonitor) {
    self.controller = controller
    self.monitor = monitor
  }

  /// One tick: sense, step both channels, actuate under both permits.
  @inline(__always)
  public mutating func tick<Hardware: PumpHardware & ~Copyable>(
    _ hardware: inout Hardware, elapsed: UInt16, command: OperatorCommand
  ) {
    input = TickInput(elapsedTicks: elapsed, sensors: hardware.sense(), command: command)
    output = controller.step(input)
    verdict = monitor.step(input)
    hardware.actuate(ActuatorFrame(controller: output, monitor: verdict))
  }

  /// The fingerprint of everything both channels have done since power-on.
  public var digest: UInt64 {
    var both = StateDigest()
    both.combine(controller.digest.value)
    both.combine(monitor.digest.value)
    return both.value
  }

  /// What is signalled by either channel.
  @inline(__always)
  public var signals: AlarmSet { AlarmSet(bits: output.signals.bits | verdict.objections.bits) }
}

extension ActuatorFrame {
  /// What both channels together tell the hardware.
  ///
  /// The controller's frame, with the monitor's permit; the monitor's write to the memory in the
  /// ticks that the controller leaves to it; and while the monitor objects, lamp and buzzer of a
  /// high-priority alarm, because a controller that has gone wrong cannot be asked to tell of it. A red
  /// lamp whose sound the controller withholds sounds because the monitor objects to that.
  @inline(__always)
  public init(controller output: TickOutput, monitor verdict: MonitorOutput) {
    self = output.actuator
    isMonitorPermitting = verdict.isPermitting
    if journal == nil { journal = verdict.journal }
    if !verdict.objections.isEmpty, lamp != .high {
      lamp = .high
      buzzer = .high
      display.alarm = UInt8(truncatingIfNeeded: verdict.objections.bits.trailingZeroBitCount)
    }
    if verdict.objections.contains(.annunciatorFault) { buzzer = .high }
  }
}
