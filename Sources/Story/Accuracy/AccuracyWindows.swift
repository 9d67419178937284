import PumpHAL
import Text

/// The sample interval and the observation windows by which a kind of pump is judged.
///
/// After IEC 60601-2-24 as public sources report it: sample interval and windows of syringe pumps are
/// printed in pump manuals and by test instruments; those of ambulatory pumps are 30 times as long.
/// The text of the standard was not at hand, and the edition of 2012 leaves the sample interval open.
///
/// - Requirements: @relation(R-003, scope=file)
public struct AccuracyWindows: Equatable, Sendable {
  /// What they are called, `syringe` or `ambulatory`.
  public let name: String
  /// Time between two samples, min.
  public let sampleMinutes: Double
  /// The windows, min, each a whole number of sample intervals.
  public let windows: [Double]
  /// How much of a delivery the start-up curve shows, and how long it is let run in, min.
  public let startUpMinutes: Double
  /// Where the analysis period begins, min after the beginning of delivery.
  public let settlingMinutes: Double
  /// The longest analysis period, min; nil for all that there is.
  public let periodMaximum: Double?
  /// The shortest analysis period, min.
  public let periodMinimum: Double

  /// Syringe pumps: samples of half a minute, windows from 2 to 31 min over the second hour.
  public static let syringe = AccuracyWindows(
    name: "syringe", sampleMinutes: 0.5, windows: [2, 5, 11, 19, 31], startUpMinutes: 120,
    settlingMinutes: 60, periodMaximum: 60, periodMinimum: 60)

  /// Ambulatory pumps: samples of 15 min, windows from 15 to 930 min after a day of running in.
  public static let ambulatory = AccuracyWindows(
    name: "ambulatory", sampleMinutes: 15, windows: [15, 60, 150, 330, 570, 930],
    startUpMinutes: 1440, settlingMinutes: 1440, periodMaximum: nil, periodMinimum: 930)

  /// Both, the shorter windows first.
  public static let all = [syringe, ambulatory]

  /// How long a delivery has to be recorded for every window, min: 120, and 2370.
  public var durationMinutes: Double { settlingMinutes + periodMinimum }

  /// The period over which the windows are moved in a delivery recorded for so many minutes.
  ///
  /// The ambulatory windows ask for a day of running in. A shorter delivery is analysed from the end
  /// of its first hour, and says so; windows that do not fit are left out, each by name.
  ///
  /// - Throws: `CurveShortfall` where not even the shortest window has a period.
  public func period(in minutes: Double) throws(CurveShortfall) -> AnalysisPeriod {
    // One sample may be lost to the grid's beginning.
    if minutes >= durationMinutes - sampleMinutes {
      let end = min(minutes, settlingMinutes + (periodMaximum ?? .infinity))
      return AnalysisPeriod(fromMinutes: settlingMinutes, toMinutes: end)
    }
    let early = Self.earlySettlingMinutes
    guard settlingMinutes > early, let shortest = windows.first, minutes >= early + shortest else {
      let needed = settlingMinutes > early ? early + (windows.first ?? 0) : durationMinutes
      throw CurveShortfall(
        "the \(name) windows need \(curveMinutes(needed)) of delivery at one rate; "
          + "\(curveMinutes(minutes)) are too few")
    }
    return AnalysisPeriod(fromMinutes: early, toMinutes: minutes, isEarly: true)
  }

  /// Where the analysis of a delivery begins that is too short for a day of running in, min.
  static let earlySettlingMinutes = 60.0
}

/// The part of a delivery over which windows are moved.
public struct AnalysisPeriod: Equatable, Sendable {
  /// Where it begins, min after the beginning of delivery.
  public var fromMinutes: Double
  /// Where it ends, min after the beginning of delivery.
  public var toMinutes: Double
  /// Whether it begins sooner than the windows ask for.
  public var isEarly: Bool
  /// A period.
  public init(fromMinutes: Double, toMinutes: Double, isEarly: Bool = false) {
    self.fromMinutes = fromMinutes
    self.toMinutes = toMinutes
    self.isEarly = isEarly
  }
}

/// Why a curve, or a part of it, cannot be had.
public struct CurveShortfall: Error, Equatable, CustomStringConvertible, Sendable {
  /// What is missing, and what would do.
  public let description: String
  /// A shortfall.
  public init(_ description: String) { self.description = description }
}

/// Minutes as people read them, `31 min`.
func curveMinutes(_ minutes: Double) -> String {
  "\(DecimalText.trimmed(minutes, decimals: 1)) min"
}
