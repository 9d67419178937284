import PumpHAL
import Testing

@testable import PumpMonitor

/// A motor without plant: steps are done at a flow that the test chooses, while the monitor permits.
///
/// What a faulty controller would command is the test's to say; the monitor's own constants are not
/// used to make it.
struct Bench {
  static let area: Int64 = 285_023_000  // BD Plastipak 20 mL, physics.md §1.1
  static let nanolitresPerStep = 285.023 * 0.25  // mm² times µm

  var monitor: ProtectiveMonitor
  var frame = SensorFrame()
  var output = MonitorOutput()
  /// mL/h that the motor does when permitted.
  var flow = 0.0
  /// Whether the motor heeds the monitor's permit.
  var isHeeding = true
  /// Share of steps that the encoder does not show.
  var lostShare = 0.0
  /// Share of motor travel that the carriage follows.
  var carriageShare = 1.0
  var hasCarriage = true
  /// mL that really left, under a permit or not.
  var moved = 0.0
  var thrust = 5.0
  /// Thrust that the cell feels, where it is not what the motor pushes with.
  var felt: Double?
  var isForceValid = true
  /// What lamp and buzzer do, on a bench that tells.
  var telling: Annunciation = []
  var isSyringeSensed = false
  var syringe = SyringeReading(
    isBarrelClamped: true, isFlangeSeated: true, isPlungerCaptured: true, barrelDiameter: 2200)
  var journal: [JournalEntry] = []
  var tick: UInt32 = 0
  private var wanted = 0.0
  private var encoder = 0.0
  private var carriage = 0.0

  static var capabilities: Capabilities {
    var capabilities = Capabilities()
    capabilities.microstepTravel = Length(nanometres: 250)
    capabilities.microstepsPerRevolution = 3200
    capabilities.encoderCountsPerRevolution = 1600
    capabilities.maximumStepRate = 4000
    capabilities.stallForce = 70_000_000
    capabilities.stiffness = Stiffness(newtonsPerMetre: 60_000)
    capabilities.backlash = Length(nanometres: 100_000)
    capabilities.carriageResolution = 10
    return capabilities
  }

  init(
    memory: [JournalEntry] = [], configuration: PumpConfiguration = PumpConfiguration(),
    sensors: Sensors = []
  ) {
    var capabilities = Self.capabilities
    capabilities.sensors = sensors
    let powerOn = PowerOn(capabilities: capabilities, configuration: configuration)
    monitor = ProtectiveMonitor(powerOn: powerOn, memory: memory.span)
    frame.motionValidity = .valid
    frame.encoderValidity = .valid
  }

  /// One pass, with a command or without.
  @discardableResult mutating func pass(
    _ action: OperatorAction = .none, by role: Role = .nurse, elapsed: UInt16 = 1
  ) -> MonitorOutput {
    tick += UInt32(elapsed)
    frame.tick = tick
    if output.isPermitting || !isHeeding {
      wanted += flow * 1e6 / 360_000 / Self.nanolitresPerStep * Double(elapsed)
    }
    let steps = Int64(wanted) - frame.stepCount
    frame.stepCount += steps
    let shown = Double(steps) * (1 - lostShare)
    moved += shown * Self.nanolitresPerStep / 1e6
    encoder += shown / 2
    frame.encoderCount = Int32(encoder)
    carriage += shown * 0.25 * carriageShare
    frame.annunciation = telling
    if tick % 10 == 0 {
      if isSyringeSensed { frame.syringe = Reading(syringe, .valid, sampledAt: tick) }
      if hasCarriage {
        frame.carriage = Reading(Int32(carriage / 10) * 10, .valid, sampledAt: tick)
      }
      frame.force = Reading(
        Int32((felt ?? thrust) * 1e6), isForceValid ? .valid : .invalid, sampledAt: tick)
      frame.motorCurrent = Reading(UInt16(80 + 2 * thrust), .valid, sampledAt: tick)
    }
    output = monitor.step(
      TickInput(
        elapsedTicks: elapsed, sensors: frame, command: OperatorCommand(action, by: role)))
    if let entry = output.journal { journal.append(entry) }
    return output
  }

