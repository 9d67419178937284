import ArgumentParser
import Host
import PumpHAL
import PumpSerial
import Session
import SessionFile
import SessionRecord

/// `trumpet run FILE`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a session file on the simulated pump, on a board or on a New Era pump.")

  @Argument(help: "The session file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "How fast: max, realtime, or times real time, 0.01 to 1000000; max if left out, and realtime "
        + "on a New Era pump.", valueName: "pace"))
  var pace: Pace?

  @Option(
    help: ArgumentHelp(
      "What to run on: sim, board:PORT, or new-era:PORT.", valueName: "hardware"))
  var hardware: HardwareChoice = .simulation

  @OptionGroup var newEra: NewEraOptions

  @Option(
    help: ArgumentHelp("Write a session record (MCAP) to this new file.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of the wire in the record: automatic, full or none.", valueName: "choice"))
  var wire: WireChoice = .automatic

  @Flag(help: "Leave the portable core's sources out of the record; their digest stays in it.")
  var withoutSources = false

  @Option(
    help: ArgumentHelp(
      "Sign the record with the key in this file; your own (`trumpet key new`) if left out.",
      valueName: "file"))
  var key: String?

  @Flag(help: "Do not sign the record.")
  var unsigned = false

  @Option(
    help: ArgumentHelp(
      "Go on from this record of a session that was killed; once for each record, in order.",
      valueName: "record"))
  var resume: [String] = []

  @Option(
    help: ArgumentHelp(
      "Carry the pump's memory in this file from session to session.", valueName: "file"))
  var pumpState: String?

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  @Option(
    help: ArgumentHelp("Write the expectations as JUnit XML to this file.", valueName: "file"))
  var junit: String?

  @Flag(help: "Show the pump live; s stops, a acknowledges, q ends the session.")
  var watch = false

  @Flag(help: "State that no patient is connected; needed to drive hardware.")
  var noPatient = false

  func run() throws {
    let description = try read()
    // What cannot be written at the end is told at the start: a session may take a day.
    var plan = OutputPlan()
    plan.reads(file, as: "the session file")
    for path in resume { plan.reads(path, as: "a record to go on from") }
    plan.reads(key, as: "the signing key")
    plan.creates(record, as: "--record")
    plan.writes(junit, as: "--junit")
    plan.writes(pumpState, as: "--pump-state")
    try check(plan)
    let memory = try earlierMemory()
    var options = SessionOptions()
    options.pace = pace ?? hardware.usualPace
    options.recordPath = record
    options.wire = wire
    options.carriesSources = !withoutSources
    options.signingKey = try signingKey()
    options.isAttended = watch
    options.hasEarlierMemory = memory != nil
    options.hardwareDetails = hardware.details
    var session = Session(description, options: options)
    // Before anything can move or be written.
    StopSignals.install()
    let control = SessionControl()
    let resumed = try catchUp(session, control: control)
    var pump = try attach(session, memory: memory, resumed: resumed)
    // However this ends, a motor stops.
    defer { pump.close() }
    if case .newEra(let attached) = pump { session = session.adding(attached.details) }
    // The driver tells once the port is open: opening it asks for low latency.
    let adapter = hardware.details["port"].flatMap(AdapterLatency.init(path:))
    if let notice = adapter?.notice { diagnose(notice) }
    let result = try run(session, on: &pump, control: control, resumed: resumed)
    let isWritten = write(result, &pump)
    if result.ending == .hardwareLost {
      let reason = result.measured?.lossReason ?? "the link is lost"
      diagnose("\(hardware.text): \(reason); check cable and power, then run again")
      throw ExitStatus.hardware
    }
    if !isWritten { throw ExitStatus.cannotWrite }
    if result.outcome != .passed { throw ExitStatus.failed }
  }

  func validate() throws {
    if key != nil, unsigned || record == nil {
      throw ValidationError("--key signs a record: give --record, and not --unsigned")
    }
    if pumpState != nil, case .board = hardware {
      throw ValidationError("--pump-state is a memory kept here; a board keeps its own")
    }
    if case .newEra = hardware {
      if let pace, !pace.isRealTime {
        throw ValidationError(
          "a New Era pump runs by its own clock: leave --pace out, or say --pace realtime")
      }
      if !resume.isEmpty {
        throw ValidationError(
          "--resume needs a pump that has kept its counts; a New Era pump begins a new session")
      }
    }
    try newEra.check(against: hardware)
  }

  private func read() throws -> SessionDescription {
    do {
      return try SessionDescription(contentsOf: file)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }

  /// The key that signs; a key that cannot be used is told before anything moves.
  private func signingKey() throws -> SigningKey? {
    if record == nil || unsigned { return nil }
    return try explained { () throws(KeyStoreError) in
      if let key { return try KeyStore.signingKey(at: key) }
      return try KeyStore.ofUser?.signingKey()
    }
  }

  private func earlierMemory() throws -> [JournalEntry]? {
    // A session that goes on has its memory from its record.
    guard let pumpState, resume.isEmpty else { return nil }
    do {
      return try PumpStateFile.read(pumpState)
    } catch {
      diagnose("\(error)")
      throw ExitStatus.wrongInput
    }
  }

  private func catchUp(_ session: Session, control: SessionControl) throws -> ResumedSession? {
    if resume.isEmpty { return nil }
    do {
      return try session.catchUp(
        with: resume, isSimulated: hardware == .simulation, control: control)
    } catch {
      diagnose("\(error)")
      if case .record(let error) = error, error.kind == .noSuchFile { throw ExitStatus.noSuchFile }
      throw ExitStatus.wrongInput
    }
  }

  private func attach(
    _ session: Session, memory: [JournalEntry]?, resumed: ResumedSession?
  ) throws -> AttachedPump {
    switch hardware {
    case .simulation:
      return .simulated(resumed?.pump ?? session.simulatedPump(memory: memory))
    case .board(let port):
      do {
        return try session.openBoard(
          port: port, isPatientExcluded: noPatient, keepsWorld: resumed != nil)
      } catch {
        diagnose("\(error)")
        throw ExitStatus.hardware
      }
    case .newEra(let port): return try attachNewEra(session, port: port, memory: memory)
    }
  }

  private func attachNewEra(
    _ session: Session, port: String, memory: [JournalEntry]?
  ) throws -> AttachedPump {
    do {
      let pump = try session.openNewEra(
        newEra.attachment(port: port, isPatientExcluded: noPatient, memory: memory))
      diagnose(
        "\(port): no force cell: pressure is not seen, and a blocked line only when the motor stalls; "
          + "nothing is drawn back then")
      if newEra.noDeadMan {
        diagnose(
          "\(port): driven without dead man: should this program die, the pump goes on to the "
            + "end of its portion, 20 s of flow")
      }
      return pump
    } catch {
      if case .unsuitable(let line, let what, let remedy) = error {
        diagnose("\(file):\(line): \(what); \(remedy)")
        throw ExitStatus.wrongInput
      }
      diagnose("\(error)")
      throw ExitStatus.hardware
    }
  }

  private func run(
    _ session: Session, on pump: inout AttachedPump, control: SessionControl,
    resumed: ResumedSession?
  ) throws -> SessionResult {
    do {
      let running =
        if let resumed {
          try session.start(resumed, on: pump, control: control)
        } else {
          try session.start(on: pump, control: control)
        }
      let view = LiveView(
        control, expectedTicks: session.expectedTicks, isWatching: watch)
      view.follow()
      return try running.finish(&pump)
    } catch {
      diagnose(error.text(file: file))
      throw error.exitStatus
    }
  }

  /// Writes and shows what there is; one that cannot be written does not cost the others.
  private func write(_ result: SessionResult, _ pump: inout AttachedPump) -> Bool {
    var isWritten = result.recordFailure == nil
    if let failure = result.recordFailure { diagnose("\(failure)") }
    do {
      if let pumpState { try PumpStateFile.write(pump.memory(), to: pumpState) }
      if let junit {
        try OutputFile.write(Array(JUnitReport.text(result, file: file).utf8), to: junit)
      }
    } catch {
      diagnose("\(error)")
      isWritten = false
    }
    do {
      try show(json ? result.json : SummaryTable.text(result))
    } catch {
      isWritten = false
    }
    return isWritten
  }
}

