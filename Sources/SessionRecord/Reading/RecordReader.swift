import Host
import PumpHAL
import TickCodec

/// Reads a session record, or any other MCAP file.
///
/// Opening it goes through the whole file once and checks every checksum. A file that ends in the
/// middle, as after a kill, is read up to there; `end` says so.
public final class RecordReader {
  /// How the file ends.
  public enum End: Equatable, Sendable {
    /// With data end, summary and footer.
    case complete
    /// In the middle, at this byte; everything before it is readable.
    case truncated(atByte: UInt64)
  }

  /// The file.
  public var path: String { file.path }
  /// Who wrote it.
  public private(set) var library = ""
  /// Metadata of all names, name by name; a name that comes twice has the pairs of both.
  public private(set) var metadata: [String: [String: String]] = [:]
  /// Attachments, in file order.
  public private(set) var attachments: [RecordAttachment] = []
  /// How the file ends.
  public private(set) var end = End.complete
  /// Messages on each topic.
  public private(set) var messageCounts: [String: UInt64] = [:]

  let file: MappedFile
  private(set) var channels: [UInt16: ChannelDescription] = [:]

  struct ChannelDescription: Equatable {
    var schema: UInt16
    var topic: String
    var messageEncoding: String
  }

  /// Opens the file and checks every checksum in it.
  public init(path: String) throws(RecordError) {
    file = try MappedFile(record: path)
    try scan()
  }

  /// Reads a record that is in memory; `name` stands for the path in errors.
  public init(bytes: [UInt8], name: String) throws(RecordError) {
    file = MappedFile(bytes: bytes, path: name)
    try scan()
  }

  /// Where the frames come from; nil if the file does not say.
  public var origin: Origin? {
    let name = metadata[sessionMetadataName]?["origin"]
    return Origin.allCases.first { $0.name == name }
  }

  /// The wall clock at session tick 0, ms since 1970; nil if the file does not say.
  public var startUnixMilliseconds: Int64? {
    metadata[sessionMetadataName]?["wallClockStartMilliseconds"].flatMap { Int64($0) }
  }

  /// The recorded ticks, from the first.
  public func tape() throws(RecordError) -> RecordTape {
    let ours = channels.filter { $0.value.topic == RecordChannel.blocks.topic }
    if ours.isEmpty, case .truncated(let byte) = end {
      throw RecordError(
        .truncated, path: path, offset: byte, "the file breaks off here, before its first block")
    }
    guard let channel = ours.first, ours.count == 1 else {
      throw RecordError(
        .notASession, path: path,
        "there is no channel \(RecordChannel.blocks.topic) in it; name a record of `trumpet run`")
    }
    guard channel.value.messageEncoding == blockEncoding else {
      throw RecordError(
        .unsupportedVersion, path: path,
        "its ticks are coded as \"\(channel.value.messageEncoding)\", and \"\(blockEncoding)\" is "
          + "read here; use the version of trumpet that recorded it")
    }
    return RecordTape(blocks: try MessageReader(file, channel: channel.key))
  }

  /// The messages of one channel, in file order.
  public func messages(on topic: String) throws(RecordError) -> [RecordMessage] {
    var found: [RecordMessage] = []
    for (id, _) in channels.filter({ $0.value.topic == topic }).sorted(by: { $0.key < $1.key }) {
      var reader = try MessageReader(file, channel: id)
      while let message = try reader.next() {
        found.append(RecordMessage(logTimeNanoseconds: message.logTime, data: Array(message.data)))
      }
    }
    return found
  }

  // MARK: - The one pass through the file

  private func scan() throws(RecordError) {
    var reader = try ContainerReader(file)
    let chunk = ChunkContents()
    var isFirst = true
    var isInSummary = false
    var hasEnded = false
    var summaryStart: UInt64 = 0
    while !hasEnded, let record = try reader.next() {
      if isFirst && record.opcode != Opcode.header {
        throw malformed(record, "the first record has to be a header")
      }
      isFirst = false
      switch record.opcode {
      case Opcode.header: try takeHeader(record)
      case Opcode.chunk:
        try takeRecords(try chunk.open(record, in: path), in: record)
      case Opcode.attachment: try takeAttachment(record)
      case Opcode.metadata: try takeMetadata(record)
      case Opcode.dataEnd:
        try checkDataEnd(record, from: reader.recordStart)
        isInSummary = true
        summaryStart = record.offset + UInt64(record.content.count)
      case Opcode.footer:
        try checkFooter(record, summaryStart: summaryStart)
        hasEnded = true
      default:
        if !isInSummary { try take(record.opcode, record.content, in: record) }
      }
    }
    if !hasEnded {
      end = .truncated(atByte: reader.recordStart)
      return
    }
    let trailing = reader.trailing()
    if trailing.elementsEqual(containerMagic) { return }
    if trailing.count < containerMagic.count,
      trailing.elementsEqual(containerMagic[..<trailing.count])
    {
      end = .truncated(atByte: UInt64(file.bytes.count))
      return
    }
    throw RecordError(
      .malformed, path: path, offset: UInt64(file.bytes.count - trailing.count),
      "after the footer there have to be the eight bytes of the file's beginning, and nothing else")
  }

