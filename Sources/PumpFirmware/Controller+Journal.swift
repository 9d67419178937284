import PumpHAL

extension Controller {
  /// The ticks that belong to the monitor's writes.
  private static let monitorTick: Int64 = 50

  /// The write of this tick, if anything waits.
  @inline(__always) mutating func nextJournalEntry() -> JournalEntry? {
    if journal.isEmpty || now % ticksPerSecond == Controller.monitorTick { return nil }
    guard let slot = journal.next() else { return nil }
    return entry(for: slot)
  }

  private mutating func entry(for slot: UInt16) -> JournalEntry {
    let sequence = journal.takeSequence()
    func make(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64) -> JournalEntry {
      JournalEntry(
        slot: slot, sequence: sequence, word0: word0, word1: word1, word2: word2 & 0xffff_ffff_ffff)
    }
    switch slot {
    case JournalSlot.header:
      let flags: UInt64 = (isConfirmed ? 1 : 0) | (isReactionHold ? 2 : 0)
      let word0 =
        UInt64(generation) | UInt64(mode.rawValue) << 16 | flags << 24
        | UInt64(prescriptionChecksum()) << 32
      return make(word0, UInt64(bitPattern: now), UInt64(clamping: account.earlierVolume))
    case JournalSlot.mark: return markEntry(sequence: sequence)
    case JournalSlot.account:
      return make(
        UInt64(clamping: account.earlierLoading), UInt64(clamping: account.earlierBasal),
        UInt64(clamping: account.primed.whole))
    case JournalSlot.bolus:
      return make(
        UInt64(bitPattern: bolus.lockoutEnd), UInt64(bolus.granted) | UInt64(bolus.denied) << 32,
        UInt64(clamping: account.earlierBolus))
    case JournalSlot.secondAccount:
      return make(
        UInt64(clamping: account.earlierSecondLoading),
        UInt64(clamping: account.earlierSecondBasal),
        UInt64(clamping: account.earlierSecondBolus))
    case JournalSlot.drugs:
      return make(UInt64(history.drug) | UInt64(secondHistory.drug) << 16, 0, 0)
    case JournalSlot.grants..<JournalSlot.prescription:
      let time = bolus.grants[Int(slot - JournalSlot.grants)]
      return make(UInt64(bitPattern: time), 0, 0)
    case JournalSlot.prescription..<JournalSlot.prescription + JournalSlot.prescriptionCount:
      var window = JournalWindow(
        offset: Int32(slot - JournalSlot.prescription) * JournalWindow.length)
      prescription.encode(to: &window)
      return make(window.word0, window.word1, window.word2 | UInt64(generation) << 32)
    case JournalSlot.history..<JournalSlot.historyEnd:
      return history.entry(slot, offset: slot - JournalSlot.history, sequence: sequence)
    case JournalSlot.access:
      return make(access.nurse.packed, access.pharmacist.packed, access.service.packed)
    default:
      return secondHistory.entry(
        slot, offset: slot - JournalSlot.secondHistory, sequence: sequence)
    }
  }

  /// Moves the mark ahead of what is delivered, or back onto it where nothing moves forward.
  ///
  /// - Requirements: @relation(R-006, scope=line)
  private mutating func markEntry(sequence: UInt32) -> JournalEntry {
    let isForward = mode == .infusing || mode == .keepOpen
    let ahead = isForward ? portion : 0
    mark = account.delivered.rounded + ahead
    // What lies between delivered and mark counts as delivered after a power loss: to the caps as
    // its mass, to the phase as its own, so that nothing is ever given twice.
    let total = programme.phase < prescription.phaseCount ? phaseTotal() : .zero
    let done = max(0, (total - programme.left).rounded + ahead)
    return JournalMark(
      delivered: mark, total: history.total + ahead * countedMassPerStep,
      secondTotal: secondHistory.total + ahead * secondMassPerStep, phase: programme.phase,
      phaseDone: done
    ).entry(sequence: sequence)
  }

  /// Microsteps of the whole phase that runs.
  private mutating func phaseTotal() -> StepAmount {
    let phase = prescription.phases[Int(programme.phase)]
    return phase.kind == .syringeChange ? .zero : conversions.steps(in: phase)
  }

  /// A new bin began: its slot and the time are journalled.
  mutating func journalBin(_ window: CapWindow) {
    let base = JournalSlot.history + UInt16(window.rawValue) * DoseCap.slotCount
    let newest: Int32
    switch window {
    case .oneHour: newest = history.oneHour.newest
    case .fourHours: newest = history.fourHours.newest
    case .day: newest = history.day.newest
    }
    journal.want(base + UInt16(newest / 2))
    advanceSecond(window)
    journal.want(JournalSlot.header)
  }

  /// Checksum of the whole encoding of the prescription.
  private mutating func prescriptionChecksum() -> UInt32 {
    var crc = CRC32C()
    prescription.encode(to: &crc)
    return crc.value
  }

