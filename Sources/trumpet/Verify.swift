import ArgumentParser
import Session
import SessionRecord

/// `trumpet verify RECORD`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says whether a session record is whole, unaltered, and signed by whom.",
    discussion: """
      Status 0 only for a record that is complete, intact and validly signed. A signature is valid
      by a key given with --key, or, without --key, by your own or a pinned one (`trumpet key`).
      """)

  @Argument(help: "The session record.", completion: .file(extensions: ["mcap"]))
  var record: String

  @OptionGroup var trust: TrustOptions

  @Flag(help: "Status 0 for a record that is complete, intact and without signatures as well.")
  var allowUnsigned = false

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func run() throws {
    let verification = try trust.verify(record)
    try show(json ? verification.json : verification.summary(isLodged: trust.checkpoint != nil))
    if !verification.passes(allowingUnsigned: allowUnsigned) { throw ExitStatus.failed }
  }
}
