import PumpHAL
import PumpPlant

/// The pump's motor on the modelled world, driven by the volume that the pump believes it moves.
///
/// What it believes follows from the diameter it was told; what moves is the plunger of the syringe
/// that is really fitted.
struct NewEraMechanics: Sendable {
  /// Motor, screw, syringe, line and tissue.
  var pump: SimulatedPump
  /// Where the motor is wanted since power-on, microsteps with their fractions.
  private var position = 0.0
  /// Encoder and step count when the motor last began to move.
  private var encoderAtStart: Int64 = 0
  private var stepsAtStart: Int64 = 0
  private var isMoving = false
  private let travel: Double
  private let stepsPerCount: Double
  /// The encoder is looked at once in this many ticks.
  private var ticksToLook = 0

  /// Microsteps that the encoder may lag behind before the pump calls it a stall: 16 µm of travel.
  static let lagMax: Int64 = 64

  init(_ parameters: PlantParameters) {
    pump = SimulatedPump(parameters)
    travel = Double(parameters.drive.microstepTravel) * 1e-6
    stepsPerCount =
      Double(parameters.drive.microstepsPerRevolution)
      / Double(max(parameters.drive.encoderCountsPerRevolution, 1))
  }

  /// Wants the plunger `millimetres` farther, forward where positive.
  mutating func move(_ millimetres: Double) {
    if !isMoving { begin() }
    position += millimetres / travel
  }

  /// The motor stands; the next motion begins afresh.
  mutating func stand() { isMoving = false }

  /// Counters begin anew with power.
  mutating func powerOn() {
    position = 0
    isMoving = false
  }

  /// One tick of 10 ms.
  mutating func tick() {
    var frame = ActuatorFrame()
    frame.targetSteps = Int64(position.rounded())
    frame.stepRateBound = UInt32.max
    frame.isControllerPermitting = true
    frame.isMonitorPermitting = true
    pump.actuate(frame)
  }

  /// Whether the motor does not follow; looked at ten times a second.
  mutating func hasStalled() -> Bool {
    if !isMoving { return false }
    ticksToLook -= 1
    if ticksToLook > 0 { return false }
    ticksToLook = 10
    let frame = pump.sense()
    let done = Double(Int64(frame.encoderCount) - encoderAtStart) * stepsPerCount
    let lag = abs(Double(frame.stepCount - stepsAtStart) - done)
    return lag > Double(Self.lagMax)
  }

  private mutating func begin() {
    let frame = pump.sense()
    encoderAtStart = Int64(frame.encoderCount)
    stepsAtStart = frame.stepCount
    // What a failing link did not let through to the motor is not owed.
    position = Double(frame.stepCount) + (position - position.rounded())
    isMoving = true
    ticksToLook = 10
  }
}

extension PlantParameters {
  /// The world behind an emulated New Era pump, made of another one: mains instead of a battery, and a
  /// motor of 80 N that can do 850 µm/s.
  ///
  /// 18 lbf at full speed is general knowledge of the NE-1000, not checked.
  public func drivenByNewEra(stallForce: Double = 80) -> PlantParameters {
    var world = self
    world.drive.microstepTravel = 250
    world.drive.microstepsPerRevolution = 3200
    world.drive.encoderCountsPerRevolution = 1600
    world.drive.maximumStepRate = 4000
    world.drive.stallForce = stallForce
    world.battery = BatteryParameters()
    world.battery.capacity = 10_000
    world.battery.quiescentCurrent = 0
    return world
  }
}
