import Catalogue
import PumpHAL
import PumpPlant
import Text
import Vocabulary

/// The JSON Schema of session files, for editors and for checks without this program.
///
/// It says what the keys are and how their values are written. Whether a name is in a catalogue, a
/// dose within the limits and a programme within its syringe, only reading says.
public enum SessionSchema {
  /// The schema, draft 2020-12, as a text that ends with a new line.
  public static let json: String = root.text + "\n"

  package static let root: JSONValue = [
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://trumpet.invalid/schema/session.json",
    "title": "Trumpet session",
    "description": """
    A therapy, a QA scenario or a bench run of an ambulatory infusion pump. Quantities carry their \
    unit: 20 mL, 0.06 mg/kg/h, 7 h 1 min.
    """,
    "type": "object",
    "required": [
      "title", "patient", "drug", "reservoir", "infusionSet", "programme",
    ],
    "additionalProperties": false,
    "properties": .object(FormatKeys.root.map { ($0, property($0)) }),
    "$defs": .object(SchemaParts.definitions),
  ]

  private static func property(_ key: String) -> JSONValue {
    switch key {
    case "title":
      described(SchemaParts.text(200), "What the session is called.", "Ketamine over 24 h")
    case "pump":
      described(
        SchemaParts.id, "Id of a pump; the first of the catalogue where absent.", "trumpet-1")
    case "patient": SchemaParts.patient
    case "drug": SchemaParts.drug
    case "reservoir": SchemaParts.reservoir
    case "infusionSet":
      described(SchemaParts.id, "Id of line and needle.", "winged-25g-100cm")
    case "battery": SchemaParts.battery
    case "programme": SchemaParts.programme
    case "patientBolus": SchemaParts.patientBolus
    case "limits": SchemaParts.limits
    case "onReaction":
      [
        "description": "What a reported reaction leads to; `stop` where absent.",
        "enum": ["stop", "halve"],
      ]
    case "confirm": SchemaParts.confirmations
    case "codes": SchemaParts.codes
    case "libraryVersion":
      described(
        SchemaParts.whole,
        "The drug library that the programme was written for; 0 for none, the pump's where absent.",
        "7")
    case "service": SchemaParts.service
    case "seed":
      described(SchemaParts.whole, "Seed of the sensors' noise; 1 where absent.", "1")
    case "start":
      described(
        [
          "type": "string",
          "pattern": """
          ^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$
          """,
        ], "Wall clock at power-on, ISO 8601 with zone.", "2026-01-05T08:00:00Z")
    case "startAfter":
      described(
        SchemaParts.reference("time"),
        "How long after the set-up the pump is primed and started; at once where absent.",
        "10 min")
    case "duration":
      described(
        SchemaParts.reference("time"),
        "The session ends at the latest then, from the start of the programme.", "25 h")
    case "environment": SchemaParts.environment
    case "events": SchemaParts.events
    case "expect": SchemaParts.expectations
    default: [:]
    }
  }

  /// A schema with a description and an example.
  package static func described(
    _ schema: JSONValue, _ description: String, _ example: String
  ) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return .object(
      [("description", .string(description))] + members + [("examples", [.string(example)])])
  }
}
