import PumpHAL

/// Two copies of 512 slots; a write goes to the first copy at once, to the second a tick later.
struct NonVolatileMemory: Sendable {
  private static let slots = Int(JournalEntry.slotCount)
  private static let entries = Int(JournalEntry.slotCount * JournalEntry.copyCount)

  /// What a defect does to the next write.
  enum WriteDefect: UInt8, Sendable {
    case none = 0
    case torn = 1
    case lost = 2
  }

  private var contents: [JournalEntry]
  /// What the second copy still has to be given.
  private var pending: JournalEntry?
  private(set) var defect: WriteDefect = .none
  /// What a failing memory does to every write.
  var habit: WriteDefect = .none

  init(_ contents: [JournalEntry]?) {
    if let contents {
      precondition(contents.count == Self.entries)
      // Built anew, so that it shares nothing and no write has to allocate.
      self.contents = contents.map { $0 }
    } else {
      self.contents = [JournalEntry](repeating: .blank, count: Self.entries)
    }
  }

  /// A copy of everything, first copy then second.
  var image: [JournalEntry] { contents.map { $0 } }

  /// Makes the next write go wrong.
  mutating func spoilNextWrite(_ defect: WriteDefect) { self.defect = defect }

  /// One tick: the second copy is given what the first was given in the tick before.
  @inline(__always) mutating func tick() {
    if pending != nil { follow() }
  }

  @inline(never) private mutating func follow() {
    if let pending { write(pending, at: Self.slots + Int(pending.slot)) }
    pending = nil
  }

  /// Puts an entry into the first copy; the second follows in the next tick.
  mutating func store(_ entry: JournalEntry) {
    precondition(entry.slot < JournalEntry.slotCount)
    if defect == .none { defect = habit }
    if defect == .lost {
      defect = .none
      return
    }
    write(entry, at: Int(entry.slot))
    pending = entry
  }

  /// Power fails: what was still to be written is not.
  mutating func losePower() { pending = nil }

  private mutating func write(_ entry: JournalEntry, at index: Int) {
    if defect != .torn {
      contents[index] = entry
      return
    }
    // The first sixteen bytes are new: slot, sequence, word 0 and two bytes of word 1.
    defect = .none
    contents[index].slot = entry.slot
    contents[index].sequence = entry.sequence
    contents[index].word0 = entry.word0
    contents[index].word1 = (contents[index].word1 & ~0xffff) | (entry.word1 & 0xffff)
  }

  /// Turns over one bit in this share of all slots of both copies.
  mutating func flipBits(share: Double, chance: inout NoiseSource) {
    for index in 0..<Self.entries {
      // 2^-32: a number from 0 to 1.
      if Double(chance.next()) * 0x1p-32 >= share { continue }
      contents[index].word0 ^= 1 << UInt64(chance.next() & 63)
    }
  }

  /// A copy that shares no storage.
  func detached() -> NonVolatileMemory {
    var copy = self
    copy.contents = image
    return copy
  }
}

extension NonVolatileMemory: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    for entry in contents { entry.encode(to: &sink) }
    sink.put(pending != nil)
    if let pending { pending.encode(to: &sink) }
    sink.put(defect)
    sink.put(habit)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    contents = [JournalEntry](repeating: .blank, count: Self.entries)
    for index in 0..<Self.entries { contents[index] = JournalEntry(from: &source) }
    if source.takeBool() { pending = JournalEntry(from: &source) }
    if let pending, pending.slot >= JournalEntry.slotCount {
      self.pending = nil
      source.fail()
    }
    defect = source.takeCase(or: .none)
    habit = source.takeCase(or: .none)
  }
}
