// The pieces of the session schema: how values are written, and what mappings hold.

import Catalogue
import PumpHAL
import Text
import Vocabulary

/// The pieces of the session schema.
package enum SchemaParts {
  private static let number = "(0|[1-9][0-9]*)(\\.[0-9]+)?"
  private static let massUnit = "(ng|[µμu]g|mcg|mg|g)"
  private static let volumeUnit = "(pL|nL|[µμu]L|[µμu]l|mL|ml|L)"
  private static let timeUnit = "(ms|s|min|h|d)"
  private static let per = "( ?/ ?| per )"
  private static let doseUnit = "(\(massUnit)|\(massUnit)/kg|\(volumeUnit))"
  static let time = "\(number) ?\(timeUnit)( \(number) ?\(timeUnit))*"
  private static let multiple = "([1-9][0-9]* ?)?"
  private static let rate = "\(number) ?\(doseUnit)\(per)\(multiple)\(timeUnit)"

  static func pattern(_ pattern: String) -> JSONValue {
    ["type": "string", "pattern": .string("^ ?\(pattern) ?$")]
  }

  private static func quantity(_ unit: String, sign: String = "") -> JSONValue {
    pattern("\(sign)\(number) ?\(unit)")
  }

  private static func sided(_ unit: String) -> JSONValue {
    pattern("(below|above) \(number) ?\(unit)")
  }

  /// Definitions that others refer to by name.
  package static let definitions: [(String, JSONValue)] =
    [
      ("bodyMass", quantity("k?g")),
      ("mass", quantity(massUnit)),
      ("volume", quantity(volumeUnit)),
      ("time", pattern(time)),
      ("concentration", quantity("\(massUnit)/\(volumeUnit)")),
      ("dose", quantity(doseUnit)),
      ("rate", pattern(rate)),
      ("flow", quantity("\(volumeUnit)\(per)\(multiple)\(timeUnit)")),
      ("doseOverTime", pattern("\(number) ?\(doseUnit) over \(time)")),
      ("rateForTime", pattern("(\(number) ?\(doseUnit) over|\(rate) for) \(time)")),
      ("share", quantity("(%|ppm)")),
      ("length", quantity("(nm|[µμu]m|mm|cm|m)", sign: "-?")),
      ("temperature", quantity("°C", sign: "-?")),
      ("pressure", quantity("(Pa|hPa|kPa|mbar|bar|mmHg|psi)")),
      ("conductance", quantity("[^ ]+( ?/ ?| per )[^ ]+.*")),
      ("boluses", pattern("[0-9]+\(per)h")),
      ("volumeSided", sided(volumeUnit)),
      ("concentrationSided", sided("\(massUnit)/\(volumeUnit)")),
      ("timeBelow", pattern("below \(time)")),
      ("tolerance", quantity("(%|ppm|\(massUnit))", sign: "±? ?")),
      ("change", change),
    ] + ranges

  /// A definition by name.
  package static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/$defs/\(name)")]
  }

  /// An id of a catalogue.
  static let id: JSONValue = ["type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"]

  /// A whole number; a parser that keeps every scalar as text may give it as one.
  package static let whole: JSONValue = [
    "type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 0,
  ]

  /// A text of 1 to `maximum` characters, not only of spaces.
  package static func text(_ maximum: Int) -> JSONValue {
    // Something besides spaces, and nothing that `invisibleCharacter(in:)` names.
    let hidden = #"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"#
    let visible = "^[^\(hidden)]*[^ \(hidden)][^\(hidden)]*$"
    return [
      "type": "string", "minLength": 1, "maxLength": .integer(Int64(maximum)),
      "pattern": .string(visible),
    ]
  }

  /// A mapping of just these keys.
  package static func mapping(
    _ description: String? = nil, keys: [String], required: [String],
    _ schema: (String) -> JSONValue
  ) -> JSONValue {
    var members: [(String, JSONValue)] = []
    if let description { members.append(("description", .string(description))) }
    members += [
      ("type", "object"), ("required", .strings(required)), ("additionalProperties", false),
      ("properties", .object(keys.map { ($0, schema($0)) })),
    ]
    return .object(members)
  }

  static let patient = mapping(
    "The patient.", keys: FormatKeys.patient, required: FormatKeys.patient
  ) { _ in SessionSchema.described(reference("bodyMass"), "1 kg to 300 kg.", "70 kg") }

  static let drug: JSONValue = [
    "description":
      "What is in the first syringe: a drug, or the two of a mixture, leading one first.",
    "anyOf": [
      oneDrug,
      ["type": "array", "minItems": 1, "maxItems": 2, "items": oneDrug],
    ],
  ]

  private static let oneDrug = mapping(
    keys: FormatKeys.drug, required: ["name", "indication", "concentration"]
  ) { key in
    switch key {
    case "concentration":
      SessionSchema.described(
        reference("concentration"), "Mass of drug per volume, within the library's limits.",
        "6 mg/mL")
    case "indication":
      SessionSchema.described(id, "What it is given for; its limits apply.", "cancer-pain")
    case "caps": doseCaps
    default: SessionSchema.described(id, "Id of a drug of the library.", "ketamine")
    }
  }

  static let reservoir = mapping(
    "The first syringe.", keys: FormatKeys.reservoir, required: ["syringe", "fill"]
  ) { key in
    switch key {
    case "fill":
      SessionSchema.described(
        reference("volume"), "Fluid in it, dead space included; `prime` is drawn from it.",
        "20 mL")
    case "prime":
      SessionSchema.described(
        reference("volume"), "Volume primed by the pump; absent where the line is full.", "1 mL")
    default: SessionSchema.described(id, "Id of a syringe.", "bd-plastipak-20")
    }
  }

  static let battery: JSONValue = [
    "description": "The battery; the pump's own, fully charged, where absent.",
    "anyOf": [
      id,
      mapping(keys: FormatKeys.battery, required: []) { key in
        key == "charge"
          ? SessionSchema.described(reference("share"), "Charge at power-on.", "80 %") : id
      },
    ],
  ]

  private static let change = mapping(
    "Another syringe.", keys: FormatKeys.change, required: ["syringe", "fill", "concentration"]
  ) { changeProperty($0) }

  static func changeProperty(_ key: String) -> JSONValue {
    switch key {
    case "fill": SessionSchema.described(reference("volume"), "Fluid in it.", "20 mL")
    case "concentration":
      [
        "anyOf": [
          reference("concentration"),
          [
            "type": "array", "minItems": 2, "maxItems": 2,
            "items": ["anyOf": [reference("concentration"), ["enum": ["none"]]]],
          ],
        ]
      ]
    case "after":
      SessionSchema.described(
        reference("time"), "How long it takes; 5 min where absent.", "5 min")
    case "by": role
    default: SessionSchema.described(id, "Id of a syringe.", "bd-plastipak-20")
    }
  }

  static let role: JSONValue = [
    "enum": ["patient", "nurse", "pharmacist", "clinician", "service"]
  ]

  static let programme: JSONValue = [
    "description": "What is given, in order.",
    "type": "array", "minItems": 1, "maxItems": .integer(Int64(ProgrammePhase.maximumCount)),
    "items": [
      "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
      "properties": [
        "loading": SessionSchema.described(
          reference("doseOverTime"), "A dose once, at the beginning.", "0.05 mg/kg over 15 min"),
        "basal": SessionSchema.described(
          reference("rateForTime"), "Continuous delivery.", "0.06 mg/kg/h for 24 h"),
        "change": reference("change"),
      ],
    ],
  ]

  static let patientBolus = mapping(
    "What the patient may ask for.", keys: FormatKeys.patientBolus,
    required: ["dose", "lockout", "maximum"]
  ) { key in
    switch key {
    case "dose": SessionSchema.described(reference("dose"), "Dose of one bolus.", "2 mg")
    case "lockout":
      SessionSchema.described(
        reference("time"), "From the start of one to the next, 5 min to 24 h.", "30 min")
    case "maximum":
      SessionSchema.described(reference("boluses"), "The most in an hour, 1 to 12.", "2 per h")
    default:
      SessionSchema.described(
        reference("flow"), "How fast it is delivered; 30 mL/h where absent.", "30 mL/h")
    }
  }

  /// Caps of one drug.
  private static let doseCaps: JSONValue = [
    "description": "Dose caps; the library's soft limits where absent.",
    "type": "array", "maxItems": 3,
    "items": SessionSchema.described(
      reference("rate"), "Most in any 1 h, 4 h or 24 h.", "10 mg per 1 h"),
  ]

  static let limits = mapping(
    "What must not be passed.", keys: FormatKeys.limits, required: []
  ) { key in
    switch key {
    case "rate":
      SessionSchema.described(
        reference("flow"), "Most continuous flow; the pump's where absent.", "5 mL/h")
    case "dose": doseCaps
    case "occlusion":
      SessionSchema.described(
        reference("pressure"), "225, 540 or 750 mmHg; 540 mmHg where absent.", "540 mmHg")
    default:
      [
        "description": "Keep-open rate, at most 0.1 mL/h; off where absent.",
        "anyOf": [["enum": ["off"]], reference("flow")],
      ]
    }
  }

  static let confirmations: JSONValue = [
    "description": "Soft limits that are passed on purpose.",
    "type": "array", "maxItems": 20,
    "items": mapping(keys: FormatKeys.confirmation, required: ["limit", "by", "reason"]) { key in
      switch key {
      case "limit": ["enum": .strings(SoftLimit.allCases.map(\.rawValue))]
      case "drug":
        SessionSchema.described(id, "Of which drug; the leading one where absent.", "morphine")
      case "by": SessionSchema.described(text(200), "Who confirms, by name.", "the prescriber")
      default: SessionSchema.described(text(500), "Why.", "tolerated before")
      }
    },
  ]

  static let codes = mapping(
    "Access codes, 4 to 8 digits; a role without one is never locked.", keys: FormatKeys.codes,
    required: []
  ) { _ in whole }

  static let service = mapping(
    "When service is due.", keys: FormatKeys.service, required: []
  ) { key in
    key == "hours"
      ? SessionSchema.described(whole, "Hours of running.", "5000")
      : SessionSchema.described(text(40), "A date, ISO 8601 with zone.", "2027-01-01T00:00:00Z")
  }

  static let environment = mapping(
    "Where the pump is worn.", keys: FormatKeys.environment, required: []
  ) { key in
    switch key {
    case "temperature":
      SessionSchema.described(reference("temperature"), "20 °C where absent.", "20 °C")
    case "height":
      SessionSchema.described(
        reference("length"), "Height of the pump above the site; 0 cm where absent.", "30 cm")
    case "tissue":
      SessionSchema.described(
        quantity("mmHg", sign: "-?"), "Resting pressure of the tissue; -1 mmHg where absent.",
        "30 mmHg")
    default:
      SessionSchema.described(
        reference("pressure"), "Air pressure; 101.325 kPa where absent.", "101.3 kPa")
    }
  }
}
