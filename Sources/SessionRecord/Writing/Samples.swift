import PumpHAL

/// What the controller says of the second drug of a mixture.
public struct SecondDrugSample: Equatable, Sendable {
  /// Mass dispensed to the patient, mg.
  public var dispensedMilligrams: Double
  /// Mass counted in the last hour, mg.
  public var countedInHourMilligrams: Double
  /// Mass counted in the last four hours, mg.
  public var countedInFourHoursMilligrams: Double
  /// Mass counted in the last day, mg.
  public var countedInDayMilligrams: Double
  /// A sample.
  public init(
    dispensedMilligrams: Double, countedInHourMilligrams: Double,
    countedInFourHoursMilligrams: Double, countedInDayMilligrams: Double
  ) {
    self.dispensedMilligrams = dispensedMilligrams
    self.countedInHourMilligrams = countedInHourMilligrams
    self.countedInFourHoursMilligrams = countedInFourHoursMilligrams
    self.countedInDayMilligrams = countedInDayMilligrams
  }
}

/// The controller's view of the infusion, for people: one message on `/trumpet/telemetry`.
public struct TelemetrySample: Equatable, Sendable {
  /// Mode, in words.
  public var mode = ""
  /// Flow commanded now, mL/h.
  public var flowMillilitresPerHour = 0.0
  /// Flow the programme asks for, mL/h.
  public var programmeFlowMillilitresPerHour = 0.0
  /// Pressure estimated from the force cell, mmHg; nil without a fresh reading.
  public var pressureMmHg: Double?
  /// Force at the plunger, N; nil without a valid reading.
  public var forceNewtons: Double?
  /// Motor current, mA; nil without a valid reading.
  public var motorCurrentMilliamperes: Double?
  /// Battery voltage, V; nil without a valid reading.
  public var batteryVolts: Double?
  /// Volume dispensed to the patient, mL.
  public var dispensedMillilitres = 0.0
  /// Mass of drug 0 dispensed to the patient, mg.
  public var dispensedMilligrams = 0.0
  /// Volume primed into the line, mL.
  public var primedMillilitres = 0.0
  /// Volume drawn back, mL.
  public var retractedMillilitres = 0.0
  /// Fluid left in the syringe, mL.
  public var reservoirMillilitres = 0.0
  /// Programme time left, s.
  public var programmeLeftSeconds = 0.0
  /// Predicted time from an occlusion now to its alarm, s; 0 where unknown.
  public var timeToAlarmSeconds = 0.0
  /// Mass counted in the last hour, mg.
  public var countedInHourMilligrams = 0.0
  /// Mass counted in the last four hours, mg.
  public var countedInFourHoursMilligrams = 0.0
  /// Mass counted in the last day, mg.
  public var countedInDayMilligrams = 0.0
  /// Time until the next patient bolus may be asked for, s.
  public var lockoutLeftSeconds = 0.0
  /// The second drug of a mixture; nil where there never was one.
  public var second: SecondDrugSample?
  /// Alarm signals, as their numbers.
  public var alarms = AlarmSet()
  /// A sample of nothing.
  public init() {}
}

/// What really happens in the simulated world: one message on `/trumpet/truth`.
public struct TruthSample: Equatable, Sendable {
  /// Volume that reached the tissue, mL.
  public var infusedMillilitres = 0.0
  /// Mass of drug 0 that reached the tissue, mg.
  public var infusedMilligrams = 0.0
  /// Mass of the second drug of a mixture that reached the tissue, mg; nil where none did.
  public var infusedSecondMilligrams: Double?
  /// Plasma concentration of the second drug, ng/mL; nil where none of it reached the tissue.
  public var secondPlasmaNanogramsPerMillilitre: Double?
  /// Volume that leaked to the outside, mL.
  public var leakedMillilitres = 0.0
  /// Flow through the needle, mL/h.
  public var needleFlowMillilitresPerHour = 0.0
  /// Volume left in the syringe, mL.
  public var syringeMillilitres = 0.0
  /// Pressure in syringe and line, mmHg.
  public var linePressureMmHg = 0.0
  /// Pressure at the needle's hub, mmHg.
  public var hubPressureMmHg = 0.0
  /// Pressure in the tissue, mmHg.
  public var tissuePressureMmHg = 0.0
  /// Plasma concentration of drug 0, ng/mL.
  public var plasmaNanogramsPerMillilitre = 0.0
  /// Charge left in the battery, 0 to 1.
  public var charge = 0.0
  /// Air in the line, µL at ambient pressure.
  public var bubbleMicrolitres = 0.0
  /// Position of the plunger, mm.
  public var plungerMillimetres = 0.0
  /// A sample of nothing.
  public init() {}
}
