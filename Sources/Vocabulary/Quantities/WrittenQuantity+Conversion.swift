import PumpHAL

/// A storage type that a written quantity can be converted to.
public protocol ConvertibleQuantity: Quantity {
  /// One unit of its storage.
  static var storageUnit: PhysicalUnit { get }
  /// Whether what is written must be a whole number of storage units; where it need not (a
  /// pressure in mmHg), it is rounded to the nearest.
  static var isExact: Bool { get }
  /// The most that is taken: beyond it, it is a slip of the pen.
  static var largest: Self { get }
  /// What a right one looks like, for errors.
  static var example: String { get }
}

extension ConvertibleQuantity {
  /// Reads `text`, exactly.
  public init(_ text: String, allowsNegative: Bool = false) throws(QuantityError) {
    let written = try WrittenQuantity(
      text, allowsNegative: allowsNegative, example: Self.example)
    self = try written.converted()
  }
}

extension WrittenQuantity {
  /// The quantity in storage units: exact, or an error.
  public func converted<Q: ConvertibleQuantity>(to: Q.Type = Q.self) throws(QuantityError) -> Q {
    let ratio = try ratio(in: adapted(for: Q.storageUnit), example: Q.example)
    let limit = Int128(Q.largest.rawValue)
    guard ratio.rounded.magnitude <= limit.magnitude else {
      throw QuantityError(
        "\(text) is too large", remedy: "check number and unit; it is written like \(Q.example)")
    }
    guard ratio.isWhole || !Q.isExact, let rawValue = Int64(exactly: ratio.rounded) else {
      throw QuantityError(
        "\(text) is finer than this pump counts",
        remedy: "write it with fewer digits, like \(Q.example)")
    }
    return Q(rawValue: rawValue)
  }

  /// The number of `unit` in it, in binary floating point, for the plant.
  public func value(in unit: PhysicalUnit, example: String? = nil) throws(QuantityError)
    -> Double
  {
    try ratio(in: adapted(for: unit), example: example ?? unit.dimension.example).doubleValue
  }

  /// The number of `unit` in it, where that is a whole number: `2 per h` in `per hour` is 2.
  public func whole(in unit: PhysicalUnit, example: String? = nil) throws(QuantityError)
    -> Int64
  {
    let example = example ?? unit.dimension.example
    let ratio = try ratio(in: adapted(for: unit), example: example)
    guard ratio.isWhole, let whole = Int64(exactly: ratio.numerator) else {
      throw QuantityError(
        "\(text) is not a whole number", remedy: "write a whole number, e.g. \(example)")
    }
    return whole
  }

  private func ratio(in unit: PhysicalUnit, example: String) throws(QuantityError) -> Ratio {
    guard dimension == unit.dimension else {
      throw QuantityError(
        "\(text) is \(dimension.name)",
        remedy: "here \(unit.dimension.name) is needed, e.g. \(example)")
    }
    guard let ratio = baseValue?.divided(by: unit.factor) else {
      throw QuantityError("\(text) is too large or too fine", remedy: "write it like \(example)")
    }
    return ratio
  }

  /// A patient may be weighed in g, which everywhere else is a mass of drug.
  private func adapted(for unit: PhysicalUnit) -> PhysicalUnit {
    unit.dimension == .bodyMass && dimension == .mass
      ? PhysicalUnit(.mass, unit.factor.multiplied(by: Ratio(1_000_000_000)) ?? unit.factor)
      : unit
  }
}

extension Mass: ConvertibleQuantity {
  /// 1 ng.
  public static let storageUnit = PhysicalUnit.nanogram
  /// No rounding.
  public static let isExact = true
  /// 1 kg.
  public static let largest = Mass(nanograms: 1_000_000_000_000)
  /// What a mass looks like.
  public static let example = "2 mg"
}

extension BodyMass: ConvertibleQuantity {
  /// 1 g.
  public static let storageUnit = PhysicalUnit.gramOfPatient
  /// No rounding.
  public static let isExact = true
  /// 1000 kg.
  public static let largest = BodyMass(grams: 1_000_000)
  /// What a body mass looks like.
  public static let example = "70 kg"
}

