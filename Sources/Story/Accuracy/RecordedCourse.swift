import PumpHAL
import SessionRecord
import Text

/// The volume of a whole session, from its record; time 0 s is the first power-on.
extension VolumeCourse {
  /// What reached the tissue in the modelled world; nil where the record has no truth.
  public static func truth(of reader: RecordReader) throws(RecordError) -> VolumeCourse? {
    var course = VolumeCourse(.plantTruth, resolutionMillilitres: 1e-6)
    var messages = try reader.messageTape(on: RecordTopic.truth)
    while let message = try messages.next() {
      guard let volume = (try? JSONReader.read(message.data))?["infused_mL"]?.double else {
        continue
      }
      course.append(
        VolumeSample(
          seconds: Double(message.tick) / Double(ticksPerSecond), millilitres: volume))
    }
    return course.samples.isEmpty ? nil : course
  }

  /// What the drive did: by its encoder, else by its steps, else, where the pump is told a rate, by
  /// the pump's own count; nil where no syringe was confirmed.
  ///
  /// - Parameters:
  ///   - reader: the record; its sessions have one syringe from beginning to end.
  ///   - period: the time between two samples.
  public static func drive(
    of reader: RecordReader, every period: Ticks
  ) throws(RecordError) -> VolumeCourse? {
    var tape = try reader.tape()
    var capabilities: Capabilities?
    var syringe: SyringeSpecification?
    var course: VolumeCourse?
    var perUnit = 0.0
    var counts: Int64 = 0
    var lastCount: Int32?
    var next: Int64 = 0
    while true {
      switch try tape.next() {
      case .powerOn:
        if capabilities == nil { capabilities = tape.powerOn.capabilities }
        lastCount = nil
      case .tick:
        let input = tape.takeInput()
        if case .confirmSyringe(let specification) = input.command.action {
          syringe = specification
        }
        let sensors = input.sensors
        if sensors.encoderValidity == .valid {
          if let lastCount { counts &+= Int64(sensors.encoderCount &- lastCount) }
          lastCount = sensors.encoderCount
        }
        guard tape.sessionTick >= next, let syringe, let capabilities else { continue }
        next = tape.sessionTick + period.count
        if course == nil {
          let drive = DriveMeasure(capabilities, syringe)
          course = VolumeCourse(drive.measure, resolutionMillilitres: drive.millilitres)
          perUnit = drive.millilitres
        }
        let isEncoder = course?.measure == .encoder
        guard (isEncoder ? sensors.encoderValidity : sensors.motionValidity) == .valid else {
          continue
        }
        course?.append(
          VolumeSample(
            seconds: Double(tape.sessionTick) / Double(ticksPerSecond),
            millilitres: Double(isEncoder ? counts : sensors.stepCount) * perUnit))
      case .end: return course
      default: continue
      }
    }
  }
}

/// What a drive can be measured by, and what its smallest unit is worth.
public struct DriveMeasure: Equatable, Sendable {
  /// Encoder, motor steps or the pump's own count.
  public var measure: DeliveryMeasure
  /// The volume of one count or step, mL.
  public var millilitres: Double

  /// The measure that a drive offers with a syringe.
  public init(_ capabilities: Capabilities, _ syringe: SyringeSpecification) {
    // µm² × nm = aL; 10^15 aL are a millilitre.
    let step =
      Double(syringe.boreArea.squareMicrometres)
      * Double(capabilities.microstepTravel.nanometres) / 1e15
    let counts = capabilities.encoderCountsPerRevolution
    if counts > 0 {
      measure = .encoder
      millilitres = step * Double(capabilities.microstepsPerRevolution) / Double(counts)
    } else {
      measure = capabilities.commanding == .rateCommanded ? .pumpCount : .motorSteps
      millilitres = step
    }
  }
}

/// Pressures at a moment of a record, from the samples themselves and not from a thinned series.
public struct RecordedPressure: Equatable, Sendable {
  /// As the pump estimated it, mmHg; nil without a force cell.
  public var pumpMmHg: Double?
  /// In the line, mmHg; nil where nobody can know.
  public var lineMmHg: Double?

  /// The pressures of the first samples at or after a tick, no more than a second later.
  public init(in reader: RecordReader, at tick: Int64) throws(RecordError) {
    pumpMmHg = try Self.first("pressure_mmHg", on: RecordTopic.telemetry, in: reader, at: tick)
    lineMmHg = try Self.first("line_mmHg", on: RecordTopic.truth, in: reader, at: tick)
  }

  private static func first(
    _ key: String, on topic: String, in reader: RecordReader, at tick: Int64
  ) throws(RecordError) -> Double? {
    var messages = try reader.messageTape(on: topic)
    while let message = try messages.next() {
      guard message.tick >= tick, message.tick <= tick + ticksPerSecond else { continue }
      if let value = (try? JSONReader.read(message.data))?[key]?.double { return value }
    }
    return nil
  }
}
