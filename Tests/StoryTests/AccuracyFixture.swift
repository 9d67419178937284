import Foundation
import PumpHAL
import Session
import SessionFile
import SessionRecord
import Story
import Testing

/// The independent reckoning, in Python.
enum AccuracyOracle {
  private static let python = ProcessInfo.processInfo.environment["TRUMPET_PYTHON"] ?? "python3"

  struct Curves: Decodable {
    var mean: Double
    /// Window, largest error, least error, number of windows.
    var trumpet: [[Double]]
    var startUp: [Double]
  }

  /// The curves of samples, over a period in minutes.
  static func curves(
    _ samples: [VolumeSample], rate: Double, _ windows: AccuracyWindows, from: Double, to: Double,
    startUp: Double
  ) throws -> Curves {
    let folder = FileManager.default.temporaryDirectory
    let path = folder.appendingPathComponent("trumpet-curves-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = samples.map { "\($0.seconds),\($0.millilitres)\n" }.joined()
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let script =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
      + "/Fixtures/accuracy_curves.py"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [python, "-B", script, path]
      + ([rate, windows.sampleMinutes, from, to, startUp] + windows.windows).map { "\($0)" }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONDecoder().decode(Curves.self, from: data)
  }
}

/// Whether two numbers agree to a thousandth of the larger one.
func agree(_ a: Double, _ b: Double) -> Bool {
  abs(a - b) <= 1e-3 * max(abs(a), abs(b)) + 1e-9
}

/// A session at one rate, run once for all tests, its truth taken down every second.
enum SteadySession {
  static func text(rate: String, minutes: Int, syringe: String = "bd-plastipak-10") -> String {
    """
    title: Steady
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 2 mg/mL }
    reservoir: { syringe: \(syringe), fill: 9 mL }
    infusionSet: winged-25g-30cm
    programme:
      - basal: \(rate) for \(minutes) min
    """
  }

  static let story: Result<SessionStory, any Error> = Result {
    try story(text(rate: "1 mL/h", minutes: 125), every: Ticks(count: 100))
  }

  static func story(_ text: String, every period: Ticks?) throws -> SessionStory {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-steady-\(UUID().uuidString).mcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = SessionOptions()
    options.recordPath = path
    options.coursePeriod = period
    options.carriesSources = false
    let description = try SessionDescription(bytes: Array(text.utf8), name: "steady.yaml")
    let session = Session(description, options: options)
    var pump = AttachedPump.simulated(session.simulatedPump())
    _ = try session.run(on: &pump)
    return try SessionStory(RecordReader(path: path))
  }
}
