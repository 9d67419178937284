// Ctrl-C and SIGTERM, taken as a wish to end.

import Glibc
import Synchronization

private let wasSignalled = Atomic<Bool>(false)

private func note(_ signal: Int32) { wasSignalled.store(true, ordering: .relaxed) }

/// Turns Ctrl-C and SIGTERM into a flag; a second signal ends the program as usual.
public enum StopSignals {
  /// Takes over SIGINT and SIGTERM for one time.
  public static func install() {
    // Touched here, so that the handler finds it made.
    wasSignalled.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = note
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
    sigemptyset(&action.sa_mask)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // Whoever started us may have had them blocked, and a mask is inherited.
    var both = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGINT)
    sigaddset(&both, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
    // A reader of our output that goes away is no reason to leave the pump running.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Whether somebody wants the end.
  public static var isRaised: Bool { wasSignalled.load(ordering: .relaxed) }

  /// A thread that calls `act` once when somebody wants the end.
  public static func watch(_ act: @escaping @Sendable () -> Void) -> Watcher? {
    let watcher = Watcher()
    guard
      let thread = DedicatedThread({
        while !watcher.isEnded.load(ordering: .relaxed) {
          if isRaised {
            act()
            return
          }
          usleep(20_000)
        }
      })
    else { return nil }
    watcher.thread = thread
    return watcher
  }

  /// A thread that watches for a signal.
  public final class Watcher: @unchecked Sendable {
    fileprivate let isEnded = Atomic<Bool>(false)
    // Set once before the watcher is handed out, read only by `end`.
    fileprivate var thread: DedicatedThread?
    /// Ends the watch and waits for its thread.
    public func end() {
      isEnded.store(true, ordering: .relaxed)
      thread?.join()
      thread = nil
    }
  }
}
