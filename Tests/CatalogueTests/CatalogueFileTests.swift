import Catalogue
import Testing
import Vocabulary

@Suite("Catalogue files")
struct CatalogueFileTests {
  /// The built-in files with one piece of one of them replaced.
  private func reading(
    _ kind: CatalogueKind, _ piece: String, replacedBy replacement: String
  ) throws -> CatalogueError? {
    var files = HardwareCatalogue.builtInText
    let text = try #require(files[kind])
    let range = try #require(text.firstRange(of: piece))
    files[kind] = text.replacingCharacters(in: range, with: replacement)
    do {
      _ = try HardwareCatalogue(files: files)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a mistake is answered with file, line, what is wrong and what would be right",
    arguments: [
      (
        CatalogueKind.syringes, "boreArea: 17.342 mm²", "boreArea: 17.342", "boreArea",
        "has no unit"
      ),
      (.syringes, "boreArea: 17.342 mm²", "boreArea: 17.342 mL", "boreArea", "a volume"),
      (.syringes, "friction: 1.0 N", "fricton: 1.0 N", "friction", "missing"),
      (.syringes, "number: 102", "number: 101", "bd-plastipak-3", "another entry"),
      (
        .syringes, "id: bd-plastipak-3\n", "id: bd-plastipak-1\n", "bd-plastipak-1", "another entry"
      ),
      (.syringes, "verified: true", "verified: yes", "verified", "yes"),
      (.syringes, "capacity: 1 mL", "capacity: -1 mL", "capacity", "negative"),
      (.syringes, "friction: 1.0 N", "friction: [1.0 N]", "friction", "single value"),
      (.syringes, "number: 101", "number: 70000", "number", "70000"),
      (.syringes, "number: 101", "number: 0", "number", "0"),
      (.syringes, "id: bd-plastipak-1\n", "id: BD Plastipak\n", "id", "BD Plastipak"),
      (.syringes, "version: 1", "version: one", "version", "one"),
      (.syringes, "syringes:", "syringe:", "syringes", "missing"),
      (.pumps, "lead: 0.8 mm", "lead: 0.9 mm", "lead", "microstep"),
      (.pumps, "battery: two-aa", "battery: three-aa", "battery", "three-aa"),
      (.pumps, "basal: [0.05 mL/h, 10 mL/h]", "basal: [10 mL/h, 0.05 mL/h]", "rates", "order"),
      (.pumps, "basal: [0.05 mL/h, 10 mL/h]", "basal: [0.05 mL/h]", "basal", "list of 2"),
      (.pumps, "whenBasalReachesCap: stop", "whenBasalReachesCap: go", "whenBasal", "go"),
      (.pumps, "    number: 1\n", "    number: 1\n    colour: red\n", "colour", "not known"),
      (.pumps, "    number: 1\n", "    number: 1\n    number: 2\n", "number", "twice"),
      (.batteries, "low: 2.0 V", "low: 1.0 V", "voltages", "order"),
      (.batteries, "low: 2.0 V", "low: 2000 V", "low", "too large"),
      (.batteries, "low: 2.0 V", "low: 2.0005 V", "low", "whole number"),
      (.pumps, "deadMan: 250 ms", "deadMan: 100 s", "deadMan", "too large"),
      (.pumps, "stiffness: 60 N/mm", "stiffness: 0 N/mm", "drive", "stiffness"),
      (
        .pumps, "microstepsPerRevolution: 3200", "microstepsPerRevolution: 2147483647",
        "lead", "microstep"
      ),
      (.syringes, "boreArea: 17.342 mm²", "boreArea: 0 mm²", "syringe", "bore"),
      (.infusionSets, "lineLength: 30 cm", "lineLength: 30 m", "line", "10 m"),
      (.batteries, "chemistry: alkaline", "chemistry: potato", "chemistry", "potato"),
      (.batteries, "cells: 2", "cells: 0", "battery", "nothing"),
      (
        .drugs, "1 h: { soft: 30 mg, hard: 45 mg }", "1 h: { soft: 50 mg, hard: 45 mg }", "1 h",
        "soft"
      ),
      (
        .drugs, "lockout: { soft: 15 min, hard: 5 min }", "lockout: { soft: 1 min, hard: 5 min }",
        "lockout", "soft"
      ),
      (
        .drugs, "soft: [2 mg/mL, 30 mg/mL]", "soft: [2 mg/mL, 300 mg/mL]", "concentration", "ranges"
      ),
      (
        .drugs, "soft: [0.3 mg/kg/h, 21 mg/h]", "soft: [0.3 mg/kg, 21 mg/h]", "doseRate",
        "mass per body mass"
      ),
      (.drugs, "- id: burst", "- id: cancer-pain", "cancer-pain", "twice"),
      (.infusionSets, "needleBore: 0.514 mm", "needleBore: 0 mm", "bore", "0"),
      (.infusionSets, "infusionSets:", "infusionSets: {", "", ""),
    ] as [(CatalogueKind, String, String, String, String)])
  func mistakes(
    _ kind: CatalogueKind, _ piece: String, _ replacement: String, _ about: String, _ what: String
  ) throws {
    let error = try #require(try reading(kind, piece, replacedBy: replacement))
    #expect(error.file == kind.fileName)
    #expect(error.description.contains(about) || about.isEmpty, "\(error)")
    #expect(error.what.contains(what), "\(error)")
    #expect(!error.remedy.isEmpty)
  }

  @Test("a mistake in a value names its line")
  func line() throws {
    let text = try #require(HardwareCatalogue.builtInText[.syringes])
    let before = try #require(text.firstRange(of: "friction: 4.5 N"))
    let line = text[..<before.lowerBound].count { $0 == "\n" } + 1
    let error = try reading(.syringes, "friction: 4.5 N", replacedBy: "friction: 4.5")
    #expect(error?.line == line)
    #expect(error?.remedy.contains("70 N") == true)
    let battery = try reading(.batteries, "cutOff: 1.6 V", replacedBy: "cutOff: 1.6")
    #expect(battery?.remedy.contains("1.8 V") == true)
  }

  @Test("an empty or missing file is refused")
  func empty() {
    #expect(throws: CatalogueError.self) { try HardwareCatalogue(files: [:]) }
    var files = HardwareCatalogue.builtInText
    for text in ["", "# nothing", "[]", "version: 1", "\u{FFFD}\u{0}"] {
      files[.batteries] = text
      #expect(throws: CatalogueError.self) { try HardwareCatalogue(files: files) }
    }
  }
}

extension String {
  fileprivate func replacingCharacters(
    in range: Range<String.Index>, with replacement: String
  ) -> String {
    String(self[..<range.lowerBound]) + replacement + String(self[range.upperBound...])
  }
}
