// What a session shows of the requirements on alarms.

import Catalogue
import PumpHAL
import Vocabulary

extension EvidenceRules {
  func alarms() -> [RequirementEvidence] {
    raised(.syringeMismatch, "R-061", "the syringe seen has to be the syringe confirmed")
      + raised(.driveFault, "R-062", "commanded against actual motion raises ALM07")
      + nearEnd() + audioPause() + acknowledge() + annunciation()
      + raised(.unacknowledged, "R-074", "a high-priority alarm that nobody answers raises ALM32")
      + raised(.programmingIncomplete, "R-102", "what is left half entered is reminded of")
      + raised(.libraryInvalid, "R-104", "a programme for another drug library is not started")
      + raised(.keyStuck, "R-107", "a stuck key is told of and not obeyed")
      + raised(.pausedTooLong, "R-079", "a pause that lasts is reminded of")
  }

  /// A protection that showed itself by its alarm.
  private func raised(
    _ id: AlarmID, _ requirement: String, _ statement: String
  ) -> [RequirementEvidence] {
    story.alarms.filter { $0.id == id }.map {
      RequirementEvidence(
        requirement, statement, at: $0.span.from,
        "\(id.code), mode \(story.mode(at: $0.span.from).name)")
    }
  }

  private func nearEnd() -> [RequirementEvidence] {
    story.alarms.filter { $0.id == .nearEnd }.compactMap { alarm in
      guard
        let end = story.modes.first(where: {
          $0.tick > alarm.span.from && ($0.mode == .complete || $0.mode == .awaitingSyringe)
        })
      else { return nil }
      return RequirementEvidence(
        "R-064", "the near end is told before the end", at: alarm.span.from,
        "ALM23 \(text(end.tick - alarm.span.from)) before \(end.mode.name)")
    }
  }

  private func audioPause() -> [RequirementEvidence] {
    story.audioPauses.compactMap { pause in
      guard let back = pause.to else { return nil }
      return RequirementEvidence(
        "R-072", "an audio pause lasts at most 120 s", at: back,
        "sound is back \(seconds(back - pause.from)) after the pause",
        isMet: back - pause.from <= 120 * ticksPerSecond)
    }
  }

  private func acknowledge() -> [RequirementEvidence] {
    actions { $0.command.action == .acknowledge && $0.result == .accepted }.flatMap { action in
      AlarmID.allCases.filter {
        $0.rule.priority == .high && action.before.conditions.contains($0)
          && action.before.signals.contains($0)
      }.map { id in
        RequirementEvidence(
          "R-073", "a high-priority alarm cannot be cleared while its cause persists",
          at: action.tick, "\(id.code) acknowledged while its cause stood",
          isMet: action.after.signals.contains(id) || !action.after.conditions.contains(id))
      }
    }
  }

  private func annunciation() -> [RequirementEvidence] {
    let high = story.alarms.filter { $0.id.rule.priority == .high && $0.conditionTick != nil }
    func delay(_ alarm: AlarmStory) -> Int64 {
      alarm.span.from - (alarm.conditionTick ?? alarm.span.from)
    }
    guard let slowest = high.max(by: { delay($0) < delay($1) }) else { return [] }
    return [
      RequirementEvidence(
        "R-077", "a high-priority condition is signalled within 1 s", at: slowest.span.from,
        "\(high.count) high-priority alarms; the slowest, \(slowest.id.code), was signalled "
          + "\(seconds(delay(slowest))) after its condition",
        isMet: delay(slowest) <= ticksPerSecond && high.allSatisfy(\.isLampHigh))
    ]
  }
}
