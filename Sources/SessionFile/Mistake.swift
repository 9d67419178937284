/// One thing that is wrong with a session file, and what would be right.
public struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
  /// Line of the file, from 1.
  public var line: Int
  /// Column of the line, from 1.
  public var column: Int
  /// What is wrong.
  public var what: String
  /// What would be right.
  public var remedy: String
  /// A mistake.
  public init(line: Int, column: Int, what: String, remedy: String) {
    self.line = line
    self.column = column
    self.what = what
    self.remedy = remedy
  }
  /// `LINE:COLUMN: what is wrong; what would be right`.
  public var description: String { "\(line):\(column): \(what); \(remedy)" }
}

/// Why a session file was refused.
public struct SessionFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of refusal it is; the command line makes an exit status of it.
  public enum Kind: Equatable, Sendable {
    /// There is no such file.
    case noSuchFile
    /// The file is there and is no session file: unreadable, or with mistakes in it.
    case refused
  }
  /// What kind of refusal it is.
  public var kind: Kind
  /// The file as it was named.
  public var file: String
  /// What is wrong, in the order of the lines; at least one, at most `maximumMistakes`.
  public var mistakes: [Mistake]
  /// Mistakes that were found and left off.
  public var leftOff: Int
  /// The most mistakes told at once.
  public static let maximumMistakes = 20
  /// An error.
  public init(kind: Kind, file: String, mistakes: [Mistake], leftOff: Int = 0) {
    self.kind = kind
    self.file = file
    self.mistakes = mistakes
    self.leftOff = leftOff
  }
  /// A line for each mistake: `FILE:LINE:COLUMN: what is wrong; what would be right`.
  public var description: String {
    var lines = mistakes.map { "\(file):\($0)" }
    if leftOff > 0 {
      lines.append("\(file): \(leftOff) more left off; mend these first")
    }
    return lines.joined(separator: "\n")
  }
}
