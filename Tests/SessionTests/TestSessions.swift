// Sessions for tests: written as a user writes them, run as a user runs them.

import Foundation
import PumpHAL
import PumpPlant
import Session
import SessionFile
import Testing

/// Twenty minutes of ketamine, with whatever a test adds.
func sessionText(duration: String = "20 min", extra: String = "") -> String {
  """
  title: test
  patient: { mass: 70 kg }
  drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
  reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
  infusionSet: winged-25g-100cm
  programme:
    - basal: 0.06 mg/kg/h for \(duration)
  seed: 7
  \(extra)
  """
}

/// A session of a text.
func makeSession(_ text: String, options: SessionOptions = SessionOptions()) throws -> Session {
  Session(try SessionDescription(bytes: Array(text.utf8), name: "test.yaml"), options: options)
}

/// Runs a text on the simulated pump.
func run(
  _ text: String, options: SessionOptions = SessionOptions(),
  control: SessionControl = SessionControl()
) throws -> SessionResult {
  let session = try makeSession(text, options: options)
  var pump = AttachedPump.simulated(session.simulatedPump())
  return try session.run(on: &pump, control: control)
}

/// A path in a folder of the test's own, gone afterwards.
func withTemporaryPath<Result>(
  _ name: String, _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trumpet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appendingPathComponent(name).path)
}

extension SessionResult {
  /// Commands and what became of them, with their ticks.
  var commands: [(tick: Int64, command: OperatorCommand, result: CommandResult)] {
    occurrences.compactMap { occurrence in
      if case .command(let command, let result) = occurrence.kind {
        return (occurrence.tick, command, result)
      }
      return nil
    }
  }
}
