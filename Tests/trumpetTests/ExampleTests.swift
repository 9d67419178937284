// Every example in Docs/Examples, run as README says, by the programme as it is shipped.

import Foundation
import Testing

/// The root of the package.
private let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The optimised executable, if it is no older than the sources: unoptimised code takes a minute for
/// a simulated day.
private let optimised: URL? = {
  let beside = executable.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("release/trumpet")
  let folders = ["Sources", "Hardware"].map { root.appendingPathComponent($0) }
  let key = URLResourceKey.contentModificationDateKey
  var newest = Date.distantPast
  for folder in folders {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [key])
    while let file = files?.nextObject() as? URL {
      let isSource = ["swift", "yaml", "c", "h"].contains(file.pathExtension)
      guard isSource, let date = try? file.resourceValues(forKeys: [key]).contentModificationDate
      else { continue }
      newest = max(newest, date)
    }
  }
  let built = try? beside.resourceValues(forKeys: [key]).contentModificationDate
  guard let built, built >= newest else { return nil }
  return beside
}()

private let examples: [String] = {
  let folder = root.appendingPathComponent("Docs/Examples")
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return names.filter { $0.hasSuffix(".yaml") }.sorted().map {
    folder.appendingPathComponent($0).path
  }
}()

@Suite("Examples")
struct ExampleTests {
  @Test("there are examples, and each of them expects something")
  func present() throws {
    #expect(examples.count >= 8)
    for example in examples {
      #expect(try String(contentsOfFile: example, encoding: .utf8).contains("\nexpect:"))
    }
  }

  @Test(
    "every example runs, what it expects holds, and its record replays bit for bit",
    .enabled(if: optimised != nil, "needs swift build -c release --product trumpet"),
    arguments: examples)
  func example(path: String) throws {
    let program = try #require(optimised)
    let record = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-example-\(UUID().uuidString).mcap").path
    defer { try? FileManager.default.removeItem(atPath: record) }
    let run = try finish(program, ["run", path, "--json", "--record", record])
    #expect(run.status == 0, "\(path): \(run.output)\(run.diagnostics)")
    let replay = try finish(program, ["replay", record])
    #expect(replay.status == 0, "\(path): \(replay.output)\(replay.diagnostics)")
  }
}
