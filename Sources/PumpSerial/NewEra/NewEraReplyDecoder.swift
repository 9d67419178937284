/// Reads what a pump sends, for the host: both framings, each recognised by the byte after STX.
///
/// That byte is a digit of the address in Basic mode, and in Safe mode a length, which would have to be
/// 48 or more to look like one: replies are not half as long.
///
/// Bytes between frames are skipped (stray carriage returns, an echo of one's own command), a broken
/// packet is searched for the next STX, and half a frame is given up 0.5 s after its last byte. Any
/// bytes may come.
public struct NewEraReplyDecoder: Sendable {
  /// What the bytes came to.
  public enum Event: Equatable, Sendable {
    /// A pump's reply, or its unsolicited alarm: in Safe mode that comes without being asked.
    case reply(NewEraReply, NewEraFraming)
    /// A frame, or the beginning of one, that is no reply: an echo of a command, or garbage.
    case malformed([UInt8])
  }

  /// Nanoseconds after which half a frame is given up.
  public static let gapMax: UInt64 = 500_000_000
  /// The longest text between STX and ETX.
  static let textSizeMax = 64

  /// Bytes outside of frames, so far.
  public private(set) var skipped = 0

  private enum Stage {
    case outside
    /// STX has come.
    case begun
    case text([UInt8])
    case packet(NewEraPacket)
  }
  private var stage = Stage.outside
  private var lastByteAt: UInt64 = 0

  /// A decoder that waits for STX.
  public init() {}

  /// Whether the beginning of a frame is there.
  public var isWithinFrame: Bool {
    if case .outside = stage { return false }
    return true
  }

  /// Forgets the frame that has begun.
  public mutating func reset() { stage = .outside }

  /// Takes bytes that came at `nanoseconds` of any clock that does not go back.
  public mutating func take(_ bytes: some Sequence<UInt8>, at nanoseconds: UInt64) -> [Event] {
    var events: [Event] = []
    for byte in bytes { take(byte, at: nanoseconds, into: &events) }
    return events
  }

  private mutating func take(_ byte: UInt8, at nanoseconds: UInt64, into events: inout [Event]) {
    if nanoseconds >= lastByteAt && nanoseconds - lastByteAt >= Self.gapMax { giveUp(&events) }
    lastByteAt = nanoseconds
    switch stage {
    case .outside:
      if byte == Ascii.stx { stage = .begun } else { skipped += 1 }
    case .begun:
      if byte == Ascii.stx {
        // One STX too many, or a packet of length 2, which there is not.
        skipped += 1
      } else if Ascii.isDigit(byte) {
        stage = .text([byte])
      } else {
        takeOfPacket(byte, NewEraPacket(), at: nanoseconds, into: &events)
      }
    case .text(var text):
      switch byte {
      case Ascii.etx:
        stage = .outside
        events.append(Self.event(text, .basic))
      case Ascii.stx:
        events.append(.malformed(text))
        stage = .begun
      default:
        text.append(byte)
        stage = .text(text)
        if text.count > Self.textSizeMax { giveUp(&events) }
      }
    case .packet(let packet):
      takeOfPacket(byte, packet, at: nanoseconds, into: &events)
    }
  }

  private mutating func takeOfPacket(
    _ byte: UInt8, _ packet: NewEraPacket, at nanoseconds: UInt64, into events: inout [Event]
  ) {
    var packet = packet
    switch packet.take(byte) {
    case .more: stage = .packet(packet)
    case .payload(let payload):
      stage = .outside
      events.append(Self.event(payload, .safe))
    case .broken:
      stage = .outside
      // What follows the false STX may hold a true one. Each pass is at least a byte shorter.
      let rest = packet.bytes.dropFirst()
      guard let next = rest.firstIndex(of: Ascii.stx) else {
        events.append(.malformed(packet.bytes))
        return
      }
      events.append(.malformed(Array(packet.bytes[..<next])))
      for byte in packet.bytes[next...] { take(byte, at: nanoseconds, into: &events) }
    }
  }

  private mutating func giveUp(_ events: inout [Event]) {
    switch stage {
    case .outside: return
    case .begun: events.append(.malformed([Ascii.stx]))
    case .text(let text): events.append(.malformed(text))
    case .packet(let packet): events.append(.malformed(packet.bytes))
    }
    stage = .outside
  }

  private static func event(_ payload: [UInt8], _ framing: NewEraFraming) -> Event {
    guard let reply = NewEraReply(payload: payload) else { return .malformed(payload) }
    return .reply(reply, framing)
  }
}
