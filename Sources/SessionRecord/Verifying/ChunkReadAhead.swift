import Host
import TickCodec

/// Opens the chunks of a large record ahead of the walk, on a thread of its own: decompression and
/// checksums take as long as everything else together.
///
/// It only saves time. Whatever it cannot open, or does not want to, the walk opens itself, and so
/// answers the same with it and without.
final class ChunkReadAhead: @unchecked Sendable {
  /// Records with less than this are walked without a thread, 4 MiB.
  static let leastBytes = 4 << 20
  /// Chunks of more than this are left to the walk, so that little memory is used twice.
  private static let largestChunk: UInt64 = 8 << 20
  /// Bytes of opened chunks that are handed over at once.
  private static let batchBytes = 1 << 20

  private struct Opened {
    /// Where the chunk's record begins in the file.
    var offset: Int
    /// Where its records are in the batch's memory; nil where they are in the file, uncompressed.
    var start: Int?
    var stored: Slice
    var count: Int
    var checksum: UInt32
  }

  private final class Batch {
    var memory = ByteBuffer(capacity: batchBytes * 2)
    var chunks: [Opened] = []
  }

  private let bytes: Slice
  private let lock = WaitingLock()
  // Under `lock`; a batch is touched by the one side that holds it.
  private var free = [Batch(), Batch(), Batch()]
  private var ready: [Batch] = []
  private var hasEnded = false
  private var isStopped = false
  // The walk's side.
  private var current: Batch?
  private var next = 0
  private var thread: DedicatedThread?

  /// Starts with the first record behind the magic; nil where the system has no thread to give.
  ///
  /// - Parameter bytes: they must stay until `stop` has been called.
  init?(_ bytes: Slice) {
    self.bytes = bytes
    thread = try? DedicatedThread(name: "read ahead") { [self] in run() }
    if thread == nil { return nil }
  }

  /// Ends the thread; to be called before the bytes go.
  func stop() {
    lock.withLock {
      isStopped = true
      lock.announce()
    }
    thread?.join()
    thread = nil
  }

  /// The records of the chunk at `offset` and their checksum; nil if the walk has to open it itself.
  ///
  /// Chunks are asked for in file order; what is given stays until the next call.
  func chunk(at offset: Int) -> (records: Slice, checksum: UInt32)? {
    while let batch = current ?? nextReady() {
      current = batch
      if next == batch.chunks.count {
        giveBack(batch)
        continue
      }
      let chunk = batch.chunks[next]
      if chunk.offset != offset { return nil }
      next += 1
      guard let start = chunk.start else { return (chunk.stored, chunk.checksum) }
      let records = Slice(rebasing: batch.memory.bytes[start..<(start + chunk.count)])
      return (records, chunk.checksum)
    }
    return nil
  }

  private func nextReady() -> Batch? {
    lock.withLock {
      while ready.isEmpty && !hasEnded { lock.wait() }
      return ready.isEmpty ? nil : ready.removeFirst()
    }
  }

  private func giveBack(_ batch: Batch) {
    current = nil
    next = 0
    batch.memory.clear()
    batch.chunks.removeAll(keepingCapacity: true)
    lock.withLock {
      free.append(batch)
      lock.announce()
    }
  }

  // MARK: - The thread

  private func run() {
    let decompressor = Decompressor()
    var position = containerMagic.count
    var isGoingOn = true
    while isGoingOn, let batch = nextFree() {
      while isGoingOn && batch.memory.count < Self.batchBytes && batch.chunks.count < 4096 {
        isGoingOn = openNext(&position, into: batch, decompressor)
      }
      hand(batch)
    }
    lock.withLock {
      hasEnded = true
      lock.announce()
    }
  }

  private func nextFree() -> Batch? {
    lock.withLock {
      while free.isEmpty && !isStopped { lock.wait() }
      return isStopped ? nil : free.popLast()
    }
  }

  private func hand(_ batch: Batch) {
    lock.withLock {
      ready.append(batch)
      lock.announce()
    }
  }

  /// Goes one record on; false at the end of what it can do.
  private func openNext(
    _ position: inout Int, into batch: Batch, _ decompressor: Decompressor
  ) -> Bool {
    var cursor = ByteCursor(Slice(rebasing: bytes[position...]))
    let opcode = cursor.take(UInt8.self)
    let content = cursor.take(bytes: cursor.take(UInt64.self))
    guard !cursor.hasFailed, opcode != 0, opcode != Opcode.dataEnd, opcode != Opcode.footer else {
      return false
    }
    let offset = position
    position += cursor.position
    guard opcode == Opcode.chunk else { return true }
    guard let chunk = ChunkFields(content), chunk.isSizePossible, chunk.size <= Self.largestChunk
    else { return false }
    let count = Int(chunk.size)
    var start: Int?
    var records = chunk.stored
    if chunk.storage == .zstd {
      let from = batch.memory.count
      guard decompressor.append(chunk.stored, to: &batch.memory, size: count) else { return false }
      records = Slice(rebasing: batch.memory.bytes[from...])
      start = from
    }
    batch.chunks.append(
      Opened(
        offset: offset, start: start, stored: chunk.stored, count: count,
        checksum: CRC32.of(records)))
    return true
  }
}
