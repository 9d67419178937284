import PumpHAL

/// Reads through bytes that somebody else owns; past the end it gives zeros and `hasFailed`.
package struct ByteCursor {
  private let base: UnsafePointer<UInt8>?
  package let count: Int
  package private(set) var position = 0
  package private(set) var hasFailed = false

  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    base = bytes.baseAddress
    count = bytes.count
  }

  package var remaining: Int { count - position }
  package var isAtEnd: Bool { position >= count }

  package mutating func fail() { hasFailed = true }

  @inline(__always) package mutating func take<T: FixedWidthInteger>(_ type: T.Type) -> T {
    let size = MemoryLayout<T>.size
    guard let base, size <= count - position else {
      hasFailed = true
      return 0
    }
    let value = UnsafeRawPointer(base + position).loadUnaligned(as: T.self)
    position += size
    return T(littleEndian: value)
  }

  @inline(__always) package mutating func takeVarint() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = take(UInt8.self)
      // The tenth byte has room for one bit only.
      if hasFailed || (shift == 63 && byte > 1) {
        hasFailed = true
        return 0
      }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  @inline(__always) package mutating func takeZigzag() -> Int64 {
    let value = takeVarint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The next `length` bytes, not copied.
  package mutating func take(bytes length: UInt64) -> UnsafeBufferPointer<UInt8> {
    guard let base, length <= UInt64(remaining) else {
      hasFailed = true
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    let slice = UnsafeBufferPointer(start: base + position, count: Int(length))
    position += Int(length)
    return slice
  }

  /// A canonical encoding.
  package mutating func takeCanonical<Value: CanonicalCodable>(_ type: Value.Type) -> Value {
    let rest = UnsafeBufferPointer(start: base.map { $0 + position }, count: remaining)
    var reader = CanonicalReader(rest)
    let value = Value(from: &reader)
    if reader.hasFailed { hasFailed = true }
    position += reader.position
    return value
  }
}
