// What is told to the hardware, made of what both channels say.

import PumpHAL

extension ActuatorFrame {
  /// What both channels together tell the hardware.
  ///
  /// The controller's frame, with the monitor's permit; the monitor's write to the memory in the
  /// ticks that the controller leaves to it; and while the monitor objects, lamp and buzzer of a
  /// high-priority alarm, because a controller that has gone wrong cannot be asked to tell of it. A red
  /// lamp whose sound the controller withholds sounds because the monitor objects to that.
  @inlinable @inline(__always)
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
