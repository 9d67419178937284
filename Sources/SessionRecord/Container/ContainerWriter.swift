import TickCodec

/// Puts an MCAP file together: what is to be written next, and what the summary has to say of it.
///
/// - Requirements: @relation(R-112, scope=file)
struct ContainerWriter: ~Copyable {
  /// Bytes that are not in the file yet.
  private(set) var pending = ByteBuffer(capacity: 1 << 16)

  private struct ChunkEntry {
    var start: UInt64
    var end: UInt64
    var offset: UInt64
    var length: UInt64
    var indexOffsets: [(channel: UInt16, offset: UInt64)]
    var indexLength: UInt64
    var compression: String
    var storedSize: UInt64
    var size: UInt64
  }
  private struct FileEntry {
    var offset: UInt64
    var length: UInt64
    var name: String
    var mediaType = ""
    var dataSize: UInt64 = 0
    var time: UInt64 = 0
  }

  private var written: UInt64 = 0
  private var crc = CRC32()
  private let compressor = Compressor()
  private var schemas = ByteBuffer(capacity: 4096)
  private var schemaCount: UInt16 = 0
  private var channels = ByteBuffer(capacity: 1024)
  private var messageCounts: [(channel: UInt16, count: UInt64)] = []
  private var chunks: [ChunkEntry] = []
  private var attachments: [FileEntry] = []
  private var metadata: [FileEntry] = []
  private var firstTime = UInt64.max
  private var lastTime: UInt64 = 0

  /// Where the next byte comes to stand in the file.
  private var offset: UInt64 { written + UInt64(pending.count) }

  init(library: String) {
    pending.append(containerMagic)
    let start = pending.openRecord(Opcode.header)
    pending.appendString("trumpet")
    pending.appendString(library)
    pending.closeRecord(start)
  }

  /// Takes note that `pending` is in the file.
  mutating func pendingWasWritten() {
    crc.update(pending.bytes)
    written += UInt64(pending.count)
    pending.clear()
  }

  mutating func schema(id: UInt16, name: String, encoding: String, text: String) {
    let start = schemas.openRecord(Opcode.schema)
    let from = start - 9
    schemas.append(id)
    schemas.appendString(name)
    schemas.appendString(encoding)
    schemas.appendString(text)
    schemas.closeRecord(start)
    schemaCount += 1
    pending.append(UnsafeBufferPointer(rebasing: schemas.bytes[from...]))
  }

  mutating func channel(id: UInt16, schema: UInt16, topic: String, messageEncoding: String) {
    let start = channels.openRecord(Opcode.channel)
    let from = start - 9
    channels.append(id)
    channels.append(schema)
    channels.appendString(topic)
    channels.appendString(messageEncoding)
    channels.append(0 as UInt32)
    channels.closeRecord(start)
    messageCounts.append((id, 0))
    pending.append(UnsafeBufferPointer(rebasing: channels.bytes[from...]))
  }

  mutating func metadata(name: String, _ pairs: [(key: String, value: String)]) {
    let from = offset
    let start = pending.openRecord(Opcode.metadata)
    pending.appendString(name)
    let length = pending.count
    pending.append(0 as UInt32)
    for (key, value) in pairs {
      pending.appendString(key)
      pending.appendString(value)
    }
    pending.patch(UInt32(pending.count - length - 4), at: length)
    pending.closeRecord(start)
    metadata.append(FileEntry(offset: from, length: offset - from, name: name))
  }

  mutating func attachment(_ attachment: RecordAttachment, time: UInt64) {
    let from = offset
    let start = pending.openRecord(Opcode.attachment)
    pending.append(time)
    pending.append(0 as UInt64)
    pending.appendString(attachment.name)
    pending.appendString(attachment.mediaType)
    pending.append(UInt64(attachment.data.count))
    pending.append(attachment.data)
    pending.append(CRC32.of(UnsafeBufferPointer(rebasing: pending.bytes[start...])))
    pending.closeRecord(start)
    attachments.append(
      FileEntry(
        offset: from, length: offset - from, name: attachment.name,
        mediaType: attachment.mediaType, dataSize: UInt64(attachment.data.count), time: time))
  }

  /// Appends a chunk of messages, and a message index for each channel in it if asked.
  mutating func chunk(
    _ records: UnsafeBufferPointer<UInt8>, _ messages: [MessagePlace], isIndexed: Bool
  ) {
    let from = offset
    let times = messages.map(\.time)
    let (first, last) = (times.min() ?? 0, times.max() ?? 0)
    let start = pending.openRecord(Opcode.chunk)
    pending.append(first)
    pending.append(last)
    pending.append(UInt64(records.count))
    pending.append(CRC32.of(records))
    let compressionAt = pending.count
    pending.appendString("zstd")
    let sizeAt = pending.count
    pending.append(0 as UInt64)
    var compression = "zstd"
    var storedSize = UInt64(records.count)
    if compressor.append(records, to: &pending) {
      storedSize = UInt64(pending.count - sizeAt - 8)
      pending.patch(storedSize, at: sizeAt)
    } else {
      compression = ""
      pending.truncate(to: compressionAt)
      pending.appendString("")
      pending.append(storedSize)
      pending.append(records)
    }
    pending.closeRecord(start)
    let length = offset - from

    var indexOffsets: [(channel: UInt16, offset: UInt64)] = []
    for position in messageCounts.indices {
      let channel = messageCounts[position].channel
      let ours = messages.filter { $0.channel == channel }
      if ours.isEmpty { continue }
      messageCounts[position].count += UInt64(ours.count)
      if isIndexed {
        indexOffsets.append((channel, offset))
        appendMessageIndex(channel, ours)
      }
    }
    firstTime = min(firstTime, first)
    lastTime = max(lastTime, last)
    chunks.append(
      ChunkEntry(
        start: first, end: last, offset: from, length: length, indexOffsets: indexOffsets,
        indexLength: offset - from - length, compression: compression, storedSize: storedSize,
        size: UInt64(records.count)))
  }

