import Foundation
import Session
import SessionFile
import Testing

@Suite("Examples")
struct ExampleTests {
  /// Unoptimised code takes a minute for a day: there, only examples of up to two hours are run.
  static let examples: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: examplesFolder.path)) ?? []
    return names.filter { name in
      guard name.hasSuffix(".yaml") else { return false }
      #if DEBUG
        let path = examplesFolder.appendingPathComponent(name).path
        guard let description = try? SessionDescription(contentsOf: path) else { return true }
        return (Session(description).expectedTicks ?? 0) <= 2 * 360_000
      #else
        return true
      #endif
    }.sorted()
  }()

  @Test("every example runs, and what it expects holds", arguments: examples)
  func example(name: String) throws {
    let path = examplesFolder.appendingPathComponent(name).path
    let session = Session(try SessionDescription(contentsOf: path))
    var pump = AttachedPump.simulated(session.simulatedPump())
    let result = try session.run(on: &pump)
    #expect(!session.description.expectations.isEmpty, "an example expects something")
    for finding in result.expectations {
      #expect(finding.held, "\(name):\(finding.line): \(finding.text): \(finding.observed)")
    }
    #expect(result.outcome == .passed)
  }
}
