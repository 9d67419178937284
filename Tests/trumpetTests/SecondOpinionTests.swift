// @relation(R-112, scope=file, role=Verification)
// The short forms of what Scripts/attack-record and Scripts/dev crash do at length, and the second
// verifier's answers beside the first one's.

import Foundation
import Testing

/// Python with the packages that the second verifier stands on.
private enum Auditor {
  static let python = ProcessInfo.processInfo.environment["TRUMPET_PYTHON"] ?? "python3"
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static let isInstalled =
    (try? run(["-c", "import mcap, zstandard, cryptography"]))?.status == 0

  static let whyNot: Comment =
    "python3 with the packages mcap, zstandard and cryptography is missing (Scripts/setup --tests)"

  static func run(_ arguments: [String]) throws -> Finished {
    try finish(URL(fileURLWithPath: "/usr/bin/env"), [python, "-B"] + arguments)
  }

  static func script(_ name: String, _ arguments: [String]) throws -> Finished {
    try run(["\(root)/Scripts/\(name)"] + arguments)
  }

  /// Writes a record of so many seconds with the official package; gives its verifying key.
  static func write(_ path: String, seconds: Int, isSigned: Bool) throws -> String {
    let seed = String(repeating: "2a", count: 32)
    let writer = "\(root)/Tests/SessionRecordTests/Fixtures/write_record.py"
    let done = try run([writer, path, "zstd", String(seconds)] + (isSigned ? [seed] : []))
    #expect(done.status == 0, "\(done.diagnostics)")
    return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

@Suite(
  "The auditor's second opinion", .enabled(if: Auditor.isInstalled, Auditor.whyNot))
struct SecondOpinionTests {
  /// Records a session, signed by a new key of its own; gives record and key.
  private func record(in folder: String, _ name: String, seed: Int) throws -> (String, String) {
    let (session, path) = ("\(folder)/\(name).yaml", "\(folder)/\(name).mcap")
    let text = try String(contentsOfFile: folder + "/session.yaml", encoding: .utf8)
    try text.replacing("seed: 1", with: "seed: \(seed)")
      .write(toFile: session, atomically: true, encoding: .utf8)
    let keyFile = "\(folder)/key"
    if !FileManager.default.fileExists(atPath: keyFile) {
      #expect(try trumpet("key", "new", "bench", "-o", keyFile).status == 0)
    }
    let key = try trumpet("key", "show", keyFile).output.split(separator: "\n").first
    let run = try trumpet("run", session, "--record", path, "--key", keyFile)
    #expect(run.status == 0, "\(run.diagnostics)")
    return (path, try String(#require(key)))
  }

  @Test("both verifiers call a record whole that the official package wrote, signed or not")
  func recordsOfOthers() throws {
    try withFolder { folder in
      for isSigned in [true, false] {
        let path = "\(folder)/\(isSigned).mcap"
        let key = try Auditor.write(path, seconds: 90, isSigned: isSigned)
        let trust = isSigned ? ["--key", key] : ["--allow-unsigned"]
        let ours = try finish(executable, ["verify", path, "--json"] + trust)
        let theirs = try Auditor.script("verify-record", [path, "--json"] + trust)
        #expect(ours.status == 0, "\(ours.output)\(ours.diagnostics)")
        #expect(theirs.status == 0, "\(theirs.output)\(theirs.diagnostics)")
        let (first, second) = (try object(ours.output), try object(theirs.output))
        #expect(Set(first.keys) == Set(second.keys))
        for name in ["state", "signature", "container", "origin"] {
          #expect(first[name] as? String == second[name] as? String)
        }
      }
    }
  }

  @Test("the second verifier answers wrong usage with 64, another file with 65, none with 66")
  func statuses() throws {
    try withFolder { folder in
      for (arguments, status) in [
        ([], 64), ([folder + "/session.yaml"], 65), ([folder + "/none.mcap"], 66),
      ] as [([String], Int32)] {
        let done = try Auditor.script("verify-record", arguments)
        #expect(done.status == status, "\(done.diagnostics)")
      }
    }
  }

  @Test("R-112: 300 changes to a signed record: both verifiers report each, with the same answers")
  func changesToSigned() throws {
    try withFolder { folder in
      let (path, key) = try record(in: folder, "a", seed: 1)
      let (other, _) = try record(in: folder, "b", seed: 2)
      let done = try Auditor.script(
        "attack-record",
        [path, "--other", other, "--key", key, "--changes", "300", "--trumpet", executable.path])
      #expect(done.status == 0, "\(done.output)\(done.diagnostics)")
      #expect(done.output.contains("300 changes, 0 complaints"))
    }
  }

  @Test("100 changes to a record without key, of another writer: the same")
  func changesToUnsigned() throws {
    try withFolder { folder in
      let (path, other) = (folder + "/a.mcap", folder + "/b.mcap")
      _ = try Auditor.write(path, seconds: 70, isSigned: false)
      _ = try Auditor.write(other, seconds: 65, isSigned: false)
      let done = try Auditor.script(
        "attack-record",
        [path, "--other", other, "--changes", "100", "--trumpet", executable.path])
      #expect(done.status == 0, "\(done.output)\(done.diagnostics)")
      #expect(done.output.contains("100 changes, 0 complaints"))
    }
  }

  @Test("a dozen kills at random moments leave records that verify, and replay bit for bit")
  func kills() throws {
    let done = try Auditor.script(
      "Crash/crash.py",
      ["kill", "--times", "12", "--duration", "1 h", "--jobs", "4", "--trumpet", executable.path])
    #expect(done.status == 0, "\(done.output)\(done.diagnostics)")
  }

  @Test("disks that fill, fail or vanish: record-failed stays, boluses are held, status 74")
  func disks() throws {
    let done = try Auditor.script(
      "Crash/crash.py", ["disk", "--jobs", "12", "--trumpet", executable.path])
    #expect(done.status == 0, "\(done.output)\(done.diagnostics)")
  }
}
