import PumpHAL

// What survives power loss: dose history, boluses, and the programme with the place in it.
// While there is no power no time passes for the monitor: it never sees the clock, so its windows
// hold what they held, which errs on the safe side.

extension ProtectiveMonitor {
  /// The next write, if any waits.
  mutating func nextEntry() -> JournalEntry? {
    guard let slot = journal.next() else { return nil }
    journal.sequence &+= 1
    let bits = fields(of: slot)
    return JournalEntry(
      slot: JournalEntry.firstMonitorSlot + UInt16(slot), sequence: journal.sequence,
      word0: bits.word0, word1: bits.word1, word2: bits.word2)
  }

  private mutating func fields(of slot: UInt8) -> JournalBits {
    var bits = JournalBits()
    switch JournalSlot(rawValue: slot) {
    case .state: putState(&bits)
    case .partial: putPartial(of: .leading, &bits)
    case .secondPartial: putPartial(of: .second, &bits)
    case .boluses:
      for number in 1...11 {
        // In steps of 2 s, rounded down: a bolus looks younger, never older.
        let age = (now - boluses.time(last: number)) / 200
        bits.put(age, bits: 16)
      }
    case .bolus:
      bits.put(Prescription.cut(confirmed.bolus.amount), bits: 56)
      bits.put(Int64(confirmed.bolus.basis.rawValue), bits: 2)
      bits.put(confirmed.lockout, bits: 32)
      bits.put(Int64(confirmed.bolusMaximum), bits: 8)
      bits.put(confirmed.bolusFlow, bits: 32)
      bits.put(Int64(confirmed.reactionOrder.rawValue), bits: 2)
      bits.put(Int64(journal.generation), bits: 8)
    case .drug:
      bits.put(confirmed.concentration, bits: 52)
      bits.put(confirmed.doseRateLimit, bits: 52)
      bits.put(confirmed.bolusLimit, bits: 52)
      bits.put(Int64(confirmed.drug), bits: 16)
    case .secondDrug:
      bits.put(confirmed.second.concentration, bits: 52)
      bits.put(confirmed.second.doseRateLimit, bits: 52)
      bits.put(confirmed.second.bolusLimit, bits: 52)
      bits.put(Int64(confirmed.second.number), bits: 16)
    case .secondCaps:
      for index in 0..<3 { bits.put(confirmed.second.caps[index], bits: 48) }
      bits.put(Int64(journal.generation), bits: 8)
    case .limits:
      bits.put(confirmed.bodyMass, bits: 32)
      bits.put(confirmed.flowLimit, bits: 32)
      bits.put(confirmed.occlusion, bits: 32)
      bits.put(confirmed.keepOpen, bits: 32)
      bits.put(Int64(journal.generation), bits: 8)
    case .syringe:
      bits.put(confirmed.area, bits: 32)
      bits.put(Int64(confirmed.friction), bits: 32)
      bits.put(Int64(confirmed.syringeCompliance), bits: 32)
      bits.put(Int64(confirmed.lineCompliance), bits: 32)
      bits.put(confirmed.diameter, bits: 16)
    case .caps:
      for index in 0..<3 { bits.put(confirmed.caps[index], bits: 48) }
      bits.put(Int64(journal.generation), bits: 8)
    case .access: access.put(&bits, now: now)
    case .phase, .history, .secondHistory, nil: putCells(slot, &bits)
    }
    return bits
  }

  private mutating func putState(_ bits: inout JournalBits) {
    let flags: Int64 =
      (mode == .running || mode == .backwardOnly ? 1 : 0) | (needsClinician ? 2 : 0)
    let place = envelope.journalled
    bits.put(flags, bits: 4)
    bits.put(Int64(confirmed.phaseCount), bits: 5)
    bits.put(Int64(place.earliest), bits: 5)
    bits.put(Int64(place.latest), bits: 5)
    bits.put(Int64(journal.generation), bits: 8)
    // In µL from −1 L, rounded to the permissive side.
    bits.put(place.earliestDone / 1_000_000_000_000 + 999_999, bits: 21)
    bits.put(place.latestDone / 1_000_000_000_000 + 1_000_001, bits: 21)
    bits.put(Int64(hour.position), bits: 6)
    bits.put(Int64(fourHours.position), bits: 6)
    bits.put(Int64(day.position), bits: 6)
    bits.put(hour.age, bits: 13)
    bits.put(fourHours.age, bits: 15)
    bits.put(day.age, bits: 18)
    bits.put(Int64(latched.contains(.overInfusion) ? 1 : 0), bits: 1)
    bits.put(Int64(latched.contains(.watchdog) ? 1 : 0), bits: 1)
    bits.put(retraction.isHeld ? 1 : 0, bits: 1)
  }

