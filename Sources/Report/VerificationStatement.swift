import PumpHAL

/// What a verification of the record came to, as the report states it.
public struct VerificationStatement: Equatable, Sendable {
  /// `complete`, `truncated` or `altered`; nil where the record was not verified.
  public var state: String?
  /// `valid`, `invalid`, `other-key`, `unknown-key` or `absent`.
  public var signature: String?
  /// `intact` or `damaged`.
  public var container: String?
  /// Ticks behind the last seal.
  public var unsealedTicks: Int64?
  /// The session tick from which it is truncated or altered; nil where there is none.
  public var atTick: Int64?
  /// Why, in words.
  public var reason: String
  /// A statement.
  public init(
    state: String?, signature: String?, container: String?, unsealedTicks: Int64? = nil,
    atTick: Int64? = nil, reason: String = ""
  ) {
    self.state = state
    self.signature = signature
    self.container = container
    self.unsealedTicks = unsealedTicks
    self.atTick = atTick
    self.reason = reason
  }

  /// The statement of a report made without verification.
  public static let none = VerificationStatement(
    state: nil, signature: nil, container: nil,
    reason: "the record was read, and every checksum in it was right, but seals were not checked")

  /// Whether the record is complete, intact and validly signed.
  public var isProof: Bool {
    state == "complete" && signature == "valid" && container == "intact"
  }
}
