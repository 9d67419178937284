// Somebody who operates the pump at random, and a world that breaks at random; all of it from one
// seed.

import PumpFirmware
import PumpHAL
import PumpPlant

/// How hard a session is attacked.
enum AttackKind: String, CaseIterable, Sendable {
  /// Operators who do sensible things in any order, and an intact world.
  case therapy
  /// The same in a world that breaks.
  case faults
  /// Commands with any numbers whatever, in any mode, by anybody, and late passes of the loop.
  case nonsense
}

/// A random session: therapy, commands and faults.
struct Attacker {
  let kind: AttackKind
  let seed: UInt64
  let seconds: Int64
  let defect: Defect?
  /// What was done, for a session that has to be run again.
  private(set) var recording: AttackRecording
  private var dice: Dice
  private var faults: [(due: Int64, kind: FaultKind)] = []
  private var queue: [OperatorCommand] = []
  private var lastSteps: Int64 = 0
  private var restSince: Int64 = 0

  /// - Parameter seconds: how long the session lasts.
  init(_ kind: AttackKind, seed: UInt64, seconds: Int64, defect: Defect? = nil) {
    self.kind = kind
    self.seed = seed
    self.seconds = seconds
    self.defect = defect
    dice = Dice(seed &* 3 &+ UInt64(kind.rawValue.utf8.count))
    recording = AttackRecording(kind: kind, seed: seed)
    recording.therapy = makeTherapy()
  }

  /// What must hold that did not; nil where everything held.
  mutating func run(isTraced: Bool = false) -> Violation? {
    var world = recording.world(defect: defect)
    world.isTraced = isTraced
    if isTraced { print(recording.therapy) }
    let refused = world.setUp()
    if !refused.isEmpty, kind != .nonsense {
      return recording.violation(.starts, "set-up refused \(refused)", at: world.tick)
    }
    if dice.once(in: 3) {
      strike(.fault(.disconnection(site: .needle)), &world)
      queue.append(
        OperatorCommand(
          .prime(
            volume: Volume(picolitres: dice.roll(50_000_000...600_000_000)), isDisconnected: true),
          by: .nurse))
      give(&world, 6000)
      world.run(seconds: 60)
      strike(.clear(.disconnection), &world)
    }
    queue.append(OperatorCommand(.start, by: .nurse))
    give(&world, seconds * 100)
    return recording.finish(&world)
  }

  /// Something is done to the world, and written down.
  private mutating func strike(_ blow: Blow, _ world: inout TherapyWorld) {
    recording.blows.append((world.tick, blow))
    if world.isTraced { print(world.tick, blow) }
    blow.land(on: &world)
  }

  // MARK: - Operating

  private mutating func give(_ world: inout TherapyWorld, _ ticks: Int64) {
    let end = world.tick + ticks
    while world.tick < end {
      var elapsed: UInt16 = 1
      if kind != .therapy, dice.once(in: 2000) {
        elapsed = UInt16(dice.pick([2, 3, 10, 24, 25, 26, 40, 99, 100, 101, 150]))
      }
      if kind == .nonsense, dice.once(in: 20_000) { elapsed = UInt16(dice.roll(1...65_535)) }
      if queue.isEmpty, dice.once(in: kind == .nonsense ? 40 : 800) { act(&world) }
      if kind == .faults { breakSomething(&world) }
      let command = queue.isEmpty ? OperatorCommand.none : queue.removeFirst()
      if command.action == .start { restSince = world.tick }
      if command.action != .none { recording.blows.append((world.tick, .command(command))) }
      if elapsed > 1 { recording.blows.append((world.tick, .late(elapsed))) }
      world.pass(command, elapsed: elapsed)
      if world.properties?.violation != nil { return }
    }
  }

