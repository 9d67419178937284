// What a file may not ask for although every value in it is well written.

import Catalogue
import PumpHAL
import Text
import Vocabulary

/// A soft limit that is passed, and where.
struct SoftExcess {
  var limit: SoftLimit
  /// The second drug's id, where it is the one; nil for the leading one.
  var drug: String?
  var place: Place
  var text: String
}

extension Reading {
  /// Checks all that has been understood; notes what cannot be.
  func check(_ draft: Draft) -> [SoftExcess] {
    var excesses: [SoftExcess] = []
    if let occlusion = draft.occlusion, let pump = draft.pump {
      checkOcclusion(draft, occlusion, pump)
    }
    checkFaults(draft)
    if let end = draft.plannedEnd {
      checkTimes(draft, end)
    }
    checkMixture(draft)
    if let course = SyringeCourse(draft) {
      checkReservoir(draft, course)
      if let pump = draft.pump { checkFlows(draft, course, pump) }
      if let indication = draft.indication {
        excesses += checkLibrary(draft, course, indication)
        checkCaps(draft, course, indication)
      }
      if let second = draft.second, let indication = second.indication {
        excesses += checkLibrary(draft, course.ofSecond, indication, of: second)
        checkCaps(draft, course.ofSecond, indication, of: second)
      }
    } else if let indication = draft.indication, let concentration = draft.concentration {
      excesses += checkConcentration(concentration, indication)
    }
    checkConfirmations(draft, excesses)
    return excesses
  }

  /// Every soft limit passed needs its confirmation, and every confirmation something to confirm.
  private func checkConfirmations(_ draft: Draft, _ excesses: [SoftExcess]) {
    let confirmed = draft.confirmations ?? []
    let leading = draft.drug?.id
    var told: Set<String> = []
    for excess in excesses
    where !confirmed.contains(where: { $0.value.confirms(excess, leading: leading) }) {
      let name = excess.limit.rawValue + (excess.drug.map { ", drug: \($0)" } ?? "")
      guard told.insert(name).inserted else { continue }
      note(
        excess.place, excess.text,
        "stay within it, or write `confirm: [ { limit: \(name), by: NAME, reason: WHY } ]`")
    }
    // Where something else is wrong, a limit may only seem not to be passed.
    guard mistakes.isEmpty else { return }
    for confirmation in draft.confirmations ?? []
    where !excesses.contains(where: { confirmation.value.confirms($0, leading: leading) }) {
      note(
        confirmation.place,
        "nothing passes the soft limit `\(confirmation.value.limit.rawValue)`",
        "leave this confirmation out")
    }
  }

  /// The limit has to be reached by drive and force cell with every syringe, with a tenth to spare
  /// for their tolerance, as the pump itself asks.
  private func checkOcclusion(_ draft: Draft, _ limit: Located<Pressure>, _ pump: PumpEntry) {
    var syringes = draft.syringe.map { [$0] } ?? []
    for step in draft.programme ?? [] {
      if case .change(let change) = step.value {
        syringes.append(Located(value: change.syringe, place: step.place))
      }
    }
    for event in draft.events ?? [] {
      if case .changeSyringe(let change) = event.value.kind {
        syringes.append(Located(value: change.syringe, place: event.place))
      }
    }
    for syringe in syringes {
      let force = Prescription.force(at: limit.value, on: syringe.value)
      let least = min(pump.stallForce, pump.forceFullScale).micronewtons
      let reach = Force(micronewtons: least / 10 * 9)
      guard force > reach else { continue }
      let possible = OcclusionLimit.millimetresOfMercury.last {
        Prescription.force(at: OcclusionLimit.pressure($0), on: syringe.value) <= reach
      }
      note(
        syringe.place,
        "\(syringe.value.id) needs \(force.shown) to reach the occlusion limit, "
          + "the pump reaches \(reach.shown)",
        possible.map { "write `occlusion: \($0) mmHg`, or take a smaller syringe" }
          ?? "take a smaller syringe")
    }
  }

  /// Nothing may happen, or be expected, after the end.
  private func checkTimes(_ draft: Draft, _ end: Ticks) {
    let remedy =
      draft.duration == nil
      ? "give an earlier time, or the session a longer `duration`"
      : "give an earlier time, or a longer `duration`"
    for event in draft.events ?? [] {
      // How long set-up and priming take is not known here, so that only the wait counts.
      let before = event.value.origin == .start ? .zero : draft.startAfter ?? .zero
      guard event.value.at > before + end else { continue }
      // The syringe is disposed of after the end; without a `duration` the session waits for it.
      if case .dispose = event.value.kind, draft.duration == nil {
        if event.value.at <= end + Ticks(count: 8_640_000) { continue }
        note(
          event.place,
          "the disposal at \(event.value.at.shown) comes more than 24 h after the end at "
            + "\(end.shown)", "give an earlier time")
        continue
      }
      note(
        event.place,
        "the event at \(event.value.at.shown) comes after the end at \(end.shown)", remedy)
    }
    for expectation in draft.expectations ?? [] {
      guard
        case .alarm(_, let after, _) = expectation.value.kind, after > end
      else { continue }
      note(
        expectation.place,
        "an alarm is expected after \(after.shown), the end is at \(end.shown)", remedy)
    }
  }
}

extension Prescription {
  /// The thrust for `pressure` behind the plunger of `syringe`, friction included, rounded up.
  static func force(at pressure: Pressure, on syringe: SyringeEntry) -> Force {
    // 1 µm² · 1 Pa = 10^-6 µN.
    let product = Int128(syringe.boreArea.squareMicrometres) * Int128(pressure.pascals)
    return Force(
      micronewtons: Ratio(product, 1_000_000).ceiling + syringe.friction.micronewtons)
  }
}

extension Force {
  /// In N, to 0.1 N.
  var shown: String { DecimalText.exact(rawValue, digits: 6, shown: 1) + " N" }
}

extension SoftLimitConfirmation {
  /// Whether it is this limit of this drug that it confirms; `leading` is the leading drug's id.
  func confirms(_ excess: SoftExcess, leading: String?) -> Bool {
    limit == excess.limit && (drug == leading ? nil : drug) == excess.drug
  }
}

extension Draft {
  /// When the session ends at the latest while nothing interrupts it, from the start.
  var plannedEnd: Ticks? {
    if let duration { return duration }
    guard let programme else { return nil }
    return programme.reduce(.zero) { sum, step in
      switch step.value {
      case .phase(let phase): sum + phase.duration
      case .change(let change): sum + change.delay
      }
    }
  }
}
