// Until the catalogue is merged.

/// A pump of the catalogue.
public struct PumpEntry: Equatable, Sendable {}
/// A drug of the library.
public struct DrugEntry: Equatable, Sendable {}
/// An indication of a drug.
public struct IndicationEntry: Equatable, Sendable {}
/// A syringe of the catalogue.
public struct SyringeEntry: Equatable, Sendable {}
/// An infusion set of the catalogue.
public struct InfusionSetEntry: Equatable, Sendable {}
/// A battery of the catalogue.
public struct BatteryEntry: Equatable, Sendable {}
