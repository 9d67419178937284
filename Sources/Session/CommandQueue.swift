import PumpHAL

/// Commands that wait for their tick: one goes a tick, a stop before all others.
///
/// Whoever else waits keeps its turn: nothing is dropped.
///
/// - Requirements: @relation(R-103, R-107, scope=file)
struct CommandQueue {
  private var waiting: [OperatorCommand] = []

  init() { waiting.reserveCapacity(64) }

  /// Whether nothing waits.
  var isEmpty: Bool { waiting.isEmpty }

  /// Adds a command at the end.
  mutating func append(_ command: OperatorCommand) { waiting.append(command) }

  /// Adds commands at the end, in their order.
  mutating func append(_ commands: [OperatorCommand]) { waiting += commands }

  /// Adds commands before all others, in their order.
  mutating func insertFirst(_ commands: [OperatorCommand]) {
    waiting.insert(contentsOf: commands, at: 0)
  }

  /// Takes the command of this tick: the first stop, or else the first of all.
  mutating func next() -> OperatorCommand {
    if waiting.isEmpty { return .none }
    if let stop = waiting.firstIndex(where: { $0.action == .stop }) {
      return waiting.remove(at: stop)
    }
    return waiting.removeFirst()
  }

  /// Forgets what waits.
  mutating func removeAll() { waiting.removeAll(keepingCapacity: true) }
}
