/// The trumpet curve: the largest and the least error of the flow in windows of growing length.
///
/// For every window of length P in the analysis period the mean flow is held against the flow that was
/// set; the window moves by one sample interval S. With W the volume at each sample and r the flow
/// set, `e(j) = 100 · ((W(j + P/S) − W(j)) / (r · P) − 1)`, which is the mean of the errors of the P/S
/// sample flows in it; `Ep(max)` and `Ep(min)` are the largest and the least e(j), in %.
///
/// - Requirements: @relation(R-003, scope=file)
public struct TrumpetCurve: Equatable, Sendable {
  /// One length of window.
  public struct Window: Equatable, Sendable {
    /// Its length P, min.
    public var minutes: Double
    /// Ep(max), %.
    public var highest: Double
    /// Ep(min), %.
    public var lowest: Double
    /// How many windows of that length there were.
    public var count: Int
    /// What the measure's resolution can make of it, ± %; 0 where it is not to be seen.
    public var resolution: Double
  }

  /// What it was taken from.
  public var measure: DeliveryMeasure
  /// By which windows.
  public var windows: AccuracyWindows
  /// The lengths that fit, in order.
  public var points: [Window]
  /// The lengths that do not fit, each with what would do.
  public var missing: [CurveShortfall]
  /// Mean error of the flow over the whole period, A, %.
  public var meanError: Double
  /// The period that was analysed.
  public var period: AnalysisPeriod
  /// The flow that was set, mL/h.
  public var millilitresPerHour: Double

  /// The trumpet curve of a course.
  ///
  /// - Parameters:
  ///   - course: the volume; time 0 s is the beginning of delivery.
  ///   - rate: the flow that was set, mL/h, above 0.
  ///   - windows: the windows.
  ///   - period: what to analyse; nil for what the windows ask for, see `AccuracyWindows.period`.
  /// - Throws: `CurveShortfall` where not one window can be had.
  public init(
    _ course: VolumeCourse, millilitresPerHour rate: Double, windows: AccuracyWindows,
    over period: AnalysisPeriod? = nil
  ) throws(CurveShortfall) {
    precondition(rate > 0)
    let recorded = (course.samples.last?.seconds ?? 0) / 60
    let asked: AnalysisPeriod
    if let period { asked = period } else { asked = try windows.period(in: recorded) }
    let sample = windows.sampleMinutes
    let (start, volumes) = try course.grid(
      from: asked.fromMinutes * 60, to: asked.toMinutes * 60, every: sample * 60)
    measure = course.measure
    self.windows = windows
    millilitresPerHour = rate
    let steps = volumes.count - 1
    self.period = AnalysisPeriod(
      fromMinutes: start / 60, toMinutes: start / 60 + Double(steps) * sample,
      isEarly: asked.isEarly)
    let wanted = rate / 60 * sample
    meanError = 100 * ((volumes[steps] - volumes[0]) / (wanted * Double(steps)) - 1)
    points = []
    missing = []
    for minutes in windows.windows {
      let width = Int((minutes / sample).rounded())
      guard width <= steps else {
        missing.append(
          CurveShortfall(
            "the window of \(curveMinutes(minutes)) needs an analysis period of as much, and this one "
              + "has \(curveMinutes(Double(steps) * sample))"))
        continue
      }
      var highest = -Double.infinity
      var lowest = Double.infinity
      for first in 0...(steps - width) {
        let error =
          100 * ((volumes[first + width] - volumes[first]) / (wanted * Double(width)) - 1)
        highest = max(highest, error)
        lowest = min(lowest, error)
      }
      points.append(
        Window(
          minutes: minutes, highest: highest, lowest: lowest, count: steps - width + 1,
          resolution: 100 * course.resolutionMillilitres / (rate / 60 * minutes)))
    }
    guard !points.isEmpty else {
      throw missing.first ?? CurveShortfall("there are no windows")
    }
  }
}