  private mutating func act(_ world: inout TherapyWorld) {
    if world.truth.stepsDone != lastSteps {
      lastSteps = world.truth.stepsDone
      restSince = world.tick
    }
    if kind == .nonsense, !dice.once(in: 5) {
      queue.append(OperatorCommand(nonsense(world), by: dice.pick(Role.allCases)))
      return
    }
    let mode = world.output.mode
    switch mode {
    case .askResume:
      add(.answerResume(isResuming: !dice.once(in: 8)), .nurse)
    case .alarmStop, .stopped, .paused:
      if dice.once(in: 4) {
        add(.audioPause, dice.pick(Role.allCases))
      } else if dice.once(in: 12) {
        renew(&world)
      } else if dice.once(in: 8) {
        add(.stop, .nurse)
        change(&world)
      } else {
        add(.acknowledge, .pharmacist)
        add(.start, dice.pick([.nurse, .pharmacist, .pharmacist, .patient]))
      }
    case .awaitingSyringe: change(&world)
    case .setUp, .complete: if dice.once(in: 2) { renew(&world) }
    case .ready: add(.start, .nurse)
    default: operate(world)
    }
  }

  private mutating func operate(_ world: TherapyWorld) {
    let role = dice.pick(Role.allCases)
    switch dice.roll(0...17) {
    case 0...4: add(.requestBolus, .patient)
    case 5:
      add(
        .clinicianBolus(
          dose: Dose(dice.roll(100_000...1_200_000), .mass),
          duration: Ticks(count: dice.roll(500...6000))), role)
    case 6: add(.stop, role)
    case 7: add(.pause, role)
    case 8, 9:
      let rate = dice.real(0.5...2) * rate(of: world)
      add(.titrate(dose: Dose(Int64(rate * 1e6), .mass), per: Ticks(count: 360_000)), role)
      if !dice.once(in: 3) { add(.confirm(phaseCount: 0), .nurse) }
    case 10: add(.reportReaction(severity: UInt8(dice.roll(1...3))), role)
    case 11: add(.acknowledge, role)
    case 12: add(.audioPause, role)
    case 13: add(.cancel, role)
    case 14: add(.prime(volume: Volume(picolitres: 100_000_000), isDisconnected: true), role)
    case 15:
      add(
        dice.pick([.start, .answerResume(isResuming: true), .beginSetUp(isNewPatient: true)]), role)
      // A step comes before the next command: else the monitor cannot know that this was refused.
      wait(1500)
    case 16: if dice.once(in: 6) { add(.recordFailed, .service) }
    default: if dice.once(in: 6) { add(.powerOff, dice.pick([.patient, .nurse])) }
    }
  }

  private func rate(of world: TherapyWorld) -> Double {
    guard let phase = world.therapy.phases.first(where: { $0.kind == .basal }) else { return 4 }
    return Double(phase.dose.amount) / 1e6
  }

  /// Another syringe, of any size, perhaps with another solution; the programme goes on.
  private mutating func change(_ world: inout TherapyWorld) {
    let other = dice.pick(Self.syringes)
    var concentration = world.therapy.concentration
    if world.output.mode == .awaitingSyringe, dice.once(in: 2) { concentration *= 0.8 }
    strike(.fit(other.syringe, fill: other.fill, concentration: concentration), &world)
    wait(world.output.mode == .awaitingSyringe ? 2000 : 20)
    add(.confirmSyringe(other.syringe.specification), .nurse)
    add(.setFill(Volume(picolitres: Int64(other.fill * 1e9))), .nurse)
    add(
      .setDrug(
        index: 0, number: 1,
        concentration: Concentration(nanogramsPerMillilitre: Int64(concentration * 1e6))), .nurse)
    add(.confirm(phaseCount: UInt8(world.therapy.phases.count)), .nurse)
    add(.acknowledge, .pharmacist)
    add(.start, .pharmacist)
  }

  /// Enters the whole therapy again, as the same patient's or another's.
  private mutating func renew(_ world: inout TherapyWorld) {
    // The syringe of the therapy is fitted again.
    strike(
      .fit(
        world.therapy.syringe, fill: world.therapy.fill,
        concentration: world.therapy.concentration), &world)
    let isNew = dice.once(in: 2)
    wait(20)
    // Hands need a while to change a syringe, unless the pump was stopped before.
    if dice.once(in: 2) || world.tick - restSince < 2000 { add(.stop, .nurse) }
    add(.acknowledge, .pharmacist)
    for action in world.therapy.setUp(isNewPatient: isNew) {
      add(action, .pharmacist)
    }
    add(.start, .nurse)
  }

