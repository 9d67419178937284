// @relation(R-006, R-023, R-026, scope=file, role=Verification)
import Testing

@testable import TherapyAttack

@Suite("Power lost in a bolus")
struct PowerLossTests {
  // `Scripts/properties` takes every tick; here so many that each journal write is met.
  #if DEBUG
    static let stride: Int64 = 61
  #else
    static let stride: Int64 = 13
  #endif

  @Test(
    "R-006, R-026: nothing repeated, at most 0.02 mL skipped, lockout and caps held, at every tick",
    arguments: PowerLossAttack.Write.allCases)
  func everyTick(_ write: PowerLossAttack.Write) {
    var attack = PowerLossAttack()
    #expect(attack.isGranted)
    var mostSkipped = 0.0
    var mostUncounted = 0.0
    while attack.tick < PowerLossAttack.bolusTicks {
      if attack.tick % Self.stride == 0 {
        let outcome = attack.losePower(write)
        for finding in outcome.findings { Issue.record("\(finding)") }
        mostSkipped = max(mostSkipped, outcome.skipped)
        mostUncounted = max(mostUncounted, outcome.uncounted)
      }
      attack.advance()
    }
    #expect(mostUncounted <= PowerLossAttack.uncountedMost(write))
    print(
      "power lost in a bolus, \(write) write: at most \(mostSkipped) mL skipped, "
        + "\(mostUncounted) mL not in the monitor's history")
  }

  @Test(
    "R-023, R-026: the monitor remembers the bolus, too: a controller that forgot it gives 0.05 mL",
    arguments: PowerLossAttack.Write.allCases)
  func monitorRemembers(_ write: PowerLossAttack.Write) {
    var attack = PowerLossAttack(rest: 60)
    // The monitor writes once a second, what moves before what was noted.
    while attack.tick < PowerLossAttack.bolusTicks + 3000 { attack.advance() }
    let volume = attack.forgetfulController(write)
    print("a controller that forgot a bolus, \(write) write: \(volume ?? -1) mL")
    #expect((volume ?? 1) < 0.05)
  }
}
