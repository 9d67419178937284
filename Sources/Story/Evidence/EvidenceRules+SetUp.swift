// What a session shows of the requirements on set-up and roles.

import PumpHAL
import Text
import Vocabulary

extension EvidenceRules {
  func setUpAndTitration() -> [RequirementEvidence] {
    outOfRange() + unchangedBasal() + twoActions() + roles() + softLimits() + priming()
      + primingIsNoDose()
  }

  private func outOfRange() -> [RequirementEvidence] {
    actions { $0.result == .refusedRange }.map {
      RequirementEvidence(
        "R-001", "values outside their range are rejected", at: $0.tick,
        "\($0.command.action.name): \($0.result.text)")
    }
  }

  private func unchangedBasal() -> [RequirementEvidence] {
    story.titrations.compactMap { titration in
      guard case .confirmed(let tick) = titration.outcome, let before = titration.flowBefore,
        let after = titration.flowAfter, before > 0, after > 0
      else { return nil }
      let isUnchanged = titration.isFlowUnchangedMeanwhile
      return RequirementEvidence(
        "R-005", "basal goes on unchanged until a new rate is confirmed", at: tick,
        isUnchanged
          ? "\(flow(before)) in every tick from the proposal at \(text(titration.proposedTick)) to "
            + "the confirmation, then \(flow(after))"
          : "the flow changed between the proposal at \(text(titration.proposedTick)) and the "
            + "confirmation",
        isMet: isUnchanged)
    }
  }

  private func twoActions() -> [RequirementEvidence] {
    story.titrations.compactMap { titration in
      guard case .confirmed(let tick) = titration.outcome, tick > titration.proposedTick else {
        return nil
      }
      return RequirementEvidence(
        "R-100", "a change of rate takes two actions, and old and new are recorded", at: tick,
        "proposed at \(text(titration.proposedTick)), confirmed \(seconds(tick - titration.proposedTick)) "
          + "later")
    }
  }

  private func roles() -> [RequirementEvidence] {
    actions { [.refusedRole, .refusedCode, .refusedLocked].contains($0.result) }.map {
      RequirementEvidence(
        "R-103", "each role can do only what belongs to it, and only with its code", at: $0.tick,
        "\($0.command.role.name): \($0.command.action.name) \($0.result.text)")
    }
  }

  private func softLimits() -> [RequirementEvidence] {
    story.events.filter { $0.kind == "soft-limit" && $0.outcome == "confirmed" }.map {
      RequirementEvidence(
        "R-104", "a soft limit is passed only with a name and a reason, which are recorded",
        at: $0.tick, "\($0.name), by \($0.role ?? "somebody"): \($0.text ?? "")",
        isMet: $0.role != nil && $0.text != nil)
    }
      + actions { $0.result == .refusedSoftLimit }.map {
        RequirementEvidence(
          "R-104", "a soft limit is passed only with a name and a reason, which are recorded",
          at: $0.tick, "\($0.command.action.name): \($0.result.text)")
      }
  }

  private func priming() -> [RequirementEvidence] {
    actions { if case .prime = $0.command.action { true } else { false } }.compactMap { action in
      guard case .prime(let volume, let isDisconnected) = action.command.action else { return nil }
      let millilitres = Double(volume.picolitres) / 1e9
      let amount = "\(DecimalText.trimmed(millilitres, decimals: 3)) mL"
      let statement = "priming only when stated not connected, at most 3 mL, recorded"
      if action.result != .accepted {
        return RequirementEvidence(
          "R-066", statement, at: action.tick, "\(amount): \(action.result.text)")
      }
      return RequirementEvidence(
        "R-066", statement, at: action.tick,
        "\(amount), stated \(isDisconnected ? "not connected" : "connected")",
        isMet: isDisconnected && millilitres <= 3)
    }
  }

  private func primingIsNoDose() -> [RequirementEvidence] {
    guard let start = story.startTick, let first = story.syringes.first, first.primingSteps > 0,
      let dispensed = story.series.dispensed.value(at: start)
    else { return [] }
    let primed = first.millilitres(first.primingSteps)
    return [
      RequirementEvidence(
        "R-065", "priming is not counted as the patient's volume", at: start,
        "\(DecimalText.fixed(primed, decimals: 3)) mL primed, "
          + "\(DecimalText.fixed(dispensed, decimals: 3)) mg counted as dispensed",
        isMet: dispensed < 0.001 * primed * first.milligramsPerMillilitre)
    ]
  }
}
