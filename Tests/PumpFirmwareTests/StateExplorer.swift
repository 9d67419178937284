// The controller's state machine, walked through: every move from every state found, states that decide
// alike merged.

import PumpHAL

@testable import PumpFirmware

/// A controller on ideal hardware, and what can be done to it from outside.
struct ExploredPump {
  var rig: Rig
  var isSyringeOut = false
  var isPressed = false
  /// What the controller hears instead of a command.
  var hears: (OperatorAction) -> OperatorAction = { $0 }
  private(set) var result = CommandResult.none
  /// Changes of mode since they were last asked for, a tick each.
  private(set) var changes: [Exploration.Edge] = []

  static let configuration: PumpConfiguration = {
    var configuration = PumpConfiguration()
    configuration.selfTest = Ticks(count: 20)
    return configuration
  }()

  init() { rig = Rig(configuration: Self.configuration) }

  var mode: PumpMode { rig.controller.mode }

  mutating func forgetChanges() { changes = [] }

  mutating func tick(_ action: OperatorAction = .none, by role: Role = .pharmacist, elapsed: UInt16)
  {
    let before = mode
    rig.tick(hears(action), by: role, elapsed: elapsed)
    noteChange(from: before)
  }

  private mutating func noteChange(from before: PumpMode) {
    if mode != before { changes.append(Exploration.Edge(from: before, to: mode)) }
  }

  mutating func give(_ action: OperatorAction, by role: Role = .pharmacist) {
    tick(action, by: role, elapsed: 1)
    result = rig.last.result
  }

  /// Lets time pass, 250 ms a pass, which is as late as a pass may come.
  mutating func wait(seconds: Int64) {
    for _ in 0..<(seconds * 4) {
      rig.frame.battery.sampledAt = rig.frame.tick
      tick(elapsed: 25)
    }
    result = .none
  }

  /// Off and on again; the memory stays.
  mutating func powerCycle() {
    var next = Rig(memory: rig.memory, configuration: Self.configuration)
    next.frame.syringe.value.isBarrelClamped = !isSyringeOut
    next.force = rig.force
    next.tick()
    rig = next
    result = .none
  }

  /// The same, with a force cell that says nothing during the self test.
  mutating func powerOnWithDeadCell() {
    powerCycle()
    rig.frame.force = Reading(0, .invalid, sampledAt: 0)
    for _ in 0..<30 {
      let before = mode
      rig.frame.tick += 1
      rig.last = rig.controller.step(
        TickInput(elapsedTicks: 1, sensors: rig.frame, command: .none))
      noteChange(from: before)
    }
  }

  mutating func setSyringe(isOut: Bool) {
    isSyringeOut = isOut
    rig.frame.syringe.value.isBarrelClamped = !isOut
    wait(seconds: 1)
  }

  /// Thrust of a blocked needle, or of friction alone.
  mutating func setForce(isPressed: Bool) {
    self.isPressed = isPressed
    rig.force = { _ in isPressed ? 40_000_000 : 4_500_000 }
    tick(elapsed: 10)
    result = .none
  }

  /// A whole set-up, confirmed.
  mutating func enter(_ phases: [ProgrammePhase], keepOpen: Int64, isNewPatient: Bool = true) {
    give(.beginSetUp(isNewPatient: isNewPatient))
    guard result == .accepted else { return }
    give(.confirmSyringe(Rig.bd20))
    give(
      .confirmInfusionSet(
        InfusionSetSpecification(
          number: 1, primingVolume: .millilitres(1), compliance: 750_062, resistance: 58)))
    give(.setFill(.millilitres(20)))
    give(
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 6_000_000)))
    give(
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: 70_000_000),
        bolus: Mass(nanograms: 24_500_000), loading: Mass(nanograms: 24_500_000)))
    give(.setPatient(BodyMass(grams: 70_000)))
    give(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 5_000_000), occlusion: Pressure(pascals: 71_994),
        keepOpen: FlowRate(nanolitresPerHour: keepOpen)))
    for (index, phase) in phases.enumerated() { give(.setPhase(index: UInt8(index), phase)) }
    give(
      .setPatientBolus(
        dose: Dose(200_000, .mass), lockout: .minutes(5), maximumPerHour: 4,
        flow: FlowRate(nanolitresPerHour: 60_000_000)))
    give(.confirm(phaseCount: UInt8(phases.count)))
  }
}

/// What decides what the controller does next; two states with the same are one.
struct StateKey: Hashable {
  private var words: [UInt64]

  init(_ pump: ExploredPump) {
    let controller = pump.rig.controller
    var flags: UInt64 = 0
    for flag in [
      controller.isConfirmed, controller.hasPending, controller.titration != nil,
      controller.isReactionHold, controller.isResumable, controller.programme.left.isZero,
      controller.history.isTrusted, controller.prescription.keepOpenFlow > .zero,
      controller.occlusion.retractionLeft > 0, pump.isSyringeOut, pump.isPressed,
    ] {
      flags = flags << 1 | (flag ? 1 : 0)
    }
    // Of the alarms, how urgent they are decides, and whether their causes are still there.
    var present = controller.alarms
    present.signals = present.conditions
    words = [
      UInt64(controller.mode.rawValue) | UInt64(controller.programme.phase) << 8
        | UInt64(controller.prescription.phaseCount) << 16 | Self.idleness(controller) << 24
        | UInt64(controller.alarms.highest().priority.rawValue) << 32
        | UInt64(present.highest().priority.rawValue) << 40,
      flags,
    ]
  }

