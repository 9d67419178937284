import PumpHAL
import PumpPlant

/// Something that happens at a time.
public struct SessionEvent: Equatable, Sendable {
  /// When: ticks after `origin`.
  public var at: Ticks
  /// What `at` counts from.
  public var origin = EventOrigin.start
  /// The line of the file that says so, from 1.
  public var line: Int
  /// What happens.
  public var kind: SessionEventKind
  /// The access code that the operator enters just before; nil where none is entered.
  public var code: UInt32?
  /// An event.
  public init(at: Ticks, line: Int, kind: SessionEventKind, code: UInt32? = nil) {
    self.code = code
    self.at = at
    self.line = line
    self.kind = kind
  }
}

/// What the time of an event counts from.
public enum EventOrigin: String, Sendable, CaseIterable {
  /// The first start of the programme.
  case start
  /// The first power-on: what happens while the pump is set up, waits or primes.
  case powerOn = "power-on"
}

/// What happens at an event.
public enum SessionEventKind: Equatable, Sendable {
  /// A fault appears in the world; it ends by itself after `lasting`, or lasts until it is cleared.
  case inject(Fault, lasting: Ticks? = nil)
  /// Faults are mended.
  case clear(FaultSelection)
  /// Somebody operates the pump.
  case operate(OperatorCommand)
  /// Somebody stops the pump, fits another syringe, confirms it and starts again.
  case changeSyringe(SyringeChange)
  /// What is left in the syringe is measured and disposed of before two people.
  case dispose(Disposal)
}

/// What was found in a syringe when it was disposed of: no command to the pump, a line in the account.
public struct Disposal: Equatable, Sendable {
  /// Who disposed of it.
  public var role: Role
  /// What was in the syringe, dead space included.
  public var found: DisposedAmount
  /// The two people who saw it, by name, initials or role.
  public var witnesses: [String]
  /// A disposal.
  public init(role: Role, found: DisposedAmount, witnesses: [String]) {
    self.role = role
    self.found = found
    self.witnesses = witnesses
  }
}

/// An amount as it was measured.
public enum DisposedAmount: Equatable, Sendable {
  /// A volume, read on the scale or in a measure.
  case volume(Volume)
  /// A mass of drug, as an assay gives it.
  case mass(Mass)
}
