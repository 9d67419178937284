import Vocabulary

/// The kinds of catalogue, and the files in `Hardware/` that hold them.
public enum CatalogueKind: String, Sendable, CaseIterable {
  /// Pumps.
  case pumps
  /// Syringes.
  case syringes
  /// Infusion sets.
  case infusionSets = "infusion-sets"
  /// Batteries.
  case batteries
  /// The drug library.
  case drugs
  /// Name of its file.
  public var fileName: String { rawValue + ".yaml" }
}

/// Everything that a session can be put together from: pumps, syringes, infusion sets, batteries
/// and the drug library.
public struct HardwareCatalogue: Sendable {
  /// Pumps, in the order of the file.
  public let pumps: [PumpEntry]
  /// Syringes, in the order of the file.
  public let syringes: [SyringeEntry]
  /// Infusion sets, in the order of the file.
  public let infusionSets: [InfusionSetEntry]
  /// Batteries, in the order of the file.
  public let batteries: [BatteryEntry]
  /// Drugs, in the order of the file.
  public let drugs: [DrugEntry]
  /// Version of each file, as the file states it.
  public let versions: [CatalogueKind: UInt32]
  let texts: [CatalogueKind: [String: String]]

  /// The catalogues in `Hardware/`, as they were when the program was built.
  ///
  /// A test shows that they can be read; a build with a broken catalogue stops at the first use.
  public static let builtIn: HardwareCatalogue = {
    do throws(CatalogueError) {
      return try HardwareCatalogue(files: builtInText)
    } catch {
      preconditionFailure("built-in catalogue: \(error)")
    }
  }()

  /// Version of the drug library as the pump knows it: CRC-32C of the text of `drugs.yaml`, so that no
  /// two contents pass for the same; never 0, which is none.
  public let libraryVersion: UInt32

  /// The pump with this id.
  public func pump(_ id: String) -> PumpEntry? { pumps.first { $0.id == id } }
  /// The syringe with this id.
  public func syringe(_ id: String) -> SyringeEntry? { syringes.first { $0.id == id } }
  /// The infusion set with this id.
  public func infusionSet(_ id: String) -> InfusionSetEntry? {
    infusionSets.first { $0.id == id }
  }
  /// The battery with this id.
  public func battery(_ id: String) -> BatteryEntry? { batteries.first { $0.id == id } }
  /// The drug with this id.
  public func drug(_ id: String) -> DrugEntry? { drugs.first { $0.id == id } }

  /// The ids of one catalogue, in the order of its file.
  public func ids(of kind: CatalogueKind) -> [String] {
    switch kind {
    case .pumps: pumps.map(\.id)
    case .syringes: syringes.map(\.id)
    case .infusionSets: infusionSets.map(\.id)
    case .batteries: batteries.map(\.id)
    case .drugs: drugs.map(\.id)
    }
  }

  /// The id that was most likely meant, for a "did you mean"; nil where none is near.
  public func nearest(to id: String, in kind: CatalogueKind) -> String? {
    Vocabulary.nearest(to: id, in: ids(of: kind))
  }

  /// An entry as it stands in its file, comments included, headed by file and version: what a
  /// record attaches; nil where there is no such entry.
  public func text(for id: String, in kind: CatalogueKind) -> String? {
    guard let text = texts[kind]?[id], let version = versions[kind] else { return nil }
    return "# Hardware/\(kind.fileName), version \(version)\n\(text)"
  }
}
