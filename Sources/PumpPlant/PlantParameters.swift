import PumpHAL

// What the modelled world is made of. The numbers that stand here as defaults describe a 20 mL
// syringe, a 100 cm line and a 25 G x 19 mm needle; `Docs/Plant.md` gives the source of each.

/// A syringe and what the plant needs to know of it.
public struct SyringeParameters: Equatable, Sendable {
  /// Bore area, mm².
  public var boreArea: Double = 285.023
  /// Nominal capacity, µL.
  public var capacity: Double = 20_000
  /// Fluid left when the plunger is home, µL.
  public var deadSpace: Double = 150
  /// Friction of the moving plunger (Coulomb), N.
  public var friction: Double = 4.5
  /// Share of `friction` that break-away needs on top, immediately after stopping.
  public var breakawayImmediate: Double = 0.05
  /// Further share of `friction` that break-away needs after a long rest.
  public var breakawayRest: Double = 0.6
  /// Rest after which half of `breakawayRest` has built up, s.
  public var breakawayTime: Double = 600
  /// What stopper tip and barrel store, µL/mmHg.
  public var compliance: Double = 0.5
  /// Outside diameter of the barrel, 0.01 mm.
  public var barrelDiameter: UInt16 = 2200
  /// Whether the drive holds the plunger head, so that it can pull as well as push.
  public var isPlungerCaptured = true
  /// A BD Plastipak 20 mL syringe.
  public init() {}
}

/// Motor, screw and carriage.
public struct DriveParameters: Equatable, Sendable {
  /// Nominal carriage travel of one microstep, nm.
  public var microstepTravel: Int32 = 250
  /// Microsteps in one turn of the screw.
  public var microstepsPerRevolution: Int32 = 3200
  /// Amplitude of the screw's periodic error, mm.
  public var leadError: Double = 0.005
  /// Lost motion on reversal, mm.
  public var backlash: Double = 0.1
  /// Lost motion still to be taken up at power-on, mm: 0.1 after a purge, 1.0 without.
  public var initialGap: Double = 0.1
  /// Stiffness of screw, chassis, rod and stopper in series, N/mm.
  public var stiffness: Double = 60
  /// Damping of the moving plunger, N·s/mm.
  public var damping: Double = 2
  /// Speed below which a moving plunger sticks again, mm/s.
  public var restickSpeed: Double = 0.004
  /// Thrust at which a step is lost, N.
  public var stallForce: Double = 70
  /// Encoder counts in one turn of the screw.
  public var encoderCountsPerRevolution: Int32 = 1600
  /// The fastest the motor can go, microsteps per second.
  public var maximumStepRate: UInt32 = 4000
  /// Current of the moving motor without load, mA.
  public var noLoadCurrent: Double = 80
  /// Current that each newton of thrust adds, mA/N.
  public var currentPerThrust: Double = 2
  /// The default drive.
  public init() {}
}

/// Line and winged needle.
public struct LineParameters: Equatable, Sendable {
  /// Volume from syringe cone to needle tip, µL.
  public var volume: Double = 785
  /// What the line stores, µL/mmHg.
  public var compliance: Double = 0.06
  /// Resistance of the line, mmHg per mL/h.
  public var resistance: Double = 0.0851
  /// Resistance of the needle, mmHg per mL/h.
  public var needleResistance: Double = 0.3537
  /// What the hub between line and needle stores, µL/mmHg.
  public var hubCompliance: Double = 0.04
  /// Pressure at which the anti-siphon valve opens, mmHg; 0 without valve.
  public var crackPressure: Double = 0
  /// Whether the line is full of drug at power-on; else it holds fluid without drug.
  public var isPrimed = true
  /// A 100 cm line with a 25 G x 19 mm needle.
  public init() {}
}

/// The tissue that takes the fluid up: `P = P0 + Py * q / (q + qh)`.
public struct TissueParameters: Equatable, Sendable {
  /// What the depot stores, µL/mmHg.
  public var compliance: Double = 1000
  /// The pressure that is never passed at any flow (`Py`), mmHg.
  public var yieldPressure: Double = 90
  /// Flow at which half of it is reached (`qh`), mL/h.
  public var halfFlow: Double = 150
  /// Pressure at rest (`P0`), mmHg.
  public var restingPressure: Double = -1
  /// Subcutaneous tissue.
  public init() {}
}

/// Where the pump is.
public struct EnvironmentParameters: Equatable, Sendable {
  /// Height of the pump above the site, m.
  public var height: Double = 0
  /// Air pressure, kPa.
  public var airPressure: Double = 101.325
  /// Temperature around the pump, °C.
  public var temperature: Double = 20
  /// A room at sea level.
  public init() {}
}

