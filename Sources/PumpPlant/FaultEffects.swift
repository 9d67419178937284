import PumpHAL

/// What failing components do to the mechanics, the fluid and the supply in this tick.
struct FaultEffects: Equatable, Sendable {
  /// Share of the motor's steps that is not done.
  var stepLoss = 0.0
  /// The motor cannot turn, and draws the current of a stalled one.
  var isMotorJammed = false
  /// The motor cannot turn, and draws nothing.
  var isMotorDead = false
  /// Share of the highest step rate at which the motor turns by itself.
  var runaway = 0.0
  /// Share of the motion that the nut does not pass on.
  var nutSlip = 0.0
  /// What a spring pushed out of the syringe, µL.
  var push = 0.0
  /// Share by which the plunger's friction is higher.
  var friction = 0.0
  /// Share of the friction that break-away takes on top.
  var breakaway = 0.0
  /// The plunger cannot move in its barrel.
  var isPlungerStuck = false
  /// Nothing holds the plunger's head.
  var isPlungerFree = false
  /// The share of the line's conductance that is left.
  var lineShare = 1.0
  /// The anti-siphon valve lets everything through.
  var isValveOpen = false
  /// The anti-siphon valve lets nothing through.
  var isValveShut = false
  /// How much warmer it is around the pump, °C.
  var warmer = 0.0
  /// Share by which the battery's inner resistance is higher.
  var cellResistance = 0.0
  /// What corroded contacts take of the voltage, V (0 or less).
  var cellVoltage = 0.0
  /// The share of charge at which the cells collapse.
  var cellEnd = 0.0
  /// The battery's contacts are open.
  var isBatteryOut = false

  /// The components that have a part in it.
  static let components: UInt64 =
    Component.motor.bit | Component.nut.bit | Component.plunger.bit | Component.line.bit
    | Component.valve.bit | Component.ambient.bit | Component.batteryCells.bit

  /// The effects of the table at a tick.
  init(_ table: inout FaultTable, at tick: Int64) {
    table.visit { fault, entry in take(fault, entry, at: tick) }
  }

  /// No effect.
  init() {}

  private mutating func take(_ fault: ComponentFault, _ entry: ActiveFault, at tick: Int64) {
    let amount = fault.amount * entry.reached(of: fault, at: tick)
    let isPresent = fault.kind != .intermittent || entry.isPresent(fault, at: tick)
    if !isPresent { return }
    switch fault.component {
    case .motor: takeMotor(fault.kind, amount)
    case .nut: nutSlip = 1 - (1 - nutSlip) * (fault.kind == .gain ? 1 + amount : 0)
    case .plunger: takePlunger(fault.kind, amount)
    case .line: lineShare *= fault.kind == .gain ? 1 + amount : 0
    case .valve:
      if fault.kind == .off { isValveOpen = true } else { isValveShut = true }
    case .ambient: warmer += amount
    case .batteryCells: takeCells(fault.kind, amount)
    default: break
    }
  }

  private mutating func takeMotor(_ kind: FailureKind, _ amount: Double) {
    switch kind {
    case .off, .intermittent: isMotorDead = true
    case .stuck: isMotorJammed = true
    case .gain: stepLoss = 1 - (1 - stepLoss) * (1 + amount)
    case .wrong: runaway = min(max(runaway + amount, -1), 1)
    default: break
    }
  }

  private mutating func takePlunger(_ kind: FailureKind, _ amount: Double) {
    switch kind {
    case .off: isPlungerFree = true
    case .stuck: isPlungerStuck = true
    case .offset: push += amount
    case .gain: friction += amount
    case .noise: breakaway += amount
    default: break
    }
  }

  private mutating func takeCells(_ kind: FailureKind, _ amount: Double) {
    switch kind {
    case .off, .intermittent: isBatteryOut = true
    case .offset: cellVoltage += amount
    case .gain: cellResistance += amount
    case .wrong: cellEnd = max(cellEnd, amount)
    default: break
    }
  }
}
