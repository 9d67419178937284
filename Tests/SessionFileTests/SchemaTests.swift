import Foundation
import SessionFile
import Testing

/// Whether Python has what `check-schema.py` needs; Scripts/test installs it.
let hasPython: Bool = {
  (try? Python.run(["-c", "import jsonschema, yaml"]))?.status == 0
}()

enum Python {
  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// Whether the schema takes each line of a file, an event as a session file writes it.
  static func checkEvents(_ file: String) throws -> [Bool] {
    let schema = try schemaFile()
    defer { try? FileManager.default.removeItem(at: schema) }
    let result = try run([Fixture.schemaCheck, "--events", schema.path, file])
    #expect(result.status == 0)
    return result.output.split(separator: "\n").map { $0.hasPrefix("taken ") }
  }

  private static func schemaFile() throws -> URL {
    let schema = FileManager.default.temporaryDirectory.appending(
      path: "session-\(UUID().uuidString).json")
    try SessionSchema.json.write(to: schema, atomically: true, encoding: .utf8)
    return schema
  }

  /// The files that the schema takes and those that it refuses, by name.
  static func check(_ files: [String]) throws -> (taken: Set<String>, refused: Set<String>) {
    let schema = try schemaFile()
    defer { try? FileManager.default.removeItem(at: schema) }
    let result = try run([Fixture.schemaCheck, schema.path] + files)
    #expect(result.status == 0)
    func names(_ verdict: String) -> Set<String> {
      Set(
        result.output.split(separator: "\n").filter { $0.hasPrefix(verdict + " ") }.map {
          URL(filePath: String($0.dropFirst(verdict.count + 1))).lastPathComponent
        })
    }
    return (names("taken"), names("refused"))
  }
}

@Suite struct SchemaTests {
  @Test("The schema is JSON, and describes every key of the format at its top")
  func isJSON() throws {
    let object = try JSONSerialization.jsonObject(with: Data(SessionSchema.json.utf8))
    let schema = try #require(object as? [String: Any])
    #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(properties.count == FormatKeys.root.count)
    for (key, value) in properties {
      let property = try #require(value as? [String: Any])
      #expect(property["description"] is String, "\(key) has no description")
    }
  }

  @Test("Every example and every good file fits the schema", .enabled(if: hasPython))
  func goodFiles() throws {
    let files = Fixture.examples + Fixture.goods
    #expect(files.count >= 9)
    let (taken, refused) = try Python.check(files)
    #expect(taken.count == files.count)
    #expect(refused.isEmpty)
  }

  @Test(
    "What is wrong with keys, kinds, units and numbers the schema refuses too",
    .enabled(if: hasPython))
  func badFiles() throws {
    let (taken, refused) = try Python.check(Fixture.bad)
    #expect(taken.count + refused.count == Fixture.bad.count)
    // What only reading can know: names, sums, limits; and what YAML itself allows.
    let beyondSchema = [
      "activity-too-", "battery-", "bolus-", "cap-", "confirm-nothing", "environment-",
      "event-after-", "mixture-",
      "event-negative-time", "expect-after-end", "fault-", "library-", "name-",
      "number-too-many-digits",
      "number-zero-dose", "occlusion-", "programme-change-last", "programme-loading-late",
      "range-", "rate-", "dispose-too-", "reservoir-", "start-after-too-", "start-no-such-day",
      "yaml-", "keep-open-",
    ]
    let unexplained = taken.filter { name in !beyondSchema.contains { name.hasPrefix($0) } }
    #expect(unexplained.isEmpty)
    #expect(refused.count >= 50)
  }
}
