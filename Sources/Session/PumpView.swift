// What a person reads off the pump at one moment.

import Catalogue
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import Vocabulary

/// The pump at one moment of a session, as a person reads it: display, alarms, programme, doses,
/// interlocks, account.
///
/// Everything in it is what controller and monitor themselves say; nothing is asked of the world.
///
/// - Requirements: @relation(R-047, R-071, scope=file)
public struct PumpView: Equatable, Sendable {
  /// One alarm that is signalled.
  public struct Alarm: Equatable, Sendable {
    /// Which.
    public var id: AlarmID
    /// How urgent it is now.
    public var priority: AlarmPriority
    /// Whether its cause is there; else it waits to be acknowledged.
    public var isPresent: Bool
    /// Session tick since which it has been signalled; nil where that was before `knownSince`, and the
    /// record's events do not tell.
    public var since: Int64?
  }

  /// What was counted of a drug in one window, by each channel, against its cap.
  public struct Window: Equatable, Sendable {
    /// Which.
    public var window: CapWindow
    /// Whether it is the second drug of a mixture.
    public var isSecond = false
    /// What the controller counts.
    public var byController: Mass
    /// What the monitor counts.
    public var byMonitor: Mass
    /// The cap; nil where none is set.
    public var cap: Mass?
  }

  /// What an operator asked last, in the names of session files.
  public struct Command: Equatable, Sendable {
    /// Session tick at which it was given.
    public var tick: Int64
    /// Who asked.
    public var role: String
    /// What was asked.
    public var action: String
    /// What was entered with it, with its units; nil where it carries nothing.
    public var details: String?
    /// What became of it.
    public var outcome: String
  }

  /// The session tick.
  public var tick: Int64
  /// The wall clock, ms since 1970; nil where nobody knows it.
  public var unixMilliseconds: Int64?
  /// Whether the controller had power.
  public var isPowered: Bool
  /// What the hardware was told: lamp, buzzer, display, both permits.
  public var actuator: ActuatorFrame
  /// Every alarm signalled, the most urgent first, of equals the one first in the alarm table.
  public var alarms: [Alarm]
  /// What the controller says of itself.
  public var telemetry: Telemetry
  /// What it was told to do.
  public var orders: Orders
  /// Doses counted in one hour, four hours and a day.
  public var windows: [Window]
  /// Bounds that hold the flow below the programme.
  public var bounds: RateBounds
  /// Why the monitor does not permit motion.
  public var objections: AlarmSet
  /// Volume that the monitor counts as delivered since power-on, priming not in it.
  public var deliveredByMonitor: Volume
  /// State of the link to the hardware.
  public var link: LinkState
  /// Battery voltage, mV; nil without a valid reading.
  public var battery_mV: UInt16?
  /// What an operator asked last; nil where nobody did since `knownSince`, and the record's events do
  /// not tell.
  public var lastCommand: Command?
  /// The session tick since which alarms and commands were followed.
  public var knownSince: Int64

  /// The pump as the loop left it.
  ///
  /// - Parameters:
  ///   - tick: the session tick.
  ///   - isPowered: whether the controller had power at that tick.
  ///   - past: what was followed on the way there.
  ///   - startUnixMilliseconds: the wall clock at session tick 0, used where the pump has none.
  init(
    _ loop: ControlLoop, tick: Int64, isPowered: Bool, past: RecentPast,
    startUnixMilliseconds: Int64?
  ) {
    self.tick = tick
    self.isPowered = isPowered
    unixMilliseconds =
      loop.input.sensors.unixMilliseconds
      ?? startUnixMilliseconds.map { $0 + tick * 1000 / ticksPerSecond }
    actuator = ActuatorFrame(controller: loop.output, monitor: loop.verdict)
    telemetry = loop.controller.telemetry
    orders = loop.controller.orders
    let (controller, present) = (loop.controller, loop.output.conditions)
    let verdict = loop.verdict
    alarms = loop.signals.ids.map { id in
      let isObjection = verdict.objections.contains(id)
      return Alarm(
        id: id, priority: isObjection ? .high : controller.priority(of: id),
        isPresent: isObjection || present.contains(id), since: past.raised[id])
    }
    alarms.sort { ($0.priority, $1.id.rawValue) > ($1.priority, $0.id.rawValue) }
    windows = [
      Window(
        window: .oneHour, byController: telemetry.countedInHour,
        byMonitor: loop.monitor.countedMass(in: .oneHour), cap: orders.capInHour.ifAny),
      Window(
        window: .fourHours, byController: telemetry.countedInFourHours,
        byMonitor: loop.monitor.countedMass(in: .fourHours), cap: orders.capInFourHours.ifAny),
      Window(
        window: .day, byController: telemetry.countedInDay,
        byMonitor: loop.monitor.countedMass(in: .day), cap: orders.capInDay.ifAny),
    ]
    bounds = loop.output.bounds
    objections = loop.verdict.objections
    deliveredByMonitor = loop.monitor.deliveredVolume
    link = loop.input.sensors.link
    let battery = loop.input.sensors.battery
    battery_mV = battery.validity == .valid ? battery.value.millivolts : nil
    lastCommand = past.lastCommand
    knownSince = past.beginning
    if let second = telemetry.second { addWindows(second, loop.monitor) }
    if !isPowered { switchOff() }
  }

