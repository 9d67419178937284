import TickCodec

/// Holds the summary of a record against one that is put together anew.
struct SummaryCheck {
  private let bytes: Slice
  private var cursor: ByteCursor
  private let start: UInt64
  private var groups: [(opcode: UInt8, start: UInt64, length: UInt64)] = []

  /// What is wrong, and where.
  struct Damage: Error {
    var offset: UInt64
    var what: String
  }

  /// - Parameter start: the byte behind the data end.
  init(_ bytes: Slice, from start: Int) {
    self.bytes = bytes
    self.start = UInt64(start)
    cursor = ByteCursor(Slice(rebasing: bytes[start...]))
  }

  private var offset: UInt64 { start + UInt64(cursor.position) }

  /// Throws at the first byte that says otherwise than `container`.
  mutating func check(against container: ContainerCheck) throws(Damage) {
    try group(Opcode.schema, container.schemas.count) { (index, record) in
      record.takeRest().elementsEqual(container.schemas[index])
    }
    try group(Opcode.channel, container.channels.count) { (index, record) in
      record.takeRest().elementsEqual(container.channels[index])
    }
    try group(Opcode.statistics, 1) { (_, record) in container.matchesStatistics(&record) }
    try group(Opcode.chunkIndex, container.chunks.count) { (index, record) in
      container.chunks[index].matches(&record)
    }
    try group(Opcode.attachmentIndex, container.attachments.count) { (index, record) in
      container.attachments[index].matches(attachment: &record)
    }
    try group(Opcode.metadataIndex, container.metadata.count) { (index, record) in
      container.metadata[index].matches(metadata: &record)
    }
    let offsetsStart = offset
    for (opcode, start, length) in groups {
      try one(Opcode.summaryOffset) { record in
        record.take(UInt8.self) == opcode && record.take(UInt64.self) == start
          && record.take(UInt64.self) == length
      }
    }
    try footer(offsetsStart)
  }

  /// One group of records of a kind.
  private mutating func group(
    _ opcode: UInt8, _ count: Int, _ matches: (Int, inout ByteCursor) -> Bool
  ) throws(Damage) {
    let from = offset
    for index in 0..<count { try one(opcode) { matches(index, &$0) } }
    if offset > from { groups.append((opcode, from, offset - from)) }
  }

  private mutating func one(
    _ opcode: UInt8, _ matches: (inout ByteCursor) -> Bool
  ) throws(Damage) {
    let at = offset
    let found = cursor.take(UInt8.self)
    var record = ByteCursor(cursor.take(bytes: cursor.take(UInt64.self)))
    guard !cursor.hasFailed, found == opcode, matches(&record), !record.hasFailed, record.isAtEnd
    else {
      throw Damage(offset: at, what: "the summary does not say what a rebuilt one says")
    }
  }

  private mutating func footer(_ offsetsStart: UInt64) throws(Damage) {
    let at = offset
    let from = start
    // The summary's checksum covers the footer up to itself.
    let covered = cursor.position + 9 + 16
    var isRight = false
    let all = bytes
    try one(Opcode.footer) { record in
      let starts = (record.take(UInt64.self), record.take(UInt64.self))
      let checksum = record.take(UInt32.self)
      guard !record.hasFailed else { return false }
      let summary = Slice(rebasing: all[Int(from)..<(Int(from) + covered)])
      isRight =
        starts == (from, offsetsStart) && checksum != 0 && checksum == CRC32.of(summary)
      return true
    }
    if !isRight {
      throw Damage(offset: at, what: "the footer's offsets or the summary's checksum are wrong")
    }
    if !cursor.takeRest().elementsEqual(containerMagic) {
      throw Damage(
        offset: at, what: "after the footer there is something else than the eight bytes of the end"
      )
    }
  }
}

extension ByteCursor {
  /// Everything that is left.
  fileprivate mutating func takeRest() -> Slice { take(bytes: UInt64(remaining)) }

  /// Whether the next text is this one.
  fileprivate mutating func takes(_ text: [UInt8]) -> Bool {
    take(bytes: UInt64(take(UInt32.self))).elementsEqual(text)
  }

  /// Whether the next map has exactly these pairs, in whatever order.
  fileprivate mutating func takes(_ pairs: [(id: UInt16, value: UInt64)]) -> Bool {
    var inside = ByteCursor(take(bytes: UInt64(take(UInt32.self))))
    guard inside.count == pairs.count * 10 else { return false }
    var found: [(id: UInt16, value: UInt64)] = []
    while !inside.isAtEnd { found.append((inside.take(UInt16.self), inside.take(UInt64.self))) }
    let byID: ((id: UInt16, value: UInt64), (id: UInt16, value: UInt64)) -> Bool = {
      ($0.id, $0.value) < ($1.id, $1.value)
    }
    return found.sorted(by: byID).elementsEqual(pairs.sorted(by: byID)) { $0 == $1 }
  }
}

extension ContainerCheck {
  fileprivate func matchesStatistics(_ record: inout ByteCursor) -> Bool {
    let total = messageCounts.reduce(0 as UInt64) { $0 + $1.value }
    let counts = messageCounts.filter { $0.value > 0 }
    return record.take(UInt64.self) == total && record.take(UInt16.self) == schemas.count
      && record.take(UInt32.self) == channels.count
      && record.take(UInt32.self) == attachments.count
      && record.take(UInt32.self) == metadata.count && record.take(UInt32.self) == chunks.count
      && record.take(UInt64.self) == (total == 0 ? 0 : firstTime)
      && record.take(UInt64.self) == lastTime && record.takes(counts)
  }
}

extension ContainerCheck.ChunkEntry {
  fileprivate func matches(_ record: inout ByteCursor) -> Bool {
    record.take(UInt64.self) == firstTime && record.take(UInt64.self) == lastTime
      && record.take(UInt64.self) == offset && record.take(UInt64.self) == length
      && record.takes(indexOffsets) && record.take(UInt64.self) == indexLength
      && record.takes(compression) && record.take(UInt64.self) == storedSize
      && record.take(UInt64.self) == size
  }
}

extension ContainerCheck.FileEntry {
  fileprivate func matches(attachment record: inout ByteCursor) -> Bool {
    record.take(UInt64.self) == offset && record.take(UInt64.self) == length
      && record.take(UInt64.self) == logTime && record.take(UInt64.self) == createTime
      && record.take(UInt64.self) == dataSize && record.takes(name) && record.takes(mediaType)
  }

  fileprivate func matches(metadata record: inout ByteCursor) -> Bool {
    record.take(UInt64.self) == offset && record.take(UInt64.self) == length && record.takes(name)
  }
}