extension SessionError {
  fileprivate func text(file: String) -> String {
    switch self {
    case .record(let error): "\(error)"
    case .unsuitableHardware(let line, let what, let remedy): "\(file):\(line): \(what); \(remedy)"
    case .noThread: "the system has no thread to give; end other programs"
    }
  }

  fileprivate var exitStatus: ExitCode {
    switch self {
    case .record: ExitStatus.cannotWrite
    case .unsuitableHardware: ExitStatus.wrongInput
    case .noThread: ExitStatus.hardware
    }
  }
}

/// `sim`, `board:PORT` or `new-era:PORT`.
enum HardwareChoice: ExpressibleByArgument, Equatable {
  case simulation
  case board(port: String)
  case newEra(port: String)

  init?(argument: String) {
    if argument == "sim" {
      self = .simulation
    } else if argument.hasPrefix("board:"), argument.count > 6 {
      self = .board(port: String(argument.dropFirst(6)))
    } else if argument.hasPrefix("new-era:"), argument.count > 8 {
      self = .newEra(port: String(argument.dropFirst(8)))
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "sim" }

  var text: String {
    switch self {
    case .simulation: "simulation"
    case .board(let port), .newEra(let port): port
    }
  }

  /// The pace where none is given.
  var usualPace: Pace {
    if case .newEra = self { return .realTime }
    return .maximum
  }

  var details: [String: String] {
    switch self {
    case .simulation: [:]
    case .board(let port): ["port": port]
    case .newEra(let port): ["port": port, "protocol": "new-era"]
    }
  }
}

extension WireChoice: ExpressibleByArgument {}

extension Pace: ExpressibleByArgument {
  /// Reads `max`, `realtime` or a factor.
  public init?(argument: String) { self.init(text: argument) }
  /// As fast as the machine can.
  public var defaultValueDescription: String { "max" }
}
