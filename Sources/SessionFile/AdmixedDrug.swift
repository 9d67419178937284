import Catalogue
import PumpHAL
import Vocabulary

/// The second drug of a mixture, which goes wherever the leading one goes.
public struct AdmixedDrug: Equatable, Sendable {
  /// The drug, from the drug library.
  public var drug: DrugEntry
  /// What it is given for; its limits are the ones that apply.
  public var indication: IndicationEntry
  /// Mass of it per volume in the first syringe.
  public var concentration: Concentration
  /// A cap for each window: as prescribed, or the drug library's where the file names none.
  public var doseCaps: [DoseCapOrder]
  /// A second drug.
  public init(
    drug: DrugEntry, indication: IndicationEntry, concentration: Concentration,
    doseCaps: [DoseCapOrder]
  ) {
    self.drug = drug
    self.indication = indication
    self.concentration = concentration
    self.doseCaps = doseCaps
  }
}

/// A drug as a file writes it.
struct DrugDraft {
  var place: Place
  var drug: DrugEntry?
  var indication: IndicationEntry?
  var concentration: Located<Concentration>?
  /// Caps in its own mapping; nil where there are none, or where one has a mistake.
  var caps: [Located<DoseCapOrder>]?
  /// Whether its mapping has caps at all.
  var hasCaps = false

  /// The cap for a window: as prescribed, or else the drug library's soft limit.
  func cap(for window: CapWindow, _ indication: IndicationEntry) -> DoseCapOrder {
    caps?.first { $0.value.window == window }?.value
      ?? DoseCapOrder(window: window, cap: indication.cap(window).soft)
  }

  /// The second drug of a description; nil where something of it is missing.
  var admixed: AdmixedDrug? {
    guard let drug, let indication, let concentration else { return nil }
    return AdmixedDrug(
      drug: drug, indication: indication, concentration: concentration.value,
      doseCaps: CapWindow.allCases.map { cap(for: $0, indication) })
  }
}

extension Draft {
  /// Reads the drug, or the two drugs of a mixture.
  mutating func readDrugs(_ file: Section, _ reading: Reading) {
    let example = "drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }"
    guard let tree = file.required("drug", example: example) else { return }
    var elements = [tree]
    if case .list(let drugs) = tree.content {
      elements = drugs
      guard (1...2).contains(drugs.count) else {
        reading.note(
          tree.place, "`drug` lists \(drugs.count) drugs",
          "write one drug, or the two of a mixture")
        return
      }
    }
    let drugs = elements.map { readDrug($0, reading, example: example) }
    guard let first = drugs.first else { return }
    drug = first.drug
    indication = first.indication
    concentration = first.concentration
    if first.hasCaps { leadingCaps = Located(value: first.caps, place: first.place) }
    guard drugs.count == 2 else { return }
    second = drugs[1]
    if let drug, let other = drugs[1].drug, drug.id == other.id {
      reading.note(
        drugs[1].place, "both drugs of the mixture are \(drug.id)",
        "write one `drug` with the concentration of both together")
    }
  }

  private func readDrug(_ tree: Tree, _ reading: Reading, example: String) -> DrugDraft {
    var draft = DrugDraft(place: tree.place)
    guard
      let section = reading.section(tree, "the drug", keys: FormatKeys.drug, example: example)
    else { return draft }
    if let tree = section.required("name", example: "name: ketamine") {
      draft.drug = reading.entry(tree, "drug", in: reading.catalogue.drugs)?.value
    }
    if let tree = section.required("indication", example: "indication: cancer-pain"),
      let drug = draft.drug
    {
      draft.indication = reading.choice(
        tree, "indication of \(drug.id)", among: drug.indications.map { ($0.id, $0) })
    }
    if let tree = section.required("concentration", example: "concentration: 6 mg/mL") {
      draft.concentration = reading.concentration(tree)
    }
    if let tree = section["caps"] {
      draft.hasCaps = true
      draft.place = tree.place
      draft.caps = reading.doseCaps(tree, patient: patientMass)
    }
    return draft
  }
}

extension Reading {
  /// What a change of syringe says of its solution: a concentration, or a list of two for a mixture,
  /// of which the second may be `none`.
  func solution(_ tree: Tree) -> (leading: Located<Concentration>, second: Concentration?)? {
    guard case .list(let elements) = tree.content else {
      return concentration(tree).map { ($0, nil) }
    }
    guard elements.count == 2 else {
      note(
        tree.place, "the concentration has \(elements.count) entries",
        "write one for each of the two drugs, e.g. [10 mg/mL, 2 mg/mL]")
      return nil
    }
    let leading = concentration(elements[0])
    if case .text("none", _) = elements[1].content { return leading.map { ($0, .zero) } }
    guard let leading, let second = concentration(elements[1]) else { return nil }
    return (leading, second.value)
  }

  /// Whatever speaks of one drug of a mixture has to fit the drugs of the file.
  func checkMixture(_ draft: Draft) {
    for (change, place) in draft.changes {
      if draft.second != nil, change.secondConcentration == nil {
        note(
          place, "the new syringe has one concentration, the session has two drugs",
          "write `concentration: [10 mg/mL, 2 mg/mL]`, or `none` for the second")
      } else if draft.second == nil, change.secondConcentration != nil {
        note(
          place, "the new syringe has two concentrations, the session has one drug",
          "write one concentration")
      }
    }
    guard draft.drug != nil, draft.second == nil || draft.second?.drug != nil else { return }
    let names = [draft.drug?.id, draft.second?.drug?.id].compactMap { $0 }
    let example = "write " + names.map { "`drug: \($0)`" }.joined(separator: " or ")
    for expectation in draft.expectations ?? [] {
      guard let drug = expectation.value.kind.drug, !names.contains(drug) else { continue }
      note(expectation.place, "\(drug) is not in the syringe", example)
    }
    for confirmation in draft.confirmations ?? [] {
      guard let drug = confirmation.value.drug, !names.contains(drug) else { continue }
      note(confirmation.place, "\(drug) is not in the syringe", example)
    }
    if draft.second != nil { checkDisposals(draft) }
  }

  /// A mass found in a mixture does not say of which drug.
  private func checkDisposals(_ draft: Draft) {
    for event in draft.events ?? [] {
      guard case .dispose(let disposal) = event.value.kind, case .mass = disposal.found else {
        continue
      }
      note(
        event.place, "a mass is found in a mixture of two drugs",
        "write what was found as a volume, e.g. `found: 1.2 mL`")
    }
  }
}

extension Draft {
  /// Every change of syringe, in the programme and at events.
  var changes: [(change: SyringeChange, place: Place)] {
    var changes: [(change: SyringeChange, place: Place)] = []
    for step in programme ?? [] {
      if case .change(let change) = step.value { changes.append((change, step.place)) }
    }
    for event in events ?? [] {
      if case .changeSyringe(let change) = event.value.kind {
        changes.append((change, event.place))
      }
    }
    return changes
  }
}

extension ExpectationKind {
  /// The drug that it names; nil where it names none.
  var drug: String? {
    switch self {
    case .dispensed(_, _, let drug), .infused(_, _, let drug), .plasma(_, _, let drug): drug
    default: nil
    }
  }
}
