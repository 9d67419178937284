import TickCodec

/// The one way through a record: each record of the container goes to the check of the container and
/// to that of the content.
struct RecordWalk {
  /// How the walk through the content ended.
  enum End: Equatable {
    /// At a data end, or at a footer.
    case inOrder
    /// At this byte a record goes beyond the end of the file.
    case broken(at: Int)
    /// At this byte a record is not what its kind says.
    case failed
  }

  let bytes: Slice
  private(set) var content: ContentCheck
  private(set) var container = ContainerCheck()
  private(set) var end = End.inOrder
  /// Where the content stopped being as it was written; nil while it is.
  private(set) var alteration: (offset: UInt64, reason: String)?

  private struct Schema: Equatable {
    var name: [UInt8]
    var encoding: [UInt8]
    var text: [UInt8]
  }
  private struct Channel {
    /// The whole record: a second description must be the same.
    var content: [UInt8]
    var topic: String
    var role: ContentCheck.Role
  }
  private var schemas: [UInt16: Schema] = [:]
  /// In the order in which they were first described, as `container` has them.
  private var channels: [Channel] = []
  /// For each id the place in `channels`; -1 where there is none.
  private var channelPlaces = [Int32](repeating: -1, count: 1 << 16)
  private let contents = ChunkContents()
  private let ahead: ChunkReadAhead?

  /// What makes the walk end: the record is not what its kind says.
  private struct Failure: Error {
    var reason: String
  }

  /// Whether the bytes begin as a session record may: with the magic, or, that being damaged, with a
  /// header of ours behind it.
  static func canBegin(_ bytes: Slice) -> Bool {
    if bytes.count < containerMagic.count { return false }
    if bytes.starts(with: containerMagic) { return true }
    var cursor = ByteCursor(bytes)
    _ = cursor.take(bytes: UInt64(containerMagic.count))
    let opcode = cursor.take(UInt8.self)
    let record = cursor.take(bytes: cursor.take(UInt64.self))
    guard !cursor.hasFailed, opcode == Opcode.header, let header = HeaderFields(record) else {
      return false
    }
    return header.profile.elementsEqual("trumpet".utf8)
  }

  /// - Parameters:
  ///   - bytes: at least those of the magic; they must stay until the walk is let go.
  ///   - readsAheadFrom: how many bytes make a thread worth its start.
  init(
    _ bytes: Slice, lodged: Checkpoint?, readsAheadFrom least: Int = ChunkReadAhead.leastBytes
  ) {
    self.bytes = bytes
    ahead = bytes.count >= least ? ChunkReadAhead(bytes) : nil
    content = ContentCheck(lodged: lodged)
  }

  /// Walks through the whole file.
  mutating func run() {
    defer { ahead?.stop() }
    var position = containerMagic.count
    container.begin(magic: Slice(rebasing: bytes[..<position]))
    walk: while true {
      guard let (opcode, length) = frame(at: position) else {
        end = .broken(at: position)
        break
      }
      let all = Slice(rebasing: bytes[position..<(position + 9 + length)])
      let place = RecordPlace(offset: UInt64(position), length: UInt64(all.count))
      position += all.count
      container.begin(opcode, at: place.offset, all)
      if opcode == Opcode.footer { break }
      let record = Slice(rebasing: all[9...])
      if opcode == Opcode.dataEnd {
        container.takeDataEnd(record, at: place.offset)
        checkSummary(from: position)
        break
      }
      do throws(Failure) {
        try take(opcode, record, place)
      } catch {
        container.damaged(place.offset, error.reason)
        note(error.reason, at: place.offset)
        end = .failed
        break walk
      }
    }
    if case .broken(let byte) = end {
      container.damaged(UInt64(byte), "the file breaks off inside a record")
    }
    if alteration == nil {
      do throws(Alteration) { try content.finish() } catch {
        note(error.reason, at: UInt64(position))
      }
    }
  }

  /// Kind and length of the record at `position`; nil where it goes beyond the end of the file.
  private func frame(at position: Int) -> (opcode: UInt8, length: Int)? {
    var cursor = ByteCursor(Slice(rebasing: bytes[position...]))
    let opcode = cursor.take(UInt8.self)
    let length = cursor.take(UInt64.self)
    guard !cursor.hasFailed, length <= UInt64(cursor.remaining) else { return nil }
    return (opcode, Int(length))
  }

  private mutating func note(_ reason: String, at offset: UInt64) {
    if alteration == nil { alteration = (offset, reason) }
  }

  private mutating func checkSummary(from position: Int) {
    var summary = SummaryCheck(bytes, from: position)
    do throws(SummaryCheck.Damage) {
      try summary.check(against: container)
    } catch {
      container.damaged(error.offset, error.what)
    }
  }

  // MARK: - One record

