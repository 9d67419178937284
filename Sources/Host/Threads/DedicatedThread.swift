// Threads of the system's own, with real-time rights where it grants them.

import Glibc

/// The system has no thread to give.
package struct ThreadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system's error number.
  package var code: Int32
  /// The system's words for it, and what to do.
  package var description: String {
    "the system has no thread to give (\(systemMessage(code))); end other programs"
  }
}

/// A POSIX thread that runs one closure.
///
/// Never a Task: a cooperative pool gives no deadline to anybody (models.md §4).
package struct DedicatedThread: Sendable {
  private nonisolated(unsafe) var handle = pthread_t()

  private final class Work {
    let name: StaticString
    let body: @Sendable () -> Void
    init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
      (self.name, self.body) = (name, body)
    }
  }

  /// Starts a thread that runs `body` once.
  ///
  /// - Parameter name: what debuggers and `top -H` show, at most 15 bytes.
  package init(
    name: StaticString, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    // Never `pthread_attr_t()`: whose initializer of this union the compiler takes, and whether that
    // is visible here, hangs on which file of the module it reads first.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    var code = pthread_attr_init(attributes)
    if code != 0 { throw ThreadError(code: code) }
    defer { pthread_attr_destroy(attributes) }
    // Controller, monitor and plant live on such a stack; 8 MiB is the usual main-thread size.
    pthread_attr_setstacksize(attributes, 8 << 20)
    let work = Unmanaged.passRetained(Work(name, body))
    code = pthread_create(&handle, attributes, threadEntry, work.toOpaque())
    if code != 0 {
      work.release()
      throw ThreadError(code: code)
    }
  }

  /// Waits until the closure has returned; once only.
  package func join() { pthread_join(handle, nil) }

  fileprivate static func run(_ argument: UnsafeMutableRawPointer?) {
    guard let argument else { return }
    let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
    // What `pthread_setname_np` does, which Swift does not see.
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    if descriptor >= 0 {
      work.name.withUTF8Buffer { _ = writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
      close(descriptor)
    }
    work.body()
  }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  DedicatedThread.run(argument)
  return nil
}

/// Rights that real time needs; a refusal is no error, and whoever asked says what was refused.
package enum RealTimeRights {
  /// Asks for SCHED_FIFO of the calling thread at a priority from 1 to 99; whether it is granted.
  package static func requestFIFO(priority: Int32) -> Bool {
    var parameters = sched_param()
    parameters.sched_priority = priority
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0
  }

  /// Asks for locked memory, now and to come; whether it is granted.
  package static func lockMemory() -> Bool { mlockall(MCL_CURRENT | MCL_FUTURE) == 0 }

  /// Gives locked memory back.
  package static func unlockMemory() { munlockall() }
}
