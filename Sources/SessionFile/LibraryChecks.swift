import Catalogue
import PumpHAL
import Vocabulary

// @relation(R-104, scope=file)
extension Reading {
  /// Notes what passes a hard limit of the drug library; returns what passes a soft one.
  ///
  /// - Parameter second: the second drug, where `course` has its masses.
  func checkLibrary(
    _ draft: Draft, _ course: SyringeCourse, _ indication: IndicationEntry,
    of second: DrugDraft? = nil
  ) -> [SoftExcess] {
    var check = LibraryCheck(
      reading: self, indication: indication, second: second?.drug?.id, isSecond: second != nil)
    for span in course.spans where span.concentration.value > .zero {
      check.concentration(span.concentration)
    }
    for (span, phase, _) in course.phases {
      let prescription = span.prescription
      if phase.value.kind == .loading {
        check.loading(phase.value.dose, prescription, phase.place)
      } else {
        check.doseRate(phase.value.dose, phase.value.per, prescription, phase.place)
      }
    }
    for (order, span) in draft.patientBolus.map({ order in course.spans.map { (order, $0) } }) ?? []
    {
      check.bolus(order.value.dose, span.prescription, order.place)
    }
    if let order = draft.patientBolus { check.lockout(order.value.lockout, order.place) }
    for event in draft.events ?? [] {
      check.event(event, course.span(at: event.value.at).prescription)
    }
    for cap in (second == nil ? draft.doseCaps : second?.caps) ?? [] { check.cap(cap) }
    return check.excesses
  }

  /// The same for a concentration alone, where the programme could not be read.
  func checkConcentration(
    _ concentration: Located<Concentration>, _ indication: IndicationEntry
  ) -> [SoftExcess] {
    var check = LibraryCheck(reading: self, indication: indication)
    check.concentration(concentration)
    return check.excesses
  }
}

/// Judges values against the limits of one indication.
private struct LibraryCheck {
  let reading: Reading
  let indication: IndicationEntry
  /// The second drug's id, where its masses are judged.
  var second: String?
  var isSecond = false
  var excesses: [SoftExcess] = []

  mutating func event(_ event: Located<SessionEvent>, _ prescription: Prescription) {
    switch event.value.kind {
    case .operate(let command):
      switch command.action {
      case .clinicianBolus(let dose, _): bolus(dose, prescription, event.place)
      case .titrate(let dose, let per): doseRate(dose, per, prescription, event.place)
      default: break
      }
    case .changeSyringe(let change):
      let amount = isSecond ? change.secondConcentration ?? .zero : change.concentration
      if amount > .zero { concentration(Located(value: amount, place: event.place)) }
    case .inject, .clear, .dispose: break
    }
  }

  mutating func concentration(_ value: Located<Concentration>) {
    let limits = indication.concentration
    judge(
      limits.verdict(value.value), .concentration, value.place,
      "the concentration \(value.value.shown) is outside",
      soft: "\(limits.soft.lowerBound.shown) to \(limits.soft.upperBound.shown)",
      hard: "\(limits.hard.lowerBound.shown) to \(limits.hard.upperBound.shown)")
  }

  mutating func doseRate(
    _ dose: Dose, _ per: Ticks, _ prescription: Prescription, _ place: Place
  ) {
    let rate = DoseRate(nanogramsPerHour: prescription.doseRate(of: dose, per: per).floor)
    let limit = indication.doseRate(for: prescription.patient)
    judge(
      limit.verdict(rate), .doseRate, place, "the dose rate \(rate.shown) is above",
      soft: limit.soft.shown, hard: limit.hard.shown)
  }

  mutating func loading(_ dose: Dose, _ prescription: Prescription, _ place: Place) {
    let mass = Mass(nanograms: prescription.mass(of: dose).floor)
    let limit = indication.loading(for: prescription.patient)
    judge(
      limit.verdict(mass), .loading, place, "the loading dose \(mass.shown) is above",
      soft: limit.soft.shown, hard: limit.hard.shown)
  }

  mutating func bolus(_ dose: Dose, _ prescription: Prescription, _ place: Place) {
    let mass = Mass(nanograms: prescription.mass(of: dose).floor)
    let limit = indication.bolus(for: prescription.patient)
    judge(
      limit.verdict(mass), .bolus, place, "the bolus \(mass.shown) is above",
      soft: limit.soft.shown, hard: limit.hard.shown)
  }

  mutating func lockout(_ lockout: Ticks, _ place: Place) {
    judge(
      indication.verdict(lockout: lockout), .lockout, place,
      "the lockout \(lockout.shown) is shorter than",
      soft: indication.lockout.soft.shown, hard: indication.lockout.hard.shown)
  }

  mutating func cap(_ cap: Located<DoseCapOrder>) {
    let limit = indication.cap(cap.value.window)
    let name: SoftLimit =
      switch cap.value.window {
      case .oneHour: .capOneHour
      case .fourHours: .capFourHours
      case .day: .capDay
      }
    judge(
      limit.verdict(cap.value.cap), name, cap.place,
      "the dose limit \(cap.value.cap.shown) per \(cap.value.window.length.shown) is above",
      soft: limit.soft.shown, hard: limit.hard.shown)
  }

  /// What the limit is for; the second drug of a mixture is named.
  private var purpose: String { second.map { "\(indication.id) of \($0)" } ?? indication.id }

  private mutating func judge(
    _ verdict: LimitVerdict, _ limit: SoftLimit, _ place: Place, _ what: String, soft: String,
    hard: String
  ) {
    switch verdict {
    case .within: break
    case .beyondSoft:
      let text = "\(what) the soft limit \(soft) for \(purpose)"
      excesses.append(SoftExcess(limit: limit, drug: second, place: place, text: text))
    case .beyondHard:
      let sense = limit == .concentration ? "stay within" : "the most is"
      reading.note(
        place, "\(what) the hard limit \(hard) for \(purpose)",
        "\(limit == .lockout ? "the least is" : sense) \(hard), without confirmation \(soft)")
    }
  }
}
