import PumpHAL

/// What the readings of the battery's gauge say: of the cells, and of their contacts.
///
/// A reading is the lowest voltage of a minute, under whatever load there was in it.
///
/// - Requirements: @relation(R-090, R-091, R-092, R-093, scope=file)
struct BatteryWatch: Equatable, Sendable {
  /// Mean of the last ten readings of the cells, mV, moved at once where the load changes; 0 before
  /// the first.
  private(set) var millivolts: Int32 = 0
  /// Readings of the cells that are in the mean.
  private var samples: UInt8 = 0
  /// Whether there was any reading, of cells or of contacts.
  private(set) var hasRead = false
  /// The newest reading of the cells, mV.
  private var newest: Int32 = 0
  /// Mean at the start of the half hour that runs, for the trend.
  private var trendMillivolts: Int32 = 0
  private var trendSince: Int64 = 0
  /// Minutes left by the trend; -1 where there is none.
  private(set) var minutes: Int32 = -1
  /// Readings in a row by which the cells are low, and depleted: by level or by the life left.
  private var lowReadings: UInt8 = 0
  private var depletedReadings: UInt8 = 0
  /// Whether the cells have been found depleted and no others have been put in since.
  private var isExhausted = false
  /// Readings in a row that are none of the cells.
  private var openReadings: UInt8 = 0

  /// Readings in a row that prove a level: one alone may be a disturbance.
  private static let proof: UInt8 = 2
  /// Readings in a row without the cells, one a minute, that are ridden through: the time by which a
  /// low battery is told of before it is depleted, and where it is low already, three.
  private static let openLimit: UInt8 = 30
  private static let openLimitWhenLow: UInt8 = 3

  /// Whether the cells have been read since power-on.
  var knowsCells: Bool { samples > 0 }

  /// ALM11: the cells are depleted, or will be within five minutes.
  var isDepleted: Bool { isExhausted || depletedReadings >= Self.proof }

  /// ALM22: the cells are low or will be depleted within half an hour, or contacts are loose.
  var isLow: Bool { lowReadings >= Self.proof || openReadings > 0 }

  /// Whether the cells will be depleted within a quarter of an hour.
  var isLowSoon: Bool { isEnding(within: 15) }

  /// Whether the cells have not been read for longer than what was known of them holds.
  var isUnread: Bool {
    let isShort = lowReadings > 0 || isLowSoon || !knowsCells
    return openReadings >= (isShort ? Self.openLimitWhenLow : Self.openLimit)
  }

  /// Takes in a reading; the life left is where the trend of the mean meets the level of depletion.
  ///
  /// Cells below half of that level feed no pump: while it runs, such a reading is of contacts that
  /// were open, or of a gauge that is defective, and says nothing of the cells. What is known of them
  /// holds on, and is counted down.
  mutating func take(_ reading: UInt16, low: Int32, depleted: Int32, now: Int64) {
    hasRead = true
    let reading = Int32(reading)
    if reading * 2 < depleted {
      if openReadings < .max { openReadings += 1 }
      if minutes > 0 { minutes -= 1 }
      if isEnding(within: 5) { depletedReadings = Self.proof }
      return
    }
    openReadings = 0
    average(reading, step: max(depleted / 64, 1), now: now)
    estimate(cutOff: depleted, now: now)
    let isFirst = samples == 1
    lowReadings = Self.counted(
      millivolts <= low || isEnding(within: 30), lowReadings, isFirst: isFirst)
    depletedReadings = Self.counted(
      millivolts <= depleted || isEnding(within: 5), depletedReadings, isFirst: isFirst)
    // At rest, cells recover by what the motor took: only cells far above the warning are others.
    if depletedReadings >= Self.proof && millivolts <= depleted {
      isExhausted = true
    } else if reading >= low + 2 * (low - depleted) {
      isExhausted = false
    }
  }

  private func isEnding(within limit: Int32) -> Bool { minutes >= 0 && minutes <= limit }

  /// Cells fall by millivolts a minute; what is more is another load, and moves mean and trend at
  /// once, so that it is neither missed for ten readings nor taken for a fast fall.
  private mutating func average(_ reading: Int32, step: Int32, now: Int64) {
    if samples == 0 {
      millivolts = reading
      trendMillivolts = reading
      trendSince = now
    } else if abs(reading - newest) >= step {
      millivolts += reading - newest
      trendMillivolts += reading - newest
    }
    newest = reading
    if samples < 10 { samples += 1 }
    millivolts += (reading - millivolts) / Int32(samples)
  }

  private mutating func estimate(cutOff: Int32, now: Int64) {
    let elapsed = (now - trendSince) / ticksPerMinute
    if elapsed >= 10 {
      let fall = trendMillivolts - millivolts
      // A mean that takes in a tenth of each reading is nine readings, nine minutes, behind.
      minutes =
        fall > 0
        ? max(0, Int32(clamping: Int64(millivolts - cutOff) * elapsed / Int64(fall)) - 9) : -1
      if elapsed >= 30 {
        trendMillivolts = millivolts
        trendSince = now
      }
    } else if minutes > 0 {
      // A reading a minute: until the new trend is known, the old one is counted down.
      minutes -= 1
    }
  }

  /// The readings in a row, to as many as prove; the first since power-on stands alone.
  private static func counted(_ isSo: Bool, _ count: UInt8, isFirst: Bool) -> UInt8 {
    if !isSo { return 0 }
    return isFirst ? proof : min(count + 1, proof)
  }
}

extension BatteryWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(millivolts)
    sink.put(samples)
    sink.put(hasRead)
    sink.put(newest)
    sink.put(trendMillivolts)
    sink.put(trendSince)
    sink.put(minutes)
    sink.put(lowReadings)
    sink.put(depletedReadings)
    sink.put(isExhausted)
    sink.put(openReadings)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    millivolts = source.takeInt32()
    samples = source.take8()
    hasRead = source.takeBool()
    newest = source.takeInt32()
    trendMillivolts = source.takeInt32()
    trendSince = source.takeInt64()
    minutes = source.takeInt32()
    lowReadings = source.take8()
    depletedReadings = source.take8()
    isExhausted = source.takeBool()
    openReadings = source.take8()
  }
}
