// A cell held against its twin, the same session without what the cell is about: what gave the
// difference away, after how long, and how much more or less reached the tissue meanwhile.

import PumpHAL
import Session
import Vocabulary

/// How a cell differs from the cell it is held against.
public struct TwinComparison: Equatable, Sendable {
  /// The number of the other cell.
  public var twin: Int
  /// Session time at which something first happened in one and not in the other, s; nil: never.
  public var parted_s: Double?
  /// What first told of it: an alarm, a refused command or the power-fail tone; nil where nothing did.
  public var found: TwinFinding?
  /// The most that reached the tissue above the twin's, until it was found or else to the end, µL.
  public var over_uL = 0.0
  /// The most that was lacking in the tissue, until it was found or else to the end, µL.
  public var under_uL = 0.0
  /// The most that reached the tissue above the twin's, to the end, µL.
  public var overToEnd_uL = 0.0
}

/// What told of a difference.
public struct TwinFinding: Equatable, Sendable {
  /// The alarm's name, `power-fail-tone`, or the command and why it was refused.
  public var by: String
  /// The alarm's priority; nil for a refusal and for the tone, which no controller gives.
  public var priority: AlarmPriority?
  /// How long after the two parted, s.
  public var after_s: Double
}

/// What has to be kept of a session until it can be compared.
struct TwinEvidence: Sendable {
  var occurrences: [SessionOccurrence]
  var alarms: [AlarmEpisode]
  var course: [InfusedMoment]
  var endTick: Int64

  /// How often what reached the tissue is taken down: every 10 s, and whenever something happens.
  static let period = Ticks(count: 1000)

  init(
    occurrences: [SessionOccurrence], alarms: [AlarmEpisode], course: [InfusedMoment],
    endTick: Int64
  ) {
    self.occurrences = occurrences
    self.alarms = alarms
    self.course = course
    self.endTick = endTick
  }

  init(_ result: SessionResult) {
    occurrences = result.occurrences
    alarms = result.alarms
    course = result.course
    endTick = Int64((result.simulated_s * Double(ticksPerSecond)).rounded())
  }

  /// What had reached the tissue at a tick, µL; between two moments as if the flow were steady.
  func infused(at tick: Int64) -> Double {
    var low = 0
    var high = course.count
    while low < high {
      let middle = (low + high) / 2
      if course[middle].tick <= tick { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    let before = course[low - 1]
    guard low < course.count, course[low].tick > before.tick else { return before.infused_uL }
    let share = Double(tick - before.tick) / Double(course[low].tick - before.tick)
    return before.infused_uL + share * (course[low].infused_uL - before.infused_uL)
  }
}

extension TwinComparison {
  /// An alarm that both have, at most this far apart, says nothing about what differs: 60 s.
  private static let sameMoment: Int64 = 6000

  /// Holds a session against its twin.
  init(_ own: TwinEvidence, against other: TwinEvidence, number: Int) {
    twin = number
    guard let parted = Self.parting(own, other) else { return }
    parted_s = Self.seconds(parted)
    let finding = Self.finding(own, other, from: parted)
    found = finding.map {
      TwinFinding(by: $0.by, priority: $0.priority, after_s: Self.seconds($0.tick - parted))
    }
    let end = finding?.tick ?? Int64.max
    for moment in own.course where moment.tick >= parted {
      let difference = moment.infused_uL - other.infused(at: moment.tick)
      overToEnd_uL = max(overToEnd_uL, difference)
      guard moment.tick <= end else { continue }
      over_uL = max(over_uL, difference)
      under_uL = max(under_uL, -difference)
    }
  }

  private static func seconds(_ ticks: Int64) -> Double { Double(ticks) / Double(ticksPerSecond) }

  /// The tick of the first thing that happened in only one of the two.
  private static func parting(_ own: TwinEvidence, _ other: TwinEvidence) -> Int64? {
    let (a, b) = (own.occurrences, other.occurrences)
    let common = zip(a, b).prefix { $0 == $1 }.count
    switch (common < a.count, common < b.count) {
    case (true, true): return min(a[common].tick, b[common].tick)
    case (true, false): return a[common].tick
    case (false, true): return b[common].tick
    case (false, false): return nil
    }
  }

  private typealias Sign = (tick: Int64, by: String, priority: AlarmPriority?)

  /// The first alarm that the twin has not, the first refusal, or the tone, whichever is first.
  private static func finding(
    _ own: TwinEvidence, _ other: TwinEvidence, from parted: Int64
  ) -> Sign? {
    var first = newAlarm(own, other, from: parted)
    for sign in [newRefusal(own, other, from: parted), newTone(own, other, from: parted)] {
      if let sign, sign.tick < first?.tick ?? .max { first = sign }
    }
    return first
  }

  /// When the power-fail tone began to sound here and not, within a minute of it, in the twin.
  private static func newTone(
    _ own: TwinEvidence, _ other: TwinEvidence, from parted: Int64
  ) -> Sign? {
    var wasSounding = false
    for moment in own.course where moment.tick >= parted {
      defer { wasSounding = moment.isPowerFailToneSounding }
      guard moment.isPowerFailToneSounding, !wasSounding else { continue }
      let isCommon = other.course.contains {
        $0.isPowerFailToneSounding && abs($0.tick - moment.tick) <= sameMoment
      }
      if !isCommon { return (moment.tick, "power-fail-tone", nil) }
    }
    return nil
  }

  /// The first alarm, from low priority up, that is not about when the twin's is.
  private static func newAlarm(
    _ own: TwinEvidence, _ other: TwinEvidence, from parted: Int64
  ) -> Sign? {
    for episode in own.alarms where episode.raised >= parted {
      let priority = episode.id.rule.priority
      guard priority >= .low else { continue }
      let isCommon = other.alarms.contains {
        $0.id == episode.id && abs($0.raised - episode.raised) <= sameMoment
      }
      if !isCommon { return (episode.raised, episode.id.name, priority) }
    }
    return nil
  }

  /// The first command that was refused here and not, in that tick, in the twin.
  private static func newRefusal(
    _ own: TwinEvidence, _ other: TwinEvidence, from parted: Int64
  ) -> Sign? {
    for occurrence in own.occurrences where occurrence.tick >= parted {
      guard case .command(let command, let result) = occurrence.kind, result != .accepted,
        !other.occurrences.contains(occurrence)
      else { continue }
      return (occurrence.tick, "refused: \(command.action.name), \(result.name)", nil)
    }
    return nil
  }
}
