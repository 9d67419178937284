import PumpHAL

/// The longest time in a session in which the pump was to deliver one and the same flow.
///
/// Boluses, stops, changes of the rate and of the syringe end it: none of them is an error of the flow.
public struct SteadyDelivery: Equatable, Sendable {
  /// From its first tick to the first one after it.
  public var span: TickSpan
  /// The flow commanded, mL/h.
  public var millilitresPerHour: Double
  /// Whether nothing was delivered just before, so that its beginning shows the start-up.
  public var beganAtRest: Bool
  /// What was delivered in it, by each measure that the record has; time 0 s is its beginning.
  public var courses: [VolumeCourse]
  /// A delivery.
  public init(
    span: TickSpan, millilitresPerHour: Double, beganAtRest: Bool, courses: [VolumeCourse] = []
  ) {
    self.span = span
    self.millilitresPerHour = millilitresPerHour
    self.beganAtRest = beganAtRest
    self.courses = courses
  }

  /// Puts the volume that reached the tissue in that time before the other courses.
  ///
  /// - Parameter infused: samples in session time.
  mutating func takeTruth(_ infused: [VolumeSample]) {
    let start = Double(span.from) / Double(ticksPerSecond)
    let end = Double(span.to ?? .max) / Double(ticksPerSecond)
    // The record keeps a volume to a millionth of a millilitre.
    let course = VolumeCourse(
      .plantTruth,
      infused.lazy.filter { $0.seconds >= start && $0.seconds <= end }.map {
        VolumeSample(seconds: $0.seconds - start, millilitres: $0.millilitres)
      }, resolutionMillilitres: 1e-6)
    if course.samples.count > 1 { courses.insert(course, at: 0) }
  }

  /// How long it lasted, min.
  public var minutes: Double {
    Double((span.to ?? span.from) - span.from) / Double(60 * ticksPerSecond)
  }
}

/// Start-up curve and trumpet curve by one set of windows, from one measure, or why not.
public struct AccuracyCurves: Equatable, Sendable {
  /// From what.
  public var measure: DeliveryMeasure
  /// By which windows.
  public var windows: AccuracyWindows
  /// The start-up curve.
  public var startUp: Result<StartUpCurve, CurveShortfall>
  /// The trumpet curve.
  public var trumpet: Result<TrumpetCurve, CurveShortfall>

  /// The curves of a course.
  public init(_ course: VolumeCourse, millilitresPerHour: Double, windows: AccuracyWindows) {
    measure = course.measure
    self.windows = windows
    startUp = Result { () throws(CurveShortfall) in
      try StartUpCurve(course, millilitresPerHour: millilitresPerHour, windows: windows)
    }
    trumpet = Result { () throws(CurveShortfall) in
      try TrumpetCurve(course, millilitresPerHour: millilitresPerHour, windows: windows)
    }
  }
}

extension SteadyDelivery {
  /// The curves by one set of windows, one for each measure, fluid first.
  public func curves(by windows: AccuracyWindows) -> [AccuracyCurves] {
    courses.map {
      AccuracyCurves($0, millilitresPerHour: millilitresPerHour, windows: windows)
    }
  }
}
