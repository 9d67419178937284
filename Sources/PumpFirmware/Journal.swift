import PumpHAL

/// Which slots of the non-volatile memory hold what.
enum JournalSlot {
  /// Generation and checksum of the prescription, mode, time.
  static let header: UInt16 = 0
  /// How far delivery is permitted: written before the steps it permits.
  static let mark: UInt16 = 1
  /// What earlier loads of the reservoir dispensed.
  static let account: UInt16 = 2
  /// Lockout and counts of boluses.
  static let bolus: UInt16 = 3
  /// Times of the last twelve grants.
  static let grants: UInt16 = 4
  /// The confirmed prescription, 20 bytes a slot.
  static let prescription: UInt16 = 16
  static let prescriptionCount: UInt16 = 48
  /// Dose history: 31 slots for each window.
  static let history: UInt16 = 64
  /// Wrong access codes and lock-outs.
  static let access: UInt16 = 191
}

/// Slots that want to be written, and the numbering of writes.
struct JournalQueue: Equatable, Sendable {
  private var dirty0: UInt64 = 0
  private var dirty1: UInt64 = 0
  private var dirty2: UInt64 = 0
  /// The number of the next write.
  var sequence: UInt32 = 1

  /// Whether nothing waits.
  @inline(__always) var isEmpty: Bool { dirty0 | dirty1 | dirty2 == 0 }

  /// Asks for `slot` to be written.
  mutating func want(_ slot: UInt16) {
    let bit: UInt64 = 1 << UInt64(slot & 63)
    switch slot >> 6 {
    case 0: dirty0 |= bit
    case 1: dirty1 |= bit
    default: dirty2 |= bit
    }
  }

  /// Asks for a run of slots to be written.
  mutating func want(_ first: UInt16, count: UInt16) {
    for slot in first..<first + count { want(slot) }
  }

  /// The next slot to write: the mark first, then in order.
  mutating func next() -> UInt16? {
    if dirty0 & 2 != 0 {
      dirty0 &= ~2
      return JournalSlot.mark
    }
    if dirty0 != 0 { return JournalQueue.take(&dirty0, base: 0) }
    if dirty1 != 0 { return JournalQueue.take(&dirty1, base: 64) }
    if dirty2 != 0 { return JournalQueue.take(&dirty2, base: 128) }
    return nil
  }

  private static func take(_ bits: inout UInt64, base: UInt16) -> UInt16 {
    let index = UInt16(bits.trailingZeroBitCount)
    bits &= bits - 1
    return base + index
  }

  /// Number of the write being made; then the next.
  mutating func takeSequence() -> UInt32 {
    defer { sequence &+= 1 }
    return sequence
  }
}

extension JournalQueue: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(dirty0)
    sink.put(dirty1)
    sink.put(dirty2)
    sink.put(sequence)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    dirty0 = source.take64()
    dirty1 = source.take64()
    dirty2 = source.take64()
    sequence = source.take32()
  }
}

/// Keeps 20 bytes of an encoding, from a given offset on: one journal slot's worth.
struct JournalWindow: CanonicalSink {
  let offset: Int32
  var position: Int32 = 0
  var word0: UInt64 = 0
  var word1: UInt64 = 0
  var word2: UInt64 = 0

  /// Bytes of an encoding that one slot holds.
  static let length: Int32 = 20

  init(offset: Int32) { self.offset = offset }

  mutating func put(_ value: UInt8) {
    let index = position - offset
    position += 1
    guard index >= 0, index < JournalWindow.length else { return }
    let shifted = UInt64(value) << UInt64((index & 7) * 8)
    if index < 8 {
      word0 |= shifted
    } else if index < 16 {
      word1 |= shifted
    } else {
      word2 |= shifted
    }
  }
  mutating func put(_ value: UInt16) {
    put(UInt8(truncatingIfNeeded: value))
    put(UInt8(truncatingIfNeeded: value >> 8))
  }
  mutating func put(_ value: UInt32) {
    put(UInt16(truncatingIfNeeded: value))
    put(UInt16(truncatingIfNeeded: value >> 16))
  }
  mutating func put(_ value: UInt64) {
    put(UInt32(truncatingIfNeeded: value))
    put(UInt32(truncatingIfNeeded: value >> 32))
  }
}

/// Bytes collected from journal slots, to be read again; used once, at power-on.
struct JournalBytes: CanonicalSource {
  static let capacity = 960
  var bytes = InlineArray<960, UInt8>(repeating: 0)
  var position = 0
  var hasFailed = false

