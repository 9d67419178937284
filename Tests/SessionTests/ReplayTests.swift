import Catalogue
import Host
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant
import SessionFile
import SessionRecord
import Testing

@testable import Session

@Suite("Replay")
struct ReplayTests {
  private static let eventful = sessionText(
    duration: "6 min",
    extra: """
      events:
        - { at: 2 min, fault: power-loss, duration: 20 s }
        - { at: 3 min, operator: nurse, action: resume }
        - { at: 3 min 1 s, operator: nurse, action: acknowledge }
        - { at: 3 min 2 s, operator: nurse, action: start }
        - { at: 4 min, operator: nurse, action: pause }
        - { at: 5 min, operator: nurse, action: start }
      """)

  private func record(_ path: String) throws -> SessionResult {
    var options = SessionOptions()
    options.recordPath = path
    options.carriesSources = false
    return try run(Self.eventful, options: options)
  }

  /// Copies a record tick by tick, changing what `change` changes.
  private func copy(
    _ source: String, to path: String,
    change: (Int64, inout TickInput, inout TickOutput, inout MonitorOutput) -> Void
  ) throws {
    var tape = try RecordReader(path: source).tape()
    let header = RecordHeader(library: "test", origin: .simulated)
    let writer = try RecordWriter(path: path, header: header)
    var digests = (controller: UInt64(0), monitor: UInt64(0))
    loop: while true {
      switch try tape.next() {
      case .powerOn:
        writer.powerOn(tape.powerOn, memory: tape.memory, atTick: tape.sessionTick)
      case .tick:
        var (input, output, monitor) = (tape.input, tape.output, tape.monitor)
        change(tape.sessionTick, &input, &output, &monitor)
        writer.tick(input, output, monitor)
      case .worldChange: continue
      case .blockEnd:
        digests = (tape.controllerDigest, tape.monitorDigest)
        writer.closeBlock(controllerDigest: digests.controller, monitorDigest: digests.monitor)
      case .end: break loop
      }
    }
    try writer.close(controllerDigest: digests.controller, monitorDigest: digests.monitor)
  }

  @Test("a record replays bit for bit, through pause and loss of power")
  func identical() throws {
    try withTemporaryPath("a.mcap") { path in
      let session = try record(path)
      let replay = try Replay.run(path: path)
      #expect(replay.isIdentical, "\(String(describing: replay.firstDifference))")
      #expect(replay.origin == .simulated)
      // The 20 s without power have no ticks; the power-on after them counts from the tick before.
      #expect(replay.ticks == Int64(session.simulated_s * 100) - 2000)
    }
  }

  @Test("one flipped bit in a recorded output is reported at its tick, with field and both sides")
  func flippedOutput() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      try copy(path, to: path + ".changed") { tick, _, output, _ in
        if tick == 9_999 { output.actuator.targetSteps ^= 1 }
      }
      let difference = try #require(try Replay.run(path: path + ".changed").firstDifference)
      #expect(difference.tick == 9_999)
      #expect(difference.fields.map(\.field) == ["output.actuator.targetSteps"])
    }
  }

  @Test("one flipped bit in what the monitor said is reported too")
  func flippedVerdict() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      try copy(path, to: path + ".changed") { tick, _, _, monitor in
        if tick == 5_000 { monitor.isPermitting.toggle() }
      }
      let difference = try #require(try Replay.run(path: path + ".changed").firstDifference)
      #expect(difference.tick == 5_000)
      #expect(difference.fields.map(\.field) == ["monitor.isPermitting"])
    }
  }

  @Test("an input that was changed afterwards shows at the first output that it changes")
  func changedInput() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      try copy(path, to: path + ".changed") { tick, input, _, _ in
        if tick == 8_000 { input.command = OperatorCommand(.stop, by: .nurse) }
      }
      let difference = try #require(try Replay.run(path: path + ".changed").firstDifference)
      #expect(difference.tick == 8_000)
      #expect(difference.fields.contains { $0.field == "output.result" })
    }
  }

  @Test("passes that came late replay with the ticks they took")
  func overruns() throws {
    try withTemporaryPath("a.mcap") { path in
      let session = try makeSession(sessionText())
      var pump = session.simulatedPump()
      let setUp = session.description.setUpCommands(isNewPatient: true)
      let commands = setUp + [OperatorCommand(.start, by: .nurse)]
      let powerOn = PowerOn(
        capabilities: pump.capabilities, configuration: session.description.pump.configuration)
      let memory = pump.restoreMemory()
      var loop = ControlLoop(powerOn: powerOn, memory: memory)
      let header = RecordHeader(library: "test", origin: .simulated)
      let writer = try RecordWriter(path: path, header: header)
      writer.powerOn(powerOn, memory: memory, atTick: 0)
      for pass in 0..<3000 {
        let elapsed: UInt16 = pass % 97 == 50 ? 7 : 1
        for _ in 1..<elapsed { pump.elapse() }
        let isDue = pass >= 1000 && pass - 1000 < commands.count
        let command = isDue ? commands[pass - 1000] : .none
        loop.tick(&pump, elapsed: elapsed, command: command)
        writer.tick(loop.input, loop.output, loop.verdict)
      }
      #expect(loop.output.mode == .infusing)
      try writer.close(
        controllerDigest: loop.controller.digest.value, monitorDigest: loop.monitor.digest.value)
      let replay = try Replay.run(path: path)
      #expect(replay.isIdentical, "\(String(describing: replay.firstDifference))")
      #expect(replay.ticks == 3000)
    }
  }

  @Test("the same session gives the same record, byte for byte")
  func sameBytes() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      _ = try record(path + ".again")
      #expect(try bytes(path) == bytes(path + ".again"))
    }
  }

  @Test("a record that breaks off replays up to where it breaks off")
  func truncated() throws {
    try withTemporaryPath("a.mcap") { path in
      _ = try record(path)
      let whole = try bytes(path)
      let ends = chunkEnds(of: whole)
      // In the middle of a record, behind two thirds of the chunks.
      let cut = ends[ends.count * 2 / 3].end + 5
      try OutputFile.write(Array(whole[..<cut]), to: path + ".cut")
      let replay = try Replay.run(path: path + ".cut")
      #expect(replay.isIdentical)
      #expect(replay.truncatedAtByte != nil)
      #expect(replay.ticks > 0)
    }
  }
}
