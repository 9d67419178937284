// The built executable, as a user runs it.

import Foundation
import Testing

/// What a run of the executable came to.
struct Finished {
  var status: Int32
  var output: String
  var diagnostics: String
}

/// The executable beside the tests.
let executable: URL = {
  let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("trumpet")
}()

/// Starts the executable.
func start(
  _ arguments: [String], program: URL = executable, output: Pipe, diagnostics: Pipe
) throws -> Process {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = diagnostics
  try process.run()
  return process
}

/// Runs the executable to its end.
func trumpet(_ arguments: String...) throws -> Finished { try finish(executable, arguments) }

/// Runs an executable to its end.
func finish(_ program: URL, _ arguments: [String]) throws -> Finished {
  let output = Pipe()
  let diagnostics = Pipe()
  let process = try start(arguments, program: program, output: output, diagnostics: diagnostics)
  let text = output.fileHandleForReading.readDataToEndOfFile()
  let errors = diagnostics.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Finished(
    status: process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus,
    output: String(decoding: text, as: UTF8.self),
    diagnostics: String(decoding: errors, as: UTF8.self))
}

/// A folder of the test's own with a short session file in it, gone afterwards.
func withFolder<Result>(
  expecting mass: String = "0.14 mg", basal: String = "2 min", _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trumpet-cli-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let text = """
    title: "Command line <test> & more"
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - basal: 0.06 mg/kg/h for \(basal)
    seed: 1
    expect:
      - { dispensed: \(mass), tolerance: 1 % }
    """
  try text.write(
    to: folder.appendingPathComponent("session.yaml"), atomically: true, encoding: .utf8)
  return try body(folder.path)
}

/// The one JSON object in a text.
func object(_ text: String) throws -> [String: Any] {
  let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
  return try #require(parsed as? [String: Any])
}

