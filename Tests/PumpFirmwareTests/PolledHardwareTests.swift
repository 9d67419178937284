// @relation(R-007, R-008, R-042, R-066, R-115, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

/// A controller on hardware that is given a rate and polled: it follows late, in portions, and tells
/// its count ten times a second.
private struct PolledRig {
  var controller: Controller
  var frame = SensorFrame()
  var last = TickOutput()
  /// What the pump really did, microsteps.
  var done = 0.0
  /// The share of what it is told that the pump does.
  var share = 1.0
  /// Ticks by which the pump is behind.
  var lag = 35
  private var targets: [Int64] = []

  static var capabilities: Capabilities {
    var value = Capabilities()
    value.origin = .hardware
    value.commanding = .rateCommanded
    value.sensors = [.motion]
    value.microstepTravel = Length(nanometres: 250)
    value.microstepsPerRevolution = 4000
    value.maximumStepRate = 3400
    value.deadManMilliseconds = 1000
    return value
  }

  init(_ capabilities: Capabilities = PolledRig.capabilities) {
    controller = Controller(
      powerOn: PowerOn(capabilities: capabilities, configuration: PumpConfiguration()),
      memory: [JournalEntry](repeating: .blank, count: 1024).span)
    frame.motionValidity = .valid
    frame.link = .up
  }

  @discardableResult
  mutating func tick(_ action: OperatorAction = .none, by role: Role = .pharmacist) -> TickOutput {
    frame.tick += 1
    frame.motionAge = UInt16(frame.tick % 10) + 3
    if frame.tick % 10 == 0 { frame.stepCount = Int64(done) }
    last = controller.step(
      TickInput(elapsedTicks: 1, sensors: frame, command: OperatorCommand(action, by: role)))
    guard last.actuator.isControllerPermitting else {
      targets = []
      return last
    }
    targets.append(last.actuator.targetSteps)
    if targets.count > lag {
      let due = Double(targets.removeFirst())
      done += max(0, due - done) * share
    }
    return last
  }

  mutating func run(_ ticks: Int, until condition: (TickOutput) -> Bool = { _ in false }) -> Int? {
    for count in 0..<ticks where condition(tick()) { return count }
    return nil
  }

  /// Sets up a basal of 0.7 mL/h in a 20 mL syringe with a bolus of 2 mg at 30 mL/h.
  mutating func setUp() {
    _ = run(510)
    let orders: [OperatorAction] = [
      .beginSetUp(isNewPatient: true), .confirmSyringe(Rig.bd20),
      .confirmInfusionSet(
        InfusionSetSpecification(
          number: 1, primingVolume: .millilitres(1), compliance: 750_062, resistance: 58)),
      .setFill(.millilitres(20)),
      .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 6_000_000)),
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: 70_000_000),
        bolus: Mass(nanograms: 24_500_000), loading: Mass(nanograms: 24_500_000)),
      .setPatient(BodyMass(grams: 70_000)),
      .setLimits(
        flow: FlowRate(nanolitresPerHour: 5_000_000), occlusion: Pressure(pascals: 71_994),
        keepOpen: .zero),
      .setPhase(index: 0, .basal(Dose(4_200_000, .mass))),
      .setPatientBolus(
        dose: Dose(2_000_000, .mass), lockout: Ticks(count: 30_000), maximumPerHour: 6,
        flow: FlowRate(nanolitresPerHour: 30_000_000)),
      .confirm(phaseCount: 1),
    ]
    for order in orders {
      tick(order)
      #expect(last.result == .accepted, "\(order)")
    }
  }

  mutating func start() {
    setUp()
    #expect(tick(.start).result == .accepted)
  }
}

