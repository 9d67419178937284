// What a session shows of the requirements on boluses and dose caps.

import Catalogue
import PumpHAL
import Text
import Vocabulary

extension EvidenceRules {
  func boluses() -> [RequirementEvidence] {
    notInThisState() + lockout() + count() + everyRequest() + basalSetting() + clinicianOnly()
      + cap()
      + capReached()
  }

  private var requests: [ActionStory] { actions { $0.command.action == .requestBolus } }

  private func notInThisState() -> [RequirementEvidence] {
    requests.filter { $0.result == .refusedMode || $0.result == .refusedAlarm }.map {
      RequirementEvidence(
        "R-020", "a patient bolus only while the pump runs, without alarm or priming", at: $0.tick,
        "\($0.result.text) (\($0.before.mode.name))", isMet: !$0.after.isDelivering)
    }
  }

  private func lockout() -> [RequirementEvidence] {
    guard let lockout = story.prescription?.patientBolus?.lockout.count else { return [] }
    return requests.filter { $0.result == .refusedLockout }.compactMap { request in
      guard
        let last = requests.last(where: { $0.result == .accepted && $0.tick < request.tick })
      else { return nil }
      let age = request.tick - last.tick
      let hasLostPower = story.powers.contains { $0.tick > last.tick && $0.tick < request.tick }
      return RequirementEvidence(
        "R-021", "no patient bolus within the lockout, which outlives a loss of power",
        at: request.tick,
        "denied \(text(age)) after the bolus at \(text(last.tick)); the lockout is \(text(lockout))"
          + (hasLostPower ? "; power was lost in between" : ""),
        isMet: age < lockout)
    }
  }

  private func count() -> [RequirementEvidence] {
    guard let maximum = story.prescription?.patientBolus?.maximumPerHour else { return [] }
    return requests.filter { $0.result == .refusedCount }.map { request in
      let granted = requests.filter {
        $0.result == .accepted && $0.tick < request.tick && $0.tick > request.tick - 360_000
      }.count
      return RequirementEvidence(
        "R-022", "boluses per hour are limited", at: request.tick,
        "denied: \(granted) granted in the hour before, \(maximum) allowed",
        isMet: granted >= Int(maximum))
    }
  }

  private func everyRequest() -> [RequirementEvidence] {
    guard let first = requests.first else { return [] }
    let granted = requests.filter { $0.result == .accepted }.count
    let silent = requests.filter { $0.result == .none }.count
    return [
      RequirementEvidence(
        "R-024", "every request for a bolus is recorded as granted or denied, with the reason",
        at: first.tick,
        "requests from here on: \(requests.count), of which \(granted) granted, "
          + "\(requests.count - granted - silent) denied with a reason",
        isMet: silent == 0)
    ]
  }

  private func basalSetting() -> [RequirementEvidence] {
    requests.filter { $0.result == .accepted }.prefix(1).compactMap { request in
      guard let before = story.series.programmeFlow.value(at: request.tick - 1),
        let after = story.series.programmeFlow.points.first(where: {
          $0.tick >= request.tick && $0.value != nil
        })?.value
      else { return nil }
      return RequirementEvidence(
        "R-025", "a bolus does not change the basal setting", at: request.tick,
        "programme at \(flow(before)) before and \(flow(after)) after the grant",
        isMet: abs(before - after) < 1e-6)
    }
  }

  private func clinicianOnly() -> [RequirementEvidence] {
    actions {
      if case .clinicianBolus = $0.command.action { $0.result == .refusedRole } else { false }
    }.map {
      RequirementEvidence(
        "R-027", "a clinician bolus needs a clinician", at: $0.tick,
        "\($0.command.role.name): \($0.result.text)")
    }
  }

  private func cap() -> [RequirementEvidence] {
    requests.filter { $0.result == .refusedDoseCap }.flatMap { request in
      let caps = (story.prescription?.caps ?? []).map {
        "\(DecimalText.trimmed(Double($0.cap.nanograms) / 1e6, decimals: 3)) mg per \($0.window.name)"
      }.joined(separator: ", ")
      return [
        RequirementEvidence(
          "R-028", "limits are in mass, per 1 h, 4 h and 24 h", at: request.tick,
          "a bolus was denied by a cap; caps: \(caps)"),
        RequirementEvidence(
          "R-031", "a bolus that would pass a cap, with the basal that follows, is not granted",
          at: request.tick, request.result.text, isMet: !request.after.isBolusBegun(request.before)),
      ]
    }
  }

  private func capReached() -> [RequirementEvidence] {
    story.alarms.filter { $0.id == .doseCapReached }.map { alarm in
      let mode = story.mode(at: alarm.span.from)
      return RequirementEvidence(
        "R-032", "a basal that reaches a cap raises ALM20 and stops or goes to keep-open",
        at: alarm.span.from, "ALM20, mode \(mode.name)",
        isMet: mode == .alarmStop || mode == .keepOpen)
    }
  }
}

extension PumpMoment {
  /// Whether more flows than before.
  fileprivate func isBolusBegun(_ before: PumpMoment) -> Bool {
    flowMillilitresPerHour > before.flowMillilitresPerHour
  }
}

extension SessionStory {
  /// The mode in a tick.
  func mode(at tick: Int64) -> PumpMode {
    modes.last { $0.tick <= tick }?.mode ?? .off
  }
}
