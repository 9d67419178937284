import PumpHAL
import Vocabulary

/// A syringe of one brand and size.
///
/// - Requirements: @relation(R-004, R-061, scope=file)
public struct SyringeEntry: CatalogueEntry {
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

  /// Nominal capacity.
  public var capacity: Volume
  /// Inside diameter of the barrel, to 1 µm; the bore area is the figure that counts.
  public var boreDiameter: Length
  /// Bore area.
  public var boreArea: Area
  /// Outside diameter of the barrel.
  public var barrelDiameter: Length
  /// Volume that stays in the syringe when the plunger is home.
  public var deadSpace: Volume
  /// Plunger friction while moving (Coulomb).
  public var friction: Force
  /// What stopper tip and barrel store, without drive train and line, µL/mmHg.
  public var complianceMicrolitresPerMillimetreOfMercury: Double
  /// The same, as the pump is told.
  public var compliance: Compliance

  /// Bore area, mm².
  public var boreAreaSquareMillimetres: Double { Double(boreArea.squareMicrometres) / 1e6 }
  /// Friction, N.
  public var frictionNewtons: Double { Double(friction.micronewtons) / 1e6 }
  /// Nominal capacity, µL.
  public var capacityMicrolitres: Double { Double(capacity.picolitres) / 1e6 }
  /// Dead space, µL.
  public var deadSpaceMicrolitres: Double { Double(deadSpace.picolitres) / 1e6 }

  /// The syringe as the operator confirms it.
  public var specification: SyringeSpecification {
    SyringeSpecification(
      number: number,
      barrelDiameter: UInt16(clamping: (barrelDiameter.nanometres + 5000) / 10_000),
      boreArea: boreArea,
      capacity: capacity,
      deadSpace: deadSpace,
      friction: Int32(clamping: friction.micronewtons),
      compliance: Int32(clamping: compliance.femtolitresPerPascal))
  }
}
