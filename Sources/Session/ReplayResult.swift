// What a replay comes to, for people and as JSON.

import Catalogue
import PumpHAL
import SessionRecord
import Text
import Vocabulary

/// What a replay comes to.
public struct ReplayResult: Sendable {
  /// Whether every output was the recorded one, bit for bit.
  public var isIdentical: Bool { firstDifference == nil }
  /// Ticks compared.
  public var ticks: Int64
  /// The first tick that differs; after it, the recorded inputs no longer answer the firmware.
  public var firstDifference: FirstDifference?
  /// Where the comparison begins: the first power-on, or a snapshot.
  public var from: SessionTime
  /// The last tick that was compared.
  public var until: SessionTime
  /// Session time replayed, s.
  public var simulated_s: Double {
    Double(until.tick - from.tick) / Double(ticksPerSecond)
  }
  /// Wall time, s.
  public var wall_s: Double
  /// Where the frames came from; nil if the record does not say.
  public var origin: Origin?
  /// The program that recorded.
  public var recordedBy: String
  /// Whether the record ends as a record should; else the byte at which it breaks off.
  public var truncatedAtByte: UInt64?
  /// The end of the record that this one goes on from; nil where it begins a session, or where the
  /// replay began in its middle.
  public var previous: SegmentLink?
  /// Session time by wall time.
  public var timesRealTime: Double { wall_s > 0 ? simulated_s / wall_s : 0 }

  /// The result as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object([
      ("identical", .bool(isIdentical)),
      ("ticks", .integer(ticks)),
      ("first_difference", firstDifference?.json ?? .null),
      ("times_real_time", .decimal(timesRealTime, decimals: 1)),
      ("from_s", from.json),
      ("until_s", until.json),
    ]).text
  }

  /// The result for a terminal.
  public var summary: String {
    var out =
      firstDifference?.text
      ?? "IDENTICAL: \(ticks) ticks, every output of both channels, bit for bit\n"
    let by = recordedBy.isEmpty ? "an unnamed program" : recordedBy
    out += "compared from \(from.text) to \(until.text)\n"
    out += "recorded by \(by), replayed by \(Session.version); "
    out += "\(TimeText.duration(seconds: simulated_s)) in "
    out += "\(DecimalText.fixed(wall_s, decimals: 2)) s, "
    out += "\(DecimalText.fixed(timesRealTime, decimals: 0)) × real time\n"
    if let previous {
      out += "The record goes on from session \(previous.session) at "
      out += "\(SessionTime(tick: previous.tick).text).\n"
    }
    if let byte = truncatedAtByte {
      out += "The record breaks off at byte \(byte); what stands before it was replayed.\n"
    }
    return out
  }
}

/// The pump at one moment of a record, and what came of running on to it.
public struct ReplayMoment: Sendable {
  /// The pump as a person reads it; where firmware and record differ, at the tick at which they do.
  public var view: PumpView
  /// Where the run began: the first power-on, or a snapshot.
  public var from: SessionTime
  /// Ticks run and compared on the way.
  public var ticks: Int64
  /// The first tick on the way that differs.
  public var firstDifference: FirstDifference?
  /// Where the frames came from; nil if the record does not say.
  public var origin: Origin?
  /// The program that recorded.
  public var recordedBy: String
  /// The byte at which the record breaks off, if it does.
  public var truncatedAtByte: UInt64?
  /// Whether every output on the way was the recorded one.
  public var isIdentical: Bool { firstDifference == nil }

  /// The moment as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object(
      view.jsonMembers + [
        (
          "compared",
          .object([
            ("identical", .bool(isIdentical)),
            ("from_s", from.json),
            ("ticks", .integer(ticks)),
            ("first_difference", firstDifference?.json ?? .null),
          ])
        ),
        ("origin", origin.map { .string($0.name) } ?? .null),
        ("recorded_by", .string(recordedBy)),
      ]
    ).text
  }

  /// The moment for a terminal.
  public var summary: String {
    var out = view.text + "\n"
    if let firstDifference {
      out += firstDifference.text
      out += "What is shown is this build's pump at that tick.\n"
    } else {
      out += "Run on from \(from.text) with every output of \(ticks) ticks as recorded.\n"
    }
    if let byte = truncatedAtByte { out += "The record breaks off at byte \(byte).\n" }
    return out
  }
}

extension FirstDifference {
  /// The difference with the keys of a plain replay.
  var json: JSONValue { json(sides: ("recorded", "replayed")) }

  /// The difference with the keys that its two sides go by.
  func json(sides: (String, String)) -> JSONValue {
    .object([
      ("tick", .integer(tick)),
      ("at_s", SessionTime(tick: tick).json),
      (
        "fields",
        .array(
          fields.map {
            .object([
              ("field", .string($0.field)), (sides.0, .string($0.recorded)),
              (sides.1, .string($0.replayed)),
            ])
          })
      ),
    ])
  }

  /// The difference for a terminal.
  var text: String {
    var out = "DIFFERENT at tick \(tick) (\(SessionTime(tick: tick).text))\n"
    for field in fields {
      out += "  \(field.field): recorded \(field.recorded), replayed \(field.replayed)\n"
    }
    return out + "After this tick the recorded inputs no longer answer the firmware: "
      + "nothing later is a finding.\n"
  }
}

extension SessionTime {
  /// Seconds of session time.
  var json: JSONValue { .decimal(Double(tick) / Double(ticksPerSecond), decimals: 2) }
}
