// Which of the bytes that go over a wire go into the record.

import PumpHAL
import PumpSerial
import SessionRecord

/// Which of the wire's bytes a record shall hold.
public enum WireChoice: String, Sendable, CaseIterable {
  /// All in a session of at most an hour, by its file; else those around faults.
  case automatic
  /// All.
  case full
  /// None.
  case none
}

/// Hands bytes from the wire to the record: all of them, or those of the 10 s before and after
/// something went wrong.
struct WireRecorder {
  /// What is recorded.
  enum Selection: Sendable { case none, all, aroundFaults }

  /// How long before and after a fault bytes are recorded: 10 s.
  static let span = 10 * ticksPerSecond

  private let tap: WireTap
  private let isAll: Bool
  private var history: WireHistory
  private var openUntil = Int64.min
  private var signals = AlarmSet()
  private var disturbances: UInt64 = 0
  private var leftOut: UInt64 = 0

  /// Nil where there is no wire, or nothing of it is wanted.
  init?(_ tap: WireTap?, _ selection: Selection) {
    guard let tap, selection != .none else { return nil }
    self.tap = tap
    isAll = selection == .all
    history = WireHistory(capacity: isAll ? 0 : 1 << 20)
  }

  /// Takes what went over the wire since the last time; to be called in every tick, before its
  /// block is closed.
  ///
  /// A fault is a new alarm signal, a link that is not up, or a frame that was garbled, lost or sent
  /// again.
  ///
  /// - Returns: bytes that found no room in the tap since the last time.
  mutating func take(
    _ recorder: RecordWriter, atTick tick: Int64, signals now: AlarmSet, link: LinkState
  ) -> UInt64 {
    let isNewAlarm = now.bits & ~signals.bits != 0
    signals = now
    let disturbed = tap.disturbances
    if isNewAlarm || link == .lost || link == .mismatched || disturbed != disturbances {
      openUntil = tick + Self.span
    }
    disturbances = disturbed
    if isAll || tick <= openUntil {
      history.takeAll(since: tick - Self.span) { tick, direction, bytes in
        recorder.wire(WireDirection(direction), bytes, atTick: tick)
      }
      tap.take { direction, bytes in
        recorder.wire(WireDirection(direction), bytes, atTick: tick)
      }
    } else {
      history.forget(before: tick - Self.span)
      tap.take { direction, bytes in history.add(direction, bytes, atTick: tick) }
    }
    let before = leftOut
    leftOut = tap.leftOut
    return leftOut - before
  }
}

extension WireDirection {
  fileprivate init(_ direction: WireTap.Direction) {
    switch direction {
    case .sent: self = .sent
    case .received: self = .received
    }
  }
}

/// The last bytes of a wire with their ticks, in a memory of fixed size: the oldest make room.
struct WireHistory {
  private static let headSize = 11
  private var storage: [UInt8]
  private var start = 0
  private var count = 0
  /// One piece in a row.
  private var piece: [UInt8]

  init(capacity: Int) {
    storage = [UInt8](repeating: 0, count: capacity)
    piece = [UInt8](repeating: 0, count: capacity == 0 ? 0 : Int(UInt16.max))
  }

  /// Keeps bytes, at most 65 535.
  mutating func add(
    _ direction: WireTap.Direction, _ bytes: UnsafeBufferPointer<UInt8>, atTick tick: Int64
  ) {
    precondition(bytes.count <= Int(UInt16.max))
    while count > 0, storage.count - count < bytes.count + Self.headSize { dropFirst() }
    guard storage.count >= bytes.count + Self.headSize else { return }
    append(UInt64(bitPattern: tick), bytes: 8)
    append(UInt64(direction.rawValue), bytes: 1)
    append(UInt64(bytes.count), bytes: 2)
    for byte in bytes { append(UInt64(byte), bytes: 1) }
  }

  /// Forgets what is older than `tick`.
  mutating func forget(before tick: Int64) {
    while count > 0, firstTick < tick { dropFirst() }
  }

  /// Gives everything from `tick` on, oldest first, and forgets all.
  mutating func takeAll(
    since tick: Int64, _ body: (Int64, WireTap.Direction, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    while count > 0 {
      let size = firstSize
      if firstTick >= tick {
        let direction = WireTap.Direction(rawValue: byte(8)) ?? .received
        for index in 0..<size { piece[index] = byte(Self.headSize + index) }
        piece.withUnsafeBufferPointer {
          body(firstTick, direction, UnsafeBufferPointer(rebasing: $0[..<size]))
        }
      }
      dropFirst()
    }
  }

  private var firstTick: Int64 {
    var bits: UInt64 = 0
    for index in 0..<8 { bits |= UInt64(byte(index)) << (8 * UInt64(index)) }
    return Int64(bitPattern: bits)
  }

  private var firstSize: Int { Int(byte(9)) | Int(byte(10)) << 8 }

  private func byte(_ offset: Int) -> UInt8 { storage[(start + offset) % storage.count] }

  private mutating func append(_ value: UInt64, bytes: Int) {
    for index in 0..<bytes {
      storage[(start + count) % storage.count] = UInt8(truncatingIfNeeded: value >> (8 * index))
      count += 1
    }
  }

  private mutating func dropFirst() {
    let size = Self.headSize + firstSize
    start = (start + size) % storage.count
    count -= size
  }
}