  private func malformed(_ record: ContainerReader.Record, _ what: String) -> RecordError {
    RecordError(
      .malformed, path: path, offset: record.offset, "\(what); the file was damaged or altered")
  }

  private func takeHeader(_ record: ContainerReader.Record) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    _ = cursor.takeString()
    library = cursor.takeString()
    if cursor.hasFailed { throw malformed(record, "the header here is too short") }
  }

  private func takeRecords(
    _ records: UnsafeBufferPointer<UInt8>, in chunk: ContainerReader.Record
  ) throws(RecordError) {
    var cursor = ByteCursor(records)
    while !cursor.isAtEnd {
      let opcode = cursor.take(UInt8.self)
      let content = cursor.take(bytes: cursor.take(UInt64.self))
      if cursor.hasFailed { throw malformed(chunk, "a record in the chunk here is cut short") }
      try take(opcode, content, in: chunk)
    }
  }

  /// Schemas, channels and messages, which may stand in a chunk or outside.
  private func take(
    _ opcode: UInt8, _ content: UnsafeBufferPointer<UInt8>, in record: ContainerReader.Record
  ) throws(RecordError) {
    var cursor = ByteCursor(content)
    switch opcode {
    case Opcode.channel:
      let id = cursor.take(UInt16.self)
      let channel = ChannelDescription(
        schema: cursor.take(UInt16.self), topic: cursor.takeString(),
        messageEncoding: cursor.takeString())
      if cursor.hasFailed { throw malformed(record, "the channel here is too short") }
      if let earlier = channels[id], earlier != channel {
        throw malformed(record, "channel \(id) is described in two ways")
      }
      channels[id] = channel
    case Opcode.message:
      let id = cursor.take(UInt16.self)
      guard content.count >= 22, let channel = channels[id] else {
        throw malformed(record, "a message here is too short, or of a channel never described")
      }
      messageCounts[channel.topic, default: 0] += 1
    default:
      // Message indexes are for others; what is unknown is skipped, as the specification says.
      return
    }
  }

  private func takeAttachment(_ record: ContainerReader.Record) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    _ = cursor.take(UInt64.self)
    _ = cursor.take(UInt64.self)
    let name = cursor.takeString()
    let mediaType = cursor.takeString()
    let data = cursor.take(bytes: cursor.take(UInt64.self))
    let covered = record.content[..<min(cursor.position, record.content.count)]
    let checksum = cursor.take(UInt32.self)
    if cursor.hasFailed { throw malformed(record, "the attachment here is too short") }
    if checksum != 0 && CRC32.of(UnsafeBufferPointer(rebasing: covered)) != checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: record.offset,
        "attachment \"\(name)\" does not fit its checksum; the file was damaged or altered")
    }
    attachments.append(RecordAttachment(name: name, mediaType: mediaType, data: Array(data)))
  }

  private func takeMetadata(_ record: ContainerReader.Record) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    let name = cursor.takeString()
    var pairs = ByteCursor(cursor.take(bytes: UInt64(cursor.take(UInt32.self))))
    while !pairs.isAtEnd && !pairs.hasFailed {
      let key = pairs.takeString()
      metadata[name, default: [:]][key] = pairs.takeString()
    }
    if cursor.hasFailed || pairs.hasFailed {
      throw malformed(record, "the metadata here is cut short")
    }
  }

  private func checkDataEnd(
    _ record: ContainerReader.Record, from start: UInt64
  ) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    let checksum = cursor.take(UInt32.self)
    if cursor.hasFailed { throw malformed(record, "the data end here is too short") }
    let data = UnsafeBufferPointer(rebasing: file.bytes[..<Int(start)])
    if checksum != 0 && CRC32.of(data) != checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: start,
        "what stands before the data end here does not fit its checksum; "
          + "the file was damaged or altered")
    }
  }

  private func checkFooter(
    _ record: ContainerReader.Record, summaryStart: UInt64
  ) throws(RecordError) {
    var cursor = ByteCursor(record.content)
    let start = cursor.take(UInt64.self)
    _ = cursor.take(UInt64.self)
    let covered = record.offset + UInt64(cursor.position)
    let checksum = cursor.take(UInt32.self)
    if cursor.hasFailed || record.content.count != 20 {
      throw malformed(record, "the footer here has a wrong length")
    }
    // Without summary the offset is zero; with one it follows the data end at once.
    if start != 0 && start != summaryStart {
      throw malformed(record, "the footer says that the summary starts at byte \(start)")
    }
    if checksum == 0 { return }
    let from = start == 0 ? Int(record.offset) - 9 : Int(start)
    let summary = UnsafeBufferPointer(rebasing: file.bytes[from..<Int(covered)])
    if CRC32.of(summary) != checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: record.offset,
        "the summary does not fit its checksum; the file was damaged or altered")
    }
  }
}

/// One message of a channel.
public struct RecordMessage: Equatable, Sendable {
  /// When, ns of session time; one tick is 10 000 000.
  public var logTimeNanoseconds: UInt64
  /// What.
  public var data: [UInt8]
  /// A message.
  public init(logTimeNanoseconds: UInt64, data: [UInt8]) {
    self.logTimeNanoseconds = logTimeNanoseconds
    self.data = data
  }
}
