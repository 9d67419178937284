import Host
import PumpHAL
import TickCodec

/// Turns batches into chunks, seals them and writes them; the one owner of the file.
final class RecordFile {
  private var output: NewFile
  private var container: ContainerWriter
  private var seals: RecordSeals
  private var chunk = ByteBuffer(capacity: 1 << 16)
  private var places: [MessagePlace] = []
  private var sequences = [UInt32](repeating: 0, count: RecordChannel.allCases.count + 1)
  private var synchronisedAt: Int64 = 0
  private(set) var bytesWritten: UInt64 = 0
  private(set) var failure: RecordError?

  init(
    path: String, header: RecordHeader, attachments: [RecordAttachment]
  ) throws(RecordError) {
    do throws(FileWriteError) { output = try NewFile(creating: path) } catch {
      throw RecordError(error)
    }
    container = ContainerWriter(library: header.library)
    let manifest = ManifestText(header: header, attachments: attachments)
    let session = manifest.session
    seals = RecordSeals(session: session, key: header.signingKey)
    for channel in RecordChannel.allCases {
      container.schema(
        id: channel.rawValue, name: channel.schemaName, encoding: channel.schemaEncoding,
        text: channel.schemaText)
    }
    for channel in RecordChannel.allCases {
      container.channel(
        id: channel.rawValue, schema: channel.rawValue, topic: channel.topic,
        messageEncoding: channel.messageEncoding)
    }
    container.metadata(name: sessionMetadataName, header.sortedPairs)
    for attachment in attachments { container.attachment(attachment, time: 0) }
    put(.manifest, 0, 0) { $0.append(manifest.text(session: session)) }
    closeChunk(isIndexed: false)
    do throws(FileWriteError) {
      try flush()
      try output.synchronise()
    } catch {
      // What was never begun leaves nothing behind that would be in the way of the next try.
      output.discard()
      throw RecordError(error)
    }
    output.synchroniseDirectory()
    synchronisedAt = MonotonicClock.nanoseconds
  }

  /// The last checkpoint with its signature, where there is a key; nil before the first.
  var checkpoint: String? { seals.checkpoint }

  /// Does what the batch asks; after a failure nothing is done any more.
  func take(_ batch: Batch) {
    guard failure == nil else { return }
    do throws(FileWriteError) {
      switch batch.work {
      case .block:
        appendBlock(batch)
        try flush()
        try synchronise(isUrgent: batch.isUrgent)
      case .end:
        appendEnd(batch)
        container.finish()
        try flush()
        try output.synchronise()
        try output.close()
      }
    } catch {
      failure = RecordError(error)
    }
  }

  /// What is for people, the snapshot and the wire in chunks of their own, then the block and its
  /// seal in one: a block that can be read is sealed.
  private func appendBlock(_ batch: Batch) {
    let (first, last) = (batch.firstTick, batch.lastTick)
    if !batch.places.isEmpty {
      seals.add(batch.messages.bytes, batch.places)
      container.chunk(batch.messages.bytes, batch.places, isIndexed: true)
    }
    if batch.snapshot.count > 0 {
      put(.snapshots, last, last) { $0.append(batch.snapshot.bytes) }
      closeChunk(isIndexed: true)
    }
    if batch.wireSent.count > 0 {
      put(.wireSent, last, first) { $0.append(batch.wireSent.bytes) }
    }
    if batch.wireReceived.count > 0 {
      put(.wireReceived, last, first) { $0.append(batch.wireReceived.bytes) }
    }
    if !places.isEmpty { closeChunk(isIndexed: true) }
    sequences[Int(RecordChannel.blocks.rawValue)] = UInt32(truncatingIfNeeded: batch.number)
    put(.blocks, last, first) { batch.appendBlock(to: &$0) }
    putSeal(.block, last)
    if seals.isCheckpointDue(at: last, hasNewAlarm: batch.hasNewAlarm) { putCheckpoint(last) }
    closeChunk(isIndexed: false)
  }

  private func appendEnd(_ batch: Batch) {
    putSeal(.end, batch.lastTick)
    putCheckpoint(batch.lastTick)
    closeChunk(isIndexed: false)
  }

  private func putSeal(_ kind: Seal.Kind, _ tick: Int64) {
    let seal = seals.seal(kind, tick: tick)
    put(.seals, tick, tick) { seal.append(to: &$0) }
  }

  private func putCheckpoint(_ tick: Int64) {
    let text = seals.takeCheckpoint(at: tick)
    put(.checkpoints, tick, tick) { $0.append(text) }
  }

  /// One message in the chunk that is being filled.
  private func put(
    _ channel: RecordChannel, _ logTick: Int64, _ publishTick: Int64,
    _ fill: (inout ByteBuffer) -> Void
  ) {
    let index = Int(channel.rawValue)
    let time = logTime(logTick)
    let place = MessagePlace(channel: channel.rawValue, time: time, offset: chunk.count)
    let start = chunk.openMessage(
      channel: channel.rawValue, sequence: sequences[index], logTime: time,
      publishTime: logTime(publishTick))
    fill(&chunk)
    chunk.closeRecord(start)
    sequences[index] &+= 1
    places.append(place)
    seals.add(chunk.bytes, place)
  }

  private func closeChunk(isIndexed: Bool) {
    container.chunk(chunk.bytes, places, isIndexed: isIndexed)
    chunk.clear()
    places.removeAll(keepingCapacity: true)
  }

  private func flush() throws(FileWriteError) {
    try output.write(container.pending.bytes)
    bytesWritten += UInt64(container.pending.count)
    container.pendingWasWritten()
  }

  private func synchronise(isUrgent: Bool) throws(FileWriteError) {
    let now = MonotonicClock.nanoseconds
    if !isUrgent && now - synchronisedAt < 1_000_000_000 { return }
    synchronisedAt = now
    try output.synchronise()
  }
}

extension Batch {
  /// The block as its message has it.
  fileprivate func appendBlock(to buffer: inout ByteBuffer) {
    buffer.append(blockVersion)
    buffer.append(isRestart ? BlockFlags.restart : 0)
    buffer.appendVarint(number)
    buffer.appendZigzag(firstTick)
    buffer.appendVarint(tickCount)
    if isRestart {
      buffer.appendZigzag(microstepsPerRevolution)
      buffer.appendZigzag(encoderCountsPerRevolution)
    }
    buffer.append(items.bytes)
    buffer.append(controllerDigest)
    buffer.append(monitorDigest)
  }
}

/// Bits of a block's second byte.
enum BlockFlags {
  /// The change coding starts afresh, so that a reader may begin here.
  static let restart: UInt8 = 1
}

/// The name of the metadata record that says what session this is.
let sessionMetadataName = "trumpet.session"

extension RecordHeader {
  /// The header as the metadata record has it.
  var pairs: [String: String] {
    var pairs = metadata
    pairs["origin"] = origin.name
    pairs["ticksPerSecond"] = String(ticksPerSecond)
    pairs["blockEncoding"] = blockEncoding
    if let seed { pairs["seed"] = String(seed) }
    if let wallClockStartMilliseconds {
      pairs["wallClockStartMilliseconds"] = String(wallClockStartMilliseconds)
    }
    return pairs
  }
}

extension Origin {
  /// The word for it.
  var name: String {
    switch self {
    case .simulated: "simulated"
    case .emulated: "emulated"
    case .hardware: "hardware"
    }
  }
}
