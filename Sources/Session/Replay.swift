// Replay: the recorded inputs through both channels as built in, every output compared.

import PumpFirmware
import PumpHAL
import PumpMonitor
import SessionRecord

/// The frames of an earlier session as hardware: senses what was sensed, moves nothing.
public struct RecordedPump: PumpHardware {
  /// What the recorded hardware was.
  public let capabilities: Capabilities
  private let memory: [JournalEntry]
  private var frame = SensorFrame()

  /// The hardware of one recorded power-on.
  public init(_ powerOn: PowerOn, memory: [JournalEntry]) {
    capabilities = powerOn.capabilities
    self.memory = memory
  }

  /// Goes on to the next recorded frame.
  @inline(__always) public mutating func load(_ frame: SensorFrame) { self.frame = frame }
  /// What the memory held at that power-on.
  public mutating func restoreMemory() -> [JournalEntry] { memory }
  /// The frame that was recorded.
  @inline(__always) public mutating func sense() -> SensorFrame { frame }
  /// Does nothing: what was done then was done.
  @inline(__always) public mutating func actuate(_ frame: ActuatorFrame) {}
}

/// The first tick at which firmware and record part.
public struct FirstDifference: Equatable, Sendable {
  /// The session tick.
  public var tick: Int64
  /// The fields that differ, the controller's before the monitor's.
  public var fields: [FieldDifference]
}

/// What a replay comes to.
public struct ReplayResult: Sendable {
  /// Whether every output was the recorded one, bit for bit.
  public var isIdentical: Bool { firstDifference == nil }
  /// Ticks compared.
  public var ticks: Int64
  /// The first tick that differs; after it, the recorded inputs no longer answer the firmware.
  public var firstDifference: FirstDifference?
  /// Session time replayed, s.
  public var simulated_s: Double
  /// Wall time, s.
  public var wall_s: Double
  /// Where the frames came from; nil if the record does not say.
  public var origin: Origin?
  /// The program that recorded.
  public var recordedBy: String
  /// Whether the record ends as a record should; else the byte at which it breaks off.
  public var truncatedAtByte: UInt64?
  /// Session time by wall time.
  public var timesRealTime: Double { wall_s > 0 ? simulated_s / wall_s : 0 }

  /// The result as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object([
      ("identical", .bool(isIdentical)),
      ("ticks", .integer(ticks)),
      ("first_difference", firstDifference?.json ?? .null),
      ("times_real_time", .decimal(timesRealTime, decimals: 1)),
    ]).text
  }
}

extension FirstDifference {
  var json: JSONValue {
    .object([
      ("tick", .integer(tick)),
      ("at_s", .decimal(Double(tick) / Double(ticksPerSecond), decimals: 2)),
      (
        "fields",
        .array(
          fields.map {
            .object([
              ("field", .string($0.field)), ("recorded", .string($0.recorded)),
              ("replayed", .string($0.replayed)),
            ])
          })
      ),
    ])
  }
}

/// Replays records.
public enum Replay {
  /// Replays one record from its first tick.
  ///
  /// - Parameter progress: told the session tick at the end of every block.
  public static func run(
    path: String, progress: (Int64) -> Void = { _ in }
  ) throws(RecordError) -> ReplayResult {
    let reader = try RecordReader(path: path)
    var tape = try reader.tape()
    let beginning = monotonicNanoseconds()
    var ticks: Int64 = 0
    let difference = try compare(&tape, ticks: &ticks, progress: progress)
    if ticks == 0 {
      throw RecordError(
        .notASession, path: path,
        "there is not one tick in it to replay; the record breaks off before its first block")
    }
    var truncation: UInt64?
    if case .truncated(let byte) = reader.end { truncation = byte }
    return ReplayResult(
      ticks: ticks, firstDifference: difference,
      simulated_s: Double(tape.sessionTick) / Double(ticksPerSecond),
      wall_s: Double(monotonicNanoseconds() - beginning) / 1e9, origin: reader.origin,
      recordedBy: reader.library, truncatedAtByte: truncation)
  }

  private static func compare(
    _ tape: inout RecordTape, ticks: inout Int64, progress: (Int64) -> Void
  ) throws(RecordError) -> FirstDifference? {
    var item = try tape.next()
    // A record begins with its power-on; the reader refuses one that does not.
    while item == .powerOn {
      var hardware = RecordedPump(tape.powerOn, memory: tape.memory)
      var loop = ControlLoop(powerOn: tape.powerOn, memory: hardware.restoreMemory())
      item = try tape.next()
      while item == .tick || item == .blockEnd || item == .worldChange {
        if item == .worldChange {
          // The world is not run again: what it did stands in the frames.
        } else if item == .blockEnd {
          if let difference = digests(loop, tape) { return difference }
          progress(tape.sessionTick)
        } else {
          ticks += 1
          let input = tape.takeInput()
          hardware.load(input.sensors)
          loop.tick(&hardware, elapsed: input.elapsedTicks, command: input.command)
          if !tape.holds(loop.output, loop.verdict) { return outputs(loop, tape) }
        }
        item = try tape.next()
      }
    }
    return nil
  }

  private static func outputs(_ loop: ControlLoop, _ tape: borrowing RecordTape) -> FirstDifference
  {
    var fields = FieldDifference.between(tape.output, loop.output, path: "output")
    fields += FieldDifference.between(tape.monitor, loop.verdict, path: "monitor")
    return FirstDifference(tick: tape.sessionTick, fields: fields)
  }

  /// Outputs that agree hide a state that does not: the digests at the end of a block show it.
  private static func digests(_ loop: ControlLoop, _ tape: borrowing RecordTape) -> FirstDifference?
  {
    var fields: [FieldDifference] = []
    func compare(_ field: String, _ recorded: UInt64, _ replayed: UInt64) {
      guard recorded != replayed else { return }
      fields.append(
        FieldDifference(
          field: field, recorded: DecimalText.hexadecimal(recorded),
          replayed: DecimalText.hexadecimal(replayed)))
    }
    compare("controller.digest", tape.controllerDigest, loop.controller.digest.value)
    compare("monitor.digest", tape.monitorDigest, loop.monitor.digest.value)
    return fields.isEmpty ? nil : FirstDifference(tick: tape.sessionTick, fields: fields)
  }
}