  private mutating func take(
    _ opcode: UInt8, _ record: Slice, _ place: RecordPlace
  ) throws(Failure) {
    switch opcode {
    case 0: throw Failure(reason: "a record of kind 0 cannot be")
    case Opcode.header:
      guard let header = HeaderFields(record) else { throw malformed("header") }
      container.length(header.isLonger, at: place.offset)
      check(at: place.offset) { (content) throws(Alteration) in try content.take(header) }
    case Opcode.attachment:
      guard let fields = AttachmentFields(record) else { throw malformed("attachment") }
      container.take(fields, place)
      check(at: place.offset) { (content) throws(Alteration) in try content.take(fields) }
    case Opcode.metadata:
      guard let fields = MetadataFields(record) else { throw malformed("metadata record") }
      container.take(fields, place)
      check(at: place.offset) { (content) throws(Alteration) in try content.take(fields) }
    case Opcode.messageIndex: container.takeMessageIndex(record, place)
    case Opcode.chunk: try takeChunk(record, place)
    default: try takeDescribed(opcode, record, at: place.offset, inside: 0)
    }
  }

  private func malformed(_ what: String) -> Failure {
    Failure(reason: "a \(what) is too short for its fields, or has text that is not UTF-8")
  }

  /// Lets the content be checked, unless it was found altered before.
  private mutating func check(
    at offset: UInt64, _ body: (inout ContentCheck) throws(Alteration) -> Void
  ) {
    if alteration != nil { return }
    do throws(Alteration) { try body(&content) } catch { note(error.reason, at: offset) }
  }

  /// The chunk's records and their checksum.
  private func open(
    _ chunk: ChunkFields, _ place: RecordPlace
  ) -> (records: Slice, checksum: UInt32)? {
    if let opened = ahead?.chunk(at: Int(place.offset)) { return opened }
    return contents.records(of: chunk).map { ($0, CRC32.of($0)) }
  }

  private mutating func takeChunk(_ record: Slice, _ place: RecordPlace) throws(Failure) {
    guard let chunk = ChunkFields(record), let (records, checksum) = open(chunk, place),
      RecordFraming.isWhole(records)
    else { throw Failure(reason: "a chunk cannot be read") }
    container.beginChunk(chunk, checksum: checksum, place)
    var cursor = ByteCursor(records)
    while !cursor.isAtEnd {
      let inside = UInt64(cursor.position)
      let opcode = cursor.take(UInt8.self)
      let content = cursor.take(bytes: cursor.take(UInt64.self))
      switch opcode {
      case 0: throw Failure(reason: "a record of kind 0 cannot be")
      case Opcode.schema, Opcode.channel, Opcode.message:
        try takeDescribed(opcode, content, at: place.offset, inside: inside)
      default:
        container.damaged(place.offset, "a record of kind \(opcode) does not belong in a chunk")
      }
    }
    container.endChunk()
  }

  /// Schemas, channels and messages, which may stand in a chunk or outside.
  private mutating func takeDescribed(
    _ opcode: UInt8, _ record: Slice, at offset: UInt64, inside: UInt64
  ) throws(Failure) {
    switch opcode {
    case Opcode.message:
      guard let message = MessageFields(record) else { throw malformed("message") }
      let index = Int(channelPlaces[Int(message.channel)])
      if index < 0 {
        throw Failure(reason: "a message is of channel \(message.channel), never described before")
      }
      container.take(message, ofChannel: index, at: inside)
      if alteration != nil { return }
      do throws(Alteration) {
        try content.take(message, topic: channels[index].topic, channels[index].role)
      } catch {
        note(error.reason, at: offset)
      }
    case Opcode.schema:
      guard let fields = SchemaFields(record) else { throw malformed("schema") }
      let schema = Schema(name: fields.name, encoding: fields.encoding, text: Array(fields.text))
      if let earlier = schemas[fields.id], earlier != schema {
        throw Failure(reason: "schema \(fields.id) is described in two ways")
      }
      schemas[fields.id] = schema
      container.take(fields, record, at: offset)
      check(at: offset) { (content) throws(Alteration) in try content.take(fields) }
    case Opcode.channel: try takeChannel(record, at: offset)
    default: return
    }
  }

  private mutating func takeChannel(_ record: Slice, at offset: UInt64) throws(Failure) {
    guard let fields = ChannelFields(record) else { throw malformed("channel") }
    let place = Int(channelPlaces[Int(fields.id)])
    if place >= 0 {
      if !channels[place].content.elementsEqual(record) {
        throw Failure(reason: "channel \(fields.id) is described in two ways")
      }
    } else {
      channelPlaces[Int(fields.id)] = Int32(channels.count)
      channels.append(
        Channel(
          content: Array(record), topic: String(decoding: fields.topic, as: UTF8.self),
          role: ContentCheck.Role(topic: fields.topic)))
    }
    container.take(fields, record, at: offset)
    let schema = schemas[fields.schema]?.name
    check(at: offset) { (content) throws(Alteration) in try content.take(fields, schema: schema) }
  }
}
