// Runs one session of a procedure and reads its record: the only way in which a procedure moves a pump.

import Glibc
import Host
import PumpHAL
import PumpPlant
import Session
import SessionFile
import SessionRecord
import Story

/// A session that was run for a procedure, and what its record tells.
public struct ProcedureRun: Sendable {
  /// What the session came to.
  public var result: SessionResult
  /// What its record tells.
  public var story: SessionStory
  /// Volume over session time by everything that measured it, fluid first.
  public var courses: [VolumeCourse]
  /// Pressures at the first occlusion alarm; nil where there was none.
  public var alarmPressure: RecordedPressure?
  /// The record, where it is kept.
  public var recordPath: String?
}

/// How sessions of a procedure are run.
public struct ProcedureOptions: Sendable {
  /// How fast; with a balance that is read in real time, as fast as the emulated pump delivers.
  public var pace = Pace.maximum
  /// Where the record goes; nil for none that is kept.
  public var recordPath: String?
  /// The key that signs it.
  public var signingKey: SigningKey?
  /// More about the hardware for the record.
  public var hardwareDetails: [String: String] = [:]
  /// The time between two samples of drive and truth.
  public var samplePeriod = Ticks(count: 100)
  /// Options as usual.
  public init() {}
}

/// The hardware that a procedure's sessions run on, opened for each of them.
public protocol ProcedureHardware {
  /// Opens the pump for a session.
  ///
  /// - Throws: `ProcedureError.hardware` where it cannot be had.
  func open(_ session: Session) throws(ProcedureError) -> AttachedPump
  /// Shows a running session until it ends.
  func follow(_ session: Session, _ control: SessionControl)
}

extension ProcedureRun {
  /// Runs a session to its end and reads its record.
  ///
  /// - Parameters:
  ///   - description: the session.
  ///   - scale: what weighs meanwhile, and how its masses become volumes.
  ///   - options: how.
  ///   - hardware: on what.
  ///   - check: looks at the opened pump before it moves; throws to let it be.
  public init(
    _ description: SessionDescription, scale: VesselOnScale?, options: ProcedureOptions,
    on hardware: some ProcedureHardware,
    check: (AttachedPump) throws(ProcedureError) -> Void = { _ in }
  ) throws(ProcedureError) {
    let folder = options.recordPath == nil ? try temporaryFolder() : nil
    let path = options.recordPath ?? "\(folder ?? "")/session.mcap"
    defer {
      if let folder {
        unlink(path)
        rmdir(folder)
      }
    }
    var sessionOptions = SessionOptions()
    sessionOptions.pace = options.pace
    sessionOptions.recordPath = path
    sessionOptions.signingKey = options.recordPath == nil ? nil : options.signingKey
    sessionOptions.wire = .full
    sessionOptions.carriesSources = options.recordPath != nil
    sessionOptions.hardwareDetails = options.hardwareDetails
    sessionOptions.coursePeriod = options.samplePeriod
    let session = Session(description, options: sessionOptions)
    var pump = try hardware.open(session)
    let control = SessionControl()
    let follower = scale.map { WeighingFollower($0.scale) }
    do throws(ProcedureError) {
      try check(pump)
    } catch {
      pump.close()
      throw error
    }
    do throws(SessionError) {
      let running = try session.start(on: pump, control: control)
      let thread = follower?.start(control)
      hardware.follow(session, control)
      result = try running.finish(&pump)
      follower?.end()
      thread?.join()
    } catch {
      follower?.end()
      pump.close()
      throw ProcedureError(error)
    }
    if let failure = result.recordFailure { throw .record("\(failure)") }
    recordPath = options.recordPath
    do throws(RecordError) {
      let reader = try RecordReader(path: path)
      story = try SessionStory(reader)
      courses = []
      if let alarm = story.alarms.first(where: { $0.id == .downstreamOcclusion }) {
        alarmPressure = try RecordedPressure(in: reader, at: alarm.span.from)
      }
      if let truth = try VolumeCourse.truth(of: reader) { courses.append(truth) }
      if let drive = try VolumeCourse.drive(of: reader, every: options.samplePeriod) {
        courses.append(drive)
      }
    } catch {
      throw .record("\(error)")
    }
    if let scale, let follower {
      courses.insert(scale.course(try follower.masses()), at: 0)
    }
    if result.ending == .hardwareLost {
      throw .hardware("the link to the pump is lost; check cable and power, then measure again")
    }
    if result.ending == .interrupted {
      throw .incomplete("ended early; the pump was stopped, and there is no result")
    }
  }

