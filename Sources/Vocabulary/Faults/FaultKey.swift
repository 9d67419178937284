import PumpHAL
import PumpPlant

/// One key of a fault: what it is called, what may be written there, and what it becomes.
public struct FaultKey: Sendable {
  /// What of a fault a key gives.
  public enum Part: Sendable {
    /// Where it is.
    case site
    /// How much there is of it.
    case amount
    /// The time in which the amount is reached.
    case ramp
    /// The time from one turn to the next.
    case period
    /// The time after which it ends by itself.
    case lasting
  }

  /// What may be written.
  public enum Writing: Sendable {
    /// The name of a place on the fluid path.
    case site
    /// A quantity; `range` in `unit`, whose ends people read as `ends`.
    case quantity(PhysicalUnit, range: ClosedRange<Double>, ends: String)
    /// A whole number.
    case whole(ClosedRange<UInt64>)
    /// The id of a syringe of the catalogue; its bore is what the fault takes, mm².
    case syringe
  }

  /// How an amount is told: `5 % left`, `bore 283 mm²`.
  public struct Phrase: Sendable {
    let before: String
    let unit: String?
    let after: String
    /// How many of what people read stand for one of what the plant takes.
    let scale: Double
    let decimals: Int
    /// What is said of nothing.
    let zero: String?
    /// Whether more than nothing is told with its sign.
    let isSigned: Bool

    init(
      _ unit: String?, before: String = "", after: String = "", scale: Double = 1,
      decimals: Int = 6, zero: String? = nil, isSigned: Bool = false
    ) {
      self.before = before
      self.unit = unit
      self.after = after
      self.scale = scale
      self.decimals = decimals
      self.zero = zero
      self.isSigned = isSigned
    }

    static let share = Phrase("%", scale: 100, decimals: 4)
    static let ramp = Phrase("s", before: "within ")
    static let period = Phrase("s", before: "every ")

    func text(of value: Double, _ number: (Double, Int) -> String) -> String {
      if value == 0, let zero { return zero }
      let sign = isSigned && value > 0 ? "+" : ""
      return before + sign + number(value * scale, decimals) + (unit.map { " \($0)" } ?? "") + after
    }
  }

  /// The key in a file.
  public let name: String
  /// What it gives.
  public let part: Part
  /// What may be written.
  public let writing: Writing
  /// What it is, for an error: `the volume of the bubble`.
  public let subject: String
  /// What is so where it is left out, in words; nil where it has to be written.
  public let absent: String?
  /// The value where it is left out, in the plant's unit.
  public let absentValue: Double
  /// A value as one might write it.
  public let example: String
  /// Whether the example of the whole fault has it.
  let isInExample: Bool
  /// How its value is told.
  let phrase: Phrase
  /// What the range is a range of, in words.
  private let of: String

  init(
    _ name: String, _ part: Part, _ writing: Writing, _ subject: String, absent: String? = nil,
    absentValue: Double = 0, example: String, isInExample: Bool = true,
    _ phrase: Phrase = Phrase(nil), of: String = ""
  ) {
    self.name = name
    self.part = part
    self.writing = writing
    self.subject = subject
    self.absent = absent
    self.absentValue = absentValue
    self.example = example
    self.isInExample = isInExample
    self.phrase = phrase
    self.of = of
  }

  /// Whether it has to be written.
  public var isRequired: Bool { absent == nil }

  /// From the least to the most, or what else may be written.
  public var ends: String {
    switch writing {
    case .site: FluidSite.allCases.map(\.name).joined(separator: " or ")
    case .quantity(_, _, let ends): ends
    case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .syringe: "id of a syringe"
    }
  }

  /// What it takes, and in brackets what is so without it.
  public var takes: String { ends + of + (absent.map { " (\($0))" } ?? "") }
}

extension FaultKey.Writing {
  /// A quantity between two that are written as people write them: the range is what they say.
  static func quantity(
    _ unit: PhysicalUnit, _ least: String, _ most: String, ends: String? = nil
  ) -> FaultKey.Writing {
    .quantity(
      unit, range: number(least, in: unit)...number(most, in: unit),
      ends: ends ?? "\(least) to \(most)")
  }

  private static func number(_ text: String, in unit: PhysicalUnit) -> Double {
    do throws(QuantityError) {
      return try WrittenQuantity(text, allowsNegative: true, example: text).value(in: unit)
    } catch {
      preconditionFailure("\(text): \(error)")
    }
  }
}

extension FaultKey {
  /// A place on the fluid path, the needle where none is given.
  static func site(example: String = "needle") -> FaultKey {
    FaultKey(
      "site", .site, .site, "the site", absent: FluidSite.needle.name, example: example)
  }

  /// The time in which a named fault comes to its whole amount.
  static func over(_ subject: String) -> FaultKey {
    FaultKey(
      "over", .ramp, .quantity(.second, "0 s", "24 h"), subject, absent: "at once",
      example: "5 min", .ramp)
  }

  /// The time in which a failure comes to its whole amount.
  static let ramp = FaultKey(
    "ramp", .ramp,
    .quantity(.second, range: 0...ComponentFault.mostRamp, ends: "0 s to 10 d"), "the ramp",
    absent: "at once", example: "10 min", isInExample: false, .ramp)

  /// The time from one turn to the next, or between two disturbances.
  static let period = FaultKey(
    "period", .period,
    .quantity(
      .second, range: ComponentFault.leastPeriod...ComponentFault.mostPeriod,
      ends: "20 ms to 24 h"), "the period", absent: "1 s", absentValue: 1, example: "2 s", .period)

  /// The time after which it ends by itself.
  public static let lasting = FaultKey(
    "for", .lasting, .quantity(.second, "10 ms", "30 d"), "the time for which it lasts",
    absent: "until it is cleared", example: "10 min")
}