  /// The windows of the second drug of a mixture.
  private mutating func addWindows(_ account: DrugAccount, _ monitor: ProtectiveMonitor) {
    let counted: [(CapWindow, Mass, Mass)] = [
      (.oneHour, account.countedInHour, orders.secondCapInHour),
      (.fourHours, account.countedInFourHours, orders.secondCapInFourHours),
      (.day, account.countedInDay, orders.secondCapInDay),
    ]
    windows += counted.map { window, byController, cap in
      Window(
        window: window, isSecond: true, byController: byController,
        byMonitor: monitor.countedSecondMass(in: window) ?? .zero, cap: cap.ifAny)
    }
  }

  /// A pump without power shows, signals and moves nothing.
  private mutating func switchOff() {
    actuator = ActuatorFrame()
    actuator.display.screen = .off
    telemetry.mode = .off
    telemetry.flow = .zero
    alarms = []
    bounds = []
    objections = AlarmSet()
  }
}

/// Alarms and commands on the way to a moment, tick by tick.
struct RecentPast: Sendable {
  /// The session tick from which they were followed.
  let beginning: Int64
  /// Alarms that are signalled, with the tick of their raising; without those that stood before.
  private(set) var raised: [AlarmID: Int64] = [:]
  /// The last command.
  private(set) var lastCommand: PumpView.Command?
  private var signals = AlarmSet()
  /// Whether what stands in the first tick followed may have stood before it.
  private var isUnknown: Bool

  /// Follows from `beginning`: a power-on, or the middle of a session, of which nothing is known.
  init(from beginning: Int64, isInMiddle: Bool) {
    self.beginning = beginning
    isUnknown = isInMiddle
  }

  /// Takes in a tick.
  @inline(__always)
  mutating func follow(_ loop: borrowing ControlLoop, at tick: Int64) {
    if loop.output.result != .none {
      let command = loop.input.command
      lastCommand = PumpView.Command(
        tick: tick, role: command.role.name, action: command.action.name,
        details: command.action.details, outcome: loop.output.result.name)
    }
    if loop.signals != signals { alarmsChanged(to: loop.signals, at: tick) }
    isUnknown = false
  }

  /// Power was lost: what stood is over.
  mutating func losePower() {
    raised = [:]
    signals = AlarmSet()
  }

  private mutating func alarmsChanged(to now: AlarmSet, at tick: Int64) {
    for id in AlarmID.allCases where now.contains(id) != signals.contains(id) {
      raised[id] = now.contains(id) && !isUnknown ? tick : nil
    }
    signals = now
  }
}

extension Mass {
  /// The mass; nil for none.
  fileprivate var ifAny: Mass? { self > .zero ? self : nil }
}

extension SensorFrame {
  /// The wall clock now; nil where the hardware has none or it was never set.
  fileprivate var unixMilliseconds: Int64? {
    guard wallClock.validity == .valid, wallClock.value.isSet else { return nil }
    return wallClock.value.unixMilliseconds
      + Int64(wallClock.age(at: tick)) * 1000 / ticksPerSecond
  }
}