  private mutating func putCells(_ slot: UInt8, _ bits: inout JournalBits) {
    if slot >= JournalSlot.secondHistory.rawValue {
      putGroup(slot - JournalSlot.secondHistory.rawValue, of: .second, &bits)
    } else if slot >= JournalSlot.history.rawValue {
      putGroup(slot - JournalSlot.history.rawValue, of: .leading, &bits)
    } else if slot < JournalSlot.phase.rawValue + 16 {
      let phase = confirmed.phases[Int(slot - JournalSlot.phase.rawValue)]
      bits.put(Prescription.cut(phase.dose.amount), bits: 56)
      bits.put(Int64(phase.dose.basis.rawValue), bits: 2)
      bits.put(Int64(phase.kind.rawValue), bits: 2)
      bits.put(phase.per.count, bits: 32)
      bits.put(phase.duration.count, bits: 32)
      bits.put(Int64(journal.generation), bits: 8)
    }
  }

  // MARK: Power-on

  /// Puts back what the memory held.
  ///
  /// - Requirements: @relation(R-006, R-030, scope=line)
  mutating func restore(_ memory: Span<JournalEntry>) {
    if var bits = newest(.access, memory) { access.take(&bits) }
    guard var state = newest(.state, memory) else { return }
    let flags = state.take(bits: 4)
    let phaseCount = UInt8(truncatingIfNeeded: state.take(bits: 5))
    let earliest = UInt8(truncatingIfNeeded: state.take(bits: 5))
    let latest = UInt8(truncatingIfNeeded: state.take(bits: 5))
    journal.generation = UInt8(truncatingIfNeeded: state.take(bits: 8))
    let earliestDone = (state.take(bits: 21) - 1_000_000) * 1_000_000_000_000
    let latestDone = (state.take(bits: 21) - 1_000_000) * 1_000_000_000_000
    restoreHistory(&state, memory)
    if state.take(bits: 1) == 1 { latched.insert(.overInfusion) }
    if state.take(bits: 1) == 1 { latched.insert(.watchdog) }
    if state.take(bits: 1) == 1 {
      latched.insert(.downstreamOcclusion)
      retraction.isHeld = true
    }
    needsClinician = flags & 2 != 0
    restoreBoluses(memory)
    let isWhole = restoreProgramme(Swift.min(phaseCount, 16), memory)
    entered = confirmed
    fitPressure()
    // What halved or titrated before the loss of power is not known: as slow as can be set.
    let slowest = Prescription.perTick(powerOn.configuration.basalMinimum.nanolitresPerHour / 4)
    progress.allow(slowest, step: Attolitres(area: area, travel: motion.microstep))
    if isWhole, phaseCount > 0 {
      envelope.adopt(&confirmed, powerOn.configuration)
      envelope.journalled = (earliest, earliestDone, latest, latestDone)
      asksResume = true
    } else {
      confirmed.phaseCount = 0
      entered.phaseCount = 0
    }
    limitDose()
  }

  private mutating func restoreBoluses(_ memory: Span<JournalEntry>) {
    guard var bits = newest(.boluses, memory) else { return }
    var ages = InlineArray<11, Int64>(repeating: 0)
    for index in 0..<11 { ages[index] = bits.take(bits: 16) }
    for index in 0..<11 {
      let age = ages[10 - index]
      boluses.note(age == 0xffff ? BolusCount.never : now - age * 200)
    }
  }

