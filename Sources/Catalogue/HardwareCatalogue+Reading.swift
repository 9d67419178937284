import CCatalogue
import PumpHAL
import Vocabulary
import Yams

extension HardwareCatalogue {
  /// The text of the built-in catalogues.
  public static var builtInText: [CatalogueKind: String] {
    [
      .pumps: text(catalogue_pumps()),
      .syringes: text(catalogue_syringes()),
      .infusionSets: text(catalogue_infusion_sets()),
      .batteries: text(catalogue_batteries()),
      .drugs: text(catalogue_drugs()),
    ]
  }

  private static func libraryVersion(of text: String) -> UInt32 {
    var crc = CRC32C()
    for byte in text.utf8 { crc.put(byte) }
    return max(crc.value, 1)
  }

  private static func text(_ embedded: CatalogueText) -> String {
    String(
      decoding: UnsafeBufferPointer(start: embedded.bytes, count: embedded.length), as: UTF8.self)
  }

  /// Reads catalogues from the text of their files; refuses missing and unknown keys, missing
  /// units, and ids or numbers that come twice.
  public init(files: [CatalogueKind: String]) throws(CatalogueError) {
    var (versions, texts): ([CatalogueKind: UInt32], [CatalogueKind: [String: String]]) = ([:], [:])
    func read<Entry: CatalogueEntry>(
      _ kind: CatalogueKind, _ key: String,
      _ entry: (inout EntryReader) throws(CatalogueError) -> Entry
    ) throws(CatalogueError) -> [Entry] {
      let file = try CatalogueFile(kind, key, files[kind] ?? "")
      versions[kind] = file.version
      var entries: [Entry] = []
      var entryTexts: [String: String] = [:]
      for (node, text) in zip(file.nodes, file.texts) {
        var reader = try EntryReader(node, in: kind.fileName)
        let next = try entry(&reader)
        try reader.finish()
        guard !entries.contains(where: { $0.id == next.id || $0.number == next.number }) else {
          throw reader.error(
            "'\(next.id)' has an id or number that another entry has", remedy: "choose a new one")
        }
        entries.append(next)
        entryTexts[next.id] = text
      }
      texts[kind] = entryTexts
      return entries
    }
    drugs = try read(.drugs, "drugs", DrugEntry.init)
    let libraryVersion = Self.libraryVersion(of: files[.drugs] ?? "")
    self.libraryVersion = libraryVersion
    batteries = try read(.batteries, "batteries", BatteryEntry.init)
    let bare = try read(.pumps, "pumps") { reader throws(CatalogueError) in
      try PumpEntry(&reader, libraryVersion: libraryVersion)
    }
    syringes = try read(.syringes, "syringes", SyringeEntry.init)
    infusionSets = try read(.infusionSets, "infusionSets", InfusionSetEntry.init)
    self.versions = versions
    self.texts = texts
    var pumps: [PumpEntry] = []
    for var pump in bare {
      guard let battery = batteries.first(where: { $0.id == pump.battery }) else {
        throw CatalogueError(
          file: CatalogueKind.pumps.fileName, line: 1,
          what: "'\(pump.id)' has the unknown battery '\(pump.battery)'",
          remedy: "write an id of \(CatalogueKind.batteries.fileName)")
      }
      pump.configuration = pump.configuration(with: battery)
      pumps.append(pump)
    }
    self.pumps = pumps
  }
}

/// One file: its version, its entries, and the lines of each.
private struct CatalogueFile {
  let version: UInt32
  let nodes: [Node]
  let texts: [String]

  init(_ kind: CatalogueKind, _ key: String, _ text: String) throws(CatalogueError) {
    let root: Node?
    do {
      // Every value is read as text: what the library would guess of it, by regular expressions, is
      // not asked for.
      root = try Yams.compose(yaml: text, .basic)
    } catch let error as YamlError {
      throw CatalogueError(
        file: kind.fileName, line: error.line, what: "not YAML: \(error.problem)",
        remedy: "correct it; a value with ': ' in it needs quotes or '>-'")
    } catch {
      throw CatalogueError(
        file: kind.fileName, line: 1, what: "not YAML", remedy: "write UTF-8 text")
    }
    guard let root else {
      throw CatalogueError(
        file: kind.fileName, line: 1, what: "the file is empty",
        remedy: "write 'version: 1' and '\(key):'")
    }
    var reader = try EntryReader(root, in: kind.fileName)
    version = try reader.integer("version")
    nodes = try reader.list(key)
    try reader.finish()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let starts = nodes.map { ($0.mark?.line ?? 1) - 1 } + [lines.count]
    texts = zip(starts, starts.dropFirst()).map { start, end in
      lines[start..<end].joined(separator: "\n") + (end == lines.count ? "" : "\n")
    }
  }
}

extension YamlError {
  /// The line it was met in, from 1.
  fileprivate var line: Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: 1
    }
  }

  /// What it says, on one line.
  fileprivate var problem: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _), .reader(let problem, _, _, _):
      problem
    case .duplicatedKeysInMapping(let keys, _):
      "the key '\(keys.joined(separator: "', '"))' comes twice"
    default: "it cannot be read"
    }
  }
}
