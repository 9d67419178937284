import Host

/// What the system granted the thread of the control loop.
public struct RealTimeGrant: Equatable, Sendable {
  /// Whether the thread runs under SCHED_FIFO.
  public var hasFIFO = false
  /// Whether the process's memory is locked.
  public var hasLockedMemory = false

  /// The priority asked for under SCHED_FIFO; above the kernel's threaded interrupts (50).
  static let priority: Int32 = 80

  /// Asks for real-time scheduling of the calling thread and for locked memory.
  ///
  /// A refusal is no error: the session runs and its summary says what was refused.
  static func request() -> RealTimeGrant {
    RealTimeGrant(
      hasFIFO: RealTimeRights.requestFIFO(priority: priority),
      hasLockedMemory: RealTimeRights.lockMemory())
  }

  /// What was granted and what was not, in words for the summary.
  public var text: String {
    "SCHED_FIFO \(hasFIFO ? "granted" : "refused"), "
      + "mlockall \(hasLockedMemory ? "granted" : "refused")"
  }
}
