import PumpPlant
import Text
import Vocabulary

extension SchemaParts {
  /// One schema for each fault that has a name of its own.
  static let faults: [JSONValue] = FaultRow.named.map { row in
    event(row, FormatKeys.fault) { _ in ["const": .string(row.name)] }
  }

  /// One schema for each way in which a component fails.
  static let components: [JSONValue] = FaultRow.components.map { row in
    event(row, ["at", "component", "kind"]) { key in
      ["const": .string(key == "kind" ? row.failing?.kind.name ?? "" : row.name)]
    }
  }

  private static func event(
    _ row: FaultRow, _ head: [String], _ name: (String) -> JSONValue
  ) -> JSONValue {
    let required = row.keys.filter(\.isRequired).map(\.name)
    return mapping(keys: head + row.keys.map(\.name), required: head + required) { key in
      if let key = row.keys.first(where: { $0.name == key }) { return value(of: key) }
      return key == "at" ? at : name(key)
    }
  }

  /// What the keys of faults take, each range once.
  static let ranges: [(String, JSONValue)] = {
    var seen: Set<String> = []
    return FaultRow.all.flatMap(\.keys).compactMap { key in
      guard case .quantity(let unit, let range, _) = key.writing,
        seen.insert(name(of: key)).inserted
      else { return nil }
      return (name(of: key), quantity(unit, range))
    }
  }()

  /// `0 s to 24 h` as `range-0-s-to-24-h`.
  private static func name(of key: FaultKey) -> String {
    let plain = key.ends.replacing("%", with: "percent").replacing("°", with: "deg")
      .replacing("µ", with: "u")
    return "range-" + plain.replacing("/", with: "-per-").replacing(" ", with: "-")
  }

  private static func value(of key: FaultKey) -> JSONValue {
    switch key.writing {
    case .site: ["enum": .strings(FluidSite.allCases.map(\.name))]
    case .syringe: id
    case .whole(let range):
      [
        "type": ["integer", "string"],
        "pattern": .string("^(?=[0-9]+$)0*\(number(range))$"),
        "minimum": .integer(Int64(Int(range.lowerBound))),
        "maximum": .integer(Int64(Int(range.upperBound))),
      ]
    case .quantity: reference(name(of: key))
    }
  }

  /// A quantity within a range, in whatever unit it is written.
  private static func quantity(_ unit: PhysicalUnit, _ range: ClosedRange<Double>) -> JSONValue {
    let spellings = PhysicalUnit.spellings(of: unit.dimension)
    // Of a unit that is put together, only the usual spelling is held to the bounds.
    if spellings.isEmpty {
      return [
        "allOf": [
          reference("conductance"),
          [
            "anyOf": [
              pattern("\(number(range, one: Ratio(1))) ?[µμu][Ll]/s/mmHg"),
              ["not": pattern("[0-9.]+ ?[µμu][Ll]/s/mmHg")],
            ]
          ],
        ]
      ]
    }
    var choices = spellings.compactMap { spelling, other -> String? in
      guard let one = other.factor.divided(by: unit.factor) else { return nil }
      return "\(number(range, one: one)) ?\(spelling.replacing("µ", with: "[µμ]"))"
    }
    // Several parts of a time are not added up here.
    if unit.dimension == .time {
      choices.append((range.lowerBound < 0 ? "-?" : "") + "\(time) \(time)")
    }
    return pattern("(\(choices.joined(separator: "|")))")
  }

  private static func number(_ range: ClosedRange<UInt64>) -> String {
    "(?=\(DecimalPattern.atLeast(Ratio(Int128(range.lowerBound))))$)"
      + DecimalPattern.atMost(Ratio(Int128(range.upperBound)))
  }

  /// A number of a unit, each `one` of those in which the range is.
  private static func number(_ range: ClosedRange<Double>, one: Ratio) -> String {
    func bound(_ value: Double) -> Ratio {
      // Bounds have few decimals, and not all of them are binary numbers.
      let billionths = Ratio(Int128((value * 1e9).rounded()), 1_000_000_000)
      return billionths.divided(by: one) ?? billionths
    }
    let (least, most) = (range.lowerBound, range.upperBound)
    var choices: [String] = []
    if least < 0 {
      let far = DecimalPattern.atMost(bound(-least))
      choices.append(
        "-" + (most < 0 ? "(?=\(DecimalPattern.atLeast(bound(-most))) ?[^0-9.])" : "") + far)
    }
    if most >= 0 {
      let low = least > 0 ? "(?=\(DecimalPattern.atLeast(bound(least))) ?[^0-9.])" : ""
      choices.append(low + DecimalPattern.atMost(bound(most)))
    }
    return choices.count == 1 ? choices[0] : "(\(choices.joined(separator: "|")))"
  }

  /// What ends: a fault by its name, or a component.
  static let clears: [JSONValue] = [
    mapping(keys: FormatKeys.clear, required: ["at", "clear"]) { key in
      switch key {
      case "at": at
      case "site": eventProperty(key)
      default: ["enum": .strings(FaultRow.named.filter(\.kind.isClearable).map(\.name))]
      }
    },
    mapping(keys: FormatKeys.clearComponent, required: ["at", "clear"]) { key in
      switch key {
      case "at": at
      case "kind": ["enum": .strings(FailureKind.allCases.map(\.name))]
      default: ["enum": .strings(Component.allCases.map(\.name))]
      }
    },
  ]
}
