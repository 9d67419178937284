import PumpHAL

/// Where the content stops being as it was written, and how that shows.
struct Alteration: Error {
  var reason: String
}

/// Takes the content of a record, part by part and message by message, and holds it against its
/// manifest, chain and checkpoints (`Docs/SessionRecord.md`, "Verification").
///
/// Each method throws at the first thing that is not as it was written; what was read until then
/// stays, and nothing more may be taken.
struct ContentCheck {
  /// A checkpoint that fits the chain, with what stands under it.
  struct SignedCheckpoint {
    var body: String
    var signature: SignedNote.Signature
    /// Ticks of the blocks since the checkpoint before.
    var unsignedTicks: UInt64

    func isSigned(by key: VerifyingKey) -> Bool {
      signature.isBy(key) && key.isValid(signature: signature.bytes, of: Array(body.utf8))
    }
  }

  /// What the messages of a channel are to the seals.
  enum Role {
    case block, seal, checkpoint, manifest, other

    init(topic: [UInt8]) {
      let channel = RecordChannel.allCases.first { $0.topic.utf8.elementsEqual(topic) }
      switch channel {
      case .blocks: self = .block
      case .seals: self = .seal
      case .checkpoints: self = .checkpoint
      case .manifest: self = .manifest
      default: self = .other
      }
    }
  }

  let lodged: Checkpoint?

  /// Whether anything of it is a session's: a header or a channel of ours.
  private(set) var isSession = false
  private(set) var origin: Origin?
  private(set) var manifest: RecordManifest?
  private(set) var chain = SealChain()
  private(set) var blocks: UInt64 = 0
  /// Log time of the last block, ns; nil before the first.
  private(set) var blockTime: UInt64?
  /// The tick of the last good seal.
  var sealTick: Int64? { seal?.tick }
  /// The last good seal.
  private(set) var seal: Seal?
  /// Blocks up to it.
  private(set) var sealedBlocks: UInt64 = 0
  private(set) var checkpoints: UInt32 = 0
  /// The checkpoints of a signed record, their signatures not checked yet.
  private(set) var signed: [SignedCheckpoint] = []
  /// Whether the seal of the end and its checkpoint were read.
  private(set) var isComplete = false

  private var met = RecordListing()
  private var schemaIDs: [[UInt8]: Set<UInt16>] = [:]
  private var channelIDs: [[UInt8]: UInt16] = [:]
  /// Ticks of the blocks after the last good seal.
  private(set) var ticksAfterSeal: UInt64 = 0
  private var ticksSinceSignature: UInt64 = 0
  private var before = Role.other
  private var hasEndSeal = false
  private var hasMetadataOfSession = false

  init(lodged: Checkpoint?) { self.lodged = lodged }

  /// Whether the last checkpoint has a valid signature of `key`, and the ticks after the last one that
  /// has.
  ///
  /// Checked from the last one backwards: the hash of one with a valid signature covers those before
  /// it, so that one signature does for the whole record.
  func signatures(by key: VerifyingKey) -> (isLastValid: Bool, unsealedTicks: UInt64) {
    var ticks = ticksSinceSignature
    for (index, checkpoint) in signed.enumerated().reversed() {
      if checkpoint.isSigned(by: key) { return (index == signed.count - 1, ticks) }
      ticks += checkpoint.unsignedTicks
    }
    return (false, ticks)
  }

  // MARK: - What is not a message

  mutating func take(_ header: HeaderFields) throws(Alteration) {
    if header.profile.elementsEqual("trumpet".utf8) { isSession = true }
    try meet(.header, [], [header.profile, header.library])
  }

  mutating func take(_ schema: SchemaFields) throws(Alteration) {
    schemaIDs[schema.name, default: []].insert(schema.id)
    try meet(.schema, schema.name, RecordListing.schema(schema))
  }