  /// Until the sizer in the clamp has seen what is there, or hands have put it there.
  private mutating func wait(_ ticks: Int) {
    for _ in 0..<ticks { queue.append(.none) }
  }

  private mutating func add(_ action: OperatorAction, _ role: Role) {
    queue.append(OperatorCommand(action, by: role))
  }

  // MARK: - Breaking

  private mutating func breakSomething(_ world: inout TherapyWorld) {
    if let index = faults.firstIndex(where: { $0.due <= world.tick }) {
      strike(.clear(faults.remove(at: index).kind), &world)
    }
    guard dice.once(in: 6000) else { return }
    let fault: Fault =
      switch dice.roll(0...12) {
      case 0:
        .occlusion(site: dice.pick([.needle, .line]), remaining: 0, ramp: dice.pick([0, 30]))
      case 1: .disconnection(site: dice.pick([.needle, .line]))
      case 2: .leak(site: .line, conductance: dice.real(0...0.1))
      case 3: .bubble(volume: dice.real(1...50))
      case 4: .stall
      case 5: .lostSteps(fraction: dice.real(0.005...0.6))
      case 6: .forceOffset(newtons: dice.real(-10...10))
      case 7: .forceStuck
      case 8: .encoderLoss
      case 9: .powerLoss(duration: dice.real(0.01...5))
      case 10: .sitePressed(factor: dice.real(1...20))
      case 11: .height(metres: dice.real(-0.8...0.8))
      default: .wrongSyringe(boreArea: dice.real(150...600))
      }
    strike(.fault(fault), &world)
    faults.append((world.tick + dice.roll(100...18_000), fault.kind))
    if dice.once(in: 4) { strike(.tearNextWrite, &world) }
    if dice.once(in: 4) { strike(.loseNextWrite, &world) }
  }

  // MARK: - Nonsense

  private mutating func number() -> Int64 {
    switch dice.roll(0...9) {
    case 0: return dice.pick([Int64.min, Int64.max, -1, 0, 1])
    case 1, 2, 3: return 1 << dice.roll(0...62)
    case 4: return -(1 << dice.roll(0...62))
    default:
      return dice.roll(0...9) * dice.pick([1, 1000, 1_000_000, 1_000_000_000, 1_000_000_000_000])
    }
  }

  private mutating func dose() -> Dose {
    Dose(number(), dice.pick([.mass, .massPerKilogram, .volume]))
  }

  private mutating func word() -> Int32 {
    dice.pick([0, 1, -1, Int32.max, Int32.min, 750_062, 4_500_000])
  }

