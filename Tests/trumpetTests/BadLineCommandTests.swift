import Foundation
import Testing

@Suite("A bad line on the command line")
struct BadLineCommandTests {
  /// A board on a bad line until `body` has ended; gives what it printed.
  private func withBoard(
    _ folder: String, _ options: [String], _ body: (String) throws -> Void
  ) throws -> [String: Any] {
    let port = folder + "/board"
    let output = Pipe()
    let board = try start(
      ["emulate", "board", "--link", port, "--json"] + options, output: output,
      diagnostics: Pipe())
    defer { board.waitUntilExit() }
    let deadline = Date().addingTimeInterval(20)
    while !FileManager.default.fileExists(atPath: port), Date() < deadline { usleep(10_000) }
    do { try body(port) } catch {
      board.terminate()
      throw error
    }
    board.terminate()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    return try object(String(decoding: text, as: UTF8.self))
  }

  @Test("a line that falls silent ends the session with status 69; its record is whole")
  func silence() throws {
    try withFolder { folder in
      let record = folder + "/a.mcap"
      let tally = try withBoard(folder, ["--wire", "silence,from=7s"]) { port in
        let run = try trumpet(
          "run", folder + "/session.yaml", "--pace", "realtime", "--hardware", "board:" + port,
          "--record", record, "--unsigned", "--json")
        #expect(run.status == 69, "\(run.diagnostics)")
        #expect(run.diagnostics.contains("the link is lost"))
        let result = try object(run.output)
        #expect(result["outcome"] as? String == "stopped")
        let alarms = try #require(result["alarms"] as? [[String: Any]])
        #expect(alarms.contains { $0["name"] as? String == "comms-lost" })
        let delivered = try #require(result["delivered"] as? [[String: Any]]).first
        #expect(delivered?["dispensed_mg"] as? Double ?? 0 > 0)
      }
      #expect(try trumpet("verify", record, "--allow-unsigned").status == 0)
      #expect(try trumpet("replay", record).status == 0)
      let toHost = try #require(tally["to_host"] as? [String: Any])
      #expect(toHost["silenced"] as? Int ?? 0 > 100 && toHost["lost"] as? Int == 0)
    }
  }

  @Test("tick by tick, a line that loses frames changes nothing but the time that it takes")
  func lockstep() throws {
    try withFolder { folder in
      let file = folder + "/session.yaml"
      let alone = try object(try trumpet("run", file, "--json").output)
      let tally = try withBoard(
        folder, ["--wire", "loss=0.2%,corruption=0.1%", "--wire-seed", "7"]
      ) { port in
        let run = try trumpet("run", file, "--hardware", "board:" + port, "--json")
        #expect(run.status == 0, "\(run.diagnostics)")
        let result = try object(run.output)
        #expect(result["state_digest"] as? String == alone["state_digest"] as? String)
      }
      let toHost = try #require(tally["to_host"] as? [String: Any])
      #expect(toHost["lost"] as? Int ?? 0 > 5 && toHost["corrupted"] as? Int ?? 0 > 2)
    }
  }

  @Test("a wire fault that is none is wrong usage, and the message says what would be right")
  func wrongUsage() throws {
    let run = try trumpet("emulate", "board", "--wire", "loss=120%")
    #expect(run.status == 64)
    #expect(run.diagnostics.contains("loss=120%: not a probability; write 1% or 0.01"))
  }
}
