/// The checksum of the MCAP container: CRC-32 IEEE (reflected polynomial 0xEDB88320),
/// check("123456789") = 0xCBF43926.
struct CRC32: Sendable {
  /// Eight tables of 256, so that eight bytes are taken at once.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
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
      while position + 8 <= bytes.count {
        let word = UInt64(
          littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let mixed = word ^ UInt64(crc)
        crc =
          table[7 * 256 + Int(mixed & 0xff)] ^ table[6 * 256 + Int(mixed >> 8 & 0xff)]
          ^ table[5 * 256 + Int(mixed >> 16 & 0xff)] ^ table[4 * 256 + Int(mixed >> 24 & 0xff)]
          ^ table[3 * 256 + Int(mixed >> 32 & 0xff)] ^ table[2 * 256 + Int(mixed >> 40 & 0xff)]
          ^ table[256 + Int(mixed >> 48 & 0xff)] ^ table[Int(mixed >> 56)]
        position += 8
      }
      while position < bytes.count {
        crc = table[Int((crc ^ UInt32(start[position])) & 0xff)] ^ (crc >> 8)
        position += 1
      }
    }
    register = crc
  }

  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }
}