  private mutating func nonsense(_ world: TherapyWorld) -> OperatorAction {
    let short = UInt16(dice.roll(0...65_535))
    let byte = UInt8(dice.roll(0...255))
    let index: UInt8 = dice.once(in: 4) ? byte : UInt8(dice.roll(0...3))
    switch dice.roll(0...26) {
    case 0: return .beginSetUp(isNewPatient: dice.once(in: 2))
    case 1:
      return .confirmSyringe(
        SyringeSpecification(
          number: short, barrelDiameter: dice.pick([0, 2200, short]),
          boreArea: Area(rawValue: number()), capacity: Volume(rawValue: number()),
          deadSpace: Volume(rawValue: number()), friction: word(), compliance: word()))
    case 2:
      return .confirmInfusionSet(
        InfusionSetSpecification(
          number: short, primingVolume: Volume(rawValue: number()), compliance: word(),
          resistance: word()))
    case 3: return .setFill(Volume(rawValue: number()))
    case 4:
      return .setDrug(index: 0, number: short, concentration: Concentration(rawValue: number()))
    case 5:
      return .setDrugLimits(
        index: 0, doseRate: DoseRate(rawValue: number()), bolus: Mass(rawValue: number()),
        loading: Mass(rawValue: number()))
    case 6: return .setPatient(BodyMass(rawValue: number()))
    case 7:
      return .setDoseCap(
        index: 0, window: dice.pick(CapWindow.allCases), cap: Mass(rawValue: number()))
    case 8:
      return .setLimits(
        flow: FlowRate(rawValue: number()),
        occlusion: Pressure(rawValue: dice.pick([71_994, number()])),
        keepOpen: FlowRate(rawValue: number()))
    case 9, 10:
      return .setPhase(
        index: index,
        ProgrammePhase(
          kind: dice.pick([.loading, .basal, .syringeChange]), dose: dose(),
          per: Ticks(rawValue: number()), duration: Ticks(rawValue: number())))
    case 11:
      return .setPatientBolus(
        dose: dose(), lockout: Ticks(rawValue: dice.pick([30_000, number()])), maximumPerHour: byte,
        flow: FlowRate(rawValue: number()))
    case 12: return .setReactionOrder(dice.pick([.stop, .halve]))
    case 13: return .confirm(phaseCount: index)
    case 14: return .cancel
    case 15: return .prime(volume: Volume(rawValue: number()), isDisconnected: dice.once(in: 2))
    case 16, 17: return .start
    case 18: return dice.pick([.stop, .pause])
    case 19: return .acknowledge
    case 20: return .audioPause
    case 21: return .requestBolus
    case 22: return .clinicianBolus(dose: dose(), duration: Ticks(rawValue: number()))
    case 23: return .titrate(dose: dose(), per: Ticks(rawValue: number()))
    case 24: return .reportReaction(severity: byte)
    case 25: return .answerResume(isResuming: dice.once(in: 2))
    default: return dice.pick([.recordFailed, .start, .confirm(phaseCount: 1)])
    }
  }

  // MARK: - Therapy

  private static let syringes: [Therapy] = [
    (FittedSyringe.plastipak10, 9.0), (FittedSyringe.plastipak20, 15), (FittedSyringe.plastipak30, 20),
    (FittedSyringe.plastipak50, 30),
  ].map {
    var therapy = Therapy()
    therapy.syringe = $0.0
    therapy.fill = $0.1
    return therapy
  }

  private mutating func makeTherapy() -> Therapy {
    var therapy = Therapy()
    let fitted = dice.pick(Self.syringes)
    therapy.syringe = fitted.syringe
    therapy.fill = fitted.fill
    therapy.concentration = dice.pick([2, 6, 15, 25])
    // Flows of 0.3 to 6 mL/h.
    let count = dice.roll(1...3)
    var total = 0.0
    for index in 0..<count {
      let seconds = dice.roll(60...500)
      if index == 0, dice.once(in: 3) {
        let dose = dice.real(0.02...0.15) * therapy.concentration
        therapy.phases.append(Therapy.loading(dose, seconds: dice.roll(30...200)))
        total += dose
      }
      if index > 0, dice.once(in: 3) {
        therapy.phases.append(
          ProgrammePhase(
            kind: .syringeChange, dose: Dose(0, .volume), per: Ticks(count: 1), duration: .zero))
      }
      let rate = dice.real(0.3...6) * therapy.concentration
      therapy.phases.append(Therapy.basal(rate, seconds: seconds))
      total += rate * Double(seconds) / 3600
    }
    therapy.bolus = dice.once(in: 4) ? 0 : dice.real(0.02...0.15) * therapy.concentration
    therapy.order = dice.pick([.stop, .halve])
    therapy.occlusion_mmHg = dice.pick([225, 540])
    therapy.keepOpen = dice.once(in: 3) ? dice.real(0.05...0.1) : 0
    if !dice.once(in: 4) {
      let cap = total * dice.real(1.02...2)
      therapy.caps = [cap, cap * dice.real(1...2), cap * dice.real(1...4)]
    }
    return therapy
  }
}
