/// Reads what a host sends, for the pump: lines of Basic mode, packets of Safe mode.
///
/// In Basic mode a packet is taken as well, since hosts leave Safe mode with one whatever the mode;
/// in Safe mode everything but packets is ignored. Any bytes may come.
public struct NewEraCommandDecoder: Sendable {
  /// What the bytes came to.
  public enum Event: Equatable, Sendable {
    /// Address and command, without spaces and control characters, in upper case.
    case command([UInt8], NewEraFraming)
    /// A packet with a wrong length, checksum or end, or a line without end.
    case invalid(NewEraFraming)
  }

  /// Nanoseconds after which half a packet is given up.
  public static let gapMax: UInt64 = 500_000_000
  /// The longest line.
  static let lineSizeMax = 128

  /// What the pump is set to.
  public var framing: NewEraFraming
  private var line: [UInt8] = []
  private var isOverlong = false
  private var packet: NewEraPacket?
  private var lastByteAt: UInt64 = 0

  /// A decoder for a pump that is set to `framing`.
  public init(framing: NewEraFraming) { self.framing = framing }

  /// Forgets what has come half.
  public mutating func reset() {
    line = []
    isOverlong = false
    packet = nil
  }

  /// Takes a byte that came at `nanoseconds` of any clock that does not go back.
  public mutating func take(_ byte: UInt8, at nanoseconds: UInt64) -> Event? {
    if packet != nil && nanoseconds >= lastByteAt && nanoseconds - lastByteAt >= Self.gapMax {
      packet = nil
    }
    lastByteAt = nanoseconds
    if var begun = packet {
      switch begun.take(byte) {
      case .more:
        packet = begun
        return nil
      case .payload(let payload):
        packet = nil
        return .command(Self.stripped(payload), .safe)
      case .broken:
        packet = nil
        return .invalid(.safe)
      }
    }
    if byte == Ascii.stx {
      reset()
      packet = NewEraPacket()
      return nil
    }
    if framing == .safe { return nil }
    if byte == Ascii.carriageReturn {
      defer { reset() }
      return isOverlong ? .invalid(.basic) : .command(Self.stripped(line), .basic)
    }
    if line.count >= Self.lineSizeMax { isOverlong = true } else { line.append(byte) }
    return nil
  }

  private static func stripped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.lazy.filter { $0 > 0x20 && $0 != 0x7F }.map(Ascii.upper)
  }
}
