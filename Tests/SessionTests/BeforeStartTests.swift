// What happens before the programme is started: `startAfter`, and events that count from power-on.

import PumpHAL
import PumpPlant
import Session
import Testing

@Suite("Before the start")
struct BeforeStartTests {
  private func tick(
    _ result: SessionResult, _ matches: (SessionOccurrence.Kind) -> Bool
  ) -> Int64? {
    result.occurrences.first { matches($0.kind) }?.tick
  }

  @Test("The pump waits so long after the set-up, and `at` counts from the start or from power-on")
  func waiting() throws {
    let result = try run(
      sessionText(
        duration: "2 min",
        extra: """
          startAfter: 3 min
          events:
            - { at: 1 min, since: power-on, fault: encoder-loss }
            - { at: 90 s, since: power-on, clear: encoder-loss }
            - { at: 1 min, operator: patient, action: stop }
          """))
    let confirmed = try #require(
      tick(result) {
        if case .command(let command, _) = $0, case .confirm = command.action { return true }
        return false
      })
    let start = try #require(result.started_s)
    #expect(abs(start * 100 - Double(confirmed) - 18_000) <= 2)
    #expect(tick(result) { $0 == .faultInjected(.encoderLoss, lasting: nil) } == 6000)
    #expect(tick(result) { $0 == .faultCleared(.named(.encoderLoss, site: nil)) } == 9000)
    let stop = result.commands.first { $0.command.action == .stop }
    #expect(stop?.tick == Int64((start * 100).rounded()) + 6000)
  }

  @Test("Priming begins after the wait, and is not begun by it twice")
  func priming() throws {
    let text = sessionText(duration: "1 min", extra: "startAfter: 2 min")
      .replacing("fill: 20 mL", with: "fill: 20 mL, prime: 0.2 mL")
    let result = try run(text)
    let primes = result.commands.filter {
      if case .prime = $0.command.action { return true }
      return false
    }
    #expect(primes.count == 1)
    #expect(primes[0].tick >= 12_000 && primes[0].tick < 13_000)
    // 0.2 mL, a thousandth at most away: the pump's own account of whole microsteps.
    #expect(abs(Double(result.account.primedVolume.picolitres) / 1e9 - 0.2) < 0.0002)
    #expect(result.outcome == .passed)
  }

  @Test("An early event after the start comes too, and the session waits for it")
  func late() throws {
    let result = try run(
      sessionText(
        duration: "1 min",
        extra: """
          duration: 5 min
          events: [ { at: 4 min, since: power-on, fault: stall } ]
          """))
    #expect(tick(result) { $0 == .faultInjected(.stall, lasting: nil) } == 24_000)
  }

  @Test("A walk moves what reaches the tissue and not what the pump counts")
  func walking() throws {
    let still = try run(sessionText())
    let walk = try run(
      sessionText(extra: "events: [ { at: 5 min, activity: walking, for: 10 min } ]"))
    #expect(walk.delivered[0].dispensed_mg == still.delivered[0].dispensed_mg)
    #expect(walk.delivered[0].infused_mL != still.delivered[0].infused_mL)
    #expect(walk.alarms.map(\.id) == still.alarms.map(\.id))
  }

  @Test("A pump that died for good is not waited for, however many operators stand before it")
  func dead() throws {
    let result = try run(
      sessionText(
        duration: "2 min",
        extra: """
          events:
            - { at: 30 s, fault: battery, charge: 0 % }
            - { at: 1 min, operator: nurse, action: start }
          """))
    #expect(result.ending == .idle)
    // A quarter of an hour after the battery gave way.
    #expect(result.simulated_s > 900 && result.simulated_s < 1200)
  }
}
