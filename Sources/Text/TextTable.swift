/// Rows for a terminal, their columns one below the other.
package enum TextTable {
  /// One line a row, ended by a newline; columns are as wide as their widest cell and stand two spaces
  /// apart, and nothing follows the last cell of a row.
  ///
  /// - Parameters:
  ///   - right: the columns whose cells are set to the right.
  ///   - indentation: spaces before every row.
  package static func text(
    _ rows: [[String]], right: Set<Int> = [], indentation: Int = 0
  ) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let isRight = right.contains(column)
        if column == row.count - 1, !isRight { return cell }
        return padded(cell, widths[column], isRight: isRight)
      }
      return space(indentation) + cells.joined(separator: "  ") + "\n"
    }.joined()
  }

  /// A name and a value a line.
  package static func text(_ rows: [(String, String)]) -> String {
    text(rows.map { [$0.0, $0.1] })
  }

  /// A text with spaces after it, or before it, until it has so many characters.
  package static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
    let space = space(width - text.count)
    return isRight ? space + text : text + space
  }

  private static func space(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}