/// The force cell between carriage and plunger.
public struct ForceCellParameters: Equatable, Sendable {
  /// Full scale in either direction, N.
  public var fullScale: Double = 100
  /// Resolution including the sign, bits.
  public var bits: Int32 = 14
  /// White noise, N rms.
  public var noise: Double = 0.005
  /// Drift of the zero, N/h.
  public var drift: Double = 0.02
  /// Error of the gain; 0.03 reads three per cent too much.
  public var gainError: Double = 0.03
  /// Error of the zero at power-on, N.
  public var offset: Double = 0
  /// The default cell.
  public init() {}
}

/// What kind of cell the battery is made of; decides its voltage over charge.
public enum BatteryChemistry: UInt8, Sendable, CaseIterable {
  /// Alkaline manganese, 1.5 V a cell.
  case alkaline = 0
  /// Lithium manganese dioxide (CR123A), 3 V a cell, flat until the end.
  case lithium = 1
}

/// The battery and what draws on it.
public struct BatteryParameters: Equatable, Sendable {
  /// Charge of a fresh cell at a small current, Ah.
  public var capacity: Double = 2.49
  /// Current at which half of it can be used, A.
  public var halfCurrent: Double = 0.65
  /// Inner resistance of one fresh cell, Ω.
  public var resistanceFresh: Double = 0.15
  /// Inner resistance of one empty cell, Ω.
  public var resistanceEmpty: Double = 0.6
  /// Resistance behind which one cell polarises, Ω.
  public var polarisationResistance: Double = 0.1
  /// Time constant of the polarisation, s.
  public var polarisationTime: Double = 60
  /// Cells in series.
  public var cells: Int32 = 2
  /// What the cells are.
  public var chemistry: BatteryChemistry = .alkaline
  /// Share of the charge that is left at power-on, 0 to 1.
  public var charge: Double = 1
  /// What the electronics draw, mA.
  public var quiescentCurrent: Double = 12
  /// What buzzer and flashing lamp add in a high-priority alarm, mA.
  public var alarmCurrent: Double = 40
  /// Terminal voltage below which the supply gives up, V.
  public var minimumVoltage: Double = 1.8
  /// Two AA cells.
  public init() {}
}

/// Drug and patient: three compartments fed from a depot under the skin.
public struct DrugParameters: Equatable, Sendable {
  /// Drug in the syringe, mg/mL.
  public var concentration: Double = 6
  /// Mass of the patient, kg.
  public var bodyMass: Double = 70
  /// Clearance, L/h for 70 kg.
  public var clearance: Double = 84
  /// Central volume, L for 70 kg.
  public var centralVolume: Double = 25
  /// Volume of the second compartment, L for 70 kg.
  public var secondVolume: Double = 56
  /// Volume of the third compartment, L for 70 kg; 0 without one.
  public var thirdVolume: Double = 157
  /// Exchange with the second compartment, L/h for 70 kg.
  public var secondExchange: Double = 161
  /// Exchange with the third compartment, L/h for 70 kg.
  public var thirdExchange: Double = 79
  /// Absorption from the depot, 1/h.
  public var absorption: Double = 2
  /// Share of the dose that is absorbed.
  public var bioavailability: Double = 1
  /// Whether clearance and exchanges grow with (mass / 70 kg)^0.75 instead of linearly.
  public var isAllometric = false
  /// Racemic ketamine in a patient of 70 kg.
  public init() {}
  /// A drug that is not in the syringe and never reaches the plasma.
  public static let absent: DrugParameters = {
    var drug = DrugParameters()
    drug.concentration = 0
    drug.bioavailability = 0
    return drug
  }()
}

/// Everything that a modelled world is made of.
public struct PlantParameters: Equatable, Sendable {
  /// The syringe.
  public var syringe = SyringeParameters()
  /// Motor, screw and carriage.
  public var drive = DriveParameters()
  /// Line and needle.
  public var line = LineParameters()
  /// The tissue.
  public var tissue = TissueParameters()
  /// Where the pump is.
  public var environment = EnvironmentParameters()
  /// The force cell.
  public var forceCell = ForceCellParameters()
  /// The battery.
  public var battery = BatteryParameters()
  /// Drug and patient.
  public var drug = DrugParameters()
  /// The second drug of a mixture; none of it where its concentration is 0.
  public var secondDrug = DrugParameters.absent
  /// Fluid in the syringe at power-on, dead space included, µL.
  public var fill: Double = 20_000
  /// Seed of the sensor noise.
  public var seed: UInt64 = 1
  /// The wall clock at power-on, ms since 1970-01-01T00:00:00Z; 0 where it is not set.
  public var wallClockStart: Int64 = 0
  /// Whether the pump has an air detector.
  public var hasAirDetector = false
  /// Steps of the integrator in one tick of 10 ms, 1 to 10.
  public var substeps: Int32 = 1
  /// The default world.
  public init() {}
  /// The default world.
  public static let standard = PlantParameters()
}
