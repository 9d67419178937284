import Glibc
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
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let hasChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Under `mutex`; a batch is touched by the one side that holds it.
  private var free = [Batch(), Batch(), Batch()]
  private var ready: [Batch] = []
  private var hasEnded = false
  private var isStopped = false
  // The walk's side.
  private var current: Batch?
  private var next = 0
  private var thread = pthread_t()
  private var isRunning = false

  /// Starts with the first record behind the magic; nil where the system has no thread to give.
  ///
  /// - Parameter bytes: they must stay until `stop` has been called.
  init?(_ bytes: Slice) {
    self.bytes = bytes
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(hasChanged, nil)
    guard
      pthread_create(&thread, nil, runReadAhead, Unmanaged.passRetained(self).toOpaque()) == 0
    else {
      Unmanaged.passUnretained(self).release()
      return nil
    }
    isRunning = true
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(hasChanged)
    mutex.deallocate()
    hasChanged.deallocate()
  }

  /// Ends the thread; to be called before the bytes go.
  func stop() {
    guard isRunning else { return }
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(hasChanged)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    isRunning = false
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
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while ready.isEmpty && !hasEnded { pthread_cond_wait(hasChanged, mutex) }
    return ready.isEmpty ? nil : ready.removeFirst()
  }

  private func giveBack(_ batch: Batch) {
    current = nil
    next = 0
    batch.memory.clear()
    batch.chunks.removeAll(keepingCapacity: true)
    pthread_mutex_lock(mutex)
    free.append(batch)
    pthread_cond_signal(hasChanged)
    pthread_mutex_unlock(mutex)
  }

  // MARK: - The thread

  fileprivate func run() {
    let decompressor = Decompressor()
    var position = containerMagic.count
    var isGoingOn = true
    while isGoingOn, let batch = nextFree() {
      while isGoingOn && batch.memory.count < Self.batchBytes && batch.chunks.count < 4096 {
        isGoingOn = openNext(&position, into: batch, decompressor)
      }
      hand(batch)
    }
    pthread_mutex_lock(mutex)
    hasEnded = true
    pthread_cond_signal(hasChanged)
    pthread_mutex_unlock(mutex)
  }

  private func nextFree() -> Batch? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while free.isEmpty && !isStopped { pthread_cond_wait(hasChanged, mutex) }
    return isStopped ? nil : free.popLast()
  }

  private func hand(_ batch: Batch) {
    pthread_mutex_lock(mutex)
    ready.append(batch)
    pthread_cond_signal(hasChanged)
    pthread_mutex_unlock(mutex)
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

private func runReadAhead(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<ChunkReadAhead>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
