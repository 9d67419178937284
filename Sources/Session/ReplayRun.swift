// One replay under way: the tape, both channels, and what they have come to.

import Catalogue
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import SessionRecord
import Vocabulary

/// Runs both channels over a tape, from a power-on or from a snapshot.
struct ReplayRun: ~Copyable {
  /// Why a run stopped.
  enum Stop {
    /// The tick asked for was reached; the next one lies beyond it.
    case reached
    /// At the tick asked for the controller had no power.
    case powerOff
    /// The record ends.
    case end
    /// Firmware and record differ.
    case different
  }

  /// What is known of the record besides its ticks.
  struct Record {
    var origin: Origin?
    var library: String
    var startUnixMilliseconds: Int64?
    var truncatedAtByte: UInt64?
    /// The record that this one goes on from; known only where the record is read whole.
    var previous: SegmentLink?
  }

  let path: String
  let record: Record
  /// The session tick at which the run begins.
  private(set) var firstTick: Int64
  /// The last tick that was run.
  private(set) var tick: Int64
  /// Ticks run and compared.
  private(set) var ticks: Int64 = 0
  /// Both channels; nil before the first power-on.
  private(set) var loop: ControlLoop?
  /// The first difference, after which nothing is run.
  private(set) var difference: FirstDifference?
  /// Alarms and commands on the way, where somebody wants them.
  var past: RecentPast?
  private var hardware = RecordedPump(
    PowerOn(capabilities: Capabilities(), configuration: PumpConfiguration()), memory: [])
  private var tape: RecordTape
  /// The record's index, where the run began in its middle.
  private let index: RecordIndex?
  /// Snapshots to compare with on the way, by their ticks.
  private var snapshots: [Int64: RecordSnapshot] = [:]

  private init(
    path: String, record: Record, tape: consuming RecordTape, from tick: Int64, loop: ControlLoop?,
    index: RecordIndex? = nil, snapshots: [Int64: RecordSnapshot] = [:]
  ) {
    self.path = path
    self.record = record
    self.tape = tape
    self.loop = loop
    self.index = index
    self.snapshots = snapshots
    self.tick = tick
    firstTick = tick
  }

  /// Opens a record whole, with every checksum of it checked.
  static func whole(_ path: String) throws(RecordError) -> ReplayRun {
    let reader = try RecordReader(path: path)
    var snapshots: [Int64: RecordSnapshot] = [:]
    for snapshot in try reader.snapshots() { snapshots[snapshot.tick] = snapshot }
    return ReplayRun(
      path: path, record: try Record(reader), tape: try reader.tape(), from: 0, loop: nil,
      snapshots: snapshots)
  }

  /// Opens a record at the last snapshot before `beginning`, or else at its first power-on.
  static func inMiddle(of path: String, before beginning: Int64) throws(RecordError) -> ReplayRun {
    let index = try RecordIndex(path: path)
    let snapshot = try index.snapshot(before: beginning)
    var loop: ControlLoop?
    if let snapshot {
      guard let controller = snapshot.decode(snapshot.controller, as: Controller.self),
        let monitor = snapshot.decode(snapshot.monitor, as: ProtectiveMonitor.self)
      else {
        throw RecordError(
          .unsupportedVersion, path: path,
          "its snapshots are not states of this build's firmware; replay it from its beginning")
      }
      loop = ControlLoop(controller: controller, monitor: monitor)
    }
    return ReplayRun(
      path: path, record: Record(index), tape: try index.tape(after: snapshot),
      from: snapshot?.tick ?? 0, loop: loop, index: index)
  }

  /// That the record does not hold `asked`.
  func outside(_ asked: SessionTime) -> ReplayError {
    .outside(
      path: path, asked: asked, first: SessionTime(tick: firstTick), last: SessionTime(tick: tick))
  }

  /// Asks the record's events for what a view does not know because it began in the middle: since
  /// when alarms have stood, and what was asked last.
  func complete(_ view: inout PumpView) throws(RecordError) {
    guard let index, firstTick > 0 else { return }
    var completed = view
    var unknown = view.alarms.filter { $0.since == nil }.map(\.id.name)
    if unknown.isEmpty, view.lastCommand != nil { return }
    try index.searchEventsBack(from: firstTick + 1) { event, tick in
      switch event.kind {
      case .alarmRaised where unknown.contains(event.name):
        unknown.removeAll { $0 == event.name }
        let place = completed.alarms.firstIndex { $0.id.name == event.name }
        if let place { completed.alarms[place].since = tick }
      case .command where completed.lastCommand == nil:
        completed.lastCommand = PumpView.Command(
          tick: tick, role: event.role ?? "", action: event.name, details: event.text,
          outcome: event.outcome ?? "")
      default: break
      }
      return unknown.isEmpty && completed.lastCommand != nil
    }
    view = completed
  }

