import PumpHAL

/// What the raw counts say about the motor in one tick.
struct Motion {
  /// Travel that counts as delivered, nm; negative is backwards.
  var travel: Int64 = 0
  /// Microsteps done.
  var steps: Int64 = 0
  /// Whether there were fresh counts.
  var isFresh = false
  /// Whether counts jumped further than the motor can go.
  var hasJumped = false
}

/// Makes travel of raw step and encoder counts, and compares both with the carriage.
///
/// Travel is what the encoder shows. Where the step generator did more than the encoder shows, and
/// more than a tenth of all steps, the rest is counted too: an encoder that has gone silent hides
/// no delivery, and steps that are lost and made up are not counted twice.
///
/// - Requirements: @relation(R-007, R-062, R-115, scope=file)
struct MotionWatch: Sendable {
  private var microstepTravel: Int64
  private var travelPerRevolution: Int64
  private var countsPerRevolution: Int64
  private var stepRate: Int64
  private var backlash: Int64
  private var carriageResolution: Int64
  private(set) var ageLimit: UInt16

  private var hasBase = false
  private var steps: Int64 = 0
  private var encoderTravel: Int64 = 0
  private var hasEncoder = false
  private var quiet: Int64 = 0
  /// Steps that the encoder does not show, nm, drained by a tenth of the motion.
  private(set) var slip: Int64 = 0
  private var hasCarriage = false
  private var carriage: Int64 = 0
  private var carriageTick: UInt32 = 0
  private var sinceCarriage: Int64 = 0
  private var sinceCarriagePath: Int64 = 0
  /// Motor travel that the carriage does not show, nm, drained by a tenth of the motion.
  private(set) var lag: Int64 = 0
  private var isSeated = false
  private var seatedFrom: Int64 = 0

  init(_ capabilities: Capabilities) {
    microstepTravel = Prescription.cut(capabilities.microstepTravel.nanometres, to: 100_000)
    let microsteps = Swift.max(0, Int64(capabilities.microstepsPerRevolution))
    travelPerRevolution = Prescription.cut(microsteps * microstepTravel, to: 1_000_000_000)
    countsPerRevolution = Swift.max(0, Int64(capabilities.encoderCountsPerRevolution))
    stepRate = Int64(capabilities.maximumStepRate)
    backlash = Prescription.cut(capabilities.backlash.nanometres, to: 5_000_000)
    carriageResolution =
      Prescription.cut(Int64(capabilities.carriageResolution), to: 10_000) * 1000
    ageLimit =
      capabilities.commanding == .rateCommanded
      ? MonitorLimits.polledMotionAge : MonitorLimits.motionAge
  }

  /// A new syringe: the plunger has yet to be reached, and old disagreements are void.
  mutating func unseat() {
    slip = 0
    lag = 0
    isSeated = false
    hasCarriage = false
  }

  /// Old disagreements are void: an operator has seen to them.
  mutating func unslip() {
    slip = 0
    lag = 0
  }

  /// Travel of one microstep, nm.
  var microstep: Int64 { microstepTravel }

  /// Lost motion on reversal, nm.
  var reversal: Int64 { backlash }

  /// Takes one frame.
  ///
  /// `isMoving` says whether the monitor let the motor move; where not, counts that jump are a
  /// syringe change or a carriage pushed by hand, and only the base moves.
  mutating func take(_ sensors: SensorFrame, elapsed: UInt16, isMoving: Bool) -> Motion {
    var motion = Motion()
    quiet = Swift.min(quiet + Int64(elapsed), 100_000)
    guard sensors.motionValidity == .valid, sensors.motionAge <= ageLimit else {
      return motion
    }
    motion.isFresh = true
    let encoder = encoderPosition(sensors)
    guard hasBase else {
      rebase(sensors.stepCount, encoder)
      return motion
    }
    // Twice what the motor can do in the time that passed, and a little, is still believed.
    let most = (stepRate * (quiet + 25) / ticksPerSecond) * 2 + 64
    let (stepDelta, overflow) = sensors.stepCount.subtractingReportingOverflow(steps)
    if overflow || stepDelta > most || stepDelta < -most {
      motion.hasJumped = true
      rebase(sensors.stepCount, encoder)
      unseat()
      return motion
    }
    motion.steps = stepDelta
    let stepTravel = stepDelta * microstepTravel
    if let encoder, hasEncoder {
      let delta = encoder - encoderTravel
      if delta > most * microstepTravel || delta < -most * microstepTravel {
        motion.hasJumped = true
        rebase(sensors.stepCount, encoder)
        unseat()
        return motion
      }
      let before = Swift.max(0, slip)
      slip = Self.drained(slip + stepTravel - delta, by: magnitude(stepTravel))
      motion.travel = delta + Swift.max(0, slip) - before
    } else {
      motion.travel = stepTravel
    }
    rebase(sensors.stepCount, encoder)
    watchCarriage(sensors, travel: motion.travel, isMoving: isMoving)
    return motion
  }

