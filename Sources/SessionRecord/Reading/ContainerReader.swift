import Host
import TickCodec

/// Walks through the records of an MCAP file, from the first, believing nothing unchecked.
struct ContainerReader {
  let file: MappedFile
  private var cursor: ByteCursor
  /// Where the record last taken starts.
  private(set) var recordStart: UInt64 = 0
  /// Whether the file ends in the middle of something, at `recordStart`.
  private(set) var isTruncated = false

  struct Record {
    var opcode: UInt8
    var content: UnsafeBufferPointer<UInt8>
    /// Where the content starts in the file.
    var offset: UInt64
  }

  init(_ file: MappedFile) throws(RecordError) {
    self.file = file
    cursor = ByteCursor(file.bytes)
    let start = cursor.take(bytes: UInt64(min(containerMagic.count, file.bytes.count)))
    if start.elementsEqual(containerMagic) { return }
    if start.count > 5, start[..<5].elementsEqual(containerMagic[..<5]), start[5] != 0x30 {
      let version = start[5]
      throw RecordError(
        .unsupportedVersion, path: file.path,
        "this is MCAP of major version byte \(version), and 48 is the one read here; "
          + "convert it with the program that wrote it")
    }
    if start.count < containerMagic.count, start.elementsEqual(containerMagic[..<start.count]) {
      throw RecordError(
        .truncated, path: file.path, offset: UInt64(start.count),
        "the file ends before its first record; nothing was recorded in it")
    }
    throw RecordError(
      .notMCAP, path: file.path,
      "this is not an MCAP file, its first eight bytes are others; name a session record (*.mcap)")
  }

  /// Goes on from the record that starts at `offset`.
  init(_ file: MappedFile, from offset: UInt64) throws(RecordError) {
    try self.init(file)
    guard offset >= UInt64(cursor.position), offset <= UInt64(file.bytes.count) else {
      throw RecordError(
        .malformed, path: file.path, offset: offset,
        "no record can start here; the file's index was damaged or altered")
    }
    _ = cursor.take(bytes: offset - UInt64(cursor.position))
  }

  /// The next record; nil at the end, whole or not.
  mutating func next() throws(RecordError) -> Record? {
    recordStart = UInt64(cursor.position)
    if cursor.isAtEnd || cursor.remaining < 9 {
      isTruncated = true
      return nil
    }
    let opcode = cursor.take(UInt8.self)
    let length = cursor.take(UInt64.self)
    if opcode == 0 {
      throw RecordError(
        .malformed, path: file.path, offset: recordStart,
        "a record of kind 0 cannot be; the file was damaged")
    }
    let offset = UInt64(cursor.position)
    let content = cursor.take(bytes: length)
    if cursor.hasFailed {
      isTruncated = true
      return nil
    }
    return Record(opcode: opcode, content: content, offset: offset)
  }

  /// What follows the footer.
  mutating func trailing() -> UnsafeBufferPointer<UInt8> {
    cursor.take(bytes: UInt64(cursor.remaining))
  }
}

/// The records inside one chunk, decompressed and checked.
final class ChunkContents {
  private let decompressor = Decompressor()
  private var buffer = ByteBuffer(capacity: 1 << 16)

  /// The records of the chunk `record`, their checksum checked; they stay until the next call.
  func open(_ record: ContainerReader.Record, in path: String) throws(RecordError) -> Slice {
    guard let chunk = ChunkFields(record.content) else {
      throw RecordError(
        .malformed, path: path, offset: record.offset,
        "the chunk here is shorter than its fields; the file was damaged")
    }
    if chunk.storage == .unknown {
      let name = String(decoding: chunk.compression, as: UTF8.self)
      throw RecordError(
        .unsupportedCompression, path: path, offset: record.offset,
        "the chunk here is compressed with \"\(name)\"; this reader knows zstd and none: "
          + "rewrite it with `mcap compress --compression zstd`")
    }
    guard let records = records(of: chunk) else {
      throw RecordError(
        .malformed, path: path, offset: record.offset,
        "the chunk here does not give the \(chunk.size) bytes that it promises; "
          + "the file was damaged")
    }
    if chunk.checksum != 0 && CRC32.of(records) != chunk.checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: record.offset,
        "the chunk here does not fit its checksum; the file was damaged or altered")
    }
    return records
  }

  /// The chunk's records, decompressed; they stay until the next call.
  ///
  /// Nil if the chunk does not give exactly as many bytes as it says, or cannot.
  func records(of chunk: ChunkFields) -> Slice? {
    guard chunk.isSizePossible else { return nil }
    if chunk.storage == .plain { return chunk.stored }
    guard decompressor.fill(&buffer, from: chunk.stored, size: Int(chunk.size)) else { return nil }
    return buffer.bytes
  }
}
