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
    var stepMillilitres: Double
    var countMillilitres: Double?
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
      if flow > 0, let syringe {
        begin(flow, syringe, capabilities, beganAtRest: lastFlow == 0, at: tick)
      }
      lastFlow = flow
    }
    if tick >= nextReading { read(sensors, at: tick) }
  }

  private mutating func begin(
    _ flow: UInt32, _ syringe: SyringeUse, _ capabilities: Capabilities?, beganAtRest: Bool,
    at tick: Int64
  ) {
    var countMillilitres: Double?
    if let capabilities, capabilities.encoderCountsPerRevolution > 0 {
      countMillilitres =
        syringe.millilitres(Int64(capabilities.microstepsPerRevolution))
        / Double(capabilities.encoderCountsPerRevolution)
    }
    current = Candidate(
      start: tick, nanolitresPerHour: flow, beganAtRest: beganAtRest,
      stepMillilitres: syringe.millilitres(1), countMillilitres: countMillilitres)
    nextReading = tick
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
    var courses: [VolumeCourse] = []
    if let countMillilitres = found.countMillilitres {
      courses.append(
        course(.encoder, found, resolution: countMillilitres) {
          $0.counts.map { Double($0) * countMillilitres }
        })
    }
    courses.append(
      course(.motorSteps, found, resolution: found.stepMillilitres) {
        $0.steps.map { Double($0) * found.stepMillilitres }
      })
    // Where the encoder speaks, the steps add nothing.
    courses.removeAll { $0.samples.count < 2 }
    return SteadyDelivery(
      span: TickSpan(from: found.start, to: end),
      millilitresPerHour: Double(found.nanolitresPerHour) / 1e6, beganAtRest: found.beganAtRest,
      courses: Array(courses.prefix(1)))
  }

  private func course(
    _ measure: DeliveryMeasure, _ found: Candidate, resolution: Double,
    _ volume: (DriveReading) -> Double?
  ) -> VolumeCourse {
    VolumeCourse(
      measure,
      found.readings.compactMap { reading in
        volume(reading).map {
          VolumeSample(
            seconds: Double(reading.tick - found.start) / Double(ticksPerSecond), millilitres: $0)
        }
      }, resolutionMillilitres: resolution)
  }
}
