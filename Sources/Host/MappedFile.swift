import Glibc

/// The bytes of a file, as long as somebody holds it.
final class MappedFile: Sendable {
  let path: String
  private let size: Int
  // Mapped read-only and never changed until `deinit`.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let isMapped: Bool

  /// A copy of bytes that never were a file; `path` names them in errors.
  init(bytes: some Collection<UInt8>, path: String) {
    self.path = path
    size = bytes.count
    isMapped = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    copy.copyBytes(from: bytes)
    base = copy.baseAddress
  }

  init(path: String) throws(RecordError) {
    self.path = path
    isMapped = true
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      let why = isMissing ? "there is no such file" : systemMessage(errno)
      throw RecordError(
        isMissing ? .noSuchFile : .cannotOpen, path: path, "the record cannot be opened: \(why)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw RecordError(.cannotRead, path: path, systemMessage(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw RecordError(
        .cannotOpen, path: path, "this is not a file; name a session record (*.mcap)")
    }
    size = Int(status.st_size)
    if size == 0 {
      base = nil
      return
    }
    let mapped = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard mapped != MAP_FAILED else {
      throw RecordError(.cannotRead, path: path, systemMessage(errno))
    }
    base = mapped
  }

  deinit {
    guard let base else { return }
    if isMapped { munmap(base, size) } else { base.deallocate() }
  }

  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base?.assumingMemoryBound(to: UInt8.self), count: size)
  }
}
