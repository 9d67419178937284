import PumpHAL
import Vocabulary

extension Draft {
  /// Reads seed, start, duration, events and expectations.
  mutating func readCourse(_ file: Section, _ reading: Reading) {
    readOwnerSettings(file, reading)
    seed =
      file["seed"].map {
        reading.wholeNumber($0, "the seed", in: 0...UInt64(Int64.max), example: "seed: 1")
      } ?? 1
    start = file["start"].flatMap { reading.wallClock($0) }
    startAfter = file["startAfter"].flatMap {
      reading.quantity(
        $0, "the time before the start", in: .zero...Ticks(count: 8_640_000), ends: "0 s to 24 h",
        example: "10 min")
    }
    duration = file["duration"].flatMap {
      reading.quantity(
        $0, "the duration", in: Ticks(count: 6000)...Ticks(count: 259_200_000),
        ends: "1 min to 30 d", example: "25 h")
    }
    events =
      file["events"].flatMap {
        reading.list($0, "`events`", maximum: 1000, example: "events: [ { at: 6 h, … } ]")
      }.map { reading.events($0, height: environment?.heightMetres ?? 0) } ?? []
    expectations =
      file["expect"].flatMap {
        reading.list(
          $0, "`expect`", maximum: 200, example: "expect: [ { ends: complete } ]")
      }.map { $0.compactMap { reading.expectation($0) } } ?? []
  }
}

extension Reading {
  /// The events in order of time; those at the same time in the order of the file.
  fileprivate func events(_ elements: [Tree], height: Double) -> [Located<SessionEvent>] {
    elements.flatMap { eventOrActivity($0, height: height) }.enumerated().sorted {
      ($0.element.value.at, $0.offset) < ($1.element.value.at, $1.offset)
    }.map(\.element)
  }

  /// `2026-01-05T08:00:00Z`, as ms since 1970-01-01 UTC.
  func wallClock(
    _ tree: Tree, _ name: String = "the start", example: String = "start: 2026-01-05T08:00:00Z"
  ) -> Int64? {
    guard let text = text(tree, name, example: example) else { return nil }
    guard let milliseconds = unixMilliseconds(text) else {
      note(
        tree.place, "\(name) `\(text)` is no date and time with zone",
        "write it by ISO 8601, e.g. `\(example)`, or with +01:00 instead of Z")
      return nil
    }
    return milliseconds
  }
}

/// Milliseconds since 1970-01-01 UTC of `YYYY-MM-DDThh:mm:ss` followed by Z or an offset.
func unixMilliseconds(_ text: String) -> Int64? {
  let bytes = Array(text.utf8)
  func number(_ start: Int, _ count: Int) -> Int64? {
    guard start + count <= bytes.count else { return nil }
    let digits = bytes[start..<(start + count)]
    guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }
  func stands(_ character: Unicode.Scalar, at index: Int) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: character)
  }
  guard stands("-", at: 4), stands("-", at: 7), stands("T", at: 10) || stands(" ", at: 10),
    stands(":", at: 13), stands(":", at: 16), let year = number(0, 4), let month = number(5, 2),
    let day = number(8, 2), let hour = number(11, 2), let minute = number(14, 2),
    let second = number(17, 2), year >= 1970, (1...12).contains(month), hour < 24, minute < 60,
    second < 60, day >= 1, day <= daysInMonth(year, month)
  else { return nil }
  var offset: Int64 = 0
  if stands("Z", at: 19) {
    guard bytes.count == 20 else { return nil }
  } else {
    guard bytes.count == 25, stands("+", at: 19) || stands("-", at: 19), stands(":", at: 22),
      let hours = number(20, 2), let minutes = number(23, 2), hours <= 14, minutes < 60
    else { return nil }
    offset = (hours * 60 + minutes) * (stands("-", at: 19) ? -1 : 1)
  }
  let days = daysSince1970(year, month) + day - 1
  return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000
}

private func isLeap(_ year: Int64) -> Bool {
  year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

private func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
  switch month {
  case 2: isLeap(year) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

private func daysSince1970(_ year: Int64, _ month: Int64) -> Int64 {
  let before = year - 1
  let years = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
  return (1..<month).reduce(years) { $0 + daysInMonth(year, $1) }
}
