import BoardProtocol
import Foundation
import PumpHAL
import PumpPlant
import SessionFile
import SessionRecord
import Synchronization
import Testing

@testable import PumpSerial
@testable import Session

@Suite("The wire in the record", .serialized)
struct WireTests {
  /// Frames in a stream of bytes, and how many pieces were none.
  private struct Frames {
    var types: [FrameType] = []
    var rejected = 0

    init(_ pieces: [RecordedWire]) {
      var decoder = FrameDecoder()
      for byte in pieces.flatMap(\.bytes) {
        switch decoder.take(byte) {
        case .incomplete: continue
        case .frame(let header): types.append(header.type)
        case .rejected: rejected += 1
        }
      }
    }

    func count(_ wanted: FrameType...) -> Int { types.count { wanted.contains($0) } }
  }

  /// Runs a text on a board at `port`; gives the record and the board's own count.
  private func record(
    _ text: String, port: String, to path: String, wire: WireChoice = .automatic,
    pace: Pace = .maximum, control: SessionControl = SessionControl(),
    meanwhile: () -> Void = {}
  ) throws -> (reader: RecordReader, result: SessionResult, statistics: LinkStatistics) {
    var options = SessionOptions()
    options.recordPath = path
    options.carriesSources = false
    options.wire = wire
    options.pace = pace
    let session = try makeSession(text, options: options)
    var pump = try session.openBoard(port: port, isPatientExcluded: false)
    let running = try session.start(on: pump, control: control)
    meanwhile()
    let result = try running.finish(&pump)
    guard case .serial(let board) = pump else { preconditionFailure("a board was opened") }
    defer { board.close() }
    return (try RecordReader(path: path), result, board.statistics)
  }

  @Test("in lockstep every frame is there, from the first question to the last tick, at its tick")
  func lockstep() throws {
    try withTemporaryPath("a.mcap") { path in
      let served = try ServedBoard()
      defer { served.stop() }
      let run = try record(sessionText(duration: "1 min"), port: served.board.path, to: path)
      let sent = try run.reader.wire(.sent)
      let received = try run.reader.wire(.received)
      let ticks = try Replay.run(path: path).ticks
      let out = Frames(sent)
      #expect(out.rejected == 0)
      #expect(out.types.first == .identify)
      // One for opening the board, one for the file's world behind it.
      #expect(out.count(.open) == 2)
      // A frame a tick.
      #expect(Int64(out.count(.actuate, .actuateAndWrite)) == ticks)
      let back = Frames(received)
      #expect(back.rejected == 0)
      #expect(back.types.first == .identity)
      // All but what is asked for the summary, when the record is closed.
      #expect((0...4).contains(Int(run.statistics.framesReceived) - back.types.count))
      #expect((0...4).contains(Int(run.statistics.framesSent) - out.types.count))
      for pieces in [sent, received] {
        #expect(pieces.map(\.tick) == pieces.map(\.tick).sorted())
        #expect(pieces.last.map { $0.tick >= ticks - 1 } == true)
      }
      // The frame that was sent in a tick is the one that the controller made in it.
      let at = sent.filter { $0.tick == 2000 && Frames([$0]).count(.actuate) == 1 }
      #expect(at.count == 1)
    }
  }

  @Test("frames that were garbled or lost on the wire are garbled or missing in the record")
  func badLine() throws {
    try withTemporaryPath("a.mcap") { path in
      let served = try ServedBoard()
      let relay = try Relay(to: served.board.path, perMille: 3)
      let run = try record(
        sessionText(duration: "1 min", extra: "duration: 1 min"), port: relay.path, to: path)
      relay.stop()
      served.stop()
      let back = Frames(try run.reader.wire(.received))
      #expect(relay.spoilt > 5)
      #expect(back.rejected > 0)
      #expect((0...4).contains(Int(run.statistics.framesRejected) - back.rejected))
      #expect((0...8).contains(Int(run.statistics.framesReceived) - back.types.count))
      // Everything sent again is there as often as it was sent.
      let sent = try run.reader.wire(.sent).flatMap(\.bytes).split(separator: 0).count
      let counted = Int(run.statistics.framesSent + run.statistics.framesResent)
      #expect(run.statistics.framesResent > 4)
      #expect((0...8).contains(counted - sent))
    }
  }

  @Test("in real time both directions are there, and end where the wire goes dead")
  func realTime() throws {
    try withTemporaryPath("a.mcap") { path in
      let served = try ServedBoard()
      let relay = try Relay(to: served.board.path, perMille: 0)
      let control = SessionControl()
      let run = try record(
        sessionText(), port: relay.path, to: path, pace: .realTime, control: control
      ) {
        while control.tick < 150, !control.isFinished { usleep(10_000) }
        relay.isMute.store(true, ordering: .relaxed)
        while !control.isFinished { usleep(10_000) }
      }
      relay.stop()
      served.stop()
      #expect(run.result.ending == .hardwareLost)
      let sent = try run.reader.wire(.sent)
      let received = try run.reader.wire(.received)
      #expect(Frames(sent).rejected == 0)
      #expect(Frames(sent).count(.actuate, .actuateAndWrite) > 50)
      #expect(Frames(received).types.first == .identity)
      #expect(Frames(received).count(.sense) > 50)
      let lastTick = Int64(run.result.simulated_s * 100)
      #expect(try #require(received.last).tick < lastTick - 20)
    }
  }

