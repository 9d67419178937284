import PumpHAL

/// Compares what the motor did with what it was told, and closes the loop over the encoder.
///
/// Lost steps are made up by moving the target ahead; a drive that loses too many, or all, is a
/// drive fault; motion that nobody asked for is over-infusion.
///
/// - Requirements: @relation(R-007, R-062, scope=file)
struct DriveSupervision: Equatable, Sendable {
  /// Microsteps and counts in a turn of the screw.
  var microstepsPerRevolution: Int64 = 0
  var countsPerRevolution: Int64 = 0
  /// Step count and encoder count that belong to position 0.
  var stepOrigin: Int64 = 0
  var countOrigin: Int64 = 0
  var hasOrigin = false

  /// Microsteps that the encoder showed missing and that were added to the target.
  var correction: Int64 = 0
  /// The largest lead of the encoder over the steps that has been counted towards the caps.
  var excessCounted: Int64 = 0
  /// Microsteps beyond the position that count towards the caps.
  var countedAhead: Int64 { max(excessCounted, correction) }
  /// Position by the encoder, microsteps since the origin.
  var measured: Int64 = 0

  /// At the start of the present check of progress.
  var checkTarget: Int64 = 0
  var checkMeasured: Int64 = 0
  /// At the start of the present quarter of an hour.
  var windowTicks: Int64 = 0
  /// Where the count of lost steps began, and the quarters of an hour since.
  var windowTarget: Int64 = 0
  var windowCorrection: Int64 = 0
  var windows: Int64 = 0

  /// Microsteps by which steps and encoder may differ: four counts of the coarsest encoder allowed.
  static let tolerance: Int64 = 8
  /// Commanded microsteps after which the encoder must have moved by half: a stall is found within
  /// 12 s at 0.7 mL/h in a 20 mL syringe, and always within 1 % of a turn.
  static let stallCheck: Int64 = 32

  /// What is wrong with the drive.
  enum Finding: Equatable, Sendable {
    case none
    case drive
    case uncommandedMotion
  }

  init(capabilities: Capabilities) {
    microstepsPerRevolution = Int64(capabilities.microstepsPerRevolution)
    countsPerRevolution = Int64(capabilities.encoderCountsPerRevolution)
  }

  /// Takes in a frame.
  ///
  /// - Parameters:
  ///   - isMoving: whether the firmware has told the motor to move since the last check.
  ///   - mismatchLimit: microsteps in 0.05 mL.
  ///   - uncommandedLimit: microsteps in 0.02 mL.
  mutating func check(
    _ sensors: SensorFrame, elapsed: Int64, mismatchLimit: Int64, uncommandedLimit: Int64
  ) -> Finding {
    guard sensors.encoderValidity == .valid, sensors.motionValidity == .valid,
      countsPerRevolution > 0
    else { return .none }
    if !hasOrigin {
      hasOrigin = true
      stepOrigin = sensors.stepCount
      countOrigin = Int64(sensors.encoderCount)
      windowTarget = 0
    }
    let steps = sensors.stepCount - stepOrigin
    let counts = Int64(sensors.encoderCount) - countOrigin
    windowTicks += elapsed
    if counts == checkCounts && steps == checkSteps
      && windowTicks < DriveSupervision.windowLength
    {
      return .none
    }
    checkCounts = counts
    measured = counts * microstepsPerRevolution / countsPerRevolution
    checkSteps = steps
    let missing = steps - measured
    if missing < correction - DriveSupervision.tolerance - uncommandedLimit {
      return .uncommandedMotion
    }
    if missing > correction + DriveSupervision.tolerance { correction = missing }
    excessCounted = max(excessCounted, correction - missing - DriveSupervision.tolerance)
    return progress(steps: steps, mismatchLimit: mismatchLimit)
  }

  /// Takes in a frame of hardware that is given a rate and says what it has done: its count is what
  /// was measured, and the target what it is compared with.
  ///
  /// - Parameters:
  ///   - target: where the motor was told to be, microsteps since power-on.
  ///   - uncommandedLimit: microsteps in 0.02 mL.
  mutating func checkPolled(
    _ sensors: SensorFrame, target: Int64, uncommandedLimit: Int64
  ) -> Finding {
    guard sensors.motionValidity == .valid else { return .none }
    if !hasOrigin {
      hasOrigin = true
      stepOrigin = sensors.stepCount
    }
    measured = sensors.stepCount - stepOrigin
    // Before the first start nothing was told.
    let lead = measured - (target == 0 ? 0 : target - stepOrigin - correction)
    excessCounted = max(excessCounted, lead - DriveSupervision.tolerance)
    return lead > uncommandedLimit ? .uncommandedMotion : .none
  }

