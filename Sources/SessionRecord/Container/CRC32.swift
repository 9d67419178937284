/// The checksum of the MCAP container: CRC-32 IEEE (reflected polynomial 0xEDB88320),
/// check("123456789") = 0xCBF43926.
struct CRC32: Sendable {
  /// Sixteen tables of 256, so that sixteen bytes are taken at once.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var register = UInt32(byte)
      for _ in 0..<8 { register = (register >> 1) ^ (0xedb8_8320 & (0 &- (register & 1))) }
      tables[byte] = register
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = tables[Int(before & 0xff)] ^ (before >> 8)
    }
    return tables
  }()

  private var register: UInt32 = 0xffff_ffff

  var value: UInt32 { ~register }

  mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    let raw = UnsafeRawPointer(start)
    var crc = register
    var position = 0
    Self.tables.withUnsafeBufferPointer { table in
      while position + 16 <= bytes.count {
        let low =
          UInt64(crc)
          ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let high = UInt64(
          littleEndian: raw.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self))
        crc = Self.fold(low, table, 8) ^ Self.fold(high, table, 0)
        position += 16
      }
      while position < bytes.count {
        crc = table[Int((crc ^ UInt32(start[position])) & 0xff)] ^ (crc >> 8)
        position += 1
      }
    }
    register = crc
  }

  /// Eight bytes, with `distance` bytes behind them that are still to be folded.
  @inline(__always) private static func fold(
    _ word: UInt64, _ table: UnsafeBufferPointer<UInt32>, _ distance: Int
  ) -> UInt32 {
    let (a, b, c, d) = (
      table[(distance + 7) * 256 + Int(word & 0xff)],
      table[(distance + 6) * 256 + Int(word >> 8 & 0xff)],
      table[(distance + 5) * 256 + Int(word >> 16 & 0xff)],
      table[(distance + 4) * 256 + Int(word >> 24 & 0xff)]
    )
    let (e, f, g, h) = (
      table[(distance + 3) * 256 + Int(word >> 32 & 0xff)],
      table[(distance + 2) * 256 + Int(word >> 40 & 0xff)],
      table[(distance + 1) * 256 + Int(word >> 48 & 0xff)],
      table[distance * 256 + Int(word >> 56)]
    )
    return (a ^ b) ^ (c ^ d) ^ (e ^ f) ^ (g ^ h)
  }

  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }
}
