// The result as the one JSON object of `--json`: these keys, in this order, always all of them.

import Catalogue
import PumpHAL
import Text
import Vocabulary

extension SessionResult {
  /// The result as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object([
      ("outcome", .string(outcome.rawValue)),
      ("origin", .string(origin.name)),
      ("simulated_s", .decimal(simulated_s, decimals: 2)),
      ("wall_s", .decimal(wall_s, decimals: 6)),
      ("times_real_time", .decimal(timesRealTime, decimals: 1)),
      ("delivered", .array(delivered.map(\.json))),
      ("alarms", .array(alarms.map(\.json))),
      ("expectations", .array(expectations.map(\.json))),
      ("state_digest", .string(Hexadecimal.text(stateDigest))),
      ("record", record?.json ?? .null),
      ("resumed_from", .array(resumedFrom.map { .string($0) })),
      ("measured", measured?.json ?? .null),
    ]).text
  }
}

extension Delivered {
  package var json: JSONValue { .object(members) }

  /// What a result says of a drug, for those that say more of it.
  package var members: [(String, JSONValue)] {
    [
      ("drug", .string(drug)),
      ("dispensed_mg", .decimal(dispensed_mg, decimals: 6)),
      ("infused_mg", .decimal(infused_mg, decimals: 6)),
      ("dispensed_mL", .decimal(dispensed_mL, decimals: 6)),
      ("infused_mL", .decimal(infused_mL, decimals: 6)),
    ]
  }
}

extension MeasuredVolume {
  package var json: JSONValue {
    .object([
      ("least_mL", .decimal(least_mL, decimals: 6)),
      ("most_mL", .decimal(most_mL, decimals: 6)),
      ("loss", lossReason.map { .string($0) } ?? .null),
    ])
  }
}

extension AlarmEpisode {
  package var json: JSONValue {
    .object([
      ("id", .integer(Int64(id.rawValue))),
      ("name", .string(id.name)),
      ("priority", .string(id.rule.priority.name)),
      ("raised_s", .decimal(Double(raised) / Double(ticksPerSecond), decimals: 2)),
      ("cleared_s", .decimal(cleared.map { Double($0) / Double(ticksPerSecond) }, decimals: 2)),
    ])
  }
}

extension ExpectationFinding {
  package var json: JSONValue {
    .object([("text", .string(text)), ("held", .bool(held)), ("observed", .string(observed))])
  }
}

extension RecordSummary {
  package var json: JSONValue {
    .object([
      ("path", .string(path)),
      ("bytes", .integer(bytes)),
      ("checkpoint", checkpoint.map { .string($0) } ?? .null),
    ])
  }
}
