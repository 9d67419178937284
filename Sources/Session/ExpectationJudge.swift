// Whether what a session file expects has held.

import Catalogue
import PumpHAL
import SessionFile
import Text
import Vocabulary

/// What a session is judged by, once it is over.
struct Evidence {
  /// The tick of the programme's start; nil if it was never started.
  var startTick: Int64?
  /// The last tick.
  var endTick: Int64
  var alarms: [AlarmEpisode]
  var finalMode: PumpMode
  var dispensed: Mass
  /// Mass that reached the tissue, mg; nil where nobody can know.
  var infused_mg: Double?
  var meters: SessionMeters
  /// Whether there is a world whose truth can be asked.
  var hasTruth: Bool
  /// Whether the world follows the drug into the plasma.
  var hasPlasma: Bool
  /// The second drug of a mixture; nil where there is none.
  var second: SecondDrugEvidence?
}

/// What the second drug of a mixture is judged by.
struct SecondDrugEvidence {
  /// Its id, by which expectations name it.
  var drug: String
  var dispensed: Mass
  /// Mass that reached the tissue, mg; nil where nobody can know.
  var infused_mg: Double?
  /// Whether the world follows it into the plasma.
  var hasPlasma: Bool
}

/// Judges expectations on evidence.
struct ExpectationJudge {
  let evidence: Evidence

  private static let unavailable = "not available on this hardware"

  func judge(_ expectation: Expectation) -> ExpectationFinding {
    let (held, observed) = finding(expectation.kind)
    return ExpectationFinding(
      text: expectation.text, held: held, observed: observed, line: expectation.line)
  }

  private func finding(_ kind: ExpectationKind) -> (Bool, String) {
    switch kind {
    case .alarm(let id, let after, let within): alarm(id, after, within)
    case .noAlarm(let selection, let after, let within): noAlarm(selection, after, within)
    case .postOcclusionBolus(let side, let limit): postOcclusionBolus(side, limit)
    case .dispensed(let mass, let tolerance, let drug):
      amount((second(drug)?.dispensed ?? evidence.dispensed).milligrams, mass, tolerance)
    case .infused(let mass, let tolerance, let drug):
      infused(drug).map { amount($0, mass, tolerance) } ?? (false, Self.unavailable)
    case .plasma(let side, let limit, let drug): plasma(side, limit, drug)
    case .ends(let mode): (evidence.finalMode == mode, "ended \(evidence.finalMode.name)")
    case .bolusesGranted(let count):
      (evidence.meters.bolusesGranted == count, "\(evidence.meters.bolusesGranted) granted")
    case .bolusesDenied(let count):
      (evidence.meters.bolusesDenied == count, "\(evidence.meters.bolusesDenied) denied")
    case .reactionToStop(let limit): reactionToStop(limit)
    }
  }

  /// The evidence of the second drug, where it is the one that is named.
  private func second(_ drug: String?) -> SecondDrugEvidence? {
    guard let second = evidence.second, second.drug == drug else { return nil }
    return second
  }

  private func infused(_ drug: String?) -> Double? {
    guard let second = second(drug) else { return evidence.infused_mg }
    return second.infused_mg
  }

  /// The window of an expectation in session ticks; nil if the programme was never started.
  private func window(_ after: Ticks, _ within: Ticks?) -> ClosedRange<Int64>? {
    guard let start = evidence.startTick else { return nil }
    let from = start + after.count
    let end = within.map { from + $0.count } ?? Int64.max
    return from...end
  }

  private func alarm(_ id: AlarmID, _ after: Ticks, _ within: Ticks?) -> (Bool, String) {
    guard let window = window(after, within) else { return (false, "programme never started") }
    let raised = evidence.alarms.filter { $0.id == id }.map(\.raised)
    if let hit = raised.first(where: window.contains) {
      return (true, "raised \(Self.time(hit - window.lowerBound)) after")
    }
    guard let other = raised.last else { return (false, "not raised") }
    let offset = other - window.lowerBound
    let when = offset < 0 ? "\(Self.time(-offset)) before" : "\(Self.time(offset)) after"
    return (false, "raised \(when)")
  }

  private func noAlarm(
    _ selection: AlarmSelection, _ after: Ticks, _ within: Ticks?
  ) -> (Bool, String) {
    guard let window = window(after, within) else { return (false, "programme never started") }
    let standing = evidence.alarms.filter { episode in
      let matches =
        switch selection {
        case .named(let id): episode.id == id
        case .atLeast(let priority): episode.id.rule.priority >= priority
        }
      return matches && window.contains(episode.raised)
    }
    guard let first = standing.first, let start = evidence.startTick else { return (true, "none") }
    return (false, "\(first.id.name) at \(Self.time(first.raised - start))")
  }

  private func postOcclusionBolus(_ side: Side, _ limit: Volume) -> (Bool, String) {
    guard evidence.hasTruth else { return (false, Self.unavailable) }
    guard let bolus = evidence.meters.postOcclusionBolus_uL else {
      return (false, "no occlusion was cleared")
    }
    let limit_uL = Double(limit.picolitres) / 1e6
    let observed = "\(DecimalText.fixed(bolus / 1000, decimals: 3)) mL"
    return (side == .below ? bolus < limit_uL : bolus > limit_uL, observed)
  }

  private func amount(_ observed_mg: Double, _ mass: Mass, _ tolerance: Mass) -> (Bool, String) {
    let held = abs(observed_mg - mass.milligrams) <= tolerance.milligrams
    let deviation = (observed_mg / mass.milligrams - 1) * 100
    let sign = deviation < 0 ? "" : "+"
    var observed = "\(DecimalText.fixed(observed_mg, decimals: 2)) mg"
    if mass > .zero { observed += " (\(sign)\(DecimalText.fixed(deviation, decimals: 2)) %)" }
    return (held, observed)
  }

  private func plasma(_ side: Side, _ limit: Double, _ drug: String?) -> (Bool, String) {
    guard evidence.hasTruth else { return (false, Self.unavailable) }
    let second = second(drug)
    let meter = second == nil ? evidence.meters.plasmaMax : evidence.meters.secondPlasmaMax
    guard second?.hasPlasma ?? evidence.hasPlasma, let highest = meter else {
      return (false, "no pharmacokinetics for this drug")
    }
    let observed = "highest \(DecimalText.fixed(highest, decimals: 1)) ng/mL"
    return (side == .below ? highest < limit : highest > limit, observed)
  }

  private func reactionToStop(_ limit: Ticks) -> (Bool, String) {
    let times = evidence.meters.reactionsToStop
    if times.isEmpty { return (false, "no reaction was reported") }
    let known = times.compactMap { $0 }
    if known.count < times.count { return (false, "delivery went on") }
    let longest = known.max() ?? 0
    return (longest < limit.count, "\(DecimalText.fixed(Double(longest) / 100, decimals: 2)) s")
  }

  private static func time(_ ticks: Int64) -> String {
    TimeText.duration(seconds: Double(ticks) / Double(ticksPerSecond))
  }
}
