// What a path names: through links, and before there is anything.

import Glibc

/// What a path names, once every symbolic link is followed; also where there is nothing yet.
struct FilePlace {
  /// What stands there.
  enum Kind: Equatable {
    /// Nothing, or nothing yet.
    case nothing
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A device, a pipe or a socket: what is written goes through it.
    case passage
  }

  /// Tells places apart: device and inode of what is there, or of the directory and the name in it.
  struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
    var name: String?
  }

  /// The path without a link as its last part.
  var path: String
  /// What stands there.
  var kind: Kind
  /// Who it is; nil where not even its directory is there.
  var identity: Identity?
  /// Its permissions, where it exists.
  var permissions: UInt32 = 0
  /// Whether it is a terminal, `/dev/null` or the like: nothing is lost where two write to it.
  var isCharacterDevice = false

  init(_ path: String) {
    let path = Self.withoutLinks(path)
    var status = stat()
    if stat(path, &status) == 0 {
      self.init(path: path, status)
      return
    }
    self.init(path: path)
    guard stat(directory(of: path), &status) == 0 else { return }
    identity = Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      name: path.lastIndex(of: "/").map { String(path[$0...].dropFirst()) } ?? path)
  }

  private init(path: String) {
    self.path = path
    kind = .nothing
  }

  /// What standard output goes to; nil where it is closed.
  static var standardOutput: FilePlace? {
    var status = stat()
    return fstat(STDOUT_FILENO, &status) == 0 ? FilePlace(path: standardStreamName, status) : nil
  }

  private init(path: String, _ status: stat) {
    self.path = path
    let type = status.st_mode & S_IFMT
    kind = type == S_IFREG ? .file : type == S_IFDIR ? .directory : .passage
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino), name: nil)
    permissions = status.st_mode & 0o7777
    isCharacterDevice = type == S_IFCHR
  }

  /// Follows links as far as the kernel does, 40; a ring of them stays a link, and cannot be opened.
  private static func withoutLinks(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = readlink(path, &bytes, bytes.count)
      if count <= 0 { break }
      let target = String(decoding: bytes[..<count], as: UTF8.self)
      path =
        target.hasPrefix("/") ? target : path.contains("/") ? directory(of: path) + target : target
    }
    return path
  }
}
