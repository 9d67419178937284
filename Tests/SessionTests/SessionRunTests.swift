// @relation(R-065, R-103, R-104, R-106, R-107, scope=file, role=Verification)
import PumpHAL
import PumpPlant
import SessionFile
import Testing

@testable import Session

@Suite("A session")
struct SessionRunTests {
  @Test("delivers its programme, to the account and into the tissue")
  func delivers() throws {
    let result = try run(sessionText())
    #expect(result.outcome == .passed)
    #expect(result.ending == .complete)
    #expect(result.finalMode == .complete)
    let delivered = try #require(result.delivered.first)
    // 0.06 mg/kg/h × 70 kg × 20 min = 1.4 mg; one microstep is 0.43 µg.
    #expect(abs(delivered.dispensed_mg - 1.4) < 0.001)
    // The start-up lag of this line and lead screw is some 0.05 mL: the plant's, not the account's.
    let infused = try #require(delivered.infused_mg)
    #expect(infused > 1.0 && infused < delivered.dispensed_mg)
    // Self test 5 s, about twenty entries of a set-up, one a tick.
    let start = try #require(result.started_s)
    #expect(start > 5 && start < 6)
    // Programme, and the minute after it.
    #expect(abs(result.simulated_s - (start + 20 * 60 + 60)) < 1.5)
  }

  @Test("the same file twice has the same digest, and the same things happen")
  func deterministic() throws {
    let first = try run(sessionText(duration: "5 min"))
    let second = try run(sessionText(duration: "5 min"))
    #expect(first.stateDigest == second.stateDigest)
    #expect(first.occurrences == second.occurrences)
  }

  @Test("R-103, R-107: of two commands in one tick a stop goes first, and the other waits its turn")
  func stopFirst() throws {
    let result = try run(
      sessionText(
        extra: """
          events:
            - { at: 5 min, operator: nurse, action: acknowledge }
            - { at: 5 min, operator: nurse, action: stop }
            - { at: 6 min, operator: nurse, action: start }
          """))
    let start = try #require(result.commands.first { $0.command.action == .start }).tick
    let stop = try #require(result.commands.first { $0.command.action == .stop })
    let acknowledge = try #require(result.commands.first { $0.command.action == .acknowledge })
    #expect(stop.tick == start + 30_000)
    #expect(acknowledge.tick == stop.tick + 1)
    #expect(stop.result == .accepted)
  }

  @Test("ends with the pump stopped when somebody asks for the end")
  func interrupted() throws {
    let control = SessionControl()
    control.requestStop()
    let result = try run(sessionText(), control: control)
    #expect(result.outcome == .stopped)
    #expect(result.ending == .interrupted)
  }

  @Test("a wish to end while infusing goes through the tick as a stop")
  func interruptedWhileInfusing() throws {
    let control = SessionControl()
    var options = SessionOptions()
    options.pace = .times(2000)
    let session = try makeSession(sessionText(duration: "2 h"), options: options)
    var pump = AttachedPump.simulated(session.simulatedPump())
    let running = try session.start(on: pump, control: control)
    while control.mode != .infusing { usleepShortly() }
    control.requestStop()
    let result = try running.finish(&pump)
    #expect(result.outcome == .stopped)
    let last = try #require(result.commands.last)
    #expect(last.command == OperatorCommand(.stop, by: .nurse))
    #expect(last.result == .accepted)
    #expect(result.occurrences.last?.kind == .mode(from: .infusing, to: .stopped))
  }

  @Test("R-106: after a loss of power, controller and monitor begin anew from the memory")
  func powerLoss() throws {
    let result = try run(
      sessionText(
        extra: """
          events:
            - { at: 8 min, fault: power-loss, duration: 1 min }
            - { at: 10 min, operator: nurse, action: resume }
            - { at: 10 min 1 s, operator: nurse, action: acknowledge }
            - { at: 10 min 2 s, operator: nurse, action: start }
          """))
    #expect(result.occurrences.contains { $0.kind == .powerOn(2) })
    #expect(result.outcome == .passed)
    #expect(result.finalMode == .complete)
    let delivered = try #require(result.delivered.first)
    #expect(abs(delivered.dispensed_mg - 1.4) < 0.001)
  }

  @Test("a pump that nobody will start again is an end, a quarter of an hour later")
  func idle() throws {
    let result = try run(
      sessionText(extra: "events: [{ at: 2 min, operator: patient, action: stop }]"))
    #expect(result.ending == .idle)
    #expect(result.finalMode == .stopped)
  }

