// A look at the text before the YAML parser sees it: what would cost too much (aliases, deep
// nesting) and what a session file has no use for (tags, directives, block texts) is refused here.

/// A key as it stands in the text.
struct KeyToken: Equatable {
  var text: String
  var line: Int
  var column: Int
  var isInFlow: Bool
}

/// Scans a session file's text line by line.
///
/// It starts afresh with every line, since quoted texts must end on theirs, so that whatever it
/// takes for something else than the parser does is over by the end of the line.
struct LexicalScan {
  /// The deepest nesting of brackets and of indentation; a session needs four.
  static let maximumDepth = 16
  /// The most keys: 1000 events and 200 expectations have fewer.
  static let maximumKeys = 20_000

  private(set) var keys: [KeyToken] = []
  private var flowDepth = 0
  private var indents: [Int] = []
  private var line = 0
  private var scalars: [Unicode.Scalar] = []
  private var index = 0

  /// Scans all of `text`.
  init(_ text: String) throws(Mistake) {
    for lineText in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      line += 1
      scalars = Array(lineText.unicodeScalars)
      index = 0
      try scanLine()
      if keys.count > Self.maximumKeys {
        throw mistake(
          "the file has more than \(Self.maximumKeys) keys", "split it into several sessions")
      }
    }
  }

  private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private func isBlank(at position: Int) -> Bool {
    position >= scalars.count || scalars[position] == " " || scalars[position] == "\t"
  }

  private func mistake(_ what: String, _ remedy: String) -> Mistake {
    Mistake(line: line, column: index + 1, what: what, remedy: remedy)
  }

  private mutating func scanLine() throws(Mistake) {
    while current == " " { index += 1 }
    if current == "\t", flowDepth == 0,
      let first = scalars[index...].first(where: { $0 != " " && $0 != "\t" }), first != "#"
    {
      throw mistake("a tab stands in the indentation", "indent with spaces")
    }
    if current == "%", index == 0 {
      throw mistake("a YAML directive stands here", "leave it out; a session file needs none")
    }
    if flowDepth == 0, let first = current, first != "#" {
      indents.removeAll { $0 >= index }
      indents.append(index)
      try checkDepth()
    }
    while let scalar = current {
      try scanToken(scalar)
    }
  }

  private func checkDepth() throws(Mistake) {
    guard indents.count + flowDepth > Self.maximumDepth else { return }
    throw mistake(
      "the nesting is deeper than \(Self.maximumDepth)", "a session file needs four levels at most")
  }

  /// Scans one token at the place where one begins.
  private mutating func scanToken(_ scalar: Unicode.Scalar) throws(Mistake) {
    switch scalar {
    case " ", "\t": index += 1
    case "#": index = scalars.count
    case "[", "{":
      flowDepth += 1
      try checkDepth()
      index += 1
    case "]", "}":
      flowDepth = max(0, flowDepth - 1)
      index += 1
    case ",": index += 1
    case "-" where isBlank(at: index + 1), "?" where isBlank(at: index + 1),
      ":" where isBlank(at: index + 1):
      if flowDepth == 0, scalar == "-" {
        indents.append(index + 1)
        try checkDepth()
      }
      index += 1
    case "&", "*":
      throw mistake(
        scalar == "&" ? "an anchor stands here" : "an alias stands here",
        "write the value out where it is needed; a text that begins with \(scalar) goes in quotes")
    case "!":
      throw mistake(
        "a tag stands here", "leave it out; a text that begins with ! goes in quotes")
    case "|", ">":
      throw mistake("a block text begins here", "write the text on one line")
    case "\"", "'": try scanQuoted(scalar)
    default: scanPlain()
    }
  }

  private mutating func scanQuoted(_ quote: Unicode.Scalar) throws(Mistake) {
    let start = index
    index += 1
    while let scalar = current {
      if scalar == "\\", quote == "\"" {
        index += 2
      } else if scalar == quote {
        if quote == "'", index + 1 < scalars.count, scalars[index + 1] == quote {
          index += 2
        } else {
          noteKey(from: start + 1, to: index, colonAt: index + 1, isQuoted: true)
          index += 1
          if current == ":" { index += 1 }
          return
        }
      } else {
        index += 1
      }
    }
    index = start
    throw mistake(
      "a quoted text does not end on its line", "close it with \(quote) on the same line")
  }

  private mutating func scanPlain() {
    let start = index
    while let scalar = current {
      if scalar == "#", index > 0, isBlank(at: index - 1) { break }
      if scalar == ":", isBlank(at: index + 1) || flowDepth > 0 && isFlowEnd(at: index + 1) {
        break
      }
      if flowDepth > 0, isFlowEnd(at: index) { break }
      index += 1
    }
    noteKey(from: start, to: index, colonAt: index, isQuoted: false)
    if current == ":" { index += 1 }
  }

  private func isFlowEnd(at position: Int) -> Bool {
    position < scalars.count && [",", "[", "]", "{", "}"].contains(scalars[position])
  }

  private mutating func noteKey(from start: Int, to end: Int, colonAt colon: Int, isQuoted: Bool) {
    var colon = colon
    while colon < scalars.count, scalars[colon] == " " { colon += 1 }
    guard colon < scalars.count, scalars[colon] == ":" else { return }
    var text = String(String.UnicodeScalarView(scalars[start..<end]))
    while text.hasSuffix(" ") { text.removeLast() }
    keys.append(
      KeyToken(
        text: text, line: line, column: isQuoted ? start : start + 1, isInFlow: flowDepth > 0))
  }

  /// Where the key `text` of `first` stands again, as far as the text alone tells.
  func repetition(of text: String, after first: (line: Int, column: Int)) -> KeyToken? {
    let later = keys.filter {
      $0.text == text && ($0.line, $0.column) > (first.line, first.column)
    }
    guard let original = keys.first(where: { ($0.line, $0.column) == first }) else {
      return later.first
    }
    return original.isInFlow
      ? later.first : later.first { !$0.isInFlow && $0.column == original.column }
  }
}
