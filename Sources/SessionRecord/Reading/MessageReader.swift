import Host
import TickCodec

/// Goes through the messages of one channel, chunk by chunk, in file order.
struct MessageReader {
  struct Message {
    var logTime: UInt64
    var publishTime: UInt64
    /// Where the message, or its chunk, stands in the file.
    var offset: UInt64
    /// Stays until the next call.
    var data: UnsafeBufferPointer<UInt8>
  }

  private(set) var reader: ContainerReader
  private let channel: UInt16
  private let chunk = ChunkContents()
  private var records = ByteCursor(UnsafeBufferPointer(start: nil, count: 0))
  private var chunkOffset: UInt64 = 0
  private var isAtEnd = false

  init(_ file: MappedFile, channel: UInt16) throws(RecordError) {
    reader = try ContainerReader(file)
    self.channel = channel
  }

  /// Goes on from the chunk whose record starts at `offset`.
  init(_ file: MappedFile, channel: UInt16, from offset: UInt64) throws(RecordError) {
    reader = try ContainerReader(file, from: offset)
    self.channel = channel
  }

  var path: String { reader.file.path }

  /// The next message; nil at the end.
  mutating func next() throws(RecordError) -> Message? {
    while true {
      if let message = try nextInRecords() { return message }
      guard !isAtEnd, let record = try reader.next() else { return nil }
      switch record.opcode {
      case Opcode.chunk:
        records = ByteCursor(try chunk.open(record, in: path))
        chunkOffset = record.offset
      case Opcode.message:
        if let message = message(record.opcode, record.content, record.offset) { return message }
      case Opcode.dataEnd, Opcode.footer: isAtEnd = true
      default: continue
      }
    }
  }

  /// The next message of the one chunk before which the reader was opened; nil at its end.
  mutating func nextInChunk() throws(RecordError) -> Message? {
    if !isAtEnd {
      isAtEnd = true
      guard let record = try reader.next(), record.opcode == Opcode.chunk else { return nil }
      records = ByteCursor(try chunk.open(record, in: path))
      chunkOffset = record.offset
    }
    return try nextInRecords()
  }

  /// The next message among the records of the chunk that is open.
  private mutating func nextInRecords() throws(RecordError) -> Message? {
    while !records.isAtEnd {
      let opcode = records.take(UInt8.self)
      let content = records.take(bytes: records.take(UInt64.self))
      if records.hasFailed {
        throw RecordError(
          .malformed, path: path, offset: chunkOffset,
          "a record in the chunk here is cut short; the file was damaged or altered")
      }
      if let message = message(opcode, content, chunkOffset) { return message }
    }
    return nil
  }

  private func message(
    _ opcode: UInt8, _ content: UnsafeBufferPointer<UInt8>, _ offset: UInt64
  ) -> Message? {
    guard opcode == Opcode.message, content.count >= 22 else { return nil }
    var cursor = ByteCursor(content)
    guard cursor.take(UInt16.self) == channel else { return nil }
    _ = cursor.take(UInt32.self)
    let logTime = cursor.take(UInt64.self)
    let publishTime = cursor.take(UInt64.self)
    return Message(
      logTime: logTime, publishTime: publishTime, offset: offset,
      data: cursor.take(bytes: UInt64(cursor.remaining)))
  }
}
