/// Why a New Era pump could not be used.
public enum NewEraPumpError: Error, Equatable, Sendable {
  /// What came back instead of an answer.
  public enum Heard: Equatable, Sendable {
    /// Nothing.
    case nothing
    /// What was sent.
    case echo
    /// Bytes that are no frames.
    case garbage
    /// Answers of a pump with another address.
    case address(UInt8)
  }

  /// The link below failed.
  case link(SerialLinkError)
  /// Nothing on the port answers as this pump.
  case noAnswer(path: String, address: UInt8, baud: UInt32, heard: Heard)
  /// It answers, but is no syringe pump of the family.
  case otherDevice(path: String, name: String)
  /// It cannot be set to stop by itself when nothing is heard.
  case noDeadMan(path: String)
  /// It is running already.
  case running(path: String)
  /// It is in an alarm that does not go away when it is acknowledged.
  case alarm(path: String, name: String)
  /// It refuses what it was told.
  case refused(path: String, command: String, why: String)
  /// It says that it is set otherwise than it was told.
  case notSet(path: String, command: String, says: String)
  /// It cannot pump as slowly, or as fast, with this syringe.
  case rateOutOfRange(path: String, millilitresPerHour: Double)
}

extension NewEraPumpError: CustomStringConvertible {
  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .link(let error): error.description
    case .noAnswer(let path, let address, let baud, .nothing):
      "\(path): no pump answers at address \(address). Is it switched on, set to this address and to "
        + "\(baud) baud (--baud), and the cable in its RS-232 socket?"
    case .noAnswer(let path, _, _, .echo):
      "\(path): only what was sent comes back. Put the cable into the pump's socket marked "
        + "\"To Computer\", and take a loop-back plug off."
    case .noAnswer(let path, _, let baud, .garbage):
      "\(path): something answers, but not as a New Era pump at \(baud) baud. Is the pump set to "
        + "another speed (--baud takes 9600 and 19200), or is this another device?"
    case .noAnswer(let path, let address, _, .address(let other)):
      "\(path): no pump at address \(address), but one at address \(other). Name it with "
        + "--address \(other)."
    case .otherDevice(let path, let name):
      "\(path): this is \(name), not a syringe pump of the NE-1000 family, which is the one that can "
        + "be driven."
    case .noDeadMan(let path):
      "\(path): this pump cannot be set to Safe mode, in which it stops by itself when it hears "
        + "nothing. Without it only --no-dead-man drives it, and says so in alarm and record."
    case .running(let path):
      "\(path): the pump is running. Stop it at its keypad first; what somebody else started is "
        + "not taken over."
    case .alarm(let path, let name):
      "\(path): the pump's alarm does not go away: \(name). See to it at the pump, then run again."
    case .refused(let path, let command, let why):
      "\(path): the pump refuses \(command): \(why)."
    case .notSet(let path, let command, let says):
      "\(path): the pump was told \(command) and says \(says). Is another program using it?"
    case .rateOutOfRange(let path, let rate):
      "\(path): with this syringe the pump does not take \(rate) mL/h."
    }
  }
}

extension NewEraAlarm {
  /// In words.
  var text: String {
    switch self {
    case .reset: "reset or power interrupted (A?R)"
    case .stalled: "motor stalled (A?S)"
    case .timedOut: "nothing heard in time (A?T)"
    case .programError: "program error (A?E)"
    case .phaseOutOfRange: "program phase out of range (A?O)"
    }
  }
}

extension NewEraRefusal {
  /// In words.
  var text: String {
    switch self {
    case .notRecognised: "not recognised (?)"
    case .notApplicable: "not applicable now (?NA)"
    case .outOfRange: "out of range (?OOR)"
    case .invalidPacket: "the packet was garbled (?COM)"
    case .ignored: "ignored (?IGN)"
    }
  }
}
