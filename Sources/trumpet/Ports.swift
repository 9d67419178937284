import ArgumentParser
import PumpSerial
import Session
import Text

/// `trumpet ports`.
struct Ports: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the serial ports of this machine, and who may open them.",
    discussion: "No port is asked anything: what is on its other end, `trumpet identify` asks.")

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func run() throws {
    let ports: [SerialPortDescription]
    do {
      ports = try SerialPortDescription.all()
    } catch {
      diagnose("\(error)")
      throw ExitStatus.hardware
    }
    if json {
      try show(JSONValue.object([("ports", .array(ports.map(\.json)))]).text)
    } else if ports.isEmpty {
      try show(Self.nothing)
    } else {
      try show(ports.map(\.text).joined(separator: "\n"))
    }
  }

  private static let nothing = """
    No serial ports. Check that the adapter is plugged in (`lsusb` shows it), that its driver is \
    loaded (`sudo dmesg | tail` says so when it is plugged in), and, in a container, that the device \
    was passed into it. Emulated devices have no entry here: name their path.
    """
}

extension SerialPortDescription {
  /// A line for the port, and one for each thing to know of it.
  fileprivate var text: String {
    var lines = ["\(name)  \(description)"]
    if let usb {
      let maker = usb.manufacturer.map { ", \($0)" } ?? ""
      let serial = usb.serialNumber.map { ", serial number \($0)" } ?? ", no serial number"
      let number = "\(Hexadecimal.text(usb.vendor)):\(Hexadecimal.text(usb.product))"
      lines.append("  USB \(number)\(maker)\(serial)")
    }
    let gathering = latency_ms.map { ", latency \($0) ms" } ?? ""
    lines.append("  driver \(driver ?? "unknown")\(gathering)")
    if let notice = AdapterLatency(path: name)?.notice { lines.append("  \(notice)") }
    for link in links { lines.append("  also \(link)") }
    lines.append("  \(accessText)")
    return lines.joined(separator: "\n")
  }

  private var accessText: String {
    guard let access else { return "not there any more" }
    let who = "\(access.owner):\(access.group) \(access.mode)"
    if access.isPermitted { return "\(who), you may open it" }
    if access.groupMay {
      return "\(who), group '\(access.group)' may open it and you may not: "
        + "sudo usermod -aG \(access.group) $USER, and log in again"
    }
    return "\(who), you may not open it; see Docs/SerialPorts.md for a udev rule"
  }

  /// The port with stable keys.
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)),
      ("description", .string(description)),
      ("transport", .string(transport.rawValue)),
      ("usb_vendor_id", usb.map { .string(Hexadecimal.text($0.vendor)) } ?? .null),
      ("usb_product_id", usb.map { .string(Hexadecimal.text($0.product)) } ?? .null),
      ("manufacturer", usb?.manufacturer.map { .string($0) } ?? .null),
      ("serial_number", usb?.serialNumber.map { .string($0) } ?? .null),
      ("driver", driver.map { .string($0) } ?? .null),
      ("latency_ms", latency_ms.map { .integer(Int64($0)) } ?? .null),
      ("links", .array(links.map { .string($0) })),
      ("owner", access.map { .string($0.owner) } ?? .null),
      ("group", access.map { .string($0.group) } ?? .null),
      ("mode", access.map { .string($0.mode) } ?? .null),
      ("you_may_open", .bool(access?.isPermitted ?? false)),
    ])
  }
}
