// Whole files, written so that after a crash there is the old one or the new one.

import Glibc

/// Why a file could not be written, and what to do.
public struct FileWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public var path: String
  /// What was wrong.
  public var message: String
  /// The path, the message and a remedy.
  public var description: String {
    "\(path): cannot be written: \(message); give a place that can be written"
  }
}

/// Writes whole files atomically.
public enum AtomicFile {
  /// Throws where `write` could not but fail; what passes may still fail, when the disk is full.
  public static func check(_ path: String) throws(FileWriteError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw FileWriteError(path: path, message: systemMessage(EISDIR))
    }
    guard !path.isEmpty, access(directory(of: path), W_OK | X_OK) == 0 else {
      throw FileWriteError(path: path, message: systemMessage(path.isEmpty ? ENOENT : errno))
    }
  }

  /// Writes beside the file, makes it durable, and moves it into place.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 {
        let error = failure(path)
        close(descriptor)
        unlink(temporary)
        throw error
      }
      written += count
    }
    let isDurable = fsync(descriptor) == 0
    guard close(descriptor) == 0, isDurable, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
    // The name is durable once its directory is.
    let handle = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  private static func failure(_ path: String) -> FileWriteError {
    FileWriteError(path: path, message: systemMessage(errno))
  }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }
