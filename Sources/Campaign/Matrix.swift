// The cells of a campaign: every combination, and the session file that each one is.

import SessionFile

/// One combination of values.
public struct CampaignCell: Sendable {
  /// Its number, from 1, in the order of the matrix; left-out cells have one too.
  public let number: Int
  /// For each axis, the index of its value.
  let indices: [Int]
  /// For each axis, its name and what its value is called.
  public let values: [(axis: String, label: String)]
  /// The session file that it is.
  public let sessionText: String
  /// Words that the session reader's refusal has to have, where one is expected.
  let expectedRefusals: [String]
  /// Why it is not run; nil where it is.
  public let exclusion: String?
  /// The number of the cell that it is held against, if any.
  public let twin: Int?

  /// Its values on one line.
  public var name: String { values.map { "\($0.axis)=\($0.label)" }.joined(separator: ", ") }
}

/// Why a cell cannot be made.
struct CellError: Error {
  var place: Place
  var what: String
}

extension CampaignDescription {
  /// The number of combinations, left-out ones included.
  public var count: Int { axes.reduce(1) { $0 * $1.values.count } }

  /// Every combination; the last axis changes fastest.
  var allIndices: some Sequence<[Int]> { (0..<count).lazy.map { indices(of: $0) } }

  private func indices(of ordinal: Int) -> [Int] {
    var rest = ordinal
    var indices = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      indices[axis] = rest % axes[axis].values.count
      rest /= axes[axis].values.count
    }
    return indices
  }

  private func ordinal(of indices: [Int]) -> Int {
    zip(axes, indices).reduce(0) { $0 * $1.0.values.count + $1.1 }
  }

  /// Every cell, in the order of the matrix.
  public var cells: [CampaignCell] {
    allIndices.enumerated().map { ordinal, indices in
      let values = zip(axes, indices).map { ($0.name, $0.values[$1].label) }
      let exclusion = exclusions.first { $0.selector.takes(indices) }
      // Reading has made every cell once, so that none can fail here.
      let tree = try? session(at: indices, number: ordinal + 1)
      return CampaignCell(
        number: ordinal + 1, indices: indices, values: values,
        sessionText: tree?.sessionText ?? "",
        expectedRefusals: expectations.compactMap { expectation in
          guard case .refusal(let words) = expectation.kind, expectation.selector.takes(indices)
          else { return nil }
          return words
        },
        exclusion: exclusion.map { $0.reason ?? "left out by the campaign" },
        twin: twinNumber(of: indices))
    }
  }

  private func twinNumber(of indices: [Int]) -> Int? {
    guard let condition = twin?.conditions.first, let value = condition.labels.first,
      indices[condition.axis] != value
    else { return nil }
    var other = indices
    other[condition.axis] = value
    return ordinal(of: other) + 1
  }

  /// The session of a combination.
  func session(at indices: [Int], number: Int) throws(CellError) -> Tree {
    var tree = base
    let chosen = zip(axes, indices).flatMap { $0.values[$1].assignments }
    for assignment in settings + chosen {
      do throws(PathError) {
        try tree.set(assignment.path, to: assignment.value)
      } catch {
        throw CellError(place: assignment.place, what: error.what)
      }
    }
    name(&tree, after: indices)
    for expectation in expectations where expectation.selector.takes(indices) {
      guard case .session(let expected) = expectation.kind,
        let path = ParameterPath("expect[+]")
      else { continue }
      do throws(PathError) {
        try tree.set(path, to: expected)
      } catch {
        throw CellError(place: expected.place, what: error.what)
      }
    }
    return tree
  }

  /// The title says which cell it is, so that a record or a report found later does too.
  private func name(_ tree: inout Tree, after indices: [Int]) {
    guard case .mapping(var entries) = tree.content,
      let index = entries.firstIndex(where: { $0.key == "title" }),
      case .text(let title, _) = entries[index].value.content
    else { return }
    let values = zip(axes, indices).map { "\($0.name)=\($0.values[$1].label)" }
    let whole = "\(title) · " + values.joined(separator: ", ")
    // 200 is the most that a session's title may have.
    let cut = whole.count > 200 ? whole.prefix(199) + "…" : whole[...]
    entries[index].value.content = .text(String(cut), isQuoted: true)
    tree.content = .mapping(entries)
  }
}
