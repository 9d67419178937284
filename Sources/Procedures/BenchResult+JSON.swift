// The result for programs: one JSON object with stable keys, and CSV.

import Catalogue
import PumpHAL
import Session
import Story
import Text
import Vocabulary

extension BenchResult {
  /// The result as one JSON object.
  public var json: String {
    var members: [(String, JSONValue)] = [
      ("procedure", .string(procedure)), ("title", .string(title)),
      ("origin", .string(origin.name)),
      ("set_up", .object(facts.map { ($0.name, .string($0.value)) })),
      ("session_s", .decimal(session_s, decimals: 2)), ("wall_s", .decimal(wall_s, decimals: 3)),
      ("within_asked", isWithin.map { .bool($0) } ?? .null),
      ("foreseen", .array(budgets.map(\.json))),
    ]
    switch finding {
    case .accuracy(let found): members.append(("measures", .array(found.map(\.json))))
    case .boluses(let found): members.append(("measures", .array(found.map(\.json))))
    case .occlusions(let found): members.append(("occlusions", .array(found.map(\.json))))
    }
    members.append(("records", .array(records.map { .string($0) })))
    members.append(("notice", .string(Self.notice)))
    return JSONValue.object(members).text
  }

  /// The result as CSV: a line of names, then one value a line, so that any spreadsheet pivots it.
  public var csv: String {
    var rows = RowText(
      form: .csv,
      columns: ["procedure", "measure", "quantity", "at", "at_unit", "value", "unit"])
    rows.header()
    func row(
      _ measure: String, _ quantity: String, _ at: String, _ atUnit: String, _ value: Double?,
      _ unit: String
    ) {
      guard let value, value.isFinite else { return }
      rows.begin()
      for text in [procedure, measure, quantity, at, atUnit] { rows.put(text) }
      rows.put(value)
      rows.put(unit)
      rows.end()
    }
    switch finding {
    case .accuracy(let found):
      for one in found {
        let measure = one.curves.measure.rawValue
        for point in one.startUp?.points ?? [] {
          row(
            measure, "flow", plain(point.minutes, 4), "min", point.millilitresPerHour,
            "mL/h")
        }
        guard let trumpet = one.trumpet else { continue }
        row(measure, "mean-error", "", "", trumpet.meanError, "%")
        for point in trumpet.points {
          let at = plain(point.minutes, 1)
          row(measure, "ep-max", at, "min", point.highest, "%")
          row(measure, "ep-min", at, "min", point.lowest, "%")
          row(measure, "uncertainty", at, "min", one.uncertainty(ofMinutes: point.minutes), "%")
        }
      }
    case .boluses(let found):
      for one in found {
        for (index, volume) in one.volumes.enumerated() {
          row(one.budget.means.measure.rawValue, "bolus", "\(index + 1)", "", volume, "mL")
        }
      }
    case .occlusions(let found):
      for one in found {
        let at = plain(one.millilitresPerHour, 2)
        row("", "time-to-alarm", at, "mL/h", one.secondsToAlarm, "s")
        row("", "predicted-time-to-alarm", at, "mL/h", one.predictedSeconds, "s")
        row("pump", "pressure-at-alarm", at, "mL/h", one.pumpPressureMmHg, "mmHg")
        row("plant-truth", "pressure-at-alarm", at, "mL/h", one.linePressureMmHg, "mmHg")
        row("pump", "retracted", at, "mL/h", one.retractedMillilitres, "mL")
        row(
          one.releaseMeasure?.rawValue ?? "", "released", at, "mL/h", one.releaseMillilitres, "mL")
      }
    }
    return String(decoding: rows.bytes, as: UTF8.self)
  }
}

extension UncertaintyBudget {
  fileprivate var json: JSONValue {
    .object([
      ("measure", .string(means.measure.rawValue)), ("is_fluid", .bool(means.measure.isFluid)),
      ("within_percent", .decimal(withinPercent, decimals: 4)),
      ("sources", .array(means.sources.map { .string($0) })),
      (
        "quantities",
        .array(
          lines.map {
            .object([
              ("quantity", .string($0.quantity)), ("percent", .decimal($0.percent, decimals: 4)),
              ("is_enough", .bool($0.isEnough)),
            ])
          })
      ),
    ])
  }
}