  /// The course by one measure; nil where nothing measured it.
  public func course(by measure: DeliveryMeasure) -> VolumeCourse? {
    courses.first { $0.measure == measure }
  }
}

private func temporaryFolder() throws(ProcedureError) -> String {
  let base = environmentVariable("TMPDIR") ?? "/tmp"
  var template = Array("\(base)/trumpet-bench-XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else {
    throw .record("\(base): no folder can be made there for the session's record")
  }
  return String(cString: made)
}

extension AttachedPump {
  /// What the hardware is and can do, where it says so before it runs.
  public var declared: Capabilities? {
    if case .simulated(let pump) = self { return pump.capabilities }
    if case .serial(let board) = self { return board.capabilities }
    if case .newEra(let pump) = self { return pump.capabilities }
    return nil
  }
}

extension ProcedureError {
  fileprivate init(_ error: SessionError) {
    switch error {
    case .record(let error): self = .record("\(error)")
    case .unsuitableHardware(_, let what, let remedy): self = .usage("\(what); \(remedy)")
    case .noThread: self = .hardware("the system has no thread to give; end other programs")
    }
  }
}

/// A vessel on a balance, with what is known of the fluid in it.
public struct VesselOnScale: Sendable {
  /// The balance.
  public var scale: any Weighing
  /// Density of the fluid, g/mL.
  public var gramsPerMillilitre: Double
  /// What leaves the vessel, g/h.
  public var evaporationGramsPerHour: Double
  /// How well all that is known.
  public var means: MeasuringMeans

  /// A vessel on a balance.
  ///
  /// - Parameters:
  ///   - scale: the balance.
  ///   - rest: what it said while nothing was delivered.
  ///   - density: of the fluid, g/mL, and ±, %.
  ///   - evaporation: g/h, where it is given and not taken from the rest; counts as ±20 %.
  ///   - repeatability: standard deviation of a reading, g, where it is given.
  public init(
    _ scale: any Weighing, rest: RestFinding,
    density: (gramsPerMillilitre: Double, percent: Double),
    evaporation: Double? = nil, repeatability: Double? = nil
  ) {
    self.scale = scale
    gramsPerMillilitre = density.gramsPerMillilitre
    evaporationGramsPerHour = evaporation ?? rest.evaporationGramsPerHour
    var means = MeasuringMeans(
      .balance, digitMillilitres: rest.digitGrams / density.gramsPerMillilitre)
    means.repeatabilityMillilitres =
      (repeatability ?? rest.repeatabilityGrams) / density.gramsPerMillilitre
    let root = 3.0.squareRoot()
    let drift = evaporation.map { abs($0) * 0.2 / root } ?? rest.evaporationUncertainty
    means.driftMillilitresPerHour = drift / density.gramsPerMillilitre
    // Air buoyancy, 0.11 % of what water weighs, is not corrected.
    means.gainPercent =
      ((density.percent * density.percent + 0.11 * 0.11) / 3).squareRoot()
    means.timingSeconds = 0.02
    means.sources = [
      "last digit \(plain(rest.digitGrams * 1000, 4)) mg, repeatability "
        + "\(plain((repeatability ?? rest.repeatabilityGrams) * 1000, 4)) mg "
        + (repeatability == nil ? "from \(rest.count) readings at rest" : "as given"),
      "evaporation \(plain(evaporationGramsPerHour * 1000, 3)) mg/h ± \(plain(2 * drift * 1000, 3)) mg/h (k = 2), "
        + (evaporation == nil
          ? "measured at rest for \(plain(rest.seconds, 0)) s" : "as given, taken as ±20 %"),
      "density \(plain(density.gramsPerMillilitre, 5)) g/mL ±\(plain(density.percent, 3)) % as given; air buoyancy "
        + "not corrected, ±0.11 %",
      "clocks of balance and session agree to 20 ms",
    ]
    self.means = means
  }

  /// The volumes of masses in session time.
  func course(_ masses: [(seconds: Double, grams: Double)]) -> VolumeCourse {
    VolumeCourse(
      masses: masses, gramsPerMillilitre: gramsPerMillilitre,
      evaporationGramsPerHour: evaporationGramsPerHour,
      resolutionGrams: means.digitMillilitres * gramsPerMillilitre)
  }
}
