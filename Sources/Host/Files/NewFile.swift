// Files that must not exist before: records and signing keys.

import Glibc

/// A new file that only grows.
package struct NewFile: ~Copyable {
  /// Where it is.
  package let path: String
  private var descriptor: Int32

  /// Creates the file; one that exists is refused, and so is whatever else has its name.
  package init(creating path: String, permissions: UInt32 = 0o644) throws(FileWriteError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, permissions)
    if descriptor >= 0 { return }
    switch errno {
    case EEXIST: throw FileWriteError(path, .exists)
    case ENOENT, ENOTDIR: throw FileWriteError(path, .noDirectory)
    default: throw FileWriteError(path, .closed(errno))
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Writes all of `bytes`, with one call unless the system takes them piece by piece.
  package mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileWriteError) {
    let code = writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
    if code != 0 { throw FileWriteError(path, .unwritable(code)) }
  }

  /// Makes durable what was written, and makes sure that it is found where it was to be.
  package mutating func synchronise() throws(FileWriteError) {
    try checkPlace()
    // Pipes and the like have nothing to make durable.
    if fdatasync(descriptor) != 0 && errno != EINVAL && errno != EROFS {
      throw FileWriteError(path, .notDurable(errno))
    }
  }

  /// A file that was deleted or moved takes every byte, and whoever looks for it finds none.
  private func checkPlace() throws(FileWriteError) {
    var ours = stat()
    var there = stat()
    if fstat(descriptor, &ours) != 0 { throw FileWriteError(path, .unwritable(errno)) }
    if ours.st_nlink == 0 { throw FileWriteError(path, .deleted) }
    if stat(path, &there) != 0 || !isSameFile(ours, there) { throw FileWriteError(path, .moved) }
  }

  /// Makes the file's name durable as well.
  package mutating func synchroniseDirectory() { Host.synchroniseDirectory(of: path) }

  /// Takes away the file that was created here.
  package mutating func discard() { unlink(path) }

  /// Closes the file.
  package mutating func close() throws(FileWriteError) {
    let closing = descriptor
    descriptor = -1
    if Glibc.close(closing) != 0 { throw FileWriteError(path, .unwritable(errno)) }
  }
}

/// The directory that holds the last part of a path.
func directory(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
}

/// Makes the name of a file durable, as far as its file system can.
func synchroniseDirectory(of path: String) {
  let handle = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if handle < 0 { return }
  fsync(handle)
  close(handle)
}

/// Whether two files are one.
func isSameFile(_ one: stat, _ other: stat) -> Bool {
  one.st_ino == other.st_ino && one.st_dev == other.st_dev
}