  /// Whether two sensors disagree by more than 0.05 mL in a bore of `area`.
  // Mutating, as everything that a tick calls: else the whole watch is copied to call it.
  mutating func isImplausible(area: Int64) -> Bool {
    guard area > 0 else { return false }
    let limit = MonitorLimits.mismatch.rawValue
    if magnitude(slip) > limit / area { return true }
    let seating = isSeated ? 0 : MonitorLimits.seating
    return hasCarriage
      && magnitude(lag) > limit / area + 4 * carriageResolution + backlash + seating
  }

  private mutating func encoderPosition(_ sensors: SensorFrame) -> Int64? {
    guard countsPerRevolution > 0, sensors.encoderValidity == .valid else { return nil }
    let counts = Int64(sensors.encoderCount)
    if travelPerRevolution % countsPerRevolution == 0 {
      return counts * (travelPerRevolution / countsPerRevolution)
    }
    return counts * travelPerRevolution / countsPerRevolution
  }

  private mutating func rebase(_ stepCount: Int64, _ encoder: Int64?) {
    hasBase = true
    steps = stepCount
    hasEncoder = encoder != nil
    encoderTravel = encoder ?? 0
    quiet = 0
  }

  private mutating func watchCarriage(_ sensors: SensorFrame, travel: Int64, isMoving: Bool) {
    guard sensors.carriage.isFresh(at: sensors.tick, within: 100) else { return }
    let position = Int64(sensors.carriage.value) * 1000
    guard hasCarriage, isMoving else {
      if !hasCarriage || !isSeated { seatedFrom = position }
      hasCarriage = true
      carriage = position
      carriageTick = sensors.carriage.sampledAt
      sinceCarriage = 0
      sinceCarriagePath = 0
      return
    }
    sinceCarriage += travel
    sinceCarriagePath += magnitude(travel)
    guard sensors.carriage.sampledAt != carriageTick else { return }
    carriageTick = sensors.carriage.sampledAt
    let delta = position - carriage
    carriage = position
    if !isSeated, position - seatedFrom > 3 * carriageResolution {
      isSeated = true
      lag = 0
    } else {
      lag = Self.drained(lag + sinceCarriage - delta, by: sinceCarriagePath)
    }
    sinceCarriage = 0
    sinceCarriagePath = 0
  }

  private mutating func magnitude(_ value: Int64) -> Int64 { value < 0 ? -value : value }

  /// Moves `value` towards zero by a tenth of `path`.
  private static func drained(_ value: Int64, by path: Int64) -> Int64 {
    let tenth = path / 10
    if value > tenth { return value - tenth }
    if value < -tenth { return value + tenth }
    return 0
  }
}

extension MotionWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(microstepTravel)
    sink.put(travelPerRevolution)
    sink.put(countsPerRevolution)
    sink.put(stepRate)
    sink.put(backlash)
    sink.put(carriageResolution)
    sink.put(ageLimit)
    sink.put(hasBase)
    sink.put(steps)
    sink.put(encoderTravel)
    sink.put(hasEncoder)
    sink.put(quiet)
    sink.put(slip)
    sink.put(hasCarriage)
    sink.put(carriage)
    sink.put(carriageTick)
    sink.put(sinceCarriage)
    sink.put(sinceCarriagePath)
    sink.put(lag)
    sink.put(isSeated)
    sink.put(seatedFrom)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    microstepTravel = source.takeInt64()
    travelPerRevolution = source.takeInt64()
    countsPerRevolution = source.takeInt64()
    stepRate = source.takeInt64()
    backlash = source.takeInt64()
    carriageResolution = source.takeInt64()
    ageLimit = source.take16()
    hasBase = source.takeBool()
    steps = source.takeInt64()
    encoderTravel = source.takeInt64()
    hasEncoder = source.takeBool()
    quiet = source.takeInt64()
    slip = source.takeInt64()
    hasCarriage = source.takeBool()
    carriage = source.takeInt64()
    carriageTick = source.take32()
    sinceCarriage = source.takeInt64()
    sinceCarriagePath = source.takeInt64()
    lag = source.takeInt64()
    isSeated = source.takeBool()
    seatedFrom = source.takeInt64()
  }
}
