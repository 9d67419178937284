// The result of a campaign as the one JSON object of `--json`: these keys, in this order, and nothing
// in it that hangs on the machine.

import PumpHAL
import Session
import Text
import Vocabulary

extension CampaignResult {
  /// The result as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object(
      [
        ("title", .string(title)),
        ("outcome", .string(outcome.rawValue)),
        ("cells", .integer(Int64(cells.count))),
      ]
        + CellStatus.allCases.map { ($0.rawValue, .integer(Int64(count($0)))) }
        + [("axes", .array(axes.map(\.json))), ("results", .array(cells.map(\.json)))]
    ).text
  }
}

extension CampaignAxis {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)),
      (
        "values",
        .array(
          values.map {
            .object([
              ("label", .string($0.label)), ("about", $0.about.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}

extension CellResult {
  fileprivate var json: JSONValue {
    .object([
      ("cell", .integer(Int64(number))),
      ("values", .object(values.map { ($0.axis, .string($0.label)) })),
      ("status", .string(status.rawValue)),
      ("reason", exclusion.map { .string($0) } ?? .null),
      ("refusal", .array(refusal.map { .string($0) })),
      ("ending", session.map { .string($0.ending.text) } ?? .null),
      ("final_mode", session.map { .string($0.finalMode.name) } ?? .null),
      ("simulated_s", .decimal(session?.simulated_s, decimals: 2)),
      ("started_s", .decimal(session?.started_s, decimals: 2)),
      ("delivered", .array((session?.delivered ?? []).map(\.cellJSON))),
      ("alarms", .array((session?.alarms ?? []).map(\.json))),
      ("expectations", .array(expectations.map(\.json))),
      ("state_digest", session.map { .string(Hexadecimal.text($0.stateDigest)) } ?? .null),
      ("record", record.map { .string($0.path) } ?? .null),
      ("twin", twin?.json ?? .null),
    ])
  }
}

extension Delivered {
  fileprivate var cellJSON: JSONValue {
    .object(members + [("excess_mL", .decimal(excess_mL, decimals: 6))])
  }
}

extension TwinComparison {
  fileprivate var json: JSONValue {
    .object([
      ("cell", .integer(Int64(twin))),
      ("parted_s", .decimal(parted_s, decimals: 2)),
      ("found_by", found.map { .string($0.by) } ?? .null),
      ("priority", found?.priority.map { .string($0.name) } ?? .null),
      ("after_s", .decimal(found?.after_s, decimals: 2)),
      ("over_mL", .decimal(over_uL / 1000, decimals: 4)),
      ("under_mL", .decimal(under_uL / 1000, decimals: 4)),
      ("over_to_end_mL", .decimal(overToEnd_uL / 1000, decimals: 4)),
    ])
  }
}
