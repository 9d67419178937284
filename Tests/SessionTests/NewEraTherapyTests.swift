// @relation(R-007, R-115, scope=file, role=Verification)
import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import Testing
import Vocabulary

@testable import PumpSerial
@testable import Session

/// A New Era pump as the driver's state machine runs it, in simulated time: ten milliseconds a tick.
private struct BenchPump: AttachedHardware {
  var bench: PilotBench
  let scale: NewEraPumpScale
  let capabilities: Capabilities
  private var memory = [JournalEntry](repeating: .blank, count: 1024)
  /// What somebody does to the pump or the line at a tick.
  var happenings: [Int: (inout PilotBench) -> Void] = [:]
  private var tick = 0

  init(bore: Double, safe: UInt8 = 1) {
    bench = PilotBench(safe: safe)
    bench.isTargetMoving = false
    bench.stride = 5
    scale = NewEraPumpScale(
      boreArea: bore, diameter: 2 * (bore / Double.pi).squareRoot() / 1000)
    var capabilities = Capabilities()
    capabilities.origin = .hardware
    capabilities.commanding = .rateCommanded
    capabilities.sensors = [.motion]
    capabilities.microstepTravel = Length(nanometres: NewEraPumpScale.microstepTravel_nm)
    capabilities.microstepsPerRevolution = 4000
    capabilities.maximumStepRate = 3400
    capabilities.deadManMilliseconds = UInt16(safe) * 1000
    self.capabilities = capabilities
  }

  var hasWorld: Bool { false }
  var isPowered: Bool { true }
  mutating func restoreMemory() -> [JournalEntry] { memory }

  mutating func sense() -> SensorFrame {
    tick += 1
    happenings[tick]?(&bench)
    for _ in 0..<2 { bench.step() }
    var frame = SensorFrame()
    let pilot = bench.pilot
    frame.tick = UInt32(tick)
    frame.stepCount = scale.steps(microlitres: pilot.counter.dispensed_uL)
    frame.motionAge = UInt16(
      clamping: (bench.now - min(bench.now, max(pilot.counter.readAt, 1_000_000_000))) / 10_000_000)
    frame.motionValidity = .valid
    frame.link = pilot.latch ?? .up
    frame.commandOutcome = pilot.outcome
    frame.faults = pilot.faults(at: bench.now)
    if pilot.isStopKeyDown(at: bench.now) { frame.keys = .stop }
    return frame
  }

  mutating func actuate(_ frame: ActuatorFrame) {
    if let entry = frame.journal {
      memory[Int(entry.slot)] = entry
      memory[Int(entry.slot) + 512] = entry
    }
    bench.isPermitted = frame.isPermitted
    bench.flow_uLph = scale.flow(nanolitresPerHour: frame.flowRate)
    bench.target_uL = scale.volume(steps: frame.targetSteps)
  }

  mutating func elapse() { for _ in 0..<2 { bench.step() } }
  mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool { false }
  mutating func clear(_ selection: FaultSelection) {}
  mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) {}
  mutating func currentTruth() -> PlantTruth? { nil }
  mutating func awaitAnswer() {}
  mutating func interruptSupply() {}
}

@Suite("Both channels and the driver of a New Era pump, in simulated time")
struct NewEraTherapyTests {
  /// Runs a text; the engine and the pump as they were at the end.
  private func run(
    _ text: String, safe: UInt8 = 1, _ change: (inout BenchPump) -> Void = { _ in }
  ) throws -> (engine: SessionEngine, pump: BenchPump, ending: SessionEnding) {
    let session = try makeSession(text)
    var pump = BenchPump(
      bore: session.description.syringe.boreAreaSquareMillimetres * 1e6, safe: safe)
    change(&pump)
    var engine = SessionEngine(
      &pump, plan: session.plan(), recorder: nil, control: SessionControl())
    var pacer = Pacer(.maximum)
    let ending = engine.run(&pump, pacer: &pacer)
    return (engine, pump, ending)
  }

  private func alarms(_ engine: SessionEngine) -> [AlarmID] { engine.log.alarms.map(\.id) }

  /// Loading, basal, a patient's bolus and a titration in ten minutes.
  private let therapy = """
    title: test
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - loading: 0.02 mg/kg over 3 min
      - basal: 0.06 mg/kg/h for 2 h
    patientBolus: { dose: 2 mg, lockout: 15 min, maximum: 3 per h }
    duration: 9 min
    events:
      - { at: 4 min, operator: patient, action: bolus }
      - { at: 7 min, operator: nurse, action: pause }
      - { at: 7 min 10 s, operator: nurse, action: start }
    """

