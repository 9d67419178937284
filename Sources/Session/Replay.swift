// Replay: the recorded inputs through both channels as built in, every output compared.

import Host
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import SessionRecord
import Text

/// The first tick at which firmware and record part.
public struct FirstDifference: Equatable, Sendable {
  /// The session tick.
  public var tick: Int64
  /// The fields that differ, the controller's before the monitor's.
  public var fields: [FieldDifference]
}

/// Why a record could not be replayed as asked.
public enum ReplayError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The record cannot be read.
  case record(RecordError)
  /// The record does not reach so far.
  case outside(path: String, asked: SessionTime, first: SessionTime, last: SessionTime)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .record(let error): "\(error)"
    case .outside(let path, let asked, let first, let last):
      asked.tick > last.tick
        ? "\(path): \(asked.text) is not in this record; it ends at \(last.text)"
        : "\(path): \(asked.text) is not in this record; it begins at \(first.text) or later"
    }
  }
}

/// Replays records.
public enum Replay {
  /// Replays one record and compares.
  ///
  /// - Parameters:
  ///   - beginning: where to begin: at the last snapshot before it; nil is the first tick.
  ///   - end: the last tick to compare; nil is the end of the record.
  ///   - progress: told the session tick at the end of every block.
  public static func run(
    path: String, from beginning: SessionTime? = nil, until end: SessionTime? = nil,
    progress: (Int64) -> Void = { _ in }
  ) throws(ReplayError) -> ReplayResult {
    let start = MonotonicClock.nanoseconds
    var run = try opening { () throws(RecordError) in
      if let beginning { return try ReplayRun.inMiddle(of: path, before: beginning.tick) }
      return try ReplayRun.whole(path)
    }
    let stop = try run.run(until: end?.tick ?? .max, progress: progress)
    if let beginning, stop == .end, run.tick < beginning.tick {
      throw run.outside(beginning)
    }
    if run.ticks == 0, stop != .different {
      throw .record(
        RecordError(
          .notASession, path: path,
          "there is not one tick in it to replay; the record breaks off before its first block"))
    }
    return ReplayResult(
      ticks: run.ticks, firstDifference: run.difference, from: SessionTime(tick: run.firstTick),
      until: SessionTime(tick: run.tick), wall_s: Double(MonotonicClock.nanoseconds - start) / 1e9,
      origin: run.record.origin, recordedBy: run.record.library,
      truncatedAtByte: run.record.truncatedAtByte, previous: run.record.previous)
  }

  /// The pump at one moment: from the last snapshot before it, run on to it and compared on the way.
  ///
  /// A summary with an index of the record's chunks leads there without reading anything else; a
  /// record that breaks off is read from its beginning.
  public static func moment(
    path: String, at time: SessionTime
  ) throws(ReplayError) -> ReplayMoment {
    var run = try opening { () throws(RecordError) in
      try ReplayRun.inMiddle(of: path, before: time.tick)
    }
    run.past = RecentPast(from: run.firstTick, isInMiddle: run.loop != nil)
    let stop = try run.run(until: time.tick)
    guard stop != .end || run.tick == time.tick, run.tick <= time.tick, let loop = run.loop,
      let past = run.past
    else { throw run.outside(time) }
    var view = PumpView(
      loop, tick: stop == .different ? run.tick : time.tick, isPowered: stop != .powerOff,
      past: past, startUnixMilliseconds: run.record.startUnixMilliseconds)
    do { try run.complete(&view) } catch { throw .record(error) }
    return ReplayMoment(
      view: view, from: SessionTime(tick: run.firstTick), ticks: run.ticks,
      firstDifference: run.difference, origin: run.record.origin,
      recordedBy: run.record.library, truncatedAtByte: run.record.truncatedAtByte)
  }

  private static func opening(
    _ body: () throws(RecordError) -> ReplayRun
  ) throws(ReplayError) -> ReplayRun {
    do { return try body() } catch { throw .record(error) }
  }

  /// Outputs that agree hide a state that does not: the digests at the end of a block show it.
  static func digests(_ loop: ControlLoop, _ tape: borrowing RecordTape) -> FirstDifference? {
    var fields: [FieldDifference] = []
    func compare(_ field: String, _ recorded: UInt64, _ replayed: UInt64) {
      guard recorded != replayed else { return }
      fields.append(
        FieldDifference(
          field: field, recorded: Hexadecimal.text(recorded),
          replayed: Hexadecimal.text(replayed)))
    }
    compare("controller.digest", tape.controllerDigest, loop.controller.digest.value)
    compare("monitor.digest", tape.monitorDigest, loop.monitor.digest.value)
    return fields.isEmpty ? nil : FirstDifference(tick: tape.sessionTick, fields: fields)
  }
}
