import TickCodec

/// Whether every rule of MCAP holds that a reader can check, and every checksum is there and right;
/// puts together what the summary has to say.
struct ContainerCheck {
  /// What a chunk index has to say of its chunk.
  struct ChunkEntry {
    var firstTime: UInt64
    var lastTime: UInt64
    var offset: UInt64
    var length: UInt64
    var indexOffsets: [(id: UInt16, value: UInt64)] = []
    var indexLength: UInt64 = 0
    var compression: [UInt8]
    var storedSize: UInt64
    var size: UInt64
  }

  /// What an attachment or metadata index has to say.
  struct FileEntry {
    var offset: UInt64
    var length: UInt64
    var logTime: UInt64 = 0
    var createTime: UInt64 = 0
    var dataSize: UInt64 = 0
    var name: [UInt8]
    var mediaType: [UInt8] = []
  }

  /// The first rule that does not hold, with the byte at which it shows; nil while all do.
  private(set) var damage: (offset: UInt64, what: String)?

  private(set) var schemas: [[UInt8]] = []
  private(set) var channels: [[UInt8]] = []
  private(set) var chunks: [ChunkEntry] = []
  private(set) var attachments: [FileEntry] = []
  private(set) var metadata: [FileEntry] = []
  /// Id and number of messages of each channel, in the order of `channels`.
  private(set) var messageCounts: [(id: UInt16, value: UInt64)] = []
  private(set) var firstTime = UInt64.max
  private(set) var lastTime: UInt64 = 0
  private var schemaIDs: Set<UInt16> = []
  private var channelIDs: Set<UInt16> = []
  private var isFirst = true
  private var checksum = CRC32()

  /// Messages of the chunk that came last, for the indexes behind it.
  private var messages: [(channel: UInt16, time: UInt64, offset: UInt64)] = []
  private var isInChunk = false
  private var mayIndexFollow = false

  mutating func damaged(_ offset: UInt64, _ what: String) {
    if damage == nil { damage = (offset, what) }
  }

  /// A record of the data section, before its content is looked at; `bytes` is all of it.
  mutating func begin(_ opcode: UInt8, at offset: UInt64, _ bytes: Slice) {
    if isFirst != (opcode == Opcode.header) {
      damaged(offset, isFirst ? "the first record is no header" : "a second header comes")
    }
    isFirst = false
    if opcode != Opcode.messageIndex { mayIndexFollow = false }
    if opcode != Opcode.dataEnd { checksum.update(bytes) }
    switch opcode {
    case Opcode.header, Opcode.schema, Opcode.channel, Opcode.message, Opcode.chunk,
      Opcode.messageIndex, Opcode.attachment, Opcode.metadata, Opcode.dataEnd:
      break
    case Opcode.footer: damaged(offset, "there is no data end before the footer")
    default: damaged(offset, "a record of kind \(opcode) does not belong here")
    }
  }

  /// The magic, whether it is right or not; the data end's checksum covers it.
  mutating func begin(magic: Slice) {
    if !magic.elementsEqual(containerMagic) { damaged(0, "the file does not begin with the magic") }
    checksum.update(magic)
  }

  mutating func length(_ isLonger: Bool, at offset: UInt64) {
    if isLonger { damaged(offset, "a record is longer than its fields") }
  }

  mutating func take(_ schema: SchemaFields, _ content: Slice, at offset: UInt64) {
    length(schema.isLonger, at: offset)
    if schema.id == 0 { damaged(offset, "a schema has the id 0, which means none") }
    if schemaIDs.insert(schema.id).inserted { schemas.append(Array(content)) }
  }

  mutating func take(_ channel: ChannelFields, _ content: Slice, at offset: UInt64) {
    length(channel.isLonger, at: offset)
    if Set(channel.pairs.map(\.key)).count != channel.pairs.count {
      damaged(offset, "a map has a key twice")
    }
    if channel.schema != 0 && !schemaIDs.contains(channel.schema) {
      damaged(offset, "a channel names a schema that was not described before it")
    }
    if channelIDs.insert(channel.id).inserted {
      channels.append(Array(content))
      messageCounts.append((channel.id, 0))
    }
  }

