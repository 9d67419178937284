// A therapy on the simulated pump, a tick at a time: both channels, the plant, and somebody who
// attacks them.

import Catalogue
import PumpFirmware
import PumpHAL
import PumpMonitor
import PumpPlant
import Session
import SessionFile

/// A deterministic source of numbers, so that a seed is a whole session (splitmix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) {
    // Neighbouring seeds must not give the same numbers, a few places on.
    state = seed
    state = next()
  }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func roll(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
  mutating func real(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &self)
  }
  mutating func pick<T>(_ choices: [T]) -> T { choices[Int(roll(0...Int64(choices.count - 1)))] }
  /// True once in `n` times on average.
  mutating func once(in n: Int64) -> Bool { roll(1...n) == 1 }
}

/// What is prescribed, in the numbers that the commands carry.
struct Therapy {
  var syringe = "bd-plastipak-20"
  /// Fluid in the syringe, mL.
  var fill = 15.0
  /// mg/mL.
  var concentration = 6.0
  var phases: [ProgrammePhase] = []
  /// Caps for 1 h, 4 h, 24 h, mg; 0 where there is none.
  var caps = [0.0, 0.0, 0.0]
  /// mL/h.
  var flowLimit = 10.0
  var occlusion_mmHg = 540.0
  /// mL/h.
  var keepOpen = 0.0
  /// mg; 0 without patient bolus.
  var bolus = 0.0
  var lockout_min: Int64 = 5
  var bolusesPerHour: UInt8 = 4
  var order = ReactionOrder.stop
  /// mg/h.
  var libraryRate = 200.0

  /// A basal of so many mg/h for so many seconds.
  static func basal(_ rate: Double, seconds: Int64) -> ProgrammePhase {
    ProgrammePhase(
      kind: .basal, dose: Dose(Int64(rate * 1e6), .mass), per: Ticks(count: 360_000),
      duration: Ticks(count: seconds * 100))
  }

  /// A loading dose of so many mg within so many seconds.
  static func loading(_ dose: Double, seconds: Int64) -> ProgrammePhase {
    ProgrammePhase(
      kind: .loading, dose: Dose(Int64(dose * 1e6), .mass), per: Ticks(count: seconds * 100),
      duration: Ticks(count: seconds * 100))
  }

  /// The catalogue entries that a session file with this syringe names.
  func described() throws -> SessionDescription {
    let text = """
      title: attack
      patient: { mass: 70 kg }
      drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
      reservoir: { syringe: \(syringe), fill: \(Int(fill)) mL }
      infusionSet: winged-25g-100cm
      programme:
        - basal: 0.06 mg/kg/h for 20 min
      """
    return try SessionDescription(bytes: Array(text.utf8), name: "attack.yaml")
  }

  /// The commands that enter it, up to and with `confirm`.
  func setUp(
    _ description: SessionDescription, isNewPatient: Bool = true
  ) -> [OperatorAction] {
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: isNewPatient),
      .confirmSyringe(description.syringe.specification),
      .confirmInfusionSet(description.infusionSet.specification),
      .setFill(Volume(picolitres: Int64(fill * 1e9))),
      .setDrug(
        index: 0, number: 1,
        concentration: Concentration(nanogramsPerMillilitre: Int64(concentration * 1e6))),
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: Int64(libraryRate * 1e6)),
        bolus: Mass(nanograms: 50_000_000), loading: Mass(nanograms: 100_000_000)),
      .setPatient(BodyMass(grams: 70_000)),
    ]
    for (window, cap) in zip(CapWindow.allCases, caps) where cap > 0 {
      actions.append(
        .setDoseCap(index: 0, window: window, cap: Mass(nanograms: Int64(cap * 1e6))))
    }
    actions.append(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: Int64(flowLimit * 1e6)),
        occlusion: Pressure(pascals: Int64(occlusion_mmHg * 133.322)),
        keepOpen: FlowRate(nanolitresPerHour: Int64(keepOpen * 1e6))))
    for (index, phase) in phases.enumerated() {
      actions.append(.setPhase(index: UInt8(index), phase))
    }
    if bolus > 0 {
      actions.append(
        .setPatientBolus(
          dose: Dose(Int64(bolus * 1e6), .mass), lockout: Ticks(count: lockout_min * 6000),
          maximumPerHour: bolusesPerHour, flow: FlowRate(nanolitresPerHour: 60_000_000)))
    }
    actions.append(.setReactionOrder(order))
    actions.append(.confirm(phaseCount: UInt8(phases.count)))
    return actions
  }
}

