// Reads a campaign file: what is wrong is told with file, line and what would be right.

import Catalogue
import SessionFile
import Vocabulary

/// The short name within this target; elsewhere `Reading` is PumpHAL's.
typealias Reading = FileReading

/// The keys of a campaign file; `CampaignSchema` describes the same ones.
enum CampaignKeys {
  static let root = ["title", "session", "set", "vary", "exclude", "expect", "twin", "refused"]
  static let group = ["with", "variants"]
}

extension CampaignDescription {
  /// Reads and checks a campaign file of at most 1 MiB, and the session file that it names.
  ///
  /// - Throws: `CampaignFileError` with every mistake that was found.
  public init(
    contentsOf path: String, catalogue: HardwareCatalogue = .builtIn
  ) throws(CampaignFileError) {
    let bytes: [UInt8]
    do throws(SessionFileError) {
      bytes = try fileBytes(
        at: path, kind: "campaign file", example: "Docs/Examples/campaigns/syringes.yaml")
    } catch {
      throw CampaignFileError(
        isMissing: error.kind == .noSuchFile, description: error.description)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    try self.init(
      bytes: bytes, name: shownName(ofFile: path), folder: folder, catalogue: catalogue)
  }

  /// Reads and checks the bytes of a campaign file.
  ///
  /// - Parameters:
  ///   - name: stands in mistakes.
  ///   - folder: what the path of its session file counts from; empty, or with a / at its end.
  /// - Throws: `CampaignFileError` with every mistake that was found.
  public init(
    bytes: [UInt8], name: String, folder: String, catalogue: HardwareCatalogue = .builtIn
  ) throws(CampaignFileError) {
    let reading = Reading(catalogue: catalogue)
    var description: CampaignDescription?
    do throws(Mistake) {
      let root = try Tree(parsing: try checkedText(bytes))
      description = reading.campaign(root, folder: folder)
    } catch {
      reading.note(
        Place(line: error.line, column: error.column), error.what, error.remedy)
    }
    guard let description, reading.mistakes.isEmpty else {
      let all = reading.sortedMistakes
      let told = all.prefix(SessionFileError.maximumMistakes)
      let error = SessionFileError(
        kind: .refused, file: name, mistakes: Array(told), leftOff: all.count - told.count)
      throw CampaignFileError(isMissing: false, description: error.description)
    }
    self = description
  }
}

extension Reading {
  /// The whole file; nil, or anything, where a mistake was noted.
  func campaign(_ root: Tree, folder: String) -> CampaignDescription? {
    let example = "title: …`, `session: …`, `vary: …"
    guard
      let file = section(root, "the campaign", keys: CampaignKeys.root, example: example)
    else { return nil }
    let titleExample = "title: Every syringe at three rates"
    let title = file.required("title", example: titleExample).flatMap {
      text($0, "the title", example: titleExample)
    }
    let base = file.required("session", example: "session: ../ketamine-24h.yaml").flatMap {
      self.base($0, folder: folder)
    }
    let settings = file["set"].map { self.settings($0) } ?? []
    let axes =
      file.required("vary", example: "vary: { reservoir.syringe: [bd-plastipak-10, terumo-20] }")
      .map { self.axes($0) }
    let isFailure = file["refused"].flatMap {
      choice($0, "answer to a refused cell", among: [("fails", true), ("passes", false)])
    }
    guard let title, let base, let axes, mistakes.isEmpty else { return nil }
    checkAxes(axes)
    let exclusions = file["exclude"].map { self.exclusions($0, axes) } ?? []
    let expectations = file["expect"].map { campaignExpectations($0, axes) } ?? []
    let twin = file["twin"].flatMap { self.twin($0, axes) }
    let description = CampaignDescription(
      title: title, base: base, settings: settings, axes: axes, exclusions: exclusions,
      expectations: expectations,
      twin: twin, isRefusalFailure: isFailure ?? true)
    guard mistakes.isEmpty else { return nil }
    checkCells(description, file)
    return description
  }

  /// The session that is varied: written here, or in a file of its own.
  private func base(_ tree: Tree, folder: String) -> Tree? {
    if case .mapping = tree.content { return tree }
    guard let path = text(tree, "the session", maximum: 4096, example: "session: session.yaml")
    else { return nil }
    let file = path.hasPrefix("/") ? path : folder + path
    do throws(SessionFileError) {
      let bytes = try fileBytes(at: file)
      do throws(Mistake) {
        let base = try Tree(parsing: try checkedText(bytes))
        if case .mapping = base.content { return base }
        note(tree.place, "\(file) holds \(base.kindName)", "give a session file")
      } catch {
        note(tree.place, "\(file):\(error)", "mend that file first")
      }
    } catch {
      let mistake = error.mistakes.first
      note(
        tree.place, "\(file): \(mistake?.what ?? "cannot be read")",
        "give the path of a session file as seen from this file")
    }
    return nil
  }

  /// Whether the cells can be made at all; what is in them, the session reader judges.
  private func checkCells(_ description: CampaignDescription, _ file: Section) {
    var count = 1
    for axis in description.axes {
      let (product, isTooMany) = count.multipliedReportingOverflow(by: axis.values.count)
      guard !isTooMany, product <= CampaignDescription.maximumCells else {
        note(
          file.place(of: "vary"),
          "the lists have more than \(CampaignDescription.maximumCells) combinations",
          "split the campaign")
        return
      }
      count = product
    }
    for exclusion in description.exclusions {
      let hits = description.allIndices.contains { exclusion.selector.takes($0) }
      if !hits {
        note(file.place(of: "exclude"), "an exclusion takes no cell", "leave it out")
      }
    }
    guard mistakes.isEmpty else { return }
    for indices in description.allIndices {
      do throws(CellError) {
        _ = try description.session(at: indices, number: 1)
      } catch {
        note(error.place, error.what, "write a path that is there in every cell it is set in")
        if mistakes.count > SessionFileError.maximumMistakes { return }
      }
    }
  }
}
