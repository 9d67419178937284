import TickCodec

/// Looks for a whole chunk behind the byte at which a record breaks off: if there is one, what is
/// missing was not cut off but taken out, or damaged.
struct LaterChunkSearch {
  let bytes: Slice
  let contents: ChunkContents
  /// Fields of a chunk before its records, its compression's text left out.
  private static let leastSize = 8 + 8 + 8 + 4 + 4 + 8

  /// Whether there is one after byte `start`.
  ///
  /// A file can be made so that every byte seems to begin a chunk that takes long to check; whoever
  /// makes such a file is not believed.
  func finds(after start: Int) -> Bool {
    var tried: UInt64 = 0
    let limit = 16 * UInt64(bytes.count) + 64 << 20
    var position = start + 1
    while position + 9 + Self.leastSize <= bytes.count {
      if bytes[position] == Opcode.chunk, let chunk = chunk(at: position) {
        tried += chunk.size
        if tried > limit { return true }
        if let records = contents.records(of: chunk), CRC32.of(records) == chunk.checksum,
          RecordFraming.isWhole(records)
        {
          return true
        }
      }
      position += 1
    }
    return false
  }

  private func chunk(at position: Int) -> ChunkFields? {
    var cursor = ByteCursor(Slice(rebasing: bytes[(position + 1)...]))
    let content = cursor.take(bytes: cursor.take(UInt64.self))
    guard !cursor.hasFailed, let chunk = ChunkFields(content), chunk.checksum != 0,
      chunk.isSizePossible
    else { return nil }
    return chunk
  }
}

/// Records one after the other, as a chunk has them.
enum RecordFraming {
  /// Whether the last record ends where the bytes do.
  static func isWhole(_ records: Slice) -> Bool {
    var cursor = ByteCursor(records)
    while !cursor.isAtEnd {
      _ = cursor.take(UInt8.self)
      _ = cursor.take(bytes: cursor.take(UInt64.self))
      if cursor.hasFailed { return false }
    }
    return true
  }
}