  /// How long nothing has happened, in the steps at which reminders come.
  private static func idleness(_ controller: Controller) -> UInt64 {
    switch controller.mode {
    case .setUp, .ready, .paused, .stopped:
      let idle = controller.now - max(controller.modeSince, controller.supervision.lastCommand)
      return idle < 3_000 ? 0 : idle < 12_000 ? 1 : idle < 30_000 ? 2 : 3
    default: return 0
    }
  }
}

/// One thing that may be done in any state.
struct StateMove: Sendable {
  let name: String
  let apply: @Sendable (inout ExploredPump) -> Void

  init(_ name: String, _ apply: @escaping @Sendable (inout ExploredPump) -> Void) {
    self.name = name
    self.apply = apply
  }

  private static func command(
    _ name: String, _ action: OperatorAction, by role: Role = .pharmacist
  ) -> StateMove {
    StateMove(name) { $0.give(action, by: role) }
  }

  private static func minute(_ count: Int64 = 1) -> ProgrammePhase {
    .basal(Dose(4_200_000, .mass), for: .minutes(count))
  }

  private static let change = ProgrammePhase(
    kind: .syringeChange, dose: Dose(0, .volume), per: Ticks(count: 1), duration: .zero)

  static let all: [StateMove] = [
    StateMove("enter 1 min, then nothing") { $0.enter([minute()], keepOpen: 0) },
    StateMove("enter 1 min, then keep open") { $0.enter([minute()], keepOpen: 50_000) },
    StateMove("enter 1 min, change of syringe, 10 min") {
      $0.enter([minute(), change, minute(10)], keepOpen: 0, isNewPatient: false)
    },
    command("begin a set-up", .beginSetUp(isNewPatient: false)),
    command("enter a fill", .setFill(.millilitres(19))),
    StateMove("confirm") { pump in
      pump.give(.confirm(phaseCount: pump.rig.controller.pending.phaseCount))
    },
    command("cancel", .cancel),
    command("prime", .prime(volume: Volume(picolitres: 100_000_000), isDisconnected: true)),
    command("start", .start),
    command("start by the patient", .start, by: .patient),
    command("stop", .stop, by: .patient),
    command("pause", .pause, by: .nurse),
    command("acknowledge", .acknowledge),
    command("audio pause", .audioPause),
    command("ask for a bolus", .requestBolus, by: .patient),
    command(
      "clinician bolus",
      .clinicianBolus(dose: Dose(100_000, .mass), duration: Ticks(count: 1000))),
    command("titrate", .titrate(dose: Dose(6_000_000, .mass), per: .hours(1))),
    command("report a reaction", .reportReaction(severity: 3), by: .patient),
    command("resume", .answerResume(isResuming: true)),
    command("forget", .answerResume(isResuming: false)),
    command("record failed", .recordFailed, by: .service),
    command("power off", .powerOff),
    StateMove("power off and on") { $0.powerCycle() },
    StateMove("power on with a dead force cell") { $0.powerOnWithDeadCell() },
    StateMove("syringe out") { $0.setSyringe(isOut: true) },
    StateMove("syringe in") { $0.setSyringe(isOut: false) },
    StateMove("needle blocked") { $0.setForce(isPressed: true) },
    StateMove("needle free") { $0.setForce(isPressed: false) },
    StateMove("a pass 1.5 s late") { $0.tick(elapsed: 150) },
    StateMove("wait 1 s") { $0.wait(seconds: 1) },
    StateMove("wait 35 s") { $0.wait(seconds: 35) },
    StateMove("wait 5 min") { $0.wait(seconds: 301) },
  ]
}

/// What was found.
struct Exploration {
  struct Edge: Hashable {
    let from: PumpMode
    let to: PumpMode
  }

  /// States found at each depth.
  private(set) var states: [Int] = []
  /// The moves that lead to each mode, first found first.
  private(set) var paths: [PumpMode: [String]] = [:]
  /// The moves that make each change of mode.
  private(set) var causes: [Edge: [String]] = [:]
  /// Moves made.
  private(set) var count = 0
  /// Moves that were an accepted command, or that changed the state, somewhere.
  private(set) var effective: Set<String> = []

  /// Walks from power-on, every move from every state, `depth` moves deep.
  init(depth: Int, hears: @escaping (OperatorAction) -> OperatorAction = { $0 }) {
    var start = ExploredPump()
    start.hears = hears
    start.rig.tick()
    var seen: Set<StateKey> = [StateKey(start)]
    var front: [(pump: ExploredPump, path: [String])] = [(start, [])]
    paths[start.mode] = []
    states.append(1)
    for level in 1...depth {
      var next: [(pump: ExploredPump, path: [String])] = []
      for (pump, path) in front {
        for move in StateMove.all {
          var copy = pump
          copy.forgetChanges()
          move.apply(&copy)
          count += 1
          let isNew = seen.insert(StateKey(copy)).inserted
          if isNew || copy.result == .accepted { effective.insert(move.name) }
          for edge in copy.changes {
            if causes[edge]?.contains(move.name) != true {
              causes[edge, default: []].append(move.name)
            }
            if paths[edge.to] == nil { paths[edge.to] = path + [move.name] }
          }
          if isNew, level < depth { next.append((copy, path + [move.name])) }
        }
      }
      states.append(seen.count)
      front = next
    }
  }

  var unreachable: [PumpMode] { PumpMode.allCases.filter { paths[$0] == nil } }
  var withoutEffect: [String] { StateMove.all.map(\.name).filter { !effective.contains($0) } }
}
