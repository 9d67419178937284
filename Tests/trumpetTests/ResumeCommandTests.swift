import Foundation
import Testing

@Suite("Resuming on the command line")
struct ResumeCommandTests {
  @Test(
    "a run killed with SIGKILL is resumed; the new record verifies, replays, and is jumped into")
  func killed() throws {
    try withFolder(expecting: "4.2 mg", basal: "1 h") { folder in
      let (file, old, new) = (folder + "/session.yaml", folder + "/old.mcap", folder + "/new.mcap")
      let process = try start(
        ["run", file, "--pace", "3000", "--record", old], output: Pipe(), diagnostics: Pipe())
      // Attachments come first; a few blocks follow the start.
      let size = { (try? FileManager.default.attributesOfItem(atPath: old)[.size] as? Int) ?? 0 }
      let deadline = Date().addingTimeInterval(60)
      while process.isRunning, try trumpet("replay", old).status != 0, Date() < deadline {
        usleep(10_000)
      }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(size() > 0)
      let resumed = try trumpet("run", file, "--resume", old, "--record", new, "--json")
      #expect(resumed.status == 0, "\(resumed.output)\(resumed.diagnostics)")
      #expect(try object(resumed.output)["resumed_from"] as? [String] == [old])
      let verified = try trumpet("verify", new, "--allow-unsigned")
      #expect(verified.status == 0 && verified.output.contains("goes on from session"))
      #expect(try trumpet("replay", new).status == 0)
      let moment = try trumpet("replay", new, "--at", "0:50:00", "--json")
      #expect(moment.status == 0, "\(moment.diagnostics)")
      let view = try object(moment.output)
      #expect(view["mode"] as? String == "infusing" && view["at_s"] as? Double == 3000)
      let against = try trumpet("replay", old, "--against", new, "--json")
      #expect(against.status == 1)
      #expect(try object(against.output)["identical"] as? Bool == false)
      // Wrong uses: another file, a record that ended in order, none at all, a moment outside.
      try "title: other\n".write(toFile: folder + "/other.yaml", atomically: true, encoding: .utf8)
      #expect(try trumpet("run", folder + "/other.yaml", "--resume", old).status == 65)
      #expect(try trumpet("run", file, "--resume", new).status == 65)
      #expect(try trumpet("run", file, "--resume", folder + "/none.mcap").status == 66)
      #expect(try trumpet("replay", new, "--at", "99:00:00").status == 64)
      #expect(try trumpet("replay", new, "--at", "noon").status == 64)
      #expect(try trumpet("replay", new, "--against", old, "--at", "0:50:00").status == 64)
    }
  }
}
