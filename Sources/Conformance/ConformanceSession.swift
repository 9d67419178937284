// A short session that uses everything in the portable core, for comparing targets bit by bit.

import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant

/// Eight minutes of infusion with a bolus and a blocked needle, on the simulated pump.
///
/// The same ticks run on the host, as Embedded Swift and on a Cortex-M4; the fingerprints of
/// controller, monitor and plant must be the same on each.
public struct ConformanceSession: Sendable {
  private var pump: SimulatedPump
  private var loop: ControlLoop
  private var second: Int32 = 0
  private var commandIndex: Int32 = 0
  /// Conditions that the controller found, ever.
  public private(set) var conditions = AlarmSet()
  /// Objections that the monitor made, ever.
  public private(set) var objections = AlarmSet()
  /// Commands that the controller did not accept.
  public private(set) var refusals: Int32 = 0

  /// How long it is, in seconds of session time.
  public static let seconds: Int32 = 480

  /// Powers on.
  public init() {
    pump = SimulatedPump(.standard)
    let powerOn = PowerOn(capabilities: pump.capabilities, configuration: PumpConfiguration())
    loop = ControlLoop(powerOn: powerOn, memory: pump.restoreMemory())
  }

  /// Fingerprint of everything the controller did.
  public var controllerDigest: UInt64 { loop.controller.digest.value }
  /// Fingerprint of everything the monitor did.
  public var monitorDigest: UInt64 { loop.monitor.digest.value }
  /// Fingerprint of the whole state of the plant.
  public var plantDigest: UInt64 { pump.stateDigest.value }
  /// What the monitor counts as delivered, net of what was drawn back.
  public var deliveredVolume: Volume { loop.monitor.deliveredVolume }

  /// One second: a hundred ticks; commands go in the first ones, one a tick.
  public mutating func runSecond() {
    for tick in 0..<ticksPerSecond { run(command(tick: tick)) }
    second += 1
  }

  private mutating func run(_ command: OperatorCommand) {
    loop.tick(&pump, elapsed: 1, command: command)
    let output = loop.output
    conditions.bits |= output.conditions.bits
    objections.bits |= loop.verdict.objections.bits
    if command.action != .none, output.result != .accepted { refusals += 1 }
  }

  /// What is asked in one tick of this second.
  private mutating func command(tick: Int64) -> OperatorCommand {
    switch second {
    case 6: setUp(step: tick)
    case 8 where tick == 0: OperatorCommand(.start, by: .nurse)
    case 60 where tick == 0: OperatorCommand(.requestBolus, by: .patient)
    case 120 where tick == 0: block()
    case 400 where tick == 0: release()
    case 405 where tick == 0: OperatorCommand(.acknowledge, by: .nurse)
    case 410 where tick == 0: OperatorCommand(.start, by: .nurse)
    case 450 where tick == 0: OperatorCommand(.pause, by: .nurse)
    case 455 where tick == 0: OperatorCommand(.start, by: .nurse)
    case 470 where tick == 0: OperatorCommand(.stop, by: .patient)
    default: OperatorCommand.none
    }
  }

  private mutating func block() -> OperatorCommand {
    pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    return .none
  }

  private mutating func release() -> OperatorCommand {
    pump.clear(.occlusion)
    return .none
  }

  private func setUp(step: Int64) -> OperatorCommand {
    let action: OperatorAction =
      switch step {
      case 0: .beginSetUp(isNewPatient: true)
      case 1:
        .confirmSyringe(
          SyringeSpecification(
            number: 20, barrelDiameter: 2200, boreArea: Area(squareMicrometres: 285_023_000),
            capacity: Volume(picolitres: 20_000_000_000),
            deadSpace: Volume(picolitres: 150_000_000), friction: 4_500_000,
            compliance: 3_750_308))
      case 2:
        .confirmInfusionSet(
          InfusionSetSpecification(
            number: 1, primingVolume: Volume(picolitres: 785_000_000), compliance: 750_062,
            resistance: 59))
      case 3: .setFill(Volume(picolitres: 20_000_000_000))
      case 4:
        .setDrug(
          index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 6_000_000))
      case 5:
        .setDrugLimits(
          index: 0, doseRate: DoseRate(nanogramsPerHour: 60_000_000),
          bolus: Mass(nanograms: 5_000_000),
          loading: Mass(nanograms: 5_000_000))
      case 6: .setPatient(BodyMass(grams: 70_000))
      case 7: .setDoseCap(index: 0, window: .oneHour, cap: Mass(nanograms: 70_000_000))
      case 8: .setDoseCap(index: 0, window: .fourHours, cap: Mass(nanograms: 220_000_000))
      case 9: .setDoseCap(index: 0, window: .day, cap: Mass(nanograms: 1_300_000_000))
      case 10:
        .setLimits(
          flow: FlowRate(nanolitresPerHour: 10_000_000), occlusion: Pressure(pascals: 71_994),
          keepOpen: .zero)
      case 11:
        .setPhase(
          index: 0,
          ProgrammePhase(
            kind: .basal, dose: Dose(48_000_000, .mass), per: Ticks(count: 360_000),
            duration: Ticks(count: 360_000)))
      case 12:
        .setPatientBolus(
          dose: Dose(2_000_000, .mass), lockout: Ticks(count: 180_000), maximumPerHour: 2,
          flow: FlowRate(nanolitresPerHour: 60_000_000))
      case 13: .setReactionOrder(.stop)
      case 14: .confirm(phaseCount: 1)
      default: .none
      }
    return action == .none ? .none : OperatorCommand(action, by: .pharmacist)
  }
}
