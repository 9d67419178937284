// What a session comes to: the figures and findings that the summary, the JSON and JUnit show.

import PumpHAL
import SessionRecord

/// What became of a session as a whole.
public enum SessionOutcome: String, Sendable {
  /// It ran to its end and every expectation held.
  case passed
  /// It ran to its end and an expectation did not hold.
  case failed
  /// Somebody ended it early; the pump was stopped.
  case stopped
}

/// Why a session ended.
public enum SessionEnding: Equatable, Sendable {
  /// The programme is complete.
  case complete
  /// The file's duration was reached.
  case duration
  /// Nothing was being delivered and nothing more was going to happen.
  case idle
  /// The pump was switched off.
  case poweredOff
  /// Somebody asked for the end: Ctrl-C, SIGTERM or the key.
  case interrupted
  /// The link to the hardware is lost.
  case hardwareLost

  /// In words.
  public var text: String {
    switch self {
    case .complete: "programme complete"
    case .duration: "duration reached"
    case .idle: "nothing more to happen"
    case .poweredOff: "switched off"
    case .interrupted: "interrupted, pump stopped"
    case .hardwareLost: "hardware lost"
    }
  }
}

/// What was delivered of one drug.
public struct Delivered: Equatable, Sendable {
  /// The drug's name.
  public var drug: String
  /// What the pump accounts for, mg.
  public var dispensed_mg: Double
  /// What reached the tissue, mg; nil where nobody can know.
  public var infused_mg: Double?
  /// What the pump accounts for, mL of the solution, which both drugs of a mixture share.
  public var dispensed_mL: Double
  /// What reached the tissue, mL; nil where nobody can know.
  public var infused_mL: Double?
}

/// What had reached the tissue at a moment, and whether the power-fail tone sounded.
public struct InfusedMoment: Equatable, Sendable {
  /// When, in ticks since the first power-on.
  public var tick: Int64
  /// Fluid that had gone into the tissue, less what came back, µL.
  public var infused_uL: Double
  /// Whether the tone sounded that has its own supply, because the power had failed.
  public var isPowerFailToneSounding: Bool
  /// A moment.
  public init(tick: Int64, infused_uL: Double, isPowerFailToneSounding: Bool = false) {
    self.tick = tick
    self.infused_uL = infused_uL
    self.isPowerFailToneSounding = isPowerFailToneSounding
  }
}

/// One expectation, and whether it held.
public struct ExpectationFinding: Equatable, Sendable {
  /// The expectation as a person reads it.
  public var text: String
  /// Whether it held; what could not be observed did not hold.
  public var held: Bool
  /// What was observed instead, or as well.
  public var observed: String
  /// The line of the session file, from 1; 0 for what every session is expected to do.
  public var line: Int
  /// A finding.
  public init(text: String, held: Bool, observed: String, line: Int) {
    self.text = text
    self.held = held
    self.observed = observed
    self.line = line
  }
}

/// Where a session's record is.
public struct RecordSummary: Equatable, Sendable {
  /// The file.
  public var path: String
  /// Its size.
  public var bytes: Int64
  /// The last checkpoint, signed where there is a key: lodged elsewhere, it shows that nothing was
  /// cut off; nil if none could be written.
  public var checkpoint: String?
}

/// What a session comes to.
public struct SessionResult: Sendable {
  /// The session file's title.
  public var title: String
  /// What became of it.
  public var outcome: SessionOutcome
  /// Why it ended.
  public var ending: SessionEnding
  /// Where the frames came from.
  public var origin: Origin
  /// Session time from the first power-on, s.
  public var simulated_s: Double
  /// Wall time, s.
  public var wall_s: Double
  /// Session time of the programme's start, s; nil if it was never started.
  public var started_s: Double?
  /// What was delivered.
  public var delivered: [Delivered]
  /// Alarms, in the order of their raising.
  public var alarms: [AlarmEpisode]
  /// Expectations, in the order of the file.
  public var expectations: [ExpectationFinding]
  /// Fingerprint of everything both channels did.
  public var stateDigest: UInt64
  /// The record, if there is one.
  public var record: RecordSummary?
  /// The records of the same session that it went on from; empty for one from its beginning.
  public var resumedFrom: [String] = []
  /// Why the record is not whole; nil where it is, or where there is none.
  public var recordFailure: RecordError?
  /// The mode in which the session ended.
  public var finalMode: PumpMode
  /// Everything that happened.
  public var occurrences: [SessionOccurrence]
  /// What the pump says of itself at the end.
  public var account: SessionAccount
  /// What a paced session can say of its pacing; nil as fast as possible.
  public var pacing: PacingReport?
  /// What the hardware's own counter says was dispensed; nil where it has none.
  public var measured: MeasuredVolume?
  /// What had reached the tissue in the course of the session, where `coursePeriod` asked for it.
  public var course: [InfusedMoment] = []
  /// Times real time: session time by wall time.
  public var timesRealTime: Double { wall_s > 0 ? simulated_s / wall_s : 0 }
}

/// The controller's account over every power-on of a session.
public struct SessionAccount: Equatable, Sendable {
  /// Volume dispensed.
  public var dispensedVolume = Volume.zero
  /// Mass dispensed.
  public var dispensedMass = Mass.zero
  /// Of which loading doses.
  public var loadingMass = Mass.zero
  /// Of which basal.
  public var basalMass = Mass.zero
  /// Of which boluses.
  public var bolusMass = Mass.zero
  /// Mass dispensed of the second drug of a mixture.
  public var secondMass = Mass.zero
  /// Volume primed.
  public var primedVolume = Volume.zero
  /// Volume drawn back.
  public var retractedVolume = Volume.zero
  /// Boluses granted.
  public var bolusesGranted: UInt32 = 0
  /// Boluses denied.
  public var bolusesDenied: UInt32 = 0
  /// Predicted time from an occlusion to its alarm when the occlusion began, s; 0 where unknown.
  public var predictedTimeToAlarm_s: UInt32 = 0
  /// Largest volume that ran into the tissue after an occlusion was cleared, mL; nil where none was
  /// cleared or nobody can know.
  public var postOcclusionBolus_mL: Double?
  /// An empty account.
  public init() {}
}

/// What hardware that counts for itself says it has dispensed.
///
/// By the travel of its drive, priming included: not what reached a patient.
public struct MeasuredVolume: Equatable, Sendable {
  /// At least, mL.
  public var least_mL: Double
  /// At most, mL: with what the last digit may hide, and what may have gone out unheard.
  public var most_mL: Double
  /// Why the hardware was given up; nil where it was not.
  public var lossReason: String?
  /// Between two volumes, mL.
  public init(least_mL: Double, most_mL: Double, lossReason: String? = nil) {
    self.least_mL = least_mL
    self.most_mL = most_mL
    self.lossReason = lossReason
  }
}

/// What a paced session can say of its pacing.
public struct PacingReport: Equatable, Sendable {
  /// How many times real time was asked for.
  public var factor: Double
  /// What the system granted; nil where nothing was asked of it.
  public var grant: RealTimeGrant?
  /// Passes that came later than a whole tick.
  public var overruns: Int64
  /// The latest any pass came, µs.
  public var latenessMax_us: Int64
}