  private mutating func appendMessageIndex(_ channel: UInt16, _ messages: [MessagePlace]) {
    let start = pending.openRecord(Opcode.messageIndex)
    pending.append(channel)
    pending.append(UInt32(messages.count * 16))
    for message in messages {
      pending.append(message.time)
      pending.append(UInt64(message.offset))
    }
    pending.closeRecord(start)
  }

  /// Appends everything that comes after the last message.
  mutating func finish() {
    crc.update(pending.bytes)
    let start = pending.openRecord(Opcode.dataEnd)
    pending.append(crc.value)
    pending.closeRecord(start)

    let summaryAt = pending.count
    let summaryStart = offset
    var groups: [(opcode: UInt8, start: UInt64, length: UInt64)] = []
    func close(_ opcode: UInt8, from start: UInt64, to end: UInt64) {
      if end > start { groups.append((opcode, start, end - start)) }
    }
    var from = offset
    pending.append(schemas.bytes)
    close(Opcode.schema, from: from, to: offset)
    from = offset
    pending.append(channels.bytes)
    close(Opcode.channel, from: from, to: offset)
    from = offset
    appendStatistics()
    close(Opcode.statistics, from: from, to: offset)
    from = offset
    for chunk in chunks { appendChunkIndex(chunk) }
    close(Opcode.chunkIndex, from: from, to: offset)
    from = offset
    for entry in attachments { appendAttachmentIndex(entry) }
    close(Opcode.attachmentIndex, from: from, to: offset)
    from = offset
    for entry in metadata { appendMetadataIndex(entry) }
    close(Opcode.metadataIndex, from: from, to: offset)

    let offsetsStart = offset
    for group in groups {
      let start = pending.openRecord(Opcode.summaryOffset)
      pending.append(group.opcode)
      pending.append(group.start)
      pending.append(group.length)
      pending.closeRecord(start)
    }
    pending.append(Opcode.footer)
    pending.append(20 as UInt64)
    pending.append(summaryStart)
    pending.append(offsetsStart)
    pending.append(CRC32.of(UnsafeBufferPointer(rebasing: pending.bytes[summaryAt...])))
    pending.append(containerMagic)
  }

  private mutating func appendStatistics() {
    let start = pending.openRecord(Opcode.statistics)
    pending.append(messageCounts.reduce(0 as UInt64) { $0 + $1.count })
    pending.append(schemaCount)
    pending.append(UInt32(messageCounts.count))
    pending.append(UInt32(attachments.count))
    pending.append(UInt32(metadata.count))
    pending.append(UInt32(chunks.count))
    pending.append(chunks.isEmpty ? 0 : firstTime)
    pending.append(lastTime)
    let counted = messageCounts.filter { $0.count > 0 }
    pending.append(UInt32(counted.count * 10))
    for entry in counted {
      pending.append(entry.channel)
      pending.append(entry.count)
    }
    pending.closeRecord(start)
  }

  private mutating func appendChunkIndex(_ chunk: ChunkEntry) {
    let start = pending.openRecord(Opcode.chunkIndex)
    pending.append(chunk.start)
    pending.append(chunk.end)
    pending.append(chunk.offset)
    pending.append(chunk.length)
    pending.append(UInt32(chunk.indexOffsets.count * 10))
    for entry in chunk.indexOffsets {
      pending.append(entry.channel)
      pending.append(entry.offset)
    }
    pending.append(chunk.indexLength)
    pending.appendString(chunk.compression)
    pending.append(chunk.storedSize)
    pending.append(chunk.size)
    pending.closeRecord(start)
  }

  private mutating func appendAttachmentIndex(_ entry: FileEntry) {
    let start = pending.openRecord(Opcode.attachmentIndex)
    pending.append(entry.offset)
    pending.append(entry.length)
    pending.append(entry.time)
    pending.append(0 as UInt64)
    pending.append(entry.dataSize)
    pending.appendString(entry.name)
    pending.appendString(entry.mediaType)
    pending.closeRecord(start)
  }

  private mutating func appendMetadataIndex(_ entry: FileEntry) {
    let start = pending.openRecord(Opcode.metadataIndex)
    pending.append(entry.offset)
    pending.append(entry.length)
    pending.appendString(entry.name)
    pending.closeRecord(start)
  }
}

/// Where a message stands in the records of its chunk.
struct MessagePlace {
  var channel: UInt16
  var time: UInt64
  var offset: Int
}

extension ByteBuffer {
  /// Appends opcode and room for the length; gives where the content starts.
  mutating func openRecord(_ opcode: UInt8) -> Int {
    append(opcode)
    append(0 as UInt64)
    return count
  }

  /// Fills in the length of the record whose content starts at `start`.
  mutating func closeRecord(_ start: Int) { patch(UInt64(count - start), at: start - 8) }

  /// Opens a message; its content follows.
  mutating func openMessage(channel: UInt16, sequence: UInt32, logTime: UInt64, publishTime: UInt64)
    -> Int
  {
    let start = openRecord(Opcode.message)
    append(channel)
    append(sequence)
    append(logTime)
    append(publishTime)
    return start
  }
}
