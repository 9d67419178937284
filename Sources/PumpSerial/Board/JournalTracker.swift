import BoardProtocol
import PumpHAL

/// Sees to it that every journal entry reaches the board, in order, on a line that may lose frames.
struct JournalTracker {
  /// Entries that wait to be sent, oldest first.
  private var waiting: [JournalEntry] = []
  /// Entries that were sent and not yet acknowledged, with the sequence that carried them.
  private var sent: [(sequence: UInt8, entry: JournalEntry)] = []
  /// Whether entries had to be dropped because the board takes none.
  private(set) var hasOverflowed = false

  /// The most entries that wait: over a minute of an entry a second.
  private static let capacity = 128

  init() {
    waiting.reserveCapacity(Self.capacity)
    sent.reserveCapacity(Self.capacity)
  }

  /// Takes an entry to be sent.
  mutating func add(_ entry: JournalEntry) {
    if waiting.count >= Self.capacity {
      hasOverflowed = true
    } else {
      waiting.append(entry)
    }
  }

  /// The entry to send with the next frame, if any.
  var next: JournalEntry? { waiting.first }

  /// The entry that was `next` went out with `sequence`.
  mutating func didSend(_ sequence: UInt8) {
    if waiting.isEmpty { return }
    sent.append((sequence, waiting.removeFirst()))
  }

  /// Takes the board's account of what it took; gives how many entries have to be sent again.
  mutating func take(answering: UInt8, received: UInt16) -> Int {
    var lost = 0
    for item in sent.reversed() {
      let behind = Int8(bitPattern: answering &- item.sequence)
      if behind < 0 { continue }
      let wasTaken = behind == 0 || (behind <= 16 && received >> UInt16(behind - 1) & 1 == 1)
      if wasTaken { continue }
      // Sent again before everything younger, unless a younger entry replaces it: an older one
      // must never overwrite it.
      lost += 1
      let slot = item.entry.slot
      let isReplaced =
        waiting.contains { $0.slot == slot }
        || sent.contains { $0.entry.slot == slot && $0.entry.sequence > item.entry.sequence }
      if !isReplaced { waiting.insert(item.entry, at: 0) }
    }
    sent.removeAll { Int8(bitPattern: answering &- $0.sequence) >= 0 }
    return lost
  }
}
