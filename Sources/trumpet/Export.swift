import ArgumentParser
import Host
import Session
import SessionRecord
import Story
import Text

/// `trumpet export RECORD`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a part of a session record as CSV or JSON Lines.")

  @Argument(help: "The session record.", completion: .file(extensions: ["mcap"]))
  var record: String

  @Option(help: ArgumentHelp("csv or jsonl.", valueName: "format"))
  var format: RowForm

  @Option(
    help: ArgumentHelp(
      "telemetry (joined with truth), truth, events, or ticks (every one, in full).",
      valueName: "what"))
  var what: ExportSelection = .telemetry

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write to this file; an earlier export is replaced, a record never.", valueName: "file"))
  var output: String?

  func run() throws {
    var plan = OutputPlan()
    plan.reads(record, as: "the record")
    plan.writes(output, as: "--output")
    try check(plan)
    let reader = try open()
    let export = RecordExport(reader, form: format, selection: what)
    do {
      let stream = try OutputFile(output ?? standardStreamName)
      do throws(RecordError) {
        try export.write { stream.write($0) }
      } catch {
        diagnose("\(error)")
        stream.abandon()
        throw ExitStatus.wrongInput
      }
      try stream.finish()
    } catch let error as FileWriteError {
      diagnose("\(error)")
      throw ExitStatus.cannotWrite
    }
    if case .truncated(let byte) = reader.end {
      diagnose("\(record): breaks off at byte \(byte); what stands before it was exported")
    }
  }

  private func open() throws -> RecordReader {
    do {
      return try RecordReader(path: record)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}

extension RowForm: ExpressibleByArgument {}
extension ExportSelection: ExpressibleByArgument {}
