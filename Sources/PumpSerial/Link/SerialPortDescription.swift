import CSerialPort
import Glibc

/// What can be said of a serial port without opening it.
public struct SerialPortDescription: Equatable, Sendable {
  /// What a port is attached by.
  public enum Transport: String, Sendable { case native, usb, bluetooth }

  /// The USB device behind a port.
  public struct USB: Equatable, Sendable {
    /// The maker's number.
    public var vendor: UInt16
    /// The maker's number of the product.
    public var product: UInt16
    /// The maker's name, where the device tells.
    public var manufacturer: String?
    /// The serial number, where the device has one.
    public var serialNumber: String?
  }

  /// Who may open a port.
  public struct Access: Equatable, Sendable {
    /// The owner's name, or number.
    public var owner: String
    /// The group's name, or number.
    public var group: String
    /// Reading and writing by owner, group and others, as `ls` shows it: `rw-rw----`.
    public var mode: String
    /// Whether the group may read and write.
    public var groupMay: Bool
    /// Whether this user may read and write.
    public var isPermitted: Bool
  }

  /// The path of the device: `/dev/ttyUSB0`.
  public var name: String
  /// What the system or the device calls it.
  public var description: String
  /// What it is attached by.
  public var transport: Transport
  /// The USB device; nil for other transports.
  public var usb: USB?
  /// The driver's name; nil where none is named.
  public var driver: String?
  /// How long the adapter gathers bytes, ms; nil where it does not.
  public var latency_ms: Int?
  /// Names that stay when the device is plugged in elsewhere.
  public var links: [String]
  /// Who may open it; nil where the device cannot be looked at.
  public var access: Access?

  /// The ports of this machine, by name; pseudo-terminals are none.
  ///
  /// What is on the other end is not asked. A built-in port of the kind that the system declares
  /// whether it is there or not is opened and closed to find out, as libserialport does it.
  ///
  /// - Throws: where the system does not say which ports it has.
  public static func all() throws(SerialLinkError) -> [SerialPortDescription] {
    var list: UnsafeMutablePointer<OpaquePointer?>?
    let result = sp_list_ports(&list)
    if result != SP_OK {
      throw .system(path: "/sys/class/tty", call: "sp_list_ports", code: errno)
    }
    defer { sp_free_port_list(list) }
    var ports: [SerialPortDescription] = []
    var next = list
    while let port = next?.pointee {
      ports.append(SerialPortDescription(port))
      next = next?.successor()
    }
    return ports.sorted { isBefore($0.name, $1.name) }
  }

  private init(_ port: OpaquePointer) {
    name = Self.text(sp_get_port_name(port)) ?? ""
    description = Self.text(sp_get_port_description(port)) ?? ""
    transport =
      switch sp_get_port_transport(port) {
      case SP_TRANSPORT_USB: .usb
      case SP_TRANSPORT_BLUETOOTH: .bluetooth
      default: .native
      }
    var vendor: Int32 = 0
    var product: Int32 = 0
    if transport == .usb, sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK {
      usb = USB(
        vendor: UInt16(truncatingIfNeeded: vendor), product: UInt16(truncatingIfNeeded: product),
        manufacturer: Self.text(sp_get_port_usb_manufacturer(port)),
        serialNumber: Self.text(sp_get_port_usb_serial(port)))
    }
    driver = SystemDevices.driver(of: name)
    latency_ms = SystemDevices.number("latency_timer", of: name)
    links = Self.links(to: name)
    access = Access(of: name)
  }

  /// Text that a device gave, without what would move a terminal's cursor.
  private static func text(_ bytes: UnsafeMutablePointer<CChar>?) -> String? {
    guard let bytes else { return nil }
    let text = String(cString: bytes).unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
    return text.isEmpty ? nil : String(String.UnicodeScalarView(text))
  }

  /// Links to a device that name what it is, made by udev.
  private static func links(to device: String) -> [String] {
    let folder = "/dev/serial/by-id/"
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var links: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if ExclusivePort.resolved(folder + name) == device { links.append(folder + name) }
    }
    return links.sorted()
  }

  /// Numbers in names by their value: ttyUSB2 before ttyUSB10.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    func parts(_ name: String) -> (String, Int) {
      let digits = name.reversed().prefix { $0.isNumber }.count
      return (String(name.dropLast(digits)), Int(name.suffix(digits)) ?? -1)
    }
    return parts(a) < parts(b)
  }
}

extension SerialPortDescription.Access {
  fileprivate init?(of device: String) {
    var status = stat()
    if stat(device, &status) != 0 { return nil }
    let mode = status.st_mode
    owner =
      getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
    group = ExclusivePort.groupName(status.st_gid) ?? "\(status.st_gid)"
    var letters = ""
    for (index, letter) in "rwxrwxrwx".enumerated() {
      letters.append(mode >> mode_t(8 - index) & 1 == 1 ? letter : "-")
    }
    self.mode = letters
    groupMay = mode & (S_IRGRP | S_IWGRP) == S_IRGRP | S_IWGRP
    isPermitted = Glibc.access(device, R_OK | W_OK) == 0
  }
}
