import Glibc

/// A new file that only grows.
struct FileOutput: ~Copyable {
  let path: String
  private var descriptor: Int32

  /// Creates the file; one that exists is refused, because no record is ever rewritten.
  init(creating path: String) throws(RecordError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor >= 0 { return }
    let reason = errno
    switch reason {
    case EEXIST:
      throw RecordError(
        .cannotOpen, path: path,
        "there is such a file already, and no record is ever rewritten; choose another name")
    case ENOENT, ENOTDIR:
      throw RecordError(
        .cannotOpen, path: path, "its directory does not exist; create it or choose another")
    default:
      throw RecordError(
        .cannotOpen, path: path, "the file cannot be created: \(systemMessage(reason))")
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Writes all of `bytes`, with one call unless the system takes them piece by piece.
  mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(RecordError) {
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if count == 0 || errno != EINTR {
        throw failure("the record cannot be written", count == 0 ? ENOSPC : errno)
      }
    }
  }

  /// Makes durable what was written, and makes sure that it is found where it was to be.
  mutating func synchronise() throws(RecordError) {
    try checkPlace()
    // Pipes and the like have nothing to make durable.
    if fdatasync(descriptor) != 0 && errno != EINVAL && errno != EROFS {
      throw failure("what was written cannot be made durable", errno)
    }
  }

  /// A file that was deleted or moved takes every byte, and whoever looks for the record finds none.
  private func checkPlace() throws(RecordError) {
    var ours = stat()
    var there = stat()
    if fstat(descriptor, &ours) != 0 {
      throw failure("what was written cannot be looked at", errno)
    }
    if ours.st_nlink == 0 {
      throw RecordError(
        .cannotWrite, path: path,
        "the record was deleted while it was written; its session cannot be kept any more")
    }
    if stat(path, &there) != 0 || there.st_ino != ours.st_ino || there.st_dev != ours.st_dev {
      throw RecordError(
        .cannotWrite, path: path,
        "the record was moved away while it was written; look for it under its new name, where "
          + "what was made durable before remains readable")
    }
  }

  /// Makes the file's name durable as well.
  mutating func synchroniseDirectory() {
    // A file system that cannot do it says so here, and says nothing about the record itself.
    let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    let directory = open(parent.isEmpty ? "/" : String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory < 0 { return }
    fsync(directory)
    Glibc.close(directory)
  }

  /// Takes away the file that was created here.
  mutating func discard() { unlink(path) }

  mutating func close() throws(RecordError) {
    let closing = descriptor
    descriptor = -1
    if Glibc.close(closing) != 0 { throw failure("the record cannot be closed", errno) }
  }

  private func failure(_ what: String, _ reason: Int32) -> RecordError {
    RecordError(
      .cannotWrite, path: path,
      "\(what): \(systemMessage(reason)); what was made durable before remains readable")
  }
}

/// What the system says of an error number.
func systemMessage(_ number: Int32) -> String {
  strerror(number).map { String(cString: $0) } ?? "error \(number)"
}

/// Seconds of a clock that only goes forwards; paces fsync, and never enters the record.
func monotonicSeconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec)
}
