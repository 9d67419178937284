// Some of a campaign's cells, a list of them, and where their records go.

import Glibc
import SessionFile
import Text
import Vocabulary

/// Why cells cannot be chosen as somebody asked.
public struct CellChoiceError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  public var description: String
}

extension CampaignDescription {
  /// The cells that have every given value, written `LIST=VALUE`, and the cells they are held against.
  ///
  /// Of two values of one list, either is taken.
  public func cells(only choices: [String]) throws(CellChoiceError) -> [CampaignCell] {
    if choices.isEmpty { return cells }
    var selector: [Int: Set<Int>] = [:]
    for choice in choices {
      let (axis, label) = try place(of: choice)
      selector[axis, default: []].insert(label)
    }
    let all = cells
    let chosen = all.filter { cell in
      selector.allSatisfy { $0.value.contains(cell.indices[$0.key]) }
    }
    let twins = Set(chosen.compactMap(\.twin))
    let numbers = Set(chosen.map(\.number)).union(twins)
    return all.filter { numbers.contains($0.number) }
  }

  private func place(of choice: String) throws(CellChoiceError) -> (axis: Int, label: Int) {
    // A label may have an = in it, a name not.
    let parts = choice.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw CellChoiceError(
        description: "`\(choice)` names no value; write LIST=VALUE, e.g. "
          + "`\(axes[0].name)=\(axes[0].labels[0])`")
    }
    let name = String(parts[0])
    guard let axis = axes.firstIndex(where: { $0.name == name }) else {
      throw CellChoiceError(
        description: "there is no list `\(name)`; "
          + Reading.suggestion(for: name, among: Array(axes.map(\.name).prefix(12))))
    }
    let label = String(parts[1])
    guard let index = axes[axis].labels.firstIndex(of: label) else {
      throw CellChoiceError(
        description: "`\(name)` has no value `\(label)`; "
          + Reading.suggestion(for: label, among: Array(axes[axis].labels.prefix(12))))
    }
    return (axis, index)
  }
}

extension CampaignRun {
  /// Why the records of these cells cannot be kept in a folder; nil where they can.
  public static func problem(keeping cells: [CampaignCell], in folder: String) -> String? {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return "\(folder): is no folder; make it first"
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      return "\(folder): cannot be written; give a folder that can"
    }
    for cell in cells {
      let path = "\(folder)/\(cell.fileName).mcap"
      if stat(path, &status) == 0 {
        return "\(path): is there already, and no record is ever written over; give an empty folder"
      }
    }
    return nil
  }

  /// A line a cell: its number, its values, and why it is left out where it is.
  public static func listing(_ cells: [CampaignCell]) -> String {
    TextTable.text(
      cells.map { cell in
        let left = cell.exclusion.map { "  (left out: \($0))" } ?? ""
        return [String(cell.number), cell.name + left]
      }, right: [0])
  }
}
