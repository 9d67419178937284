import Story
import ArgumentParser
import Glibc
import Session
import SessionRecord
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
    if let output { try checkReplaceable(output, records: [record]) }
    let reader = try open()
    let export = RecordExport(reader, form: format, selection: what)
    let stream = try output.map { try OutputStream(replacing: $0) } ?? OutputStream.standard
    do {
      try export.write { stream.write($0) }
    } catch {
      diagnose("\(error)")
      stream.abandon()
      throw ExitStatus.wrongInput
    }
    try stream.finish()
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

/// Standard output, or a file that takes its name only when it is whole.
private final class OutputStream {
  static var standard: OutputStream { OutputStream(STDOUT_FILENO) }

  private let descriptor: Int32
  private var failure: Int32 = 0
  private var path: String?
  private var temporary: String?

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  init(replacing path: String) throws {
    let temporary = "\(path).\(getpid()).new"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      diagnose("\(path): cannot be written: \(String(cString: strerror(errno)))")
      throw ExitStatus.cannotWrite
    }
    self.path = path
    self.temporary = temporary
  }

  /// Writes a piece; false when nothing more can be written.
  func write(_ bytes: [UInt8]) -> Bool {
    if failure == 0 { failure = writeAll(bytes, to: descriptor) }
    return failure == 0
  }

  func abandon() { if let temporary { unlink(temporary) } }

  func finish() throws {
    if let path, let temporary {
      if failure == 0, fsync(descriptor) != 0 || rename(temporary, path) != 0 { failure = errno }
      if failure != 0 { unlink(temporary) }
    }
    // A reader that has read enough and left, as `head` does, is no error.
    if failure == 0 || (path == nil && failure == EPIPE) { return }
    diagnose(
      "\(path ?? "standard output"): cannot be written: \(String(cString: strerror(failure)))")
    throw ExitStatus.cannotWrite
  }
}
