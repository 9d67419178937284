import Host
import PumpHAL
import TickCodec

/// A record opened by what it says of its chunks, to begin in the middle of it.
///
/// Reads the summary where there is one, and nothing before it; a record that breaks off is walked
/// record by record, without looking into the chunks. Checks the checksum of the summary and of each
/// chunk that it opens, and no other: `RecordVerifier` says whether a record is whole.
public final class RecordIndex {
  /// The file.
  public var path: String { file.path }
  /// Who wrote it.
  public private(set) var library = ""
  /// Where the frames come from; nil if the file does not say.
  public private(set) var origin: Origin?
  /// The wall clock at session tick 0, ms since 1970; nil if the file does not say.
  public private(set) var startUnixMilliseconds: Int64?
  /// The byte at which the record breaks off; nil where it ends as a record should.
  public private(set) var truncatedAtByte: UInt64?

  let file: MappedFile
  private var channels: [UInt16: String] = [:]
  private var chunks: [Chunk] = []

  private struct Chunk {
    var firstTime: UInt64
    var lastTime: UInt64
    /// Where its record starts in the file.
    var offset: UInt64
    /// The channels that have a message index behind it.
    var indexed: [UInt16]
  }

  /// Opens the record.
  public init(path: String) throws(RecordError) {
    file = try MappedFile(record: path)
    try readHeader()
    if try !readSummary() { try walk() }
  }

  /// The last snapshot of both channels before a session tick; nil where there is none.
  public func snapshot(before tick: Int64) throws(RecordError) -> RecordSnapshot? {
    guard let channel = channel(.snapshots) else { return nil }
    // A snapshot's time is that of the tick it shows, and its chunk holds nothing else.
    let time = logTime(tick)
    let before = chunks.last { $0.indexed.contains(channel) && $0.lastTime < time }
    guard let before else { return nil }
    var reader = try MessageReader(file, channel: channel, from: before.offset)
    guard let message = try reader.next(),
      let snapshot = RecordSnapshot(message.data, offset: before.offset)
    else {
      throw RecordError(
        .undecodable, path: path, offset: before.offset,
        "the snapshot here does not decode; the record was damaged or altered")
    }
    return snapshot
  }

  /// The recorded ticks: those after a snapshot, or all of them.
  public func tape(after snapshot: RecordSnapshot? = nil) throws(RecordError) -> RecordTape {
    guard let channel = channel(.blocks) else {
      throw RecordError(
        .notASession, path: path,
        "there is no channel \(RecordChannel.blocks.topic) in it; name a record of `trumpet run`")
    }
    guard let snapshot else {
      return RecordTape(blocks: try MessageReader(file, channel: channel))
    }
    let blocks = try MessageReader(file, channel: channel, from: snapshot.offset)
    return try RecordTape(blocks: blocks, after: snapshot)
  }

  /// Where the chunks start that hold messages of a channel and begin no later than a tick.
  func chunks(of channel: UInt16, upTo tick: Int64) -> [UInt64] {
    let time = logTime(tick)
    return chunks.filter { $0.firstTime <= time && $0.indexed.contains(channel) }.map(\.offset)
  }

  func channel(_ channel: RecordChannel) -> UInt16? {
    channels.first { $0.value == channel.topic }?.key
  }

  // MARK: - Opening

  private func readHeader() throws(RecordError) {
    var reader = try ContainerReader(file)
    guard let record = try reader.next() else { return }
    guard record.opcode == Opcode.header, let header = HeaderFields(record.content) else {
      throw malformed(record.offset, "the first record has to be a header")
    }
    library = String(decoding: header.library, as: UTF8.self)
  }

