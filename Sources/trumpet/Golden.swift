import ArgumentParser
import Campaign
import Session

/// `trumpet golden FOLDER`.
struct Golden: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks a folder of sessions with their records: the same ticks as ever?",
    discussion: """
      FOLDER holds session files and the record of each beside it. Every record is replayed, every file is \
      run again, and the two records are compared tick by tick. Files named board-… run on an emulated board.
      """)

  @Argument(help: "The folder.", completion: .directory)
  var folder: String

  @Argument(help: "Only these sessions, without .yaml.")
  var names: [String] = []

  @Flag(help: "Put a new record in the place of one that differs, and say what moved.")
  var renew = false

  @Option(
    help: ArgumentHelp(
      "Also run every session of this folder in full, and compare with figures.txt in FOLDER.",
      valueName: "folder"))
  var whole: String?

  func run() throws {
    do {
      let corpus = try SessionCorpus(folder: folder)
      if let strange = names.first(where: { !corpus.names.contains($0) }) {
        diagnose("\(folder): there is no session '\(strange)'")
        throw ExitStatus.noSuchFile
      }
      let chosen = names.isEmpty ? corpus.names : corpus.names.filter(names.contains)
      var differing = 0
      for name in chosen {
        differing += try tell(name, renew ? corpus.renew(name) : corpus.check(name))
      }
      if let whole {
        for (name, lines) in try corpus.compareWhole(of: whole, isRenewing: renew) {
          differing += try tell("\(name), in full", lines)
        }
      }
      try show("\(chosen.count) records; \(differing) \(renew ? "renewed with changes" : "differ")")
      if differing > 0, !renew { throw ExitStatus.failed }
    } catch let error as CorpusError {
      diagnose(error.text)
      throw ExitStatus.wrongInput
    }
  }

  /// Shows what is not as it was; gives 1 where there is anything.
  private func tell(_ name: String, _ lines: [String]) throws -> Int {
    try show("\(name): \(lines.isEmpty ? "identical" : "differs")")
    for line in lines { try show("  \(line)") }
    return lines.isEmpty ? 0 : 1
  }
}
