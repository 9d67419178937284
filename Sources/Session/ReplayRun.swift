// One replay under way: the tape, both channels, and what they have come to.

import PumpFirmware
import PumpHAL
import PumpMonitor
import SessionRecord

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

  /// Opens a record at the last snapshot before `beginning`, or at its first power-on.
  init(path: String, before beginning: Int64) throws(ReplayError) {
    self.path = path
    do {
      let reader = try RecordReader(path: path)
      tape = try reader.tape()
      record = Record(reader)
    } catch { throw .record(error) }
    firstTick = 0
    tick = 0
  }

  /// That the record does not hold `asked`.
  func outside(_ asked: SessionTime) -> ReplayError {
    .outside(
      path: path, asked: asked, first: SessionTime(tick: firstTick), last: SessionTime(tick: tick))
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
        difference = Replay.digests(running, tape)
        if difference != nil { return .different }
        progress(tape.sessionTick)
      } else if item != .worldChange {
        // The world is not run again: what it did stands in the frames.
        return nil
      }
      item = try next()
    }
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
  init(_ reader: RecordReader) {
    origin = reader.origin
    library = reader.library
    startUnixMilliseconds = reader.startUnixMilliseconds
    if case .truncated(let byte) = reader.end { truncatedAtByte = byte }
  }
}

extension RecordTape {
  fileprivate func withoutPowerOn(_ path: String) -> RecordError {
    RecordError(
      .undecodable, path: path,
      "ticks come before the first power-on; the record was damaged or altered")
  }
}
