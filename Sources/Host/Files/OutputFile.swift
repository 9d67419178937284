// Files that a command writes: replaced when whole, written through, or standard output.

import Glibc

/// Something that is written from its beginning to its end.
///
/// A regular file is replaced only when the new one is whole and durable: after a crash or an error
/// there is the old one or the new one. A link stays, and what it points to is replaced. A device, a
/// pipe and standard output, `-`, are written through.
package final class OutputFile {
  private let path: String
  private let place: FilePlace
  private let temporary: String?
  private let descriptor: Int32
  private var failure: Int32 = 0

  /// Begins to write; waits for a reader where the file is a pipe.
  package init(_ path: String) throws(FileWriteError) {
    self.path = path
    let isStandard = path == standardStreamName
    place = isStandard ? FilePlace.standardOutput ?? FilePlace(path) : FilePlace(path)
    if isStandard {
      (temporary, descriptor) = (nil, STDOUT_FILENO)
      return
    }
    switch place.kind {
    case .directory: throw FileWriteError(path, .directory)
    case .passage:
      temporary = nil
      descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
    case .file, .nothing:
      let beside = "\(place.path).\(getpid()).new"
      temporary = beside
      descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    }
    if descriptor < 0 { throw FileWriteError(path, .closed(errno)) }
    // Who could not read the old one shall not read the new one.
    if place.kind == .file { fchmod(descriptor, place.permissions) }
  }

  /// Writes all of a file.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    let output = try OutputFile(path)
    _ = output.write(bytes)
    try output.finish()
  }

  /// Writes a piece; false when nothing more can be written, which `finish` explains.
  package func write(_ bytes: [UInt8]) -> Bool {
    if failure == 0 { failure = writeAll(bytes, to: descriptor) }
    return failure == 0
  }

  /// Leaves the old file as it was.
  package func abandon() {
    if descriptor > STDERR_FILENO { close(descriptor) }
    if let temporary { unlink(temporary) }
  }

  /// Makes what was written the file, or says why it cannot be.
  package func finish() throws(FileWriteError) {
    guard let temporary else {
      if descriptor > STDERR_FILENO, close(descriptor) != 0, failure == 0 { failure = errno }
      // A reader that has read enough and left, as `head` does, is no error.
      if failure == 0 || failure == EPIPE { return }
      throw FileWriteError(path, .unwritable(failure))
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, place.path) != 0 { failure = errno }
    if failure != 0 {
      unlink(temporary)
      throw FileWriteError(path, .unwritable(failure))
    }
    // The name is durable once its directory is.
    synchroniseDirectory(of: place.path)
  }
}
