import Glibc

/// A terminal that this process has locked, before anything about it is changed.
///
/// libserialport 0.1.1 opens without exclusion, and changes settings while it opens: the lock has to
/// be there first, or a second program would spoil the first one's port before it is refused.
struct ExclusivePort {
  /// What drives a terminal, which decides how its bytes are got at.
  enum Kind: Equatable {
    /// A port with modem lines: libserialport's.
    case serialPort
    /// The slave of a pseudo-terminal.
    case pseudoTerminal
    /// What libserialport refuses: a port without modem lines, such as a USB gadget's, or one that
    /// sysfs does not show.
    case plainTerminal
  }

  /// The path that was asked for.
  let path: String
  /// The device itself, behind whatever links.
  let device: String
  /// What it is.
  let kind: Kind
  /// The descriptor that holds the lock.
  let descriptor: Int32

  /// Opens and locks a port; nothing is read from it, written to it or set.
  static func open(path: String) throws(SerialLinkError) -> ExclusivePort {
    var status = stat()
    if stat(path, &status) != 0 {
      switch errno {
      case ENOENT, ENOTDIR: throw .noSuchPort(path: path)
      case EACCES: throw .notPermitted(path: path, group: nil)
      default: throw .system(path: path, call: "stat", code: errno)
      }
    }
    let isCharacterDevice = status.st_mode & S_IFMT == S_IFCHR
    // To open /dev/ptmx makes a terminal, to open a console takes somebody's.
    if !isCharacterDevice || isConsole(status) { throw .notATerminal(path: path) }
    let descriptor = Glibc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 { throw refusal(of: path, status) }
    do {
      return try lock(descriptor, path: path, status)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  private static func lock(
    _ descriptor: Int32, path: String, _ status: stat
  ) throws(SerialLinkError) -> ExclusivePort {
    if isatty(descriptor) != 1 { throw .notATerminal(path: path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      throw errno == EWOULDBLOCK
        ? .busy(path: path) : .system(path: path, call: "flock", code: errno)
    }
    let device = resolved(path)
    let kind = kind(descriptor, device, status)
    if kind != .pseudoTerminal, PortHolders.isHeldElsewhere(status.st_rdev) {
      throw .busy(path: path)
    }
    return ExclusivePort(path: path, device: device, kind: kind, descriptor: descriptor)
  }

  private static func kind(_ descriptor: Int32, _ device: String, _ status: stat) -> Kind {
    // Unix 98 pseudo-terminals have the major numbers 136 to 143.
    if (136...143).contains(major(status)) || device.hasPrefix("/dev/pts/") {
      return .pseudoTerminal
    }
    var lines: Int32 = 0
    let hasLines = ioctl(descriptor, UInt(TIOCMGET), &lines) == 0
    // libserialport asks sysfs, which a container may not have.
    return hasLines && SystemDevices.knows(device) ? .serialPort : .plainTerminal
  }

  private static func refusal(of path: String, _ status: stat) -> SerialLinkError {
    switch errno {
    case EACCES, EPERM:
      let groupMay = status.st_mode & (S_IRGRP | S_IWGRP) == S_IRGRP | S_IWGRP
      return .notPermitted(path: path, group: groupMay ? groupName(status.st_gid) : nil)
    case EBUSY: return .busy(path: path)
    case ENXIO, ENODEV, EIO: return .hungUp(path: path)
    default: return .system(path: path, call: "open", code: errno)
    }
  }

  /// Virtual consoles, `/dev/tty`, `/dev/console` and `/dev/ptmx`.
  private static func isConsole(_ status: stat) -> Bool {
    let minor = status.st_rdev & 0xff | status.st_rdev >> 12 & 0xfff00
    return major(status) == 4 && minor < 64 || major(status) == 5 && minor < 64
  }

  private static func major(_ status: stat) -> dev_t { status.st_rdev >> 8 & 0xfff }

  /// The path without links: libserialport 0.1.1 takes none, so that a name by udev would be refused.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  static func groupName(_ group: gid_t) -> String? {
    guard let entry = getgrgid(group), let name = entry.pointee.gr_name else { return nil }
    return String(cString: name)
  }
}

/// Writes all bytes to a port, or throws.
///
/// - Parameter attempt: writes what goes at once: how many, 0 where the port is full.
@inline(__always)
func writeAll(
  _ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32, path: String,
  withinMilliseconds limit: Int,
  attempt: (UnsafeBufferPointer<UInt8>) throws(SerialLinkError) -> Int
) throws(SerialLinkError) {
  var written = 0
  var deadline: UInt64?
  while written < bytes.count {
    let count = try attempt(UnsafeBufferPointer(rebasing: bytes[written...]))
    written += count
    if count > 0 { continue }
    let end = deadline ?? Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
    deadline = end
    if try !waitFor(POLLOUT, on: descriptor, path: path, until: end) {
      throw .timedOut(path: path, milliseconds: limit)
    }
  }
}

/// Waits until a port is ready; false when the deadline passes first.
///
/// A port that is gone throws, unless there is still something to read: what was sent before a
/// hang-up counts.
func waitFor(
  _ events: Int32, on descriptor: Int32, path: String, until deadline: UInt64
) throws(SerialLinkError) -> Bool {
  while true {
    var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let ready = poll(&polled, 1, Monotonic.milliseconds(until: deadline))
    if ready > 0 {
      if polled.revents & Int16(events) != 0 { return true }
      throw .hungUp(path: path)
    }
    if ready == 0 { return false }
    if errno != EINTR { throw .system(path: path, call: "poll", code: errno) }
  }
}
