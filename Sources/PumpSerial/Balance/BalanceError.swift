/// Why a balance could not be used.
public enum BalanceError: Error, Equatable, Sendable {
  /// The link below failed.
  case link(SerialLinkError)
  /// Nothing came at all.
  case silent(path: String, spoken: BalanceProtocol, milliseconds: Int)
  /// Something came, but nothing that a balance says in this protocol.
  case otherProtocol(path: String, spoken: BalanceProtocol, received: String)
  /// What was sent comes back.
  case echo(path: String)
  /// The balance does not carry out a command: `ES`, `ET`, `EL`, or another reason.
  case refused(path: String, command: String, reason: String)
  /// More on the pan than can be weighed, tared or zeroed.
  case overload(path: String, command: String)
  /// Less on the pan than can be weighed, tared or zeroed.
  case underload(path: String, command: String)
  /// No stable mass in time.
  case notStable(path: String, milliseconds: Int)
  /// The balance reports a fault of its own.
  case fault(path: String, text: String)
  /// The balance shows another unit than one of mass in the metric system.
  case unit(path: String, symbol: String)
  /// The command went out, but the mass shown afterwards is not what it should be.
  case notCarriedOut(path: String, command: String)
}

extension BalanceError: CustomStringConvertible {
  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .link(let error):
      error.description
    case .silent(let path, .mtSICS, let milliseconds):
      "\(path): no answer for \(milliseconds) ms. Is the balance switched on, set to MT-SICS (Host), "
        + "and at this speed and framing?"
    case .silent(let path, .sbi, let milliseconds):
      "\(path): no answer for \(milliseconds) ms. Is the balance switched on, at this speed and "
        + "framing, set to SBI, and its output set to 'manual without stability'?"
    case .otherProtocol(let path, let spoken, let received):
      "\(path): something answers, but not a balance in \(spoken.name): \(received). Is this the "
        + "right port, protocol and speed?"
    case .echo(let path):
      "\(path): what is sent comes back. Is the cable in the right socket, and no loop-back plug on "
        + "it?"
    case .refused(let path, let command, let reason):
      "\(path): the balance does not carry out '\(command)': \(reason)."
    case .overload(let path, let command):
      "\(path): overload, '\(command)' cannot be done. Take mass off the pan."
    case .underload(let path, let command):
      "\(path): underload, '\(command)' cannot be done. Is the pan in its place and free?"
    case .notStable(let path, let milliseconds):
      "\(path): the balance was not stable for \(milliseconds) ms. Stop the flow, keep draughts and "
        + "vibration away, or do it without waiting for stability."
    case .fault(let path, let text):
      "\(path): the balance reports '\(text)'. Its own manual says what that is."
    case .unit(let path, let symbol):
      "\(path): the balance shows '\(symbol)'. Set it to weigh in g, mg, kg or µg."
    case .notCarriedOut(let path, let command):
      "\(path): the balance was told to \(command), but does not show zero. Is its keyboard or menu "
        + "in use, or the command locked?"
    }
  }
}
