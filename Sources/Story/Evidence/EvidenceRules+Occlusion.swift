// What a session shows of the requirements on occlusion.

import Catalogue
import PumpHAL
import Text
import Vocabulary

extension EvidenceRules {
  func occlusions() -> [RequirementEvidence] {
    threshold() + prediction() + postOcclusionBolus() + restart()
  }

  private var alarmsOfOcclusion: [AlarmStory] {
    story.alarms.filter { $0.id == .downstreamOcclusion }
  }

  private func threshold() -> [RequirementEvidence] {
    guard let limit = story.prescription?.occlusionLimitMmHg, limit > 0 else { return [] }
    return alarmsOfOcclusion.compactMap { alarm in
      guard let pressure = alarm.pressureMmHg else { return nil }
      let tolerance = max(0.15 * limit, 50)
      return RequirementEvidence(
        "R-040", "the occlusion alarm comes within 15 % or 50 mmHg of its limit",
        at: alarm.span.from,
        "alarm at \(whole(pressure)) mmHg as the pump estimates it; limit \(whole(limit)) mmHg",
        isMet: abs(pressure - limit) <= tolerance)
    }
  }

  private func prediction() -> [RequirementEvidence] {
    story.blockages.compactMap { blocked in
      let begin = blocked.span.from
      let seconds = blocked.predictedTimeToAlarm_s
      guard seconds > 0,
        let alarm = alarmsOfOcclusion.first(where: { $0.span.from > begin })
      else { return nil }
      if let cleared = blocked.span.to, cleared < alarm.span.from { return nil }
      let measured = Double(alarm.span.from - begin) / Double(ticksPerSecond)
      let ratio = measured / Double(seconds)
      return RequirementEvidence(
        "R-042", "predicted and measured time to the occlusion alarm agree within 30 %",
        at: alarm.span.from,
        "predicted \(text(Int64(seconds) * ticksPerSecond)), measured "
          + "\(text(alarm.span.from - begin))", isMet: ratio >= 0.7 && ratio <= 1.3)
    }
  }

  private func postOcclusionBolus() -> [RequirementEvidence] {
    guard let concentration = story.syringes.last?.milligramsPerMillilitre, concentration > 0,
      !story.series.infused.isEmpty
    else { return [] }
    return story.blockages.compactMap(\.span.to).compactMap { cleared in
      guard let alarm = alarmsOfOcclusion.last(where: { $0.span.from < cleared }),
        let start = actions({
          $0.command.action == .start && $0.result == .accepted && $0.tick > cleared
        }).first,
        let before = story.series.infused.value(at: cleared),
        let after = story.series.infused.value(at: start.tick)
      else { return nil }
      let millilitres = (after - before) / concentration
      return RequirementEvidence(
        "R-043", "after an occlusion at most 0.2 mL runs into the patient (0.5 mL absolute)",
        at: cleared,
        "\(DecimalText.fixed(millilitres, decimals: 3)) mL from here to the start at "
          + "\(text(start.tick)); the alarm was at \(text(alarm.span.from))",
        isMet: millilitres <= 0.2)
    }
  }

  private func restart() -> [RequirementEvidence] {
    alarmsOfOcclusion.compactMap { alarm in
      guard
        let start = actions({
          $0.command.action == .start && $0.result == .accepted && $0.tick > alarm.span.from
        }).first
      else { return nil }
      let isAcknowledged = story.actions.contains {
        $0.command.action == .acknowledge && $0.result == .accepted && $0.tick > alarm.span.from
          && $0.tick <= start.tick
      }
      let flowed = story.series.flow.range(from: alarm.span.from + 1, to: start.tick - 1)
      let isStill = (flowed?.upperBound ?? 0) <= 0
      return RequirementEvidence(
        "R-045", "after an occlusion only an operator starts again", at: start.tick,
        "nothing was delivered from the alarm at \(text(alarm.span.from)) until "
          + "\(start.command.role.name) started", isMet: isAcknowledged && isStill)
    }
  }

  private func whole(_ value: Double) -> String { DecimalText.fixed(value, decimals: 0) }
}
