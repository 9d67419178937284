/// Who gives a command.
public enum Role: UInt8, Sendable, CaseIterable {
  /// The patient: may ask for a bolus, pause audio, and stop.
  case patient = 0
  /// A nurse: may run the pump.
  case nurse = 1
  /// A prescriber or pharmacist: may also change what is delivered.
  case pharmacist = 2
  /// A service engineer on the bench.
  case service = 3
}

/// A syringe as the operator confirms it, from the catalogue.
public struct SyringeSpecification: Equatable, Sendable {
  /// Number of the catalogue entry.
  public var number: UInt16
  /// Outside diameter of the barrel, 0.01 mm, compared with what the sizer sees; 0 where unknown.
  public var barrelDiameter: UInt16
  /// Bore area.
  public var boreArea: Area
  /// Nominal capacity.
  public var capacity: Volume
  /// Volume that stays in the syringe when the plunger is home.
  public var deadSpace: Volume
  /// Plunger friction while moving (Coulomb), µN.
  public var friction: Int32
  /// What stopper and fluid store, without drive train and line, fL/Pa.
  public var compliance: Int32
  /// A specification.
  public init(
    number: UInt16, barrelDiameter: UInt16, boreArea: Area, capacity: Volume, deadSpace: Volume,
    friction: Int32, compliance: Int32
  ) {
    self.number = number
    self.barrelDiameter = barrelDiameter
    self.boreArea = boreArea
    self.capacity = capacity
    self.deadSpace = deadSpace
    self.friction = friction
    self.compliance = compliance
  }
}

/// An infusion set as the operator confirms it, from the catalogue.
public struct InfusionSetSpecification: Equatable, Sendable {
  /// Number of the catalogue entry.
  public var number: UInt16
  /// Volume from syringe cone to needle tip.
  public var primingVolume: Volume
  /// What the line stores, fL/Pa.
  public var compliance: Int32
  /// Pressure needed per flow with water at 20 °C, Pa per mL/h.
  public var resistance: Int32
  /// A specification.
  public init(number: UInt16, primingVolume: Volume, compliance: Int32, resistance: Int32) {
    self.number = number
    self.primingVolume = primingVolume
    self.compliance = compliance
    self.resistance = resistance
  }
}

/// What the number of a dose counts.
public enum DoseBasis: UInt8, Sendable {
  /// Nanograms.
  case mass = 0
  /// Nanograms per kilogram of body mass.
  case massPerKilogram = 1
  /// Picolitres of solution.
  case volume = 2
}

/// An amount to give, as it was prescribed.
public struct Dose: Equatable, Sendable {
  /// How many: ng, ng/kg or pL.
  public var amount: Int64
  /// What `amount` counts.
  public var basis: DoseBasis
  /// A dose.
  public init(_ amount: Int64, _ basis: DoseBasis) {
    self.amount = amount
    self.basis = basis
  }
}

/// What a phase of a programme is.
public enum PhaseKind: UInt8, Sendable {
  /// A dose once, at the beginning.
  case loading = 0
  /// Continuous delivery.
  case basal = 1
  /// Stop here and wait for the next syringe.
  case syringeChange = 2
}

/// One phase of a programme: `dose` every `per`, for `duration`.
///
/// The rate is kept as this exact fraction; nothing is divided until steps are made of it.
public struct ProgrammePhase: Equatable, Sendable {
  /// What it is.
  public var kind: PhaseKind
  /// Dose given in every `per`.
  public var dose: Dose
  /// The time in which `dose` is given; one hour for mg/h.
  public var per: Ticks
  /// How long the phase lasts while nothing interrupts it.
  public var duration: Ticks
  /// A phase.
  public init(kind: PhaseKind, dose: Dose, per: Ticks, duration: Ticks) {
    self.kind = kind
    self.dose = dose
    self.per = per
    self.duration = duration
  }
  /// The most phases a programme may have.
  @inlinable public static var maximumCount: UInt8 { 16 }
}

/// How many windows a drug's dose caps have: 1 h, 4 h, 24 h.
public enum CapWindow: UInt8, Sendable, CaseIterable {
  /// One hour.
  case oneHour = 0
  /// Four hours.
  case fourHours = 1
  /// Twenty-four hours.
  case day = 2
}

/// What a reported reaction leads to.
public enum ReactionOrder: UInt8, Sendable {
  /// Stop delivery.
  case stop = 0
  /// Halve the basal rate.
  case halve = 1
}

