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

  /// The records of the chunk `record`; they stay until the next call.
  func open(_ record: ContainerReader.Record, in path: String) throws(RecordError)
    -> UnsafeBufferPointer<UInt8>
  {
    var cursor = ByteCursor(record.content)
    _ = cursor.take(UInt64.self)
    _ = cursor.take(UInt64.self)
    let size = cursor.take(UInt64.self)
    let checksum = cursor.take(UInt32.self)
    let compression = cursor.takeString()
    let stored = cursor.take(bytes: cursor.take(UInt64.self))
    guard !cursor.hasFailed else {
      throw RecordError(
        .malformed, path: path, offset: record.offset,
        "the chunk here is shorter than its fields; the file was damaged")
    }
    let records = try decompress(stored, size, compression, at: record.offset, in: path)
    if checksum != 0 && CRC32.of(records) != checksum {
      throw RecordError(
        .checksumMismatch, path: path, offset: record.offset,
        "the chunk here does not fit its checksum; the file was damaged or altered")
    }
    return records
  }

  private func decompress(
    _ stored: UnsafeBufferPointer<UInt8>, _ size: UInt64, _ compression: String, at offset: UInt64,
    in path: String
  ) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    switch compression {
    case "":
      guard UInt64(stored.count) == size else { break }
      return stored
    case "zstd":
      // 4 GiB in one chunk is no record but an attack on the reader's memory.
      guard size <= 1 << 32, decompressor.fill(&buffer, from: stored, size: Int(size)) else {
        break
      }
      return buffer.bytes
    default:
      throw RecordError(
        .unsupportedCompression, path: path, offset: offset,
        "the chunk here is compressed with \"\(compression)\"; this reader knows zstd and none: "
          + "rewrite it with `mcap compress --compression zstd`")
    }
    throw RecordError(
      .malformed, path: path, offset: offset,
      "the chunk here does not give the \(size) bytes that it promises; the file was damaged")
  }
}
