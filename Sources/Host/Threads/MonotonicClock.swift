// The clock by which everything that waits, measures or gives up does so.

import Glibc

/// The monotonic clock: never goes back, and knows no time of day.
package enum MonotonicClock {
  /// Nanoseconds since some moment in the past.
  package static var nanoseconds: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// Seconds since some moment in the past.
  package static var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Milliseconds from now to `deadline`, ns, rounded up, 0 when it has passed, as `poll` takes them.
  package static func milliseconds(until deadline: Int64) -> Int32 {
    Int32(clamping: max(0, deadline - nanoseconds + 999_999) / 1_000_000)
  }

  /// Sleeps until `deadline`, ns; a signal does not cut it short.
  package static func sleep(until deadline: Int64) {
    var moment = timespec()
    moment.tv_sec = __time_t(deadline / 1_000_000_000)
    moment.tv_nsec = __syscall_slong_t(deadline % 1_000_000_000)
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nil) == EINTR {}
  }

  /// Sleeps for so many milliseconds.
  package static func sleep(milliseconds: Int64) {
    sleep(until: nanoseconds + milliseconds * 1_000_000)
  }
}
