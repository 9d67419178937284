import PumpHAL

/// Mass of drug per mass of patient, in ng/kg.
public struct MassPerKilogram: ConvertibleQuantity {
  /// The number of units (ng/kg).
  public var rawValue: Int64
  /// So many ng/kg.
  public init(rawValue: Int64) { self.rawValue = rawValue }
  /// The amount in ng/kg.
  public var nanogramsPerKilogram: Int64 { rawValue }
  /// 1 ng/kg.
  public static let storageUnit = PhysicalUnit.nanogram / .kilogram
  /// No rounding.
  public static let isExact = true
  /// 1 g/kg.
  public static let largest = MassPerKilogram(rawValue: 1_000_000_000)
  /// What it looks like.
  public static let example = "0.05 mg/kg"
  /// The mass for a patient, rounded down to 1 ng.
  public func mass(for patient: BodyMass) -> Mass {
    Mass(nanograms: product(rawValue, patient.grams, over: 1000))
  }
}

/// Mass of drug per mass of patient and time, in ng/kg/h.
public struct DoseRatePerKilogram: ConvertibleQuantity {
  /// The number of units (ng/kg/h).
  public var rawValue: Int64
  /// So many ng/kg/h.
  public init(rawValue: Int64) { self.rawValue = rawValue }
  /// The amount in ng/kg/h.
  public var nanogramsPerKilogramPerHour: Int64 { rawValue }
  /// 1 ng/kg/h.
  public static let storageUnit = PhysicalUnit.nanogram / .kilogram / .hour
  /// No rounding.
  public static let isExact = true
  /// 1 g/kg/h.
  public static let largest = DoseRatePerKilogram(rawValue: 1_000_000_000)
  /// What it looks like.
  public static let example = "0.06 mg/kg/h"
  /// The dose rate for a patient, rounded down to 1 ng/h.
  public func doseRate(for patient: BodyMass) -> DoseRate {
    DoseRate(nanogramsPerHour: product(rawValue, patient.grams, over: 1000))
  }
}

private func product(_ a: Int64, _ b: Int64, over c: Int64) -> Int64 {
  Int64(Int128(a) * Int128(b) / Int128(c))
}

extension WrittenQuantity {
  /// The dose written: a mass, a mass per kg of patient, or a volume.
  public func dose(example: String = "0.05 mg/kg") throws(QuantityError) -> Dose {
    switch dimension {
    case .mass: Dose(try converted(to: Mass.self).rawValue, .mass)
    case .mass / .bodyMass:
      Dose(try converted(to: MassPerKilogram.self).rawValue, .massPerKilogram)
    case .volume: Dose(try converted(to: Volume.self).rawValue, .volume)
    default:
      throw QuantityError(
        "\(text) is \(dimension.name)",
        remedy: "here a dose is needed: a mass, a mass per kg, or a volume, e.g. \(example)")
    }
  }

  /// The rate written, as the exact fraction that a programme phase holds: `100 mg/24 h` is
  /// 100 mg in every 24 h, whatever the rounding of 4.1666… mg/h.
  public func prescribedRate(example: String = "0.06 mg/kg/h") throws(QuantityError)
    -> PrescribedRate
  {
    let kinds: [Dimension] = [
      .mass / .time, .mass / .bodyMass / .time, .volume / .time,
    ]
    guard kinds.contains(dimension) else {
      throw QuantityError(
        "\(text) is \(dimension.name)",
        remedy: "here a rate is needed: a dose per time, e.g. \(example)")
    }
    guard let lastDivision, lastDivision.divisor.dimension == .time else {
      throw QuantityError(
        "\(text) does not end with the time it is per", remedy: "write it like \(example)")
    }
    let dose = WrittenQuantity(text: text, number: number, unit: lastDivision.dividend)
    let per = WrittenQuantity(
      text: text, number: .one, unit: lastDivision.divisor)
    return PrescribedRate(dose: try dose.dose(example: example), per: try per.converted())
  }

  private init(text: String, number: Ratio, unit: PhysicalUnit) {
    self.text = text
    self.number = number
    self.unit = unit
    lastDivision = nil
  }
}

extension Dose {
  /// Reads a dose: `2 mg`, `0.05 mg/kg`, `0.5 mL`.
  public init(_ text: String) throws(QuantityError) {
    self = try WrittenQuantity(text, example: "2 mg").dose(example: "2 mg")
  }
}

/// A rate as it was prescribed: `dose` in every `per`, exactly.
public struct PrescribedRate: Equatable, Sendable {
  /// What is given in every `per`.
  public var dose: Dose
  /// The time in which `dose` is given.
  public var per: Ticks
  /// A rate.
  public init(dose: Dose, per: Ticks) {
    self.dose = dose
    self.per = per
  }
  /// Reads a rate: `0.06 mg/kg/h`, `4.2 mg/h`, `100 mg/24 h`, `0.7 mL/h`.
  public init(_ text: String) throws(QuantityError) {
    self = try WrittenQuantity(text, example: "0.06 mg/kg/h").prescribedRate()
  }
}

/// How far a number may be off: a share of it, or an amount; written `2 %`, `± 0.5 mg`.
public enum WrittenTolerance: Equatable, Sendable {
  /// A share, in parts per million: 2 % is 20 000.
  case share(partsPerMillion: Int64)
  /// An amount.
  case amount(WrittenQuantity)

  /// Reads a tolerance, with or without ± before it.
  public init(_ text: String) throws(QuantityError) {
    let bare = String(text.drop { $0 == " " || $0 == "±" })
    let written = try WrittenQuantity(bare, example: "2 %")
    self =
      written.dimension == .share
      ? .share(partsPerMillion: try written.whole(in: PhysicalUnit(.share, 1), example: "2 %"))
      : .amount(written)
  }
}
