/// Frames of the New Era protocol, made; `NewEraReplyDecoder` and `NewEraCommandDecoder` read them.
public enum NewEraFrame {
  /// The longest payload of a Safe mode packet: its length byte counts four more.
  public static let payloadSizeMax = 251

  /// CRC-16/XMODEM: polynomial 1021, from 0, neither reflected nor inverted.
  public static func checksum(_ payload: some Sequence<UInt8>) -> UInt16 {
    var crc: UInt16 = 0
    for byte in payload {
      crc ^= UInt16(byte) << 8
      for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }
    return crc
  }

  /// A command as a host sends it, `payload` being address and command text (`0RAT1.5MM`).
  ///
  /// What is too long for a packet cannot be sent: at most `payloadSizeMax` bytes.
  public static func command(_ payload: [UInt8], _ framing: NewEraFraming) -> [UInt8] {
    switch framing {
    case .basic: payload + [Ascii.carriageReturn]
    case .safe: packet(payload)
    }
  }

  /// A reply as a pump sends it, `payload` being address, prompt and data (`00S14.43`).
  public static func reply(_ payload: [UInt8], _ framing: NewEraFraming) -> [UInt8] {
    switch framing {
    case .basic: [Ascii.stx] + payload + [Ascii.etx]
    case .safe: packet(payload)
    }
  }

  /// What makes the pump at address 0 speak Basic, whichever mode it is in: 02 08 "SAF0" 55 43 03.
  public static let leaveSafeMode: [UInt8] = packet(Array("SAF0".utf8))

  private static func packet(_ payload: [UInt8]) -> [UInt8] {
    precondition(payload.count <= payloadSizeMax)
    let crc = checksum(payload)
    return [Ascii.stx, UInt8(payload.count + 4)] + payload
      + [UInt8(crc >> 8), UInt8(crc & 0xFF), Ascii.etx]
  }
}

/// A packet of Safe mode that is being received; read by its length, since the CRC may hold 02 or 03.
struct NewEraPacket: Sendable {
  /// Everything since STX, that included.
  private(set) var bytes: [UInt8] = []

  enum Step: Equatable {
    case more
    /// It is whole and right.
    case payload([UInt8])
    /// No packet: wrong length, checksum or end.
    case broken
  }

  init() { bytes = [Ascii.stx] }

  /// Takes the next byte after STX.
  mutating func take(_ byte: UInt8) -> Step {
    bytes.append(byte)
    // A length of 4 is an empty payload: a status query without an address.
    if bytes[1] < 4 { return .broken }
    let size = Int(bytes[1]) + 1
    if bytes.count < size { return .more }
    let payload = Array(bytes[2..<size - 3])
    let crc = UInt16(bytes[size - 3]) << 8 | UInt16(bytes[size - 2])
    if bytes[size - 1] != Ascii.etx || crc != NewEraFrame.checksum(payload) { return .broken }
    return .payload(payload)
  }
}
