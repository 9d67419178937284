import Catalogue
import PumpHAL
import Vocabulary

extension SessionDescription {
  /// Reads and checks a session file of at most 1 MiB.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - catalogue: what its names refer to.
  /// - Throws: `SessionFileError` with every mistake that was found.
  public init(
    contentsOf path: String, catalogue: HardwareCatalogue = .builtIn
  ) throws(SessionFileError) {
    try self.init(
      bytes: try fileBytes(at: path), name: shownName(ofFile: path), catalogue: catalogue)
  }

  /// Reads and checks the bytes of a session file; `name` stands in its mistakes.
  ///
  /// - Parameters:
  ///   - bytes: the file's bytes.
  ///   - name: the file's name, for mistakes.
  ///   - catalogue: what its names refer to.
  /// - Throws: `SessionFileError` with every mistake that was found.
  public init(
    bytes: [UInt8], name: String, catalogue: HardwareCatalogue = .builtIn
  ) throws(SessionFileError) {
    let reading = Reading(catalogue: catalogue)
    var description: SessionDescription?
    do throws(Mistake) {
      let root = try Tree(parsing: try checkedText(bytes))
      description = reading.session(root, source: bytes)
    } catch {
      throw SessionFileError(kind: .refused, file: name, mistakes: [error])
    }
    guard let description, reading.mistakes.isEmpty else {
      let all = reading.sortedMistakes
      let told = all.prefix(SessionFileError.maximumMistakes)
      throw SessionFileError(
        kind: .refused, file: name, mistakes: Array(told), leftOff: all.count - told.count)
    }
    self = description
  }
}

extension Reading {
  /// The whole file; nil, or anything, where a mistake was noted.
  func session(_ root: Tree, source: [UInt8]) -> SessionDescription? {
    let example = "title: …` and the other keys of a session, as in `Docs/SessionFile.md"
    guard let file = section(root, "the session", keys: FormatKeys.root, example: example) else {
      return nil
    }
    let draft = Draft(file, self)
    let excesses = check(draft)
    guard mistakes.isEmpty else { return nil }
    return draft.description(source: source, excesses: excesses)
  }
}
