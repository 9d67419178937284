import Catalogue
import Host
import PumpHAL
import SessionFile
import SessionRecord
import Testing
import Vocabulary

@testable import Session

/// A session of a text, recorded, killed at a byte, and resumed.
struct KilledSession {
  let text: String
  let whole: SessionResult
  let folder: String

  /// Runs `text` to its end, with a record.
  init(_ text: String, in folder: String) throws {
    self.text = text
    self.folder = folder
    var options = SessionOptions()
    options.recordPath = folder + "/whole.mcap"
    whole = try run(text, options: options)
  }

  /// The record as a kill left it when so much of its session had been written.
  func cut(_ name: String, of source: String = "whole", at share: Double) throws -> String {
    let all = try bytes("\(folder)/\(source).mcap")
    let chunks = chunkEnds(of: all)
    let first = try #require(chunks.first { $0.tick > 0 }).end
    let last = try #require(chunks.last).end
    let place = first + Int(Double(last - first) * share)
    return try write(name, all[..<place])
  }

  /// The record as a kill left it right behind the block that ends with `tick`, or the next one.
  func kill(_ name: String, of source: String = "whole", atTick tick: Int64) throws -> String {
    let all = try bytes("\(folder)/\(source).mcap")
    let end = try #require(chunkEnds(of: all).last { $0.tick <= tick }?.end)
    return try write(name, all[..<end])
  }

  private func write(_ name: String, _ content: ArraySlice<UInt8>) throws -> String {
    let path = "\(folder)/\(name).mcap"
    try OutputFile.write(Array(content), to: path)
    return path
  }

  /// The most, mg, that a kill right behind this record may cost.
  ///
  /// A loss of power costs a portion of 0.02 mL at most, 0.12 mg at 6 mg/mL, and what was left
  /// of a bolus; a bolus that is asked for in the self test and until the start, 6 s, is refused.
  func mostMissing(after path: String) throws -> Double {
    let tick = try #require(try RecordVerifier.verify(path: path).lastSeal?.tick)
    let bolus = whole.commands.first { $0.command.action == .requestBolus }?.tick ?? 0
    return (bolus - 600...bolus + 600).contains(tick) ? 2.12 : 0.12
  }

  /// Goes on from records; gives the result, and the record that was written.
  func resume(
    _ paths: [String], to name: String, control: SessionControl = SessionControl()
  ) throws -> (result: SessionResult, path: String) {
    var options = SessionOptions()
    options.recordPath = "\(folder)/\(name).mcap"
    let session = try makeSession(text, options: options)
    let resumed = try session.catchUp(with: paths, isSimulated: true, control: control)
    let pump = AttachedPump.simulated(try #require(resumed.pump))
    var left = pump
    let result = try session.start(resumed, on: pump, control: control).finish(&left)
    return (result, "\(folder)/\(name).mcap")
  }
}

/// A session that a kill at any moment must leave whole: basal, a bolus, a loss of power, a pause.
let eventfulSession = sessionText(
  duration: "14 min",
  extra: """
    patientBolus: { dose: 2 mg, lockout: 30 min, maximum: 2 per h }
    events:
      - { at: 2 min, operator: patient, action: bolus }
      - { at: 4 min, fault: power-loss, duration: 20 s }
      - { at: 5 min, operator: nurse, action: resume }
      - { at: 5 min 1 s, operator: nurse, action: acknowledge }
      - { at: 5 min 2 s, operator: nurse, action: start }
      - { at: 8 min, operator: nurse, action: pause }
      - { at: 10 min, operator: nurse, action: start }
    """)

@Suite("A session resumed after a kill")
struct ResumeTests {
  @Test(
    "what is resumed verifies, replays, names the record before it, and delivers what it should")
  func resumes() throws {
    try withTemporaryPath("") { folder in
      let killed = try KilledSession(eventfulSession, in: folder)
      let expected = try #require(killed.whole.delivered.first?.dispensed_mg)
      let old = try killed.cut("old", at: 0.5)
      let (result, path) = try killed.resume([old], to: "new")
      #expect(result.ending == .complete)
      let dispensed = try #require(result.delivered.first?.dispensed_mg)
      // A loss of power may cost a portion of 0.02 mL, 0.12 mg at 6 mg/mL, and repeats none.
      #expect(abs(dispensed - expected) < 0.12, "\(dispensed) mg instead of \(expected) mg")
      let verification = try RecordVerifier.verify(path: path)
      #expect(verification.passes(allowingUnsigned: true), "\(verification.reason)")
      #expect(verification.previous == (try RecordVerifier.verify(path: old).lastSeal))
      #expect(verification.reason.contains("goes on from session"))
      let replay = try Replay.run(path: path)
      #expect(replay.isIdentical, "\(String(describing: replay.firstDifference))")
      #expect(replay.previous == verification.previous)
      #expect(replay.summary.contains("goes on from session"))
    }
  }

