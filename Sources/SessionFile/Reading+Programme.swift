import Catalogue
import PumpHAL
import Vocabulary

extension Reading {
  /// The steps of a programme; nil where any has a mistake.
  func programme(_ tree: Tree) -> [Located<ProgrammeStep>]? {
    let example = "programme: [ { basal: 0.06 mg/kg/h for 24 h } ]"
    let maximum = Int(ProgrammePhase.maximumCount)
    guard let elements = list(tree, "the programme", maximum: maximum, example: example) else {
      return nil
    }
    guard !elements.isEmpty else {
      note(tree.place, "the programme is empty", "write `\(example)`")
      return nil
    }
    let steps = elements.enumerated().map { index, element in
      step(element, isFirst: index == 0, isLast: index == elements.count - 1)
    }
    var result: [Located<ProgrammeStep>] = []
    for (step, element) in zip(steps, elements) {
      guard let step else { return nil }
      if case .change = step, case .change = result.last?.value {
        note(element.place, "two changes of syringe follow each other", "keep one of the two")
        return nil
      }
      result.append(Located(value: step, place: element.place))
    }
    return result
  }

  private func step(_ tree: Tree, isFirst: Bool, isLast: Bool) -> ProgrammeStep? {
    let example = "basal: 0.06 mg/kg/h for 24 h"
    guard
      let section = section(
        tree, "the step of the programme", keys: FormatKeys.step, example: example)
    else { return nil }
    let present = FormatKeys.step.filter { section[$0] != nil }
    guard present.count == 1, let key = present.first, let value = section[key] else {
      if present.count > 1 {
        note(
          tree.place, "one step has \(present.map { "`\($0)`" }.joined(separator: " and "))",
          "write each as a step of its own, beginning with -")
      } else {
        note(tree.place, "the step of the programme is empty", "write `\(example)`")
      }
      return nil
    }
    switch key {
    case "loading":
      guard isFirst else {
        note(
          section.place(of: key), "a loading dose stands after the beginning",
          "write it as the first step")
        return nil
      }
      return loading(value).map { .phase($0) }
    case "basal":
      return basal(value).map { .phase($0) }
    default:
      guard !isFirst, !isLast else {
        note(
          section.place(of: key),
          "a change of syringe stands at the \(isFirst ? "beginning" : "end") of the programme",
          isFirst
            ? "write the first syringe under `reservoir`"
            : "write what is given after it, or leave it out"
        )
        return nil
      }
      return syringeChange(value).map { .change($0) }
    }
  }

  /// `0.05 mg/kg over 15 min`.
  private func loading(_ tree: Tree) -> ProgrammePhase? {
    let example = "loading: 0.05 mg/kg over 15 min"
    guard let (amount, word, time) = parts(tree, "the loading dose", example: example) else {
      return nil
    }
    guard word == "over" else {
      note(tree.place, "the loading dose is given `for` a time", "write `\(example)`")
      return nil
    }
    let dose = dose(amount, "the loading dose", example: "0.05 mg/kg")
    let duration = phaseDuration(time, "the time of the loading dose")
    guard let dose, let duration else { return nil }
    return ProgrammePhase(kind: .loading, dose: dose, per: duration, duration: duration)
  }

  /// `0.06 mg/kg/h for 24 h`, or `20 mL over 24 h`.
  private func basal(_ tree: Tree) -> ProgrammePhase? {
    let example = "basal: 0.06 mg/kg/h for 24 h"
    guard let (amount, word, time) = parts(tree, "the basal rate", example: example) else {
      return nil
    }
    let duration = phaseDuration(time, "the time of the basal rate")
    if word == "over" {
      let dose = dose(amount, "the basal dose", example: "100 mg")
      guard let dose, let duration else { return nil }
      return ProgrammePhase(kind: .basal, dose: dose, per: duration, duration: duration)
    }
    let rate = prescribedRate(amount, "the basal rate", example: "0.06 mg/kg/h")
    guard let rate, let duration else { return nil }
    if rate.dose.basis == .volume, rate.per == Ticks(count: 360_000),
      rate.dose.amount % 10_000_000 != 0
    {
      note(
        amount.place, "the basal rate \(amount.shown) is no multiple of 0.01 mL/h",
        "write it in steps of 0.01 mL/h, or as a volume over a time")
      return nil
    }
    return ProgrammePhase(kind: .basal, dose: rate.dose, per: rate.per, duration: duration)
  }

  private func phaseDuration(_ tree: Tree, _ name: String) -> Ticks? {
    quantity(
      tree, name, in: Ticks(count: 6000)...Ticks(count: 259_200_000), ends: "1 min to 30 d",
      example: "24 h")
  }

  /// The two sides of `over` or `for`.
  private func parts(
    _ tree: Tree, _ name: String, example: String
  ) -> (amount: Tree, word: String, time: Tree)? {
    guard let text = text(tree, name, example: example) else { return nil }
    for word in ["over", "for"] {
      guard let range = text.firstRange(of: " \(word) ") else { continue }
      let offset = text.distance(from: text.startIndex, to: range.upperBound)
      return (
        tree.part(text[..<range.lowerBound], offset: 0), word,
        tree.part(text[range.upperBound...], offset: offset)
      )
    }
    note(tree.place, "\(name) \(text) has no duration", "write `\(example)`")
    return nil
  }

  /// A change of syringe.
  private func syringeChange(_ tree: Tree) -> SyringeChange? {
    let example =
      "change: { syringe: bd-plastipak-20, fill: 20 mL, concentration: 15 mg/mL }"
    return section(tree, "the change of syringe", keys: FormatKeys.change, example: example)
      .flatMap { section in
        var role: Role? = .nurse
        if let tree = section["by"] { role = self.role(tree) }
        return syringeChange(section, role: role)
      }
  }

  /// What a change of syringe says, in a programme or at an event.
  func syringeChange(_ section: Section, role: Role?) -> SyringeChange? {
    let syringe = section.required("syringe", example: "syringe: bd-plastipak-20").flatMap {
      entry($0, "syringe", in: catalogue.syringes)
    }
    let fill = section.required("fill", example: "fill: 20 mL").flatMap {
      self.fill($0, in: syringe?.value)
    }
    let solution = section.required("concentration", example: "concentration: 15 mg/mL")
      .flatMap { self.solution($0) }
    var delay: Ticks? = Ticks(count: 30_000)
    if let tree = section["after"] {
      delay = quantity(
        tree, "the time of the change", in: Ticks(count: 1000)...Ticks(count: 8_640_000),
        ends: "10 s to 24 h", example: "5 min")
    }
    guard let syringe, let fill, let solution, let delay, let role else { return nil }
    return SyringeChange(
      syringe: syringe.value, fill: fill.value, concentration: solution.leading.value,
      secondConcentration: solution.second, delay: delay, role: role)
  }

  /// Who does something.
  func role(_ tree: Tree) -> Role? {
    choice(
      tree, "role",
      among: [
        ("patient", Role.patient), ("nurse", .nurse), ("pharmacist", .pharmacist),
        ("clinician", .pharmacist),
        ("service", .service),
      ])
  }
}
