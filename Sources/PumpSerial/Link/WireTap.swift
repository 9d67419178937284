// What goes over a wire, kept for whoever records it.

import Synchronization

/// Keeps the bytes that go over a wire until somebody takes them.
///
/// One thread puts bytes in, one takes them out, and neither ever waits for the other or allocates.
/// What finds no room is left out as a whole and counted.
public final class WireTap: @unchecked Sendable {
  /// Which way bytes went, seen from this program.
  public enum Direction: UInt8, Sendable, CaseIterable {
    /// To the hardware.
    case sent = 0
    /// From the hardware.
    case received = 1
  }

  /// The most bytes it holds, 3 of each piece its own: 10 s of both directions at 115 200 baud.
  public static let capacity = 1 << 18
  /// The most bytes of one piece; longer ones are split.
  static let maximumPiece = 4096
  private static let headSize = 3

  private let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
  private let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: maximumPiece)
  // Bytes put in and taken out since the beginning: the first is written by the one thread, the
  // second by the other.
  private let putCount = Atomic<Int>(0)
  private let takenCount = Atomic<Int>(0)
  private let leftOutBytes = Atomic<UInt64>(0)
  private let disturbanceCount = Atomic<UInt64>(0)

  /// An empty tap.
  public init() {
    storage.initialize(repeating: 0)
    piece.initialize(repeating: 0)
  }

  deinit {
    storage.deallocate()
    piece.deallocate()
  }

  /// Bytes that found no room since the beginning.
  public var leftOut: UInt64 { leftOutBytes.load(ordering: .relaxed) }

  /// Pieces between delimiters that were no frames, frames that never came, and frames sent again,
  /// since the beginning.
  public var disturbances: UInt64 { disturbanceCount.load(ordering: .relaxed) }

  /// Counts something that went wrong on the wire.
  func noteDisturbance(_ count: UInt64 = 1) {
    if count > 0 { disturbanceCount.wrappingAdd(count, ordering: .relaxed) }
  }

  /// Puts bytes in.
  func put(_ direction: Direction, _ bytes: UnsafeBufferPointer<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      put(direction, piece: UnsafeBufferPointer(rebasing: rest.prefix(Self.maximumPiece)))
      rest = rest.dropFirst(Self.maximumPiece)
    }
  }

  private func put(_ direction: Direction, piece: UnsafeBufferPointer<UInt8>) {
    let end = putCount.load(ordering: .relaxed)
    let free = Self.capacity - (end - takenCount.load(ordering: .acquiring))
    guard piece.count + Self.headSize <= free else {
      leftOutBytes.wrappingAdd(UInt64(piece.count), ordering: .relaxed)
      return
    }
    storage[end % Self.capacity] = direction.rawValue
    storage[(end + 1) % Self.capacity] = UInt8(truncatingIfNeeded: piece.count)
    storage[(end + 2) % Self.capacity] = UInt8(truncatingIfNeeded: piece.count >> 8)
    for (index, byte) in piece.enumerated() {
      storage[(end + Self.headSize + index) % Self.capacity] = byte
    }
    putCount.store(end + Self.headSize + piece.count, ordering: .releasing)
  }

  /// Takes out everything that was put in before, in order; the bytes are valid inside `body` only.
  public func take(_ body: (Direction, UnsafeBufferPointer<UInt8>) -> Void) {
    let end = putCount.load(ordering: .acquiring)
    var start = takenCount.load(ordering: .relaxed)
    while start < end {
      let direction = Direction(rawValue: storage[start % Self.capacity]) ?? .received
      let count =
        Int(storage[(start + 1) % Self.capacity]) | Int(storage[(start + 2) % Self.capacity]) << 8
      for index in 0..<count {
        piece[index] = storage[(start + Self.headSize + index) % Self.capacity]
      }
      body(direction, UnsafeBufferPointer(rebasing: piece[..<count]))
      start += Self.headSize + count
      takenCount.store(start, ordering: .releasing)
    }
  }
}