  @Test(
    "killed at any moment, the therapy comes to what it would have, but for what a power loss may cost"
  )
  func anyMoment() throws {
    try withTemporaryPath("") { folder in
      let killed = try KilledSession(eventfulSession, in: folder)
      let expected = try #require(killed.whole.delivered.first?.dispensed_mg)
      var generator = NoiseOfTests(seed: 5)
      #if DEBUG
        let kills = 4
      #else
        let kills = 100
      #endif
      for index in 0..<kills {
        let share = generator.unit()
        let old = try killed.cut("old\(index)", at: share)
        let (result, path) = try killed.resume([old], to: "new\(index)")
        let dispensed = try #require(result.delivered.first?.dispensed_mg)
        // A pump killed when its programme was over finds nothing to resume, and rests.
        let wasOver = result.occurrences.contains { $0.kind == .mode(from: .complete, to: .off) }
        #expect(
          result.ending == (wasOver ? .idle : .complete),
          "killed at \(share) of the record: \(result.ending)")
        let missing = expected - dispensed
        #expect(
          try missing > -0.02 && missing < killed.mostMissing(after: old),
          "killed at \(share) of the record: \(dispensed) mg instead of \(expected) mg")
        #expect(try Replay.run(path: path).isIdentical)
      }
    }
  }

  @Test("a session killed twice goes on from both records, and refuses them in another order")
  func chain() throws {
    try withTemporaryPath("") { folder in
      let killed = try KilledSession(eventfulSession, in: folder)
      let first = try killed.cut("first", at: 0.4)
      _ = try killed.resume([first], to: "second-whole")
      let second = try killed.cut("second", of: "second-whole", at: 0.5)
      let (result, path) = try killed.resume([first, second], to: "third")
      #expect(result.ending == .complete)
      let expected = try #require(killed.whole.delivered.first?.dispensed_mg)
      let dispensed = try #require(result.delivered.first?.dispensed_mg)
      let most = try killed.mostMissing(after: first) + killed.mostMissing(after: second)
      #expect(expected - dispensed > -0.04 && expected - dispensed < most)
      #expect(try Replay.run(path: path).isIdentical)
      for wrong in [[second], [second, first], [first, first]] {
        #expect(throws: ResumeError.self) { try killed.resume(wrong, to: "never") }
      }
    }
  }

  @Test("keys that were pressed live are pressed again on the way, in their ticks")
  func liveKeys() throws {
    try withTemporaryPath("") { folder in
      let killed = try KilledSession(sessionText(duration: "10 min"), in: folder)
      // A record with keys in it: the engine driven by hand.
      let path = folder + "/keys.mcap"
      var options = SessionOptions()
      options.recordPath = path
      let session = try makeSession(killed.text, options: options)
      var pump = session.simulatedPump()
      let control = SessionControl()
      let writer = try #require(try session.openRecord(origin: .simulated))
      var engine = SessionEngine(&pump, plan: session.plan(), recorder: writer, control: control)
      for tick in 1...30_000 {
        if tick == 505 { control.press(.audioPause) }  // in the middle of the set-up
        if tick == 12_000 { control.press(.pause) }
        if tick == 18_000 { control.press(.start) }
        _ = engine.pass(&pump, elapsed: 1)
      }
      let (result, new) = try killed.resume([path], to: "new")
      #expect(result.ending == .complete)
      let keys = result.commands.filter {
        [.audioPause, .pause].contains($0.command.action) && $0.command.role == .nurse
      }
      #expect(keys.map(\.tick) == [505, 12_000])
      #expect(try Replay.run(path: new).isIdentical)
    }
  }

  @Test("killed before the programme began, the set-up is done again")
  func beforeStart() throws {
    try withTemporaryPath("") { folder in
      let text = sessionText(duration: "10 min").replacing(
        "fill: 20 mL }", with: "fill: 20 mL, prime: 0.3 mL }")
      let killed = try KilledSession(text, in: folder)
      let whole = try RecordReader(path: folder + "/whole.mcap")
      var tape = try whole.tape()
      // The last block before the start, which is a command and so ends one.
      var ends: [Int64] = []
      let start = Int64(try #require(killed.whole.started_s) * 100)
      while true {
        let item = try tape.next()
        if item == .end { break }
        if item == .blockEnd, tape.sessionTick < start { ends.append(tape.sessionTick) }
      }
      let path = try killed.kill("old", atTick: try #require(ends.last))
      let (result, new) = try killed.resume([path], to: "new")
      #expect(result.ending == .complete)
      let dispensed = try #require(result.delivered.first?.dispensed_mg)
      let expected = try #require(killed.whole.delivered.first?.dispensed_mg)
      #expect(abs(dispensed - expected) < 1e-6)
      #expect(try Replay.run(path: new).isIdentical)
    }
  }

  @Test("a record that does not fit is refused, saying why")
  func refusals() throws {
    try withTemporaryPath("") { folder in
      let killed = try KilledSession(sessionText(duration: "30 min"), in: folder)
      let old = try killed.cut("old", at: 0.5)
      func reason(_ text: String, _ path: String, isSimulated: Bool = true) throws -> String {
        let session = try makeSession(text)
        do {
          _ = try session.catchUp(
            with: [path], isSimulated: isSimulated, control: SessionControl())
        } catch let error { return "\(error)" }
        return "taken"
      }
      #expect(try reason(killed.text + " ", old).contains("another session file"))
      #expect(try reason(killed.text, folder + "/whole.mcap").contains("ended in order"))
      #expect(try reason(killed.text, old, isSimulated: false).contains("--hardware sim"))
      #expect(try reason(killed.text, folder + "/none.mcap").contains("no such file"))
      var altered = try bytes(old)
      altered[altered.count * 9 / 10] ^= 1
      try OutputFile.write(altered, to: folder + "/altered.mcap")
      #expect(try reason(killed.text, folder + "/altered.mcap").contains("not as it was written"))
    }
  }
}

/// Small, even, seeded: for the moments at which tests kill.
struct NoiseOfTests {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
  mutating func unit() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / Double(UInt64(1) << 53)
  }
}

/// Where the chunks of a record end, and the last tick in each.
func chunkEnds(of all: [UInt8]) -> [(end: Int, tick: Int64)] {
  func number(at place: Int) -> Int {
    var value = 0
    for byte in (0..<8).reversed() { value = value << 8 | Int(all[place + byte]) }
    return value
  }
  var found: [(end: Int, tick: Int64)] = []
  var place = 8
  while place + 9 <= all.count, all[place] != 0x0f {
    let end = place + 9 + number(at: place + 1)
    if all[place] == 0x06 { found.append((end, Int64(number(at: place + 17) / 10_000_000))) }
    place = end
  }
  return found
}
