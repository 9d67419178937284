import Glibc
import Synchronization

/// The end of the pipe into which the signal handler writes; −1 while nobody guards.
private let signalledEnd = Atomic<Int32>(-1)

/// What the kernel calls: writes one byte, which is all that a handler may safely do.
private func noteSignal(_ signal: Int32) {
  let saved = errno
  var byte = UInt8(truncatingIfNeeded: signal)
  let end = signalledEnd.load(ordering: .relaxed)
  if end >= 0 { _ = Glibc.write(end, &byte, 1) }
  errno = saved
}

/// Turns signals into something that `poll` sees, for as long as it guards; one at a time.
final class SignalGuard {
  /// The end to poll, −1 when no signal is guarded.
  let readEnd: Int32
  private let writeEnd: Int32
  private var previous: [(signal: Int32, action: sigaction)] = []

  /// Guards the given signals.
  init(_ signals: [Int32]) {
    var ends: [Int32] = [-1, -1]
    if signals.isEmpty || pipe(&ends) != 0 {
      readEnd = -1
      writeEnd = -1
      return
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    signalledEnd.store(writeEnd, ordering: .relaxed)
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = noteSignal
      var old = sigaction()
      if sigaction(signal, &action, &old) == 0 { previous.append((signal, old)) }
    }
  }

  /// Whether a guarded signal has come.
  var hasCome: Bool {
    if readEnd < 0 { return false }
    var polled = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) > 0
  }

  /// Gives the signals back.
  func restore() {
    for (signal, action) in previous {
      var action = action
      sigaction(signal, &action, nil)
    }
    previous = []
    if readEnd >= 0 { signalledEnd.store(-1, ordering: .relaxed) }
  }

  deinit {
    restore()
    if readEnd >= 0 {
      Glibc.close(readEnd)
      Glibc.close(writeEnd)
    }
  }
}
