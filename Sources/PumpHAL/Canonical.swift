// The one canonical encoding: little-endian, fixed width, no padding, in declaration order.
// Records, digests, snapshots, the journal and the board link all use it.

/// Takes the bytes of a canonical encoding, in order.
public protocol CanonicalSink {
  /// Appends one byte.
  mutating func put(_ value: UInt8)
  /// Appends two bytes, least significant first.
  mutating func put(_ value: UInt16)
  /// Appends four bytes, least significant first.
  mutating func put(_ value: UInt32)
  /// Appends eight bytes, least significant first.
  mutating func put(_ value: UInt64)
}

/// Gives the bytes of a canonical encoding, in order.
///
/// A source never throws: after a short or impossible encoding it gives zeros and `hasFailed` is
/// true, which whoever decodes checks once, at the end.
public protocol CanonicalSource {
  /// Whether bytes were missing or a value was impossible.
  var hasFailed: Bool { get }
  /// Marks what is being read as impossible.
  mutating func fail()
  /// Takes one byte.
  mutating func take8() -> UInt8
  /// Takes two bytes.
  mutating func take16() -> UInt16
  /// Takes four bytes.
  mutating func take32() -> UInt32
  /// Takes eight bytes.
  mutating func take64() -> UInt64
}

/// A value with a canonical encoding.
public protocol CanonicalCodable {
  /// Appends the encoding of the value.
  func encode<Sink: CanonicalSink>(to sink: inout Sink)
  /// Reads a value; check `source.hasFailed` afterwards.
  init<Source: CanonicalSource>(from source: inout Source)
}

extension CanonicalSink {
  /// Appends a signed number in two's complement.
  @inlinable public mutating func put(_ value: Int16) { put(UInt16(bitPattern: value)) }
  /// Appends a signed number in two's complement.
  @inlinable public mutating func put(_ value: Int32) { put(UInt32(bitPattern: value)) }
  /// Appends a signed number in two's complement.
  @inlinable public mutating func put(_ value: Int64) { put(UInt64(bitPattern: value)) }
  /// Appends a truth value as one byte, 0 or 1.
  @inlinable public mutating func put(_ value: Bool) { put(value ? 1 as UInt8 : 0) }
  /// Appends the bits of a double.
  @inlinable public mutating func put(_ value: Double) { put(value.bitPattern) }
  /// Appends an enumeration by its raw byte.
  @inlinable public mutating func put<E: RawRepresentable>(_ value: E) where E.RawValue == UInt8 {
    put(value.rawValue)
  }
}

extension CanonicalSource {
  /// Takes a signed number.
  @inlinable public mutating func takeInt16() -> Int16 { Int16(bitPattern: take16()) }
  /// Takes a signed number.
  @inlinable public mutating func takeInt32() -> Int32 { Int32(bitPattern: take32()) }
  /// Takes a signed number.
  @inlinable public mutating func takeInt64() -> Int64 { Int64(bitPattern: take64()) }
  /// Takes a double by its bits.
  @inlinable public mutating func takeDouble() -> Double { Double(bitPattern: take64()) }
  /// Takes a truth value; any byte but 0 and 1 is a failure.
  @inlinable public mutating func takeBool() -> Bool {
    let byte = take8()
    if byte > 1 { fail() }
    return byte == 1
  }
  /// Takes an enumeration; an unknown raw byte is a failure and gives `fallback`.
  @inlinable public mutating func takeCase<E: RawRepresentable>(or fallback: E) -> E
  where E.RawValue == UInt8 {
    if let value = E(rawValue: take8()) { return value }
    fail()
    return fallback
  }
}

/// Counts the bytes of an encoding without keeping them.
public struct CanonicalByteCount: CanonicalSink {
  /// The bytes so far.
  public private(set) var bytes: Int32 = 0
  /// An empty count.
  public init() {}
  /// Counts one byte.
  public mutating func put(_ value: UInt8) { bytes += 1 }
  /// Counts two bytes.
  public mutating func put(_ value: UInt16) { bytes += 2 }
  /// Counts four bytes.
  public mutating func put(_ value: UInt32) { bytes += 4 }
  /// Counts eight bytes.
  public mutating func put(_ value: UInt64) { bytes += 8 }
}

/// A sink over memory that somebody else owns; bytes past the end are dropped and `hasOverflowed` set.
public struct CanonicalWriter: CanonicalSink {
  @usableFromInline let base: UnsafeMutablePointer<UInt8>
  @usableFromInline let capacity: Int
  /// The bytes written.
  public private(set) var count: Int = 0
  /// Whether something did not fit.
  public private(set) var hasOverflowed = false

  /// Writes from the start of `buffer`, which must outlive the writer.
  public init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    precondition(buffer.baseAddress != nil || buffer.count == 0)
    // An empty buffer is never dereferenced: every write checks the capacity first.
    base = buffer.baseAddress ?? UnsafeMutablePointer(bitPattern: 1).unsafelyUnwrapped
    capacity = buffer.count
  }

  @inline(__always) private mutating func store<T: FixedWidthInteger>(_ value: T) {
    let size = MemoryLayout<T>.size
    if count + size > capacity {
      hasOverflowed = true
      return
    }
    UnsafeMutableRawPointer(base + count).storeBytes(of: value.littleEndian, as: T.self)
    count += size
  }

  /// Appends one byte.
  public mutating func put(_ value: UInt8) { store(value) }
  /// Appends two bytes.
  public mutating func put(_ value: UInt16) { store(value) }
  /// Appends four bytes.
  public mutating func put(_ value: UInt32) { store(value) }
  /// Appends eight bytes.
  public mutating func put(_ value: UInt64) { store(value) }
}

/// A source over memory that somebody else owns.
public struct CanonicalReader: CanonicalSource {
  @usableFromInline let base: UnsafePointer<UInt8>
  @usableFromInline let capacity: Int
  /// The bytes taken.
  public private(set) var position: Int = 0
  /// Whether bytes were missing or a value was impossible.
  public private(set) var hasFailed = false

  /// Reads from the start of `buffer`, which must outlive the reader.
  public init(_ buffer: UnsafeBufferPointer<UInt8>) {
    base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    capacity = buffer.count
  }

  /// The bytes not yet taken.
  public var remaining: Int { capacity - position }

  /// Marks what is being read as impossible.
  public mutating func fail() { hasFailed = true }

  @inline(__always) private mutating func load<T: FixedWidthInteger>(_ type: T.Type) -> T {
    let size = MemoryLayout<T>.size
    if hasFailed || position + size > capacity {
      hasFailed = true
      return 0
    }
    let value = UnsafeRawPointer(base + position).loadUnaligned(as: T.self)
    position += size
    return T(littleEndian: value)
  }

  /// Takes one byte.
  public mutating func take8() -> UInt8 { load(UInt8.self) }
  /// Takes two bytes.
  public mutating func take16() -> UInt16 { load(UInt16.self) }
  /// Takes four bytes.
  public mutating func take32() -> UInt32 { load(UInt32.self) }
  /// Takes eight bytes.
  public mutating func take64() -> UInt64 { load(UInt64.self) }
}
