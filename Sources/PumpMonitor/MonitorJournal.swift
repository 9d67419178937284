import PumpHAL

/// What the monitor's 64 slots of the memory hold.
enum JournalSlot: UInt8, Sendable {
  /// Place in the programme, place in the dose windows.
  case state = 0
  /// What the cells that fill hold.
  case partial = 1
  /// Ages of the last boluses.
  case boluses = 2
  /// Patient bolus, reaction order.
  case bolus = 3
  /// Drug and its hard limits.
  case drug = 4
  /// Patient, limits.
  case limits = 5
  /// Syringe and line.
  case syringe = 6
  /// Dose caps.
  case caps = 7
  /// First of 16 phases.
  case phase = 8
  /// Wrong access codes, and how long no more are taken.
  case access = 27
  /// First of 36 groups of five cells: 1 h, 4 h, 24 h.
  case history = 28
}

/// Packs fields into the 22 bytes of a journal entry and takes them out again.
struct JournalBits {
  private(set) var word0: UInt64 = 0
  private(set) var word1: UInt64 = 0
  private(set) var word2: UInt64 = 0
  private var position: UInt64 = 0

  init() {}
  init(_ entry: JournalEntry) {
    word0 = entry.word0
    word1 = entry.word1
    word2 = entry.word2
  }

  /// Puts the lowest bits of a number, cut off at what they hold.
  mutating func put(_ value: Int64, bits: UInt64) {
    let most: UInt64 = bits == 64 ? .max : (1 << bits) - 1
    var rest = value < 0 ? 0 : Swift.min(UInt64(value), most)
    for _ in 0..<bits {
      let shift = position & 63
      switch position >> 6 {
      case 0: word0 |= (rest & 1) << shift
      case 1: word1 |= (rest & 1) << shift
      default: word2 |= (rest & 1) << shift
      }
      rest >>= 1
      position += 1
    }
    precondition(position <= 176)
  }

  /// Takes a number of so many bits.
  mutating func take(bits: UInt64) -> Int64 {
    var value: UInt64 = 0
    for bit in 0..<bits {
      let word = position >> 6 == 0 ? word0 : position >> 6 == 1 ? word1 : word2
      value |= (word >> (position & 63) & 1) << bit
      position += 1
    }
    return Int64(truncatingIfNeeded: value)
  }
}

/// Which slots wait to be written; one a second at most, and only when something changed.
struct MonitorJournal: Sendable {
  /// Sequence of the last write.
  var sequence: UInt32 = 0
  /// Grows with every confirmed programme, so that half of one is never taken for the whole.
  var generation: UInt8 = 0
  private var waiting: UInt64 = 0
  private var moved = Attolitres.zero
  private var isLiveNext = true

  /// Marks one slot.
  mutating func mark(_ slot: JournalSlot) {
    waiting |= 1 << UInt64(slot.rawValue)
    if slot == .state || slot == .boluses { waiting |= 3 }
  }

  /// Marks everything that a programme consists of.
  mutating func markProgramme() {
    generation &+= 1
    waiting |= 0xff_fffb
  }

  /// Marks the group that holds a cell.
  mutating func markHistory(_ window: CapWindow, position: UInt8) {
    let group = UInt64(window.rawValue) * 12 + UInt64(position) / 5
    waiting |= 1 << (UInt64(JournalSlot.history.rawValue) + group)
  }

  /// Marks every group.
  mutating func markHistory() {
    for group in 0..<36 as Range<UInt64> {
      waiting |= 1 << (UInt64(JournalSlot.history.rawValue) + group)
    }
  }

  /// Counts what goes out: 0.02 mL are at most forgotten.
  mutating func count(_ volume: Attolitres) {
    moved += volume
    if moved >= MonitorLimits.uncommanded || moved < .zero - MonitorLimits.uncommanded {
      moved = .zero
      mark(.state)
    }
  }

  /// The slot to write next, if any: place and partial cells in turn with everything else.
  mutating func next() -> UInt8? {
    let live = waiting & 7
    let rest = waiting & ~7
    if live == 0, rest == 0 { return nil }
    let source = (isLiveNext && live != 0) || rest == 0 ? live : rest
    isLiveNext = source == rest
    let slot = UInt8(truncatingIfNeeded: source.trailingZeroBitCount)
    waiting &= ~(1 << UInt64(slot))
    return slot
  }
}

extension MonitorJournal: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(sequence)
    sink.put(generation)
    sink.put(waiting)
    moved.encode(to: &sink)
    sink.put(isLiveNext)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    sequence = source.take32()
    generation = source.take8()
    waiting = source.take64()
    moved = Attolitres(from: &source)
    isLiveNext = source.takeBool()
  }
}
