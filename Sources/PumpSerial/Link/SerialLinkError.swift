/// Why a serial link could not be opened or used.
public enum SerialLinkError: Error, Equatable, Sendable {
  /// There is nothing at this path.
  case noSuchPort(path: String)
  /// What is at this path is no terminal: a file, a directory.
  case notATerminal(path: String)
  /// Another process has the port.
  case busy(path: String)
  /// The user may not open the port; its group, where known.
  case notPermitted(path: String, group: String?)
  /// The other end is gone: closed, unplugged.
  case hungUp(path: String)
  /// Nothing, or not everything, came or went in time.
  case timedOut(path: String, milliseconds: Int)
  /// The port does not take this speed or framing.
  case settingsRefused(path: String, settings: SerialSettings)
  /// A symbolic link could not be made because something else is there.
  case linkExists(path: String)
  /// A system call failed.
  case system(path: String, call: String, code: Int32)
}

/// Why a board could not be used.
public enum SerialPumpError: Error, Equatable, Sendable {
  /// The link below failed.
  case link(SerialLinkError)
  /// Nothing on the port answers as a board.
  case noAnswer(path: String, sawOtherBytes: Bool)
  /// The board speaks another version of the protocol.
  case wrongVersion(path: String, board: UInt8, host: UInt8)
  /// The board was built with other frame layouts.
  case wrongDictionary(path: String, board: UInt32, host: UInt32)
  /// The board answered, but not as the protocol demands.
  case protocolViolation(path: String, what: String)
  /// The board was reset behind the host's back.
  case boardReset(path: String)
  /// The board refuses what was asked.
  case refused(path: String, what: String, why: String)
  /// The board cannot be run faster than real time.
  case noLockstep(path: String)
  /// The board has no world to change: it is hardware.
  case noWorld(path: String)
}
