import Glibc

/// A POSIX thread that owns a port, or serves one.
struct PortThread {
  private var handle = pthread_t()

  /// The real-time priority of a thread that a control loop depends on: one above the loop's own (80),
  /// since a loop that is on time is of no use while its frames wait.
  static let priority: Int32 = 81

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread that runs `body` once.
  ///
  /// - Parameter path: the port, for the error of a system that has no thread to give.
  init(path: String, _ body: @escaping @Sendable () -> Void) throws(SerialLinkError) {
    let work = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    if code != 0 {
      work.release()
      throw .system(path: path, call: "pthread_create", code: code)
    }
  }

  /// Waits until the thread has ended; once only.
  func join() { pthread_join(handle, nil) }

  /// Asks for real-time scheduling of the calling thread.
  ///
  /// Refused where the control loop's own wish is refused, which the session's summary tells.
  static func askForRealTime() {
    var parameters = sched_param()
    parameters.sched_priority = priority
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)
  }
}
