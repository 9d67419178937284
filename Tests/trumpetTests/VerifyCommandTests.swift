// Keys, signing and verification from the command line, as a user meets them.

import Foundation
import Testing

@Suite("Verification from the command line")
struct VerifyCommandTests {
  /// Runs the executable with a home of its own for keys.
  private func trumpet(_ home: String, _ arguments: String...) throws -> Finished {
    try finish(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["-u", "HOME", "XDG_CONFIG_HOME=\(home)", executable.path] + arguments)
  }

  @Test(
    "a signed session verifies by one's own key, by --key, and after pinning; else with status 1")
  func signedSession() throws {
    try withFolder { folder in
      let (own, other) = (folder + "/own", folder + "/other")
      let made = try trumpet(own, "key", "new", "bench-7")
      #expect(made.status == 0, "\(made.diagnostics)")
      let key = try #require(made.output.split(separator: "\n").first.map(String.init))
      let record = folder + "/a.mcap"
      let run = try trumpet(own, "run", folder + "/session.yaml", "--record", record, "--json")
      #expect(run.status == 0, "\(run.diagnostics)")
      let written = try #require(try object(run.output)["record"] as? [String: Any])
      let checkpoint = try #require(written["checkpoint"] as? String)
      #expect(checkpoint.hasPrefix("trumpet/session/") && checkpoint.contains("\n— bench-7 "))

      let mine = try trumpet(own, "verify", record, "--json")
      #expect(mine.status == 0, "\(mine.diagnostics)\(mine.output)")
      let found = try object(mine.output)
      let keys: Set = [
        "state", "unsealed_ticks", "signature", "container", "at_s", "reason", "origin",
      ]
      #expect(Set(found.keys) == keys)
      #expect(found["state"] as? String == "complete" && found["at_s"] is NSNull)
      #expect(found["signature"] as? String == "valid")
      #expect(found["container"] as? String == "intact")
      #expect(found["origin"] as? String == "simulated")
      #expect(found["unsealed_ticks"] as? Int == 0)

      let stranger = try trumpet(other, "verify", record)
      #expect(stranger.status == 1 && stranger.output.contains("unknown-key"))
      #expect(stranger.output.contains(key))
      #expect(try trumpet(other, "verify", record, "--key", key).status == 0)
      #expect(try trumpet(other, "key", "pin", key).status == 0)
      #expect(try trumpet(other, "verify", record).status == 0)
      let list = try trumpet(other, "key", "list")
      #expect(list.output.contains("pinned bench-7  SHA256:"))
      #expect(try trumpet(other, "key", "unpin", "bench-7").status == 0)
      #expect(try trumpet(other, "verify", record).status == 1)

      // The lodged checkpoint, with the empty lines of a terminal around it.
      let file = folder + "/checkpoint"
      try "\n\(checkpoint)\n\n".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try trumpet(own, "verify", record, "--checkpoint", file).status == 0)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: record))
      try bytes[..<(bytes.count / 2)].write(to: URL(fileURLWithPath: folder + "/cut.mcap"))
      let cut = try trumpet(own, "verify", folder + "/cut.mcap", "--checkpoint", file)
      #expect(cut.status == 1 && cut.output.contains("lodged"))
      let alone = try trumpet(own, "verify", folder + "/cut.mcap")
      #expect(alone.status == 1 && alone.output.contains("cannot be told"))
    }
  }

  @Test("an unsigned session passes only with --allow-unsigned, and says what that is worth")
  func unsignedSession() throws {
    try withFolder { folder in
      let home = folder + "/home"
      _ = try trumpet(home, "key", "new", "bench-7")
      let record = folder + "/a.mcap"
      let run = try trumpet(home, "run", folder + "/session.yaml", "--record", record, "--unsigned")
      #expect(run.status == 0 && run.output.contains("\ntick "), "\(run.diagnostics)")
      let plain = try trumpet(home, "verify", record)
      #expect(plain.status == 1 && plain.output.contains("nobody signed"))
      #expect(try trumpet(home, "verify", record, "--allow-unsigned").status == 0)
    }
  }

  @Test("each kind of mistake with keys and records has its exit status and one clear message")
  func statuses() throws {
    try withFolder { folder in
      let home = folder + "/home"
      let file = folder + "/session.yaml"
      try "x".write(toFile: folder + "/x.mcap", atomically: true, encoding: .utf8)
      _ = try trumpet(home, "key", "new", "bench-7", "-o", folder + "/key")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: folder + "/key")
      let cases: [(arguments: [String], status: Int32, says: String)] = [
        (["verify", folder + "/none.mcap"], 66, "no such file"),
        (["verify", folder + "/x.mcap"], 65, "no session record"),
        (["verify", file], 65, "no session record"),
        (["verify", file, "--key", "nonsense+1+2"], 65, "no verifying key"),
        (["verify", file, "--key", folder + "/none"], 66, "no such file"),
        (["verify", file, "--key", folder + "/key"], 65, "signing key"),
        (["verify", file, "--checkpoint", file], 65, "no checkpoint"),
        (["key", "new", "a+b"], 64, "plus sign"),
        (["key", "new", "bench-7", "-o", folder + "/key"], 74, "never written over"),
        (["key", "show"], 66, "no such file"), (["key", "show", folder + "/key"], 65, "chmod 600"),
        (["key", "unpin", "nobody"], 64, "no key is pinned"),
        (["run", file, "--record", folder + "/a.mcap", "--key", folder + "/key"], 65, "chmod 600"),
        (["run", file, "--key", folder + "/key"], 64, "--record"),
      ]
      for (arguments, status, says) in cases {
        let found = try finish(
          URL(fileURLWithPath: "/usr/bin/env"),
          ["-u", "HOME", "XDG_CONFIG_HOME=\(home)", executable.path] + arguments)
        #expect(found.status == status, "\(arguments): \(found.diagnostics)")
        #expect(found.diagnostics.contains(says), "\(arguments): \(found.diagnostics)")
        #expect(found.output.isEmpty, "\(arguments)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/a.mcap"))
    }
  }
}
