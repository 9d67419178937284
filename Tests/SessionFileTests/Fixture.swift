import Foundation
import SessionFile

/// The files that the tests read.
enum Fixture {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  private static let repository = tests.deletingLastPathComponent().deletingLastPathComponent()

  /// An example of the documentation.
  static func example(_ name: String) -> String {
    repository.appending(path: "Docs/Examples").appending(path: name).path
  }

  /// A file of the tests that is right.
  static func good(_ name: String) -> String { tests.appending(path: "Good/\(name)").path }

  /// Every file of the tests that is right.
  static var goods: [String] { files(in: tests.appending(path: "Good")) }

  /// The text of the guide.
  static var guide: String {
    get throws {
      try String(
        contentsOf: repository.appending(path: "Docs/SessionFile.md"), encoding: .utf8)
    }
  }

  /// The program that checks files against the schema.
  static var schemaCheck: String { tests.appending(path: "check-schema.py").path }

  /// Every file with mistakes, in the order of their names.
  static var bad: [String] { files(in: tests.appending(path: "Bad")) }

  /// Every example.
  static var examples: [String] { files(in: repository.appending(path: "Docs/Examples")) }

  private static func files(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map {
      folder.appending(path: $0).path
    }
  }

  /// What is refused in `text`, or nil.
  static func refusal(of text: String) -> SessionFileError? {
    refusal { () throws(SessionFileError) in
      _ = try SessionDescription(bytes: Array(text.utf8), name: "session.yaml")
    }
  }

  /// What `read` throws, or nil.
  static func refusal(_ read: () throws(SessionFileError) -> Void) -> SessionFileError? {
    do throws(SessionFileError) {
      try read()
      return nil
    } catch {
      return error
    }
  }
}
