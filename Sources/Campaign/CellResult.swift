// What a cell of a campaign came to.

import Catalogue
import PumpHAL
import Session
import Vocabulary

/// What became of a cell.
public enum CellStatus: String, Sendable, CaseIterable {
  /// Run, and every expectation held; or refused as it was expected to be.
  case passed
  /// Run, and an expectation did not hold; or refused otherwise than expected.
  case failed
  /// The session reader refused the combination, and nobody expected that.
  case refused
  /// Left out by the campaign.
  case excluded
  /// Ended before its end, because somebody ended the campaign.
  case stopped
  /// Not begun, because somebody ended the campaign.
  case notRun = "not-run"
}

/// What a cell of a campaign came to.
public struct CellResult: Sendable {
  /// Its number, from 1.
  public var number: Int
  /// For each axis, its name and what its value is called.
  public var values: [(axis: String, label: String)]
  /// What became of it.
  public var status: CellStatus
  /// What the session came to; nil where none was run.
  public var session: SessionFigures?
  /// What the session reader said of a combination that it refused; else empty.
  public var refusal: [String] = []
  /// Expectations that are the campaign's own: of refusals.
  public var findings: [ExpectationFinding] = []
  /// Why it was left out; nil where it was not.
  public var exclusion: String?
  /// How it differs from the cell it is held against; nil where there is none.
  public var twin: TwinComparison?
  /// The record of it; nil where none was kept.
  public var record: RecordSummary?

  init(_ cell: CampaignCell, _ status: CellStatus) {
    number = cell.number
    values = cell.values
    self.status = status
    exclusion = cell.exclusion
  }

  /// Its values on one line.
  public var name: String { values.map { "\($0.axis)=\($0.label)" }.joined(separator: ", ") }

  /// The session's expectations and the campaign's.
  public var expectations: [ExpectationFinding] { (session?.expectations ?? []) + findings }
}

/// Those figures of a session that hang on nothing but its file.
public struct SessionFigures: Sendable {
  /// Why it ended.
  public var ending: SessionEnding
  /// The mode in which it ended.
  public var finalMode: PumpMode
  /// Session time from power-on, s.
  public var simulated_s: Double
  /// Session time of the programme's start, s; nil if it was never started.
  public var started_s: Double?
  /// What was delivered, for each drug.
  public var delivered: [Delivered]
  /// Alarms, in the order of their raising.
  public var alarms: [AlarmEpisode]
  /// Expectations, in the order of the file.
  public var expectations: [ExpectationFinding]
  /// Fingerprint of everything both channels did.
  public var stateDigest: UInt64

  init(_ result: SessionResult) {
    ending = result.ending
    finalMode = result.finalMode
    simulated_s = result.simulated_s
    started_s = result.started_s
    delivered = result.delivered
    alarms = result.alarms
    expectations = result.expectations
    stateDigest = result.stateDigest
  }
}

extension Delivered {
  /// What reached the tissue and is not in the pump's account, mL; negative where it is the other way
  /// round, nil where nobody can know.
  public var excess_mL: Double? { infused_mL.map { $0 - dispensed_mL } }
}

/// What a campaign came to.
public struct CampaignResult: Sendable {
  /// What the campaign is called.
  public var title: String
  /// Every cell, left-out ones included, in the order of the matrix.
  public var cells: [CellResult]
  /// What was varied.
  public var axes: [CampaignAxis] = []
  /// Whether a refused cell makes the campaign fail.
  public var isRefusalFailure = true
  /// Why records are not whole, for each that is not.
  public var recordFailures: [String] = []
  /// Sessions that did not do the same when they were run again for their record.
  public var irreproducible: [Int] = []

  /// How many cells came to this.
  public func count(_ status: CellStatus) -> Int { cells.count { $0.status == status } }

  /// What became of the campaign as a whole.
  public var outcome: SessionOutcome {
    if count(.stopped) + count(.notRun) > 0 { return .stopped }
    let failed = cells.contains { hasFailed($0) }
    return failed || !irreproducible.isEmpty ? .failed : .passed
  }

  /// Whether a cell makes the campaign fail.
  public func hasFailed(_ cell: CellResult) -> Bool {
    cell.status == .failed || cell.status == .refused && isRefusalFailure
  }

  /// The counts on one line: `12 cells: 9 passed, 2 failed, 1 excluded`.
  public var tally: String {
    let parts = CellStatus.allCases.map { (count($0), $0.rawValue) }.filter { $0.0 > 0 }
    let shown = parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "\(cells.count) \(cells.count == 1 ? "cell" : "cells"): \(shown)"
  }
}
