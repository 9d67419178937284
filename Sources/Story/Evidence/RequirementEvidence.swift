import PumpHAL
import Text

/// A requirement that a session exercised, and the moment in the record that shows it.
///
/// Only what the record itself shows is claimed; a requirement without a moment is not listed at all, and
/// one that was exercised and not met is listed as not met.
public struct RequirementEvidence: Equatable, Sendable {
  /// The requirement's number, `R-040`, or `stop` and `reaction` for the design's two rules without one.
  public var requirement: String
  /// The requirement in short.
  public var statement: String
  /// The moment of the evidence.
  public var tick: Int64
  /// What was observed then.
  public var observed: String
  /// Whether the requirement was met.
  public var isMet: Bool

  init(
    _ requirement: String, _ statement: String, at tick: Int64, _ observed: String,
    isMet: Bool = true
  ) {
    self.requirement = requirement
    self.statement = statement
    self.tick = tick
    self.observed = observed
    self.isMet = isMet
  }

  /// All that a session gives evidence for, by number and then by time.
  public static func of(_ story: SessionStory) -> [RequirementEvidence] {
    let rules = EvidenceRules(story: story)
    let found =
      rules.setUpAndTitration() + rules.boluses() + rules.occlusions() + rules.motion()
      + rules.alarms() + rules.power()
    return found.enumerated().sorted {
      ($0.element.requirement, $0.element.tick, $0.offset)
        < ($1.element.requirement, $1.element.tick, $1.offset)
    }.map(\.element)
  }
}

/// The rules by which a story is evidence; one function for each requirement.
struct EvidenceRules {
  let story: SessionStory

  /// Actions of one kind.
  func actions(_ matches: (ActionStory) -> Bool) -> [ActionStory] { story.actions.filter(matches) }

  func text(_ tick: Int64) -> String { TimeText.duration(hundredths: tick) }

  func flow(_ millilitresPerHour: Double) -> String {
    "\(DecimalText.trimmed(millilitresPerHour, decimals: 3)) mL/h"
  }

  func seconds(_ ticks: Int64) -> String {
    "\(DecimalText.fixed(Double(ticks) / Double(ticksPerSecond), decimals: 2)) s"
  }
}
