// Accuracy of boluses on the bench.

import Catalogue
import PumpHAL
import Session
import SessionFile
import Story

/// Measures successive boluses, 25 as a rule, each against the volume that was set.
public struct BolusProcedure: Sendable {
  /// The volume of one, mL.
  public let millilitres: Double
  /// How many.
  public let count: Int
  /// From the beginning of one to the next, min.
  public let spacingMinutes: Double
  /// The basal rate that goes on between them, mL/h; it is taken off.
  public let millilitresPerHour: Double
  /// The session that is run.
  public let description: SessionDescription
  /// An error of so many per cent has to be told, %.
  public let withinPercent: Double

  /// How many are asked for by the published procedure.
  public static let usualCount = 25
  /// Between two boluses readings are taken in this time before each, s.
  static let quietSeconds = 30.0
  /// Before the first the pump takes up its slack, min.
  static let leadMinutes = 60.0

  /// A measurement of boluses of one size.
  ///
  /// - Parameters:
  ///   - volume: of one, mL.
  ///   - flow: how fast it is delivered, mL/h, at most 60.
  /// - Throws: `ProcedureError.usage` for a size, number or flow that the pump or the drug library refuses.
  public init(
    millilitres volume: Double, count: Int, flow: Double, setUp: BenchSetUp, within percent: Double
  ) throws(ProcedureError) {
    guard (2...100).contains(count) else {
      throw .usage("\(count) boluses: 2 to 100 can be measured, \(Self.usualCount) as a rule")
    }
    guard volume.isFinite, volume >= 0.01, volume <= 2.5 else {
      throw .usage(
        "a bolus of \(plain(volume, 4)) mL: 0.01 to 2.5 mL can be measured, which are 5 mg of the thinnest "
          + "solution that the drug library takes")
    }
    let pump = try setUp.pumpEntry()
    let basal = Double(pump.configuration.basalMinimum.nanolitresPerHour) / 1e6
    // Never more than 20 mg in an hour, so that no cap denies one; lockout 5 min.
    let milligrams = volume * BenchSetUp.milligramsPerMillilitre
    let given = volume / max(flow, 0.1) * 60
    let spacing = max(6, (milligrams * 3).rounded(.up), (given + 2).rounded(.up))
    let minutes = Self.leadMinutes + spacing * Double(count) + 1
    var further = [
      "patientBolus: { dose: \(plain(volume, 4)) mL, lockout: 5 min, maximum: 12 per h, "
        + "rate: \(plain(flow, 2)) mL/h }",
      "confirm:", "  - { limit: lockout, by: the bench engineer, reason: bolus accuracy test }",
      "events:",
    ]
    for index in 0..<count {
      let at = Self.leadMinutes + spacing * Double(index)
      further.append("  - { at: \(fileTime(minutes: at)), operator: patient, action: bolus }")
    }
    description = try setUp.description(
      "\(count) boluses of \(plain(volume, 4)) mL",
      volume: volume * Double(count) + basal * minutes / 60,
      programme: ["basal: \(plain(basal, 2)) mL/h for \(fileTime(minutes: minutes))"],
      further: further)
    millilitres = volume
    self.count = count
    spacingMinutes = spacing
    millilitresPerHour = basal
    withinPercent = percent
  }

  /// What can be told of one bolus, by each means.
  public func budgets(_ means: [MeasuringMeans]) -> [UncertaintyBudget] {
    means.map {
      UncertaintyBudget(
        $0, of: "one bolus of \(plain(millilitres, 4)) mL", millilitres: millilitres,
        minutes: spacingMinutes, within: withinPercent)
    }
  }

  /// What a run has shown.
  public func finding(
    _ run: ProcedureRun, _ budgets: [UncertaintyBudget]
  ) throws(ProcedureError) -> [BolusFinding] {
    let granted = run.story.actions.filter {
      $0.command.action == .requestBolus && $0.result == .accepted
    }
    guard granted.count == count else {
      throw .incomplete(
        "\(granted.count) of \(count) boluses were granted; see the record's events for why")
    }
    let times = granted.map { Double($0.tick) / Double(ticksPerSecond) }
    var found: [BolusFinding] = []
    for budget in budgets {
      guard let course = run.course(by: budget.means.measure) else { continue }
      var volumes: [Double] = []
      for (index, time) in times.enumerated() {
        let next = index + 1 < times.count ? times[index + 1] : time + spacingMinutes * 60
        guard let before = course.mean(from: time - Self.quietSeconds, to: time),
          let after = course.mean(from: next - Self.quietSeconds, to: next)
        else {
          throw .incomplete(
            "\(budget.means.measure.title): no readings around bolus \(index + 1)")
        }
        let basal = millilitresPerHour * (after.seconds - before.seconds) / 3600
        volumes.append(after.millilitres - before.millilitres - basal)
      }
      found.append(BolusFinding(budget: budget, setMillilitres: millilitres, volumes: volumes))
    }
    return found
  }
}

/// What one means has shown of boluses.
public struct BolusFinding: Equatable, Sendable {
  /// How well it could be told.
  public var budget: UncertaintyBudget
  /// The volume set, mL.
  public var setMillilitres: Double
  /// The volumes delivered, in order, mL.
  public var volumes: [Double]

  /// The error of each, %.
  public var errors: [Double] { volumes.map { 100 * ($0 / setMillilitres - 1) } }
  /// The mean error, %.
  public var meanError: Double { errors.reduce(0, +) / Double(max(1, errors.count)) }
  /// The largest error, %.
  public var highest: Double { errors.max() ?? 0 }
  /// The least error, %.
  public var lowest: Double { errors.min() ?? 0 }
  /// Expanded uncertainty of one, %.
  public var uncertainty: Double { budget.lines.first?.percent ?? 0 }
}
