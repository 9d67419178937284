// One session from its file to its result: the entry of this target.

import Catalogue
import PumpHAL
import PumpPlant
import PumpSerial
import SessionFile
import SessionRecord
import Vocabulary

/// The hardware a session runs on, chosen once, at the top.
public enum AttachedPump: Sendable {
  /// The plant, in process.
  case simulated(SimulatedPump)
  /// A board on a port.
  case serial(AttachedBoard)
  /// A New Era pump on a port.
  case newEra(AttachedNewEra)
}

/// How a session is run; none of it changes what the firmware does.
public struct SessionOptions: Sendable {
  /// How fast.
  public var pace = Pace.maximum
  /// Where the record goes; nil for none.
  public var recordPath: String?
  /// The key that signs the record's checkpoints; nil for none.
  public var signingKey: SigningKey?
  /// Whether somebody may press keys, so that an idle pump is no end.
  public var isAttended = false
  /// Whether the memory held an earlier session, whose dose history belongs to the same patient.
  public var hasEarlierMemory = false
  /// Which of the bytes that go over a wire to the hardware the record holds.
  public var wire = WireChoice.automatic
  /// Whether the record carries the portable core's sources; their digest is in it in any case.
  public var carriesSources = true
  /// How often what reached the tissue is kept for the result's `course`; nil: not at all.
  public var coursePeriod: Ticks?
  /// More about the hardware for the record: port, USB id.
  public var hardwareDetails: [String: String] = [:]
  /// Default options: as fast as possible, no record.
  public init() {}
}

/// Why a session could not be run, or not to its end.
public enum SessionError: Error, Sendable {
  /// The record could not be begun.
  case record(RecordError)
  /// The hardware cannot do what the file asks.
  case unsuitableHardware(line: Int, what: String, remedy: String)
  /// The system has no thread to give.
  case noThread
}

/// One session, ready to run.
public struct Session: Sendable {
  /// What the file says.
  public let description: SessionDescription
  /// How it is run.
  public let options: SessionOptions

  /// The program's name and version, as records carry it.
  public static let version = "trumpet 0.1.0"

  /// A session of a file.
  public init(_ description: SessionDescription, options: SessionOptions = SessionOptions()) {
    self.description = description
    self.options = options
  }

  /// The same session, with more about the hardware for the record.
  public func adding(_ details: [String: String]) -> Session {
    var options = options
    options.hardwareDetails.merge(details) { $1 }
    return Session(description, options: options)
  }

  /// The simulated pump that the file describes, with what its memory held.
  public func simulatedPump(memory: [JournalEntry]? = nil) -> SimulatedPump {
    SimulatedPump(PlantParameters(description), memory: memory)
  }

  /// Runs the session on a thread of its own and waits for its end.
  ///
  /// - Parameters:
  ///   - pump: the hardware; afterwards as the session left it.
  ///   - control: the window through which somebody watches, presses keys and ends it.
  public func run(
    on pump: inout AttachedPump, control: SessionControl = SessionControl()
  ) throws(SessionError) -> SessionResult {
    let running = try start(on: pump, control: control)
    return try running.finish(&pump)
  }

  /// Starts the session on a thread of its own.
  public func start(
    on pump: AttachedPump, control: SessionControl
  ) throws(SessionError) -> RunningSession {
    try checkSuitability(of: pump)
    let recorder = try openRecord(origin: pump.origin)
    return try RunningSession(self, pump: pump, recorder: recorder, control: control)
  }

  /// Starts a session that was killed from where it was killed, on a thread of its own.
  ///
  /// - Parameters:
  ///   - resumed: the session, caught up with its records.
  ///   - pump: the board it goes on with, or the simulated pump in `resumed`.
  public func start(
    _ resumed: ResumedSession, on pump: AttachedPump, control: SessionControl
  ) throws(SessionError) -> RunningSession {
    try checkSuitability(of: pump)
    let recorder = try openRecord(origin: pump.origin, previous: resumed.end)
    return try RunningSession(
      resumed.session, pump: pump, recorder: recorder, control: control, resumed: resumed)
  }

  /// What the file asks and this hardware cannot do, told before anything moves.
  private func checkSuitability(of pump: AttachedPump) throws(SessionError) {
    try checkSuitability(hasWorld: pump.hasWorld)
  }

