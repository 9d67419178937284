// What a session shows of the requirements on loss of power.

import Catalogue
import PumpHAL

extension EvidenceRules {
  func power() -> [RequirementEvidence] { selfTest() + batteryWarning() + resumption() }

  func motion() -> [RequirementEvidence] { stops() + reactions() + twoChannels() }

  private func selfTest() -> [RequirementEvidence] {
    story.powers.compactMap { power in
      guard let end = power.selfTestEndTick else { return nil }
      return RequirementEvidence(
        "R-080", "the self test takes at most 70 s, and nothing moves in it", at: end,
        "\(seconds(end - power.tick)) after power-on"
          + (power.hasMovedInSelfTest ? "; the motor was told to move" : "; nothing moved"),
        isMet: end - power.tick <= 7000 && !power.hasMovedInSelfTest)
    }
  }

  private func batteryWarning() -> [RequirementEvidence] {
    story.alarms.filter { $0.id == .batteryDepleted }.compactMap { depleted in
      let warning = story.alarms.last { $0.id == .batteryLow && $0.span.from < depleted.span.from }
      guard let warning else {
        return RequirementEvidence(
          "R-091", "a low battery is told at least 30 min before it is depleted",
          at: depleted.span.from, "depleted without a warning", isMet: false)
      }
      let ahead = depleted.span.from - warning.span.from
      return RequirementEvidence(
        "R-091", "a low battery is told at least 30 min before it is depleted",
        at: warning.span.from, "ALM22 \(text(ahead)) before ALM11", isMet: ahead >= 180_000)
    }
  }

  private func resumption() -> [RequirementEvidence] {
    story.powers.dropFirst().compactMap { power in
      guard let asked = power.askedTick else { return nil }
      let isHeld =
        power.firstMotionTick.map { motion in
          power.startedTick.map { motion >= $0 } ?? false
        } ?? true
      return RequirementEvidence(
        "R-106", "after an interruption the pump asks, and never starts by itself", at: asked,
        power.startedTick.map { "asked; nothing moved before somebody started at \(text($0))" }
          ?? "asked; nobody started", isMet: isHeld)
    }
  }

  private func stops() -> [RequirementEvidence] {
    actions { $0.command.action == .stop && $0.result == .accepted && $0.before.isDelivering }.map {
      RequirementEvidence(
        "stop", "a stop ends delivery within its tick", at: $0.tick,
        $0.after.isDelivering
          ? "still delivering \(flow($0.after.flowMillilitresPerHour))"
          : "delivering \(flow($0.before.flowMillilitresPerHour)) in the tick before, nothing in this one",
        isMet: !$0.after.isDelivering)
    }
  }

  private func reactions() -> [RequirementEvidence] {
    story.reactions.filter { $0.wasDelivering && mustStop($0) }.map { reaction in
      RequirementEvidence(
        "reaction", "a reported reaction that the order stops for ends delivery", at: reaction.tick,
        reaction.ticksToStop.map { "delivery ended \(seconds($0)) after the report" }
          ?? "delivery went on", isMet: reaction.ticksToStop != nil)
    }
  }

  /// A severe reaction always stops; others where the order says so.
  private func mustStop(_ reaction: ReactionStory) -> Bool {
    reaction.severity >= 3 || story.prescription?.reactionOrder == .stop
  }

  private func twoChannels() -> [RequirementEvidence] {
    story.withheld.map { withheld in
      RequirementEvidence(
        "R-063", "the motor moves only where both channels permit", at: withheld.span.from,
        withheld.steps == 0
          ? "the monitor held back a motor that the controller permitted; it stood still"
          : "the motor made \(withheld.steps) microsteps without the monitor's permit",
        isMet: withheld.steps == 0)
    }
  }
}