  /// - Parameter schema: the name of the channel's schema; nil if there is none.
  mutating func take(_ channel: ChannelFields, schema: [UInt8]?) throws(Alteration) {
    if RecordChannel.allCases.contains(where: { $0.topic.utf8.elementsEqual(channel.topic) }) {
      isSession = true
    }
    // A reader that follows ids would miss what stands under a second one.
    if let earlier = channelIDs.updateValue(channel.id, forKey: channel.topic),
      earlier != channel.id
    {
      throw Alteration(
        reason: "the channel \(quoted(channel.topic)) is there under two ids, "
          + "\(earlier) and \(channel.id)")
    }
    try meet(.channel, channel.topic, RecordListing.channel(channel, schema: schema))
  }

  mutating func take(_ metadata: MetadataFields) throws(Alteration) {
    if !hasMetadataOfSession, metadata.name.elementsEqual(sessionMetadataName.utf8) {
      hasMetadataOfSession = true
      let value = metadata.pairs.last { $0.key.elementsEqual("origin".utf8) }?.value
      origin = Origin.allCases.first { value?.elementsEqual($0.name.utf8) == true }
    }
    try meetOnce(.metadata, metadata.name, RecordListing.metadata(metadata))
  }

  mutating func take(_ attachment: AttachmentFields) throws(Alteration) {
    try meetOnce(.attachment, attachment.name, RecordListing.attachment(attachment))
  }

  private mutating func meetOnce(
    _ kind: RecordListing.Kind, _ name: [UInt8], _ description: RecordListing.Description
  ) throws(Alteration) {
    if met.contains(kind, name) {
      throw Alteration(reason: "the \(kind.word) \(quoted(name)) is there twice")
    }
    try meet(kind, name, description)
  }

  private mutating func meet(
    _ kind: RecordListing.Kind, _ name: [UInt8], _ description: RecordListing.Description
  ) throws(Alteration) {
    let part = RecordListing.Part(kind: kind, name: name)
    if !met.add(kind, name, description) {
      throw Alteration(reason: "the \(part.words) is there in two ways")
    }
    if let manifest { try compare(part, description, with: manifest) }
  }

  private func compare(
    _ part: RecordListing.Part, _ description: RecordListing.Description,
    with manifest: RecordManifest
  ) throws(Alteration) {
    guard let listed = manifest.listing[part] else {
      throw Alteration(reason: "the manifest does not list the \(part.words)")
    }
    if listed != description {
      throw Alteration(reason: "the \(part.words) is not the one that the manifest lists")
    }
    if part.kind == .schema, ids(part) > manifest.count(part) {
      throw Alteration(
        reason: "the \(part.words) is there under more ids than the manifest lists it")
    }
  }

  private func ids(_ schema: RecordListing.Part) -> Int { schemaIDs[schema.name]?.count ?? 0 }

  // MARK: - Messages

  mutating func take(_ message: MessageFields, topic: String, _ role: Role) throws(Alteration) {
    try compareWithLodged()
    if isComplete {
      throw Alteration(reason: "a message follows the last checkpoint of the session")
    }
    if hasEndSeal && role != .checkpoint {
      throw Alteration(reason: "something else than a checkpoint follows the seal of the end")
    }
    if before == .block && role != .seal {
      throw Alteration(reason: "block \(blocks - 1) is not followed by its seal")
    }
    if (chain.count == 0) != (role == .manifest) {
      let what = chain.count == 0 ? "the first message is no manifest" : "a second manifest comes"
      throw Alteration(reason: what)
    }
    switch role {
    case .manifest: try takeManifest(message)
    case .block: try takeBlock(message)
    case .seal: try takeSeal(message)
    case .checkpoint: try takeCheckpoint(message)
    case .other: break
    }
    before = role
    chain.add(
      topic: topic, sequence: message.sequence, logTime: message.logTime,
      publishTime: message.publishTime, data: message.data)
  }

  private mutating func takeManifest(_ message: MessageFields) throws(Alteration) {
    guard let manifest = RecordManifest(message.data) else {
      throw Alteration(reason: "the first message is no manifest of format trumpet.record.v1")
    }
    for part in met.parts { try compare(part, met[part] ?? [], with: manifest) }
    self.manifest = manifest
    if let lodged, lodged.session != manifest.session {
      throw Alteration(
        reason: "the lodged checkpoint is of session \(lodged.session), "
          + "and this is session \(manifest.session)")
    }
  }

