// A thread of its own for the control loop, with real-time rights where the system grants them.

import Glibc

/// What the system granted the thread of the control loop.
public struct RealTimeGrant: Equatable, Sendable {
  /// Whether the thread runs under SCHED_FIFO.
  public var hasFIFO = false
  /// Whether the process's memory is locked.
  public var hasLockedMemory = false

  /// What was granted and what was not, in words for the summary.
  public var text: String {
    "SCHED_FIFO \(hasFIFO ? "granted" : "refused"), "
      + "mlockall \(hasLockedMemory ? "granted" : "refused")"
  }
}

/// A POSIX thread that runs one closure.
///
/// Never a Task: a cooperative pool gives no deadline to anybody (models.md §4).
public struct DedicatedThread {
  private var handle: pthread_t

  /// The priority asked for under SCHED_FIFO, 1 to 99; above the kernel's threaded interrupts (50).
  public static let priority: Int32 = 80

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread; nil where the system has none to give.
  public init?(_ body: @escaping @Sendable () -> Void) {
    // Never `pthread_attr_t()`: whose initializer of this union the compiler takes, and whether that
    // is visible here, hangs on which file of the module it reads first.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    guard pthread_attr_init(attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(attributes) }
    // Controller, monitor and plant live on this stack; 8 MiB is the usual main-thread size.
    pthread_attr_setstacksize(attributes, 8 << 20)
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    guard pthread_create(&thread, attributes, threadEntry, work.toOpaque()) == 0 else {
      work.release()
      return nil
    }
    handle = thread
  }

  /// Waits until the closure has returned.
  public func join() { pthread_join(handle, nil) }

  fileprivate static func run(_ argument: UnsafeMutableRawPointer?) {
    guard let argument else { return }
    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
  }

  /// Asks for real-time scheduling of the calling thread and for locked memory.
  ///
  /// A refusal is no error: the session runs and its summary says what was refused.
  public static func requestRealTime() -> RealTimeGrant {
    var grant = RealTimeGrant()
    var parameters = sched_param()
    parameters.sched_priority = priority
    grant.hasFIFO = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0
    grant.hasLockedMemory = mlockall(MCL_CURRENT | MCL_FUTURE) == 0
    return grant
  }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  DedicatedThread.run(argument)
  return nil
}
