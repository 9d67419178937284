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

  @Option(
    help: ArgumentHelp(
      "A verifying key, or a file with some, of which one has to have signed; may come again.",
      valueName: "key"))
  var key: [String] = []

  @Option(
    help: ArgumentHelp(
      "A checkpoint that was lodged elsewhere, as `run` printed it.", valueName: "file"))
  var checkpoint: String?

  @Flag(help: "Status 0 for a record that is complete, intact and without signatures as well.")
  var allowUnsigned = false

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func run() throws {
    let verification = try verify()
    try show(json ? verification.json : verification.summary(isLodged: checkpoint != nil))
    if !verification.passes(allowingUnsigned: allowUnsigned) { throw ExitStatus.failed }
  }

  private func verify() throws -> Verification {
    let given = try explained { () throws(KeyStoreError) in
      var keys: [VerifyingKey] = []
      for argument in key { keys += try KeyStore.verifyingKeys(argument).map(\.key) }
      return keys
    }
    let pinned = try explained { () throws(KeyStoreError) in
      // Given keys go before pinned ones, and need no home directory.
      given.isEmpty ? try KeyStore.ofUser?.trustedKeys() ?? [] : []
    }
    let lodged = try explained { () throws(KeyStoreError) in
      guard let checkpoint else { return nil as Checkpoint? }
      return try KeyStore.checkpoint(at: checkpoint)
    }
    do throws(RecordError) {
      return try RecordVerifier.verify(
        path: record, givenKeys: given, pinnedKeys: pinned, lodged: lodged)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}
