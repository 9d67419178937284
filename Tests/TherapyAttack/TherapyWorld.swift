// A therapy on the simulated pump, a tick at a time: both channels, the plant, and what watches them.

import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant

/// Both channels on the simulated pump, through the control loop that sessions use.
///
/// A copy taken with `snapshot()` goes on by itself.
struct TherapyWorld {
  let therapy: Therapy
  let configuration: PumpConfiguration
  var pump: SimulatedPump
  private var loop: ControlLoop
  private var defective: DefectiveLoop?
  /// What entered the last tick, and what both channels said.
  private(set) var last: Pass
  var tick: Int64 = 0
  var isPowered = true
  var properties: TherapyProperties?
  /// Falsifies what the properties are shown, so that each can be seen to fail.
  var doctor: ((inout Pass, inout Int64) -> Void)?

  /// What is wrong with the firmware, if anything, since power-on.
  let defect: Defect?

  init(
    _ therapy: Therapy, memory: [JournalEntry]? = nil, seed: UInt64 = 1, defect: Defect? = nil
  ) {
    self.therapy = therapy
    self.defect = defect
    configuration = therapy.hardware.configuration
    var parameters = therapy.hardware.plant
    parameters.drug.concentration = therapy.concentration
    parameters.fill = therapy.fill * 1000
    parameters.seed = seed
    pump = SimulatedPump(parameters, memory: memory)
    let powerOn = PowerOn(capabilities: pump.capabilities, configuration: configuration)
    loop = ControlLoop(powerOn: powerOn, memory: pump.restoreMemory())
    last = Pass(loop)
    powerUp()
  }

  /// Whether the controller finds its part of the memory blank at the next power-on.
  var isForgetful = false

  private mutating func powerUp() {
    let powerOn = PowerOn(capabilities: pump.capabilities, configuration: configuration)
    let memory = pump.restoreMemory()
    if isForgetful {
      let defect = Defect(isMonitorMissing: false, isMemoryBlank: true)
      defective = DefectiveLoop(powerOn: powerOn, memory: memory, defect: defect)
    } else if let defect {
      defective = DefectiveLoop(powerOn: powerOn, memory: memory, defect: defect)
    } else {
      loop = ControlLoop(powerOn: powerOn, memory: memory)
    }
  }

  /// The volume of a microstep, mL.
  var stepVolume: Double {
    Double(therapy.syringe.specification.boreArea.squareMicrometres) * 250e-15
  }

  var output: TickOutput { last.output }
  var verdict: MonitorOutput { last.verdict }
  var controller: Controller { defective?.controller ?? loop.controller }
  var monitor: ProtectiveMonitor { defective?.monitor ?? loop.monitor }
  var truth: PlantTruth { pump.truth }

  /// Lets one pass happen, with a command or without.
  mutating func pass(_ command: OperatorCommand = .none, elapsed: UInt16 = 1) {
    tick += Int64(elapsed)
    if elapsed > 1 { for _ in 1..<elapsed { pump.elapse() } }
    if pump.isPowered != isPowered { powerChanged() }
    let before = pump.truth.stepsDone
    if isPowered {
      if defective == nil {
        loop.tick(&pump, elapsed: elapsed, command: command)
        last = Pass(loop)
      } else if let pass = defective?.tick(&pump, elapsed: elapsed, command: command) {
        last = pass
      }
      if isTraced { trace() }
      var seen = last
      var moved = pump.truth.stepsDone - before
      doctor?(&seen, &moved)
      properties?.see(seen, elapsed: elapsed, moved: moved, tick: tick)
    } else {
      pump.elapse()
      properties?.seeDark(moved: pump.truth.stepsDone - before, tick: tick)
    }
  }

  /// A copy that goes on by itself.
  func snapshot() -> TherapyWorld {
    var copy = self
    copy.pump = pump.snapshot()
    return copy
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
    for action in therapy.setUp(isNewPatient: isNewPatient) {
      let result = give(action)
      if result != .accepted { refused.append(result) }
    }
    return refused
  }

  /// Whether commands, modes and alarms are printed as they come.
  var isTraced = false
  private var lastTraced = (PumpMode.selfTest, UInt64(0))

  private mutating func trace() {
    let signals = output.signals.bits | verdict.objections.bits
    let isCommanded = last.input.command.action != .none
    guard isCommanded || lastTraced != (output.mode, signals) else { return }
    lastTraced = (output.mode, signals)
    let alarms = AlarmID.allCases.filter { signals >> UInt64($0.rawValue) & 1 == 1 }
    print(
      tick, output.mode, isCommanded ? "\(last.input.command) \(output.result)" : "",
      alarms, "objects \(verdict.objections.bits)", "bounds \(output.bounds.rawValue)",
      "steps \(pump.truth.stepsDone)", "left \(controller.telemetry.dispensedVolume)")
  }

  private mutating func powerChanged() {
    isPowered = pump.isPowered
    guard isPowered else { return }
    powerUp()
    properties?.powerReturned()
  }
}
