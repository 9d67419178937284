/// The text of a checkpoint, which is what is signed (`Docs/SessionRecord.md`, "Checkpoint").
enum CheckpointText {
  /// The lines before the empty one.
  static func body(session: String, _ chain: SealChain, tick: Int64) -> String {
    Checkpoint.body(session: session, messages: chain.count, hash: chain.hash, tick: tick)
  }
}
