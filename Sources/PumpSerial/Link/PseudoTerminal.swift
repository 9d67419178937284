import Glibc

/// The master side of a pseudo-terminal, on which an emulated device lives.
final class PseudoTerminal: @unchecked Sendable {
  /// The master's file descriptor, non-blocking.
  let descriptor: Int32
  /// The slave's own path.
  let devicePath: String
  /// The symbolic link to it, where there is one.
  let linkPath: String?

  /// The path for others to open.
  var path: String { linkPath ?? devicePath }

  /// Makes a pseudo-terminal in raw mode and, if asked, a symbolic link to it.
  ///
  /// A link that is there already is replaced only where it is our own, left by a run that was
  /// killed: one to a pseudo-terminal that no longer exists.
  init(link: String?) throws(SerialLinkError) {
    var master: Int32 = -1
    var slave: Int32 = -1
    var settings = termios()
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CREAD | CLOCAL)
    cfsetispeed(&settings, speed_t(B115200))
    cfsetospeed(&settings, speed_t(B115200))
    if openpty(&master, &slave, nil, &settings, nil) != 0 {
      throw .system(path: "pseudo-terminal", call: "openpty", code: errno)
    }
    let device = ttyname(slave).map { String(cString: $0) } ?? ""
    // With our own slave closed, a host that goes away shows as a hang-up.
    Glibc.close(slave)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    do {
      if let link { try Self.makeLink(at: link, to: device) }
    } catch {
      Glibc.close(master)
      throw error
    }
    descriptor = master
    devicePath = device
    linkPath = link
  }

  deinit {
    removeLink()
    Glibc.close(descriptor)
  }

  /// Removes the symbolic link, unless it has become somebody else's.
  func removeLink() {
    if let linkPath, Self.target(of: linkPath) == devicePath { unlink(linkPath) }
  }

  private static func makeLink(at link: String, to device: String) throws(SerialLinkError) {
    if symlink(device, link) == 0 { return }
    if errno != EEXIST { throw .system(path: link, call: "symlink", code: errno) }
    guard let old = target(of: link), old.hasPrefix("/dev/pts/"), access(old, F_OK) != 0 else {
      throw .linkExists(path: link)
    }
    unlink(link)
    if symlink(device, link) != 0 { throw .system(path: link, call: "symlink", code: errno) }
  }

  /// Where a symbolic link points; nil where `path` is none.
  private static func target(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &bytes, bytes.count)
    if count <= 0 { return nil }
    return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
