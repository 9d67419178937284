// The fields of the records that carry content, as the verifier takes them: nil where a record is
// too short for its fields or has text that is not UTF-8; `isLonger` where something follows them.

import TickCodec

/// Bytes that stay where they are as long as the file, or the open chunk, does.
typealias Slice = UnsafeBufferPointer<UInt8>

extension ByteCursor {
  /// Text as the container has it; fails where it is not UTF-8.
  mutating func takeText() -> [UInt8] {
    let bytes = take(bytes: UInt64(take(UInt32.self)))
    if String(validating: bytes, as: UTF8.self) == nil { fail() }
    return Array(bytes)
  }

  /// A map of text to text, in file order.
  mutating func takePairs() -> [(key: [UInt8], value: [UInt8])] {
    var inside = ByteCursor(take(bytes: UInt64(take(UInt32.self))))
    var pairs: [(key: [UInt8], value: [UInt8])] = []
    while !hasFailed && !inside.isAtEnd {
      let key = inside.takeText()
      pairs.append((key, inside.takeText()))
      if inside.hasFailed { fail() }
    }
    return pairs
  }
}

struct HeaderFields {
  var profile: [UInt8]
  var library: [UInt8]
  var isLonger: Bool

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    profile = cursor.takeText()
    library = cursor.takeText()
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }
}

struct SchemaFields {
  var id: UInt16
  var name: [UInt8]
  var encoding: [UInt8]
  var text: Slice
  var isLonger: Bool

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    id = cursor.take(UInt16.self)
    name = cursor.takeText()
    encoding = cursor.takeText()
    text = cursor.take(bytes: UInt64(cursor.take(UInt32.self)))
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }
}

struct ChannelFields {
  var id: UInt16
  var schema: UInt16
  var topic: [UInt8]
  var messageEncoding: [UInt8]
  var pairs: [(key: [UInt8], value: [UInt8])]
  var isLonger: Bool

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    id = cursor.take(UInt16.self)
    schema = cursor.take(UInt16.self)
    topic = cursor.takeText()
    messageEncoding = cursor.takeText()
    pairs = cursor.takePairs()
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }
}

struct AttachmentFields {
  var logTime: UInt64
  var createTime: UInt64
  var name: [UInt8]
  var mediaType: [UInt8]
  var data: Slice
  var checksum: UInt32
  /// What the checksum covers.
  var covered: Slice
  var isLonger: Bool

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    logTime = cursor.take(UInt64.self)
    createTime = cursor.take(UInt64.self)
    name = cursor.takeText()
    mediaType = cursor.takeText()
    data = cursor.take(bytes: cursor.take(UInt64.self))
    covered = Slice(rebasing: content[..<cursor.position])
    checksum = cursor.take(UInt32.self)
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }
}

struct MetadataFields {
  var name: [UInt8]
  var pairs: [(key: [UInt8], value: [UInt8])]
  var isLonger: Bool

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    name = cursor.takeText()
    pairs = cursor.takePairs()
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }

  /// Whether a key comes twice.
  var hasDoubleKey: Bool { Set(pairs.map(\.key)).count != pairs.count }
}

struct MessageFields {
  var channel: UInt16
  var sequence: UInt32
  var logTime: UInt64
  var publishTime: UInt64
  var data: Slice

  @inline(__always) init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    channel = cursor.take(UInt16.self)
    sequence = cursor.take(UInt32.self)
    logTime = cursor.take(UInt64.self)
    publishTime = cursor.take(UInt64.self)
    data = cursor.take(bytes: UInt64(cursor.remaining))
    if cursor.hasFailed { return nil }
  }
}

struct ChunkFields {
  var firstTime: UInt64
  var lastTime: UInt64
  /// Bytes of the records, once decompressed.
  var size: UInt64
  var checksum: UInt32
  var compression: Slice
  var stored: Slice
  var isLonger: Bool

  /// The most bytes that the records of a chunk may have, 1 GiB: more is no record but an attack on
  /// the reader's memory.
  static let sizeLimit: UInt64 = 1 << 30

  /// zstd gives at most 128 KiB for four bytes; a chunk that promises more cannot keep it.
  private static let ratioLimit: UInt64 = 1 << 16

  init?(_ content: Slice) {
    var cursor = ByteCursor(content)
    firstTime = cursor.take(UInt64.self)
    lastTime = cursor.take(UInt64.self)
    size = cursor.take(UInt64.self)
    checksum = cursor.take(UInt32.self)
    compression = cursor.take(bytes: UInt64(cursor.take(UInt32.self)))
    stored = cursor.take(bytes: cursor.take(UInt64.self))
    isLonger = !cursor.isAtEnd
    if cursor.hasFailed { return nil }
  }

  /// How the chunk's records are stored.
  enum Storage { case plain, zstd, unknown }

  var storage: Storage {
    if compression.isEmpty { return .plain }
    return compression.elementsEqual("zstd".utf8) ? .zstd : .unknown
  }

  /// Whether the size can be true: no memory is reserved for one that cannot.
  var isSizePossible: Bool {
    switch storage {
    case .plain: size == UInt64(stored.count) && size <= Self.sizeLimit
    case .zstd: size <= Self.sizeLimit && size <= UInt64(stored.count) &* Self.ratioLimit
    case .unknown: false
    }
  }
}
