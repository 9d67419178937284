import PumpHAL

/// What is confirmed and how far it has come, for displays and for whoever reads a record.
///
/// `Telemetry` says what the pump does; this says what it was told to do. Not part of a tick.
public struct Orders: Equatable, Sendable {
  /// Whether a prescription is confirmed; nothing else here means anything without it.
  public var isConfirmed = false
  /// Phases of the programme.
  public var phaseCount: UInt8 = 0
  /// Index of the phase that runs; `phaseCount` when all are done.
  public var phaseIndex: UInt8 = 0
  /// The phase that runs; nil when all are done.
  public var phase: ProgrammePhase?
  /// The phase after it; nil where there is none.
  public var nextPhase: ProgrammePhase?
  /// Time left of the phase that runs, while nothing interrupts it.
  public var phaseLeft = Ticks(count: 0)
  /// A clinician's proposal that waits for its confirmation.
  public var titration: ProgrammePhase?
  /// Most of the drug in an hour, four hours, a day; zero where no cap is set.
  public var capInHour = Mass.zero
  /// Most of the drug in four hours.
  public var capInFourHours = Mass.zero
  /// Most of the drug in a day.
  public var capInDay = Mass.zero
  /// Caps of the second drug of a mixture; zero where none is set.
  public var secondCapInHour = Mass.zero
  /// Most of the second drug in four hours.
  public var secondCapInFourHours = Mass.zero
  /// Most of the second drug in a day.
  public var secondCapInDay = Mass.zero
  /// The occlusion limit.
  public var occlusionLimit = Pressure.zero
  /// Prescribed maximum for continuous flow.
  public var maximumFlow = FlowRate.zero
  /// The keep-open rate; zero is off.
  public var keepOpenFlow = FlowRate.zero
  /// What a patient bolus gives; nil where none is ordered.
  public var patientBolus: Dose?
  /// Patient boluses that the count per hour still leaves; 0 where none is ordered.
  public var bolusesLeftInHour: UInt8 = 0
  /// Volume left of a bolus that is being delivered.
  public var bolusLeft = Volume.zero
  /// Whether a reported reaction holds delivery until a clinician starts it.
  public var isReactionHold = false
  /// Whether boluses are held because the record failed.
  public var isRecordFailed = false
  /// Orders of a pump that has none.
  public init() {}
}

extension Controller {
  /// What is confirmed and how far it has come; not part of a tick.
  public var orders: Orders {
    var orders = Orders()
    orders.isConfirmed = isConfirmed
    orders.isReactionHold = isReactionHold
    orders.isRecordFailed = isRecordFailed
    guard isConfirmed else { return orders }
    orders.phaseCount = prescription.phaseCount
    orders.phaseIndex = programme.phase
    if programme.phase < prescription.phaseCount {
      orders.phase = prescription.phases[Int(programme.phase)]
      if !programme.rate.isZero {
        orders.phaseLeft = Ticks(count: ticksNeeded(programme.left, at: programme.rate))
      }
      if programme.phase + 1 < prescription.phaseCount {
        orders.nextPhase = prescription.phases[Int(programme.phase) + 1]
      }
    }
    orders.titration = titration
    orders.capInHour = prescription.drug.caps.oneHour
    orders.capInFourHours = prescription.drug.caps.fourHours
    orders.capInDay = prescription.drug.caps.day
    if prescription.isMixture {
      orders.secondCapInHour = prescription.second.caps.oneHour
      orders.secondCapInFourHours = prescription.second.caps.fourHours
      orders.secondCapInDay = prescription.second.caps.day
    }
    orders.occlusionLimit = prescription.occlusionLimit
    orders.maximumFlow = prescription.maximumFlow
    orders.keepOpenFlow = prescription.keepOpenFlow
    if prescription.entries.contains(.patientBolus) {
      orders.patientBolus = prescription.bolusDose
      orders.bolusesLeftInHour = bolusesLeftInHour
    }
    orders.bolusLeft = Volume(
      picolitres: conversions.picolitres(in: bolus.patientLeft + bolus.clinicianLeft))
    return orders
  }

  private var bolusesLeftInHour: UInt8 {
    var boluses = bolus
    let granted = boluses.grantsInHour(before: now)
    return UInt8(max(0, Int(prescription.bolusesPerHour) - granted))
  }
}
