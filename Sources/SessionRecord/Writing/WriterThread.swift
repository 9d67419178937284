import Glibc

/// A thread that owns the file, and a bounded queue of batches in front of it.
///
/// Everything mutable is touched under `mutex`, except the file, which only the thread touches
/// once it runs.
final class WriterThread: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let hasWork = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let file: RecordFile
  private let path: String
  private let limit: Int
  private var queue: [Batch] = []
  private var free: [Batch] = []
  private var queuedBytes = 0
  private var isEnding = false
  private var progress: Progress
  private var thread = pthread_t()
  private var isRunning = false

  init(file: RecordFile, path: String, limit: Int) throws(RecordError) {
    self.file = file
    self.path = path
    self.limit = limit
    progress = Progress(file)
    queue.reserveCapacity(64)
    free.reserveCapacity(64)
    // Whoever holds the mutex runs on with the priority of a control loop that waits for it.
    let attributes = UnsafeMutablePointer<pthread_mutexattr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_mutexattr_init(attributes)
    pthread_mutexattr_setprotocol(attributes, Int32(PTHREAD_PRIO_INHERIT))
    pthread_mutex_init(mutex, attributes)
    pthread_mutexattr_destroy(attributes)
    pthread_cond_init(hasWork, nil)
    let status = pthread_create(
      &thread, nil, runWriterThread, Unmanaged.passRetained(self).toOpaque())
    isRunning = status == 0
    if status != 0 {
      Unmanaged.passUnretained(self).release()
      throw RecordError(
        .cannotWrite, path: path, "the writer's thread cannot start: \(systemMessage(status))")
    }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(hasWork)
    mutex.deallocate()
    hasWork.deallocate()
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
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var next = batch
    if progress.failure == nil && queuedBytes + batch.size > limit {
      progress.failure = RecordError(
        .fellBehind, path: path,
        "the disk fell \(limit >> 20) MiB behind the session; record to a faster one")
    }
    if progress.failure == nil {
      queuedBytes += batch.size
      queue.append(batch)
      pthread_cond_signal(hasWork)
      next = free.popLast() ?? Batch()
    }
    return (next, progress)
  }

  /// Waits until everything queued is written, and ends the thread.
  func finish() -> Progress {
    guard isRunning else { return progress }
    pthread_mutex_lock(mutex)
    isEnding = true
    pthread_cond_signal(hasWork)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    isRunning = false
    return progress
  }

  fileprivate func run() {
    while let batch = nextBatch() {
      file.take(batch)
      giveBack(batch)
    }
  }

  private func nextBatch() -> Batch? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while queue.isEmpty {
      if isEnding { return nil }
      pthread_cond_wait(hasWork, mutex)
    }
    return queue.removeFirst()
  }

  private func giveBack(_ batch: Batch) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    queuedBytes -= batch.size
    let failure = progress.failure
    progress = Progress(file)
    if let failure { progress.failure = failure }
    batch.clear()
    if free.count < 64 { free.append(batch) }
  }
}

private func runWriterThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<WriterThread>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
