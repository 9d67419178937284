import PumpHAL
import SessionRecord
import Testing

@testable import Session

@Suite("Two records compared")
struct RecordComparisonTests {
  private func record(_ text: String, _ path: String) throws {
    var options = SessionOptions()
    options.recordPath = path
    _ = try run(text, options: options)
  }

  @Test("records of the same session are identical, whatever their blocks")
  func identical() throws {
    try withTemporaryPath("a.mcap") { path in
      try record(sessionText(duration: "3 min"), path)
      var options = SessionOptions()
      options.recordPath = path + ".b"
      options.pace = try #require(Pace(text: "1000"))
      options.isAttended = true
      let session = try makeSession(sessionText(duration: "3 min"), options: options)
      var pump = AttachedPump.simulated(session.simulatedPump())
      _ = try session.run(on: &pump)
      let comparison = try Replay.compare(path: path, against: path + ".b")
      #expect(comparison.isIdentical, "\(comparison.summary)")
      #expect(comparison.ticks == comparison.ticksA && comparison.differingFiles.isEmpty)
    }
  }

  @Test("another seed shows in the first input, and no output before it")
  func seed() throws {
    try withTemporaryPath("a.mcap") { path in
      let text = sessionText(duration: "3 min")
      try record(text, path)
      try record(text.replacing("seed: 7", with: "seed: 8"), path + ".b")
      let comparison = try Replay.compare(path: path, against: path + ".b")
      #expect(!comparison.isIdentical)
      let input = try #require(comparison.firstInputDifference)
      #expect(input.fields.allSatisfy { $0.field.hasPrefix("input.sensors.") })
      if let output = comparison.firstOutputDifference { #expect(output.tick >= input.tick) }
      #expect(comparison.differingFiles == ["session.yaml"])
      #expect(comparison.json.contains("\"a\": "))
    }
  }

  @Test(
    "a changed prescription shows in the command that enters it, and from the start in the outputs")
  func prescription() throws {
    try withTemporaryPath("a.mcap") { path in
      let text = sessionText(duration: "3 min")
      try record(text, path)
      try record(text.replacing("0.06 mg/kg/h", with: "0.07 mg/kg/h"), path + ".b")
      let comparison = try Replay.compare(path: path, against: path + ".b")
      let input = try #require(comparison.firstInputDifference)
      #expect(input.fields.map(\.field) == ["input.command.action"])
      #expect(try #require(comparison.firstOutputDifference).tick > input.tick)
    }
  }

  @Test("another firmware shows in the outputs, with the inputs the same as long as it is unheard")
  func firmware() throws {
    try withTemporaryPath("a.mcap") { path in
      try record(sessionText(duration: "3 min"), path)
      // What another firmware would have recorded: the lamp dark for one tick of a medium alarm.
      var tape = try RecordReader(path: path).tape()
      let header = RecordHeader(library: "another firmware", origin: .simulated)
      let writer = try RecordWriter(path: path + ".b", header: header)
      var item = try tape.next()
      while item != .end {
        if item == .powerOn {
          writer.powerOn(tape.powerOn, memory: tape.memory, atTick: tape.sessionTick)
        } else if item == .tick {
          var output = tape.output
          if tape.sessionTick == 4_321 { output.actuator.lamp = .off }
          writer.tick(tape.input, output, tape.monitor)
        } else if item == .blockEnd {
          writer.closeBlock(controllerDigest: 0, monitorDigest: 0)
        }
        item = try tape.next()
      }
      try writer.close(controllerDigest: 0, monitorDigest: 0)
      let comparison = try Replay.compare(path: path, against: path + ".b")
      #expect(comparison.firstInputDifference == nil)
      let output = try #require(comparison.firstOutputDifference)
      #expect(output.tick == 4_321)
      #expect(
        output.fields
          == [
            FieldDifference(
              field: "output.actuator.lamp", recorded: "medium", replayed: "off")
          ])
    }
  }

  @Test("a power-on in one of them only, another length and another pump are told")
  func shapes() throws {
    try withTemporaryPath("a.mcap") { path in
      let text = sessionText(duration: "3 min")
      try record(text, path)
      try record(sessionText(duration: "4 min"), path + ".long")
      let longer = try Replay.compare(path: path, against: path + ".long")
      #expect(longer.ticksB == longer.ticksA + 6_000)
      try record(
        text + "\nevents: [ { at: 1 min, fault: power-loss, duration: 5 s } ]", path + ".power")
      let power = try Replay.compare(path: path, against: path + ".power")
      #expect(power.firstPowerOnDifference?.fields.map(\.field) == ["powerOn"])
      #expect(power.firstPowerOnDifference?.fields.first?.replayed == "there")
    }
  }
}
