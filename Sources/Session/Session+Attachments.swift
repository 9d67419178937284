// The files that belong to a record: what the session was made of, and what ran it.

import Catalogue
import SessionFile
import SessionRecord
import Vocabulary

extension Session {
  /// What is attached to the record, in this order: the session file, the catalogue entries it
  /// uses, the build's identity, and the portable core's source archive if it is wanted.
  func attachments() -> [RecordAttachment] {
    var files = [
      RecordAttachment(
        name: "session.yaml", mediaType: "application/yaml", data: description.source),
      RecordAttachment(
        name: "catalogue.yaml", mediaType: "application/yaml",
        data: Array(description.catalogueText.utf8)),
    ]
    let sources = options.carriesSources ? SourceArchive.attachment : nil
    files.append(
      RecordAttachment(
        name: "build.json", mediaType: "application/json",
        data: Array(BuildIdentity.json(carriesSources: sources != nil).utf8)))
    if let sources {
      files.append(
        RecordAttachment(
          name: SourceArchive.name, mediaType: sources.mediaType, data: sources.data))
    }
    return files
  }
}

extension SessionDescription {
  /// Every catalogue entry that the session uses, as it stands in its file, comments included: one
  /// YAML document an entry, headed by file and version.
  ///
  /// Syringes are all that are fitted on the way, in order, each once.
  public var catalogueText: String {
    var entries: [(CatalogueKind, String)] = [
      (.pumps, pump.id), (.syringes, syringe.id), (.infusionSets, infusionSet.id),
      (.batteries, battery.id), (.drugs, drug.id),
    ]
    if let second { entries.append((.drugs, second.drug.id)) }
    func addSyringe(_ id: String) {
      guard !entries.contains(where: { $0 == (.syringes, id) }) else { return }
      let place = entries.lastIndex { $0.0 == .syringes } ?? 0
      entries.insert((.syringes, id), at: place + 1)
    }
    for step in programme { if case .change(let change) = step { addSyringe(change.syringe.id) } }
    for event in events {
      if case .changeSyringe(let change) = event.kind { addSyringe(change.syringe.id) }
    }
    return entries.compactMap { kind, id in HardwareCatalogue.builtIn.text(for: id, in: kind) }
      .joined(separator: "---\n")
  }
}
