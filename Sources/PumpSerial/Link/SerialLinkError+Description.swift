import Glibc

extension SerialLinkError: CustomStringConvertible {
  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .noSuchPort(let path):
      "\(path): no such port. Is the device plugged in, or the emulated device started?"
    case .notATerminal(let path):
      "\(path): not a serial port. Name a terminal such as /dev/ttyUSB0 or the link of an emulated "
        + "device."
    case .busy(let path):
      "\(path): busy, another program has it open (`sudo fuser \(path)` shows which). Close that "
        + "program first."
    case .notPermitted(let path, .some(let group)):
      "\(path): permission denied. The port belongs to group '\(group)'; add your user to it "
        + "(sudo usermod -aG \(group) $USER) and log in again."
    case .notPermitted(let path, nil):
      "\(path): permission denied. Ask whoever administers this machine for access to the port."
    case .hungUp(let path):
      "\(path): the other end is gone (unplugged, or the emulated device ended)."
    case .timedOut(let path, let milliseconds):
      "\(path): nothing could be sent for \(milliseconds) ms. Is the device switched on?"
    case .settingsRefused(let path, let settings):
      "\(path): the port does not take \(settings). Use a port or an adapter that does, or set the "
        + "device to another speed."
    case .linkExists(let path):
      "\(path): exists already and is not a dangling link to a pseudo-terminal. Remove it, or name "
        + "another path."
    case .system(let path, let call, let code):
      "\(path): \(call) failed: \(String(cString: strerror(code)))."
    }
  }
}

extension SerialPumpError: CustomStringConvertible {
  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .link(let error):
      error.description
    case .noAnswer(let path, false):
      "\(path): no answer. Is a motor board attached and powered, and is this its port?"
    case .noAnswer(let path, true):
      "\(path): something answers, but not as a motor board. Is this the right port and baud rate?"
    case .wrongVersion(let path, let board, let host):
      "\(path): the board speaks version \(board) of the board protocol, this program version "
        + "\(host). Update the older of the two."
    case .wrongDictionary(let path, let board, let host):
      "\(path): the board was built with frame layouts \(hexadecimal(board)), this program with "
        + "\(hexadecimal(host)). Build both from the same release."
    case .protocolViolation(let path, let what):
      "\(path): the board does not keep to the protocol: \(what)."
    case .boardReset(let path):
      "\(path): the board was reset during the session; its counters mean nothing any more. Start "
        + "a new session."
    case .refused(let path, let what, let why):
      "\(path): the board refused \(what): \(why)."
    case .noLockstep(let path):
      "\(path): this board runs on its own clock only. Use real-time pace."
    case .noWorld(let path):
      "\(path): this board is hardware; faults and other world events need a simulated or emulated "
        + "pump."
    }
  }
}

/// Eight hexadecimal digits.
private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
