/// How long a USB adapter gathers bytes before it passes them on.
///
/// An exchange a tick leaves 10 ms for both ways; an adapter of FTDI's that gathers for its usual 16 ms
/// makes that impossible, and nothing else about it shows why.
public struct AdapterLatency: Equatable, Sendable {
  /// The most that passes without a word, ms.
  public static let limit_ms = 2
  /// The adapter's path.
  public let path: String
  /// What its driver says, ms.
  public let latency_ms: Int

  /// Asks the driver of a port; nil where it has no such timer, as on a pseudo-terminal.
  ///
  /// To be asked while the port is open: opening it already asks for low latency, where the system
  /// lets one.
  public init?(path: String) {
    let device = ExclusivePort.resolved(path)
    guard let latency = SystemDevices.number("latency_timer", of: device) else { return nil }
    self.path = path
    latency_ms = latency
  }

  /// What to say to who uses the port; nil while there is nothing to say.
  public var notice: String? {
    if latency_ms <= Self.limit_ms { return nil }
    let name = SystemDevices.name(of: ExclusivePort.resolved(path))
    return """
      \(path): the USB adapter holds bytes back for up to \(latency_ms) ms; more than \
      \(Self.limit_ms) ms is too long for an exchange every 10 ms. Set it: \
      echo 1 | sudo tee /sys/class/tty/\(name)/device/latency_timer, \
      or for good with Hardware/udev/60-trumpet.rules (Docs/SerialPorts.md).
      """
  }
}
