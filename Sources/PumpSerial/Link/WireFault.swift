/// One thing that is wrong with a line, in one direction or in both, for some time.
///
/// Times count from the first byte that a host sends; the next host begins anew.
public struct WireFault: Equatable, Sendable {
  /// What is wrong.
  public enum Kind: Equatable, Sendable {
    /// Everything comes later by so many nanoseconds.
    case delay(nanoseconds: UInt64)
    /// Each message comes later by up to so many nanoseconds more; none overtakes another.
    case jitter(nanoseconds: UInt64)
    /// A message does not come, with this probability.
    case loss(probability: Double)
    /// A message comes twice, with this probability.
    case duplication(probability: Double)
    /// One to three bytes of a message come as others, with this probability.
    case corruption(probability: Double)
    /// The end of a message is missing, with this probability.
    case truncation(probability: Double)
    /// Nothing comes.
    case silence
    /// Bytes come at the pace of a line with so many bits a second, ten bits a byte.
    case baud(UInt32)
    /// The device is reset at `from`, as by a brown-out; a matter of no direction.
    case reset
  }

  /// Which way the bytes go that it acts upon.
  public enum Direction: UInt8, Sendable, CaseIterable {
    /// From the device.
    case toHost
    /// From the host.
    case toDevice
    /// Both ways.
    case both
  }

  /// What is wrong.
  public var kind: Kind
  /// Which way.
  public var direction: Direction
  /// When it begins, ns.
  public var from: UInt64
  /// When it ends, ns; nil where it lasts.
  public var until: UInt64?

  /// Something that is wrong from the beginning, in both directions, unless said otherwise.
  public init(
    _ kind: Kind, to direction: Direction = .both, from: UInt64 = 0, until: UInt64? = nil
  ) {
    self.kind = kind
    self.direction = direction
    self.from = from
    self.until = until
  }

  /// Whether it acts on bytes that are sent `elapsed` ns after the host's first byte.
  func acts(on other: Direction, at elapsed: UInt64) -> Bool {
    if kind == .reset || (direction != .both && direction != other) { return false }
    return elapsed >= from && elapsed < until ?? .max
  }
}
