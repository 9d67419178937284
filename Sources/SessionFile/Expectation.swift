import PumpHAL

/// What must have held at the end of a session.
public struct Expectation: Equatable, Sendable {
  /// The line of the file that says so, from 1.
  public var line: Int
  /// As a person reads it.
  public var text: String
  /// What is expected.
  public var kind: ExpectationKind
  /// An expectation.
  public init(line: Int, text: String, kind: ExpectationKind) {
    self.line = line
    self.text = text
    self.kind = kind
  }
}

/// Which alarms an expectation speaks of.
public enum AlarmSelection: Equatable, Sendable {
  /// This one.
  case named(AlarmID)
  /// Any of this priority or a higher one.
  case atLeast(AlarmPriority)
}

/// Which side of a value an observation must be on.
public enum Side: String, Sendable, CaseIterable {
  /// Less than the value.
  case below
  /// More than the value.
  case above
}

/// What can be expected of a session.
public enum ExpectationKind: Equatable, Sendable {
  /// The alarm is raised at or after `after`, and no later than `within` after that.
  case alarm(AlarmID, after: Ticks, within: Ticks?)
  /// No such alarm is raised from `after` on, for `within`, or to the end.
  case noAlarm(AlarmSelection, after: Ticks, within: Ticks?)
  /// What ran into the tissue after an occlusion was cleared and before delivery went on.
  case postOcclusionBolus(Side, Volume)
  /// Mass that the pump accounts for, of a drug by its id; of the leading one where it is nil.
  case dispensed(Mass, tolerance: Mass, drug: String? = nil)
  /// Mass that reached the tissue, of a drug likewise.
  case infused(Mass, tolerance: Mass, drug: String? = nil)
  /// Plasma concentration of a drug likewise, in ng/mL: `below` at every time, `above` at some time.
  case plasma(Side, nanogramsPerMillilitre: Double, drug: String? = nil)
  /// The mode in which the pump is at the end.
  case ends(PumpMode)
  /// Boluses granted.
  case bolusesGranted(UInt32)
  /// Boluses denied.
  case bolusesDenied(UInt32)
  /// Time from each reported reaction to the end of delivery.
  case reactionToStop(below: Ticks)
}
