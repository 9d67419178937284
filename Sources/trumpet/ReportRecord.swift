import Analysis
import ArgumentParser
import Report
import Session
import SessionRecord

/// `trumpet report RECORD -o FILE.html`.
struct ReportRecord: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes one self-contained page of a session record, for people.")

  @Argument(help: "The session record.", completion: .file(extensions: ["mcap"]))
  var record: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the page to this file; an earlier page is replaced, a record never.",
      valueName: "file.html"))
  var output: String

  @OptionGroup var trust: TrustOptions

  func run() throws {
    try checkReplaceable(output, record: record)
    let library = try plotLibrary()
    let story = try story()
    let verification = VerificationStatement(
      try trust.verify(record), isLodged: trust.checkpoint != nil)
    let page = ReportDocument(story, verification: verification).html(with: library)
    do {
      try AtomicFile.write(Array(page.utf8), to: output)
    } catch {
      diagnose("\(error)")
      throw ExitStatus.cannotWrite
    }
    if let byte = story.facts.truncatedAtByte {
      diagnose(
        "\(record): breaks off at byte \(byte); the report says so and tells what stands before")
    }
  }

  private func plotLibrary() throws -> PlotLibrary {
    do {
      return try PlotLibrary()
    } catch {
      diagnose("\(error)")
      throw ExitStatus.hardware
    }
  }

  private func story() throws -> SessionStory {
    do {
      return try SessionStory(RecordReader(path: record))
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}