  @Test(
    "R-007: a therapy with loading, bolus and pause runs without an alarm, and the pump follows it")
  func nominal() throws {
    let (engine, pump, ending) = try run(therapy)
    #expect(ending == .duration)
    #expect(
      alarms(engine).isEmpty, "\(alarms(engine)) \(engine.log.occurrences.compactMap(\.line))")
    let account = engine.ledger.account
    #expect(account.bolusMass.milligrams > 1.99)
    // What went out, against what is accounted for: within a second of the fastest flow.
    let dispensed = pump.bench.pump.dispensed_uL / pump.scale.ratio / 1000
    #expect(abs(dispensed - account.dispensedVolume.millilitres) < 0.003, "\(dispensed)")
    #expect(pump.bench.pump.prompt == .stopped)
    #expect(pump.bench.pilot.alarms.isEmpty)
  }

  @Test("R-007: the same in Basic mode says ALM33 and nothing else")
  func basic() throws {
    let (engine, _, _) = try run(therapy, safe: 0)
    #expect(alarms(engine) == [.deadManMissing])
  }

  @Test("R-007: a line on which one exchange in thirty gets lost raises no alarm")
  func lossyLine() throws {
    var state: UInt64 = 7
    let (engine, pump, _) = try run(therapy) { pump in
      pump.bench.fate = { _, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let draw = state >> 33
        return draw % 30 == 0 ? (draw % 2 == 0 ? .lost : .unanswered) : .whole
      }
    }
    #expect(
      alarms(engine).isEmpty,
      "\(engine.log.alarms.map { ($0.id, $0.raised) }) \(pump.bench.pilot.disturbances)")
    #expect(pump.bench.pilot.disturbances > 50)
    let dispensed = pump.bench.pump.dispensed_uL / pump.scale.ratio / 1000
    #expect(abs(dispensed - engine.ledger.account.dispensedVolume.millilitres) < 0.01)
  }

  @Test(
    "ALM01, ALM07: a motor that stalls stops the session until somebody has acknowledged and started"
  )
  func stall() throws {
    let text =
      therapy + """

          - { at: 8 min, operator: nurse, action: acknowledge }
          - { at: 8 min 5 s, operator: nurse, action: start }
        """
    let (engine, pump, _) = try run(text) { pump in
      pump.bench.pump.stallsAt_uL = 400
      // Somebody opens the line, after seven and a half minutes.
      pump.happenings[47_000] = { $0.pump.stallsAt_uL = .infinity }
    }
    #expect(Set(alarms(engine)).isSuperset(of: [.downstreamOcclusion, .driveFault]))
    #expect(pump.bench.pilot.alarms == [.stalled])
    // It went on after the start.
    #expect(pump.bench.pump.dispensed_uL > 401)
    #expect(engine.finalMode == .infusing)
  }

  @Test(
    "R-115: a line that is cut ends the session as hardware lost, within 0.6 s, and it stays so")
  func cut() throws {
    let (engine, pump, ending) = try run(therapy) { pump in
      pump.happenings[30_000] = { $0.fate = { _, _ in .lost } }
      pump.happenings[30_150] = { $0.fate = { _, _ in .whole } }
    }
    #expect(ending == .hardwareLost)
    #expect(alarms(engine).contains(.commsLost))
    // 1.5 s of silence, and 2 s for which a lost link is watched.
    #expect(engine.tick < 30_000 + 400)
    #expect(pump.bench.pump.prompt != .infusing)
  }

  @Test(
    "R-115: a pump that was reset in the middle of a bolus ends the session; it is told to stop")
  func reset() throws {
    let (engine, pump, ending) = try run(therapy) { pump in
      pump.happenings[25_500] = { bench in
        bench.pump.prompt = .stopped
        bench.pump.counter_uL = 0
        _ = bench.pump.raise(.reset)
      }
    }
    #expect(ending == .hardwareLost && pump.bench.pilot.latch == .mismatched)
    #expect(alarms(engine).contains(.commsLost) && pump.bench.pump.prompt == .stopped)
  }

  @Test("A pump stopped at its own keypad is a pump stopped by an operator, and no alarm")
  func keypad() throws {
    let (engine, pump, _) = try run(therapy) { pump in
      pump.happenings[40_000] = { $0.pump.prompt = .paused }
    }
    #expect(engine.finalMode == .stopped || engine.finalMode == .infusing)
    #expect(!alarms(engine).contains(.driveFault) && !alarms(engine).contains(.commsLost))
    #expect(pump.bench.pilot.latch == nil)
  }

  @Test("What a file asks is found with its line, whether it stands in a list or in a row")
  func lines() throws {
    let lines = SourceLines(Array(therapy.utf8))
    #expect(lines.programmeStep(0) == 7 && lines.programmeStep(1) == 8)
    #expect(lines.key("patientBolus") == 9 && lines.key("nothing") == 1)
    let row = SourceLines(Array("title: a\nprogramme: [ { basal: 1 mL/h for 1 h } ]\n".utf8))
    #expect(row.programmeStep(0) == 2)
    let flows = PlannedFlow.all(of: try makeSession(therapy).description)
    #expect(flows.map(\.line) == [7, 8, 9])
    // 1.4 mg in 3 min and 4.2 mg/h at 6 mg/mL; a bolus goes at 30 mL/h unless the file says otherwise.
    let rates = zip(flows, [4.6667, 0.7, 30]).map { abs($0.millilitresPerHour - $1) < 0.001 }
    #expect(rates == [true, true, true], "\(flows)")
  }
}
