// What a procedure comes to: one value, shown as a table, as JSON, as CSV and as a page.

import PumpHAL
import Session
import Story

/// The result of a bench procedure.
public struct BenchResult: Sendable {
  /// What was measured.
  public enum Finding: Equatable, Sendable {
    /// Start-up and trumpet curves, one for each means.
    case accuracy([AccuracyFinding])
    /// Boluses, once for each means.
    case boluses([BolusFinding])
    /// Occlusions, one for each rate.
    case occlusions([OcclusionFinding])
  }

  /// The procedure's name on the command line.
  public var procedure: String
  /// What was run, in a line.
  public var title: String
  /// Where the frames came from.
  public var origin: Origin
  /// The set-up, name by name.
  public var facts: [(name: String, value: String)]
  /// What could be told, reckoned before.
  public var budgets: [UncertaintyBudget]
  /// What was found.
  public var finding: Finding
  /// The records that are kept.
  public var records: [String]
  /// Session time of all sessions, s.
  public var session_s: Double
  /// Wall time of all sessions, s.
  public var wall_s: Double
  /// Whether every error lies within what was asked; nil where nothing was asked.
  public var isWithin: Bool?

  /// A result.
  public init(
    _ procedure: String, title: String, runs: [ProcedureRun],
    facts: [(name: String, value: String)],
    budgets: [UncertaintyBudget], finding: Finding
  ) {
    self.procedure = procedure
    self.title = title
    origin = runs.first?.result.origin ?? .simulated
    self.facts = facts
    self.budgets = budgets
    self.finding = finding
    records = runs.compactMap(\.recordPath)
    session_s = runs.reduce(0) { $0 + $1.result.simulated_s }
    wall_s = runs.reduce(0) { $0 + $1.result.wall_s }
  }

  /// What the windows are, and that nothing is claimed.
  public static let notice =
    "Windows and formulas are those of IEC 60601-2-24 as public sources report them; no conformity "
    + "is claimed."

  /// Judges the main error of the first means against what was asked, %.
  public mutating func judge(within percent: Double) {
    switch finding {
    case .accuracy(let found):
      isWithin = found.first?.trumpet.map { abs($0.meanError) <= percent }
    case .boluses(let found): isWithin = found.first.map { abs($0.meanError) <= percent }
    case .occlusions: isWithin = nil
    }
  }

  /// Whether everything was found that was looked for.
  public var isWhole: Bool {
    switch finding {
    case .accuracy(let found): !found.isEmpty
    case .boluses(let found): !found.isEmpty
    case .occlusions(let found): found.allSatisfy { $0.secondsToAlarm != nil }
    }
  }
}
