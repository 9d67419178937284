import ArgumentParser
import Catalogue

/// `trumpet catalogue [KIND [ID]]`.
struct ShowCatalogue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalogue",
    abstract: "Lists what is built in: pumps, syringes, infusion sets, batteries, drugs.")

  @Argument(
    help: "pumps, syringes, infusion-sets, batteries or drugs; all of them if left out.")
  var kind: CatalogueKind?

  @Argument(help: "The entry to show whole.")
  var id: String?

  func run() throws {
    let catalogue = HardwareCatalogue.builtIn
    guard let kind else {
      for kind in CatalogueKind.allCases { try show(catalogue.listing(of: kind) + "\n") }
      return
    }
    guard let id else {
      try show(catalogue.listing(of: kind))
      return
    }
    guard let text = catalogue.text(for: id, in: kind) else {
      let nearest = catalogue.nearest(to: id, in: kind).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("there is no \(id) among the \(kind.rawValue)\(nearest)")
    }
    try show(text)
  }
}

extension CatalogueKind: ExpressibleByArgument {}

extension HardwareCatalogue {
  /// One line an entry.
  fileprivate func listing(of kind: CatalogueKind) -> String {
    let version = versions[kind].map { ", version \($0)" } ?? ""
    var lines = ["\(kind.rawValue)\(version)"]
    func add(_ entries: [some CatalogueEntry]) {
      let width = entries.map(\.id.count).max() ?? 0
      for entry in entries {
        let space = String(repeating: " ", count: width - entry.id.count)
        let mark = entry.isVerified ? "" : "  (unverified)"
        lines.append("  \(entry.id)\(space)  \(entry.name)\(mark)")
      }
    }
    switch kind {
    case .pumps: add(pumps)
    case .syringes: add(syringes)
    case .infusionSets: add(infusionSets)
    case .batteries: add(batteries)
    case .drugs: add(drugs)
    }
    return lines.joined(separator: "\n")
  }
}
