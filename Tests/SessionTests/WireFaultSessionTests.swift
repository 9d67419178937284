import BoardProtocol
import Glibc
import PumpHAL
import PumpPlant
import SessionFile
import SessionRecord
import Testing

@testable import PumpSerial
@testable import Session

/// Sessions in real time over a bad line, all at once, so that they take ten seconds together.
@Suite("Sessions over a bad line", .serialized)
struct WireFaultSessionTests {
  /// One session: what is wrong, and the state of the link at the end.
  private struct Row {
    let wire: String
    let link: LinkState
    var isLost: Bool { link != .up }
  }

  private struct Running {
    let row: Row
    let served: ServedBoard
    let path: String
    let control = SessionControl()
    var session: RunningSession?
    var pump: AttachedPump?
  }

  /// What a record says of the link.
  private struct Told {
    var ticks = 0
    var last = LinkState.inProcess
    /// Age of the readings when the link was first not up, ticks.
    var ageWhenLost: UInt16?
    /// Steps when the link was first not up, and in the last tick.
    var stepsWhenLost: Int64 = 0
    var stepsAtEnd: Int64 = 0
    /// Whether both permits were ever given after that.
    var isPermittedAfterwards = false

    init(_ reader: RecordReader) throws {
      var tape = try reader.tape()
      while true {
        let item = try tape.next()
        if case .end = item { return }
        guard case .tick = item else { continue }
        let sensors = tape.input.sensors
        ticks += 1
        last = sensors.link
        stepsAtEnd = sensors.stepCount
        if last != .up, ageWhenLost == nil {
          ageWhenLost = sensors.motionAge
          stepsWhenLost = sensors.stepCount
        } else if last != .up, tape.monitor.isPermitting,
          tape.output.actuator.isControllerPermitting
        {
          isPermittedAfterwards = true
        }
      }
    }
  }

  /// Runs all rows until each has lost its link, or for 8 s of session time.
  private func run(_ rows: [Row], _ check: (Running, SessionResult, LinkStatistics) throws -> Void)
    throws
  {
    try withTemporaryPath("record") { path in
      var all: [Running] = []
      for (number, row) in rows.enumerated() {
        all.append(
          Running(
            row: row, served: try ServedBoard(wire: row.wire), path: "\(path)-\(number).mcap"))
      }
      for index in all.indices {
        var options = SessionOptions()
        options.recordPath = all[index].path
        options.carriesSources = false
        options.pace = .realTime
        let session = try makeSession(sessionText(), options: options)
        let pump = try session.openBoard(
          port: all[index].served.board.path, isPatientExcluded: false)
        all[index].pump = pump
        all[index].session = try session.start(on: pump, control: all[index].control)
      }
      while !all.allSatisfy(\.control.isFinished) {
        usleep(20_000)
        for running in all where running.control.tick > 800 && !running.row.isLost {
          running.control.requestStop()
        }
        // A link that should have been lost and is not would run for 20 min.
        for running in all where running.control.tick > 1600 { running.control.requestStop() }
      }
      for running in all {
        guard let session = running.session, var pump = running.pump else { continue }
        let result = try session.finish(&pump)
        guard case .serial(let board) = pump else { preconditionFailure("a board was opened") }
        let statistics = board.statistics
        board.close()
        running.served.stop()
        try check(running, result, statistics)
      }
    }
  }

