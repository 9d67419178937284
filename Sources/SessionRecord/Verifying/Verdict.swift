import Text

/// Puts what the walk found into the answers of a verification, and into words.
struct Verdict {
  private(set) var verification: Verification

  init(_ walk: RecordWalk, _ trust: Trust, lodged: Checkpoint?) {
    let content = walk.content
    verification = Verification(
      state: .complete, unsealedTicks: content.ticksAfterSeal, signature: .absent,
      container: walk.container.damage == nil ? .intact : .damaged, reason: "",
      origin: content.origin, key: content.manifest?.key, session: content.manifest?.session,
      previous: content.manifest?.previous, lastSeal: Self.lastSeal(content),
      blocks: content.blocks, messages: content.chain.count)
    judge(walk, lodged)
    judgeSignatures(content, trust, lodged)
    if let previous = content.manifest?.previous, verification.state != .altered {
      verification.reason +=
        "; it goes on from session \(previous.session) at \(Self.time(logTime(previous.tick)))"
    }
    if let damage = walk.container.damage, verification.state != .truncated {
      verification.reason += "; the container is damaged at byte \(damage.offset): \(damage.what)"
    }
  }

  private mutating func judge(_ walk: RecordWalk, _ lodged: Checkpoint?) {
    let content = walk.content
    if let (offset, reason) = walk.alteration {
      alter("byte \(offset): \(reason)", content)
      return
    }
    if content.isComplete {
      verification.reason =
        "whole from power-on to the end, \(Self.time(content.blockTime ?? 0)) in "
        + "\(content.blocks) blocks"
    } else {
      judgeEnd(walk)
    }
    // What was cut out is worse than what was cut off.
    if let lodged, lodged.messages > content.chain.count, verification.state != .altered {
      truncate(
        "a checkpoint over \(lodged.messages) messages was lodged, and there are "
          + "\(content.chain.count): it was cut back", content)
    }
  }

  /// Judges a record without a seal of the end: it was cut off, or something is missing inside.
  private mutating func judgeEnd(_ walk: RecordWalk) {
    guard case .broken(let byte) = walk.end else {
      alter("it ends in order, but without the seal of the end", walk.content)
      return
    }
    let search = LaterChunkSearch(bytes: walk.bytes, contents: ChunkContents())
    if walk.bytes.suffix(containerMagic.count).elementsEqual(containerMagic) {
      alter(
        "byte \(byte): a record cannot be followed, and the file does not end there", walk.content)
    } else if search.finds(after: byte) {
      alter(
        "byte \(byte): a record cannot be followed, and more chunks come behind it", walk.content)
    } else {
      truncate("it breaks off at byte \(byte)", walk.content)
    }
  }

  private mutating func alter(_ reason: String, _ content: ContentCheck) {
    verification.state = .altered
    verification.atNanoseconds = content.sealTick.flatMap { exactLogTime($0) } ?? 0
    verification.reason =
      content.sealTick == nil
      ? "\(reason); nothing before it is sealed"
      : "\(reason); as written up to \(Self.time(verification.atNanoseconds ?? 0)), "
        + "the end of block \(content.sealedBlocks - 1)"
  }

  private mutating func truncate(_ reason: String, _ content: ContentCheck) {
    verification.state = .truncated
    verification.atNanoseconds = content.blockTime ?? 0
    verification.reason =
      content.blocks == 0
      ? "\(reason), before its first block"
      : "\(reason), after \(Self.time(verification.atNanoseconds ?? 0)) "
        + "(block \(content.blocks - 1)); what stands before is as it was written"
  }

  private static func lastSeal(_ content: ContentCheck) -> SegmentLink? {
    guard let manifest = content.manifest, let seal = content.seal else { return nil }
    return SegmentLink(
      session: manifest.session, messages: seal.messages, hash: seal.hash, tick: seal.tick)
  }

  private mutating func judgeSignatures(
    _ content: ContentCheck, _ trust: Trust, _ lodged: Checkpoint?
  ) {
    guard let key = content.manifest?.key else { return }
    let (isLastValid, unsealed) = content.signatures(by: key)
    verification.unsealedTicks = unsealed
    if let lodged, !lodged.note.isSigned(by: key) {
      verification.signature = .invalid
    } else if content.checkpoints > 0 {
      verification.signature = isLastValid ? trust.judges(key) : .invalid
    }
  }

  /// Session time in h, min and s, with hundredths.
  static func time(_ nanoseconds: UInt64) -> String {
    TimeText.moment(hundredths: Int64(nanoseconds / 10_000_000))
  }
}