  /// Reads the programme; false when a part of it is missing or belongs to another.
  private mutating func restoreProgramme(_ count: UInt8, _ memory: Span<JournalEntry>) -> Bool {
    guard var bolus = newest(.bolus, memory), var drug = newest(.drug, memory),
      var limits = newest(.limits, memory), var syringe = newest(.syringe, memory),
      var caps = newest(.caps, memory)
    else { return false }
    confirmed.bolus = dose(&bolus)
    confirmed.lockout = bolus.take(bits: 32)
    confirmed.bolusMaximum = UInt8(truncatingIfNeeded: bolus.take(bits: 8))
    confirmed.bolusFlow = bolus.take(bits: 32)
    confirmed.reactionOrder = bolus.take(bits: 2) == 1 ? .halve : .stop
    var isWhole = bolus.take(bits: 8) == Int64(journal.generation)
    confirmed.concentration = drug.take(bits: 52)
    confirmed.doseRateLimit = drug.take(bits: 52)
    confirmed.bolusLimit = drug.take(bits: 52)
    confirmed.drug = UInt16(truncatingIfNeeded: drug.take(bits: 16))
    isWhole = restoreSecond(memory) && isWhole
    confirmed.bodyMass = limits.take(bits: 32)
    confirmed.flowLimit = limits.take(bits: 32)
    confirmed.occlusion = limits.take(bits: 32)
    confirmed.keepOpen = limits.take(bits: 32)
    isWhole = limits.take(bits: 8) == Int64(journal.generation) && isWhole
    confirmed.area = Prescription.cut(syringe.take(bits: 32), to: 1_000_000_000)
    confirmed.friction = Int32(truncatingIfNeeded: syringe.take(bits: 32))
    confirmed.syringeCompliance = Int32(truncatingIfNeeded: syringe.take(bits: 32))
    confirmed.lineCompliance = Int32(truncatingIfNeeded: syringe.take(bits: 32))
    confirmed.diameter = syringe.take(bits: 16)
    for index in 0..<3 { confirmed.caps[index] = caps.take(bits: 48) }
    isWhole = caps.take(bits: 8) == Int64(journal.generation) && isWhole
    confirmed.phaseCount = count
    for index in 0..<Int(count) {
      guard var bits = newest(offset: JournalSlot.phase.rawValue + UInt8(index), memory) else {
        return false
      }
      let dose = dose(&bits)
      let kind = PhaseKind(rawValue: UInt8(truncatingIfNeeded: bits.take(bits: 2))) ?? .basal
      confirmed.phases[index] = ProgrammePhase(
        kind: kind, dose: dose, per: Ticks(count: bits.take(bits: 32)),
        duration: Ticks(count: bits.take(bits: 32)))
      isWhole = bits.take(bits: 8) == Int64(journal.generation) && isWhole
    }
    return isWhole
  }

  /// Reads the second drug, where there ever was one; false when a part of it is missing.
  private mutating func restoreSecond(_ memory: Span<JournalEntry>) -> Bool {
    guard var drug = newest(.secondDrug, memory) else { return true }
    journal.hasSecond = true
    confirmed.second.concentration = drug.take(bits: 52)
    confirmed.second.doseRateLimit = drug.take(bits: 52)
    confirmed.second.bolusLimit = drug.take(bits: 52)
    confirmed.second.number = UInt16(truncatingIfNeeded: drug.take(bits: 16))
    guard confirmed.second.concentration > 0 else { return true }
    guard var caps = newest(.secondCaps, memory) else { return false }
    for index in 0..<3 { confirmed.second.caps[index] = caps.take(bits: 48) }
    return caps.take(bits: 8) == Int64(journal.generation)
  }

  private func dose(_ bits: inout JournalBits) -> Dose {
    let amount = bits.take(bits: 56)
    return Dose(
      amount, DoseBasis(rawValue: UInt8(truncatingIfNeeded: bits.take(bits: 2))) ?? .mass)
  }

  mutating func newest(_ slot: JournalSlot, _ memory: Span<JournalEntry>) -> JournalBits? {
    newest(offset: slot.rawValue, memory)
  }

  /// The newer whole copy of a slot; a slot of which no copy is whole makes the history doubtful.
  mutating func newest(
    offset: UInt8, _ memory: Span<JournalEntry>
  ) -> JournalBits? {
    let slot = Int(JournalEntry.firstMonitorSlot) + Int(offset)
    var found: JournalEntry?
    var isWritten = false
    for copy in 0..<Int(JournalEntry.copyCount) {
      let index = copy * Int(JournalEntry.slotCount) + slot
      guard index < memory.count else { continue }
      let entry = memory[index]
      guard entry != JournalEntry.blank else { continue }
      isWritten = true
      guard entry.isWhole, Int(entry.slot) == slot else { continue }
      if found == nil || entry.sequence > (found?.sequence ?? 0) { found = entry }
    }
    guard let found else {
      if isWritten { isHistoryTrusted = false }
      return nil
    }
    journal.sequence = Swift.max(journal.sequence, found.sequence)
    return JournalBits(found)
  }
}
