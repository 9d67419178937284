// Attacks therapies with random sessions until told to stop, for `Scripts/properties`.
//
//   TherapyAttack --sessions N [--first SEED] [--kind KIND] [--minutes M] [--share I/N] [--trace]

import Glibc
import PumpHAL

/// What was asked on the command line.
struct AttackPlan {
  var sessions: UInt64 = 30
  var firstSeed: UInt64 = 1
  var kinds = AttackKind.allCases
  /// The longest session, min; each lasts between one minute and that.
  var minutes: Int64 = 30
  /// Every `count`th session, beginning with `index`.
  var share = (index: UInt64(0), count: UInt64(1))
  var isTraced = false

  init?(_ arguments: [String]) {
    var left = arguments[...]
    while let name = left.popFirst() {
      if name == "--trace" {
        isTraced = true
        continue
      }
      guard let text = left.popFirst() else { return nil }
      switch name {
      case "--sessions":
        guard let value = UInt64(text) else { return nil }
        sessions = value
      case "--first":
        guard let value = UInt64(text) else { return nil }
        firstSeed = value
      case "--minutes":
        guard let value = Int64(text), value > 0 else { return nil }
        minutes = value
      case "--kind":
        guard let kind = AttackKind(rawValue: text) else { return nil }
        kinds = [kind]
      case "--share":
        let parts = text.split(separator: "/").compactMap { UInt64($0) }
        guard parts.count == 2, parts[1] > 0, parts[0] < parts[1] else { return nil }
        share = (parts[0], parts[1])
      default: return nil
      }
    }
  }

  /// How long the session with this seed lasts, s.
  func seconds(_ seed: UInt64) -> Int64 {
    var dice = Dice(seed &+ 0x7472_756d_7065_7400)
    return dice.roll(60...max(60, minutes * 60))
  }
}

/// Writes at once: a trap must not lose what was said.
func write(_ text: String, to descriptor: Int32) {
  let bytes = Array(text.utf8)
  _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
}

@main
struct AttackProgram {
  static func main() {
    guard let plan = AttackPlan(Array(CommandLine.arguments.dropFirst())) else {
      print(
        "usage: TherapyAttack [--sessions N] [--first SEED] [--kind therapy|faults|nonsense] "
          + "[--minutes M] [--share I/N] [--trace]")
      exit(64)
    }
    var violations: [Violation] = []
    var minutes = 0.0
    var count = 0
    for number in 0..<plan.sessions where number % plan.share.count == plan.share.index {
      let seed = plan.firstSeed + number / UInt64(plan.kinds.count)
      let kind = plan.kinds[Int(number % UInt64(plan.kinds.count))]
      let seconds = plan.seconds(seed)
      // A trap ends the program: what ran is the last line that it wrote.
      write("\(seed) \(kind.rawValue)\n", to: STDERR_FILENO)
      var attacker = Attacker(kind, seed: seed, seconds: seconds)
      count += 1
      minutes += Double(seconds) / 60
      guard let violation = attacker.run(isTraced: plan.isTraced) else { continue }
      violations.append(violation)
      write("seed \(seed), \(kind.rawValue): \(violation.text)" + "\n", to: STDOUT_FILENO)
      if violations.count <= 3 {
        write("the shortest session found in which that does not hold:\n", to: STDOUT_FILENO)
        write("\(attacker.recording.shrunk(violation))\n", to: STDOUT_FILENO)
      }
    }
    print("\(count) sessions, \(Int(minutes / 60)) h, \(violations.count) violations")
    exit(violations.isEmpty ? 0 : 1)
  }
}
