import Host
import PumpHAL
import SessionRecord
import Testing
import Text

@testable import Session

/// What a text and a moment of it come to.
@Suite("Replay of a part of a record, and the pump at a moment")
struct ReplayMomentTests {
  /// Two hours and a half: two snapshots on the way, a bolus, a pause, a loss of power.
  private static let text = sessionText(
    duration: "2 h 20 min",
    extra: """
      patientBolus: { dose: 2 mg, lockout: 30 min, maximum: 2 per h }
      events:
        - { at: 20 min, operator: patient, action: bolus }
        - { at: 61 min, operator: nurse, action: pause }
        - { at: 70 min, operator: nurse, action: start }
        - { at: 90 min, fault: power-loss, duration: 20 s }
        - { at: 91 min, operator: nurse, action: resume }
        - { at: 91 min 1 s, operator: nurse, action: acknowledge }
        - { at: 91 min 2 s, operator: nurse, action: start }
      """)

  /// The session and its record, run once for all tests.
  private static let recorded = Result {
    try withTemporaryPath("a.mcap") { path in
      var options = SessionOptions()
      options.recordPath = path
      let result = try run(text, options: options)
      return (result, try bytes(path))
    }
  }

  private func record(_ path: String) throws -> SessionResult {
    let (result, content) = try Self.recorded.get()
    try OutputFile.write(content, to: path)
    return result
  }

  /// The pump after a replay from the first tick.
  private func viewFromTheStart(_ path: String, at tick: Int64) throws -> PumpView {
    var run = try ReplayRun.whole(path)
    run.past = RecentPast(from: 0, isInMiddle: false)
    let stop = try run.run(until: tick)
    let (loop, past) = (run.loop, run.past)
    return PumpView(
      try #require(loop), tick: tick, isPowered: stop != .powerOff, past: try #require(past),
      startUnixMilliseconds: nil)
  }

  @Test("what a jump shows is what a replay from the first tick comes to")
  func jumps() throws {
    try withTemporaryPath("a.mcap") { path in
      let session = try record(path)
      let last = Int64(session.simulated_s * 100)
      var moments: [Int64] = [1, 499, 500, 126_000, last]
      moments += try RecordReader(path: path).snapshots().flatMap {
        [$0.tick - 1, $0.tick, $0.tick + 1]
      }
      var noise = NoiseOfTests(seed: 3)
      #if DEBUG
        let count = 4
      #else
        let count = 60
      #endif
      for _ in 0..<count { moments.append(1 + Int64(noise.unit() * Double(last - 1))) }
      for tick in moments {
        let moment = try Replay.moment(path: path, at: SessionTime(tick: tick))
        #expect(moment.isIdentical)
        var expected = try viewFromTheStart(path, at: tick)
        // A jump knows from the record's events what happened before its snapshot.
        expected.knownSince = moment.view.knownSince
        let difference = FieldDifference.between(expected, moment.view, path: "view")
        #expect(moment.view == expected, "at tick \(tick): \(difference.map(\.field))")
      }
      let late = try Replay.moment(path: path, at: SessionTime(tick: last))
      #expect(late.from.tick > 700_000, "it begins at the second snapshot")
    }
  }

  @Test("without power the pump shows nothing, and says so")
  func withoutPower() throws {
    try withTemporaryPath("a.mcap") { path in
      let session = try record(path)
      let start = Int64(try #require(session.started_s) * 100)
      let moment = try Replay.moment(
        path: path, at: SessionTime(tick: start + 90 * 6000 + 1000))
      #expect(!moment.view.isPowered)
      #expect(moment.view.text.contains("no power"))
      #expect(moment.json.contains("\"is_powered\": false"))
    }
  }

  @Test("a part is compared from the snapshot before it to its end, and nothing else")
  func part() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      let part = try Replay.run(
        path: path, from: SessionTime("1:30:00"), until: SessionTime("1:40:00"))
      #expect(part.isIdentical)
      #expect(part.until.tick == 600_000)
      #expect(part.from.tick > 300_000 && part.from.tick < 540_000)
      // 20 s of it are without power.
      #expect(part.ticks == part.until.tick - part.from.tick - 2_000)
      #expect(throws: ReplayError.self) {
        try Replay.run(path: path, from: SessionTime("3:00:00"))
      }
      #expect(throws: ReplayError.self) {
        try Replay.moment(path: path, at: SessionTime("2:50:00"))
      }
    }
  }

  @Test("a record that breaks off is jumped into as well, up to where it breaks off")
  func truncated() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      let whole = try bytes(path)
      try OutputFile.write(Array(whole[..<(whole.count * 9 / 10)]), to: path + ".cut")
      let moment = try Replay.moment(path: path + ".cut", at: SessionTime("1:20:00"))
      #expect(moment.from.tick > 300_000)
      #expect(moment.truncatedAtByte != nil)
      #expect(moment.view == (try Replay.moment(path: path, at: SessionTime("1:20:00"))).view)
    }
  }

  @Test("times are read as a clock shows them, and as session files write them")
  func times() throws {
    for (text, tick) in [
      ("13:42:07", 4_932_700), ("42:07", 252_700), ("0:07.5", 750), ("6 h 34 min", 2_364_000),
    ] as [(String, Int64)] {
      #expect(try SessionTime(text).tick == tick)
    }
    for text in ["", "12", "1:2:3:4", "1:60:00", "5:61", "a:b", "-1:00", "1:", "1:2.345"] {
      #expect(throws: (any Error).self, "\(text)") { try SessionTime(text) }
    }
    #expect(SessionTime(tick: 4_932_750).text == "13:42:07.50")
    // 2024-02-29 23:59:59 UTC, by `date -d @1709251199`.
    #expect(TimeText.date(unixMilliseconds: 1_709_251_199_999) == "2024-02-29 23:59:59 UTC")
    #expect(TimeText.date(unixMilliseconds: 0) == "1970-01-01 00:00:00 UTC")
  }
}
