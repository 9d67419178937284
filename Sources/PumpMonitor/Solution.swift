import PumpHAL

/// How much of each drug is in the solution, ng/mL; 0 where there is none.
struct Solution: Equatable, Sendable {
  /// The drug that doses in mass count.
  var leading: Int64
  /// The other drug of a mixture.
  var second: Int64
}

/// What bounds one drug in a window: its cap, ng, and how far beyond it the monitor objects.
struct DoseBound: Sendable {
  var cap: Int64
  var tolerance: Int64
  /// Drug in the solution, ng/mL.
  var concentration: Int64

  /// Without a cap or without the drug nothing is bounded.
  ///
  /// - Parameter keepOpenRun: volume that the keep-open rate gives in the window by order, nL.
  init(cap: Int64, concentration: Int64, keepOpenRun: Int64) {
    self.cap = cap
    self.concentration = concentration
    // 0.02 mL of this solution, and what rounding up sixty cells adds.
    tolerance = concentration / 50 + 60
    if keepOpenRun > 0 {
      tolerance += Ratio.roundedUp(keepOpenRun, times: concentration, over: 1_000_000)
    }
  }
}

/// A drug of the mixture beside the leading one, as the monitor heard it.
struct SecondDrug: Sendable {
  /// Drug by library number.
  var number: UInt16 = 0
  /// Drug in the solution, ng/mL; 0 where there is none.
  var concentration: Int64 = 0
  /// Hard limit of continuous delivery, ng/h; 0 where none is set.
  var doseRateLimit: Int64 = 0
  /// Hard limit of one bolus, ng; 0 where none is set.
  var bolusLimit: Int64 = 0
  /// Dose caps in 1 h, 4 h and 24 h, ng; 0 where none is set.
  var caps: InlineArray<3, Int64> = [0, 0, 0]

  /// The volume of solution that holds `mass` ng of it, rounded up; the largest without it.
  func volume(of mass: Int64) -> Attolitres {
    guard concentration > 0 else { return Attolitres(rawValue: Attolitres.perMillilitre * 1000) }
    return Attolitres(
      rawValue: Prescription.cut(
        Ratio.roundedUp(mass, times: Attolitres.perMillilitre, over: concentration),
        to: Attolitres.perMillilitre * 1000))
  }

  /// Whether a volume in a tick keeps the hard limit of its dose rate.
  func allowsContinuous(_ perTick: Attolitres) -> Bool {
    guard concentration > 0, doseRateLimit > 0 else { return true }
    // One hour has 360 000 ticks; what rounding adds is forgiven.
    return perTick.rawValue <= volume(of: doseRateLimit).rawValue / 360_000 + 1
  }

  /// Whether a bolus of `volume` keeps the hard limit of a bolus.
  func allowsBolus(_ volume: Attolitres) -> Bool {
    guard concentration > 0, bolusLimit > 0 else { return true }
    return volume <= self.volume(of: bolusLimit) + Attolitres(rawValue: 1_000_000)
  }
}

extension SecondDrug: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(number)
    sink.put(concentration)
    sink.put(doseRateLimit)
    sink.put(bolusLimit)
    for index in 0..<3 { sink.put(caps[index]) }
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    number = source.take16()
    concentration = source.takeInt64()
    doseRateLimit = source.takeInt64()
    bolusLimit = source.takeInt64()
    for index in 0..<3 { caps[index] = source.takeInt64() }
  }
}
