import PumpHAL

// Two drugs in one syringe: what the second asks for beside the leading one.
//
// Both are counted from the same steps. A history belongs to the drug that it counts: a syringe
// with other drugs is refused until there is a new patient, because a cap is a mass of one drug.

extension Controller {
  /// Whether every window of the second drug leaves room for a bolus of `dose`.
  mutating func isSecondAllowed(in dose: Dose) -> Bool {
    guard secondMassPerStep > 0 else { return true }
    // As for the leading drug: the last step may be a whole one, and is counted a step early.
    let mass =
      conversions.nanograms(in: dose, of: .second) * DoseHistory.unitsPerNanogram
      + 2 * secondMassPerStep
    return secondHistory.allows(
      bolus: mass, basalPerBin: programme.secondPerBin, caps: secondCaps, now: now)
  }

  /// Whether what was counted so far is of the drugs that `prescription` names.
  mutating func isHistoryOf(_ prescription: Prescription) -> Bool {
    history.isOf(prescription.drug) && secondHistory.isOf(prescription.second)
  }

  /// Ties the histories to the drugs that were confirmed.
  mutating func nameHistories() {
    let wasMixture = secondHistory.drug != 0
    let (leading, second) = (history.drug, secondHistory.drug)
    history.drug = prescription.drug.number
    if prescription.isMixture { secondHistory.drug = prescription.second.number }
    if prescription.isMixture, !wasMixture {
      secondHistory.begin(at: now)
      wantSecondHistory()
    }
    if history.drug != leading || secondHistory.drug != second { journal.want(JournalSlot.drugs) }
    if prescription.isMixture || wasMixture { journal.want(JournalSlot.secondAccount) }
  }

  /// A new bin of `window` began for the leading drug, and so for the second.
  mutating func advanceSecond(_ window: CapWindow) {
    guard secondHistory.drug != 0 else { return }
    let newest = secondHistory.openBin(of: window, at: now)
    journal.want(
      JournalSlot.secondHistory + UInt16(window.rawValue) * DoseCap.slotCount
        + UInt16(newest / 2))
  }

  /// Has the whole dose history of the second drug journalled.
  mutating func wantSecondHistory() {
    journal.want(JournalSlot.secondHistory, count: 3 * DoseCap.slotCount)
  }
}

extension DoseHistory {
  /// Whether it is, or may become, the history of `drug`.
  func isOf(_ drug: PrescribedDrug) -> Bool {
    !drug.isPresent || self.drug == 0 || self.drug == drug.number || total == 0
  }

  /// Begins empty at `tick`.
  mutating func begin(at tick: Int64) {
    oneHour.begin(at: tick)
    fourHours.begin(at: tick)
    day.begin(at: tick)
  }

  /// Moves one window on to `now` and gives the index of the bin that runs.
  fileprivate mutating func openBin(of window: CapWindow, at now: Int64) -> Int32 {
    switch window {
    case .oneHour:
      _ = oneHour.advance(to: now, total: total)
      return oneHour.newest
    case .fourHours:
      _ = fourHours.advance(to: now, total: total)
      return fourHours.newest
    case .day:
      _ = day.advance(to: now, total: total)
      return day.newest
    }
  }

  /// The larger of the totals at the start of the bins that run, 2^-16 ng: no less was given.
  mutating func newestTotal() -> Int64 {
    max(
      oneHour.totals[Int(oneHour.newest)], fourHours.totals[Int(fourHours.newest)],
      day.totals[Int(day.newest)])
  }
}
