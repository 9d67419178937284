import PumpHAL

// How the dose windows are written to the memory and read back, the same for each drug of a mixture:
// groups of five closed cells, and what the cells that fill hold.

extension ProtectiveMonitor {
  /// The dose window of a length; for the journal, not for every tick.
  private mutating func with<Result>(
    _ window: CapWindow, _ body: (inout DoseWindow) -> Result
  ) -> Result {
    switch window {
    case .oneHour: body(&hour)
    case .fourHours: body(&fourHours)
    case .day: body(&day)
    }
  }

  /// The window and the first cell of a group of five.
  private static func place(of group: UInt8) -> (window: CapWindow, first: Int) {
    let window: CapWindow =
      switch group / 12 {
      case 0: .oneHour
      case 1: .fourHours
      default: .day
      }
    return (window, Int(group % 12) * 5)
  }

  /// What the cell that fills holds, and which it is; until the group of the cell before is written,
  /// both as one.
  mutating func putPartial(of part: MixturePart, _ bits: inout JournalBits) {
    let solution = confirmed.solution
    for window in CapWindow.allCases {
      let position = position(of: window)
      let before = DoseWindow.position(before: position)
      let isMerged = journal.isWaiting(window, position: before, of: part)
      let mass = with(window) {
        $0.partial(of: part, solution) + (isMerged ? $0.cell(Int(before), of: part) : 0)
      }
      bits.put(mass, bits: 52)
      bits.put(Int64(isMerged ? before : position), bits: 6)
    }
  }

  /// Five closed cells of a drug.
  mutating func putGroup(_ group: UInt8, of part: MixturePart, _ bits: inout JournalBits) {
    let (window, first) = Self.place(of: group)
    for index in first..<first + 5 {
      bits.put(with(window) { $0.cell(index, of: part) }, bits: 35)
    }
  }

  /// Reads the windows: closed cells, then the place, then what the cells that filled held.
  mutating func restoreHistory(_ state: inout JournalBits, _ memory: Span<JournalEntry>) {
    let positions = (state.take(bits: 6), state.take(bits: 6), state.take(bits: 6))
    let ages = (state.take(bits: 13), state.take(bits: 15), state.take(bits: 18))
    restoreCells(of: .leading, from: .history, memory)
    restoreCells(of: .second, from: .secondHistory, memory)
    hour.restore(position: UInt8(positions.0), age: ages.0)
    fourHours.restore(position: UInt8(positions.1), age: ages.1)
    day.restore(position: UInt8(positions.2), age: ages.2)
    restorePartial(of: .leading, from: .partial, memory)
    restorePartial(of: .second, from: .secondPartial, memory)
  }

  private mutating func restoreCells(
    of part: MixturePart, from slot: JournalSlot, _ memory: Span<JournalEntry>
  ) {
    for group in 0..<36 as Range<UInt8> {
      guard var bits = newest(offset: slot.rawValue + group, memory) else { continue }
      let (window, first) = Self.place(of: group)
      for index in first..<first + 5 {
        let mass = bits.take(bits: 35)
        with(window) { $0.restore(cell: index, mass: mass, of: part) }
      }
    }
  }

  private mutating func restorePartial(
    of part: MixturePart, from slot: JournalSlot, _ memory: Span<JournalEntry>
  ) {
    guard var bits = newest(slot, memory) else { return }
    for window in CapWindow.allCases {
      let mass = bits.take(bits: 52)
      let position = UInt8(bits.take(bits: 6))
      with(window) { $0.restore(partial: mass, at: position, of: part) }
    }
  }
}
