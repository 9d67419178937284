/// The end of the record that another one goes on from: its last good seal.
public struct SegmentLink: Equatable, Sendable {
  /// Its session, 32 hexadecimal digits.
  public var session: String
  /// The messages that its last seal covers.
  public var messages: UInt64
  /// Their hash, 32 bytes.
  public var hash: [UInt8]
  /// The session tick of that seal.
  public var tick: Int64

  /// A link.
  public init(session: String, messages: UInt64, hash: [UInt8], tick: Int64) {
    precondition(hash.count == 32)
    self.session = session
    self.messages = messages
    self.hash = hash
    self.tick = tick
  }
}
