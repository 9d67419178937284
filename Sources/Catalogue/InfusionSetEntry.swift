import PumpHAL
import Vocabulary

/// An infusion set: a line and a winged needle, given by their geometry.
public struct InfusionSetEntry: CatalogueEntry {
  /// The name by which files refer to it.
  public var id: String
  /// The number by which the pump and its records refer to it.
  public var number: UInt16
  /// The name that a person reads.
  public var name: String
  /// Where its figures come from.
  public var source: String
  /// Whether the figures were read in the source named.
  public var isVerified: Bool
  /// The keys whose figures are estimates.
  public var unverified: [String]

  /// Length of the line.
  public var lineLength: Length
  /// Inside diameter of the line.
  public var lineBore: Length
  /// Length of the needle.
  public var needleLength: Length
  /// Inside diameter of the needle.
  public var needleBore: Length
  /// What the line stores, µL/mmHg.
  public var lineComplianceMicrolitresPerMillimetreOfMercury: Double
  /// What the hub of the needle stores, µL/mmHg.
  public var hubComplianceMicrolitresPerMillimetreOfMercury: Double
  /// Pressure at which the anti-siphon valve at the syringe opens, mmHg; 0 without valve.
  public var crackPressureMillimetresOfMercury: Double

  /// Volume of line and needle, µL.
  public var primingMicrolitres: Double { lineMicrolitres + needleMicrolitres }
  /// Volume of the line, µL.
  public var lineMicrolitres: Double { tubeMicrolitres(lineLength, lineBore) }
  /// Volume of the needle, µL.
  public var needleMicrolitres: Double { tubeMicrolitres(needleLength, needleBore) }
  /// Resistance of the line with water at 20 °C, mmHg per mL/h.
  public var lineResistance: Double { tubeResistance(lineLength, lineBore) }
  /// Resistance of the needle with water at 20 °C, mmHg per mL/h.
  public var needleResistance: Double { tubeResistance(needleLength, needleBore) }
  /// Resistance of both, mmHg per mL/h.
  public var resistance: Double { lineResistance + needleResistance }
  /// What line and hub store, µL/mmHg.
  public var complianceMicrolitresPerMillimetreOfMercury: Double {
    lineComplianceMicrolitresPerMillimetreOfMercury + hubComplianceMicrolitresPerMillimetreOfMercury
  }

  /// The set as the operator confirms it.
  public var specification: InfusionSetSpecification {
    InfusionSetSpecification(
      number: number,
      primingVolume: Volume(picolitres: Int64(primingMicrolitres * 1e6 + 0.5)),
      compliance: Int32(
        complianceMicrolitresPerMillimetreOfMercury * 1e9 / pascalsPerMillimetreOfMercury + 0.5),
      resistance: Int32(resistance * pascalsPerMillimetreOfMercury + 0.5))
  }
}

private let pi = 3.141592653589793
private let pascalsPerMillimetreOfMercury = 133.322387415
/// Water at 20 °C, Pa·s.
private let viscosity = 1.002e-3

private func tubeMicrolitres(_ length: Length, _ bore: Length) -> Double {
  let bore = Double(bore.nanometres) / 1e6
  return pi / 4 * bore * bore * Double(length.nanometres) / 1e6
}

/// Hagen and Poiseuille: 128 µ L / (π D⁴), in mmHg per mL/h.
private func tubeResistance(_ length: Length, _ bore: Length) -> Double {
  let bore = Double(bore.nanometres) / 1e9
  let length = Double(length.nanometres) / 1e9
  let pascalSecondsPerCubicMetre = 128 * viscosity * length / (pi * bore * bore * bore * bore)
  let cubicMetresPerSecondInMillilitrePerHour = 1e-6 / 3600
  return pascalSecondsPerCubicMetre * cubicMetresPerSecondInMillilitrePerHour
    / pascalsPerMillimetreOfMercury
}
