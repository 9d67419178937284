import Catalogue
import PumpHAL
import Vocabulary

// @relation(R-028, R-032, scope=file)
extension Reading {
  /// The programme alone must stay below every cap, and one bolus must be possible at all.
  ///
  /// - Parameter second: the second drug, where `course` has its masses.
  func checkCaps(
    _ draft: Draft, _ course: SyringeCourse, _ indication: IndicationEntry,
    of second: DrugDraft? = nil
  ) {
    let caps = second == nil ? draft.doseCaps : second?.caps
    let name = second?.drug.map { " of \($0.id)" } ?? ""
    let key = second == nil ? "a `dose` limit of your own under `limits`" : "`caps` of its own"
    let phases = course.phases
    for window in CapWindow.allCases {
      let cap = second?.cap(for: window, indication) ?? draft.cap(for: window, indication)
      let prescribed = caps?.first { $0.value.window == window }
      let origin = prescribed == nil ? "the drug library's soft limit" : "the limit"
      // Each phase is rounded down to 1 ng, which the difference of two sums may show.
      let rounding = Mass(nanograms: Int64(phases.count))
      if let worst = phases.worstWindow(of: window.length), worst.mass > cap.cap + rounding {
        note(
          worst.place,
          "the programme alone gives \(worst.mass.shown)\(name) in \(window.length.shown), "
            + "\(origin) is \(cap.cap.shown)",
          prescribed == nil
            ? "write a lower dose, or \(key)"
            : second == nil
              ? "write a lower dose, or a higher `dose` limit under `limits`"
              : "write a lower dose, or a higher cap")
      }
      if let bolus = draft.patientBolus {
        let mass = course.spans.map { $0.prescription.mass(of: bolus.value.dose).floor }.max()
        if let mass, mass > cap.cap.nanograms {
          note(
            bolus.place,
            "one patient bolus gives \(Mass(nanograms: mass).shown)\(name), \(origin) is "
              + "\(cap.cap.shown) in \(window.length.shown), so that none is ever granted",
            "write a smaller `dose`, or a higher limit")
        }
      }
    }
  }
}

extension [(span: SyringeSpan, phase: Located<ProgrammePhase>, begin: Ticks)] {
  /// The window of `length` in which most is given, and the phase that begins or ends in it.
  ///
  /// Mass over time is made of straight pieces, so the most is found in a window that begins or
  /// ends where a phase does. Pauses only thin it out.
  fileprivate func worstWindow(of length: Ticks) -> (mass: Mass, place: Place)? {
    var worst: (mass: Mass, place: Place)?
    for (_, phase, begin) in self {
      let end = begin + phase.value.duration
      for start in [begin, end, begin - length, end - length] {
        let mass = self.mass(until: start + length) - self.mass(until: start)
        if mass > worst?.mass ?? .zero { worst = (mass, phase.place) }
      }
    }
    return worst
  }

  /// Mass given before `time`, rounded down phase by phase.
  private func mass(until time: Ticks) -> Mass {
    reduce(.zero) { sum, element in
      sum + element.span.prescription.mass(of: element.phase.value, in: time - element.begin)
    }
  }
}
