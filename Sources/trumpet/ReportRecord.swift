import ArgumentParser
import Host
import Report
import Session
import SessionRecord
import Story

/// `trumpet report RECORD … -o FILE.html`.
struct ReportRecord: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes one self-contained page of a session's records, for people.",
    discussion: """
      Several records are those of one session that was interrupted and resumed, in their order.
      """)

  @Argument(help: "The session's records, in order.", completion: .file(extensions: ["mcap"]))
  var records: [String]

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the page to this file; an earlier page is replaced, a record never.",
      valueName: "file.html"))
  var output: String

  @OptionGroup var trust: TrustOptions

  func run() throws {
    var plan = OutputPlan()
    for record in records { plan.reads(record, as: "a record") }
    plan.writes(output, as: "--output")
    try check(plan)
    let verifications = try records.map(trust.verify)
    try checkOrder(verifications)
    let story = try story(verifications)
    let verification = VerificationStatement(
      zip(records, verifications).map { ($0, $1) }, isLodged: trust.checkpoint != nil)
    let page = ReportDocument(story, verification: verification).html()
    do {
      try OutputFile.write(Array(page.utf8), to: output)
    } catch {
      diagnose("\(error)")
      throw ExitStatus.cannotWrite
    }
    if let byte = story.facts.truncatedAtByte {
      diagnose(
        "\(records.last ?? ""): breaks off at byte \(byte); the report says so and tells what stands "
          + "before")
    }
  }

  /// Each record has to go on from the one before it.
  private func checkOrder(_ verifications: [Verification]) throws {
    for index in verifications.indices.dropFirst() {
      let link = verifications[index].previous
      if let link, link == verifications[index - 1].lastSeal { continue }
      diagnose(
        "\(records[index]): does not go on from \(records[index - 1]); name the records of one "
          + "session, in their order")
      throw ExitStatus.wrongInput
    }
  }

  private func story(_ verifications: [Verification]) throws -> SessionStory {
    do {
      var segments: [StorySegment] = []
      for (index, record) in records.enumerated() {
        let next = index + 1 < verifications.count ? verifications[index + 1].previous : nil
        segments.append(StorySegment(try RecordReader(path: record), until: next?.tick))
      }
      var story = try SessionStory(segments)
      story.facts.isContinuation = verifications.first?.previous != nil
      return story
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}
