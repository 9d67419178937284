import PumpHAL

extension SessionStory {
  /// The mass that the programme would have given by each tick if nothing had interrupted it, mg.
  ///
  /// Begins with the first `start`; a confirmed titration bends it; a change of syringe takes as long as it
  /// took. Boluses are not in it: they are asked for, not programmed.
  public var prescribedCourse: [SeriesPoint] {
    guard let prescription, let start = startTick else { return [] }
    var tick = start
    var mass = 0.0
    var syringe = 0
    var points = [SeriesPoint(tick: tick, value: 0)]
    for (index, phase) in prescription.phases.enumerated() {
      if phase.kind == .syringeChange {
        guard let next = phases.first(where: { $0.phase == UInt8(clamping: index + 1) }) else {
          break
        }
        syringe += 1
        tick = max(tick, next.tick)
        points.append(SeriesPoint(tick: tick, value: mass))
        continue
      }
      let concentration =
        syringes.isEmpty
        ? 0 : syringes[min(syringe, syringes.count - 1)].milligramsPerMillilitre
      let end = tick + phase.duration.count
      var slope = prescription.slope(phase.dose, phase.per, concentration)
      for (moment, rate) in confirmedTitrations where moment > tick && moment < end {
        mass += slope * Double(moment - tick)
        tick = moment
        points.append(SeriesPoint(tick: tick, value: mass))
        slope = prescription.slope(rate.dose, rate.per, concentration)
      }
      mass += slope * Double(end - tick)
      tick = end
      points.append(SeriesPoint(tick: tick, value: mass))
    }
    return points.until(endTick)
  }

  private var confirmedTitrations: [(tick: Int64, rate: PrescribedRateStory)] {
    titrations.compactMap { titration in
      if case .confirmed(let tick) = titration.outcome { (tick, titration.new) } else { nil }
    }
  }
}

extension EnteredPrescription {
  /// Mass a tick, mg.
  fileprivate func slope(_ dose: Dose, _ per: Ticks, _ concentration: Double) -> Double {
    per.count > 0
      ? milligrams(dose, milligramsPerMillilitre: concentration) / Double(per.count) : 0
  }
}

extension [SeriesPoint] {
  /// The course up to a tick, with a point there.
  fileprivate func until(_ end: Int64) -> [SeriesPoint] {
    guard let over = firstIndex(where: { $0.tick > end }) else {
      guard let last, last.tick < end else { return self }
      return self + [SeriesPoint(tick: end, value: last.value)]
    }
    guard over > 0, let before = self[over - 1].value, let after = self[over].value else {
      return []
    }
    let span = Double(self[over].tick - self[over - 1].tick)
    let share = Double(end - self[over - 1].tick) / span
    return self[..<over] + [SeriesPoint(tick: end, value: before + (after - before) * share)]
  }

  /// The value at a tick on the straight lines between the points; nil outside them.
  public func value(at tick: Int64) -> Double? {
    guard let first, let last, tick >= first.tick, tick <= last.tick,
      let over = firstIndex(where: { $0.tick >= tick }), let after = self[over].value
    else { return nil }
    if self[over].tick == tick || over == 0 { return after }
    guard let before = self[over - 1].value else { return nil }
    let span = Double(self[over].tick - self[over - 1].tick)
    return before + (after - before) * Double(tick - self[over - 1].tick) / span
  }
}
