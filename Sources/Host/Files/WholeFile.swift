// Files read whole, without ever waiting for one or taking more of it than a limit.

import Glibc

/// Why a file could not be read.
package struct FileReadError: Error, Equatable, Sendable {
  /// What was wrong.
  package enum Reason: Equatable, Sendable {
    /// There is no such file.
    case missing
    /// The system refuses to open it, with this error.
    case closed(Int32)
    /// It is a directory.
    case directory
    /// It is a pipe, which may never end and can be read but once.
    case pipe
    /// It is a device or a socket.
    case notRegular
    /// It has more bytes than are taken; how many, where that is known.
    case tooLarge(bytes: Int64?, limit: Int)
    /// It was opened and cannot be read, with this error.
    case unreadable(Int32)
  }
  /// What was wrong.
  package var reason: Reason
  /// What was wrong, in words.
  package var message: String {
    switch reason {
    case .missing: "there is no such file"
    case .closed(let code): "the file cannot be opened: \(systemMessage(code))"
    case .directory: "this is a directory"
    case .pipe: "this is a pipe"
    case .notRegular: "this is not a regular file"
    case .tooLarge(let bytes?, let limit): "the file has \(bytes) bytes, at most \(limit) are read"
    case .tooLarge(nil, let limit): "the file has more than \(limit) bytes"
    case .unreadable(let code): "the file cannot be read: \(systemMessage(code))"
    }
  }

  init(_ reason: Reason) { self.reason = reason }
}

/// A regular file that is open for reading; `-` is standard input, whatever stands behind it.
package final class ReadableFile {
  /// Its descriptor.
  let descriptor: Int32
  /// Bytes in it when it was opened; nil for standard input.
  package let size: Int64?
  /// Its permissions, as `stat` has them.
  package let mode: UInt32

  /// Opens a file; anything but a regular one is refused.
  package init(path: String) throws(FileReadError) {
    var status = stat()
    if path == standardStreamName {
      (descriptor, size, mode) = (STDIN_FILENO, nil, 0)
      return
    }
    // O_NONBLOCK: a pipe that nobody writes to would hold us here.
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileReadError(errno == ENOENT || errno == ENOTDIR ? .missing : .closed(errno))
    }
    let isKnown = fstat(descriptor, &status) == 0
    (size, mode) = (Int64(status.st_size), status.st_mode)
    if !isKnown { throw FileReadError(.unreadable(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileReadError(.directory)
    case S_IFIFO: throw FileReadError(.pipe)
    default: throw FileReadError(.notRegular)
    }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// All its bytes, at most `limit`; a file that grows meanwhile gives no more than that either.
  package func bytes(limit: Int) throws(FileReadError) -> [UInt8] {
    if let size, size > Int64(limit) { throw FileReadError(.tooLarge(bytes: size, limit: limit)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(size ?? 0))
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileReadError(errno == EISDIR ? .directory : .unreadable(errno))
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: block[..<count])
      if bytes.count > limit { throw FileReadError(.tooLarge(bytes: nil, limit: limit)) }
    }
  }
}

/// Reads whole files.
package enum WholeFile {
  /// The bytes of the regular file at `path`, or of standard input for `-`; at most `limit`.
  package static func read(_ path: String, limit: Int) throws(FileReadError) -> [UInt8] {
    try ReadableFile(path: path).bytes(limit: limit)
  }
}

/// What standard input and standard output are called where a file is asked for.
package let standardStreamName = "-"
