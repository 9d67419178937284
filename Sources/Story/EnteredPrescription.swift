import PumpHAL

/// What was entered into the pump and confirmed: the prescription as the pump worked by it.
///
/// Taken from the commands in the record's ticks, not from the session file beside them.
public struct EnteredPrescription: Equatable, Sendable {
  /// When it was confirmed.
  public var confirmedTick: Int64 = 0
  /// Number of the drug in the library.
  public var drugNumber: UInt16 = 0
  /// Number of the second drug of a mixture in the library; nil where there is none.
  public var secondDrugNumber: UInt16?
  /// The patient's mass.
  public var patient = BodyMass(grams: 0)
  /// The infusion set.
  public var infusionSet: InfusionSetSpecification?
  /// The phases of the programme.
  public var phases: [ProgrammePhase] = []
  /// What the patient may ask for; nil where there is no patient bolus.
  public var patientBolus: EnteredBolus?
  /// Dose caps, by window.
  public var caps: [EnteredCap] = []
  /// Dose caps of the second drug, by window.
  public var secondCaps: [EnteredCap] = []
  /// Prescribed maximum for continuous flow.
  public var flowLimit = FlowRate(nanolitresPerHour: 0)
  /// Occlusion limit.
  public var occlusionLimit = Pressure(pascals: 0)
  /// Keep-open rate, 0 where it is off.
  public var keepOpen = FlowRate(nanolitresPerHour: 0)
  /// What a reported reaction leads to.
  public var reactionOrder = ReactionOrder.stop
  /// A prescription of nothing.
  public init() {}

  /// The occlusion limit, mmHg.
  public var occlusionLimitMmHg: Double { Double(occlusionLimit.pascals) / pascalsPerMmHg }
}

/// Pascals in a millimetre of mercury.
let pascalsPerMmHg = 133.322387415

/// A patient bolus as it was entered.
public struct EnteredBolus: Equatable, Sendable {
  /// The dose.
  public var dose: Dose
  /// Time from the beginning of one to the next.
  public var lockout: Ticks
  /// Most per hour.
  public var maximumPerHour: UInt8
  /// Delivery rate.
  public var flow: FlowRate
  /// A bolus.
  public init(dose: Dose, lockout: Ticks, maximumPerHour: UInt8, flow: FlowRate) {
    self.dose = dose
    self.lockout = lockout
    self.maximumPerHour = maximumPerHour
    self.flow = flow
  }
}

/// A dose cap as it was entered.
public struct EnteredCap: Equatable, Sendable {
  /// The window.
  public var window: CapWindow
  /// The most in any such window.
  public var cap: Mass
  /// A cap.
  public init(window: CapWindow, cap: Mass) {
    self.window = window
    self.cap = cap
  }
}

/// A syringe as it was confirmed, and what the motor did with it.
public struct SyringeUse: Equatable, Sendable {
  /// When it was confirmed.
  public var confirmedTick: Int64
  /// What was confirmed of it.
  public var syringe: SyringeSpecification
  /// Fluid in it, dead space included.
  public var fill: Volume
  /// Mass of drug per volume.
  public var concentration: Concentration
  /// Mass of the second drug of a mixture per volume; zero where there is none of it.
  public var secondConcentration = Concentration(nanogramsPerMillilitre: 0)
  /// Travel of one microstep.
  public var microstepTravel: Length
  /// Microsteps commanded towards the patient.
  public var forwardSteps: Int64 = 0
  /// Microsteps commanded while priming.
  public var primingSteps: Int64 = 0
  /// Microsteps drawn back.
  public var retractedSteps: Int64 = 0
  /// Microsteps towards the patient after the last sample of telemetry, retraction taken off.
  var tailSteps: Int64 = 0
  /// Microsteps that the encoder saw, all directions and purposes together; nil without an encoder.
  public var measuredSteps: Int64?
  /// A syringe.
  public init(
    confirmedTick: Int64, syringe: SyringeSpecification, fill: Volume,
    concentration: Concentration, microstepTravel: Length
  ) {
    self.confirmedTick = confirmedTick
    self.syringe = syringe
    self.fill = fill
    self.concentration = concentration
    self.microstepTravel = microstepTravel
  }

  /// Volume of so many microsteps, mL.
  public func millilitres(_ steps: Int64) -> Double {
    // µm² × nm = aL; 10^15 aL are a millilitre.
    Double(steps) * Double(syringe.boreArea.squareMicrometres)
      * Double(microstepTravel.nanometres) / 1e15
  }

  /// Concentration, mg/mL.
  public var milligramsPerMillilitre: Double {
    Double(concentration.nanogramsPerMillilitre) / 1e6
  }

  /// Concentration of the second drug, mg/mL.
  public var secondMilligramsPerMillilitre: Double {
    Double(secondConcentration.nanogramsPerMillilitre) / 1e6
  }
}

extension EnteredPrescription {
  /// Mass of a dose, mg, at a concentration in mg/mL.
  public func milligrams(_ dose: Dose, milligramsPerMillilitre: Double) -> Double {
    switch dose.basis {
    case .mass: Double(dose.amount) / 1e6
    case .massPerKilogram: Double(dose.amount) / 1e6 * Double(patient.grams) / 1000
    case .volume: Double(dose.amount) / 1e9 * milligramsPerMillilitre
    }
  }
}
