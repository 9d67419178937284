import Foundation
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("The state machine, explored")
struct StateMachineTests {
  /// The changes of mode that the design has (Docs/StateMachine.md).
  static let intended: [PumpMode: [PumpMode]] = [
    .selfTest: [.askResume, .setUp, .failed, .off],
    .askResume: [.stopped, .setUp, .off],
    .setUp: [.ready, .off],
    .ready: [.priming, .infusing, .setUp, .off],
    // In the tick of an alarm a stop or a set-up may follow at once.
    .priming: [.ready, .alarmStop, .stopped, .paused, .setUp, .off],
    .infusing: [
      .paused, .stopped, .retracting, .alarmStop, .awaitingSyringe, .keepOpen, .complete, .off,
    ],
    .keepOpen: [.paused, .stopped, .retracting, .alarmStop, .off],
    .paused: [.infusing, .stopped, .setUp, .ready, .off],
    .stopped: [.infusing, .setUp, .ready, .off],
    .retracting: [.alarmStop, .stopped, .paused, .off],
    .alarmStop: [.infusing, .stopped, .paused, .setUp, .ready, .off],
    .awaitingSyringe: [.ready, .setUp, .off],
    .complete: [.setUp, .ready, .off],
    .failed: [.off],
    .off: [],
  ]

  /// Changes that are intended and were never made.
  static func dead(_ found: Exploration) -> [String] {
    PumpMode.allCases.flatMap { from in
      (intended[from] ?? []).filter { found.causes[Exploration.Edge(from: from, to: $0)] == nil }
        .map { "\(from) → \($0)" }
    }
  }

  /// Changes that were made and are not intended.
  static func unintended(_ found: Exploration) -> [String] {
    found.causes.filter { edge, _ in intended[edge.from]?.contains(edge.to) != true }
      .map { "\($0.key.from) → \($0.key.to): \($0.value.joined(separator: "; "))" }.sorted()
  }

  private static func list(_ lines: [String]) -> String {
    lines.isEmpty ? "None.\n" : lines.map { "- \($0)\n" }.joined()
  }

  /// The page that the exploration writes.
  static func page(_ found: Exploration, depth: Int) -> String {
    var text = """
      # The state machine, explored

      Written by `Scripts/dev explore`; do not edit. From power-on, every one of \(StateMove.all.count) moves (commands, waits
      that reach the time-outs, changes of the world) is made in every state, \(depth) moves deep, on the real
      controller on ideal hardware. States that decide alike are one: mode, phase, what is entered, confirmed and
      proposed, how urgent the alarms are and whether their causes persist, how long nothing was done. \(found.count)
      moves were made and \(found.states.last ?? 0) states found; after each move there were
      \(found.states.map(String.init).joined(separator: ", ")).

      ## How each mode is reached first

      | mode | moves |
      |---|---|

      """
    for mode in PumpMode.allCases {
      let moves = found.paths[mode].map { $0.isEmpty ? "power on" : $0.joined(separator: ", ") }
      text += "| \(mode) | \(moves ?? "**not reached**") |\n"
    }
    text += """

      Unreachable modes: \(found.unreachable.isEmpty ? "none" : found.unreachable.map { "\($0)" }.joined(separator: ", ")).

      ## What changes the mode

      | from | to | by |
      |---|---|---|

      """
    for from in PumpMode.allCases {
      for to in PumpMode.allCases {
        let edge = Exploration.Edge(from: from, to: to)
        guard let causes = found.causes[edge] else { continue }
        text += "| \(from) | \(to) | \(causes.sorted().joined(separator: "; ")) |\n"
      }
    }
    text += """

      A change is one tick's. Power that goes off and comes back leads from every mode to selfTest, and is left out.

      ## Intended and never made

      \(list(dead(found)))
      ## Made and not intended

      \(list(unintended(found)))
      ## Moves that changed nothing anywhere

      \(list(found.withoutEffect))
      """
    return text
  }

  private static let pagePath = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../Docs/StateMachine.md").path

  @Test("seven moves deep every mode is reached, and Docs/StateMachine.md says what was found")
  func page() throws {
    let depth = 7
    let found = Exploration(depth: depth)
    #expect(found.unreachable.isEmpty, "\(found.unreachable)")
    #expect(Self.unintended(found).isEmpty, "\(Self.unintended(found))")
    #expect(Self.dead(found).isEmpty, "\(Self.dead(found))")
    let page = Self.page(found, depth: depth)
    if ProcessInfo.processInfo.environment["TRUMPET_STATES"] != nil {
      try page.write(toFile: Self.pagePath, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOfFile: Self.pagePath, encoding: .utf8) == page, "run Scripts/dev explore")
  }

  @Test("three moves deep nothing happens that is not intended")
  func shallow() {
    let found = Exploration(depth: 3)
    #expect(Self.unintended(found).isEmpty, "\(Self.unintended(found))")
    for mode in [PumpMode.selfTest, .setUp, .ready, .priming, .infusing, .failed, .off] {
      #expect(found.paths[mode] != nil, "\(mode)")
    }
  }

  @Test("a mode that a defect makes unreachable is found, and so are its dead transitions")
  func plantedUnreachableMode() {
    let deaf = Exploration(depth: 3) { action in
      if case .prime = action { return .none }
      return action
    }
    #expect(deaf.unreachable.contains(.priming))
    #expect(Self.dead(deaf).contains("ready → priming"))
    #expect(deaf.withoutEffect.contains("prime"))
  }

  @Test("a transition that a defect adds is found")
  func plantedTransition() {
    let eager = Exploration(depth: 3) { action in
      if case .cancel = action { return .powerOff }
      if case .acknowledge = action { return .start }
      return action
    }
    #expect(
      eager.causes[Exploration.Edge(from: .ready, to: .infusing)]?.contains("acknowledge") == true)
  }
}
