import PumpHAL

/// What the monitor's slots of the memory hold.
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
  /// The second drug of a mixture and its hard limits.
  case secondDrug = 24
  /// Dose caps of the second drug.
  case secondCaps = 25
  /// What the cells that fill hold of the second drug.
  case secondPartial = 26
  /// Wrong access codes, and how long no more are taken.
  case access = 27
  /// First of 36 groups of five cells: 1 h, 4 h, 24 h.
  case history = 28
  /// First of as many groups of the second drug.
  case secondHistory = 64
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
///
/// Three ranks, so that none keeps another waiting: what the cells that fill hold, each time 0.02 mL
/// went out, is every other write at least; boluses, cells that were closed and the place in the programme
/// share the rest with everything else, which goes round.
struct MonitorJournal: Sendable {
  /// Sequence of the last write.
  var sequence: UInt32 = 0
  /// Grows with every confirmed programme, so that half of one is never taken for the whole.
  var generation: UInt8 = 0
  private var waiting: UInt64 = 0
  /// Groups of cells of the second drug.
  private var secondWaiting: UInt64 = 0
  /// Groups in which a cell was closed, of either drug: they go before what was there already.
  private var closed: UInt64 = 0
  private var secondClosed: UInt64 = 0
  /// Whether there ever was a second drug to write about.
  var hasSecond = false
  private var moved = Attolitres.zero
  private var isDoseNext = true
  private var isLiveNext = true
  /// The slot of everything else that was written last.
  private var lastOther: UInt8 = 0

  /// Marks one slot.
  mutating func mark(_ slot: JournalSlot) {
    waiting |= 1 << UInt64(slot.rawValue)
    if slot == .state || slot == .boluses { waiting |= Self.place | dose }
  }

  /// Marks everything that a programme of so many phases consists of.
  mutating func markProgramme(phases: UInt8) {
    generation &+= 1
    let last = UInt64(JournalSlot.phase.rawValue) + UInt64(Swift.min(phases, 16))
    waiting |= 0xfb | ((1 << last) - 1) & ~0xff
    if hasSecond { waiting |= Self.secondProgramme | Self.secondPartial }
  }

  /// What a programme consists of, the second drug of a mixture included.
  private static let programme: UInt64 = 0x3ff_fff8
  private static let secondProgramme: UInt64 = 0x300_0000

  /// Marks the group that holds a cell which was closed.
  mutating func markHistory(_ window: CapWindow, position: UInt8) {
    let group = Self.group(window, position)
    waiting |= 1 << (UInt64(JournalSlot.history.rawValue) + group)
    closed |= 1 << group
    if hasSecond {
      secondWaiting |= 1 << group
      secondClosed |= 1 << group
    }
  }

  /// Marks every group.
  mutating func markHistory() {
    for group in 0..<36 as Range<UInt64> {
      waiting |= 1 << (UInt64(JournalSlot.history.rawValue) + group)
      if hasSecond { secondWaiting |= 1 << group }
    }
  }

  /// Whether the group that holds a cell of a drug is still to be written.
  func isWaiting(_ window: CapWindow, position: UInt8, of part: MixturePart) -> Bool {
    let groups =
      part == .leading ? waiting >> UInt64(JournalSlot.history.rawValue) : secondWaiting
    return groups >> Self.group(window, position) & 1 == 1
  }

  /// Counts what goes out: each 0.02 mL are written.
  mutating func count(_ volume: Attolitres) {
    moved += volume
    if moved >= MonitorLimits.uncommanded || moved < .zero - MonitorLimits.uncommanded {
      moved = .zero
      mark(.state)
    }
  }

  /// The slot to write next, if any.
  mutating func next() -> UInt8? {
    if waiting == 0, secondWaiting == 0 {
      isDoseNext = true
      return nil
    }
    let dose = waiting & Self.doses
    if dose != 0, isDoseNext || (waiting == dose && secondWaiting == 0) {
      // Both drugs of a mixture, one after the other.
      let slot = take(dose)
      isDoseNext = waiting & Self.doses != 0
      return slot
    }
    isDoseNext = true
    let isLive = waiting & Self.live != 0 || closed != 0 || secondClosed != 0
    let hasOther = waiting & ~(Self.live | Self.doses) != 0 || secondWaiting != 0
    if isLive, isLiveNext || !hasOther {
      isLiveNext = false
      return nextLive()
    }
    isLiveNext = true
    return nextOther()
  }