  /// Runs and compares up to the tick `limit`.
  mutating func run(
    until limit: Int64, progress: (Int64) -> Void = { _ in }
  ) throws(ReplayError) -> Stop {
    var item = try next()
    while true {
      switch item {
      case .end: return .end
      case .powerOn:
        if loop == nil {
          firstTick = tape.sessionTick
        } else if limit > tick, limit <= tape.sessionTick {
          return .powerOff
        }
        hardware = RecordedPump(tape.powerOn, memory: tape.memory)
        loop = ControlLoop(powerOn: tape.powerOn, memory: hardware.restoreMemory())
        past?.losePower()
        tick = tape.sessionTick
        item = try next()
      case .tick, .blockEnd, .worldChange:
        // The loop is taken out of its optional for as long as it runs: in there, each tick would
        // copy it.
        guard var running = loop.take() else { throw .record(tape.withoutPowerOn(path)) }
        let stop = try run(&running, &item, until: limit, progress)
        loop = running
        if let stop { return stop }
      }
    }
  }

  /// Runs ticks until something else comes; gives the reason where the run is over.
  private mutating func run(
    _ running: inout ControlLoop, _ item: inout RecordTape.Item, until limit: Int64,
    _ progress: (Int64) -> Void
  ) throws(ReplayError) -> Stop? {
    while true {
      if item == .tick {
        if tape.sessionTick > limit { return .reached }
        ticks += 1
        tick = tape.sessionTick
        let input = tape.takeInput()
        hardware.load(input.sensors)
        running.tick(&hardware, elapsed: input.elapsedTicks, command: input.command)
        past?.follow(running, at: tick)
        if !tape.holds(running.output, running.verdict) {
          difference = outputs(running)
          return .different
        }
      } else if item == .blockEnd {
        difference = Replay.digests(running, tape) ?? snapshotDifference(running)
        if difference != nil { return .different }
        progress(tape.sessionTick)
      } else if item != .worldChange {
        // The world is not run again: what it did stands in the frames.
        return nil
      }
      item = try next()
    }
  }

  /// A snapshot that a reader may begin with has to be the state that a replay comes to.
  private func snapshotDifference(_ running: ControlLoop) -> FirstDifference? {
    guard let snapshot = snapshots[tape.sessionTick], snapshot.block == tape.blockNumber else {
      return nil
    }
    var fields: [FieldDifference] = []
    func compare(_ field: String, _ recorded: [UInt8], _ replayed: [UInt8]) {
      guard recorded != replayed else { return }
      let place = zip(recorded, replayed).enumerated().first { $1.0 != $1.1 }?.offset
      let byte = place.map { "differs at byte \($0)" } ?? "has another length"
      fields.append(FieldDifference(field: field, recorded: byte, replayed: "the state itself"))
    }
    compare("controller.snapshot", snapshot.controller, RecordSnapshot.encode(running.controller))
    compare("monitor.snapshot", snapshot.monitor, RecordSnapshot.encode(running.monitor))
    return fields.isEmpty ? nil : FirstDifference(tick: tape.sessionTick, fields: fields)
  }

  private mutating func next() throws(ReplayError) -> RecordTape.Item {
    do { return try tape.next() } catch { throw .record(error) }
  }

  private func outputs(_ running: ControlLoop) -> FirstDifference {
    var fields = FieldDifference.between(tape.output, running.output, path: "output")
    fields += FieldDifference.between(tape.monitor, running.verdict, path: "monitor")
    return FirstDifference(tick: tape.sessionTick, fields: fields)
  }
}

extension ReplayRun.Record {
  init(_ index: RecordIndex) {
    origin = index.origin
    library = index.library
    startUnixMilliseconds = index.startUnixMilliseconds
    truncatedAtByte = index.truncatedAtByte
  }

  init(_ reader: RecordReader) throws(RecordError) {
    origin = reader.origin
    library = reader.library
    startUnixMilliseconds = reader.startUnixMilliseconds
    if case .truncated(let byte) = reader.end { truncatedAtByte = byte }
    previous = try reader.previous()
  }
}

extension RecordTape {
  fileprivate func withoutPowerOn(_ path: String) -> RecordError {
    RecordError(
      .undecodable, path: path,
      "ticks come before the first power-on; the record was damaged or altered")
  }
}
