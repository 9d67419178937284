import PumpHAL
import Text

/// What a volume was taken from; a curve is named for it.
public enum DeliveryMeasure: String, Equatable, Sendable, CaseIterable {
  /// What reached the tissue in the modelled world.
  case plantTruth = "plant-truth"
  /// What ran onto a balance.
  case balance
  /// The motor's encoder.
  case encoder
  /// The steps that the motor was given.
  case motorSteps = "motor-steps"
  /// What the pump itself counts as dispensed.
  case pumpCount = "pump-count"

  /// Whether it is fluid that was measured; else it is the drive alone.
  public var isFluid: Bool { self == .plantTruth || self == .balance }

  /// What a curve from it is called.
  public var title: String {
    switch self {
    case .plantTruth: "fluid into the tissue, by the model"
    case .balance: "fluid, by balance"
    case .encoder: "drive accuracy by encoder, not fluid"
    case .motorSteps: "drive accuracy by motor steps, not fluid"
    case .pumpCount: "the pump's own count, not fluid"
    }
  }
}

/// A volume that had been delivered by a moment.
public struct VolumeSample: Equatable, Sendable {
  /// When, s.
  public var seconds: Double
  /// How much, mL, since any beginning.
  public var millilitres: Double
  /// A sample.
  public init(seconds: Double, millilitres: Double) {
    self.seconds = seconds
    self.millilitres = millilitres
  }
}

/// A delivered volume over time, as it was measured.
///
/// Between two samples the volume is taken as a straight line, but only where they lie no further
/// apart than a sample interval: what was not measured is not made up.
public struct VolumeCourse: Equatable, Sendable {
  /// The samples, each later than the one before.
  public private(set) var samples: [VolumeSample] = []
  /// What they were taken from.
  public let measure: DeliveryMeasure
  /// The smallest volume that the measure can tell from none, mL; 0 where it is not to be seen.
  public let resolutionMillilitres: Double

  /// A course without samples.
  public init(_ measure: DeliveryMeasure, resolutionMillilitres: Double = 0) {
    self.measure = measure
    self.resolutionMillilitres = resolutionMillilitres
  }

  /// A course of samples; one that is not later than the one before it is left out.
  public init(
    _ measure: DeliveryMeasure, _ samples: some Sequence<VolumeSample>,
    resolutionMillilitres: Double = 0
  ) {
    self.init(measure, resolutionMillilitres: resolutionMillilitres)
    for sample in samples { append(sample) }
  }

  /// A course of masses on a balance.
  ///
  /// - Parameters:
  ///   - masses: when, s, and how much stood on the balance, g.
  ///   - density: of the fluid, g/mL, above 0.
  ///   - evaporation: what leaves the vessel by itself, g/h; it is added back.
  ///   - resolution: of the balance, g.
  public init(
    masses: some Sequence<(seconds: Double, grams: Double)>, gramsPerMillilitre density: Double,
    evaporationGramsPerHour evaporation: Double = 0, resolutionGrams resolution: Double = 0
  ) {
    precondition(density > 0)
    self.init(.balance, resolutionMillilitres: resolution / density)
    for mass in masses {
      let whole = mass.grams + evaporation * mass.seconds / 3600
      append(VolumeSample(seconds: mass.seconds, millilitres: whole / density))
    }
  }

  /// Adds a sample; one that is not later than the last, or no number, is left out.
  public mutating func append(_ sample: VolumeSample) {
    guard sample.seconds.isFinite, sample.millilitres.isFinite else { return }
    if let last = samples.last, sample.seconds <= last.seconds { return }
    samples.append(sample)
  }

  /// Volumes on an even grid that begins with the first sample at or after a moment.
  ///
  /// - Parameters:
  ///   - start: the moment, s.
  ///   - end: where the grid ends that begins at the moment, s.
  ///   - interval: the grid's step, s.
  /// - Throws: `CurveShortfall` where samples lie further apart than the step, or are missing.
  func grid(
    from start: Double, to end: Double, every interval: Double
  ) throws(CurveShortfall) -> (start: Double, millilitres: [Double]) {
    guard let first = gridStart(from: start, interval) else {
      throw CurveShortfall("\(measure.title): no sample at the beginning of the analysis")
    }
    let origin = samples[first].seconds
    // A grid that begins a little late ends as much later.
    let last = min(end + origin - start, samples[samples.count - 1].seconds)
    let count = Int(((last - origin) / interval + 1e-9).rounded(.down))
    guard count > 0 else {
      throw CurveShortfall("\(measure.title): fewer than two samples to analyse")
    }
    var values: [Double] = []
    values.reserveCapacity(count + 1)
    var index = first
    for step in 0...count {
      let moment = origin + Double(step) * interval
      while index + 1 < samples.count, samples[index + 1].seconds <= moment { index += 1 }
      values.append(try value(at: moment, after: index, interval))
    }
    return (origin, values)
  }

  /// The sample with which the grid begins: one that has another a step later, where there is one.
  ///
  /// Samples that were taken at the grid's own interval are then taken as they are.
  private func gridStart(from start: Double, _ interval: Double) -> Int? {
    guard let first = samples.firstIndex(where: { $0.seconds >= start - 1e-9 }),
      samples[first].seconds < start + interval
    else { return nil }
    var later = first
    for index in first..<samples.count where samples[index].seconds < start + interval {
      let next = samples[index].seconds + interval
      while later < samples.count, samples[later].seconds < next - 1e-6 { later += 1 }
      if later < samples.count, samples[later].seconds <= next + 1e-6 { return index }
    }
    return first
  }

  /// The volume at a moment that lies at or after a sample and before the next one.
  private func value(
    at moment: Double, after index: Int, _ interval: Double
  ) throws(CurveShortfall) -> Double {
    let before = samples[index]
    guard moment - before.seconds > 1e-6, index + 1 < samples.count else {
      return before.millilitres
    }
    let after = samples[index + 1]
    let gap = after.seconds - before.seconds
    // A sample may come a little late.
    guard gap <= 1.05 * interval else {
      throw CurveShortfall(
        "\(measure.title): \(DecimalText.trimmed(gap, decimals: 1)) s lie between two samples, and "
          + "these windows need one every \(DecimalText.trimmed(interval, decimals: 1)) s")
    }
    let share = (moment - before.seconds) / gap
    return before.millilitres + (after.millilitres - before.millilitres) * share
  }
}

extension VolumeCourse {
  /// The part from one moment to another, with its time counted from the first.
  public func part(from start: Double, to end: Double) -> VolumeCourse {
    VolumeCourse(
      measure,
      samples.lazy.filter { $0.seconds >= start - 1e-9 && $0.seconds <= end + 1e-9 }.map {
        VolumeSample(seconds: $0.seconds - start, millilitres: $0.millilitres)
      }, resolutionMillilitres: resolutionMillilitres)
  }

  /// Mean volume and mean moment of the samples in a time; nil where there are none.
  public func mean(from start: Double, to end: Double) -> VolumeSample? {
    var sum = VolumeSample(seconds: 0, millilitres: 0)
    var count = 0.0
    for sample in samples where sample.seconds >= start && sample.seconds <= end {
      sum.seconds += sample.seconds
      sum.millilitres += sample.millilitres
      count += 1
    }
    guard count > 0 else { return nil }
    return VolumeSample(seconds: sum.seconds / count, millilitres: sum.millilitres / count)
  }
}
