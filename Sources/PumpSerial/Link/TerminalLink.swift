import Glibc

/// A link over POSIX termios: pseudo-terminals, and real ports without adapter settings.
public final class TerminalLink: ByteLink, @unchecked Sendable {
  /// The path that was opened.
  public let path: String
  /// The file descriptor.
  public private(set) var descriptor: Int32

  /// Opens a terminal for this process alone: raw, without flow control.
  ///
  /// - Parameters:
  ///   - path: a terminal, or a symbolic link to one.
  ///   - settings: speed and framing; meaningless on a pseudo-terminal.
  public static func open(
    path: String, settings: SerialSettings
  ) throws(SerialLinkError) -> TerminalLink {
    var status = stat()
    if stat(path, &status) != 0 {
      throw errno == ENOENT || errno == ENOTDIR
        ? .noSuchPort(path: path) : .system(path: path, call: "stat", code: errno)
    }
    if status.st_mode & S_IFMT != S_IFCHR { throw .notATerminal(path: path) }
    let descriptor = Glibc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 {
      switch errno {
      case EACCES, EPERM: throw .notPermitted(path: path, group: groupName(status.st_gid))
      case EBUSY: throw .busy(path: path)
      case ENXIO, ENODEV, EIO: throw .hungUp(path: path)
      default: throw .system(path: path, call: "open", code: errno)
      }
    }
    let link = TerminalLink(path: path, descriptor: descriptor)
    do {
      try link.setUp(settings, isPseudoTerminal: isPseudoTerminal(status))
    } catch {
      link.close()
      throw error
    }
    return link
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close() }

  private func setUp(
    _ wanted: SerialSettings, isPseudoTerminal: Bool
  ) throws(SerialLinkError) {
    if isatty(descriptor) != 1 { throw .notATerminal(path: path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      throw errno == EWOULDBLOCK
        ? .busy(path: path) : .system(path: path, call: "flock", code: errno)
    }
    // On a pseudo-terminal the flag would outlive a killed process and lock everybody else out.
    if !isPseudoTerminal { _ = ioctl(descriptor, UInt(TIOCEXCL)) }
    var settings = termios()
    if tcgetattr(descriptor, &settings) != 0 {
      throw .system(path: path, call: "tcgetattr", code: errno)
    }
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    // Closing must not drop DTR: many boards take that for a reset.
    settings.c_cflag &= ~tcflag_t(HUPCL)
    if !isPseudoTerminal { Self.apply(wanted, to: &settings) }
    let speed = Self.speed(wanted.baud)
    cfsetispeed(&settings, speed)
    cfsetospeed(&settings, speed)
    if tcsetattr(descriptor, TCSANOW, &settings) != 0 {
      throw .system(path: path, call: "tcsetattr", code: errno)
    }
    discardBuffers()
  }

  /// Writes all bytes, or throws.
  public func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) {
    var written = 0
    var deadline: UInt64?
    while written < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count > 0 {
        written += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        let end = deadline ?? Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
        deadline = end
        if try !waitFor(Int16(POLLOUT), until: end) {
          throw .timedOut(path: path, milliseconds: limit)
        }
      case EIO, ENXIO, EBADF: throw .hungUp(path: path)
      default: throw .system(path: path, call: "write", code: errno)
      }
    }
  }

  /// Reads what is there, waiting for at least one byte; 0 when none came in time.
  public func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) -> Int {
    precondition(!buffer.isEmpty)
    var deadline: UInt64?
    while true {
      if limit > 0 {
        let end = deadline ?? Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
        deadline = end
        if try !waitFor(Int16(POLLIN), until: end) { return 0 }
      }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return count }
      // At least one byte is asked for (VMIN is 1), so an end of file is a hang-up.
      if count == 0 { throw .hungUp(path: path) }
      switch errno {
      case EINTR: continue
      case EAGAIN: if limit <= 0 { return 0 }
      case EIO, ENXIO, EBADF: throw .hungUp(path: path)
      default: throw .system(path: path, call: "read", code: errno)
      }
    }
  }

  /// Throws away what was received and not read, and what was written and not sent.
  public func discardBuffers() { tcflush(descriptor, TCIOFLUSH) }

  /// Closes the port.
  public func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Waits until the descriptor is ready; false when the deadline passes first.
  private func waitFor(_ events: Int16, until deadline: UInt64) throws(SerialLinkError) -> Bool {
    while true {
      var polled = pollfd(fd: descriptor, events: events, revents: 0)
      let ready = poll(&polled, 1, Monotonic.milliseconds(until: deadline))
      if ready > 0 {
        // What was sent before a hang-up can still be read.
        if polled.revents & events != 0 { return true }
        throw .hungUp(path: path)
      }
      if ready == 0 { return false }
      if errno != EINTR { throw .system(path: path, call: "poll", code: errno) }
    }
  }

  private static func apply(_ wanted: SerialSettings, to settings: inout termios) {
    settings.c_cflag &= ~tcflag_t(CSIZE | PARENB | PARODD | CSTOPB)
    settings.c_cflag |= tcflag_t(wanted.dataBits == 7 ? CS7 : CS8)
    if wanted.parity != .none { settings.c_cflag |= tcflag_t(PARENB) }
    if wanted.parity == .odd { settings.c_cflag |= tcflag_t(PARODD) }
    if wanted.stopBits == 2 { settings.c_cflag |= tcflag_t(CSTOPB) }
  }

  private static func speed(_ baud: UInt32) -> speed_t {
    switch baud {
    case 300: speed_t(B300)
    case 1200: speed_t(B1200)
    case 2400: speed_t(B2400)
    case 4800: speed_t(B4800)
    case 9600: speed_t(B9600)
    case 19_200: speed_t(B19200)
    case 38_400: speed_t(B38400)
    case 57_600: speed_t(B57600)
    case 230_400: speed_t(B230400)
    default: speed_t(B115200)
    }
  }

  /// Whether the device is the slave of a Unix 98 pseudo-terminal: major numbers 136 to 143.
  private static func isPseudoTerminal(_ status: stat) -> Bool {
    let major = status.st_rdev >> 8 & 0xfff
    return (136...143).contains(major)
  }

  private static func groupName(_ group: gid_t) -> String? {
    guard let entry = getgrgid(group), let name = entry.pointee.gr_name else { return nil }
    return String(cString: name)
  }
}