extension AccuracyFinding {
  fileprivate var json: JSONValue {
    let measure = curves.measure
    var members: [(String, JSONValue)] = [
      ("measure", .string(measure.rawValue)), ("named", .string(measure.title)),
      ("is_fluid", .bool(measure.isFluid)), ("windows", .string(curves.windows.name)),
    ]
    switch curves.startUp {
    case .success(let curve):
      members.append(
        (
          "start_up",
          .object([
            ("sample_min", .decimal(curve.windows.sampleMinutes, decimals: 2)),
            ("rise_min", .decimal(curve.riseMinutes, decimals: 3)),
            (
              "flow_mL_h",
              .array(curve.points.map { .decimal($0.millilitresPerHour, decimals: 6) })
            ),
            ("missing", curve.shortfall.map { .string($0.description) } ?? .null),
          ])
        ))
    case .failure(let shortfall):
      members.append(("start_up", .object([("missing", .string(shortfall.description))])))
    }
    switch curves.trumpet {
    case .success(let curve):
      members.append(
        (
          "trumpet",
          .object([
            ("rate_mL_h", .decimal(curve.millilitresPerHour, decimals: 6)),
            ("from_min", .decimal(curve.period.fromMinutes, decimals: 3)),
            ("to_min", .decimal(curve.period.toMinutes, decimals: 3)),
            ("is_early", .bool(curve.period.isEarly)),
            ("mean_error_percent", .decimal(curve.meanError, decimals: 5)),
            (
              "mean_uncertainty_percent",
              .decimal(
                uncertainty(ofMinutes: curve.period.toMinutes - curve.period.fromMinutes),
                decimals: 4)
            ),
            (
              "points",
              .array(
                curve.points.map { point in
                  .object([
                    ("window_min", .decimal(point.minutes, decimals: 2)),
                    ("ep_max_percent", .decimal(point.highest, decimals: 5)),
                    ("ep_min_percent", .decimal(point.lowest, decimals: 5)),
                    ("count", .integer(Int64(point.count))),
                    (
                      "uncertainty_percent",
                      .decimal(uncertainty(ofMinutes: point.minutes), decimals: 4)
                    ),
                    ("can_tell", .bool(canTell(minutes: point.minutes))),
                  ])
                })
            ),
            ("missing", .array(curve.missing.map { .string($0.description) })),
          ])
        ))
    case .failure(let shortfall):
      members.append(("trumpet", .object([("missing", .string(shortfall.description))])))
    }
    return .object(members)
  }
}

extension BolusFinding {
  fileprivate var json: JSONValue {
    let measure = budget.means.measure
    return .object([
      ("measure", .string(measure.rawValue)), ("named", .string(measure.title)),
      ("is_fluid", .bool(measure.isFluid)), ("set_mL", .decimal(setMillilitres, decimals: 6)),
      ("mean_error_percent", .decimal(meanError, decimals: 4)),
      ("highest_error_percent", .decimal(highest, decimals: 4)),
      ("lowest_error_percent", .decimal(lowest, decimals: 4)),
      ("uncertainty_percent", .decimal(uncertainty, decimals: 4)),
      ("volumes_mL", .array(volumes.map { .decimal($0, decimals: 6) })),
    ])
  }
}

extension OcclusionFinding {
  fileprivate var json: JSONValue {
    .object([
      ("rate_mL_h", .decimal(millilitresPerHour, decimals: 4)),
      ("limit_mmHg", .integer(Int64(limitMmHg))), ("syringe", .string(syringe)),
      ("time_to_alarm_s", .decimal(secondsToAlarm, decimals: 2)),
      ("predicted_s", .decimal(predictedSeconds, decimals: 0)),
      ("pump_pressure_mmHg", .decimal(pumpPressureMmHg, decimals: 1)),
      ("line_pressure_mmHg", .decimal(linePressureMmHg, decimals: 1)),
      ("retracted_mL", .decimal(retractedMillilitres, decimals: 6)),
      ("released_mL", .decimal(releaseMillilitres, decimals: 6)),
      ("released_by", releaseMeasure.map { .string($0.rawValue) } ?? .null),
      ("released_uncertainty_mL", .decimal(releaseUncertainty, decimals: 6)),
    ])
  }
}
