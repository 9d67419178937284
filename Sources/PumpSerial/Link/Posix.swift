// The few system calls that everything here shares.
import Glibc

/// The clock by which deadlines and ages are measured.
enum Monotonic {
  /// Nanoseconds since some moment in the past; never goes back.
  static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Milliseconds from now to `deadline`, rounded up, 0 when it has passed, as `poll` takes them.
  static func milliseconds(until deadline: UInt64) -> Int32 {
    let now = nanoseconds()
    if deadline <= now { return 0 }
    return Int32(clamping: (deadline - now + 999_999) / 1_000_000)
  }
}

/// Wakes a thread that waits in `poll`: a pipe of which only the presence of bytes matters.
final class WakePipe: Sendable {
  /// The end to poll.
  let readEnd: Int32
  private let writeEnd: Int32

  init() throws(SerialLinkError) {
    var ends: (Int32, Int32) = (-1, -1)
    let result = withUnsafeMutableBytes(of: &ends) {
      pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
    }
    if result != 0 { throw .system(path: "pipe", call: "pipe", code: errno) }
    (readEnd, writeEnd) = ends
    for end in [readEnd, writeEnd] {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    Glibc.close(readEnd)
    Glibc.close(writeEnd)
  }

  /// Wakes whoever polls; may be called from a signal handler.
  func wake() {
    var byte: UInt8 = 1
    // A full pipe already wakes.
    _ = Glibc.write(writeEnd, &byte, 1)
  }

  /// Forgets every wake-up so far.
  func drain() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
      while Glibc.read(readEnd, bytes.baseAddress, bytes.count) > 0 {}
    }
  }

  /// Waits for a wake-up; false when none came in time.
  func wait(milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, milliseconds) > 0
  }
}
