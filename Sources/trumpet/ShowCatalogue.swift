import ArgumentParser
import Catalogue
import PumpPlant
import SessionFile
import Text
import Vocabulary

/// `trumpet catalogue [KIND [ID]]`.
struct ShowCatalogue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalogue",
    abstract: "Lists what is built in: pumps, syringes, infusion sets, batteries, drugs, faults.")

  @Argument(
    help: "pumps, syringes, infusion-sets, batteries, drugs or faults; all of them if left out.")
  var kind: CatalogueTopic?

  @Argument(help: "The entry to show whole.")
  var id: String?

  func run() throws {
    let catalogue = HardwareCatalogue.builtIn
    switch kind {
    case nil:
      for kind in CatalogueKind.allCases { try show(catalogue.listing(of: kind) + "\n") }
      try show(FaultRow.listing)
    case .faults: try showFaults()
    case .entries(let kind):
      guard let id else { return try show(catalogue.listing(of: kind)) }
      guard let text = catalogue.text(for: id, in: kind) else {
        let nearest = catalogue.nearest(to: id, in: kind).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("there is no \(id) among the \(kind.rawValue)\(nearest)")
      }
      try show(text)
    }
  }

  private func showFaults() throws {
    guard let id else { return try show(FaultRow.all.map(\.text).joined(separator: "\n")) }
    let guides = FaultRow.all.filter { $0.name == id }
    guard !guides.isEmpty else {
      let near = nearest(to: id, in: FaultRow.names).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("there is no \(id) among the faults\(near)")
    }
    try show(guides.map(\.text).joined(separator: "\n"))
  }
}

/// What `trumpet catalogue` can list.
enum CatalogueTopic: ExpressibleByArgument {
  case entries(CatalogueKind)
  case faults

  init?(argument: String) {
    if argument == "faults" {
      self = .faults
    } else if let kind = CatalogueKind(rawValue: argument) {
      self = .entries(kind)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { CatalogueKind.allCases.map(\.rawValue) + ["faults"] }
}

extension FaultRow {
  /// One line a name.
  fileprivate static var listing: String {
    var lines = ["faults"]
    for row in FaultRow.named { lines.append("  \(row.name)") }
    for component in Component.allCases {
      lines.append("  \(component.name): \(component.kinds.map(\.name).joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }

  /// What it is, its keys, and an example, in three or more lines.
  fileprivate var text: String {
    let numbers = ids.isEmpty ? "" : "  [\(ids.joined(separator: " "))]"
    var lines = ["\(title): \(meaning)\(numbers)"]
    for key in keys { lines.append("    \(key.name): \(key.takes)") }
    lines.append("    e.g. \(example)")
    return lines.joined(separator: "\n")
  }
}

extension HardwareCatalogue {
  /// One line an entry.
  fileprivate func listing(of kind: CatalogueKind) -> String {
    let version = versions[kind].map { ", version \($0)" } ?? ""
    var rows: [[String]] = []
    func add(_ entries: [some CatalogueEntry]) {
      rows = entries.map { [$0.id, $0.name + ($0.isVerified ? "" : "  (unverified)")] }
    }
    switch kind {
    case .pumps: add(pumps)
    case .syringes: add(syringes)
    case .infusionSets: add(infusionSets)
    case .batteries: add(batteries)
    case .drugs: add(drugs)
    }
    return "\(kind.rawValue)\(version)\n" + TextTable.text(rows, indentation: 2)
  }
}
