// The world that a session file describes, as the plant takes it.

import Catalogue
import PumpHAL
import PumpPlant
import SessionFile

extension SyringeParameters {
  /// A syringe of the catalogue.
  public init(_ entry: SyringeEntry) {
    self.init()
    boreArea = entry.boreAreaSquareMillimetres
    capacity = entry.capacityMicrolitres
    deadSpace = entry.deadSpaceMicrolitres
    friction = entry.frictionNewtons
    compliance = entry.complianceMicrolitresPerMillimetreOfMercury
    barrelDiameter = entry.specification.barrelDiameter
  }
}

extension PlantParameters {
  /// The world of a session file: its pump, syringe, line, battery, drug, patient and place.
  public init(_ session: SessionDescription) {
    self.init()
    syringe = SyringeParameters(session.syringe)
    drive = DriveParameters(session.pump, isPurged: session.prime == nil)
    line.volume = session.infusionSet.primingMicrolitres
    line.compliance = session.infusionSet.lineComplianceMicrolitresPerMillimetreOfMercury
    line.hubCompliance = session.infusionSet.hubComplianceMicrolitresPerMillimetreOfMercury
    line.resistance = session.infusionSet.lineResistance
    line.needleResistance = session.infusionSet.needleResistance
    line.crackPressure = session.infusionSet.crackPressureMillimetresOfMercury
    line.isPrimed = session.prime == nil
    environment.height = session.environment.heightMetres
    environment.airPressure = session.environment.ambientKilopascals
    environment.temperature = session.environment.temperatureCelsius
    tissue.restingPressure = session.environment.tissueMillimetresOfMercury
    forceCell.fullScale = Double(session.pump.forceFullScale.micronewtons) / 1e6
    forceCell.bits = session.pump.forceBits
    forceCell.noise = session.pump.forceNoiseNewtons
    forceCell.drift = session.pump.forceDriftNewtonsPerHour
    forceCell.gainError = session.pump.forceGainError
    battery = BatteryParameters(session.battery, charge: session.batteryCharge)
    drug = DrugParameters(
      session.drug, concentration: session.concentration, patient: session.patientMass)
    if let second = session.second {
      secondDrug = DrugParameters(
        second.drug, concentration: second.concentration, patient: session.patientMass)
    }
    fill = Double(session.fill.picolitres) / 1e6
    seed = session.seed
    wallClockStart = session.startUnixMilliseconds ?? 0
    hasAirDetector = session.pump.hasAirDetector
  }
}

extension DriveParameters {
  /// The drive of a pump of the catalogue; a purge has taken up its lost motion.
  init(_ entry: PumpEntry, isPurged: Bool) {
    self.init()
    microstepTravel = Int32(clamping: entry.microstepTravel.nanometres)
    microstepsPerRevolution = entry.microstepsPerRevolution
    leadError = entry.leadErrorMillimetres
    backlash = Double(entry.backlash.nanometres) / 1e6
    initialGap = Double((isPurged ? entry.backlash : entry.unpurgedGap).nanometres) / 1e6
    stiffness = Double(entry.stiffness.newtonsPerMetre) / 1000
    damping = entry.dampingNewtonSecondsPerMillimetre
    stallForce = Double(entry.stallForce.micronewtons) / 1e6
    encoderCountsPerRevolution = entry.encoderCountsPerRevolution
    maximumStepRate = entry.maximumStepRate
  }
}

extension BatteryParameters {
  /// A battery of the catalogue with so much of its charge left.
  init(_ entry: BatteryEntry, charge: Double) {
    self.init()
    capacity = entry.capacityAmpereHours
    halfCurrent = entry.halfCapacityAmperes
    resistanceFresh = entry.freshResistanceOhms
    resistanceEmpty = entry.emptyResistanceOhms
    cells = entry.cells
    chemistry = entry.chemistry
    minimumVoltage = entry.cutOffVolts
    self.charge = charge
  }
}

extension DrugParameters {
  /// A drug of the library in a patient; without pharmacokinetics of its own it never reaches the
  /// plasma, because another drug's would be an invention.
  init(_ entry: DrugEntry, concentration: Concentration, patient: BodyMass) {
    self.init()
    self.concentration = Double(concentration.nanogramsPerMillilitre) / 1e6
    bodyMass = Double(patient.grams) / 1000
    guard let model = entry.pharmacokinetics else {
      bioavailability = 0
      return
    }
    precondition(model.volumesLitres.count == 3 && model.exchangeLitresPerHour.count == 2)
    clearance = model.clearanceLitresPerHour
    centralVolume = model.volumesLitres[0]
    secondVolume = model.volumesLitres[1]
    thirdVolume = model.volumesLitres[2]
    secondExchange = model.exchangeLitresPerHour[0]
    thirdExchange = model.exchangeLitresPerHour[1]
    absorption = model.absorptionPerHour
    bioavailability = model.bioavailability
  }
}

extension SessionDescription {
  /// Whether the world follows the drug into the plasma.
  var hasPlasmaModel: Bool { drug.pharmacokinetics != nil }
  /// Whether the world follows the second drug of a mixture into the plasma.
  var hasSecondPlasmaModel: Bool { second?.drug.pharmacokinetics != nil }
}
