import Text

/// A checkpoint as text: what it says of a session, and the signatures under it.
///
/// `run` prints the last one, so that it can be lodged where nobody can change it; a record that was
/// cut back or altered before it then fails verification.
public struct Checkpoint: Equatable, Sendable {
  /// The session's id, 32 hexadecimal digits.
  public let session: String
  /// How many messages are covered.
  public let messages: UInt64
  /// The hash of those messages, 32 bytes.
  public let hash: [UInt8]
  /// The session tick that was sealed.
  public let tick: Int64
  /// The text with its signatures.
  public let note: SignedNote

  private static let originPrefix = "trumpet/session/"

  /// Reads a checkpoint of any number of signatures; what is not exactly in its form is refused.
  public init(text: String) throws(KeyError) {
    note = try SignedNote(text: text)
    let lines = note.body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 5, lines[0].hasPrefix(Self.originPrefix), lines[3].hasPrefix("tick "),
      let messages = UInt64(lines[1]), let hash = Base64.bytes(lines[2]), hash.count == 32,
      let tick = Int64(lines[3].dropFirst(5))
    else { throw Self.malformed }
    session = String(lines[0].dropFirst(Self.originPrefix.count))
    self.messages = messages
    self.hash = hash
    self.tick = tick
    guard session.utf8.count == 32, Hexadecimal.bytes(session) != nil,
      Self.body(session: session, messages: messages, hash: hash, tick: tick) == note.body
    else { throw Self.malformed }
  }

  private static var malformed: KeyError {
    KeyError(
      "this is no checkpoint of a session: give what `trumpet run` printed, from the line "
        + "trumpet/session/… to the last one beginning with —")
  }

  /// The lines that are signed.
  static func body(session: String, messages: UInt64, hash: [UInt8], tick: Int64) -> String {
    "\(originPrefix)\(session)\n\(messages)\n\(Base64.text(hash))\ntick \(tick)\n"
  }
}