extension Volume: ConvertibleQuantity {
  /// 1 pL.
  public static let storageUnit = PhysicalUnit.picolitre
  /// No rounding.
  public static let isExact = true
  /// 10 L.
  public static let largest = Volume(picolitres: 10_000_000_000_000)
  /// What a volume looks like.
  public static let example = "20 mL"
}

extension FlowRate: ConvertibleQuantity {
  /// 1 nL/h.
  public static let storageUnit = PhysicalUnit(.volume, 1000) / .hour
  /// No rounding.
  public static let isExact = true
  /// 10 L/h.
  public static let largest = FlowRate(nanolitresPerHour: 10_000_000_000)
  /// What a flow looks like.
  public static let example = "0.7 mL/h"
}

extension DoseRate: ConvertibleQuantity {
  /// 1 ng/h.
  public static let storageUnit = PhysicalUnit.nanogram / .hour
  /// No rounding.
  public static let isExact = true
  /// 1 kg/h.
  public static let largest = DoseRate(nanogramsPerHour: 1_000_000_000_000)
  /// What a dose rate looks like.
  public static let example = "4.2 mg/h"
}

extension Concentration: ConvertibleQuantity {
  /// 1 ng/mL.
  public static let storageUnit = PhysicalUnit.nanogram / .millilitre
  /// No rounding.
  public static let isExact = true
  /// 1 g/mL.
  public static let largest = Concentration(nanogramsPerMillilitre: 1_000_000_000)
  /// What a concentration looks like.
  public static let example = "6 mg/mL"
}

extension Pressure: ConvertibleQuantity {
  /// 1 Pa.
  public static let storageUnit = PhysicalUnit.pascal
  /// Rounded: 540 mmHg is 71 994.09 Pa.
  public static let isExact = false
  /// 1 MPa.
  public static let largest = Pressure(pascals: 1_000_000)
  /// What a pressure looks like.
  public static let example = "540 mmHg"
}

extension Force: ConvertibleQuantity {
  /// 1 µN.
  public static let storageUnit = PhysicalUnit.micronewton
  /// Rounded to 1 µN.
  public static let isExact = false
  /// 1000 N.
  public static let largest = Force(micronewtons: 1_000_000_000)
  /// What a force looks like.
  public static let example = "70 N"
}

extension Length: ConvertibleQuantity {
  /// 1 nm.
  public static let storageUnit = PhysicalUnit.nanometre
  /// Rounded to 1 nm.
  public static let isExact = false
  /// 1 km.
  public static let largest = Length(nanometres: 1_000_000_000_000)
  /// What a length looks like.
  public static let example = "19.05 mm"
}

extension Area: ConvertibleQuantity {
  /// 1 µm².
  public static let storageUnit = PhysicalUnit.micrometre * .micrometre
  /// Rounded to 1 µm².
  public static let isExact = false
  /// 1 m².
  public static let largest = Area(squareMicrometres: 1_000_000_000_000)
  /// What an area looks like.
  public static let example = "285.023 mm²"
}

extension Compliance: ConvertibleQuantity {
  /// 1 fL/Pa.
  public static let storageUnit = PhysicalUnit(.volume, 1, 1000) / .pascal
  /// Rounded: 1 µL/mmHg is 7 500 615.8 fL/Pa.
  public static let isExact = false
  /// 1 mL/mmHg.
  public static let largest = Compliance(femtolitresPerPascal: 7_500_615_758)
  /// What a compliance looks like.
  public static let example = "0.5 µL/mmHg"
}

extension Stiffness: ConvertibleQuantity {
  /// 1 N/m.
  public static let storageUnit = PhysicalUnit.newton / .metre
  /// Rounded to 1 N/m.
  public static let isExact = false
  /// 1000 kN/mm.
  public static let largest = Stiffness(newtonsPerMetre: 1_000_000_000)
  /// What a stiffness looks like.
  public static let example = "60 N/mm"
}

extension Ticks: ConvertibleQuantity {
  /// 10 ms.
  public static let storageUnit = PhysicalUnit.tick
  /// No rounding: a time is a whole number of passes of the control loop.
  public static let isExact = true
  /// 366 d.
  public static let largest = Ticks(count: 3_162_240_000)
  /// What a time looks like.
  public static let example = "36 min"
}
