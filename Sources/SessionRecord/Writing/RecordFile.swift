import PumpHAL

/// Turns batches into chunks and writes them; the one owner of the file.
final class RecordFile {
  private var output: FileOutput
  private var container: ContainerWriter
  private var block = ByteBuffer(capacity: 1 << 16)
  private var synchronisedAt: Int64 = 0
  private(set) var bytesWritten: UInt64 = 0
  private(set) var failure: RecordError?

  init(path: String, header: RecordHeader) throws(RecordError) {
    output = try FileOutput(creating: path)
    container = ContainerWriter(library: header.library)
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
    container.metadata(name: sessionMetadataName, header.pairs)
    try flush()
    try output.synchronise()
    output.synchroniseDirectory()
    synchronisedAt = monotonicSeconds()
  }

  /// Does what the batch asks; after a failure nothing is done any more.
  func take(_ batch: Batch) {
    guard failure == nil else { return }
    do throws(RecordError) {
      switch batch.work {
      case .block:
        appendBlock(batch)
        try flush()
        try synchronise(isUrgent: batch.isUrgent)
      case .attachment(let attachment):
        container.attachment(attachment, time: logTime(batch.lastTick))
        try flush()
      case .end:
        container.finish()
        try flush()
        try output.synchronise()
        try output.close()
      }
    } catch {
      failure = error
    }
  }

  /// The block as one message in a chunk of its own, then the chunk for people if one is due.
  private func appendBlock(_ batch: Batch) {
    block.clear()
    let time = logTime(batch.lastTick)
    let start = block.openMessage(
      channel: RecordChannel.blocks.rawValue, sequence: UInt32(truncatingIfNeeded: batch.number),
      logTime: time, publishTime: logTime(batch.firstTick))
    block.append(blockVersion)
    block.append(batch.isRestart ? BlockFlags.restart : 0)
    block.appendVarint(batch.number)
    block.appendZigzag(batch.firstTick)
    block.appendVarint(batch.tickCount)
    if batch.isRestart {
      block.appendZigzag(batch.microstepsPerRevolution)
      block.appendZigzag(batch.encoderCountsPerRevolution)
    }
    block.append(batch.items.bytes)
    block.append(batch.controllerDigest)
    block.append(batch.monitorDigest)
    block.closeRecord(start)
    let place = MessagePlace(channel: RecordChannel.blocks.rawValue, time: time, offset: 0)
    container.chunk(block.bytes, [place], isIndexed: false)
    if !batch.places.isEmpty {
      container.chunk(batch.messages.bytes, batch.places, isIndexed: true)
    }
  }

  private func flush() throws(RecordError) {
    try output.write(container.pending.bytes)
    bytesWritten += UInt64(container.pending.count)
    container.pendingWasWritten()
  }

  private func synchronise(isUrgent: Bool) throws(RecordError) {
    let now = monotonicSeconds()
    if !isUrgent && now == synchronisedAt { return }
    synchronisedAt = now
    try output.synchronise()
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
