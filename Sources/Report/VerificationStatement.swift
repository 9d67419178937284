import PumpHAL
import SessionRecord

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
  /// Whose key the record names, with its fingerprint; nil without signatures.
  public var signer: String?
  /// Whether the record was held against a checkpoint that was lodged elsewhere.
  public var isLodged = false
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

  /// What a verifier said.
  public init(_ verification: Verification, isLodged: Bool) {
    self.init(
      state: verification.state.rawValue, signature: verification.signature.rawValue,
      container: verification.container.rawValue,
      unsealedTicks: Int64(clamping: verification.unsealedTicks),
      atTick: verification.atNanoseconds.map { Int64(clamping: $0 / 10_000_000) },
      reason: verification.reason)
    signer = verification.key.map { "\($0.name), \($0.fingerprint)" }
    self.isLodged = isLodged
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
