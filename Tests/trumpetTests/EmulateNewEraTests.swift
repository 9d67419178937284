// The emulated New Era pump as a user starts it.

import Foundation
import Testing

@Suite("trumpet emulate new-era")
struct EmulateNewEraTests {
  /// Runs an emulated pump while `body` speaks to the port; gives what it printed, and its status.
  private func emulate(
    _ options: [String], _ body: (FileHandle) throws -> Void
  ) throws -> Finished {
    try withFolder { folder in
      let port = folder + "/pump"
      let output = Pipe()
      let diagnostics = Pipe()
      let process = try start(
        ["emulate", "new-era", "--link", port] + options, output: output,
        diagnostics: diagnostics)
      while process.isRunning, !FileManager.default.fileExists(atPath: port) { usleep(10_000) }
      if let handle = FileHandle(forUpdatingAtPath: port) {
        try body(handle)
        try handle.close()
      }
      process.terminate()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      let errors = diagnostics.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(!FileManager.default.fileExists(atPath: port), "the link is taken away")
      return Finished(
        status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
        diagnostics: String(decoding: errors, as: UTF8.self))
    }
  }

  /// Says a line, and reads up to ETX.
  private func say(_ text: String, _ port: FileHandle) throws -> String {
    try port.write(contentsOf: Data("\(text)\r".utf8))
    var reply = Data()
    while reply.last != 3 {
      guard let byte = try port.read(upToCount: 1), !byte.isEmpty else { break }
      reply.append(byte)
    }
    return String(decoding: reply.dropFirst().dropLast(), as: UTF8.self)
  }

  @Test(
    "it says what it is told to be, pumps through the syringe that is fitted, and sums up at the end"
  )
  func pumps() throws {
    let finished = try emulate(
      ["--model", "NE500X2", "--firmware", "3.7", "--address", "7", "--syringe", "bd-plastipak-10"]
    ) { port in
      #expect(try say("7", port) == "07A?R")
      #expect(try say("7VER", port) == "07SNE500X2V3.7")
      // The bore of the syringe fitted, BD Plastipak 10 mL.
      #expect(try say("7DIA", port) == "07S14.43")
      #expect(try say("7RAT6MM", port) == "07S")
      #expect(try say("7VOL.050", port) == "07S")
      #expect(try say("7RUN", port) == "07I")
      while try say("7", port) == "07I" { usleep(20_000) }
      #expect(try say("7DIS", port) == "07SI0.050W0.000ML")
    }
    #expect(finished.status == 0)
    #expect(finished.output.contains("counted by the pump: 0.050 mL infused, 0.000 mL withdrawn"))
    #expect(finished.diagnostics == "")
  }

  @Test("a session file's fault stalls it; a needle blocked on the command line as well")
  func stalls() throws {
    try withFolder { folder in
      let file = folder + "/session.yaml"
      let text =
        try String(contentsOfFile: file, encoding: .utf8)
        + "\nevents:\n  - { at: 1 s, fault: occlusion, site: needle }\n"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      for options in [["--world", file], ["--occlude-after", "1 s"]] {
        let finished = try emulate(
          options + ["--stall-force", "40", "--pace", "50"]
        ) { port in
          #expect(try say("", port) == "00A?R")
          #expect(try say("RAT6MM", port) == "00S")
          #expect(try say("RUN", port) == "00I")
          var reply = "00I"
          while reply == "00I" {
            usleep(10_000)
            reply = try say("", port)
          }
          #expect(reply == "00A?S")
        }
        #expect(finished.status == 0)
      }
    }
  }

  static let wrongUsage: [[String]] = [
    ["--address", "100"], ["--model", "pump"], ["--baud", "4800"],
    ["--syringe", "bd-plastipack-10"], ["--occlude-after", "soon"], ["--diameter", "60"],
    ["--pace", "0"], ["--fill", "25 mL"], ["--world", "a.yaml", "--fill", "5 mL"],
  ]

  @Test("what cannot be is refused with status 64", arguments: wrongUsage)
  func refusals(_ options: [String]) throws {
    let finished = try finish(executable, ["emulate", "new-era"] + options)
    #expect(finished.status == 64, "\(finished.diagnostics)")
    #expect(finished.diagnostics != "")
  }

  @Test("a world that is not there is status 66")
  func noWorld() throws {
    let finished = try trumpet("emulate", "new-era", "--world", "nowhere.yaml")
    #expect(finished.status == 66, "\(finished.diagnostics)")
  }
}
