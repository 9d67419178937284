import Glibc

/// A link over POSIX termios: pseudo-terminals, and ports without modem lines.
final class TerminalLink: ByteLink, @unchecked Sendable {
  /// The path that was opened.
  let path: String
  /// The file descriptor.
  private(set) var descriptor: Int32

  /// Takes over a port that was locked: raw, without flow control.
  ///
  /// - Parameters:
  ///   - port: the port; closed here if anything fails.
  ///   - settings: speed and framing; meaningless on a pseudo-terminal.
  init(_ port: ExclusivePort, settings: SerialSettings) throws(SerialLinkError) {
    path = port.path
    descriptor = port.descriptor
    let isPseudoTerminal = port.kind == .pseudoTerminal
    // On a pseudo-terminal the flag would outlive a killed process and lock everybody else out.
    if !isPseudoTerminal { _ = ioctl(descriptor, UInt(TIOCEXCL)) }
    try LineDiscipline.makeRaw(
      descriptor, path: path, settings, keepsFraming: isPseudoTerminal)
    if !isPseudoTerminal { try LineDiscipline.check(descriptor, path: path, settings) }
    discardBuffers()
  }

  deinit { close() }

  /// Writes all bytes, or throws.
  func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) {
    try writeAll(bytes, to: descriptor, path: path, withinMilliseconds: limit) {
      rest throws(SerialLinkError) in
      while true {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count > 0 { return count }
        switch errno {
        case EINTR: continue
        case EAGAIN: return 0
        case EIO, ENXIO, EBADF: throw .hungUp(path: path)
        default: throw .system(path: path, call: "write", code: errno)
        }
      }
    }
  }

  /// Reads what is there, waiting for at least one byte; 0 when none came in time.
  func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) -> Int {
    precondition(!buffer.isEmpty)
    var deadline: UInt64?
    while true {
      if limit > 0 {
        let end = deadline ?? Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
        deadline = end
        if try !waitFor(POLLIN, on: descriptor, path: path, until: end) { return 0 }
      }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return count }
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
  func discardBuffers() { tcflush(descriptor, TCIOFLUSH) }

  /// Closes the port.
  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }
}
