import PumpPlant
import Vocabulary

/// A battery, as the plant models it.
public struct BatteryEntry: CatalogueEntry {
  /// The name by which files refer to it.
  public var id: String
  /// The number by which records refer to it.
  public var number: UInt16
  /// The name that a person reads.
  public var name: String
  /// Where its figures come from.
  public var source: String
  /// Whether the figures were read in the source named.
  public var isVerified: Bool
  /// The keys whose figures are estimates.
  public var unverified: [String]

  /// What the cells are; decides their voltage over charge.
  public var chemistry: BatteryChemistry
  /// Cells in series.
  public var cells: Int32
  /// Charge at vanishing current, Ah.
  public var capacityAmpereHours: Double
  /// Current at which only half that charge can be drawn, A: Q(I) = Q0 / (1 + I / Ih).
  public var halfCapacityAmperes: Double
  /// Internal resistance of one fresh cell, Ω.
  public var freshResistanceOhms: Double
  /// Internal resistance of one empty cell, Ω.
  public var emptyResistanceOhms: Double
  /// Lowest terminal voltage under load at which the pump warns, mV.
  public var lowMillivolts: UInt16
  /// Lowest terminal voltage under load at which the pump stops, mV.
  public var depletedMillivolts: UInt16
  /// Terminal voltage below which the pump's supply gives up, V.
  public var cutOffVolts: Double
}
