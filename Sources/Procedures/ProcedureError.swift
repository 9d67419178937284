/// Why a procedure could not be carried out.
public enum ProcedureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was asked for cannot be: wrong usage.
  case usage(String)
  /// The measurement could not tell what is asked of it; nothing was moved.
  case cannotTell(String)
  /// The pump's set-up is refused by the checks of session files.
  case setUp(String)
  /// The hardware, or the balance, is not available or was lost.
  case hardware(String)
  /// The record could not be written or read.
  case record(String)
  /// The session did not give what the procedure needs.
  case incomplete(String)

  /// What was wrong, and what would be right.
  public var description: String {
    switch self {
    case .usage(let text), .cannotTell(let text), .setUp(let text), .hardware(let text),
      .record(let text), .incomplete(let text):
      text
    }
  }
}