  @Test("nothing of the wire is recorded where nothing is wanted, and nothing in simulation")
  func none() throws {
    try withTemporaryPath("a.mcap") { path in
      let served = try ServedBoard()
      defer { served.stop() }
      let run = try record(
        sessionText(duration: "1 min", extra: "duration: 1 min"), port: served.board.path, to: path,
        wire: .none)
      #expect(try run.reader.wire(.sent).isEmpty && run.reader.wire(.received).isEmpty)
      var options = SessionOptions()
      options.recordPath = path + ".simulated"
      _ = try simulated(options)
      #expect(try RecordReader(path: path + ".simulated").wire(.sent).isEmpty)
    }
  }

  private func simulated(_ options: SessionOptions) throws -> SessionResult {
    try SessionTests.run(
      sessionText(duration: "1 min", extra: "duration: 1 min"), options: options)
  }

  // MARK: - Around faults

  /// Ten bytes a tick; gives the ticks whose bytes are in the record.
  private func ticksKept(
    _ path: String, _ selection: WireRecorder.Selection, ticks: Int64,
    at: (Int64) -> (signals: AlarmSet, link: LinkState), disturbedAt: Int64 = -1
  ) throws -> [Int64] {
    let tap = WireTap()
    let header = RecordHeader(library: "test", origin: .emulated)
    let writer = try RecordWriter(path: path, header: header)
    writer.powerOn(
      PowerOn(capabilities: Capabilities(), configuration: PumpConfiguration()),
      memory: [], atTick: 0)
    var wire = try #require(WireRecorder(tap, selection))
    for tick in 1...ticks {
      [UInt8](repeating: UInt8(truncatingIfNeeded: tick), count: 10).withUnsafeBufferPointer {
        tap.put(.sent, $0)
      }
      if tick == disturbedAt { tap.noteDisturbance() }
      let (signals, link) = at(tick)
      writer.tick(
        TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none), TickOutput(),
        MonitorOutput())
      #expect(wire.take(writer, atTick: tick, signals: signals, link: link) == 0)
      if tick % 100 == 0 { writer.closeBlock(controllerDigest: 0, monitorDigest: 0) }
    }
    try writer.close(controllerDigest: 0, monitorDigest: 0)
    let found = try RecordReader(path: path).wire(.sent)
    for piece in found {
      #expect(piece.bytes == [UInt8](repeating: UInt8(truncatingIfNeeded: piece.tick), count: 10))
    }
    return found.map(\.tick)
  }

  @Test("in a long session the 10 s before and after a new alarm are there, and nothing else")
  func aroundAlarm() throws {
    try withTemporaryPath("a.mcap") { path in
      let alarm = AlarmSet(bits: 2)
      let kept = try ticksKept(path, .aroundFaults, ticks: 6000) { tick in
        (tick >= 3000 ? alarm : AlarmSet(), .up)
      }
      #expect(kept == Array(2000...4000))
      let quiet = try ticksKept(path + ".quiet", .aroundFaults, ticks: 3000) { _ in
        (AlarmSet(), .up)
      }
      #expect(quiet.isEmpty)
      let all = try ticksKept(path + ".all", .all, ticks: 3000) { _ in (AlarmSet(), .up) }
      #expect(all == Array(1...3000))
    }
  }

  @Test("a lost link and a garbled frame count as faults; a later one prolongs the first")
  func otherFaults() throws {
    try withTemporaryPath("a.mcap") { path in
      let lost = try ticksKept(path, .aroundFaults, ticks: 6000) { tick in
        (AlarmSet(), (3000...3500).contains(tick) ? .lost : .up)
      }
      #expect(lost == Array(2000...4500))
      let disturbed = try ticksKept(
        path + ".disturbed", .aroundFaults, ticks: 6000, at: { _ in (AlarmSet(), .up) },
        disturbedAt: 500)
      #expect(disturbed == Array(1...1500))
    }
  }

  @Test("what finds no room in the tap is left out whole, and counted")
  func leftOut() {
    let tap = WireTap()
    let piece = [UInt8](repeating: 7, count: 4000)
    for _ in 0..<100 { piece.withUnsafeBufferPointer { tap.put(.received, $0) } }
    var taken = 0
    tap.take { _, bytes in
      #expect(bytes.count == 4000 && bytes.allSatisfy { $0 == 7 })
      taken += bytes.count
    }
    #expect(taken == WireTap.capacity / 4003 * 4000)
    #expect(tap.leftOut == UInt64(400_000 - taken))
    // And there is room again.
    piece.withUnsafeBufferPointer { tap.put(.sent, $0) }
    var directions: [WireTap.Direction] = []
    tap.take { direction, _ in directions.append(direction) }
    #expect(directions == [.sent])
  }

  @Test("the history keeps the youngest bytes that fit, in order")
  func history() {
    var history = WireHistory(capacity: 1000)
    for tick in 0..<500 as Range<Int64> {
      [UInt8(truncatingIfNeeded: tick), 0].withUnsafeBufferPointer {
        history.add(.sent, $0, atTick: tick)
      }
    }
    var ticks: [Int64] = []
    history.takeAll(since: 450) { tick, _, bytes in
      #expect(Array(bytes) == [UInt8(truncatingIfNeeded: tick), 0])
      ticks.append(tick)
    }
    // 13 bytes a piece: 76 fit, of which 50 are young enough.
    #expect(ticks == Array(450..<500))
  }
}
