// Ctrl-C, SIGTERM and the end of the terminal, taken as a wish to end.

import Glibc
import Synchronization

/// When the first signal came, on the monotonic clock, ns; 0 for none.
private let signalledAt = Atomic<Int64>(0)

/// Signals within this time are one wish: `timeout` sends its signal to the process and then to its
/// whole group, and the second must not kill a session that is just being ended.
private let oneWish: Int64 = 500_000_000

/// Does only what a signal handler may: an atomic, the clock, and a raise.
private func note(_ number: Int32) {
  let now = MonotonicClock.nanoseconds
  let (isFirst, first) = signalledAt.compareExchange(expected: 0, desired: now, ordering: .relaxed)
  if isFirst || now - first < oneWish { return }
  signal(number, SIG_DFL)
  raise(number)
}

/// Turns Ctrl-C, SIGTERM and the end of the terminal into a flag; a second one, half a second later
/// or more, ends the program as usual.
package enum StopSignals {
  /// Takes over SIGINT, SIGTERM and, unless `nohup` had it ignored, SIGHUP.
  package static func install() {
    // Touched here, so that the handler finds it made.
    signalledAt.store(0, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = note
    action.sa_flags = SA_RESTART
    sigemptyset(&action.sa_mask)
    var taken = sigset_t()
    sigemptyset(&taken)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var before = sigaction()
      sigaction(number, nil, &before)
      let isIgnored =
        unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self)
        == unsafeBitCast(SIG_IGN, to: Int.self)
      if number == SIGHUP, isIgnored { continue }
      sigaction(number, &action, nil)
      sigaddset(&taken, number)
    }
    // Whoever started us may have had them blocked, and a mask is inherited.
    pthread_sigmask(SIG_UNBLOCK, &taken, nil)
    // A reader of our output that goes away is no reason to leave the pump running.
    signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files shall fail the write and raise an alarm, not end the session.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether somebody wants the end.
  package static var isRaised: Bool { signalledAt.load(ordering: .relaxed) != 0 }

  /// A thread that calls `act` once when somebody wants the end.
  package static func watch(_ act: @escaping @Sendable () -> Void) -> Watcher? {
    let watcher = Watcher()
    watcher.thread = try? DedicatedThread(name: "signals") {
      while !watcher.isEnded.load(ordering: .relaxed) {
        if isRaised {
          act()
          return
        }
        MonotonicClock.sleep(milliseconds: 20)
      }
    }
    return watcher.thread == nil ? nil : watcher
  }

  /// A thread that watches for a signal.
  package final class Watcher: @unchecked Sendable {
    fileprivate let isEnded = Atomic<Bool>(false)
    // Set once before the watcher is handed out, read only by `end`.
    fileprivate var thread: DedicatedThread?
    /// Ends the watch and waits for its thread.
    package func end() {
      isEnded.store(true, ordering: .relaxed)
      thread?.join()
      thread = nil
    }
  }
}
