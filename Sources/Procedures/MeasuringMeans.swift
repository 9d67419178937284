// By what a volume is measured, and how well it can be told: reckoned before anything moves.

import Story

/// What a measurement is made by, with everything that makes it uncertain.
///
/// Each is a standard uncertainty or a resolution after JCGM 100:2008; what is stated as ±a counts as
/// rectangular, a/√3; expanded uncertainties are twice the standard ones.
public struct MeasuringMeans: Equatable, Sendable {
  /// From what the volume is taken.
  public var measure: DeliveryMeasure
  /// The last digit of a reading, as a volume, mL.
  public var digitMillilitres: Double
  /// Repeatability of a reading, standard deviation, mL.
  public var repeatabilityMillilitres = 0.0
  /// Standard uncertainty of what is added back for evaporation and drift, mL/h.
  public var driftMillilitresPerHour = 0.0
  /// Relative standard uncertainty of the whole, such as density's, %.
  public var gainPercent = 0.0
  /// Standard uncertainty of a reading's moment, s.
  public var timingSeconds = 0.0
  /// Where the figures come from, a sentence each.
  public var sources: [String] = []

  /// A measure with a resolution.
  public init(_ measure: DeliveryMeasure, digitMillilitres: Double) {
    self.measure = measure
    self.digitMillilitres = digitMillilitres
  }

  /// Standard uncertainty of one reading, mL.
  var readingMillilitres: Double {
    (digitMillilitres * digitMillilitres / 12
      + repeatabilityMillilitres * repeatabilityMillilitres).squareRoot()
  }

  /// Expanded uncertainty of the volume delivered between two readings, mL.
  ///
  /// - Parameters:
  ///   - volume: about how much, mL.
  ///   - minutes: the time between the readings.
  public func expandedMillilitres(of volume: Double, minutes: Double) -> Double {
    let timing = minutes > 0 ? volume / (minutes * 60) * timingSeconds : 0
    let drift = driftMillilitresPerHour * minutes / 60
    let gain = gainPercent / 100 * volume
    let reading = readingMillilitres
    let variance =
      2 * reading * reading + 2 * timing * timing + drift * drift + gain * gain
    return 2 * variance.squareRoot()
  }

  /// Expanded uncertainty of a mean flow over a time, %.
  public func expandedPercent(millilitresPerHour rate: Double, minutes: Double) -> Double {
    let volume = rate * minutes / 60
    return 100 * expandedMillilitres(of: volume, minutes: minutes) / volume
  }
}

/// What can be told of one quantity, before it is measured.
public struct ForeseenUncertainty: Equatable, Sendable {
  /// Of what.
  public var quantity: String
  /// Expanded uncertainty (k = 2), %.
  public var percent: Double
  /// Whether that is enough for what is asked.
  public var isEnough: Bool
}

/// What a measurement will be able to tell, by one means.
public struct UncertaintyBudget: Equatable, Sendable {
  /// By what.
  public var means: MeasuringMeans
  /// What is asked: an error of so many per cent has to be told, %.
  public var withinPercent: Double
  /// Quantity by quantity, the main one first.
  public var lines: [ForeseenUncertainty]
  /// Why nothing of it can tell what is asked, and what would do; nil where the main one can.
  public var refusal: String?

  /// The budget of mean flow and windows.
  public init(
    _ means: MeasuringMeans, millilitresPerHour rate: Double, windows: [Double],
    periodMinutes period: Double, within percent: Double
  ) {
    self.means = means
    withinPercent = percent
    func line(_ quantity: String, _ minutes: Double) -> ForeseenUncertainty {
      let value = means.expandedPercent(millilitresPerHour: rate, minutes: minutes)
      return ForeseenUncertainty(quantity: quantity, percent: value, isEnough: value <= percent)
    }
    lines = [line("mean flow over \(plain(period, 1)) min", period)]
    lines += windows.filter { $0 <= period }.map { line("window of \(plain($0, 1)) min", $0) }
    guard let first = lines.first, !first.isEnough else { return }
    refusal = Self.refusal(
      means, what: first, asked: percent, remedies: Self.remedies(means, rate, period, percent))
  }

  /// The budget of single volumes.
  public init(
    _ means: MeasuringMeans, of quantity: String, millilitres volume: Double, minutes: Double,
    within percent: Double
  ) {
    self.means = means
    withinPercent = percent
    let value = 100 * means.expandedMillilitres(of: volume, minutes: minutes) / volume
    let line = ForeseenUncertainty(quantity: quantity, percent: value, isEnough: value <= percent)
    lines = [line]
    guard !line.isEnough else { return }
    let reading = means.readingMillilitres
    let needed = 2 * 2.0.squareRoot() * reading * 100 / percent
    refusal = Self.refusal(
      means, what: line, asked: percent,
      remedies: [
        "a volume of at least \(plain(needed, 4)) mL",
        "readings that are \(plain(value / percent, 1)) times finer",
      ])
  }

  private static func refusal(
    _ means: MeasuringMeans, what: ForeseenUncertainty, asked: Double, remedies: [String]
  ) -> String {
    "\(what.quantity), \(means.measure.title): the uncertainty is ±\(plain(what.percent, 2)) % (k = 2), and "
      + "±\(plain(asked, 2)) % is asked; what would do: \(remedies.joined(separator: ", or "))"
  }

  /// What would do, each alone.
  private static func remedies(
    _ means: MeasuringMeans, _ rate: Double, _ period: Double, _ percent: Double
  ) -> [String] {
    func enough(_ means: MeasuringMeans, _ rate: Double, _ period: Double) -> Bool {
      means.expandedPercent(millilitresPerHour: rate, minutes: period) <= percent
    }
    var found: [String] = []
    for factor in [1.5, 2, 3, 5, 10, 20, 50, 100] {
      if enough(means, rate, period * factor) {
        found.append("an analysis period of \(plain(period * factor, 0)) min")
        break
      }
    }
    for factor in [1.5, 2, 3, 5, 10, 20, 50, 100] {
      if enough(means, rate * factor, period) {
        found.append("a rate of \(plain(rate * factor, 3)) mL/h")
        break
      }
    }
    for divisor in [2.0, 5, 10, 100, 1000] {
      var finer = means
      finer.digitMillilitres /= divisor
      finer.repeatabilityMillilitres /= divisor
      if enough(finer, rate, period) {
        found.append("readings that are \(plain(divisor, 0)) times finer")
        break
      }
    }
    var still = means
    still.driftMillilitresPerHour = 0
    if means.driftMillilitresPerHour > 0, enough(still, rate, period) {
      found.append("an evaporation that is known better: watch the vessel longer, with --rest")
    }
    return found.isEmpty
      ? ["a density and an evaporation that are better known, or more per cent with --within"]
      : found
  }
}