  /// - Parameter index: the place of the message's channel in `channels`.
  @inline(__always) mutating func take(
    _ message: MessageFields, ofChannel index: Int, at offset: UInt64
  ) {
    messageCounts[index].value += 1
    firstTime = min(firstTime, message.logTime)
    lastTime = max(lastTime, message.logTime)
    if isInChunk { messages.append((message.channel, message.logTime, offset)) }
  }

  mutating func take(_ attachment: AttachmentFields, _ place: RecordPlace) {
    length(attachment.isLonger, at: place.offset)
    if attachment.checksum == 0 || CRC32.of(attachment.covered) != attachment.checksum {
      damaged(place.offset, "the attachment \(quoted(attachment.name)) does not fit its checksum")
    }
    attachments.append(
      FileEntry(
        offset: place.offset, length: place.length, logTime: attachment.logTime,
        createTime: attachment.createTime, dataSize: UInt64(attachment.data.count),
        name: attachment.name, mediaType: attachment.mediaType))
  }

  mutating func take(_ fields: MetadataFields, _ place: RecordPlace) {
    length(fields.isLonger, at: place.offset)
    if fields.hasDoubleKey { damaged(place.offset, "a map has a key twice") }
    metadata.append(FileEntry(offset: place.offset, length: place.length, name: fields.name))
  }

  // MARK: - Chunks and their indexes

  /// - Parameter checksum: that of the chunk's records as they are.
  mutating func beginChunk(_ chunk: ChunkFields, checksum: UInt32, _ place: RecordPlace) {
    length(chunk.isLonger, at: place.offset)
    if chunk.checksum == 0 || checksum != chunk.checksum {
      damaged(place.offset, "a chunk does not fit its checksum")
    }
    chunks.append(
      ChunkEntry(
        firstTime: chunk.firstTime, lastTime: chunk.lastTime, offset: place.offset,
        length: place.length, compression: Array(chunk.compression),
        storedSize: UInt64(chunk.stored.count), size: chunk.size))
    messages.removeAll(keepingCapacity: true)
    isInChunk = true
  }

  mutating func endChunk() {
    isInChunk = false
    mayIndexFollow = true
    guard let chunk = chunks.last else { return }
    var (first, last) = (UInt64.max, UInt64(0))
    for message in messages {
      first = min(first, message.time)
      last = max(last, message.time)
    }
    if chunk.firstTime != (messages.isEmpty ? 0 : first) || chunk.lastTime != last {
      damaged(chunk.offset, "a chunk has another first or last time than its messages")
    }
  }

  mutating func takeMessageIndex(_ content: Slice, _ place: RecordPlace) {
    var cursor = ByteCursor(content)
    let channel = cursor.take(UInt16.self)
    var entries = ByteCursor(cursor.take(bytes: UInt64(cursor.take(UInt32.self))))
    guard !cursor.hasFailed, cursor.isAtEnd, mayIndexFollow, let chunk = chunks.indices.last else {
      damaged(place.offset, "a message index has a wrong length, or does not follow a chunk")
      return
    }
    if chunks[chunk].indexOffsets.contains(where: { $0.id == channel }) {
      damaged(place.offset, "a chunk has two message indexes for channel \(channel)")
    }
    var isRight = true
    for message in messages where message.channel == channel {
      if entries.take(UInt64.self) != message.time { isRight = false }
      if entries.take(UInt64.self) != message.offset { isRight = false }
    }
    if !isRight || entries.hasFailed || !entries.isAtEnd {
      damaged(place.offset, "a message index does not name the messages of the chunk before it")
    }
    chunks[chunk].indexOffsets.append((channel, place.offset))
    chunks[chunk].indexLength += place.length
  }

  mutating func takeDataEnd(_ content: Slice, at offset: UInt64) {
    var cursor = ByteCursor(content)
    let stored = cursor.take(UInt32.self)
    length(!cursor.isAtEnd, at: offset)
    if cursor.hasFailed || stored == 0 || stored != checksum.value {
      damaged(offset, "what stands before the data end does not fit its checksum")
    }
  }
}

/// Where a record stands in the file, its kind and length included.
struct RecordPlace {
  var offset: UInt64
  var length: UInt64
}
