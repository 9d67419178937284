/// A unit: what it measures, and how many base units it is, exactly.
///
/// Base units are those that PumpHAL stores: ng, g of patient, pL, ticks of 10 ms, Pa, µN, nm.
public struct PhysicalUnit: Equatable, Sendable {
  /// What it measures.
  public let dimension: Dimension
  /// Base units in one of it.
  public let factor: Ratio

  /// A unit of so many base units.
  public init(_ dimension: Dimension, _ factor: Ratio) {
    self.dimension = dimension
    self.factor = factor
  }

  /// A unit of `numerator` / `denominator` base units.
  package init(_ dimension: Dimension, _ numerator: Int128, _ denominator: Int128 = 1) {
    self.init(dimension, Ratio(numerator, denominator))
  }

  func multiplied(by other: PhysicalUnit) -> PhysicalUnit? {
    factor.multiplied(by: other.factor).map { PhysicalUnit(dimension * other.dimension, $0) }
  }

  func divided(by other: PhysicalUnit) -> PhysicalUnit? {
    factor.divided(by: other.factor).map { PhysicalUnit(dimension / other.dimension, $0) }
  }

  /// The product of two units; traps where 128 bits do not hold its factor.
  public static func * (a: PhysicalUnit, b: PhysicalUnit) -> PhysicalUnit {
    guard let product = a.multiplied(by: b) else { preconditionFailure("unit too large") }
    return product
  }

  /// The quotient of two units; traps where 128 bits do not hold its factor.
  public static func / (a: PhysicalUnit, b: PhysicalUnit) -> PhysicalUnit {
    guard let quotient = a.divided(by: b) else { preconditionFailure("unit too large") }
    return quotient
  }
}

extension PhysicalUnit {
  /// 1.
  public static let one = PhysicalUnit(.none, 1)
  /// 1 ng of drug.
  public static let nanogram = PhysicalUnit(.mass, 1)
  /// 1 mg of drug.
  public static let milligram = PhysicalUnit(.mass, 1_000_000)
  /// 1 kg of patient.
  public static let kilogram = PhysicalUnit(.bodyMass, 1000)
  /// 1 g of patient.
  public static let gramOfPatient = PhysicalUnit(.bodyMass, 1)
  /// 1 pL.
  public static let picolitre = PhysicalUnit(.volume, 1)
  /// 1 µL.
  public static let microlitre = PhysicalUnit(.volume, 1_000_000)
  /// 1 mL.
  public static let millilitre = PhysicalUnit(.volume, 1_000_000_000)
  /// 10 ms, one pass of the control loop.
  public static let tick = PhysicalUnit(.time, 1)
  /// 1 s.
  public static let second = PhysicalUnit(.time, 100)
  /// 1 min.
  public static let minute = PhysicalUnit(.time, 6000)
  /// 1 h.
  public static let hour = PhysicalUnit(.time, 360_000)
  /// 1 Pa.
  public static let pascal = PhysicalUnit(.pressure, 1)
  /// 1 mmHg, conventionally 133.322 387 415 Pa.
  public static let millimetreOfMercury = PhysicalUnit(.pressure, 133_322_387_415, 1_000_000_000)
  /// 1 µN.
  public static let micronewton = PhysicalUnit(.force, 1)
  /// 1 N.
  public static let newton = PhysicalUnit(.force, 1_000_000)
  /// 1 nm.
  public static let nanometre = PhysicalUnit(.length, 1)
  /// 1 µm.
  public static let micrometre = PhysicalUnit(.length, 1000)
  /// 1 mm.
  public static let millimetre = PhysicalUnit(.length, 1_000_000)
  /// 1 m.
  public static let metre = PhysicalUnit(.length, 1_000_000_000)
  /// 1 °C.
  public static let degreeCelsius = PhysicalUnit(.temperature, 1)
  /// 1 %.
  public static let percent = PhysicalUnit(.share, 10_000)
  /// The whole of something, 100 %.
  public static let whole = PhysicalUnit(.share, 1_000_000)
  /// 1 Ah.
  public static let ampereHour = PhysicalUnit(.charge, 1000)
  /// 1 V.
  public static let volt = PhysicalUnit(.voltage, 1000)
  /// 1 A.
  public static let ampere = PhysicalUnit(.current, 1000)
  /// 1 Ω.
  public static let ohm = PhysicalUnit(.resistance, 1000)
  /// 1 mL/h.
  public static let millilitrePerHour = millilitre / hour
  /// 1 mmHg per mL/h.
  public static let millimetreOfMercuryPerMillilitrePerHour =
    millimetreOfMercury / millilitrePerHour
  /// 1 µL/mmHg.
  public static let microlitrePerMillimetreOfMercury = microlitre / millimetreOfMercury
}