  @Test("R-104: a soft limit that was passed on purpose is recorded with who and why")
  func softLimits() throws {
    let session = try makeSession(sessionText())
    var described = session.description
    described.confirmations = [
      SoftLimitConfirmation(
        limit: .doseRate, by: "Dr. Okafor", reason: "tolerance", exceeded: "0.4 mg/kg/h")
    ]
    let confirmed = Session(described)
    var pump = AttachedPump.simulated(confirmed.simulatedPump())
    let result = try confirmed.run(on: &pump)
    let expected = SessionOccurrence.Kind.softLimitConfirmed(
      limit: "dose-rate", by: "Dr. Okafor", reason: "tolerance")
    #expect(result.occurrences.first?.kind == expected)
  }

  @Test("a set-up that the pump refuses fails the session, naming the entry and the reason")
  func refusedSetUp() throws {
    var description = try makeSession(sessionText()).description
    description.limits.doseCaps = [DoseCapOrder(window: .oneHour, cap: Mass(nanograms: 1000))]
    let session = Session(description)
    var pump = AttachedPump.simulated(session.simulatedPump())
    let result = try session.run(on: &pump)
    #expect(result.outcome == .failed)
    let finding = try #require(result.expectations.last)
    #expect(!finding.held)
    #expect(finding.observed == "confirm: refused-dose-cap")
  }

  @Test("each syringe is fitted where the programme asks for it, once, and delivery goes on")
  func syringeChange() throws {
    let text = sessionText(duration: "4 min").replacing(
      "seed: 7",
      with: """
          - change: { syringe: bd-plastipak-20, fill: 20 mL, concentration: 6 mg/mL, after: 1 min }
          - basal: 0.06 mg/kg/h for 4 min
          - change: { syringe: bd-plastipak-10, fill: 10 mL, concentration: 3 mg/mL, after: 1 min }
          - basal: 0.06 mg/kg/h for 4 min
        seed: 7
        """)
    let result = try run(text)
    #expect(result.outcome == .passed, "\(result.expectations)")
    let fitted = result.occurrences.compactMap { occurrence in
      if case .syringeFitted(let name) = occurrence.kind { return name }
      return nil as String?
    }
    #expect(fitted == ["bd-plastipak-20", "bd-plastipak-10"])
    #expect(result.commands.allSatisfy { $0.result == .accepted })
    // 3 × 4 min × 4.2 mg/h
    let delivered = try #require(result.delivered.first)
    #expect(abs(delivered.dispensed_mg - 0.84) < 0.003)
  }

  @Test("R-065: what is primed goes into nobody and is accounted for apart")
  func primed() throws {
    let result = try run(
      sessionText().replacing("fill: 20 mL }", with: "fill: 20 mL, prime: 1.5 mL }"))
    #expect(result.outcome == .passed)
    let delivered = try #require(result.delivered.first)
    #expect(abs(delivered.dispensed_mg - 1.4) < 0.001)
    let infused = try #require(delivered.infused_mg)
    // 1.5 mL take up the lost motion of the drive (1 mm × 285 mm²) and fill the line (0.785 mL), so
    // what is dispensed reaches the tissue without a lag; what the line stored runs after.
    #expect(infused > 1.35 && infused < 1.6)
    #expect(abs(result.account.primedVolume.millilitres - 1.5) < 0.001)
    #expect(result.occurrences.contains { $0.kind == .connected })
  }

  @Test(
    "a pump whose battery dies before the start ends its session, whatever the file has planned")
  func deadBeforeStart() throws {
    let result = try run(
      """
      title: dead
      patient: { mass: 70 kg }
      drug: { name: morphine, indication: cancer-pain, concentration: 5 mg/mL }
      reservoir: { syringe: bd-plastipak-10, fill: 8 mL }
      infusionSet: winged-25g-80cm
      battery: { type: two-aa-alkaline, charge: 0.1 % }
      programme:
        - basal: 2 mg/h for 1 h
      limits: { rate: 2 mL/h, dose: [5 mg per 1 h, 15 mg per 4 h, 60 mg per 24 h], occlusion: 540 mmHg }
      events:
        - { at: 30 min, clear: battery }
      """)
    #expect(result.ending == .idle)
    #expect(result.finalMode == .off)
    #expect(result.started_s == nil)
  }
}
