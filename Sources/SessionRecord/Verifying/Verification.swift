import PumpHAL

/// What verification says of a record (`Docs/SessionRecord.md`, "Verification").
public struct Verification: Equatable, Sendable {
  /// Whether the content is as it was written.
  public enum State: String, Sendable {
    /// From power-on to the seal of the end.
    case complete
    /// Unaltered as far as it goes, but the end is missing.
    case truncated
    /// Not as it was written, or something is missing inside.
    case altered
  }

  /// What the signatures under the checkpoints say.
  public enum Signature: String, Sendable {
    /// All by the key that was asked for, or that is pinned.
    case valid
    /// One does not fit its checkpoint.
    case invalid
    /// All by one key, but not by one that was asked for, or by another than the pinned one.
    case otherKey = "other-key"
    /// All by one key that nobody vouches for.
    case unknownKey = "unknown-key"
    /// None.
    case absent
  }

  /// Whether the container is as MCAP and its checksums want it.
  public enum Container: String, Sendable {
    /// Every rule holds.
    case intact
    /// One does not.
    case damaged
  }

  /// Whether the content is as it was written.
  public var state: State
  /// Ticks that no good seal covers; in a signed record, no checkpoint with a valid signature.
  public var unsealedTicks: UInt64
  /// What the signatures say.
  public var signature: Signature
  /// Whether the container is as it should be.
  public var container: Container
  /// Session time up to which it is good, ns; nil for a complete record.
  public var atNanoseconds: UInt64?
  /// What was found, where, in a line for people.
  public var reason: String
  /// What the record says its frames come from; nil if it says nothing that is known.
  public var origin: Origin?
  /// The key that the record's manifest names; nil in a record without signatures.
  public var key: VerifyingKey?
  /// The session's id, 32 hexadecimal digits; nil if no manifest was read.
  public var session: String?
  /// The end of the record that this one goes on from; nil where it begins a session.
  public var previous: SegmentLink?
  /// Its own last good seal, for a record that goes on from it; nil where nothing is sealed.
  public var lastSeal: SegmentLink?
  /// Blocks read.
  public var blocks: UInt64
  /// Messages read.
  public var messages: UInt64

  /// Session time up to which it is good, s; nil for a complete record.
  public var at_s: Double? { atNanoseconds.map { Double($0) / 1e9 } }

  /// Whether it is complete, intact and validly signed, or, if that is allowed, complete, intact and
  /// without signatures.
  public func passes(allowingUnsigned: Bool = false) -> Bool {
    state == .complete && container == .intact
      && (signature == .valid || allowingUnsigned && signature == .absent)
  }
}
