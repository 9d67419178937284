/// The line on a terminal that says how far something is.
package enum ProgressText {
  /// Takes away the line on which the cursor stands.
  package static let cleared = "\r\u{1b}[K"

  /// A bar of thirty cells of which a share, 0 to 1, is filled.
  package static func bar(_ share: Double) -> String {
    let filled = share > 0 ? Int(min(1, share) * 30) : 0
    return String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
  }
}
