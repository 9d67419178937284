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
  /// Checkpoints that the record's key did not sign, or not these bytes.
  private(set) var badSignatures = 0
  /// Whether the seal of the end and its checkpoint were read.
  private(set) var isComplete = false

  private var met = RecordListing()
  private var schemaIDs: [[UInt8]: Set<UInt16>] = [:]
  private var channelIDs: [[UInt8]: UInt16] = [:]
  private var ticksAfterSeal: UInt64 = 0
  private var ticksAfterSignature: UInt64 = 0
  private var before = Role.other
  private var hasEndSeal = false
  private var hasMetadataOfSession = false

  init(lodged: Checkpoint?) { self.lodged = lodged }

  /// Ticks that no good seal, or in a signed record no valid signature, covers.
  var unsealedTicks: UInt64 { manifest?.key == nil ? ticksAfterSeal : ticksAfterSignature }

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
    ticksAfterSignature += head.tickCount
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
    let place = "the checkpoint after block \(lastBlock)"
    guard let text = String(validating: message.data, as: UTF8.self),
      let checkpoint = try? Checkpoint(text: text), let manifest
    else { throw Alteration(reason: "\(place) has another form") }
    guard checkpoint.session == manifest.session, checkpoint.messages == chain.count,
      checkpoint.hash == chain.hash, let sealTick, checkpoint.tick == sealTick
    else { throw Alteration(reason: "\(place) does not fit the messages before it") }
    let time = exactLogTime(sealTick)
    guard message.sequence == checkpoints, message.logTime == time, message.publishTime == time
    else { throw Alteration(reason: "\(place) has another sequence or time") }
    guard checkpoint.note.signatures.count == (manifest.key == nil ? 0 : 1) else {
      throw Alteration(reason: "\(place) has \(checkpoint.note.signatures.count) signatures")
    }
    checkpoints += 1
    isComplete = hasEndSeal
    guard let key = manifest.key else { return }
    if checkpoint.note.isSigned(by: key) {
      ticksAfterSignature = 0
    } else {
      badSignatures += 1
    }
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