  /// Rebuilds what the memory holds; what cannot be trusted is refused later, not guessed.
  ///
  /// - Requirements: @relation(R-006, R-106, scope=line)
  mutating func restore(from memory: Span<JournalEntry>) {
    guard memory.count == Int(JournalEntry.slotCount * JournalEntry.copyCount) else { return }
    journal.sequence = newestSequence(in: memory) &+ 1
    guard wasWritten(JournalSlot.header, in: memory) else { return }
    guard let header = newestCopy(of: JournalSlot.header, in: memory),
      let markEntry = newestCopy(of: JournalSlot.mark, in: memory)
    else {
      // Something was in use and cannot be read: nothing may be delivered before a new patient.
      history.oneHour.isTrusted = false
      return
    }
    now = Int64(bitPattern: header.word1)
    restoreAccess(memory)
    let mark = JournalMark(markEntry)
    restoreHistory(memory, mark)
    restoreBoluses(memory)
    restorePrescription(memory, header: header, mark: mark)
    journal.want(JournalSlot.header)
  }

  // @relation(R-029, R-030, scope=line)
  private mutating func restoreHistory(_ memory: Span<JournalEntry>, _ mark: JournalMark) {
    history.restore(from: memory, firstSlot: JournalSlot.history, total: mark.total)
    // What the mark holds of the second drug is told by what its bins hold.
    secondHistory.restore(from: memory, firstSlot: JournalSlot.secondHistory, total: .max)
    secondHistory.total = mark.secondTotal(atLeast: secondHistory.newestTotal())
    if let entry = newestCopy(of: JournalSlot.drugs, in: memory) {
      history.drug = UInt16(truncatingIfNeeded: entry.word0)
      secondHistory.drug = UInt16(truncatingIfNeeded: entry.word0 >> 16)
    } else if wasWritten(JournalSlot.drugs, in: memory) {
      // Of what it is a history nobody knows.
      history.oneHour.isTrusted = false
    }
    // A bin may have begun after the header was last written.
    now = max(now, history.oneHour.binEnd - history.oneHour.binTicks)
    if secondHistory.drug != 0 {
      now = max(now, secondHistory.oneHour.binEnd - secondHistory.oneHour.binTicks)
    }
    // The monitor counts its seconds from power-on, and writes in the middle of each: in step with it
    // neither writes over the other. Bins begin with a second, so this leaves none.
    now -= now % ticksPerSecond
  }

  /// An unreadable slot of codes locks nobody out: stop and pause need no code, all else needs the
  /// right one anyway.
  private mutating func restoreAccess(_ memory: Span<JournalEntry>) {
    guard let entry = newestCopy(of: JournalSlot.access, in: memory) else { return }
    access.nurse = AccessControl.Lock(packed: entry.word0)
    access.pharmacist = AccessControl.Lock(packed: entry.word1)
    access.service = AccessControl.Lock(packed: entry.word2)
  }

  // @relation(R-021, R-022, scope=line)
  private mutating func restoreBoluses(_ memory: Span<JournalEntry>) {
    if let entry = newestCopy(of: JournalSlot.bolus, in: memory) {
      bolus.lockoutEnd = Int64(bitPattern: entry.word0)
      bolus.granted = UInt32(truncatingIfNeeded: entry.word1)
      bolus.denied = UInt32(truncatingIfNeeded: entry.word1 >> 32)
      account.earlierBolus = Int64(clamping: entry.word2)
    } else if wasWritten(JournalSlot.bolus, in: memory) {
      // An unreadable lockout is taken to have begun now, at its longest.
      bolus.lockoutEnd = now + 24 * ticksPerHour
    }
    var latest: Int64 = -1
    for index in 0..<12 {
      let slot = JournalSlot.grants + UInt16(index)
      if let entry = newestCopy(of: slot, in: memory) {
        bolus.grants[index] = Int64(bitPattern: entry.word0)
      } else if wasWritten(slot, in: memory) {
        bolus.grants[index] = now
      }
      if bolus.grants[index] > latest {
        latest = bolus.grants[index]
        bolus.nextGrant = Int32((index + 1) % 12)
      }
    }
  }

  private mutating func restorePrescription(
    _ memory: Span<JournalEntry>, header: JournalEntry, mark: JournalMark
  ) {
    generation = UInt16(truncatingIfNeeded: header.word0)
    let flags = header.word0 >> 24 & 0xff
    isReactionHold = flags & 2 != 0
    guard flags & 1 != 0 else { return }
    var bytes = JournalBytes()
    for index in 0..<Int(JournalSlot.prescriptionCount) {
      if let entry = newestCopy(of: JournalSlot.prescription + UInt16(index), in: memory) {
        bytes.place(entry, at: index)
      }
    }
    let restored = Prescription(from: &bytes)
    var crc = CRC32C()
    restored.encode(to: &crc)
    guard !bytes.hasFailed, crc.value == UInt32(truncatingIfNeeded: header.word0 >> 32) else {
      aftermath.insert(.memoryFault)
      return
    }
    prescription = restored
    configure()
    isConfirmed = true
    restoreProgress(memory, header: header, mark: mark)
  }

