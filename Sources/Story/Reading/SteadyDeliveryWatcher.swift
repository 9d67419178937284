import PumpHAL

/// Finds the longest time of one and the same flow, and reads the drive twice a minute in it.
struct SteadyDeliveryWatcher {
  /// One reading of the drive.
  private struct DriveReading {
    var tick: Int64
    var steps: Int64?
    var counts: Int64?
  }

  private struct Candidate {
    var start: Int64
    var nanolitresPerHour: UInt32
    var beganAtRest: Bool
    var drive: DriveMeasure
    var readings: [DriveReading] = []
  }

  /// Ticks between two readings: the shortest sample interval there is.
  private static let interval = Int64(AccuracyWindows.syringe.sampleMinutes * 60) * ticksPerSecond

  private var current: Candidate?
  private var longest: (candidate: Candidate, end: Int64)?
  private var lastFlow: UInt32 = 0
  private var nextReading = Int64.max
  private var lastCount: Int32?
  private var counts: Int64 = 0

  /// Looks at a tick.
  ///
  /// - Parameter flow: commanded towards the patient under both permits, nL/h; 0 for none.
  mutating func take(
    flow: UInt32, sensors: SensorFrame, syringe: SyringeUse?, capabilities: Capabilities?,
    at tick: Int64
  ) {
    if sensors.encoderValidity == .valid {
      if let lastCount, lastCount != sensors.encoderCount {
        counts &+= Int64(sensors.encoderCount &- lastCount)
      }
      lastCount = sensors.encoderCount
    }
    if flow != lastFlow {
      end(at: tick)
      if flow > 0, let syringe, let capabilities {
        current = Candidate(
          start: tick, nanolitresPerHour: flow, beganAtRest: lastFlow == 0,
          drive: DriveMeasure(capabilities, syringe.syringe))
        nextReading = tick
      }
      lastFlow = flow
    }
    if tick >= nextReading { read(sensors, at: tick) }
  }

  private mutating func read(_ sensors: SensorFrame, at tick: Int64) {
    guard let start = current?.start else { return }
    current?.readings.append(
      DriveReading(
        tick: tick, steps: sensors.motionValidity == .valid ? sensors.stepCount : nil,
        counts: sensors.encoderValidity == .valid ? counts : nil))
    nextReading = start + ((tick - start) / Self.interval + 1) * Self.interval
  }

  /// Ends the time of one flow, if there is one, before this tick.
  private mutating func end(at tick: Int64) {
    nextReading = .max
    guard let ended = current else { return }
    current = nil
    if let longest, longest.end - longest.candidate.start >= tick - ended.start { return }
    longest = (ended, tick)
  }

  /// The longest time found in all the ticks.
  mutating func finish(at tick: Int64) -> SteadyDelivery? {
    end(at: tick + 1)
    guard let (found, end) = longest else { return nil }
    let course = VolumeCourse(
      found.drive.measure,
      found.readings.compactMap { reading in
        (found.drive.measure == .encoder ? reading.counts : reading.steps).map {
          VolumeSample(
            seconds: Double(reading.tick - found.start) / Double(ticksPerSecond),
            millilitres: Double($0) * found.drive.millilitres)
        }
      }, resolutionMillilitres: found.drive.millilitres)
    return SteadyDelivery(
      span: TickSpan(from: found.start, to: end),
      millilitresPerHour: Double(found.nanolitresPerHour) / 1e6, beganAtRest: found.beganAtRest,
      courses: course.samples.count > 1 ? [course] : [])
  }
}