/// What an operator asks of the pump.
///
/// A programme arrives a phase a command and takes effect with `confirm`; until then nothing that
/// is being delivered changes.
public enum OperatorAction: Equatable, Sendable {
  /// Nothing is asked.
  case none
  /// Begin a set-up. `isNewPatient` clears dose history, and is refused unless stopped.
  case beginSetUp(isNewPatient: Bool)
  /// The syringe in the clamp is this one.
  case confirmSyringe(SyringeSpecification)
  /// The infusion set is this one.
  case confirmInfusionSet(InfusionSetSpecification)
  /// Fluid in the syringe, dead space included.
  case setFill(Volume)
  /// Drug `index` in the syringe, by library number: 0 is the leading drug, whose mass every dose
  /// counts, 1 the second of a mixture. A second drug of concentration 0 is none.
  case setDrug(index: UInt8, number: UInt16, concentration: Concentration)
  /// Hard limits of the drug library for continuous delivery, a single bolus and a loading dose.
  case setDrugLimits(index: UInt8, doseRate: DoseRate, bolus: Mass, loading: Mass)
  /// The patient's mass.
  case setPatient(BodyMass)
  /// Most of drug `index` in any window of the given length.
  case setDoseCap(index: UInt8, window: CapWindow, cap: Mass)
  /// Prescribed maximum for continuous flow, occlusion limit, keep-open rate (0 is off).
  case setLimits(flow: FlowRate, occlusion: Pressure, keepOpen: FlowRate)
  /// Phase `index` of the programme being entered.
  case setPhase(index: UInt8, ProgrammePhase)
  /// Patient bolus: dose, lockout from its start, most per hour, delivery rate.
  case setPatientBolus(dose: Dose, lockout: Ticks, maximumPerHour: UInt8, flow: FlowRate)
  /// What a reported reaction leads to.
  case setReactionOrder(ReactionOrder)
  /// Everything entered is right; the programme has so many phases. Also confirms a titration.
  case confirm(phaseCount: UInt8)
  /// Throw away what was entered and not confirmed.
  case cancel
  /// Fill the line; the operator states that the patient is not connected.
  case prime(volume: Volume, isDisconnected: Bool)
  /// Start or go on delivering.
  case start
  /// Stop delivering, at once.
  case stop
  /// Pause delivering.
  case pause
  /// Acknowledge every alarm whose cause is gone, and silence the others' sound for a while.
  case acknowledge
  /// Silence the sound, at most 120 s.
  case audioPause
  /// The patient asks for a bolus.
  case requestBolus
  /// A clinician gives `dose` over `duration`.
  case clinicianBolus(dose: Dose, duration: Ticks)
  /// A clinician proposes a new basal dose rate for the phase that runs; applies with `confirm`.
  case titrate(dose: Dose, per: Ticks)
  /// A side effect was seen; severity 1 mild to 3 severe.
  case reportReaction(severity: UInt8)
  /// After an interruption: resume the programme in memory, or forget it.
  case answerResume(isResuming: Bool)
  /// Report to the pump that the session record has failed: boluses are held.
  case recordFailed
  /// Switch off.
  case powerOff
  /// The programme was written for this version of the drug library; 0 is none.
  ///
  /// It is compared with `PumpConfiguration.libraryVersion`. With another version nothing can be
  /// confirmed or started (ALM28); a programme confirmed without it is shown as not using the library.
  case setLibrary(version: UInt32)
  /// Soft limits of the drug library for continuous delivery and a single bolus of drug `index`.
  ///
  /// What lies above them, and not above the hard limits, is refused unless `overrideSoftLimit` was
  /// entered before.
  case setSoftLimits(index: UInt8, doseRate: DoseRate, bolus: Mass)
  /// The next `confirm` or `clinicianBolus` may pass the soft limits, for a reason (1 to 255, 0 is
  /// none); it holds for the first of them that is accepted, until `cancel` or for 10 min.
  case overrideSoftLimit(reason: UInt8)
  /// The code of the command's role is entered.
  ///
  /// A role whose code in `PumpConfiguration.codes` is 0 is never locked. Any other is locked at
  /// power-on, and is then allowed what the patient is allowed, and no more. The right code unlocks
  /// it; it is locked again after `AccessRules.unlockedTicks` in which it gave no command at all
  /// (each command it gives while unlocked, whatever becomes of it, begins that time anew; the tick
  /// in which the time is over is locked). The third wrong code in a row, right ones of other roles
  /// not counted, locks the role and takes no more of its codes for 60 s; the next third wrong one
  /// doubles that, to 15 min at most; a code that comes meanwhile is refused unread and counts for
  /// nothing. The right code sets both counts back to zero. They survive a loss of power.
  ///
  /// Refused with `refusedCode` where wrong, with `refusedLocked` where unread, and with
  /// `refusedRole` to the patient, who has none. Stop and pause need no code, ever.
  case enterCode(UInt32)
}

/// The times that go with access codes, in ticks.
public enum AccessRules {
  /// How long a role stays unlocked without giving a command: 3 min.
  @inlinable public static var unlockedTicks: Int64 { 18_000 }
  /// Wrong codes in a row that lock a role out.
  @inlinable public static var wrongCodes: UInt8 { 3 }
  /// The first time for which no more codes are taken: 60 s.
  @inlinable public static var firstLockOutTicks: Int64 { 6_000 }
  /// The longest such time: 15 min.
  @inlinable public static var longestLockOutTicks: Int64 { 90_000 }
}

/// A command as it enters a tick: who, and what.
public struct OperatorCommand: Equatable, Sendable {
  /// Who gives it.
  public var role: Role
  /// What is asked.
  public var action: OperatorAction
  /// A command.
  @inlinable public init(_ action: OperatorAction, by role: Role) {
    self.role = role
    self.action = action
  }
  /// No command.
  @inlinable public static var none: OperatorCommand { OperatorCommand(.none, by: .patient) }
}