@Suite struct PolledHardwareTests {
  @Test("R-007: hardware that is polled and behind by 0.35 s raises no alarm over basal and bolus")
  func nominal() {
    var rig = PolledRig()
    rig.start()
    var signals = AlarmSet()
    for second in 0..<1200 {
      if second == 400 { #expect(rig.tick(.requestBolus, by: .patient).result == .accepted) }
      _ = rig.run(100)
      signals.formUnion(rig.last.signals)
    }
    #expect(signals.isEmpty, "\(signals)")
    // 0.7 mL/h for 1200 s and 2 mg at 6 mg/mL: 233.3 + 333.3 µL, in microsteps of 71.26 nL.
    #expect(abs(rig.done * 0.071256 - 566.7) < 1)
  }

  @Test("R-008: hardware that does half of what it is told is found within 0.02 mL and 3 s of flow")
  func underInfusion() {
    var rig = PolledRig()
    rig.start()
    _ = rig.run(6000)
    rig.share = 0
    // 20 µL at 0.7 mL/h are 103 s; 3 s of a step a tick are 300 steps, 110 s more.
    let found = rig.run(25_000) { $0.signals.contains(.driveFault) }
    #expect(found.map { $0 < 22_000 } == true, "\(String(describing: found))")
    #expect(rig.last.mode == .alarmStop)
  }

  @Test("R-007: hardware that runs 0.02 mL ahead of what it was told is over-infusion")
  func overInfusion() {
    var rig = PolledRig()
    rig.start()
    _ = rig.run(3000)
    // 19 µL ahead are no alarm yet, 21 µL are.
    rig.done += 266
    _ = rig.run(20)
    #expect(!rig.last.signals.contains(.overInfusion))
    rig.done += 30
    _ = rig.run(20)
    #expect(rig.last.signals.contains(.overInfusion) && rig.last.mode == .alarmStop)
  }

  @Test(
    "ALM01: a stall without a force cell is told as occlusion and drive fault, nothing drawn back")
  func stall() {
    var rig = PolledRig()
    rig.start()
    _ = rig.run(3000)
    rig.frame.faults = .stall
    let target = rig.last.actuator.targetSteps
    rig.tick()
    #expect(rig.last.signals.contains(.downstreamOcclusion))
    #expect(rig.last.signals.contains(.driveFault) && rig.last.mode == .alarmStop)
    _ = rig.run(1000)
    #expect(rig.last.mode == .alarmStop && rig.last.actuator.targetSteps >= target)
    rig.frame.faults = []
    #expect(rig.tick(.start).result == .refusedAlarm)
    rig.tick(.acknowledge)
    #expect(rig.tick(.start).result == .accepted && rig.last.mode == .infusing)
  }

  @Test("R-115: counts 0.5 s old are a lost link on polled hardware, 0.4 s old are not")
  func age() {
    var rig = PolledRig()
    rig.start()
    _ = rig.run(100)
    func output(age: UInt16) -> TickOutput {
      var frame = rig.frame
      frame.motionAge = age
      return rig.controller.step(
        TickInput(elapsedTicks: 1, sensors: frame, command: .none))
    }
    #expect(!output(age: 40).signals.contains(.commsLost))
    #expect(output(age: 51).signals.contains(.commsLost))
  }

  @Test("ALM33: hardware without a dead man is signalled with low priority as long as it is driven")
  func deadMan() {
    var capabilities = PolledRig.capabilities
    capabilities.deadManMilliseconds = 0
    var rig = PolledRig(capabilities)
    rig.start()
    #expect(rig.last.signals.contains(.deadManMissing) && rig.last.mode == .infusing)
    rig.tick(.acknowledge)
    _ = rig.run(10)
    #expect(rig.last.signals.contains(.deadManMissing))
    #expect(rig.controller.priority(of: .deadManMissing) == .low)
    var guarded = PolledRig()
    _ = guarded.run(1000)
    #expect(!guarded.last.signals.contains(.deadManMissing))
  }

  @Test("R-066: priming tells hardware that is given a rate its rate")
  func priming() {
    var rig = PolledRig()
    rig.setUp()
    rig.tick(.prime(volume: Volume(picolitres: 500_000_000), isDisconnected: true))
    #expect(rig.last.mode == .priming && rig.last.actuator.flowRate == 60_000_000)
    _ = rig.run(10_000) { $0.mode != .priming }
    #expect(rig.last.mode == .ready && rig.last.actuator.flowRate == 0)
  }

  @Test("R-042: without a force cell no time to an occlusion alarm is told")
  func prediction() {
    var rig = PolledRig()
    rig.start()
    _ = rig.run(6100)
    #expect(rig.last.actuator.flowRate == 700_000 && rig.last.predictedTimeToAlarm == 0)
  }
}
