import PumpHAL

/// An actuator frame as it goes over the wire: 23 bytes, and 32 more with a journal entry.
///
/// It is the canonical encoding less two bytes (permits, lamp and buzzer share one, and the frame
/// type says whether a journal entry follows), so that the longest one fits 64 bytes exactly.
public struct ActuatePayload: Equatable, Sendable {
  /// What is sent.
  public var frame: ActuatorFrame
  /// To be sent.
  @inlinable public init(_ frame: ActuatorFrame) { self.frame = frame }

  /// The frame type that carries it.
  @inlinable public var type: FrameType { frame.journal == nil ? .actuate : .actuateAndWrite }

  /// Appends the frame.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(frame.targetSteps)
    sink.put(frame.stepRateBound)
    let permits: UInt8 =
      (frame.isControllerPermitting ? 1 : 0) | (frame.isMonitorPermitting ? 2 : 0)
    sink.put(permits | frame.lamp.rawValue << 2 | frame.buzzer.rawValue << 5)
    sink.put(frame.display.screenAndFlags)
    sink.put(frame.display.alarm)
    sink.put(frame.display.rate)
    sink.put(frame.display.minutesLeft)
    sink.put(frame.flowRate)
    if let journal = frame.journal { journal.encode(to: &sink) }
  }

  /// Reads a frame of the given type.
  @inlinable public init<Source: CanonicalSource>(type: FrameType, from source: inout Source) {
    var frame = ActuatorFrame()
    frame.targetSteps = source.takeInt64()
    frame.stepRateBound = source.take32()
    let packed = source.take8()
    frame.isControllerPermitting = packed & 1 != 0
    frame.isMonitorPermitting = packed & 2 != 0
    if let lamp = Lamp(rawValue: packed >> 2 & 7), let buzzer = Buzzer(rawValue: packed >> 5) {
      frame.lamp = lamp
      frame.buzzer = buzzer
    } else {
      source.fail()
    }
    if !frame.display.takeScreenAndFlags(source.take8()) { source.fail() }
    frame.display.alarm = source.take8()
    frame.display.rate = source.take16()
    frame.display.minutesLeft = source.take16()
    frame.flowRate = source.take32()
    if type == .actuateAndWrite { frame.journal = JournalEntry(from: &source) }
    self.frame = frame
  }
}