/// Both channels on the simulated pump, through the control loop that sessions use.
struct TherapyWorld {
  let therapy: Therapy
  let description: SessionDescription
  let configuration: PumpConfiguration
  var pump: SimulatedPump
  var loop: ControlLoop
  var tick: Int64 = 0
  var isPowered = true
  var properties: TherapyProperties?
  /// Falsifies what the properties are shown, so that each can be seen to fail.
  var doctor: ((inout Pass, inout Int64) -> Void)?

  init(_ therapy: Therapy, memory: [JournalEntry]? = nil, seed: UInt64 = 1) throws {
    self.therapy = therapy
    description = try therapy.described()
    var configuration = description.pump.configuration(with: description.battery)
    configuration.selfTest = Ticks(count: 20)
    self.configuration = configuration
    var parameters = PlantParameters(description)
    parameters.drug.concentration = therapy.concentration
    parameters.fill = therapy.fill * 1000
    parameters.seed = seed
    pump = SimulatedPump(parameters, memory: memory)
    loop = ControlLoop(
      powerOn: PowerOn(capabilities: pump.capabilities, configuration: configuration),
      memory: pump.restoreMemory())
  }

  /// The volume of a microstep, mL.
  var stepVolume: Double {
    Double(description.syringe.specification.boreArea.squareMicrometres) * 250e-15
  }

  var output: TickOutput { loop.output }
  var truth: PlantTruth { pump.truth }

  /// Lets one pass happen, with a command or without.
  mutating func pass(_ command: OperatorCommand = .none, elapsed: UInt16 = 1) {
    tick += Int64(elapsed)
    if elapsed > 1 { for _ in 1..<elapsed { pump.elapse() } }
    if pump.isPowered != isPowered { powerChanged() }
    let before = pump.truth.stepsDone
    if isPowered {
      loop.tick(&pump, elapsed: elapsed, command: command)
      trace()
      var seen = Pass(loop)
      var moved = pump.truth.stepsDone - before
      doctor?(&seen, &moved)
      properties?.see(seen, elapsed: elapsed, moved: moved, tick: tick)
    } else {
      pump.elapse()
      properties?.seeDark(moved: pump.truth.stepsDone - before, tick: tick)
    }
  }

  /// Gives a command and says what became of it.
  @discardableResult
  mutating func give(_ action: OperatorAction, by role: Role = .pharmacist) -> CommandResult {
    pass(OperatorCommand(action, by: role))
    return output.result
  }

  mutating func run(ticks: Int64) { for _ in 0..<ticks { pass() } }

  mutating func run(seconds: Double) { run(ticks: Int64(seconds * 100)) }

  /// Runs until `condition` holds; the ticks that it took, nil after `seconds`.
  @discardableResult
  mutating func run(
    atMost seconds: Double, until condition: (TherapyWorld) -> Bool
  ) -> Int64? {
    for count in 1...Int64(seconds * 100) {
      pass()
      if condition(self) { return count }
    }
    return nil
  }

  /// Self test and set-up; what was not accepted.
  @discardableResult
  mutating func setUp(isNewPatient: Bool = true) -> [CommandResult] {
    run(ticks: 30)
    if output.mode == .askResume { give(.answerResume(isResuming: false)) }
    var refused: [CommandResult] = []
    for action in therapy.setUp(description, isNewPatient: isNewPatient) {
      let result = give(action)
      if result != .accepted { refused.append(result) }
    }
    return refused
  }

  /// Whether commands, modes and alarms are printed as they come.
  var isTraced = false
  private var lastTraced = (PumpMode.selfTest, UInt64(0))

  private mutating func trace() {
    guard isTraced else { return }
    let signals = loop.signals.bits
    let isCommanded = loop.input.command.action != .none
    guard isCommanded || lastTraced != (output.mode, signals) else { return }
    lastTraced = (output.mode, signals)
    let alarms = AlarmID.allCases.filter { signals >> UInt64($0.rawValue) & 1 == 1 }
    print(
      tick, output.mode, isCommanded ? "\(loop.input.command) \(output.result)" : "",
      alarms, "objects \(loop.verdict.objections.bits)", "bounds \(output.bounds.rawValue)",
      "steps \(pump.truth.stepsDone)", "left \(loop.controller.telemetry.dispensedVolume)")
  }

  private mutating func powerChanged() {
    isPowered = pump.isPowered
    guard isPowered else { return }
    loop = ControlLoop(
      powerOn: PowerOn(capabilities: pump.capabilities, configuration: configuration),
      memory: pump.restoreMemory())
    properties?.powerReturned()
  }
}