  private mutating func restoreProgress(
    _ memory: Span<JournalEntry>, header: JournalEntry, mark: JournalMark
  ) {
    account.earlierVolume = Int64(clamping: header.word2)
    if let entry = newestCopy(of: JournalSlot.account, in: memory) {
      account.earlierLoading = Int64(clamping: entry.word0)
      account.earlierBasal = Int64(clamping: entry.word1)
      account.primed = StepAmount(whole: Int64(clamping: entry.word2))
    }
    if let entry = newestCopy(of: JournalSlot.secondAccount, in: memory) {
      account.earlierSecondLoading = Int64(clamping: entry.word0)
      account.earlierSecondBasal = Int64(clamping: entry.word1)
      account.earlierSecondBolus = Int64(clamping: entry.word2)
    }
    let delivered = mark.delivered
    startPhase(mark.phase)
    let done = StepAmount(whole: mark.phaseDone)
    programme.left = done < programme.left ? programme.left - done : .zero
    splitAccount(delivered: delivered, phaseDone: done.whole)
    reservoirLeft = loadedSteps() - account.primed - StepAmount(whole: delivered)
    if reservoirLeft.whole < 0 { reservoirLeft = .zero }
    self.mark = 0
    let wasMode = PumpMode(rawValue: UInt8(truncatingIfNeeded: header.word0 >> 16))
    if wasMode?.isMoving == true { aftermath.insert(.powerLost) }
    isResumable =
      programme.phase < prescription.phaseCount && wasMode != .off && wasMode != .complete
  }

  /// Shares what this load delivered among loading, basal and boluses, phase by phase.
  private mutating func splitAccount(delivered: Int64, phaseDone: Int64) {
    var loading: Int64 = 0
    var basal: Int64 = 0
    for index in 0..<Int(min(programme.phase + 1, prescription.phaseCount)) {
      let phase = prescription.phases[index]
      if phase.kind == .syringeChange {
        loading = 0
        basal = 0
        continue
      }
      let steps =
        index == Int(programme.phase) ? phaseDone : conversions.steps(in: phase).rounded
      if phase.kind == .loading { loading += steps } else { basal += steps }
    }
    account.loading = StepAmount(whole: min(loading, delivered))
    account.basal = StepAmount(whole: min(basal, delivered - account.loading.whole))
    account.bolus = StepAmount(whole: delivered - account.loading.whole - account.basal.whole)
  }
}

extension DoseHistory {
  /// The entry for the slot that lies `offset` behind the first of this history.
  mutating func entry(_ slot: UInt16, offset: UInt16, sequence: UInt32) -> JournalEntry {
    let index = offset % DoseCap.slotCount
    let pair: (first: Int64, second: Int64)
    let bin: UInt32
    switch offset / DoseCap.slotCount {
    case 0:
      pair = oneHour.pair(index)
      bin = oneHour.lastBin(in: index)
    case 1:
      pair = fourHours.pair(index)
      bin = fourHours.lastBin(in: index)
    default:
      pair = day.pair(index)
      bin = day.lastBin(in: index)
    }
    return JournalEntry(
      slot: slot, sequence: sequence, word0: UInt64(bitPattern: pair.first),
      word1: UInt64(bitPattern: pair.second), word2: UInt64(bin))
  }

  /// Rebuilds total and windows from the slots of this history.
  mutating func restore(
    from memory: borrowing Span<JournalEntry>, firstSlot: UInt16, total: Int64
  ) {
    self.total = total
    oneHour.restore(from: memory, firstSlot: firstSlot, total: total)
    fourHours.restore(from: memory, firstSlot: firstSlot + DoseCap.slotCount, total: total)
    day.restore(from: memory, firstSlot: firstSlot + 2 * DoseCap.slotCount, total: total)
  }
}

extension DoseCap {
  /// The two totals that share slot `slot` of this window.
  mutating func pair(_ slot: UInt16) -> (first: Int64, second: Int64) {
    let even = Int(slot) * 2
    return (totals[even], even + 1 < 61 ? totals[even + 1] : 0)
  }

  /// The last bin that began in slot `slot` of this window.
  func lastBin(in slot: UInt16) -> UInt32 {
    let even = Int32(slot) * 2
    // Bins back from the newest to the odd or the even half, whichever is younger.
    let odd = even + 1 < 61 ? even + 1 : even
    let backOdd = (newest - odd + 61) % 61
    let backEven = (newest - even + 61) % 61
    let back = UInt32(min(backOdd, backEven))
    return binNumber >= back ? binNumber - back : 0
  }
}
