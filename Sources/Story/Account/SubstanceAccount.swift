import PumpHAL

/// Which drug of a mixture an account is of.
///
/// - Requirements: @relation(R-009, R-065, scope=file)
public enum AccountedDrug: Equatable, Sendable {
  /// The one that doses in mass count.
  case leading
  /// The other one.
  case second
}

/// The account of one controlled substance over a session, in mg, with what it is uncertain by.
///
/// Every figure is that of the pump's own account or of what was entered into it; the motor's steps and the
/// encoder stand beside it. Nothing here is what reached the tissue.
///
/// - Requirements: @relation(R-009, R-065, scope=file)
public struct SubstanceAccount: Equatable, Sendable {
  /// One syringe.
  public struct Syringe: Equatable, Sendable {
    /// Number of the syringe in the session, from 1.
    public var number: Int
    /// Name of the syringe.
    public var name: String
    /// Concentration, mg/mL.
    public var concentration: Double
    /// In the syringe when it was confirmed, mL, dead space included.
    public var drawnUpVolume: Double
    /// Primed, mL.
    public var primedVolume: Double
    /// Dispensed to the patient, retractions taken off, mL.
    public var dispensedVolume: Double
    /// Drawn back after occlusions, mL.
    public var retractedVolume: Double
    /// Dispensed, mg, as the pump counts it.
    public var dispensedMass: Double
    /// Standard uncertainties of what is expected in it.
    public var components: [UncertaintyComponent]
    /// What was found in it and who saw it; nil where nobody disposed of it.
    public var finding: DisposalFinding?

    /// What has to be left in it, mL, dead space included.
    public var residualVolume: Double { drawnUpVolume - primedVolume - dispensedVolume }
    /// In it when it was confirmed, mg.
    public var drawnUpMass: Double { drawnUpVolume * concentration }
    /// Primed, mg.
    public var primedMass: Double { primedVolume * concentration }
    /// What has to be left in it, mg.
    public var residualMass: Double { residualVolume * concentration }
  }

  /// Which drug of the session it is.
  public var place: AccountedDrug
  /// Number of the drug in the library.
  public var drugNumber: UInt16
  /// Name of the drug.
  public var drug: String
  /// Schedules under which it is controlled; empty where it is not.
  public var schedules: [String]
  /// The syringes.
  public var syringes: [Syringe]
  /// What line and needle hold, mL; nil where no infusion set was entered.
  public var lineVolume: Double?
  /// What the line held of the drug when the session began, mg; nil where it is not known.
  public var lineAtStart: Double?
  /// What the line holds of the drug at the end, mg; nil where it is not known.
  public var lineAtEnd: Double?
  /// Of what was primed, what went to waste, mg.
  public var primingWaste: Double
  /// Commanded by the motor's steps towards the patient, retraction taken off, mL.
  public var commandedVolume: Double
  /// Moved as the encoder saw it, priming included, mL; nil without an encoder.
  public var measuredVolume: Double?
  /// Disposals that belong to no syringe, or that the pump's state forbade.
  public var otherDisposals: [StoryEvent]

  /// Drawn up in all syringes, mg.
  public var drawnUp: Double { syringes.reduce(0) { $0 + $1.drawnUpMass } }
  /// Primed from all syringes, mg.
  public var primed: Double { syringes.reduce(0) { $0 + $1.primedMass } }
  /// Dispensed from all syringes, mg.
  public var dispensed: Double { syringes.reduce(0) { $0 + $1.dispensedMass } }
  /// Expected to be left in all syringes, mg.
  public var residual: Double { syringes.reduce(0) { $0 + $1.residualMass } }
}

/// What was found when a syringe was disposed of, against what was expected.
public struct DisposalFinding: Equatable, Sendable {
  /// When, session tick.
  public var tick: Int64
  /// By whom.
  public var role: String
  /// Who saw it.
  public var witnesses: [String]
  /// As it was stated: the number and its unit.
  public var stated: (amount: Double, unit: String)
  /// What was found, mg.
  public var foundMass: Double
  /// Found less expected, mg; negative where drug is missing.
  public var difference: Double
  /// Expanded uncertainty of the difference, mg, coverage factor 2 (about 95 %).
  public var uncertainty: Double
  /// What the uncertainty is made of.
  public var components: [UncertaintyComponent]

  /// Whether the difference is larger than its uncertainty.
  public var isBeyondUncertainty: Bool { abs(difference) > uncertainty }

  /// Whether two findings are the same.
  public static func == (a: DisposalFinding, b: DisposalFinding) -> Bool {
    a.tick == b.tick && a.role == b.role && a.witnesses == b.witnesses
      && a.stated == b.stated && a.foundMass == b.foundMass && a.difference == b.difference
      && a.uncertainty == b.uncertainty && a.components == b.components
  }
}

/// One cause of uncertainty, as the Guide to the Expression of Uncertainty in Measurement
/// (JCGM 100:2008) adds them up.
public struct UncertaintyComponent: Equatable, Sendable {
  /// What is uncertain.
  public enum Cause: Equatable, Sendable {
    /// The reading of the fill on the syringe's scale.
    case fillReading
    /// The reading of what was found.
    case foundReading
    /// The bore of the syringe.
    case bore
    /// The drive of the pump.
    case drive
    /// The dead space of the syringe, and whether a reading counts it.
    case deadSpace
    /// The error of the lead screw over a turn.
    case leadScrew
    /// Steps of priming that only took up the slack of a syringe that was not purged.
    case unpurgedGap
    /// Steps that did not move the plunger, after a purge and at each reversal.
    case lostMotion
    /// What so many power losses may have counted twice.
    case powerLosses(Int)
    /// The account, the motor's steps and the encoder beside each other.
    case disagreement
    /// What is stored under pressure at the end.
    case storedVolume
    /// The content of the solution against its label.
    case content
  }

  /// What is uncertain.
  public var cause: Cause
  /// The most by which it may be off either way, mL.
  public var halfWidth: Double
  /// Where the figure comes from.
  public var source: String
  /// A component; its distribution is taken as rectangular.
  public init(_ cause: Cause, halfWidth: Double, source: String) {
    self.cause = cause
    self.halfWidth = abs(halfWidth)
    self.source = source
  }

  /// Standard uncertainty, mL: half-width over √3, that of a rectangular distribution.
  public var standard: Double { halfWidth / 3.0.squareRoot() }
}

extension UncertaintyComponent.Cause {
  /// What a person reads.
  public var text: String {
    switch self {
    case .fillReading: "reading of the fill on the syringe's scale"
    case .foundReading: "reading of what was found"
    case .bore: "bore of the syringe"
    case .drive: "drive of the pump"
    case .deadSpace: "dead space of the syringe, and whether a reading counts it"
    case .leadScrew: "error of the lead screw over a turn"
    case .unpurgedGap: "slack taken up by priming, counted as primed"
    case .lostMotion: "lost motion of the drive, at the start and at each reversal"
    case .powerLosses(let count):
      "what \(count == 1 ? "a power loss" : "\(count) power losses") may have counted twice"
    case .disagreement: "account, motor's steps and encoder beside each other"
    case .storedVolume: "stored under pressure at the end"
    case .content: "content of the solution against its label"
    }
  }
}

extension [UncertaintyComponent] {
  /// Expanded uncertainty, mL: twice the root of the sum of squares.
  public var expanded: Double {
    2 * reduce(0) { $0 + $1.standard * $1.standard }.squareRoot()
  }
}
