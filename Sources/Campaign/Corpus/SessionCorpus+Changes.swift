// What moved between two records of one session, for whoever takes a change over.

import PumpHAL
import Session
import SessionRecord
import Text

extension SessionCorpus {
  /// Lines for events that moved, appeared or went, for the last figures, and for the state's digest.
  static func changes(_ old: String, _ new: String) throws(CorpusError) -> [String] {
    let (before, now) = (try RecordedOutcome(old), try RecordedOutcome(new))
    var lines: [String] = []
    for event in Set(before.events.keys).union(now.events.keys).sorted() {
      let (was, isNow) = (before.events[event] ?? [], now.events[event] ?? [])
      for (number, (old, new)) in zip(was, isNow).enumerated() where old != new {
        let by = DecimalText.fixed(Double(new - old) / Double(ticksPerSecond), decimals: 2)
        lines.append(
          "event #\(number + 1) moved by \(by) s: \(time(old)) -> \(time(new)): \(event)")
      }
      lines += was.dropFirst(isNow.count).map { "event went: was at \(time($0)): \(event)" }
      lines += isNow.dropFirst(was.count).map { "event appeared at \(time($0)): \(event)" }
    }
    for (topic, figures) in before.last.sorted(by: { $0.key < $1.key }) {
      let other = now.last[topic] ?? "none"
      if figures != other { lines.append("last of \(topic): \(figures) -> \(other)") }
    }
    return lines
  }

  private static func time(_ tick: Int64) -> String { SessionTime(tick: tick).text }
}

/// What a record says of its session beside the ticks.
private struct RecordedOutcome {
  /// The ticks of each event, by what it says without its time.
  var events: [String: [Int64]] = [:]
  /// The last message of telemetry and truth, and the digest at the end of the last block.
  var last: [String: String] = [:]

  init(_ path: String) throws(CorpusError) {
    do {
      let reader = try RecordReader(path: path)
      for message in try reader.messages(on: "/trumpet/events") {
        let text = String(decoding: message.data, as: UTF8.self)
        let said = text.firstRange(of: "\"kind\"").map { String(text[$0.lowerBound...]) } ?? text
        events[said, default: []].append(message.tick)
      }
      for topic in ["/trumpet/telemetry", "/trumpet/truth"] {
        last[topic] = try reader.messages(on: topic).last.map {
          String(decoding: $0.data, as: UTF8.self)
        }
      }
      last["/trumpet/blocks"] = try reader.messages(on: "/trumpet/blocks").last.map {
        "tick \($0.tick), state digest "
          + $0.data.suffix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
    } catch {
      throw CorpusError("\(error)")
    }
  }
}

extension RecordMessage {
  fileprivate var tick: Int64 {
    Int64(logTimeNanoseconds / (1_000_000_000 / UInt64(ticksPerSecond)))
  }
}