  /// Steps and counts at the last frame that was looked at.
  var checkSteps: Int64 = 0
  var checkCounts: Int64 = 0
  static let windowLength: Int64 = 15 * ticksPerMinute
  /// Microsteps of which 1 % show above what the encoder resolves, and the longest time to wait for
  /// them: 4 h, so that single steps lost on different days never add up.
  static let lossSpan: Int64 = 4_000
  static let windowsForLoss: Int64 = 16

  private mutating func progress(steps: Int64, mismatchLimit: Int64) -> Finding {
    let told = abs(steps - checkTarget)
    if told >= DriveSupervision.stallCheck {
      let moved = abs(measured - checkMeasured)
      checkTarget = steps
      checkMeasured = measured
      if moved * 2 < told { return .drive }
    }
    if windowTicks >= DriveSupervision.windowLength {
      let corrected = correction - windowCorrection
      let told = abs(steps - windowTarget)
      windowTicks = 0
      windows += 1
      // More than 0.5 % lost, beyond what the encoder resolves.
      let isLosing = corrected > told / 200 + 2 * DriveSupervision.tolerance
      // At slow flows a share of the steps needs more than a quarter of an hour to show.
      if told >= DriveSupervision.lossSpan || windows >= DriveSupervision.windowsForLoss {
        windows = 0
        windowCorrection = correction
        windowTarget = steps
      }
      if isLosing { return .drive }
    }
    if correction - acknowledgedCorrection > mismatchLimit { return .drive }
    return .none
  }

  /// Correction up to the last acknowledged drive fault.
  var acknowledgedCorrection: Int64 = 0

  /// Takes the hardware's present counts as `position`, after a syringe was changed by hand.
  mutating func rebase(_ sensors: SensorFrame, position: Int64) {
    guard sensors.motionValidity == .valid else { return }
    let jump = sensors.stepCount - stepOrigin - position - correction
    let isJump = !hasOrigin || abs(jump) > DriveSupervision.tolerance
    guard isJump || abs(position - measured) > 4 * DriveSupervision.tolerance else { return }
    hasOrigin = true
    stepOrigin = sensors.stepCount - position - correction
    if countsPerRevolution > 0 {
      countOrigin =
        Int64(sensors.encoderCount) - position * countsPerRevolution / microstepsPerRevolution
    }
    measured = position
    acknowledge()
  }

  /// The operator took notice: what was lost so far no longer counts against the drive.
  mutating func acknowledge() {
    acknowledgedCorrection = correction
    windowCorrection = correction
    windowTicks = 0
    windows = 0
    windowTarget = checkSteps
    checkTarget = checkSteps
    checkMeasured = measured
  }
}

extension DriveSupervision: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(microstepsPerRevolution)
    sink.put(countsPerRevolution)
    sink.put(stepOrigin)
    sink.put(countOrigin)
    sink.put(hasOrigin)
    sink.put(correction)
    sink.put(excessCounted)
    sink.put(measured)
    sink.put(checkTarget)
    sink.put(checkMeasured)
    sink.put(windowTicks)
    sink.put(windowTarget)
    sink.put(windowCorrection)
    sink.put(windows)
    sink.put(checkSteps)
    sink.put(checkCounts)
    sink.put(acknowledgedCorrection)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init(capabilities: Capabilities())
    microstepsPerRevolution = source.takeInt64()
    countsPerRevolution = source.takeInt64()
    stepOrigin = source.takeInt64()
    countOrigin = source.takeInt64()
    hasOrigin = source.takeBool()
    correction = source.takeInt64()
    excessCounted = source.takeInt64()
    measured = source.takeInt64()
    checkTarget = source.takeInt64()
    checkMeasured = source.takeInt64()
    windowTicks = source.takeInt64()
    windowTarget = source.takeInt64()
    windowCorrection = source.takeInt64()
    windows = source.takeInt64()
    checkSteps = source.takeInt64()
    checkCounts = source.takeInt64()
    acknowledgedCorrection = source.takeInt64()
  }
}
