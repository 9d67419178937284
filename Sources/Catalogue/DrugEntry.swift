import PumpHAL
import Vocabulary

/// A drug of the library.
///
/// - Requirements: @relation(R-104, scope=file)
public struct DrugEntry: CatalogueEntry {
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

  /// Whether it is a controlled substance that has to be accounted for.
  public var isControlled: Bool
  /// Legal classes, such as `US Schedule III`.
  public var schedules: [String]
  /// How it spreads in the body; nil where the library has no model of it.
  public var pharmacokinetics: PharmacokineticsEntry?
  /// What it is given for, each with its limits.
  public var indications: [IndicationEntry]

  /// The indication with this id.
  public func indication(_ id: String) -> IndicationEntry? {
    indications.first { $0.id == id }
  }
}

/// Three compartments fed from a depot under the skin, for a patient of 70 kg.
public struct PharmacokineticsEntry: Equatable, Sendable {
  /// Where its figures come from.
  public var source: String
  /// Clearance, L/h.
  public var clearanceLitresPerHour: Double
  /// Central, second and third volume, L.
  public var volumesLitres: [Double]
  /// Exchange with the second and with the third compartment, L/h.
  public var exchangeLitresPerHour: [Double]
  /// Absorption from the depot, 1/h.
  public var absorptionPerHour: Double
  /// Share of the dose that is absorbed, 0 to 1.
  public var bioavailability: Double
}

/// A limit of the drug library: beyond `soft` a named confirmation, beyond `hard` never.
public struct DrugLimit<Bound: Comparable & Sendable>: Equatable, Sendable {
  /// Beyond it, a named confirmation is needed.
  public var soft: Bound
  /// Beyond it, it is refused.
  public var hard: Bound
  /// A limit.
  public init(soft: Bound, hard: Bound) {
    self.soft = soft
    self.hard = hard
  }
}

/// What a value is in the light of an upper limit.
public enum LimitVerdict: Equatable, Sendable {
  /// Within the soft limit.
  case within
  /// Beyond the soft limit: needs a named confirmation.
  case beyondSoft
  /// Beyond the hard limit: refused.
  case beyondHard
}

extension DrugLimit {
  /// Judges `value` against an upper limit; a value equal to a limit is within it.
  public func verdict(_ value: Bound) -> LimitVerdict {
    value > hard ? .beyondHard : value > soft ? .beyondSoft : .within
  }
}

/// An indication of a drug, with its limits.
public struct IndicationEntry: Equatable, Sendable {
  /// The name by which files refer to it, unique in its drug.
  public var id: String
  /// The name that a person reads.
  public var name: String
  /// Where its figures come from.
  public var source: String
  /// Whether a prescriber has signed the limits off; false for every built-in one.
  public var isVerified: Bool

  /// Highest continuous dose rate, per patient's mass.
  public var doseRatePerKilogram: DrugLimit<DoseRatePerKilogram>
  /// Highest continuous dose rate, whatever the patient's mass.
  public var doseRate: DrugLimit<DoseRate>
  /// Largest single bolus, per patient's mass.
  public var bolusPerKilogram: DrugLimit<MassPerKilogram>
  /// Largest single bolus, whatever the patient's mass.
  public var bolus: DrugLimit<Mass>
  /// Largest loading dose, per patient's mass.
  public var loadingPerKilogram: DrugLimit<MassPerKilogram>
  /// Largest loading dose, whatever the patient's mass.
  public var loading: DrugLimit<Mass>
  /// Most in any hour.
  public var hourCap: DrugLimit<Mass>
  /// Most in any four hours.
  public var fourHourCap: DrugLimit<Mass>
  /// Most in any day.
  public var dayCap: DrugLimit<Mass>
  /// Concentrations: soft range within hard range.
  public var concentration: ConcentrationLimits
  /// Shortest lockout: `soft` is the longer one.
  public var lockout: DrugLimit<Ticks>

  /// The limit of one of the windows of a dose cap.
  public func cap(_ window: CapWindow) -> DrugLimit<Mass> {
    switch window {
    case .oneHour: hourCap
    case .fourHours: fourHourCap
    case .day: dayCap
    }
  }

  /// The continuous dose-rate limit for a patient: the lower of the two kinds.
  public func doseRate(for patient: BodyMass) -> DrugLimit<DoseRate> {
    DrugLimit(
      soft: min(doseRate.soft, doseRatePerKilogram.soft.doseRate(for: patient)),
      hard: min(doseRate.hard, doseRatePerKilogram.hard.doseRate(for: patient)))
  }

  /// The bolus limit for a patient: the lower of the two kinds.
  public func bolus(for patient: BodyMass) -> DrugLimit<Mass> {
    DrugLimit(
      soft: min(bolus.soft, bolusPerKilogram.soft.mass(for: patient)),
      hard: min(bolus.hard, bolusPerKilogram.hard.mass(for: patient)))
  }

  /// The loading-dose limit for a patient: the lower of the two kinds.
  public func loading(for patient: BodyMass) -> DrugLimit<Mass> {
    DrugLimit(
      soft: min(loading.soft, loadingPerKilogram.soft.mass(for: patient)),
      hard: min(loading.hard, loadingPerKilogram.hard.mass(for: patient)))
  }

  /// Judges a lockout; here the limits are the least, not the most.
  public func verdict(lockout value: Ticks) -> LimitVerdict {
    value < lockout.hard ? .beyondHard : value < lockout.soft ? .beyondSoft : .within
  }
}

/// The concentrations in which a drug may be given for an indication.
public struct ConcentrationLimits: Equatable, Sendable {
  /// Outside it, a named confirmation is needed.
  public var soft: ClosedRange<Concentration>
  /// Outside it, it is refused.
  public var hard: ClosedRange<Concentration>
  /// Limits.
  public init(soft: ClosedRange<Concentration>, hard: ClosedRange<Concentration>) {
    self.soft = soft
    self.hard = hard
  }
  /// Judges a concentration.
  public func verdict(_ value: Concentration) -> LimitVerdict {
    hard.contains(value) ? soft.contains(value) ? .within : .beyondSoft : .beyondHard
  }
}
