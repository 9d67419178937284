// Why a file could not be written.

import Glibc

/// Why a file could not be written, and what to do.
package struct FileWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong.
  package enum Reason: Equatable, Sendable {
    /// There is such a file, and it may not be written over.
    case exists
    /// The directory that it should be in is none.
    case noDirectory
    /// It is a directory.
    case directory
    /// The system refuses to make or open it, with this error.
    case closed(Int32)
    /// The system refuses to take bytes, with this error.
    case unwritable(Int32)
    /// What was written cannot be made durable, with this error.
    case notDurable(Int32)
    /// It was deleted while it was written.
    case deleted
    /// It was moved away while it was written.
    case moved
  }
  /// The file.
  package var path: String
  /// What was wrong.
  package var reason: Reason

  /// What was wrong, in words.
  package var message: String {
    switch reason {
    case .exists: "there is such a file already"
    case .noDirectory: systemMessage(ENOENT)
    case .directory: systemMessage(EISDIR)
    case .closed(let code), .unwritable(let code), .notDurable(let code): systemMessage(code)
    case .deleted: "it was deleted while it was written"
    case .moved: "it was moved away while it was written"
    }
  }

  /// The path, the message and a remedy.
  package var description: String {
    path == standardStreamName
      ? "standard output cannot be written: \(message)"
      : "\(path): cannot be written: \(message); give a place that can be written"
  }

  init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
