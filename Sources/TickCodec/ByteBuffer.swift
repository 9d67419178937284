import PumpHAL

/// Bytes that grow at the end; clearing keeps the memory.
package struct ByteBuffer: ~Copyable {
  package private(set) var base: UnsafeMutablePointer<UInt8>
  package private(set) var capacity: Int
  package private(set) var count = 0

  package init(capacity: Int) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  package mutating func clear() { count = 0 }

  /// Drops everything from `length` on.
  package mutating func truncate(to length: Int) {
    precondition(length <= count)
    count = length
  }

  /// Makes room for `extra` more bytes, so that as many may be put without a check.
  @inline(__always) package mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  @inline(never) private mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  @inline(__always) package mutating func append<T: FixedWidthInteger>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    UnsafeMutableRawPointer(base + count).storeBytes(of: value.littleEndian, as: T.self)
    count += MemoryLayout<T>.size
  }

  package mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
    guard let start = source.baseAddress, !source.isEmpty else { return }
    reserve(source.count)
    (base + count).update(from: start, count: source.count)
    count += source.count
  }

  package mutating func append(_ source: [UInt8]) { source.withUnsafeBufferPointer { append($0) } }

  /// Seven bits a byte, least significant first; the top bit says that more follow.
  @inline(__always) package mutating func appendVarint(_ value: UInt64) {
    reserve(10)
    var rest = value
    while rest > 0x7f {
      base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    base[count] = UInt8(truncatingIfNeeded: rest)
    count += 1
  }

  /// A signed number as a varint, its sign in the lowest bit.
  @inline(__always) package mutating func appendZigzag(_ value: Int64) {
    appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Overwrites bytes that are already there.
  package mutating func patch<T: FixedWidthInteger>(_ value: T, at position: Int) {
    precondition(position + MemoryLayout<T>.size <= count)
    UnsafeMutableRawPointer(base + position).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Grows by at most `limit` bytes, as many as `fill` says that it wrote.
  package mutating func appendUninitialized(
    _ limit: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int
  ) {
    reserve(limit)
    let written = fill(UnsafeMutableBufferPointer(start: base + count, count: limit))
    precondition(written >= 0 && written <= limit)
    count += written
  }
}

extension ByteBuffer {
  /// Appends a canonical encoding of at most `limit` bytes.
  package mutating func append<Value: CanonicalCodable>(canonical value: Value, limit: Int) {
    appendUninitialized(limit) { room in
      var writer = CanonicalWriter(room)
      value.encode(to: &writer)
      precondition(!writer.hasOverflowed)
      return writer.count
    }
  }
}
