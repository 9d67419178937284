// What a patient does for a while, written in one line and read as the many events that it is; and
// what the time of an event counts from.

import Catalogue
import PumpHAL
import PumpPlant
import Vocabulary

/// What a patient can be doing, as a file names it.
enum ActivityName: String, CaseIterable {
  case walking
}

extension Reading {
  /// The event of an entry, or all events of an activity.
  ///
  /// - Parameter height: of the pump above the site while nobody moves, m.
  func eventOrActivity(_ tree: Tree, height: Double) -> [Located<SessionEvent>] {
    guard case .mapping(let entries) = tree.content else { return event(tree).map { [$0] } ?? [] }
    guard entries.contains(where: { $0.key == "activity" }) else {
      return eventFromOrigin(tree, entries).map { [$0] } ?? []
    }
    return activity(tree, height: height)
  }

  /// An event without its `since`, which any event may have.
  private func eventFromOrigin(_ tree: Tree, _ entries: [Tree.Entry]) -> Located<SessionEvent>? {
    guard let since = entries.first(where: { $0.key == "since" })?.value else {
      return event(tree)
    }
    let origin = choice(
      since, "origin of time", among: EventOrigin.allCases.map { ($0.rawValue, $0) })
    let rest = Tree(place: tree.place, content: .mapping(entries.filter { $0.key != "since" }))
    guard var event = event(rest), let origin else { return nil }
    event.value.origin = origin
    return event
  }

  private func activity(_ tree: Tree, height: Double) -> [Located<SessionEvent>] {
    let example = "{ at: 8 h, activity: walking, for: 30 min }"
    guard
      let section = section(
        tree, "the activity", keys: FormatKeys.activity, example: example),
      let name = section["activity"],
      choice(name, "activity", among: ActivityName.allCases.map { ($0.rawValue, $0) }) != nil
    else { return [] }
    let at: Ticks? = section.required("at", example: "at: 8 h").flatMap {
      quantity(
        $0, "the time of the activity", in: .zero...Ticks(count: 259_200_000), ends: "0 s to 30 d",
        example: "8 h")
    }
    let length: Ticks? = section.required("for", example: "for: 30 min").flatMap {
      quantity(
        $0, "the time it lasts", in: Ticks(count: 100)...Ticks(count: 8_640_000),
        ends: "1 s to 24 h", example: "30 min")
    }
    let amplitude = section["height"].map {
      number(
        $0, "the change of height", in: .metre, range: 0...2, ends: "0 m to 2 m",
        example: "80 cm")
    }
    let press = section["press"].map {
      wholeNumber($0, "the factor", in: 1...100, example: "press: 5")
    }
    let seed = section["seed"].map {
      wholeNumber($0, "the seed", in: 0...UInt64(Int64.max), example: "seed: 1")
    }
    guard let at, let length, let amplitude = amplitude ?? 0.8, let press = press ?? 5,
      let seed = seed ?? 1
    else { return [] }
    let walk = Walk(
      length: length, amplitude_cm: Int64((amplitude * 100).rounded()), pressMaximum: press,
      rest: height)
    return walk.events(seed: seed).map { after, kind in
      Located(
        value: SessionEvent(at: at + after, line: tree.place.line, kind: kind), place: tree.place)
    }
  }
}

/// A walk: the pump swings above and below the site, and clothes and belt press on it.
private struct Walk {
  var length: Ticks
  /// Most that the height differs from `rest`, cm.
  var amplitude_cm: Int64
  /// Most by which the tissue's pressure is multiplied.
  var pressMaximum: UInt64
  /// Height of the pump while nobody moves, m.
  var rest: Double

  /// Between two steps lie 1 s to 9 s, each tick as likely as the other.
  private static let pause: ClosedRange<UInt64> = 100...900

  /// The steps, and what ends them: level again, and nothing pressed.
  func events(seed: UInt64) -> [(after: Ticks, kind: SessionEventKind)] {
    var numbers = SplitMix(state: seed)
    var result: [(Ticks, SessionEventKind)] = []
    var after: Int64 = 0
    while after < length.count {
      let height_cm =
        Int64(numbers.next(in: 0...UInt64(2 * amplitude_cm))) - amplitude_cm
      let factor = numbers.next(in: 1...pressMaximum)
      let moment = Ticks(count: after)
      result.append((moment, .inject(.height(metres: rest + Double(height_cm) / 100))))
      result.append((moment, .inject(.sitePressed(factor: Double(factor)))))
      after += Int64(numbers.next(in: Self.pause))
    }
    result.append((length, .inject(.height(metres: rest))))
    result.append((length, .clear(.named(.sitePressed, site: nil))))
    return result
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014), so that a seed gives the same walk everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The remainder favours small numbers by less than one in 10^15 at these ranges.
  mutating func next(in range: ClosedRange<UInt64>) -> UInt64 {
    range.lowerBound + next() % (range.upperBound - range.lowerBound + 1)
  }
}