  /// Moves the counts without moving anything: a hand on the carriage, another syringe.
  mutating func jump(steps: Int64) {
    frame.stepCount += steps
    wanted += Double(steps)
    encoder += Double(steps) / 2
    carriage += Double(steps) * 0.25
  }

  /// Passes for so many seconds, or until the permit is withdrawn.
  mutating func run(_ seconds: Double) {
    for _ in 0..<Int(seconds * 100) { pass() }
  }

  /// Passes until the monitor objects, which it must in `seconds`.
  mutating func expectObjection(
    within seconds: Double, _ location: SourceLocation = #_sourceLocation
  ) {
    for _ in 0..<Int(seconds * 100) where output.objections.isEmpty { pass() }
    #expect(!output.objections.isEmpty, sourceLocation: location)
  }

  /// What is entered for 6 mg/mL ketamine: a loading dose of 3.5 mg over 15 min and then 4.2 mg/h
  /// (0.7 mL/h), the example of the session file format.
  static func setUp(
    phases: [ProgrammePhase] = [
      phase(.loading, 3_500_000, per: 90_000, for: 90_000),
      phase(.basal, 4_200_000, per: 360_000, for: 24 * 360_000),
    ],
    caps: [Int64] = [10_000_000, 30_000_000, 150_000_000], order: ReactionOrder = .stop,
    keepOpen: Int64 = 0, occlusion: Int64 = 71_994
  ) -> [OperatorAction] {
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: true), .confirmSyringe(syringe(area)),
      .confirmInfusionSet(
        InfusionSetSpecification(
          number: 1, primingVolume: Volume(picolitres: 785_000_000), compliance: 450_037,
          resistance: 59)),
      .setFill(Volume(picolitres: 20_000_000_000)),
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 6_000_000)),
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: 30_000_000),
        bolus: Mass(nanograms: 5_000_000), loading: Mass(nanograms: 5_000_000)),
      .setPatient(BodyMass(grams: 70_000)),
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 5_000_000), occlusion: Pressure(pascals: occlusion),
        keepOpen: FlowRate(nanolitresPerHour: keepOpen)),
    ]
    for (index, cap) in caps.enumerated() {
      actions.append(
        .setDoseCap(index: 0, window: CapWindow.allCases[index], cap: Mass(nanograms: cap)))
    }
    for (index, phase) in phases.enumerated() {
      actions.append(.setPhase(index: UInt8(index), phase))
    }
    actions.append(
      .setPatientBolus(
        dose: Dose(2_000_000, .mass), lockout: Ticks(count: 180_000), maximumPerHour: 2,
        flow: FlowRate(nanolitresPerHour: 60_000_000)))
    actions.append(.setReactionOrder(order))
    actions.append(.confirm(phaseCount: UInt8(phases.count)))
    return actions
  }

  static func phase(
    _ kind: PhaseKind, _ nanograms: Int64, per: Int64, for duration: Int64
  ) -> ProgrammePhase {
    ProgrammePhase(
      kind: kind, dose: Dose(nanograms, .mass), per: Ticks(count: per),
      duration: Ticks(count: duration))
  }

  /// 0.7 mL/h of 6 mg/mL for a day, and nothing before.
  static let plain = [phase(.basal, 4_200_000, per: 360_000, for: 24 * 360_000)]

  static func syringe(_ area: Int64) -> SyringeSpecification {
    SyringeSpecification(
      number: 20, barrelDiameter: 2200, boreArea: Area(squareMicrometres: area),
      capacity: Volume(picolitres: 20_000_000_000), deadSpace: Volume(picolitres: 150_000_000),
      friction: 4_500_000, compliance: 3_750_308)
  }

  /// A bench that infuses, at no flow yet.
  static func started(
    _ actions: [OperatorAction] = setUp(phases: plain), sensors: Sensors = []
  ) -> Bench {
    var bench = Bench(sensors: sensors)
    bench.isSyringeSensed = sensors.contains(.syringe)
    bench.run(1)
    for action in actions { bench.pass(action) }
    bench.run(1)
    bench.pass(.start)
    return bench
  }

  /// The memory as the writes left it: both copies the same.
  var memory: [JournalEntry] {
    var slots = [JournalEntry](repeating: .blank, count: 512)
    for entry in journal { slots[Int(entry.slot)] = entry }
    return slots + slots
  }
}
