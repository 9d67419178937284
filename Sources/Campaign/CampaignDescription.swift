// What a campaign file says: a session, what is varied in it, and what must have held.

import SessionFile
import Vocabulary

/// A campaign: one session with some of its parameters varied, in every combination.
///
/// Reading is the only way to make one, so that whoever holds one has a matrix that can be run.
public struct CampaignDescription: Sendable {
  /// What the campaign is called.
  public let title: String
  /// The session that every cell begins with; it need not be whole before values are put into it.
  let base: Tree
  /// What every cell has instead of what the session says.
  let settings: [Assignment]
  /// What is varied; the last axis changes fastest.
  public let axes: [CampaignAxis]
  /// Combinations that are not run.
  let exclusions: [Exclusion]
  /// What must have held besides what the session itself expects.
  let expectations: [CampaignExpectation]
  /// The value of an axis whose cell the others of the same remaining values are held against.
  let twin: CellSelector?
  /// Whether a combination that the session reader refuses counts as failed.
  public let isRefusalFailure: Bool

  /// The most cells of one campaign.
  public static let maximumCells = 100_000
}

/// One of the lists whose combinations make the matrix.
public struct CampaignAxis: Equatable, Sendable {
  /// What it is called: the parameter's path, or a name.
  public let name: String
  /// What the values are called, in order.
  public var labels: [String] { values.map(\.label) }
  let values: [AxisValue]

  /// Whether two have the same name and values of the same names.
  public static func == (a: CampaignAxis, b: CampaignAxis) -> Bool {
    a.name == b.name && a.labels == b.labels
  }
}

/// One value of an axis: what it is called, and what it puts where.
struct AxisValue: Sendable {
  var label: String
  /// What it is, for people; only variants have it.
  var about: String?
  var assignments: [Assignment]
  var place: Place
}

/// A value for a parameter; nil takes the parameter away.
struct Assignment: Sendable {
  var path: ParameterPath
  var value: Tree?
  var place: Place
}

/// Cells that are not run, and why.
struct Exclusion: Sendable {
  var selector: CellSelector
  var reason: String?
}

/// Something expected of some cells.
struct CampaignExpectation: Sendable {
  enum Kind: Sendable {
    /// What a session can expect.
    case session(Tree)
    /// That the cell is refused, with words that the refusal has to have.
    case refusal(String)
  }
  var selector: CellSelector
  var kind: Kind
}

/// Which cells: those that have one of the labels on every axis that is named.
struct CellSelector: Sendable {
  /// Axes by their index, and the labels of each that are taken.
  var conditions: [(axis: Int, labels: Set<Int>)] = []

  func takes(_ indices: [Int]) -> Bool {
    conditions.allSatisfy { $0.labels.contains(indices[$0.axis]) }
  }
}

/// Why a campaign was refused.
public struct CampaignFileError: Error, Sendable, CustomStringConvertible {
  /// Whether there is no such file; else there is one, with mistakes.
  public var isMissing: Bool
  /// A line for each mistake: `FILE:LINE:COLUMN: what is wrong; what would be right`.
  public var description: String
}
