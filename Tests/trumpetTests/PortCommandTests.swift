import Foundation
import Testing

@Suite("trumpet ports and trumpet identify", .serialized)
struct PortCommandTests {
  @Test("ports lists what there is, or says what to check; neither is an error")
  func ports() throws {
    let listed = try trumpet("ports", "--json")
    #expect(listed.status == 0 && listed.diagnostics.isEmpty)
    let ports = try #require(try object(listed.output)["ports"] as? [[String: Any]])
    for port in ports {
      #expect((port["name"] as? String)?.hasPrefix("/dev/") == true)
      #expect(port["you_may_open"] is Bool)
    }
    let shown = try trumpet("ports")
    #expect(shown.status == 0)
    #expect(shown.output.hasPrefix(ports.isEmpty ? "No serial ports." : "/dev/"))
  }

  @Test("what is no port, or nobody's, is status 69 and said; what asking does is said before")
  func refusals() throws {
    try withFolder { folder in
      for (port, said) in [
        (folder + "/none", "no such port"), (folder + "/session.yaml", "not a serial port"),
        (folder, "not a serial port"), ("/dev/null", "not a serial port"),
        ("/dev/ptmx", "not a serial port"),
      ] {
        for kind in ["board", "new-era"] {
          let run = try trumpet("identify", port, "--as", kind)
          #expect(run.status == 69 && run.output.isEmpty)
          let lines = run.diagnostics.split(separator: "\n")
          #expect(lines.first?.contains("Nothing moves") == true)
          #expect(lines.last?.contains(said) == true, "\(run.diagnostics)")
        }
      }
    }
  }

  @Test("what to ask as has to be said, and speeds are those that can be set")
  func usage() throws {
    for arguments in [
      ["identify", "/dev/null"], ["identify", "/dev/null", "--as", "balance"],
      ["identify", "/dev/null", "--as", "board", "--baud", "12345"],
      ["identify", "/dev/null", "--as", "board", "--safe"],
      ["identify", "/dev/null", "--as", "new-era", "--address", "100"],
      ["bench", "bolus", "--hardware", "new-era:/dev/null", "--baud", "4800"],
      ["bench", "bolus", "--baud", "9600"],
      ["bench", "bolus", "--balance", "/dev/null", "--balance-line", "9600"],
      ["bench", "bolus", "--balance", "/dev/null", "--balance-line", "1200 9O1"],
    ] {
      #expect(try finish(executable, arguments).status == 64, "\(arguments)")
    }
  }

  @Test("an emulated board is identified, by people and by programs")
  func board() throws {
    try withFolder { folder in
      let port = folder + "/port"
      let board = try start(
        ["emulate", "board", "--link", port], output: Pipe(), diagnostics: Pipe())
      defer {
        board.terminate()
        board.waitUntilExit()
      }
      while board.isRunning, !FileManager.default.fileExists(atPath: port) { usleep(10_000) }
      let found = try trumpet("identify", port, "--as", "board", "--json")
      #expect(found.status == 0, "\(found.diagnostics)")
      let keys = try object(found.output)
      #expect(keys["port"] as? String == port && keys["as"] as? String == "board")
      #expect(keys["name"] as? String == "trumpet emulated")
      #expect(keys["is_emulated"] as? Bool == true)
      let shown = try trumpet("identify", port, "--as", "board")
      #expect(shown.output.contains("  name: trumpet emulated"))
      // A board is no New Era pump, and asking it as one does it no harm.
      let wrong = try trumpet("identify", port, "--as", "new-era")
      #expect(wrong.status == 69 && wrong.diagnostics.contains("--baud"))
      #expect(try trumpet("identify", port, "--as", "board").status == 0)
    }
  }
}
