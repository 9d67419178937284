import Glibc

/// Reads, changes and checks what a terminal does to the bytes that pass it.
enum LineDiscipline {
  /// Sets a terminal to pass every byte as it is, without flow control, and to leave its modem lines
  /// alone when it is closed.
  ///
  /// - Parameters:
  ///   - wanted: speed and framing.
  ///   - keepsFraming: leaves the framing as it is: a pseudo-terminal has none.
  static func makeRaw(
    _ descriptor: Int32, path: String, _ wanted: SerialSettings, keepsFraming: Bool
  ) throws(SerialLinkError) {
    var settings = try read(descriptor, path: path)
    cfmakeraw(&settings)
    // At least one byte is asked for, so that an end of file is a hang-up and nothing else.
    withUnsafeMutableBytes(of: &settings.c_cc) { bytes in
      bytes[Int(VMIN)] = 1
      bytes[Int(VTIME)] = 0
    }
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    // Closing must not drop DTR: many boards take that for a reset.
    settings.c_cflag &= ~(tcflag_t(HUPCL) | hardwareFlowControl)
    if !keepsFraming { settings.c_cflag = settings.c_cflag & ~framingMask | bits(wanted) }
    cfsetispeed(&settings, code(wanted.baud))
    cfsetospeed(&settings, code(wanted.baud))
    if tcsetattr(descriptor, TCSANOW, &settings) != 0 {
      throw .system(path: path, call: "tcsetattr", code: errno)
    }
  }

  /// Throws where a port did not take what it was told: `tcsetattr` is content when it took a part.
  static func check(
    _ descriptor: Int32, path: String, _ wanted: SerialSettings
  ) throws(SerialLinkError) {
    var settings = try read(descriptor, path: path)
    let speed = cfgetospeed(&settings)
    let isTaken =
      settings.c_cflag & framingMask == bits(wanted)
      && speed == code(wanted.baud)
      && settings.c_cflag & (tcflag_t(HUPCL) | hardwareFlowControl) == 0
      && settings.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0
      && settings.c_iflag & tcflag_t(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP) == 0
      && settings.c_oflag & tcflag_t(OPOST) == 0
    if !isTaken { throw .settingsRefused(path: path, settings: wanted) }
  }

  private static func read(_ descriptor: Int32, path: String) throws(SerialLinkError) -> termios {
    var settings = termios()
    if tcgetattr(descriptor, &settings) == 0 { return settings }
    if errno == EIO { throw .hungUp(path: path) }
    throw .system(path: path, call: "tcgetattr", code: errno)
  }

  /// CRTSCTS, whose sign bit the importer does not take.
  private static let hardwareFlowControl = tcflag_t(0x8000_0000)
  private static let framingMask = tcflag_t(CSIZE | PARENB | PARODD | CSTOPB)

  private static func bits(_ settings: SerialSettings) -> tcflag_t {
    var bits = tcflag_t(settings.dataBits == 7 ? CS7 : CS8)
    if settings.parity != .none { bits |= tcflag_t(PARENB) }
    if settings.parity == .odd { bits |= tcflag_t(PARODD) }
    if settings.stopBits == 2 { bits |= tcflag_t(CSTOPB) }
    return bits
  }

  /// A speed as `termios` has it.
  static func code(_ baud: UInt32) -> speed_t {
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
}