extension PhysicalUnit {
  /// Every unit that may be written, by its spelling.
  static let spellings: [String: PhysicalUnit] = [
    "ng": nanogram,
    "µg": PhysicalUnit(.mass, 1000),
    "ug": PhysicalUnit(.mass, 1000),
    "mcg": PhysicalUnit(.mass, 1000),
    "mg": milligram,
    "g": PhysicalUnit(.mass, 1_000_000_000),
    "kg": kilogram,
    "pL": picolitre,
    "nL": PhysicalUnit(.volume, 1000),
    "µL": microlitre,
    "µl": microlitre,
    "uL": microlitre,
    "mL": millilitre,
    "ml": millilitre,
    "L": PhysicalUnit(.volume, 1_000_000_000_000),
    "ms": PhysicalUnit(.time, 1, 10),
    "s": second,
    "min": minute,
    "h": hour,
    "d": PhysicalUnit(.time, 8_640_000),
    "Pa": pascal,
    "hPa": PhysicalUnit(.pressure, 100),
    "kPa": PhysicalUnit(.pressure, 1000),
    "mbar": PhysicalUnit(.pressure, 100),
    "bar": PhysicalUnit(.pressure, 100_000),
    "mmHg": millimetreOfMercury,
    "psi": PhysicalUnit(.pressure, 689_475_729_317, 100_000_000),
    "µN": micronewton,
    "uN": micronewton,
    "mN": PhysicalUnit(.force, 1000),
    "N": newton,
    "nm": nanometre,
    "µm": micrometre,
    "um": micrometre,
    "mm": millimetre,
    "cm": PhysicalUnit(.length, 10_000_000),
    "m": metre,
    "°C": degreeCelsius,
    "%": percent,
    "ppm": PhysicalUnit(.share, 1),
    "mAh": PhysicalUnit(.charge, 1),
    "Ah": ampereHour,
    "mV": PhysicalUnit(.voltage, 1),
    "V": volt,
    "mA": PhysicalUnit(.current, 1),
    "A": ampere,
    "mΩ": PhysicalUnit(.resistance, 1),
    "Ω": ohm,
  ]

  /// The spellings of units that measure `dimension`, in alphabetical order.
  package static func spellings(of dimension: Dimension) -> [(String, PhysicalUnit)] {
    spellings.filter { $0.value.dimension == dimension }.sorted { $0.key < $1.key }
  }

  /// Spellings that are refused because they mislead, and what to write instead.
  static let advice: [String: String] = [
    "cc": "write mL",
    "ML": "write mL; ML is a million litres",
    "Ml": "write mL",
    "l": "write L",
    "MG": "write mg",
    "Mg": "write mg; Mg is a tonne",
    "KG": "write kg",
    "Kg": "write kg",
    "gm": "write g",
    "gr": "write g; gr is a grain",
    "lb": "write the mass in kg",
    "lbs": "write the mass in kg",
    "IU": "doses are written by mass, in mg",
    "hr": "write h",
    "hrs": "write h",
    "hour": "write h",
    "hours": "write h",
    "H": "write h",
    "mins": "write min",
    "minute": "write min",
    "minutes": "write min",
    "sec": "write s",
    "secs": "write s",
    "second": "write s",
    "seconds": "write s",
    "day": "write d, or 24 h",
    "days": "write d, or hours",
    "mmhg": "write mmHg",
    "Torr": "write mmHg",
    "torr": "write mmHg",
    "C": "write °C",
    "F": "write the temperature in °C",
    "K": "write the temperature in °C",
    "ohm": "write Ω",
    "percent": "write %",
    "M": "write min, or h",
  ]
}
