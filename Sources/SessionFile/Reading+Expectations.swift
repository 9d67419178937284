import Catalogue
import PumpHAL
import Vocabulary

/// What can be expected, as a file names it.
enum ExpectationName: String, CaseIterable {
  case alarm
  case noAlarm
  case postOcclusionBolus
  case dispensed
  case infused
  case plasma
  case ends
  case bolusesGranted
  case bolusesDenied
  case reactionToStop

  /// The keys that it has besides its own.
  var parameters: [String] {
    switch self {
    case .alarm, .noAlarm: ["after", "within"]
    case .dispensed, .infused: ["tolerance", "drug"]
    case .plasma: ["drug"]
    default: []
    }
  }

  /// What one looks like.
  var example: String {
    switch self {
    case .alarm: "{ alarm: downstream-occlusion, after: 6 h, within: 45 min }"
    case .noAlarm: "{ noAlarm: any-high }"
    case .postOcclusionBolus: "{ postOcclusionBolus: below 0.2 mL }"
    case .dispensed: "{ dispensed: 104.3 mg, tolerance: 2 % }"
    case .infused: "{ infused: 104.3 mg, tolerance: 5 % }"
    case .plasma: "{ plasma: below 160 ng/mL }"
    case .ends: "{ ends: complete }"
    case .bolusesGranted: "{ bolusesGranted: 3 }"
    case .bolusesDenied: "{ bolusesDenied: 1 }"
    case .reactionToStop: "{ reactionToStop: below 2 s }"
    }
  }
}

extension Reading {
  /// One expectation.
  package func expectation(_ tree: Tree) -> Located<Expectation>? {
    let names = ExpectationName.allCases
    guard case .mapping(let entries) = tree.content else {
      note(
        tree.place, "the expectation is \(tree.kindName), not a mapping",
        "write `\(ExpectationName.ends.example)`")
      return nil
    }
    let present = names.filter { name in entries.contains { $0.key == name.rawValue } }
    guard present.count == 1, let name = present.first else {
      let choices = names.map(\.rawValue)
      let others = Set(names.flatMap(\.parameters))
      if present.isEmpty {
        let stray = entries.first { !others.contains($0.key) }
        note(
          stray?.keyPlace ?? tree.place,
          stray.map { "`\($0.key)` is nothing that can be expected" }
            ?? "the expectation does not say what is expected",
          Reading.suggestion(for: stray?.key ?? "", among: choices))
      } else {
        note(
          tree.place,
          "one expectation has \(present.map { "`\($0.rawValue)`" }.joined(separator: " and "))",
          "write each as an expectation of its own, beginning with -")
      }
      return nil
    }
    guard
      let section = section(
        tree, "the expectation `\(name.rawValue)`", keys: [name.rawValue] + name.parameters,
        example: name.example), let value = section[name.rawValue],
      let kind = kind(name, value, section)
    else { return nil }
    let text = ([name.rawValue] + name.parameters).compactMap { key in
      section[key].map { "\(key) \($0.shown)" }
    }.joined(separator: ", ")
    return Located(
      value: Expectation(line: tree.place.line, text: text, kind: kind), place: tree.place)
  }

