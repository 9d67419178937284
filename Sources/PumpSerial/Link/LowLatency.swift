import CSerialPort
import Glibc

/// The driver's flag that asks to pass bytes on at once, instead of gathering them.
///
/// A USB adapter of FTDI's gathers for 16 ms otherwise. Changing the flag is allowed to some users
/// on some kernels; where it is not, `AdapterLatency` tells what to set.
struct LowLatency {
  private static let flag: Int32 = 1 << 13

  /// Sets the flag; nil where it was set, or may not be, or the driver has none.
  static func request(_ descriptor: Int32) -> LowLatency? {
    var driver = serial_struct()
    if ioctl(descriptor, UInt(TIOCGSERIAL), &driver) != 0 || driver.flags & flag != 0 { return nil }
    driver.flags |= flag
    return ioctl(descriptor, UInt(TIOCSSERIAL), &driver) == 0 ? LowLatency() : nil
  }

  /// Takes the flag back: it would outlive us.
  func restore(_ descriptor: Int32) {
    var driver = serial_struct()
    if ioctl(descriptor, UInt(TIOCGSERIAL), &driver) != 0 { return }
    driver.flags &= ~Self.flag
    _ = ioctl(descriptor, UInt(TIOCSSERIAL), &driver)
  }
}
