// Reads a file that people wrote, and tells what is wrong with one that cannot be.

import Host

/// The most bytes a session file may have: 1 MiB.
public let maximumSessionFileBytes = 1_048_576

/// The bytes of the regular file at `path`, or of standard input for `-`; `kind` and `example` say what
/// it should be, for mistakes.
package func fileBytes(
  at path: String, kind: String = "session file",
  example: String = "Docs/Examples/ketamine-24h.yaml"
) throws(SessionFileError) -> [UInt8] {
  do throws(FileReadError) {
    return try WholeFile.read(path, limit: maximumSessionFileBytes)
  } catch {
    var what = error.message
    let remedy: String
    switch error.reason {
    case .missing: remedy = "give the path of a \(kind), e.g. \(example)"
    case .closed, .unreadable: remedy = "give a file that you may read"
    case .directory: remedy = "give a \(kind) inside it"
    case .pipe: remedy = "save it to a file first, or give it to standard input and name -"
    case .notRegular: remedy = "give a \(kind)"
    case .tooLarge(let bytes, let limit):
      if let bytes { what = "the file has \(bytes) bytes, a \(kind) at most \(limit)" }
      remedy = "give a \(kind); long ones are split into several"
    }
    throw SessionFileError(
      kind: error.reason == .missing ? .noSuchFile : .refused, file: shownName(ofFile: path),
      mistakes: [Mistake(line: 1, column: 1, what: what, remedy: remedy)])
  }
}

/// What a file is called in mistakes.
package func shownName(ofFile path: String) -> String {
  path == standardStreamName ? "standard input" : path
}
