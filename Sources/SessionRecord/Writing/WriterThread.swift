import Host

/// A thread that owns the file, and a bounded queue of batches in front of it.
///
/// Everything mutable is touched under `lock`, except the file, which only the thread touches
/// once it runs.
final class WriterThread: @unchecked Sendable {
  private let lock = WaitingLock()
  private let file: RecordFile
  private let path: String
  private let limit: Int
  private var queue: [Batch] = []
  private var free: [Batch] = []
  private var queuedBytes = 0
  private var isEnding = false
  private var progress: Progress
  private var thread: DedicatedThread?

  init(file: RecordFile, path: String, limit: Int) throws(RecordError) {
    self.file = file
    self.path = path
    self.limit = limit
    progress = Progress(file)
    queue.reserveCapacity(64)
    free.reserveCapacity(64)
    do throws(ThreadError) {
      thread = try DedicatedThread(name: "record") { [self] in run() }
    } catch {
      throw RecordError(
        .cannotWrite, path: path,
        "the writer's thread cannot start: \(systemMessage(error.code))")
    }
  }

  /// How far the thread has come.
  struct Progress {
    var failure: RecordError?
    var bytesWritten: UInt64
    var checkpoint: String?

    init(_ file: RecordFile) {
      failure = file.failure
      bytesWritten = file.bytesWritten
      checkpoint = file.checkpoint
    }
  }

  /// Queues `batch` and gives an empty one for it; never waits for the file.
  func exchange(_ batch: Batch) -> (Batch, Progress) {
    lock.withLock { exchanged(batch) }
  }

  private func exchanged(_ batch: Batch) -> (Batch, Progress) {
    var next = batch
    if progress.failure == nil && queuedBytes + batch.size > limit {
      progress.failure = RecordError(
        .fellBehind, path: path,
        "the disk fell \(limit >> 20) MiB behind the session; record to a faster one")
    }
    if progress.failure == nil {
      queuedBytes += batch.size
      queue.append(batch)
      lock.announce()
      next = free.popLast() ?? Batch()
    }
    return (next, progress)
  }

  /// Waits until everything queued is written, and ends the thread.
  func finish() -> Progress {
    lock.withLock {
      isEnding = true
      lock.announce()
    }
    thread?.join()
    thread = nil
    return progress
  }

  private func run() {
    while let batch = nextBatch() {
      file.take(batch)
      giveBack(batch)
    }
  }

  private func nextBatch() -> Batch? {
    lock.withLock {
      while queue.isEmpty && !isEnding { lock.wait() }
      return queue.isEmpty ? nil : queue.removeFirst()
    }
  }

  private func giveBack(_ batch: Batch) {
    lock.withLock {
      queuedBytes -= batch.size
      let failure = progress.failure
      progress = Progress(file)
      if let failure { progress.failure = failure }
      batch.clear()
      if free.count < 64 { free.append(batch) }
    }
  }
}
