import PumpHAL

/// What the controller accounts for and counts of one drug, as masses.
public struct DrugAccount: Equatable, Sendable {
  /// Dispensed to the patient: forward minus documented retraction, priming excluded.
  public var dispensed = Mass.zero
  /// Of which: loading doses.
  public var loading = Mass.zero
  /// Of which: basal.
  public var basal = Mass.zero
  /// Of which: patient and clinician boluses.
  public var bolus = Mass.zero
  /// Counted in the last hour.
  public var countedInHour = Mass.zero
  /// Counted in the last four hours.
  public var countedInFourHours = Mass.zero
  /// Counted in the last day.
  public var countedInDay = Mass.zero
  /// An account of nothing.
  public init() {}
}

/// The controller's own view of the infusion, for displays, records and the summary.
public struct Telemetry: Equatable, Sendable {
  /// The mode.
  public var mode: PumpMode = .selfTest
  /// Flow commanded now, after every bound.
  public var flow = FlowRate(nanolitresPerHour: 0)
  /// Flow the programme asks for now.
  public var programmeFlow = FlowRate(nanolitresPerHour: 0)
  /// Pressure in the syringe as estimated from the force cell; nil without a fresh reading.
  public var pressure: Pressure?
  /// Volume dispensed to the patient since the programme's reservoir history began: forward minus
  /// documented retraction, priming excluded.
  public var dispensedVolume = Volume(picolitres: 0)
  /// Mass of drug 0 dispensed to the patient, likewise.
  public var dispensedMass = Mass(nanograms: 0)
  /// Of which: loading doses.
  public var loadingMass = Mass(nanograms: 0)
  /// Of which: basal.
  public var basalMass = Mass(nanograms: 0)
  /// Of which: patient and clinician boluses.
  public var bolusMass = Mass(nanograms: 0)
  /// Volume primed into the line.
  public var primedVolume = Volume(picolitres: 0)
  /// Volume drawn back by retractions.
  public var retractedVolume = Volume(picolitres: 0)
  /// Fluid left in the syringe, dead space included.
  public var reservoirVolume = Volume(picolitres: 0)
  /// Programme time left while nothing interrupts it.
  public var programmeLeft = Ticks(count: 0)
  /// Predicted time from an occlusion now to its alarm, s; 0 where unknown.
  public var predictedTimeToAlarm: UInt32 = 0
  /// Stored volume estimated at the last occlusion alarm.
  public var storedVolume = Volume(picolitres: 0)
  /// Mass of drug 0 counted in the last hour, four hours, day.
  public var countedInHour = Mass(nanograms: 0)
  /// Mass of drug 0 counted in the last four hours.
  public var countedInFourHours = Mass(nanograms: 0)
  /// Mass of drug 0 counted in the last day.
  public var countedInDay = Mass(nanograms: 0)
  /// The second drug; nil where none was ever in the syringe.
  public var second: DrugAccount?
  /// Time until the next patient bolus may be asked for.
  public var lockoutLeft = Ticks(count: 0)
  /// Boluses granted.
  public var bolusesGranted: UInt32 = 0
  /// Boluses denied.
  public var bolusesDenied: UInt32 = 0
  /// Steps the encoder showed missing and that were made up.
  public var correctedSteps: Int64 = 0
  /// The lowest flow at which a line that comes off can be seen with this syringe and set; nil where
  /// the pump cannot go that fast, so that there is no line-open detection at all.
  public var lineOpenFlow: FlowRate?
  /// How far the force cell's pressure may be off without the motor's current contradicting it; nil
  /// where the hardware does not measure the current.
  public var pressureDoubt: Pressure?
  /// Volume of motor travel after which a nut that slips is found; nil without a carriage sensor.
  public var slipVolume: Volume?
  /// The part of the self test at which it failed; none where it passed or is not over.
  public var failedPart = SelfTestPart.none
  /// Whether the restart limit leaves a start to a pharmacist.
  public var needsPharmacist = false
  /// Telemetry of a pump that has just been powered on.
  public init() {}
}
