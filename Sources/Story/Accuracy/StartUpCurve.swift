/// The start-up curve: the flow in each sample interval from the beginning of delivery.
///
/// - Requirements: @relation(R-003, scope=file)
public struct StartUpCurve: Equatable, Sendable {
  /// The mean flow of one sample interval.
  public struct Point: Equatable, Sendable {
    /// The interval's end, min after the beginning of delivery.
    public var minutes: Double
    /// Flow, mL/h.
    public var millilitresPerHour: Double
  }

  /// What it was taken from.
  public var measure: DeliveryMeasure
  /// By which sample interval.
  public var windows: AccuracyWindows
  /// The flow, interval by interval.
  public var points: [Point]
  /// The flow that was set, mL/h.
  public var millilitresPerHour: Double
  /// The end of the first interval with at least nine tenths of the flow set, min; nil without one.
  public var riseMinutes: Double?
  /// What is missing of the whole curve; nil where it is whole.
  public var shortfall: CurveShortfall?

  /// The start-up curve of a course.
  ///
  /// - Parameters:
  ///   - course: the volume; time 0 s is the beginning of delivery.
  ///   - rate: the flow that was set, mL/h, above 0.
  ///   - windows: the sample interval, and how much the curve shows.
  /// - Throws: `CurveShortfall` where there is not one interval.
  public init(
    _ course: VolumeCourse, millilitresPerHour rate: Double, windows: AccuracyWindows
  ) throws(CurveShortfall) {
    precondition(rate > 0)
    let sample = windows.sampleMinutes
    let (start, volumes) = try course.grid(
      from: 0, to: windows.startUpMinutes * 60, every: sample * 60)
    measure = course.measure
    self.windows = windows
    millilitresPerHour = rate
    points = (1..<volumes.count).map { index in
      Point(
        minutes: start / 60 + Double(index) * sample,
        millilitresPerHour: (volumes[index] - volumes[index - 1]) * 60 / sample)
    }
    riseMinutes = points.first { $0.millilitresPerHour >= 0.9 * rate }?.minutes
    let shown = points.last?.minutes ?? 0
    if shown < windows.startUpMinutes - sample {
      shortfall = CurveShortfall(
        "the start-up curve goes to \(curveMinutes(windows.startUpMinutes)), and delivery at one rate was "
          + "recorded for \(curveMinutes(shown))")
    }
  }
}
