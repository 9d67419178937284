import Catalogue
import PumpHAL
import Vocabulary

extension Draft {
  /// Reads programme, patient bolus, limits, order for reactions and confirmations.
  mutating func readOrders(_ file: Section, _ reading: Reading) {
    if let tree = file.required(
      "programme", example: "programme: [ { basal: 0.06 mg/kg/h for 24 h } ]")
    {
      programme = reading.programme(tree)
    }
    if let tree = file["patientBolus"] { readPatientBolus(tree, reading) }
    readLimits(file["limits"], reading)
    reactionOrder =
      file["onReaction"].map {
        reading.choice(
          $0, "order for a reaction",
          among: [("stop", ReactionOrder.stop), ("halve", ReactionOrder.halve)])
      } ?? .stop
    confirmations = file["confirm"].map { reading.confirmations($0) } ?? []
  }

  private mutating func readPatientBolus(_ tree: Tree, _ reading: Reading) {
    let example = "patientBolus: { dose: 2 mg, lockout: 30 min, maximum: 2 per h }"
    guard
      let section = reading.section(
        tree, "the patient bolus", keys: FormatKeys.patientBolus, example: example)
    else { return }
    let dose = section.required("dose", example: "dose: 2 mg").map {
      reading.dose($0, "the dose of the patient bolus", example: "2 mg")
    }
    let lockout = section.required("lockout", example: "lockout: 30 min").map {
      reading.quantity(
        $0, "the lockout", in: Ticks(count: 30_000)...Ticks(count: 8_640_000),
        ends: "5 min to 24 h", example: "30 min")
    }
    let maximum = section.required("maximum", example: "maximum: 2 per h").map {
      reading.bolusesPerHour($0)
    }
    let most = pump?.configuration.bolusMaximum ?? FlowRate(nanolitresPerHour: 60_000_000)
    var flow: FlowRate? = min(most, FlowRate(nanolitresPerHour: 30_000_000))
    if let tree = section["rate"] {
      flow = reading.quantity(
        tree, "the rate of the patient bolus", in: FlowRate(nanolitresPerHour: 50_000)...most,
        ends: "0.05 mL/h to \(most.shown)", example: "30 mL/h")
    }
    guard let dose = dose ?? nil, let lockout = lockout ?? nil, let maximum = maximum ?? nil,
      let flow
    else { return }
    patientBolus = Located(
      value: PatientBolusOrder(
        dose: dose, lockout: lockout, maximumPerHour: maximum, flow: flow),
      place: section.place(of: "dose"))
  }

  private mutating func readLimits(_ tree: Tree?, _ reading: Reading) {
    let minimum = pump?.configuration.basalMinimum ?? FlowRate(nanolitresPerHour: 50_000)
    let maximum = pump?.configuration.basalMaximum ?? FlowRate(nanolitresPerHour: 10_000_000)
    flowLimit = maximum
    doseCaps = leadingCaps.map(\.value) ?? []
    keepOpen = .zero
    occlusion = Located(
      value: OcclusionLimit.pressure(540), place: tree?.place ?? Place(line: 1, column: 1))
    let example = "limits: { rate: 5 mL/h, dose: [10 mg per 1 h], occlusion: 540 mmHg }"
    guard let tree,
      let section = reading.section(tree, "the limits", keys: FormatKeys.limits, example: example)
    else { return }
    if let tree = section["rate"] {
      flowLimit = reading.quantity(
        tree, "the limit of the rate", in: minimum...maximum,
        ends: "\(minimum.shown) to \(maximum.shown)", example: "5 mL/h")
    }
    if let tree = section["dose"] {
      doseCaps = reading.doseCaps(tree, patient: patientMass)
      if leadingCaps != nil {
        reading.note(
          tree.place, "the leading drug has `caps` and the limits have `dose`",
          "keep one of the two: both cap the leading drug")
      }
    }
    if let tree = section["occlusion"] {
      occlusion = reading.occlusionLimit(tree).map { Located(value: $0, place: tree.place) }
    }
    if let tree = section["keepOpen"], !reading.isOff(tree) {
      keepOpen = reading.quantity(
        tree, "the keep-open rate", in: .zero...FlowRate(nanolitresPerHour: 100_000),
        ends: "0 mL/h, which is off, to 0.1 mL/h", example: "0.05 mL/h")
    }
  }
}

/// The occlusion limits that a pump has.
enum OcclusionLimit {
  static let millimetresOfMercury: [Int64] = [225, 540, 750]

