// @relation(R-009, R-028, R-063, R-077, scope=file, role=Verification)
import Foundation
import Testing

/// How many random sessions of each kind; `TRUMPET_ATTACKS=2000 swift test …` for a long campaign.
private var attackCount: Int {
  if let text = ProcessInfo.processInfo.environment["TRUMPET_ATTACKS"], let count = Int(text) {
    return count
  }
  #if DEBUG
    return 6
  #else
    return 40
  #endif
}

private var firstSeed: UInt64 {
  ProcessInfo.processInfo.environment["TRUMPET_SEED"].flatMap { UInt64($0) } ?? 1
}

@Suite("Properties that hold in every session")
struct PropertyTests {
  @Test(
    "R-009, R-028, R-063, R-077: caps, volume, permits, stops, signals hold, whatever breaks",
    arguments: AttackKind.allCases)
  func everySession(_ kind: AttackKind) throws {
    if let wanted = ProcessInfo.processInfo.environment["TRUMPET_KIND"], wanted != kind.rawValue {
      return
    }
    var found: [String] = []
    for seed in firstSeed..<firstSeed + UInt64(attackCount) {
      var attacker = Attacker(kind, seed: seed, seconds: 600)
      if let violation = try attacker.run() { found.append(violation) }
    }
    #expect(found.isEmpty, "\(found.count): \(found.prefix(12).joined(separator: "\n"))")
  }
}