  /// Boluses, then cells that were closed, then the place: the first two are rare.
  private mutating func nextLive() -> UInt8 {
    let boluses = waiting & Self.boluses
    if boluses != 0 { return take(boluses) }
    if closed != 0 { return take(closed << UInt64(JournalSlot.history.rawValue)) }
    if secondClosed != 0 { return takeSecond(secondClosed) }
    return take(Self.place)
  }

  /// The next after the one that was written last, round all of them.
  private mutating func nextOther() -> UInt8? {
    // A programme first: until all of it is written, a pump that loses power cannot go on with it.
    let programme = waiting & Self.programme
    if programme != 0 { return take(programme) }
    let first = waiting & ~(Self.live | Self.doses)
    let after = lastOther < 63 ? first & (UInt64.max << (UInt64(lastOther) + 1)) : 0
    let base = JournalSlot.secondHistory.rawValue
    let secondAfter =
      lastOther < base
      ? secondWaiting : secondWaiting & (UInt64.max << (UInt64(lastOther - base) + 1))
    let slot: UInt8
    if after != 0 {
      slot = take(after)
    } else if secondAfter != 0 {
      slot = takeSecond(secondAfter)
    } else if first != 0 {
      slot = take(first)
    } else if secondWaiting != 0 {
      slot = takeSecond(secondWaiting)
    } else {
      return nil
    }
    lastOther = slot
    return slot
  }

  /// Takes the lowest of some slots.
  private mutating func take(_ slots: UInt64) -> UInt8 {
    let slot = UInt8(truncatingIfNeeded: slots.trailingZeroBitCount)
    waiting &= ~(1 << UInt64(slot))
    if slot >= JournalSlot.history.rawValue {
      closed &= ~(1 << UInt64(slot - JournalSlot.history.rawValue))
    }
    return slot
  }

  /// Takes the lowest of some groups of the second drug.
  private mutating func takeSecond(_ groups: UInt64) -> UInt8 {
    let group = UInt64(groups.trailingZeroBitCount)
    secondWaiting &= ~(1 << group)
    secondClosed &= ~(1 << group)
    return JournalSlot.secondHistory.rawValue + UInt8(truncatingIfNeeded: group)
  }

  private static func group(_ window: CapWindow, _ position: UInt8) -> UInt64 {
    UInt64(window.rawValue) * 12 + UInt64(position) / 5
  }

  /// The cells that fill, of one drug or of both.
  private var dose: UInt64 { hasSecond ? Self.doses : Self.partial }
  private static let place: UInt64 = 1 << UInt64(JournalSlot.state.rawValue)
  private static let partial: UInt64 = 1 << UInt64(JournalSlot.partial.rawValue)
  private static let secondPartial: UInt64 = 1 << UInt64(JournalSlot.secondPartial.rawValue)
  private static let doses: UInt64 = partial | secondPartial
  private static let boluses: UInt64 = 1 << UInt64(JournalSlot.boluses.rawValue)
  private static let live: UInt64 = place | boluses
}

extension MonitorJournal: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(sequence)
    sink.put(generation)
    sink.put(waiting)
    sink.put(secondWaiting)
    sink.put(closed)
    sink.put(secondClosed)
    sink.put(hasSecond)
    moved.encode(to: &sink)
    sink.put(isDoseNext)
    sink.put(isLiveNext)
    sink.put(lastOther)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    sequence = source.take32()
    generation = source.take8()
    waiting = source.take64()
    secondWaiting = source.take64()
    closed = source.take64()
    secondClosed = source.take64()
    if (closed | secondClosed | secondWaiting) >> 36 != 0 { source.fail() }
    hasSecond = source.takeBool()
    moved = Attolitres(from: &source)
    isDoseNext = source.takeBool()
    isLiveNext = source.takeBool()
    lastOther = source.take8()
    if lastOther >= JournalSlot.secondHistory.rawValue + 36 { source.fail() }
  }
}
