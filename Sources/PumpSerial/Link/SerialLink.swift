/// A port that is open, by the means that fit it.
public final class SerialLink: ByteLink, @unchecked Sendable {
  private let terminal: TerminalLink

  /// Opens a port for this process alone.
  ///
  /// - Parameters:
  ///   - path: a terminal, or a symbolic link to one.
  ///   - settings: speed and framing.
  public static func open(
    path: String, settings: SerialSettings
  ) throws(SerialLinkError) -> SerialLink {
    SerialLink(try TerminalLink.open(path: path, settings: settings))
  }

  private init(_ terminal: TerminalLink) { self.terminal = terminal }

  /// The path that was opened.
  public var path: String { terminal.path }
  /// The file descriptor.
  public var descriptor: Int32 { terminal.descriptor }

  /// Writes all bytes, or throws.
  public func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) {
    try terminal.write(bytes, withinMilliseconds: limit)
  }

  /// Reads what is there, waiting for at least one byte; 0 when none came in time.
  public func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) -> Int {
    try terminal.read(into: buffer, withinMilliseconds: limit)
  }

  /// Throws away what was received and not read, and what was written and not sent.
  public func discardBuffers() { terminal.discardBuffers() }

  /// Closes the port.
  public func close() { terminal.close() }
}
