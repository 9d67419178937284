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

  /// What a verifier said of the records of one session, in their order; of several, the worst.
  ///
  /// That a record breaks off where the next one goes on is no fault.
  public init(_ verifications: [(path: String, result: Verification)], isLodged: Bool) {
    self = .none
    guard let last = verifications.last?.result else { return }
    let all = verifications.map(\.result)
    state = (all.first { $0.state == .altered } ?? last).state.rawValue
    signature = (all.first { $0.signature != .valid } ?? last).signature.rawValue
    let isDamaged = all.contains { $0.container == .damaged && $0.state != .truncated }
    container = isDamaged ? "damaged" : last.container.rawValue
    unsealedTicks = Int64(clamping: last.unsealedTicks)
    let bad = all.first { $0.state == .altered } ?? last
    atTick = bad.atNanoseconds.map { Int64(clamping: $0 / 10_000_000) }
    reason =
      all.count == 1
      ? last.reason
      : verifications.map { path, result in
        "\(path.split(separator: "/").last.map(String.init) ?? path): \(result.reason)"
      }.joined(separator: "; ")
    signer = last.key.map { "\($0.name), \($0.fingerprint)" }
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