@Suite("Command line")
struct CommandLineTests {
  @Test("run --json prints one object with the promised keys on standard output, nothing else")
  func json() throws {
    try withFolder { folder in
      let record = folder + "/a.mcap"
      let run = try trumpet("run", folder + "/session.yaml", "--json", "--record", record)
      #expect(run.status == 0, "\(run.diagnostics)")
      let result = try object(run.output)
      let keys: Set = [
        "outcome", "origin", "simulated_s", "wall_s", "times_real_time", "delivered", "alarms",
        "expectations", "state_digest", "record", "resumed_from",
        "measured",
      ]
      #expect(Set(result.keys) == keys)
      #expect(result["outcome"] as? String == "passed")
      #expect(result["origin"] as? String == "simulated")
      let delivered = try #require((result["delivered"] as? [[String: Any]])?.first)
      #expect(
        Set(delivered.keys)
          == ["drug", "dispensed_mg", "infused_mg", "dispensed_mL", "infused_mL"])
      let alarm = try #require((result["alarms"] as? [[String: Any]])?.first)
      #expect(Set(alarm.keys) == ["id", "name", "priority", "raised_s", "cleared_s"])
      let expectation = try #require((result["expectations"] as? [[String: Any]])?.first)
      #expect(Set(expectation.keys) == ["text", "held", "observed"])
      let written = try #require(result["record"] as? [String: Any])
      #expect(Set(written.keys) == ["path", "bytes", "checkpoint"])
      let size = try FileManager.default.attributesOfItem(atPath: record)[.size] as? Int
      #expect(written["bytes"] as? Int == size)
      let replay = try trumpet("replay", record, "--json")
      #expect(replay.status == 0)
      let replayed = try object(replay.output)
      #expect(
        Set(replayed.keys) == [
          "identical", "ticks", "first_difference", "times_real_time", "from_s", "until_s",
        ])
      #expect(replayed["identical"] as? Bool == true)
      #expect(replayed["first_difference"] is NSNull)
    }
  }

  @Test("an expectation that does not hold is status 1, and well-formed JUnit names it")
  func failing() throws {
    try withFolder(expecting: "9 mg") { folder in
      let junit = folder + "/junit.xml"
      let run = try trumpet("run", folder + "/session.yaml", "--junit", junit)
      #expect(run.status == 1)
      #expect(run.output.contains("FAILED"))
      let check = Process()
      check.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      check.arguments = [
        "python3", "-c",
        "import sys, xml.etree.ElementTree as e; s = e.parse(sys.argv[1]).getroot().find('testsuite');"
          + "assert s.get('name') == 'Command line <test> & more', s.get('name');"
          + "assert s.get('failures') == '1'; assert len(s.findall('testcase/failure')) == 1",
        junit,
      ]
      try check.run()
      check.waitUntilExit()
      #expect(check.terminationStatus == 0)
    }
  }

  @Test(
    "each kind of mistake has its exit status, one clear message, and nothing on standard output")
  func statuses() throws {
    try withFolder { folder in
      let file = folder + "/session.yaml"
      try "title: [".write(toFile: folder + "/bad.yaml", atomically: true, encoding: .utf8)
      try "x".write(toFile: folder + "/taken.mcap", atomically: true, encoding: .utf8)
      let cases: [(arguments: [String], status: Int32, says: String)] = [
        (["run", file, "--pace", "fast"], 64, "pace"),
        (["run", file, "--hardware", "balloon"], 64, "hardware"),
        (["run", file, "--hardware", "board:/dev/null/x", "--pump-state", "s"], 64, "pump-state"),
        (["run"], 64, "file"),
        (["nonsense"], 64, "nonsense"),
        (["catalogue", "syringes", "bd-plastipack-20"], 64, "bd-plastipak-20"),
        (["catalogue", "faults", "force-sell"], 64, "force-cell"),
        (["run", folder + "/bad.yaml"], 65, "bad.yaml:"),
        (["run", folder], 65, folder),
        (["run", file, "--pump-state", folder + "/taken.mcap"], 65, "pump state"),
        (["replay", file], 65, "MCAP"),
        (["run", folder + "/none.yaml"], 66, "none.yaml"),
        (["replay", folder + "/none.mcap"], 66, "none.mcap"),
        (["run", file, "--hardware", "board:\(folder)/none"], 69, "none"),
        (["run", file, "--hardware", "board:\(file)"], 69, "session.yaml"),
        (["run", file, "--record", folder + "/taken.mcap"], 74, "taken.mcap"),
        (["run", file, "--record", folder + "/no/where.mcap"], 74, "where.mcap"),
        (["run", file, "--junit", folder + "/no/where.xml"], 74, "where.xml"),
      ]
      for test in cases {
        let output = Pipe()
        let diagnostics = Pipe()
        let process = try start(test.arguments, output: output, diagnostics: diagnostics)
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let errors = diagnostics.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: errors, as: UTF8.self)
        #expect(process.terminationStatus == test.status, "\(test.arguments): \(text)")
        #expect(text.contains(test.says), "\(test.arguments): \(text)")
        #expect(printed.isEmpty, "\(test.arguments)")
      }
      let taken = try String(contentsOfFile: folder + "/taken.mcap", encoding: .utf8)
      #expect(taken == "x", "a file that is there is never written over")
    }
  }

  @Test(
    "a signal, even if it comes twice, stops the pump, closes the record and says so",
    arguments: [SIGTERM, SIGINT, SIGHUP])
  func signals(signal: Int32) throws {
    try withFolder(basal: "20 h") { folder in
      let record = folder + "/a.mcap"
      let output = Pipe()
      let process = try start(
        [
          "run", folder + "/session.yaml", "--pace", "200", "--json", "--without-sources",
          "--record", record,
        ],
        output: output, diagnostics: Pipe())
      // Wait for delivery to be under way: the first blocks are in the file.
      while process.isRunning, fileSize(record) < 40_000 { usleep(10_000) }
      // `timeout` signals the process and then its group.
      kill(process.processIdentifier, signal)
      usleep(1000)
      kill(process.processIdentifier, signal)
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 1)
      let result = try object(String(decoding: text, as: UTF8.self))
      #expect(result["outcome"] as? String == "stopped")
      let replay = try trumpet("replay", record)
      #expect(replay.status == 0, "\(replay.output)")
      #expect(!replay.output.contains("breaks off"))
    }
  }

  @Test("the emulated board is a peer: the same file has the same outcome and the same digest")
  func board() throws {
    try withFolder { folder in
      let file = folder + "/session.yaml"
      let port = folder + "/port"
      let diagnostics = Pipe()
      let board = try start(
        ["emulate", "board", "--link", port], output: Pipe(), diagnostics: diagnostics)
      defer {
        board.terminate()
        board.waitUntilExit()
        #expect(!FileManager.default.fileExists(atPath: port), "the link is taken away")
      }
      while board.isRunning, !FileManager.default.fileExists(atPath: port) { usleep(10_000) }
      let simulated = try trumpet("run", file, "--json")
      let record = folder + "/board.mcap"
      let emulated = try trumpet(
        "run", file, "--json", "--hardware", "board:\(port)", "--record", record)
      #expect(emulated.status == 0, "\(emulated.diagnostics)")
      let one = try object(simulated.output)
      let other = try object(emulated.output)
      #expect(other["origin"] as? String == "emulated")
      #expect(other["outcome"] as? String == one["outcome"] as? String)
      let expected = try #require((one["delivered"] as? [[String: Any]])?.first)
      let delivered = try #require((other["delivered"] as? [[String: Any]])?.first)
      #expect(delivered as NSDictionary == expected as NSDictionary)
      #expect(try trumpet("replay", record).status == 0)
    }
  }

  @Test(
    "a board that dies is status 69; alarm and record say what happened, and the record replays")
  func boardDies() throws {
    try withFolder(basal: "20 h") { folder in
      let port = folder + "/port"
      let record = folder + "/a.mcap"
      let board = try start(
        ["emulate", "board", "--link", port], output: Pipe(), diagnostics: Pipe())
      while board.isRunning, !FileManager.default.fileExists(atPath: port) { usleep(10_000) }
      let output = Pipe()
      let diagnostics = Pipe()
      let process = try start(
        [
          "run", folder + "/session.yaml", "--json", "--hardware", "board:\(port)", "--record",
          record,
        ], output: output, diagnostics: diagnostics)
      while process.isRunning, fileSize(record) < 20_000 { usleep(10_000) }
      kill(board.processIdentifier, SIGKILL)
      let text = output.fileHandleForReading.readDataToEndOfFile()
      let errors = diagnostics.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      board.waitUntilExit()
      #expect(process.terminationStatus == 69)
      #expect(String(decoding: errors, as: UTF8.self).contains("the link is lost"))
      let result = try object(String(decoding: text, as: UTF8.self))
      let alarms = try #require(result["alarms"] as? [[String: Any]])
      #expect(alarms.contains { $0["name"] as? String == "comms-lost" })
      #expect(try trumpet("replay", record).status == 0)
    }
  }

  @Test("a pump state carries from run to run; the account of each run is its own")
  func pumpState() throws {
    try withFolder { folder in
      let file = folder + "/session.yaml"
      for _ in 1...2 {
        let run = try trumpet("run", file, "--pump-state", folder + "/pump.state")
        #expect(run.status == 0, "\(run.output)\(run.diagnostics)")
      }
    }
  }

  @Test("catalogue and schema print what is built in")
  func builtIn() throws {
    #expect(try trumpet("catalogue").output.contains("bd-plastipak-20"))
    #expect(try trumpet("catalogue", "syringes", "bd-plastipak-20").output.contains("source"))
    let faults = try trumpet("catalogue", "faults").output
    #expect(faults.contains("force-cell gain: reads a share too much  [F08]"))
    #expect(faults.contains("amount: -200 % to 1000 %"))
    #expect(try !trumpet("catalogue", "faults", "nut").output.contains("force-cell"))
    let schema = try object(trumpet("schema", "session").output)
    #expect(schema["$schema"] != nil)
  }

  private func fileSize(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
  }
}
