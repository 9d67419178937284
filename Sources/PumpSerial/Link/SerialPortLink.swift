import CSerialPort
import Glibc

/// A link over libserialport: ports of metal.
///
/// What libserialport 0.1.1 does not do is done here (`Docs/SerialPorts.md`): its waiting calls take a
/// port that is gone for a silent one and spin meanwhile, so that only its calls that do not wait are
/// used, and the waiting is our own.
final class SerialPortLink: ByteLink, @unchecked Sendable {
  /// The path that was opened.
  let path: String
  /// The file descriptor.
  private(set) var descriptor: Int32 = -1
  /// Holds the lock.
  private var lock: Int32
  private var port: OpaquePointer?
  private var lowLatency: LowLatency?

  /// Takes over a port that was locked, and sets it up.
  ///
  /// - Parameters:
  ///   - locked: the port; closed here if anything fails.
  ///   - settings: speed and framing.
  init(_ locked: ExclusivePort, settings: SerialSettings) throws(SerialLinkError) {
    path = locked.path
    lock = locked.descriptor
    try check(sp_get_port_by_name(locked.device, &port), "sp_get_port_by_name")
    try check(sp_open(port, SP_MODE_READ_WRITE), "sp_open")
    try check(sp_get_port_handle(port, &descriptor), "sp_get_port_handle")
    // Only now: with the flag set, nobody but root could have opened it a second time.
    _ = ioctl(lock, UInt(TIOCEXCL))
    try configure(settings)
    // What libserialport leaves: hardware flow control and the end-of-file rule.
    try LineDiscipline.makeRaw(descriptor, path: path, settings, keepsFraming: true)
    try LineDiscipline.check(descriptor, path: path, settings)
    lowLatency = LowLatency.request(descriptor)
    discardBuffers()
  }

  deinit { close() }

  /// Sets speed and framing; what is not named, modem lines above all, stays as it is.
  private func configure(_ settings: SerialSettings) throws(SerialLinkError) {
    var config: OpaquePointer?
    try check(sp_new_config(&config), "sp_new_config")
    defer { sp_free_config(config) }
    let parity =
      switch settings.parity {
      case .none: SP_PARITY_NONE
      case .odd: SP_PARITY_ODD
      case .even: SP_PARITY_EVEN
      }
    sp_set_config_baudrate(config, Int32(settings.baud))
    sp_set_config_bits(config, Int32(settings.dataBits))
    sp_set_config_parity(config, parity)
    sp_set_config_stopbits(config, Int32(settings.stopBits))
    sp_set_config_xon_xoff(config, SP_XONXOFF_DISABLED)
    if sp_set_config(port, config) != SP_OK {
      if errno == EIO { throw .hungUp(path: path) }
      throw .settingsRefused(path: path, settings: settings)
    }
  }

  /// Writes all bytes, or throws.
  func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) {
    try writeAll(bytes, to: descriptor, path: path, withinMilliseconds: limit) {
      rest throws(SerialLinkError) in
      while true {
        let result = sp_nonblocking_write(port, rest.baseAddress, rest.count)
        if result.rawValue > 0 { return Int(result.rawValue) }
        // A full buffer: 0.1.1 calls it an error.
        let code = result.rawValue < 0 ? errno : EAGAIN
        if code == EAGAIN { return 0 }
        if code != EINTR { throw failure(result, "sp_nonblocking_write", code) }
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
      let result = sp_nonblocking_read(port, buffer.baseAddress, buffer.count)
      if result.rawValue > 0 { return Int(result.rawValue) }
      if result.rawValue < 0 && errno != EINTR && errno != EAGAIN {
        throw failure(result, "sp_nonblocking_read", errno)
      }
      // Nothing there and nobody there look alike so far.
      try checkPresence()
      if Monotonic.nanoseconds() >= deadline ?? 0 { return 0 }
      // Ready to be read, empty and not gone: whatever that is, it shall not spin.
      usleep(500)
    }
  }

  /// Throws where the port is gone.
  private func checkPresence() throws(SerialLinkError) {
    let waiting = sp_input_waiting(port)
    if waiting.rawValue < 0 { throw failure(waiting, "sp_input_waiting", errno) }
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
    // Bytes that came just now are read first.
    if waiting.rawValue == 0, poll(&polled, 1, 0) > 0, polled.revents & gone != 0 {
      throw .hungUp(path: path)
    }
  }

  /// Throws away what was received and not read, and what was written and not sent.
  func discardBuffers() { sp_flush(port, SP_BUF_BOTH) }

  /// Closes the port; its modem lines stay as they are.
  func close() {
    if lock < 0 { return }
    if descriptor >= 0 {
      lowLatency?.restore(descriptor)
      // For a program that had it open before us and goes on.
      _ = ioctl(lock, UInt(TIOCNXCL))
    }
    sp_close(port)
    sp_free_port(port)
    Glibc.close(lock)
    port = nil
    descriptor = -1
    lock = -1
  }

  private func check(_ result: sp_return, _ call: String) throws(SerialLinkError) {
    if result != SP_OK { throw failure(result, call, errno) }
  }

  private func failure(_ result: sp_return, _ call: String, _ code: Int32) -> SerialLinkError {
    // An argument that it refuses is a name that it does not know: no error of the system.
    if result == SP_ERR_ARG { return .notATerminal(path: path) }
    return switch code {
    case EIO, ENXIO, ENODEV, EBADF: .hungUp(path: path)
    case EBUSY: .busy(path: path)
    case ENOENT: .noSuchPort(path: path)
    default: .system(path: path, call: call, code: code)
    }
  }
}
