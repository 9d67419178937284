/// A port that is open, by the means that fit it.
public final class SerialLink: ByteLink, @unchecked Sendable {
  /// What gets at the bytes.
  public enum Means: String, Sendable {
    /// libserialport: ports with modem lines.
    case libserialport
    /// POSIX termios: pseudo-terminals, which libserialport refuses, and ports without modem lines.
    case termios
  }

  private enum Inner {
    case port(SerialPortLink)
    case terminal(TerminalLink)
  }
  private let inner: Inner

  /// Opens a port for this process alone.
  ///
  /// It is locked first, set up then, and emptied of what came before. The system raises DTR and RTS
  /// of a port that nobody had open, which no program can prevent; nothing else touches them.
  ///
  /// - Parameters:
  ///   - path: a terminal, or a symbolic link to one.
  ///   - settings: speed and framing.
  public static func open(
    path: String, settings: SerialSettings
  ) throws(SerialLinkError) -> SerialLink {
    let port = try ExclusivePort.open(path: path)
    return switch port.kind {
    case .serialPort: SerialLink(.port(try SerialPortLink(port, settings: settings)))
    case .pseudoTerminal, .plainTerminal:
      SerialLink(.terminal(try TerminalLink(port, settings: settings)))
    }
  }

  private init(_ inner: Inner) { self.inner = inner }

  /// What gets at the bytes of this port.
  public var means: Means {
    switch inner {
    case .port: .libserialport
    case .terminal: .termios
    }
  }

  /// The path that was opened.
  public var path: String {
    switch inner {
    case .port(let link): link.path
    case .terminal(let link): link.path
    }
  }

  /// The file descriptor.
  public var descriptor: Int32 {
    switch inner {
    case .port(let link): link.descriptor
    case .terminal(let link): link.descriptor
    }
  }

  /// Writes all bytes, or throws.
  public func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) {
    switch inner {
    case .port(let link): try link.write(bytes, withinMilliseconds: limit)
    case .terminal(let link): try link.write(bytes, withinMilliseconds: limit)
    }
  }

  /// Reads what is there, waiting for at least one byte; 0 when none came in time.
  public func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) -> Int {
    switch inner {
    case .port(let link): try link.read(into: buffer, withinMilliseconds: limit)
    case .terminal(let link): try link.read(into: buffer, withinMilliseconds: limit)
    }
  }

  /// Throws away what was received and not read, and what was written and not sent.
  public func discardBuffers() {
    switch inner {
    case .port(let link): link.discardBuffers()
    case .terminal(let link): link.discardBuffers()
    }
  }

  /// Closes the port.
  public func close() {
    switch inner {
    case .port(let link): link.close()
    case .terminal(let link): link.close()
    }
  }
}