  private func kind(
    _ name: ExpectationName, _ value: Tree, _ section: Section
  ) -> ExpectationKind? {
    switch name {
    case .alarm:
      let alarm = choice(value, "alarm", among: AlarmID.allCases.map { ($0.name, $0) })
      let span = span(section)
      guard let alarm, let span else { return nil }
      return .alarm(alarm, after: span.after, within: span.within)
    case .noAlarm:
      let groups = [
        ("any", AlarmPriority.low), ("any-medium", .medium), ("any-high", .high),
      ].map { ($0.0, AlarmSelection.atLeast($0.1)) }
      let selection = choice(
        value, "alarm",
        among: AlarmID.allCases.map { ($0.name, AlarmSelection.named($0)) } + groups)
      let span = span(section)
      guard let selection, let span else { return nil }
      return .noAlarm(selection, after: span.after, within: span.within)
    case .postOcclusionBolus:
      return sided(value, "the post-occlusion bolus", example: "below 0.2 mL").flatMap {
        side, tree in
        let volume: Volume? = quantity(
          tree, "the post-occlusion bolus", example: "0.2 mL")
        return volume.map { .postOcclusionBolus(side, $0) }
      }
    case .dispensed:
      guard let drug = drug(section), let mass = mass(value, section) else { return nil }
      return .dispensed(mass.0, tolerance: mass.1, drug: drug.id)
    case .infused:
      guard let drug = drug(section), let mass = mass(value, section) else { return nil }
      return .infused(mass.0, tolerance: mass.1, drug: drug.id)
    case .plasma:
      guard let drug = drug(section) else { return nil }
      return sided(value, "the plasma concentration", example: "below 160 ng/mL").flatMap {
        side, tree in
        number(
          tree, "the plasma concentration", in: .nanogram / .millilitre, range: 0...1_000_000,
          ends: "0 ng/mL to 1 mg/mL", example: "160 ng/mL"
        ).map { .plasma(side, nanogramsPerMillilitre: $0, drug: drug.id) }
      }
    case .ends:
      return choice(
        value, "mode of the pump", among: PumpMode.allCases.map { ($0.name, $0) }
      ).map { .ends($0) }
    case .bolusesGranted: return count(value, name).map { .bolusesGranted($0) }
    case .bolusesDenied: return count(value, name).map { .bolusesDenied($0) }
    case .reactionToStop:
      return sided(value, "the time from reaction to stop", example: "below 2 s").flatMap {
        side, tree in
        guard side == .below else {
          note(value.place, "a time from reaction to stop `above`", "write `below 2 s`")
          return nil
        }
        let time: Ticks? = quantity(tree, "the time from reaction to stop", example: "2 s")
        return time.map { .reactionToStop(below: $0) }
      }
    }
  }

  private func span(_ section: Section) -> (after: Ticks, within: Ticks?)? {
    let range = Ticks.zero...Ticks(count: 259_200_000)
    let after = section["after"].map {
      quantity($0, "`after`", in: range, ends: "0 s to 30 d", example: "6 h")
    }
    let within = section["within"].map {
      quantity($0, "`within`", in: range, ends: "0 s to 30 d", example: "45 min")
    }
    guard let after = after ?? .zero else { return nil }
    if case .some(.none) = within { return nil }
    return (after, within ?? nil)
  }

  /// `below 0.2 mL`: the side, and the rest as a value of its own.
  private func sided(_ tree: Tree, _ name: String, example: String) -> (Side, Tree)? {
    guard let text = text(tree, name, example: example) else { return nil }
    for side in Side.allCases where text.hasPrefix(side.rawValue + " ") {
      let offset = side.rawValue.count + 1
      return (side, tree.part(text.dropFirst(offset), offset: offset))
    }
    note(
      tree.place, "\(name) `\(text)` does not say on which side",
      "write `below` or `above` before it, e.g. `\(example)`")
    return nil
  }

  private func count(_ tree: Tree, _ name: ExpectationName) -> UInt32? {
    wholeNumber(
      tree, "`\(name.rawValue)`", in: 0...100_000, example: "\(name.rawValue): 3"
    ).map { UInt32($0) }
  }

  /// The drug that is meant; nil where what stands there is a mistake.
  private func drug(_ section: Section) -> (id: String?, Void)? {
    guard let tree = section["drug"] else { return (nil, ()) }
    return choice(tree, "drug of the catalogue", among: catalogue.drugs.map { ($0.id, $0.id) })
      .map { ($0, ()) }
  }

  /// A mass and how far off it may be.
  private func mass(_ value: Tree, _ section: Section) -> (Mass, Mass)? {
    let mass: Mass? = quantity(value, "the mass expected", example: "104.3 mg")
    guard let tree = section.required("tolerance", example: "tolerance: 2 %"),
      let text = text(tree, "the tolerance", example: "tolerance: 2 %")
    else { return nil }
    do throws(QuantityError) {
      let written = try WrittenTolerance(text)
      guard let mass else { return nil }
      switch written {
      case .share(let partsPerMillion):
        let tolerance = Int128(mass.nanograms) * Int128(partsPerMillion) / 1_000_000
        return (mass, Mass(nanograms: Int64(clamping: tolerance)))
      case .amount(let amount): return (mass, try amount.converted())
      }
    } catch {
      note(tree.place, "the tolerance: \(error.what)", error.remedy)
      return nil
    }
  }
}
