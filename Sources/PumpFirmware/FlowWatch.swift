import PumpHAL

/// Compares what the encoder shows with what the programme dispensed: over- and under-infusion.
///
/// Over 15 min of delivery, moved on each minute, and over 10 s of a bolus (safety C4). Beyond a
/// tenth, and beyond what the encoder resolves, it is an alarm.
///
/// - Requirements: @relation(R-007, R-008, scope=file)
struct FlowWatch: Sendable {
  /// Minutes in the window.
  static let minutes = 15
  /// Microsteps dispensed and microsteps shown in the last minutes.
  var told = InlineArray<15, Int64>(repeating: 0)
  var shown = InlineArray<15, Int64>(repeating: 0)
  var toldSum: Int64 = 0
  var shownSum: Int64 = 0
  /// Where in the rings the next minute goes, and how many are filled.
  var next: Int32 = 0
  var filled: Int32 = 0
  /// Whether delivery runs, since when the minute runs, and where both stood then.
  var isRunning = false
  var minuteTicks: Int64 = 0
  var minuteTold: Int64 = 0
  var minuteShown: Int64 = 0
  /// The same for the bolus that runs.
  var isBolus = false
  var bolusTicks: Int64 = 0
  var bolusTold: Int64 = 0
  var bolusShown: Int64 = 0

  /// Span over which a bolus is judged: 10 s.
  static let bolusSpan: Int64 = 10 * ticksPerSecond

  /// How many times as far as a stepped motor hardware may lag that is given a rate and polled.
  static let polledLag: Int64 = 60

  /// What was found.
  enum Finding: Equatable, Sendable {
    case none
    case over
    case under
  }

  /// One tick of delivery.
  ///
  /// - Parameters:
  ///   - position: microsteps dispensed.
  ///   - measured: microsteps that the encoder shows.
  ///   - isBolus: whether a bolus runs.
  ///   - perTick: microsteps in a tick of the flow that runs, for which the motor may lag.
  @inline(__always) mutating func take(
    elapsed: Int64, position: Int64, measured: Int64, isBolus: Bool, perTick: Int64
  ) -> Finding {
    guard isRunning else {
      begin(position: position, measured: measured)
      return .none
    }
    minuteTicks += elapsed
    if minuteTicks < ticksPerMinute && !isBolus && !self.isBolus { return .none }
    return judge(
      elapsed: elapsed, position: position, measured: measured, isBolus: isBolus, perTick: perTick)
  }

  /// Delivery begins: the window is empty.
  private mutating func begin(position: Int64, measured: Int64) {
    self = FlowWatch()
    isRunning = true
    minuteTold = position
    minuteShown = measured
  }

  private mutating func judge(
    elapsed: Int64, position: Int64, measured: Int64, isBolus: Bool, perTick: Int64
  ) -> Finding {
    // The motor is a tick or two behind the target.
    let tolerance = DriveSupervision.tolerance + 3 * (perTick + 1)
    if isBolus != self.isBolus || bolusTicks + elapsed >= FlowWatch.bolusSpan {
      let finding =
        self.isBolus
        ? FlowWatch.finding(
          told: position - bolusTold, shown: measured - bolusShown, tolerance: tolerance) : .none
      self.isBolus = isBolus
      bolusTicks = 0
      bolusTold = position
      bolusShown = measured
      if finding == .under { return finding }
    } else {
      bolusTicks += elapsed
    }
    if minuteTicks < ticksPerMinute { return .none }
    return closeMinute(position: position, measured: measured, tolerance: tolerance)
  }

  private mutating func closeMinute(
    position: Int64, measured: Int64, tolerance: Int64
  ) -> Finding {
    let index = Int(next)
    toldSum += position - minuteTold - told[index]
    shownSum += measured - minuteShown - shown[index]
    told[index] = position - minuteTold
    shown[index] = measured - minuteShown
    next = (next + 1) % Int32(FlowWatch.minutes)
    filled = min(filled + 1, Int32(FlowWatch.minutes))
    minuteTicks = 0
    minuteTold = position
    minuteShown = measured
    guard filled == Int32(FlowWatch.minutes) else { return .none }
    return FlowWatch.finding(told: toldSum, shown: shownSum, tolerance: tolerance)
  }

  /// More or less than told by more than a tenth and `tolerance`.
  private static func finding(told: Int64, shown: Int64, tolerance: Int64) -> Finding {
    let limit = max(0, told) / 10 + tolerance
    if shown - told > limit { return .over }
    return told - shown > limit ? .under : .none
  }
}

extension FlowWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    for index in 0..<told.count { sink.put(told[index]) }
    for index in 0..<shown.count { sink.put(shown[index]) }
    sink.put(toldSum)
    sink.put(shownSum)
    sink.put(next)
    sink.put(filled)
    sink.put(isRunning)
    sink.put(minuteTicks)
    sink.put(minuteTold)
    sink.put(minuteShown)
    sink.put(isBolus)
    sink.put(bolusTicks)
    sink.put(bolusTold)
    sink.put(bolusShown)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    for index in 0..<told.count { told[index] = source.takeInt64() }
    for index in 0..<shown.count { shown[index] = source.takeInt64() }
    toldSum = source.takeInt64()
    shownSum = source.takeInt64()
    next = source.takeInt32()
    if next < 0 || next >= Int32(FlowWatch.minutes) {
      source.fail()
      next = 0
    }
    filled = source.takeInt32()
    isRunning = source.takeBool()
    minuteTicks = source.takeInt64()
    minuteTold = source.takeInt64()
    minuteShown = source.takeInt64()
    isBolus = source.takeBool()
    bolusTicks = source.takeInt64()
    bolusTold = source.takeInt64()
    bolusShown = source.takeInt64()
  }
}
