/// A 64-bit fingerprint of a sequence of canonical values.
///
/// The same words in the same order give the same fingerprint on every target. It finds accidental
/// difference; it is no protection against forgery, which is the seals' business.
public struct StateDigest: CanonicalSink, Equatable, Sendable {
  @usableFromInline var state: UInt64

  /// An empty fingerprint.
  @inlinable public init() { state = 0x9e37_79b9_7f4a_7c15 }

  /// Continues from an earlier fingerprint.
  @inlinable public init(value: UInt64) { state = value }

  /// The fingerprint so far.
  @inlinable public var value: UInt64 { state }

  /// Mixes in one 64-bit word.
  ///
  /// One multiplication by the 64-bit FNV prime and one shift: each step is a bijection of the
  /// state for a given word and of the word for a given state, so a single difference never cancels.
  @inlinable public mutating func combine(_ word: UInt64) {
    let mixed = (state ^ word) &* 0x0000_0100_0000_01b3
    state = mixed ^ (mixed >> 29)
  }

  /// Mixes in one byte.
  @inlinable public mutating func put(_ value: UInt8) { combine(UInt64(value)) }
  /// Mixes in two bytes.
  @inlinable public mutating func put(_ value: UInt16) { combine(UInt64(value)) }
  /// Mixes in four bytes.
  @inlinable public mutating func put(_ value: UInt32) { combine(UInt64(value)) }
  /// Mixes in eight bytes.
  @inlinable public mutating func put(_ value: UInt64) { combine(value) }
}

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), check("123456789") = 0xE3069283.
public struct CRC32C: CanonicalSink, Equatable, Sendable {
  @usableFromInline var register: UInt32 = 0xffff_ffff

  /// A checksum of nothing.
  public init() {}

  /// The checksum of what was put in so far.
  public var value: UInt32 { ~register }

  /// Adds one byte.
  @inlinable public mutating func put(_ value: UInt8) {
    // Bit by bit: a table would cost 1 KB on the board, and this is never on the tick path.
    register ^= UInt32(value)
    for _ in 0..<8 {
      register = (register >> 1) ^ (0x82f6_3b78 & (0 &- (register & 1)))
    }
  }
  /// Adds two bytes, least significant first.
  @inlinable public mutating func put(_ value: UInt16) {
    put(UInt8(truncatingIfNeeded: value))
    put(UInt8(truncatingIfNeeded: value >> 8))
  }
  /// Adds four bytes, least significant first.
  @inlinable public mutating func put(_ value: UInt32) {
    put(UInt16(truncatingIfNeeded: value))
    put(UInt16(truncatingIfNeeded: value >> 16))
  }
  /// Adds eight bytes, least significant first.
  @inlinable public mutating func put(_ value: UInt64) {
    put(UInt32(truncatingIfNeeded: value))
    put(UInt32(truncatingIfNeeded: value >> 32))
  }
}
