import PumpHAL

/// Motor, screw and carriage: what becomes of the steps that are sent.
struct Drive: Sendable {
  let parameters: DriveParameters
  /// Travel of one microstep, mm.
  let travel: Double
  /// Lost motion before the plunger is reached for the first time, mm.
  let play: Double
  private let perMicrostep: Double

  /// Microsteps really done since the world began.
  var stepsDone: Int64 = 0
  /// Steps sent and lost, for the fraction of them that a fault takes.
  var lossCredit = 0.0
  /// The nut, mm.
  var nut = 0.0
  /// The carriage, mm.
  var carriage: Double
  /// Lost motion on reversal, mm: the whole play until the plunger has been reached, then the backlash,
  /// because a purge closes the gap at the flange (`Docs/Plant.md`).
  var reversal: Double
  /// Whether a fault holds the motor.
  var isJammed = false
  /// Share of steps that a fault takes.
  var lostShare = 0.0
  /// What the nut slipped on the screw, mm; forward is positive.
  var slipped = 0.0

  // What failing components do in this tick.
  private var isHeld = false
  private var isDead = false
  private var loss = 0.0
  private var slip = 0.0

  init(_ parameters: DriveParameters) {
    self.parameters = parameters
    travel = Double(parameters.microstepTravel) * 1e-6
    play = max(parameters.backlash, parameters.initialGap)
    perMicrostep = 1 / Double(parameters.microstepsPerRevolution)
    carriage = parameters.initialGap - play
    reversal = play
  }

  /// Sends `count` steps to the motor while the carriage meets the resistance of a spring that is
  /// fixed at `plunger`; a step against too much thrust is lost.
  mutating func send(_ count: Int64, plunger: Double) {
    let thrust = parameters.stiffness * (carriage - plunger)
    // The screw's error makes a step a little longer or shorter than `travel`, never twice as long.
    let reach = 2 * parameters.stiffness * travel * Double(abs(count) + 1)
    if isSound && abs(thrust) + reach < parameters.stallForce {
      stepsDone += count
      settle()
      return
    }
    for _ in 0..<abs(count) { sendOne(forward: count > 0, plunger: plunger) }
  }

  /// Whether every step that is not too hard is done, and moves the nut.
  private(set) var isSound = true

  /// Takes what is wrong: the motor's own faults and what `effects` adds to them.
  mutating func prepare(_ effects: FaultEffects) {
    isHeld = isJammed || effects.isMotorJammed
    isDead = effects.isMotorDead
    loss = 1 - (1 - lostShare) * (1 - effects.stepLoss)
    slip = effects.nutSlip
    isSound = !isHeld && !isDead && loss == 0 && slip == 0
  }

  private mutating func sendOne(forward: Bool, plunger: Double) {
    if isHeld || isDead { return }
    lossCredit += loss
    if lossCredit >= 1 {
      lossCredit -= 1
      return
    }
    let thrust = parameters.stiffness * (carriage - plunger)
    if forward ? thrust >= parameters.stallForce : thrust <= -parameters.stallForce { return }
    stepsDone += forward ? 1 : -1
    slipped += forward ? slip * travel : -slip * travel
    settle()
  }

  /// Puts nut and carriage where the steps have them.
  private mutating func settle() {
    let turn = Int64(parameters.microstepsPerRevolution)
    var within = stepsDone % turn
    if within < 0 { within += turn }
    let angle = Double(within) * perMicrostep
    // A parabola in place of a sine: no libm, and at most 6 % off.
    let wave =
      angle < 0.5 ? 16 * angle * (0.5 - angle) : -16 * (angle - 0.5) * (1 - angle)
    nut = Double(stepsDone) * travel + parameters.leadError * wave - slipped
    if nut - play > carriage {
      carriage = nut - play
      reversal = parameters.backlash
    } else if nut - (play - reversal) < carriage {
      carriage = nut - (play - reversal)
    }
  }

  /// Brings the carriage to a new plunger by hand, `gap` mm of lost motion still to be taken up.
  mutating func engage(gap: Double) {
    carriage = nut + min(gap, play) - play
    reversal = max(parameters.backlash, min(gap, play))
  }

  /// What the moving motor draws at a thrust, mA.
  func current(thrust: Double) -> Double {
    if isDead { return 0 }
    let load = isHeld ? parameters.stallForce : abs(thrust)
    return parameters.noLoadCurrent + parameters.currentPerThrust * load
  }
}
