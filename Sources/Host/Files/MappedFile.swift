// Large files read without copying them.

import Glibc

/// The bytes of a file, as long as somebody holds it.
package final class MappedFile: Sendable {
  /// Its name, in errors.
  package let path: String
  private let size: Int
  // Mapped read-only and never changed until `deinit`.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let isMapped: Bool

  /// A copy of bytes that never were a file; `path` names them in errors.
  package init(bytes: some Collection<UInt8>, path: String) {
    self.path = path
    size = bytes.count
    isMapped = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    copy.copyBytes(from: bytes)
    base = copy.baseAddress
  }

  /// The regular file at `path`, mapped; or what standard input gives for `-`, at most `streamLimit`.
  package convenience init(path: String, streamLimit: Int) throws(FileReadError) {
    let file = try ReadableFile(path: path)
    guard let size = file.size else {
      self.init(bytes: try file.bytes(limit: streamLimit), path: "standard input")
      return
    }
    try self.init(file, path: path, size: Int(size))
  }

  private init(
    _ file: ReadableFile, path: String, size: Int
  ) throws(FileReadError) {
    self.path = path
    self.size = size
    isMapped = true
    if size == 0 {
      base = nil
      return
    }
    let mapped = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard mapped != MAP_FAILED else { throw FileReadError(.unreadable(errno)) }
    base = mapped
  }

  deinit {
    guard let base else { return }
    if isMapped { munmap(base, size) } else { base.deallocate() }
  }

  /// The bytes; they stay as long as this does.
  package var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base?.assumingMemoryBound(to: UInt8.self), count: size)
  }
}
