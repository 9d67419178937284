import ArgumentParser
import Session
import SessionRecord

/// `trumpet replay RECORD`.
struct ReplayRecord: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Runs the firmware again from a record and compares every output.")

  @Argument(help: "The session record.", completion: .file(extensions: ["mcap"]))
  var record: String

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func run() throws {
    let result = try replay()
    if json, let byte = result.truncatedAtByte {
      diagnose("\(record): breaks off at byte \(byte); what stands before it was replayed")
    }
    try show(json ? result.json : result.summary)
    if !result.isIdentical { throw ExitStatus.failed }
  }

  private func replay() throws -> ReplayResult {
    do {
      return try Replay.run(path: record)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}
