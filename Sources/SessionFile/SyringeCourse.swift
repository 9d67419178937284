import Catalogue
import PumpHAL

/// One syringe, and what the programme gives out of it.
struct SyringeSpan {
  var syringe: SyringeEntry
  var fill: Located<Volume>
  var prime: Volume
  var concentration: Located<Concentration>
  /// Of the second drug; zero where there is none of it.
  var secondConcentration = Concentration.zero
  var prescription: Prescription
  /// When its first phase begins while nothing interrupts the programme.
  var begin: Ticks
  var phases: [Located<ProgrammePhase>]

  /// When its last phase ends.
  var end: Ticks { phases.reduce(begin) { $0 + $1.value.duration } }

  /// What can leave it through the needle.
  var available: Volume { fill.value - syringe.deadSpace - prime }

  /// What the programme takes from it in its first `time`, rounded up.
  func volume(in time: Ticks) -> Volume {
    var left = time
    var volume = Volume.zero
    for phase in phases where left > .zero {
      volume += prescription.volume(of: phase.value, in: left)
      left -= phase.value.duration
    }
    return volume
  }
}

/// The programme, syringe by syringe.
struct SyringeCourse {
  var spans: [SyringeSpan]

  /// Nil where something that it needs is missing.
  init?(_ draft: Draft) {
    guard let programme = draft.programme, let syringe = draft.syringe, let fill = draft.fill,
      let concentration = draft.concentration, let patient = draft.patientMass
    else { return nil }
    spans = [
      SyringeSpan(
        syringe: syringe.value, fill: fill, prime: draft.prime ?? .zero,
        concentration: concentration,
        prescription: Prescription(patient: patient, concentration: concentration.value),
        begin: .zero, phases: [])
    ]
    spans[0].secondConcentration = draft.second?.concentration?.value ?? .zero
    for step in programme {
      let last = spans.count - 1
      switch step.value {
      case .phase(let phase):
        spans[last].phases.append(Located(value: phase, place: step.place))
      case .change(let change):
        spans.append(
          SyringeSpan(
            syringe: change.syringe, fill: Located(value: change.fill, place: step.place),
            prime: .zero,
            concentration: Located(value: change.concentration, place: step.place),
            prescription: Prescription(patient: patient, concentration: change.concentration),
            begin: spans[last].end + change.delay, phases: []))
        spans[last + 1].secondConcentration = change.secondConcentration ?? .zero
      }
    }
  }

  /// The same course with the masses of the second drug.
  var ofSecond: SyringeCourse {
    var course = self
    for index in course.spans.indices {
      let concentration = course.spans[index].secondConcentration
      course.spans[index].concentration.value = concentration
      course.spans[index].prescription.second = concentration
    }
    return course
  }

  /// The syringe in the pump at `time` while nothing interrupts the programme.
  func span(at time: Ticks) -> SyringeSpan {
    spans.first { time <= $0.end } ?? spans[spans.count - 1]
  }

  /// Every phase, with the syringe it comes from and when it begins.
  var phases: [(span: SyringeSpan, phase: Located<ProgrammePhase>, begin: Ticks)] {
    spans.flatMap { span in
      var begin = span.begin
      return span.phases.map { phase in
        defer { begin += phase.value.duration }
        return (span, phase, begin)
      }
    }
  }
}

extension Reading {
  /// Every part of the programme has to fit its syringe, less dead space and priming.
  func checkReservoir(_ draft: Draft, _ course: SyringeCourse) {
    for (index, span) in course.spans.enumerated() {
      let needed = span.volume(in: span.end - span.begin)
      guard needed > span.available else { continue }
      let short = needed - span.available
      let full = needed + span.syringe.deadSpace + span.prime
      let parts =
        "\(span.fill.value.shown) less \(span.syringe.deadSpace.shown) dead space"
        + (span.prime > .zero ? " and \(span.prime.shown) priming" : "")
      note(
        span.fill.place,
        "\(index == 0 ? "the programme" : "what follows the change of syringe") needs "
          + "\(needed.shown), the syringe gives \(span.available.shown) (\(parts)): "
          + "\(short.shownUp) short",
        full <= span.syringe.capacity
          ? "fill at least \(full.shownUp), or shorten the programme"
          : "take a syringe that holds \(full.shownUp), a higher concentration, a shorter "
            + "programme or a change of syringe")
    }
    checkUnplannedChanges(draft, course)
  }

  /// A syringe that is fitted at an event has to last until the next planned one.
  private func checkUnplannedChanges(_ draft: Draft, _ course: SyringeCourse) {
    for event in draft.events ?? [] {
      guard case .changeSyringe(let change) = event.value.kind else { continue }
      let span = course.span(at: event.value.at)
      guard event.value.at <= span.end else { continue }
      var rest = span
      rest.prescription.concentration = change.concentration
      let all = rest.volume(in: span.end - span.begin)
      let before = rest.volume(in: max(.zero, event.value.at - span.begin))
      let needed = max(.zero, all - before)
      let available = change.fill - change.syringe.deadSpace
      guard needed > available else { continue }
      note(
        event.place,
        "the programme needs another \(needed.shown) at \(event.value.at.shown), the new syringe "
          + "gives \(available.shown): \((needed - available).shownUp) short",
        "fill at least \((needed + change.syringe.deadSpace).shownUp)")
    }
  }
}

extension Volume {
  /// In mL, rounded up to 0.001 mL.
  var shownUp: String {
    Volume(picolitres: (picolitres + 999_999) / 1_000_000 * 1_000_000).shown
  }
}
