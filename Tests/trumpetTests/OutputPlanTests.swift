import Foundation
import Testing

@Suite("Outputs of a command: distinct, never an input or a record, links and devices kept")
struct OutputPlanTests {
  private func withRecord(_ body: (_ folder: String, _ record: String) throws -> Void) throws {
    try withFolder { folder in
      let record = folder + "/a.mcap"
      let run = try trumpet("run", folder + "/session.yaml", "--record", record)
      #expect(run.status == 0, "\(run.diagnostics)")
      try body(folder, record)
    }
  }

  private func content(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  @Test("A record is not lost to another output of the same command, under whatever name")
  func alike() throws {
    try withRecord { folder, record in
      let session = folder + "/session.yaml"
      for (a, b) in [
        ("same.mcap", "same.mcap"), ("same.mcap", "./same.mcap"), ("same.mcap", "link.xml"),
      ] {
        let link = folder + "/link.xml"
        try? FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: folder + "/same.mcap")
        let refused = try trumpet(
          "run", session, "--unsigned", "--record", "\(folder)/\(a)", "--junit", "\(folder)/\(b)")
        #expect(refused.status == 64, "\(refused.diagnostics)")
        #expect(refused.diagnostics.contains("by --record and by --junit"))
        #expect(content(folder + "/same.mcap") == nil)
      }
    }
  }

  @Test("No record and no input is written over")
  func evidence() throws {
    try withRecord { folder, record in
      let session = folder + "/session.yaml"
      let before = (content(session), content(record))
      let overRecord = try trumpet("run", session, "--junit", record)
      #expect(overRecord.status == 74, "\(overRecord.diagnostics)")
      let overInput = try trumpet("run", session, "--junit", session)
      #expect(overInput.status == 64, "\(overInput.diagnostics)")
      #expect(overInput.diagnostics.contains("read as the session file"))
      let hard = folder + "/hard.xml"
      try FileManager.default.linkItem(atPath: session, toPath: hard)
      #expect(try trumpet("run", session, "--junit", hard).status == 64)
      #expect(try trumpet("run", session, "--junit", folder).status == 74)
      #expect(content(session) == before.0 && content(record) == before.1)
    }
  }

  @Test("What is no regular file is written through, and a link stays a link")
  func passages() throws {
    try withRecord { folder, record in
      let session = folder + "/session.yaml"
      let (link, target) = (folder + "/link.xml", folder + "/target.xml")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      #expect(try trumpet("run", session, "--junit", link).status == 0)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
      #expect(content(target)?.isEmpty == false)
      let null = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
      #expect(try trumpet("run", session, "--junit", "/dev/null").status == 0)
      let after = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
      #expect(null as? FileAttributeType == .typeCharacterSpecial)
      #expect(after as? FileAttributeType == .typeCharacterSpecial)
    }
  }
}
