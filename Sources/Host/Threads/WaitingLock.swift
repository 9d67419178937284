// A lock of the system's own, for threads that wait for one another.

import Glibc

/// A mutex with one condition: whoever holds it may wait for a change that another announces.
///
/// Whoever holds it runs on with the priority of a control loop that waits for it.
package final class WaitingLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let hasChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A lock that nobody holds.
  package init() {
    let attributes = UnsafeMutablePointer<pthread_mutexattr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_mutexattr_init(attributes)
    pthread_mutexattr_setprotocol(attributes, Int32(PTHREAD_PRIO_INHERIT))
    pthread_mutex_init(mutex, attributes)
    pthread_mutexattr_destroy(attributes)
    pthread_cond_init(hasChanged, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(hasChanged)
    mutex.deallocate()
    hasChanged.deallocate()
  }

  /// Does something while nobody else holds the lock.
  package func withLock<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Gives the lock away until somebody announces a change; only by its holder.
  package func wait() { pthread_cond_wait(hasChanged, mutex) }

  /// Wakes one that waits; only by the lock's holder.
  package func announce() { pthread_cond_signal(hasChanged) }
}
