// Start-up curve and trumpet curve on the bench.

import Catalogue
import PumpHAL
import Session
import SessionFile
import Story
import Vocabulary

/// Measures how a pump starts up and how exactly it keeps one rate.
public struct AccuracyProcedure: Sendable {
  /// What is measured of it.
  public enum Aim: String, Sendable {
    /// Start-up curve and trumpet curve.
    case accuracy
    /// The start-up curve alone.
    case startUp = "startup"
  }

  /// What is measured.
  public let aim: Aim
  /// By which windows.
  public let windows: AccuracyWindows
  /// The session that is run.
  public let description: SessionDescription
  /// The rate that it holds longest, mL/h.
  public let millilitresPerHour: Double
  /// How long it holds it, min.
  public let minutes: Double
  /// An error of so many per cent has to be told, %.
  public let withinPercent: Double

  /// A measurement at one rate.
  ///
  /// - Parameters:
  ///   - minutes: how long; nil for as long as the windows ask, and a minute.
  ///   - percent: an error of so many per cent has to be told, %.
  /// - Throws: `ProcedureError.usage` where the pump has no such rate or the duration is too short.
  public init(
    _ aim: Aim, millilitresPerHour rate: Double, windows: AccuracyWindows, minutes: Double?,
    setUp: BenchSetUp, within percent: Double
  ) throws(ProcedureError) {
    let minutes = minutes ?? Self.usualMinutes(aim, windows)
    try Self.check(aim, windows, minutes)
    let pump = try setUp.pumpEntry()
    let rate = try checkedRate(rate, pump)
    description = try setUp.description(
      "\(aim == .accuracy ? "Accuracy" : "Start-up") at \(plain(rate, 2)) mL/h, \(windows.name) windows",
      volume: rate * minutes / 60,
      programme: ["basal: \(plain(rate, 2)) mL/h for \(fileTime(minutes: minutes))"])
    self.aim = aim
    self.windows = windows
    millilitresPerHour = rate
    self.minutes = minutes
    withinPercent = percent
  }

  /// A measurement of the longest steady delivery of a session.
  public init(
    _ aim: Aim, of description: SessionDescription, windows: AccuracyWindows, within percent: Double
  ) throws(ProcedureError) {
    guard let basal = description.longestBasal else {
      throw .usage("the session has no basal rate to measure; give it one, or give --rate")
    }
    try Self.check(aim, windows, basal.minutes)
    self.aim = aim
    self.windows = windows
    self.description = description
    millilitresPerHour = basal.millilitresPerHour
    minutes = basal.minutes
    withinPercent = percent
  }

  private static func usualMinutes(_ aim: Aim, _ windows: AccuracyWindows) -> Double {
    (aim == .startUp ? windows.startUpMinutes : windows.durationMinutes) + windows.sampleMinutes * 2
  }

  private static func check(
    _ aim: Aim, _ windows: AccuracyWindows, _ minutes: Double
  ) throws(ProcedureError) {
    if aim == .startUp {
      guard minutes >= 2 * windows.sampleMinutes else {
        throw .usage(
          "a start-up curve from samples of \(plain(windows.sampleMinutes, 1)) min needs at least two; measure "
            + "for \(plain(windows.startUpMinutes, 0)) min")
      }
      return
    }
    do throws(CurveShortfall) {
      let period = try windows.period(in: minutes)
      let largest = windows.windows.last ?? 0
      guard period.toMinutes - period.fromMinutes >= largest - windows.sampleMinutes else {
        throw CurveShortfall(
          "the window of \(plain(largest, 0)) min does not fit into \(plain(minutes, 1)) min of delivery, "
            + "of which \(plain(period.fromMinutes, 0)) min are let run in")
      }
    } catch {
      let least = Self.leastMinutes(windows)
      let whole = windows.durationMinutes
      throw .usage(
        "\(error); measure for at least \(plain(least, 0)) min"
          + (whole > least ? ", better \(plain(whole, 0)) min" : ""))
    }
  }