  func checkSuitability(hasWorld: Bool) throws(SessionError) {
    guard !hasWorld else { return }
    for event in description.events {
      let what: String
      switch event.kind {
      case .operate, .dispose: continue
      case .inject(let fault, _): what = "fault \(fault.name)"
      case .clear(let selection): what = "clearing \(selection.name)"
      case .changeSyringe: what = "a change of syringe"
      }
      throw .unsuitableHardware(
        line: event.line, what: "\(what) cannot be brought about on hardware",
        remedy: "run the file with --hardware sim or on an emulated board, or take the event out")
    }
  }

  func openRecord(
    origin: Origin, previous: SegmentLink? = nil
  ) throws(SessionError) -> RecordWriter? {
    guard let path = options.recordPath else { return nil }
    var metadata = options.hardwareDetails
    metadata["title"] = description.title
    metadata["pump"] = description.pump.id
    metadata["syringe"] = description.syringe.id
    metadata["infusionSet"] = description.infusionSet.id
    metadata["drug"] = description.drug.id
    let header = RecordHeader(
      library: Self.version, origin: origin,
      seed: origin == .hardware ? nil : description.seed,
      wallClockStartMilliseconds: description.startUnixMilliseconds, metadata: metadata,
      sessionID: sessionID(origin: origin), signingKey: options.signingKey,
      previous: previous)
    let pace = options.pace == .maximum ? nil : Optional(options.pace.factor)
    let recordOptions = RecordOptions(
      writing: options.pace.isRealTime ? .background : .inline,
      blockLength: RecordOptions.blockLength(pace: pace))
    do {
      return try RecordWriter(
        path: path, header: header, attachments: attachments(), options: recordOptions)
    } catch {
      throw .record(error)
    }
  }

  /// A random id, but for a session that gives the same record whenever it is run.
  private func sessionID(origin: Origin) -> [UInt8]? {
    if origin == .simulated, !options.pace.isRealTime, !options.isAttended { return nil }
    var random = SystemRandomNumberGenerator()
    return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  private var wireSelection: WireRecorder.Selection {
    switch options.wire {
    case .full: .all
    case .none: .none
    case .automatic: programmedTicks <= 3600 * ticksPerSecond ? .all : .aroundFaults
    }
  }

  /// What the engine is given: set-up, script, endings, sampling.
  func plan() -> SessionPlan {
    let description = description
    let script = ScriptedInput(
      description,
      setUp: description.setUpCommands(isNewPatient: !options.hasEarlierMemory),
      prime: description.primeCommand, settlesInterrupted: options.hasEarlierMemory)
    return SessionPlan(
      configuration: description.configuration, script: script,
      rules: EndingRules(duration: description.duration, isAttended: options.isAttended),
      samplePeriod: options.coursePeriod?.count
        ?? (options.pace.factor <= 60 ? ticksPerSecond : 30 * ticksPerSecond),
      keepsCourse: options.coursePeriod != nil,
      wire: wireSelection, isPrimed: description.prime != nil,
      confirmations: description.confirmations.map {
        .softLimitConfirmed(limit: $0.limit.rawValue, by: $0.by, reason: $0.reason)
      })
  }
}

extension AttachedPump {
  /// Where the frames come from.
  public var origin: Origin {
    switch self {
    case .simulated: .simulated
    case .serial(let board): board.capabilities.origin
    case .newEra(let pump): pump.capabilities.origin
    }
  }

  /// Whether faults can be put into the world behind the hardware.
  public var hasWorld: Bool {
    switch self {
    case .simulated: true
    case .serial(let board): board.hasWorld
    case .newEra(let pump): pump.hasWorld
    }
  }

  /// What the non-volatile memory holds now: first copy, then second.
  public mutating func memory() -> [JournalEntry] {
    switch self {
    case .simulated(var pump): return pump.restoreMemory()
    case .serial(var board): return board.restoreMemory()
    case .newEra(var pump): return pump.restoreMemory()
    }
  }

  /// Ends it: the motor of hardware stops, its port is closed.
  public func close() {
    switch self {
    case .simulated: break
    case .serial(let board): board.close()
    case .newEra(let pump): pump.close()
    }
  }
}