  mutating func fail() { hasFailed = true }

  /// Puts the 20 bytes of slot number `index` in their place.
  mutating func place(_ entry: JournalEntry, at index: Int) {
    for byte in 0..<20 {
      let word = byte < 8 ? entry.word0 : byte < 16 ? entry.word1 : entry.word2
      bytes[index * 20 + byte] = UInt8(truncatingIfNeeded: word >> UInt64((byte & 7) * 8))
    }
  }

  mutating func take8() -> UInt8 {
    if position >= JournalBytes.capacity {
      hasFailed = true
      return 0
    }
    defer { position += 1 }
    return bytes[position]
  }
  mutating func take16() -> UInt16 {
    let low = UInt16(take8())
    return low | UInt16(take8()) << 8
  }
  mutating func take32() -> UInt32 {
    let low = UInt32(take16())
    return low | UInt32(take16()) << 16
  }
  mutating func take64() -> UInt64 {
    let low = UInt64(take32())
    return low | UInt64(take32()) << 32
  }
}

/// The newer whole copy of a slot; nil where neither copy is whole.
func newestCopy(of slot: UInt16, in memory: borrowing Span<JournalEntry>) -> JournalEntry? {
  let index = Int(slot)
  guard memory.count >= index + 257 else { return nil }
  let first = memory[index]
  let second = memory[index + 256]
  let isFirst = first.isWhole && first.slot == slot
  let isSecond = second.isWhole && second.slot == slot
  if isFirst && isSecond { return first.sequence >= second.sequence ? first : second }
  if isFirst { return first }
  return isSecond ? second : nil
}

/// The highest sequence number among the controller's whole entries; 0 in a blank memory.
func newestSequence(in memory: borrowing Span<JournalEntry>) -> UInt32 {
  var newest: UInt32 = 0
  var index = 0
  while index < memory.count {
    let entry = memory[index]
    if entry.slot < JournalEntry.firstMonitorSlot, entry.isWhole {
      newest = max(newest, entry.sequence)
    }
    index += 1
  }
  return newest
}

/// Whether a slot was ever written, whole or not.
func wasWritten(_ slot: UInt16, in memory: borrowing Span<JournalEntry>) -> Bool {
  let index = Int(slot)
  guard memory.count >= index + 257 else { return false }
  return memory[index] != .blank || memory[index + 256] != .blank
}

extension DoseCap {
  /// Rebuilds the window from its journal slots.
  ///
  /// A bin that cannot be read takes the total of the next older one that can, which is never more
  /// than its own: the window then counts too much rather than too little. With no readable slot at
  /// all the history is not trusted.
  mutating func restore(
    from memory: borrowing Span<JournalEntry>, firstSlot: UInt16, total: Int64
  ) {
    var newestBin: UInt32 = 0
    var hasAny = false
    var damaged = false
    for slot in firstSlot..<firstSlot + DoseCap.slotCount where wasWritten(slot, in: memory) {
      guard let entry = newestCopy(of: slot, in: memory) else {
        damaged = true
        continue
      }
      hasAny = true
      newestBin = max(newestBin, UInt32(truncatingIfNeeded: entry.word2))
    }
    guard hasAny else {
      isTrusted = !damaged
      // Nothing was ever journalled: all that was counted may lie in this window.
      return
    }
    binNumber = newestBin
    newest = Int32(newestBin % 61)
    binEnd = (Int64(newestBin) + 1) * binTicks
    var known: Int64 = 0
    for age in stride(from: 60, through: 0, by: -1) {
      guard Int64(newestBin) - Int64(age) >= 0 else { continue }
      let bin = newestBin - UInt32(age)
      let index = bin % 61
      let slot = firstSlot + UInt16(index / 2)
      if let entry = newestCopy(of: slot, in: memory) {
        let written = UInt32(truncatingIfNeeded: entry.word2)
        let isEvenIndex = index & 1 == 0
        let writtenIndex = written % 61
        // The slot was last written when bin `written` began; its other half is one older or 60 older.
        let held =
          writtenIndex == index
          ? written : isEvenIndex ? written &- 1 : written &- 60
        if held == bin {
          known = max(known, Int64(bitPattern: isEvenIndex ? entry.word0 : entry.word1))
        }
      }
      totals[Int(index)] = min(known, total)
    }
    oldestTotal = totals[newest == 60 ? 0 : Int(newest) + 1]
  }
}