  @Test("under the limits a session runs on, and its record tells what was late, lost and garbled")
  func within() throws {
    let rows = [
      "delay=30ms,jitter=20ms", "loss=3%,duplication=10%", "corruption=3%,truncation=3%",
      "silence,to=host,from=6s,until=6.1s silence,to=device,from=7s,until=7.1s", "baud=115200",
      "delay=10ms,jitter=20ms,loss=1%,duplication=1%,corruption=1%,truncation=1%",
    ].map { Row(wire: $0, link: .up) }
    try run(rows) { running, result, statistics in
      let wire = running.row.wire
      // A machine so busy that nothing ran for 240 ms loses the link rightly.
      if statistics.longestSilence > RealTimeLink.silenceLimit / 2, !wire.contains("silence") {
        return
      }
      #expect(result.ending == .interrupted, "\(wire)")
      #expect(!result.alarms.contains { $0.id == .commsLost }, "\(wire)")
      let reader = try RecordReader(path: running.path)
      let told = try Told(reader)
      #expect(told.last == .up && told.ageWhenLost == nil, "\(wire)")
      #expect(told.stepsAtEnd > 0, "\(wire)")
      #expect(try RecordVerifier.verify(path: running.path).state == .complete, "\(wire)")
      // What did not come is missing in the bytes of the record, and what came garbled is garbled.
      let back = Back(try reader.wire(.received))
      let toHost = running.served.board.tally.toHost ?? WireFaultCounts()
      // The link's own count goes on for a while after the session's last tick.
      #expect(statistics.framesMissed >= UInt64(back.missed), "\(wire)")
      #expect(back.rejected <= Int(toHost.corrupted + toHost.truncated), "\(wire)")
      let spoilt = toHost.lost + toHost.silenced + toHost.corrupted + toHost.truncated
      if wire.hasPrefix("baud") { #expect(back.missed == 0, "\(wire)") }
      if spoilt > 10 { #expect(back.missed + back.rejected > 5, "\(wire)") }
    }
  }

  @Test("beyond the limits the link is latched within 250 ms, the pump stops, the record is whole")
  func beyond() throws {
    let rows =
      [
        "delay=300ms,from=6s", "delay=300ms,to=device,from=6s", "loss=100%,to=host,from=6s",
        "loss=100%,to=device,from=6s", "corruption=100%,to=host,from=6s",
        "truncation=100%,from=6s", "silence,from=6s", "baud=4800,from=6s",
      ].map { Row(wire: $0, link: .lost) } + [Row(wire: "reset=6s", link: .mismatched)]
    try run(rows) { running, result, _ in
      let wire = running.row.wire
      #expect(result.ending == .hardwareLost, "\(wire)")
      #expect(result.alarms.contains { $0.id == .commsLost }, "\(wire)")
      let reader = try RecordReader(path: running.path)
      let told = try Told(reader)
      #expect(told.last == running.row.link, "\(wire)")
      // Another 10 ms for a busy machine.
      #expect(told.ageWhenLost.map { $0 <= 26 } == true, "\(wire): \(told.ageWhenLost ?? 0)")
      #expect(!told.isPermittedAfterwards, "\(wire)")
      // Never a zero reading; a board that was reset really counts from zero.
      if running.row.link == .lost {
        #expect(told.stepsWhenLost > 0 && told.stepsAtEnd >= told.stepsWhenLost, "\(wire)")
        // Where the board is still heard, its motor is seen to run out.
        let isHeard = ["to=device", "delay", "baud"].contains { wire.contains($0) }
        #expect(isHeard || told.stepsAtEnd == told.stepsWhenLost, "\(wire)")
      }
      #expect(try RecordVerifier.verify(path: running.path).state == .complete, "\(wire)")
      // The dead man: a quarter of a second at 400 microsteps a second is the most that came after.
      let steps = running.served.board.truth.stepsDone
      if running.row.link == .lost {
        #expect(steps - told.stepsAtEnd <= 200, "\(wire)")
      }
    }
  }

  /// Sense frames in received bytes: how many are missing by their numbers, and what was no frame.
  private struct Back {
    var missed = 0
    var rejected = 0

    init(_ pieces: [RecordedWire]) {
      var decoder = FrameDecoder()
      var last: UInt8?
      for byte in pieces.flatMap(\.bytes) {
        switch decoder.take(byte) {
        case .incomplete: continue
        case .rejected: rejected += 1
        case .frame(let header):
          // A new session numbers on; the opening of one is where counting begins.
          if header.type == .opened { last = nil }
          guard header.type == .sense else { continue }
          if let last {
            let ahead = Int8(bitPattern: header.sequence &- last)
            if ahead <= 0 { continue }
            missed += Int(ahead) - 1
          }
          last = header.sequence
        }
      }
    }
  }
}