  /// So many mmHg in whole Pa; 1 mmHg is 133.322387415 Pa.
  static func pressure(_ millimetres: Int64) -> Pressure {
    Pressure(pascals: (millimetres * 133_322_387_415 + 500_000_000) / 1_000_000_000)
  }
}

extension Reading {
  fileprivate func isOff(_ tree: Tree) -> Bool {
    if case .text("off", _) = tree.content { return true }
    return false
  }

  fileprivate func bolusesPerHour(_ tree: Tree) -> UInt8? {
    let example = "2 per h"
    let count = written(tree, "the maximum of boluses", example: example) {
      (written) throws(QuantityError) in
      try written.whole(in: .one / .hour, example: example)
    }
    guard let count else { return nil }
    guard (1...12).contains(count) else {
      note(
        tree.place, "the maximum of boluses is \(tree.shown)",
        "it goes from 1 per h to 12 per h, e.g. \(example)")
      return nil
    }
    return UInt8(count)
  }

  fileprivate func occlusionLimit(_ tree: Tree) -> Pressure? {
    guard let pressure: Pressure = quantity(tree, "the occlusion limit") else { return nil }
    let choices = OcclusionLimit.millimetresOfMercury
    guard choices.contains(where: { OcclusionLimit.pressure($0) == pressure }) else {
      note(
        tree.place, "the occlusion limit is \(tree.shown)",
        "write 225 mmHg, 540 mmHg or 750 mmHg")
      return nil
    }
    return pressure
  }

  /// Caps such as `10 mg per 1 h`, one for each window at most.
  func doseCaps(_ tree: Tree, patient: BodyMass?) -> [Located<DoseCapOrder>]? {
    let example = "10 mg per 1 h"
    guard
      let elements = list(
        tree, "the dose limit", maximum: 3, example: "dose: [10 mg per 1 h, 150 mg per 24 h]")
    else { return nil }
    var caps: [Located<DoseCapOrder>] = []
    for element in elements {
      guard let rate = prescribedRate(element, "the dose limit", example: example) else {
        continue
      }
      guard let window = CapWindow.allCases.first(where: { $0.length == rate.per }) else {
        note(
          element.place, "the dose limit \(element.shown) is for \(rate.per.shown)",
          "write one for 1 h, 4 h or 24 h, e.g. \(example)")
        continue
      }
      guard !caps.contains(where: { $0.value.window == window }) else {
        note(
          element.place, "a second dose limit for \(window.length.shown)", "keep one of the two")
        continue
      }
      guard rate.dose.basis != .volume else {
        note(
          element.place, "the dose limit \(element.shown) is a volume",
          "write it as a mass of drug, e.g. \(example)")
        continue
      }
      guard let patient else { continue }
      let cap = Prescription(patient: patient, concentration: .largest).mass(of: rate.dose)
      caps.append(
        Located(
          value: DoseCapOrder(window: window, cap: Mass(nanograms: cap.floor)),
          place: element.place))
    }
    return caps
  }

  fileprivate func confirmations(_ tree: Tree) -> [Located<SoftLimitConfirmation>] {
    let example = "confirm: [ { limit: dose-rate, by: the prescriber, reason: tolerated before } ]"
    guard let elements = list(tree, "`confirm`", maximum: 20, example: example) else { return [] }
    var result: [Located<SoftLimitConfirmation>] = []
    for element in elements {
      guard
        let section = section(
          element, "the confirmation", keys: FormatKeys.confirmation, example: example)
      else { continue }
      let limit = section.required("limit", example: "limit: dose-rate").flatMap {
        choice($0, "soft limit", among: SoftLimit.allCases.map { ($0.rawValue, $0) })
      }
      let drug = section["drug"].map {
        choice($0, "drug", among: catalogue.drugs.map { ($0.id, $0.id) })
      }
      let by = section.required("by", example: "by: the prescriber").flatMap {
        text($0, "the name", example: "by: the prescriber")
      }
      let reason = section.required("reason", example: "reason: tolerated before").flatMap {
        text($0, "the reason", maximum: 500, example: "reason: tolerated before")
      }
      guard let limit, let by, let reason else { continue }
      if case .some(.none) = drug { continue }
      guard
        !result.contains(where: { $0.value.limit == limit && $0.value.drug == drug ?? nil })
      else {
        note(element.place, "`\(limit.rawValue)` is confirmed twice", "keep one of the two")
        continue
      }
      result.append(
        Located(
          value: SoftLimitConfirmation(
            limit: limit, drug: drug ?? nil, by: by, reason: reason, exceeded: ""),
          place: section.place(of: "limit")))
    }
    return result
  }
}