  private mutating func takeBlock(_ message: MessageFields) throws(Alteration) {
    guard let head = BlockHead(message.data) else {
      throw Alteration(reason: "the head of block \(blocks) does not decode")
    }
    guard head.number == blocks else {
      throw Alteration(reason: "block \(head.number) stands where block \(blocks) belongs")
    }
    if let blockTime, exactLogTime(head.firstTick) != blockTime {
      throw Alteration(reason: "block \(blocks) does not begin where the one before it ends")
    }
    blocks += 1
    blockTime = message.logTime
    ticksAfterSeal += head.tickCount
    ticksSinceSignature += head.tickCount
  }

  private mutating func takeSeal(_ message: MessageFields) throws(Alteration) {
    guard let seal = Seal(message.data) else {
      throw Alteration(reason: "the seal after block \(lastBlock) has another form")
    }
    let mayStandHere =
      seal.kind == .block ? before == .block : before == .seal || before == .checkpoint
    guard mayStandHere else {
      throw Alteration(reason: "a seal stands where none belongs, after block \(lastBlock)")
    }
    guard seal.messages == chain.count, seal.hash == chain.hash else {
      throw Alteration(
        reason: "the seal after block \(lastBlock) does not fit the messages before it")
    }
    guard let blockTime, exactLogTime(seal.tick) == blockTime else {
      throw Alteration(
        reason: "the seal after block \(lastBlock) is of another time than the block")
    }
    self.seal = seal
    sealedBlocks = blocks
    hasEndSeal = seal.kind == .end
    ticksAfterSeal = 0
  }

  private mutating func takeCheckpoint(_ message: MessageFields) throws(Alteration) {
    var place: String { "the checkpoint after block \(lastBlock)" }
    guard let manifest, let sealTick else {
      throw Alteration(reason: "\(place) has no seal before it")
    }
    let body = Checkpoint.body(
      session: manifest.session, messages: chain.count, hash: chain.hash, tick: sealTick)
    guard message.data.starts(with: body.utf8),
      message.data.dropFirst(body.utf8.count).first == UInt8(ascii: "\n")
    else { throw Alteration(reason: "\(place) does not fit the messages before it") }
    let time = exactLogTime(sealTick)
    guard message.sequence == checkpoints, message.logTime == time, message.publishTime == time
    else { throw Alteration(reason: "\(place) has another sequence or time") }
    let signatures = Slice(rebasing: message.data[(body.utf8.count + 1)...])
    if manifest.key == nil {
      guard signatures.isEmpty else { throw Alteration(reason: "\(place) bears a signature") }
    } else {
      guard let text = String(validating: signatures, as: UTF8.self),
        let signature = SignedNote.Signature(lineOf: text)
      else { throw Alteration(reason: "\(place) does not have one line of signature") }
      signed.append(
        SignedCheckpoint(body: body, signature: signature, unsignedTicks: ticksSinceSignature))
      ticksSinceSignature = 0
    }
    checkpoints += 1
    isComplete = hasEndSeal
  }

  private var lastBlock: String { blocks == 0 ? "none" : String(blocks - 1) }

  private func compareWithLodged() throws(Alteration) {
    guard let lodged, lodged.messages == chain.count, lodged.hash != chain.hash else { return }
    throw Alteration(
      reason: "the lodged checkpoint covers \(lodged.messages) messages, and they are not these")
  }

  // MARK: - The end

  /// To be called when the walk has ended without an alteration.
  func finish() throws(Alteration) {
    try compareWithLodged()
    guard let manifest else { return }
    for part in manifest.listing.parts
    where met[part] == nil || part.kind == .schema && ids(part) < manifest.count(part) {
      throw Alteration(reason: "the \(part.words) that the manifest lists is not in the file")
    }
  }
}
