import PumpHAL
import PumpPlant

/// Something that happens at a time.
public struct SessionEvent: Equatable, Sendable {
  /// When: ticks after the programme was first started.
  public var at: Ticks
  /// The line of the file that says so, from 1.
  public var line: Int
  /// What happens.
  public var kind: SessionEventKind
  /// An event.
  public init(at: Ticks, line: Int, kind: SessionEventKind) {
    self.at = at
    self.line = line
    self.kind = kind
  }
}

/// What happens at an event.
public enum SessionEventKind: Equatable, Sendable {
  /// A fault appears in the world.
  case inject(Fault)
  /// A fault is mended.
  case clear(FaultKind)
  /// Somebody operates the pump.
  case operate(OperatorCommand)
  /// Somebody stops the pump, fits another syringe, confirms it and starts again.
  case changeSyringe(SyringeChange)
}
