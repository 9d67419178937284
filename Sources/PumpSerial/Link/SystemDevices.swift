import Glibc

/// What sysfs says of the terminals of this machine.
enum SystemDevices {
  private static let folder = "/sys/class/tty/"

  /// The last part of a device's path: `ttyUSB0`.
  static func name(of device: String) -> String {
    String(device.split(separator: "/").last ?? "")
  }

  /// Whether sysfs shows the device.
  static func knows(_ device: String) -> Bool {
    access(folder + name(of: device), F_OK) == 0
  }

  /// The name of the driver, such as `ftdi_sio`; nil where none is named.
  static func driver(of device: String) -> String? {
    target(of: folder + name(of: device) + "/device/driver").map(name(of:))
  }

  /// The number in a file of the device's own; nil where there is none.
  static func number(_ file: String, of device: String) -> Int? {
    guard let stream = fopen(folder + name(of: device) + "/device/" + file, "re") else {
      return nil
    }
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), stream) != nil else { return nil }
    let digits = line.prefix { (48...57).contains($0) }.map { UInt8(bitPattern: $0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Where a symbolic link points; nil where `path` is none.
  static func target(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &bytes, bytes.count)
    if count <= 0 { return nil }
    return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
