import Catalogue
import PumpHAL
import Vocabulary

extension Reading {
  /// What was found in the syringe, and the two who witnessed it.
  func disposal(_ section: Section, by role: Role?) -> Disposal? {
    let found = section.required("found", example: "found: 2.6 mL").flatMap { amount($0) }
    let witnesses = section.required("witnesses", example: Self.witnessesExample).flatMap {
      self.witnesses($0)
    }
    guard let role, let found, let witnesses else { return nil }
    return Disposal(role: role, found: found, witnesses: witnesses)
  }

  private static let witnessesExample = "witnesses: [nurse on duty, pharmacist on duty]"

  private func amount(_ tree: Tree) -> DisposedAmount? {
    let example = "found: 2.6 mL"
    let dose = written(tree, "what was found", example: example) {
      (written) throws(QuantityError) in try written.dose(example: example)
    }
    switch dose?.basis {
    case .volume:
      guard let dose, dose.amount <= Self.volumeMaximum.picolitres else { break }
      return .volume(Volume(picolitres: dose.amount))
    case .mass:
      guard let dose, dose.amount <= Self.massMaximum.nanograms else { break }
      return .mass(Mass(nanograms: dose.amount))
    case .massPerKilogram:
      note(
        tree.place, "what was found is \(tree.shown), an amount per body mass",
        "write a volume or a mass, e.g. `\(example)` or `found: 15.7 mg`")
      return nil
    case nil: return nil
    }
    note(
      tree.place, "what was found is \(tree.shown)",
      "it goes from 0 mL to 100 mL, or from 0 mg to 100 g, e.g. `\(example)`")
    return nil
  }

  /// More than any syringe holds.
  private static let volumeMaximum = Volume(picolitres: 100_000_000_000)
  private static let massMaximum = Mass(nanograms: 100_000_000_000)

  private func witnesses(_ tree: Tree) -> [String]? {
    let remedy = "name two people, e.g. `\(Self.witnessesExample)`"
    guard let trees = list(tree, "`witnesses`", maximum: 2, example: Self.witnessesExample) else {
      return nil
    }
    let names = trees.compactMap {
      text($0, "the name of a witness", maximum: 80, example: Self.witnessesExample)
    }
    guard names.count == trees.count else { return nil }
    guard names.count == 2 else {
      note(tree.place, "a disposal has \(names.count) of its two witnesses", remedy)
      return nil
    }
    guard names[0] != names[1] else {
      note(trees[1].place, "`\(names[1])` witnesses twice", remedy)
      return nil
    }
    return names
  }
}
