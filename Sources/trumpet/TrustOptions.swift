import ArgumentParser
import Session
import SessionRecord

/// Whose signature counts, and what was lodged elsewhere: what a verification is given.
struct TrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A verifying key, or a file with some, of which one has to have signed; may come again.",
      valueName: "key"))
  var key: [String] = []

  @Option(
    help: ArgumentHelp(
      "A checkpoint that was lodged elsewhere, as `run` printed it.", valueName: "file"))
  var checkpoint: String?

  /// Verifies a record by them.
  func verify(_ record: String) throws -> Verification {
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
