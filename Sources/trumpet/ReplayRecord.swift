import ArgumentParser
import Catalogue
import Session
import SessionRecord
import Vocabulary

/// `trumpet replay RECORD`.
struct ReplayRecord: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Runs the firmware again from a record and compares every output.",
    discussion: """
      Times are session time, counted from the first power-on: 13:42:07, 42:07, or "6 h 34 min".
      """)

  @Argument(help: "The session record.", completion: .file(extensions: ["mcap"]))
  var record: String

  @Option(
    help: ArgumentHelp("Begin at the last snapshot before this moment.", valueName: "time"),
    transform: sessionTime)
  var from: SessionTime?

  @Option(
    help: ArgumentHelp("Compare up to this moment.", valueName: "time"), transform: sessionTime)
  var until: SessionTime?

  @Option(
    help: ArgumentHelp("Show the pump as it was at this moment.", valueName: "time"),
    transform: sessionTime)
  var at: SessionTime?

  @Option(
    help: ArgumentHelp(
      "Compare with this record tick by tick instead of running the firmware.",
      valueName: "record"))
  var against: String?

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func run() throws {
    let isIdentical =
      if let against {
        try compare(with: against)
      } else if let at {
        try showMoment(at)
      } else {
        try replay()
      }
    if !isIdentical { throw ExitStatus.failed }
  }

  func validate() throws {
    if against != nil, at != nil || from != nil || until != nil {
      throw ValidationError("--against compares two records whole; give no --at, --from, --until")
    }
    if at != nil, from != nil || until != nil {
      throw ValidationError("--at shows one moment; give no --from or --until with it")
    }
    if let from, let until, until.tick < from.tick {
      throw ValidationError("--until \(until.text) is before --from \(from.text)")
    }
  }

  private func replay() throws -> Bool {
    let result = try reading { () throws(ReplayError) in
      try Replay.run(path: record, from: from, until: until)
    }
    tellTruncation(result.truncatedAtByte)
    try show(json ? result.json : result.summary)
    return result.isIdentical
  }

  private func showMoment(_ time: SessionTime) throws -> Bool {
    let moment = try reading { () throws(ReplayError) in
      try Replay.moment(path: record, at: time)
    }
    tellTruncation(moment.truncatedAtByte)
    try show(json ? moment.json : moment.summary)
    return moment.isIdentical
  }

  private func compare(with other: String) throws -> Bool {
    let comparison = try reading { () throws(ReplayError) in
      try Replay.compare(path: record, against: other)
    }
    try show(json ? comparison.json : comparison.summary)
    return comparison.isIdentical
  }

  private func tellTruncation(_ byte: UInt64?) {
    guard json, let byte else { return }
    diagnose("\(record): breaks off at byte \(byte); what stands before it was replayed")
  }

  private func reading<Value>(_ body: () throws(ReplayError) -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      diagnose("\(error)")
      switch error {
      case .record(let error) where error.kind == .noSuchFile: throw ExitStatus.noSuchFile
      case .record: throw ExitStatus.wrongInput
      case .outside: throw ExitStatus.usage
      }
    }
  }
}

/// Reads a moment of the session, or says how one is written.
private func sessionTime(_ text: String) throws -> SessionTime {
  do { return try SessionTime(text) } catch { throw ValidationError("\(error)") }
}
