import Foundation
import Testing

@testable import TherapyAttack

@Suite("Properties that hold in every session")
struct PropertyTests {
  // In debug, so that every overflow and precondition traps; `Scripts/properties` runs thousands.
  @Test(
    "caps, volume, permits, stops, signals and account hold, whatever is asked and whatever breaks",
    arguments: AttackKind.allCases)
  func everySession(_ kind: AttackKind) {
    var found: [String] = []
    for seed in UInt64(1)...6 {
      var attacker = Attacker(kind, seed: seed, seconds: 600)
      if let violation = attacker.run() { found.append("seed \(seed): \(violation.text)") }
    }
    #expect(found.isEmpty, "\(found.count): \(found.prefix(12).joined(separator: "\n"))")
  }
}
