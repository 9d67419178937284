import Catalogue
import PumpHAL

/// One step of a programme.
public enum ProgrammeStep: Equatable, Sendable {
  /// Something is delivered.
  case phase(ProgrammePhase)
  /// The pump stops and asks for the next syringe; a nurse fits this one.
  case change(SyringeChange)
}

/// A syringe that replaces the one in the pump.
public struct SyringeChange: Equatable, Sendable {
  /// The new syringe.
  public var syringe: SyringeEntry
  /// Fluid in it, dead space included.
  public var fill: Volume
  /// Mass of drug per volume in it.
  public var concentration: Concentration
  /// Mass of the second drug per volume in it, zero where it holds none; nil in a session of one drug.
  public var secondConcentration: Concentration?
  /// How long it takes from the pump's asking, or the event's time, until delivery is started.
  public var delay: Ticks
  /// Who changes it.
  public var role: Role
  /// A change.
  public init(
    syringe: SyringeEntry, fill: Volume, concentration: Concentration,
    secondConcentration: Concentration? = nil, delay: Ticks, role: Role
  ) {
    self.syringe = syringe
    self.fill = fill
    self.concentration = concentration
    self.secondConcentration = secondConcentration
    self.delay = delay
    self.role = role
  }
}

/// What the patient may ask for.
public struct PatientBolusOrder: Equatable, Sendable {
  /// Dose of one bolus.
  public var dose: Dose
  /// Time from the start of one bolus to the next, 5 min to 24 h.
  public var lockout: Ticks
  /// The most in one hour, 1 to 12.
  public var maximumPerHour: UInt8
  /// How fast it is delivered, at most 60 mL/h.
  public var flow: FlowRate
  /// An order.
  public init(dose: Dose, lockout: Ticks, maximumPerHour: UInt8, flow: FlowRate) {
    self.dose = dose
    self.lockout = lockout
    self.maximumPerHour = maximumPerHour
    self.flow = flow
  }
}

/// The most of the drug in any window of one length.
public struct DoseCapOrder: Equatable, Sendable {
  /// The length of the window.
  public var window: CapWindow
  /// The most in it.
  public var cap: Mass
  /// A cap.
  public init(window: CapWindow, cap: Mass) {
    self.window = window
    self.cap = cap
  }
}

/// What must not be passed while delivering.
public struct DeliveryLimits: Equatable, Sendable {
  /// Prescribed maximum of continuous flow, 0.05 to 10 mL/h.
  public var flow: FlowRate
  /// A cap for each window: as prescribed, or the drug library's where the file names none.
  public var doseCaps: [DoseCapOrder]
  /// Occlusion limit: 225, 540 or 750 mmHg.
  public var occlusion: Pressure
  /// Keep-open rate, 0 for off, at most 0.1 mL/h.
  public var keepOpen: FlowRate
  /// Limits.
  public init(
    flow: FlowRate, doseCaps: [DoseCapOrder], occlusion: Pressure, keepOpen: FlowRate
  ) {
    self.flow = flow
    self.doseCaps = doseCaps
    self.occlusion = occlusion
    self.keepOpen = keepOpen
  }
}

/// A soft limit of the drug library that a person passes on purpose.
public struct SoftLimitConfirmation: Equatable, Sendable {
  /// Which limit.
  public var limit: SoftLimit
  /// Of which drug of a mixture, by its id; nil for the leading one.
  public var drug: String?
  /// Who confirms, by name.
  public var by: String
  /// Why.
  public var reason: String
  /// What exceeds the limit, and the limit, as text: `0.35 mg/kg/h, soft limit 0.3 mg/kg/h`.
  public var exceeded: String
  /// A confirmation.
  public init(
    limit: SoftLimit, drug: String? = nil, by: String, reason: String, exceeded: String
  ) {
    self.limit = limit
    self.drug = drug
    self.by = by
    self.reason = reason
    self.exceeded = exceeded
  }
}

/// The soft limits of the drug library, as `confirm` names them.
public enum SoftLimit: String, Sendable, CaseIterable {
  /// Continuous dose rate.
  case doseRate = "dose-rate"
  /// Loading dose.
  case loading
  /// Patient or clinician bolus.
  case bolus
  /// Concentration in the syringe.
  case concentration
  /// Cap over one hour.
  case capOneHour = "cap-1h"
  /// Cap over four hours.
  case capFourHours = "cap-4h"
  /// Cap over a day.
  case capDay = "cap-24h"
  /// Lockout of the patient bolus.
  case lockout
}
