import PumpHAL

/// Keeps the mass of one drug below a cap in every window of a given length.
///
/// The history is a ring of running totals, one at the start of each bin of window/60, so the
/// oldest one kept is at least a whole window old: what was given since then is never less than
/// what any exact window holds, and more by one bin's worth at most. Masses are counted in 2^-16 ng,
/// rounded up. It counts ticks and never sees a clock, so midnight, time zones and a changed clock
/// mean nothing to it; ticks without power do not count as time either.
///
/// - Requirements.
struct DoseCap: Sendable {
  /// Bins in a window.
  static let binCount = 60

  /// Which window.
  let window: CapWindow
  /// Running totals at the start of the last 61 bins, 2^-16 ng; `newest` is the bin that runs.
  var totals = InlineArray<61, Int64>(repeating: 0)
  /// Index in `totals` of the bin that runs.
  var newest: Int32 = 0
  /// Number of the bin that runs, since the history began.
  var binNumber: UInt32 = 0
  /// The tick at which the bin that runs ends.
  var binEnd: Int64
  /// Total at the start of the oldest bin kept.
  var oldestTotal: Int64 = 0
  /// False after a history that could not be restored: then everything is refused.
  var isTrusted = true
  /// The sum of `totals`, kept as they are written: a total that changed by itself is not in it.
  var sum: Int64 = 0

  init(window: CapWindow) {
    self.window = window
    binEnd = window.ticks / Int64(DoseCap.binCount)
  }

  /// Length of a bin, ticks.
  var binTicks: Int64 { window.ticks / Int64(DoseCap.binCount) }

  /// Mass counted in the window, 2^-16 ng, when the running total is `total`.
  @inline(__always) func counted(_ total: Int64) -> Int64 { total - oldestTotal }

  /// Moves on to `now`; true when a new bin began and wants to be journalled.
  @inline(__always) mutating func advance(to now: Int64, total: Int64) -> Bool {
    if now < binEnd { return false }
    openBins(until: now, total: total)
    return true
  }

  private mutating func openBins(until now: Int64, total: Int64) {
    while now >= binEnd {
      newest = newest == 60 ? 0 : newest + 1
      sum &+= total &- totals[Int(newest)]
      totals[Int(newest)] = total
      oldestTotal = totals[newest == 60 ? 0 : Int(newest) + 1]
      binNumber += 1
      binEnd += binTicks
    }
  }

  /// Whether `bolus` may be given now while `basal` runs on.
  ///
  /// For every age a from 0 to the window's length W: what was given in the last a, plus the bolus,
  /// plus what the basal gives in W − a, must stay below the cap. What was given in the last a is
  /// taken back to the start of the bin in which a falls, which is never less.
  ///
  /// - Parameters:
  ///   - bolus: mass of the bolus, 2^-16 ng.
  ///   - basalPerBin: mass that the basal gives in one bin, 2^-16 ng, rounded up.
  ///   - total: the running total, 2^-16 ng.
  ///   - cap: the cap, 2^-16 ng.
  ///   - now: the present tick.
  mutating func allows(
    bolus: Int64, basalPerBin: Int64, total: Int64, cap: Int64, now: Int64
  ) -> Bool {
    guard isTrusted else { return false }
    let sinceBinStart = now - (binEnd - binTicks)
    var index = Int(newest)
    for age in 0...DoseCap.binCount {
      // What was given since the start of this bin holds for every age inside it; the youngest of
      // them is the age at which the next bin started.
      let youngest = age == 0 ? 0 : sinceBinStart + Int64(age - 1) * binTicks
      let left = max(0, window.ticks - youngest)
      let (bins, rest) = left.quotientAndRemainder(dividingBy: binTicks)
      let basal = basalPerBin * bins + (basalPerBin * rest + binTicks - 1) / binTicks
      if total - totals[index] + bolus + basal > cap { return false }
      index = index == 0 ? 60 : index - 1
    }
    return true
  }

  /// Takes what stands in the ring for right, after it was restored.
  mutating func seal() { sum = sumOfTotals() }

  /// Whether the ring is as it was written.
  mutating func isIntact() -> Bool {
    newest >= 0 && newest <= 60 && sum == sumOfTotals()
      && oldestTotal == totals[newest == 60 ? 0 : Int(newest) + 1]
  }

  private mutating func sumOfTotals() -> Int64 {
    var sum: Int64 = 0
    for index in 0..<totals.count { sum &+= totals[index] }
    return sum
  }

  /// Journal slots that one window's history takes.
  static let slotCount: UInt16 = 31
}

extension DoseCap: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(window)
    for index in 0..<totals.count { sink.put(totals[index]) }
    sink.put(newest)
    sink.put(binNumber)
    sink.put(binEnd)
    sink.put(oldestTotal)
    sink.put(isTrusted)
    sink.put(sum)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init(window: source.takeCase(or: .oneHour))
    for index in 0..<totals.count { totals[index] = source.takeInt64() }
    newest = source.takeInt32()
    if newest < 0 || newest > 60 {
      source.fail()
      newest = 0
    }
    binNumber = source.take32()
    binEnd = source.takeInt64()
    oldestTotal = source.takeInt64()
    isTrusted = source.takeBool()
    sum = source.takeInt64()
  }
}

/// The dose history of one drug: a running total and its three windows.
struct DoseHistory: Sendable {
  /// Number of the drug in the library; 0 while there is none.
  var drug: UInt16 = 0
  /// Everything counted since the history began, 2^-16 ng.
  var total: Int64 = 0 { didSet { complement &-= total &- oldValue } }
  /// Minus `total`, kept with every change: a total that changed by itself does not cancel it.
  var complement: Int64 = 0
  var oneHour = DoseCap(window: .oneHour)
  var fourHours = DoseCap(window: .fourHours)
  var day = DoseCap(window: .day)

  /// 2^-16 ng in one nanogram.
  static let unitsPerNanogram: Int64 = 65_536

  /// Whether `mass` more stays below every cap that is set.
  @inline(__always) func hasRoom(for mass: Int64, caps: Windows<Int64>) -> Bool {
    let next = total + mass
    return oneHour.counted(next) <= caps.oneHour && fourHours.counted(next) <= caps.fourHours
      && day.counted(next) <= caps.day
  }

  /// Whether total and windows are as they were written.
  mutating func isIntact() -> Bool {
    total &+ complement == 0 && oneHour.isIntact() && fourHours.isIntact() && day.isIntact()
  }

  /// Whether `bolus` may be given now in every window while the basal runs on.
  mutating func allows(
    bolus: Int64, basalPerBin basal: Windows<Int64>, caps: Windows<Int64>, now: Int64
  ) -> Bool {
    oneHour.allows(
      bolus: bolus, basalPerBin: basal.oneHour, total: total, cap: caps.oneHour, now: now)
      && fourHours.allows(
        bolus: bolus, basalPerBin: basal.fourHours, total: total, cap: caps.fourHours, now: now)
      && day.allows(bolus: bolus, basalPerBin: basal.day, total: total, cap: caps.day, now: now)
  }

  /// Whether the history of every window can be trusted.
  var isTrusted: Bool { oneHour.isTrusted && fourHours.isTrusted && day.isTrusted }
}

extension DoseHistory: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(drug)
    sink.put(total)
    sink.put(complement)
    oneHour.encode(to: &sink)
    fourHours.encode(to: &sink)
    day.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    drug = source.take16()
    total = source.takeInt64()
    complement = source.takeInt64()
    oneHour = DoseCap(from: &source)
    fourHours = DoseCap(from: &source)
    day = DoseCap(from: &source)
  }
}
