import Catalogue
import PumpHAL
import Vocabulary

/// Everything that one session file says, checked and in the units of the pump.
///
/// A description that exists has passed every check on reading: names are in the catalogues, the
/// programme fits its syringes, no hard limit is exceeded and every soft limit that is exceeded
/// has been confirmed by name.
public struct SessionDescription: Equatable, Sendable {
  /// What the session is called.
  public var title: String
  /// The pump.
  public var pump: PumpEntry
  /// The patient's mass, 1 to 300 kg.
  public var patientMass: BodyMass
  /// The drug, from the drug library.
  public var drug: DrugEntry
  /// What it is given for; its limits are the ones that apply.
  public var indication: IndicationEntry
  /// Mass of drug per volume in the first syringe.
  public var concentration: Concentration
  /// The second drug of a mixture; nil where there is none.
  public var second: AdmixedDrug?
  /// The first syringe.
  public var syringe: SyringeEntry
  /// Fluid in the first syringe at power-on, dead space included; `prime`, if any, is drawn from it.
  public var fill: Volume
  /// Volume to prime through the line before it is connected; nil where it has been primed before.
  public var prime: Volume?
  /// Line and needle.
  public var infusionSet: InfusionSetEntry
  /// The battery type.
  public var battery: BatteryEntry
  /// Charge at power-on, 0 to 1.
  public var batteryCharge: Double
  /// What is to be given, in order.
  public var programme: [ProgrammeStep]
  /// What the patient may ask for; nil where there is no patient bolus.
  public var patientBolus: PatientBolusOrder?
  /// What must not be passed.
  public var limits: DeliveryLimits
  /// What a reported reaction leads to.
  public var reactionOrder: ReactionOrder
  /// Soft limits that are passed on purpose, each with who says so and why.
  public var confirmations: [SoftLimitConfirmation]
  /// How this one pump is set up by its owner.
  public var owner = OwnerSettings()
  /// Seed of the sensors' noise.
  public var seed: UInt64
  /// Wall clock at power-on, ms since 1970-01-01 UTC; nil where it does not matter.
  public var startUnixMilliseconds: Int64?
  /// How long after the set-up the pump is primed and started.
  public var startAfter: Ticks = .zero
  /// When the session ends at the latest, from the start of the programme; nil: at its end.
  public var duration: Ticks?
  /// Where the pump is worn.
  public var environment: SessionEnvironment
  /// What happens, in order of time.
  public var events: [SessionEvent]
  /// What must have held at the end.
  public var expectations: [Expectation]
  /// The file's bytes as they were read, for the session record.
  public var source: [UInt8]

  /// How the pump is configured: by the catalogue, with its battery, and by its owner.
  public var configuration: PumpConfiguration {
    var configuration = pump.configuration(with: battery)
    configuration.codes = owner.codes
    configuration.serviceDue = owner.serviceDue ?? 0
    configuration.serviceHours = owner.serviceHours
    return configuration
  }

  /// The programme as the pump takes it: a phase a step, a change of syringe as a phase of its own.
  public var phases: [ProgrammePhase] {
    programme.map { step in
      switch step {
      case .phase(let phase): phase
      case .change:
        ProgrammePhase(
          kind: .syringeChange, dose: Dose(0, .volume), per: Ticks(count: 1), duration: .zero)
      }
    }
  }
}

/// What the owner of one pump has set in it.
public struct OwnerSettings: Equatable, Sendable {
  /// Access codes; 0 where none is asked.
  public var codes = RoleCodes()
  /// The drug library that the programme was written for; nil: the one in the pump, 0: none.
  public var libraryVersion: UInt32?
  /// When service is due, ms since 1970-01-01 UTC; nil where it never is.
  public var serviceDue: Int64?
  /// When service is due by hours of running; 0 where it never is.
  public var serviceHours: UInt32 = 0
  /// No codes, no service, and the library in the pump.
  public init() {}
}

/// Where the pump is worn, and in what air.
public struct SessionEnvironment: Equatable, Sendable {
  /// Temperature around the pump, °C, -20 to 60.
  public var temperatureCelsius: Double = 20
  /// Height of the pump above the infusion site, m, -2 to 2.
  public var heightMetres: Double = 0
  /// Air pressure, kPa, 50 to 110.
  public var ambientKilopascals: Double = 101.325
  /// Resting pressure of the tissue around the needle, mmHg, -20 to 300.
  public var tissueMillimetresOfMercury: Double = -1
  /// A room at sea level, pump and site level.
  public init() {}
}
