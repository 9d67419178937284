import PumpHAL

/// The mark: how far delivery is permitted, and what that counts towards the caps.
///
/// One slot, so that place, phase and both drugs are always of one moment.
struct JournalMark: Equatable, Sendable {
  /// Microsteps of this load with what lies ahead; 40 bits with the sign, a thousand full syringes.
  var delivered: Int64
  /// Running total of the leading drug with what lies ahead, 2^-16 ng.
  var total: Int64
  /// The same of the second drug, in portions of 256 ng, rounded up; its lowest 24 bits.
  ///
  /// Enough for 4.2 g since the newest bin that can be read, whose slot holds all 64.
  var secondPortions: UInt32
  /// The phase that runs, and microsteps done of it with what lies ahead.
  var phase: UInt8
  var phaseDone: Int64

  /// 2^-16 ng in a portion.
  private static let portion: Int64 = 256 * DoseHistory.unitsPerNanogram
  private static let portionMask: Int64 = 0xff_ffff

  init(delivered: Int64, total: Int64, secondTotal: Int64, phase: UInt8, phaseDone: Int64) {
    self.delivered = delivered
    self.total = total
    secondPortions = UInt32(JournalMark.portions(in: secondTotal) & JournalMark.portionMask)
    self.phase = phase
    self.phaseDone = phaseDone
  }

  init(_ entry: JournalEntry) {
    delivered = Int64(bitPattern: entry.word0 << 24) >> 24
    secondPortions = UInt32(truncatingIfNeeded: entry.word0 >> 40)
    total = Int64(bitPattern: entry.word1)
    phase = UInt8(truncatingIfNeeded: entry.word2 & 31)
    phaseDone = Int64(entry.word2 >> 5)
  }

  /// The entry for the mark's slot.
  func entry(sequence: UInt32) -> JournalEntry {
    JournalEntry(
      slot: JournalSlot.mark, sequence: sequence,
      word0: UInt64(bitPattern: delivered) & 0xff_ffff_ffff | UInt64(secondPortions) << 40,
      word1: UInt64(bitPattern: total),
      word2: UInt64(phase) | UInt64(min(phaseDone, 1 << 40)) << 5)
  }

  /// The running total of the second drug, never less than `known`, which a bin's slot holds.
  func secondTotal(atLeast known: Int64) -> Int64 {
    let base = JournalMark.portions(in: known)
    let ahead = (Int64(secondPortions) - base) & JournalMark.portionMask
    // A mark older than the bin lies behind it.
    if ahead > JournalMark.portionMask / 2 { return known }
    return max(known, (base + ahead) * JournalMark.portion)
  }

  private static func portions(in total: Int64) -> Int64 { (total + portion - 1) / portion }
}