  /// The shortest delivery in which every window fits, min.
  private static func leastMinutes(_ windows: AccuracyWindows) -> Double {
    windows.periodMaximum == nil
      ? 60 + (windows.windows.last ?? 0) : windows.durationMinutes
  }

  /// What can be told, by each means.
  public func budgets(_ means: [MeasuringMeans]) -> [UncertaintyBudget] {
    means.map { means in
      if aim == .startUp {
        // Of the flow that is reached, over a tenth of the curve.
        return UncertaintyBudget(
          means, millilitresPerHour: millilitresPerHour, windows: [windows.sampleMinutes],
          periodMinutes: minutes / 10, within: withinPercent)
      }
      let period = try? windows.period(in: minutes)
      return UncertaintyBudget(
        means, millilitresPerHour: millilitresPerHour, windows: windows.windows,
        periodMinutes: period.map { $0.toMinutes - $0.fromMinutes } ?? minutes,
        within: withinPercent)
    }
  }

  /// What a run has shown.
  ///
  /// - Throws: `ProcedureError.incomplete` where the rate was not held long enough.
  public func finding(
    _ run: ProcedureRun, _ budgets: [UncertaintyBudget]
  ) throws(ProcedureError) -> [AccuracyFinding] {
    guard let steady = run.story.steady, let end = steady.span.to else {
      throw .incomplete("nothing was delivered; see the alarms")
    }
    let short = minutes - steady.minutes
    guard short < max(1, windows.sampleMinutes) else {
      let alarms = run.story.alarms.map { $0.id.name }.joined(separator: ", ")
      throw .incomplete(
        "the rate was held for \(plain(steady.minutes, 1)) of \(plain(minutes, 1)) min"
          + (alarms.isEmpty ? "" : "; alarms: \(alarms)"))
    }
    let start = Double(steady.span.from) / Double(ticksPerSecond)
    let last = Double(end) / Double(ticksPerSecond)
    var found: [AccuracyFinding] = []
    for budget in budgets {
      guard let whole = run.course(by: budget.means.measure) else { continue }
      let course = whole.part(from: start, to: last)
      found.append(
        AccuracyFinding(
          budget: budget,
          curves: AccuracyCurves(
            course, millilitresPerHour: steady.millilitresPerHour, windows: windows)))
    }
    return found
  }
}

/// What one means has shown of a rate.
public struct AccuracyFinding: Equatable, Sendable {
  /// How well it could be told.
  public var budget: UncertaintyBudget
  /// The curves.
  public var curves: AccuracyCurves

  /// The trumpet curve, where there is one.
  public var trumpet: TrumpetCurve? { try? curves.trumpet.get() }
  /// The start-up curve, where there is one.
  public var startUp: StartUpCurve? { try? curves.startUp.get() }

  /// Expanded uncertainty of a window's error, %.
  public func uncertainty(ofMinutes minutes: Double) -> Double {
    budget.means.expandedPercent(
      millilitresPerHour: startUp?.millilitresPerHour ?? trumpet?.millilitresPerHour ?? 0,
      minutes: minutes)
  }

  /// Whether a window's error can be told as well as was asked.
  public func canTell(minutes: Double) -> Bool {
    uncertainty(ofMinutes: minutes) <= budget.withinPercent
  }
}

/// A rate that the pump has, in its steps of 0.01 mL/h.
func checkedRate(_ rate: Double, _ pump: PumpEntry) throws(ProcedureError) -> Double {
  let lowest = Double(pump.configuration.basalMinimum.nanolitresPerHour) / 1e6
  let highest = Double(pump.configuration.basalMaximum.nanolitresPerHour) / 1e6
  let steps = (rate * 100).rounded()
  guard rate.isFinite, rate >= lowest - 1e-9, rate <= highest + 1e-9, abs(rate * 100 - steps) < 1e-6
  else {
    throw .usage(
      "\(plain(rate, 4)) mL/h is no rate of \(pump.id): it has \(plain(lowest, 2)) to \(plain(highest, 2)) mL/h "
        + "in steps of 0.01 mL/h")
  }
  return steps / 100
}