  /// Reads the summary; false where there is none.
  private func readSummary() throws(RecordError) -> Bool {
    // Footer record and magic: opcode, length, two offsets, checksum, eight bytes.
    let footerSize = 9 + 20
    let end = file.bytes.count - containerMagic.count
    guard end > footerSize, file.bytes[end...].elementsEqual(containerMagic) else { return false }
    var footer = ByteCursor(Slice(rebasing: file.bytes[(end - footerSize)..<end]))
    guard footer.take(UInt8.self) == Opcode.footer, footer.take(UInt64.self) == 20 else {
      return false
    }
    let start = footer.take(UInt64.self)
    _ = footer.take(UInt64.self)
    let checksum = footer.take(UInt32.self)
    guard start > 0, start < UInt64(end - footerSize) else { return false }
    let covered = Slice(rebasing: file.bytes[Int(start)..<(end - 4)])
    if checksum != 0, CRC32.of(covered) != checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: start,
        "the summary does not fit its checksum; the file was damaged or altered")
    }
    var reader = try ContainerReader(file, from: start)
    while let record = try reader.next(), record.opcode != Opcode.footer {
      switch record.opcode {
      case Opcode.channel: try takeChannel(record)
      case Opcode.chunkIndex: try takeChunkIndex(record)
      case Opcode.metadataIndex: try takeMetadataIndex(record)
      default: continue
      }
    }
    return !chunks.isEmpty && !channels.isEmpty
  }

  /// Goes from record to record: the message indexes behind a chunk tell what is in it.
  private func walk() throws(RecordError) {
    channels = [:]
    chunks = []
    var reader = try ContainerReader(file)
    walk: while let record = try reader.next() {
      switch record.opcode {
      case Opcode.channel: try takeChannel(record)
      case Opcode.metadata: try takeMetadata(record)
      case Opcode.chunk:
        guard let fields = ChunkFields(record.content) else {
          throw malformed(record.offset, "the chunk here is shorter than its fields")
        }
        chunks.append(
          Chunk(
            firstTime: fields.firstTime, lastTime: fields.lastTime, offset: reader.recordStart,
            indexed: []))
      case Opcode.messageIndex where !chunks.isEmpty:
        var cursor = ByteCursor(record.content)
        chunks[chunks.count - 1].indexed.append(cursor.take(UInt16.self))
      case Opcode.dataEnd, Opcode.footer: break walk
      default: continue
      }
    }
    if reader.isTruncated { truncatedAtByte = reader.recordStart }
  }

  private func takeChannel(_ record: ContainerReader.Record) throws(RecordError) {
    guard let fields = ChannelFields(record.content) else {
      throw malformed(record.offset, "the channel here is too short")
    }
    channels[fields.id] = String(decoding: fields.topic, as: UTF8.self)
  }

  private func takeChunkIndex(_ record: ContainerReader.Record) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    let firstTime = cursor.take(UInt64.self)
    let lastTime = cursor.take(UInt64.self)
    let offset = cursor.take(UInt64.self)
    _ = cursor.take(UInt64.self)
    var offsets = ByteCursor(cursor.take(bytes: UInt64(cursor.take(UInt32.self))))
    var indexed: [UInt16] = []
    while !offsets.isAtEnd, !offsets.hasFailed {
      indexed.append(offsets.take(UInt16.self))
      _ = offsets.take(UInt64.self)
    }
    guard !cursor.hasFailed, !offsets.hasFailed, offset < UInt64(file.bytes.count) else {
      throw malformed(record.offset, "the chunk index here is too short, or points out of the file")
    }
    chunks.append(
      Chunk(firstTime: firstTime, lastTime: lastTime, offset: offset, indexed: indexed))
  }

  private func takeMetadataIndex(_ record: ContainerReader.Record) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    let offset = cursor.take(UInt64.self)
    guard !cursor.hasFailed, offset < UInt64(file.bytes.count) else {
      throw malformed(record.offset, "the metadata index here points out of the file")
    }
    var reader = try ContainerReader(file, from: offset)
    guard let found = try reader.next(), found.opcode == Opcode.metadata else {
      throw malformed(record.offset, "the metadata index here does not point to metadata")
    }
    try takeMetadata(found)
  }

  private func takeMetadata(_ record: ContainerReader.Record) throws(RecordError) {
    guard let fields = MetadataFields(record.content) else {
      throw malformed(record.offset, "the metadata here is cut short")
    }
    guard fields.name.elementsEqual(sessionMetadataName.utf8) else { return }
    func value(_ key: String) -> String? {
      let pair = fields.pairs.last { $0.key.elementsEqual(key.utf8) }
      return pair.map { String(decoding: $0.value, as: UTF8.self) }
    }
    origin = Origin.allCases.first { $0.name == value("origin") }
    startUnixMilliseconds = value("wallClockStartMilliseconds").flatMap { Int64($0) }
  }

  private func malformed(_ offset: UInt64, _ what: String) -> RecordError {
    RecordError(.malformed, path: path, offset: offset, "\(what); the file was damaged or altered")
  }
}
