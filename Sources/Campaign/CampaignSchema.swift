import SessionFile
import Text

/// The JSON Schema of campaign files, for editors and for checks without this program.
///
/// It says what the keys are. Whether a path is one of a session file, and a combination one that a
/// pump takes, only reading says.
public enum CampaignSchema {
  /// The schema, draft 2020-12, as a text that ends with a new line.
  public static let json: String = root.text + "\n"

  private static let root: JSONValue = [
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://trumpet.invalid/schema/campaign.json",
    "title": "Trumpet campaign",
    "description": "One session with some of its parameters varied, in every combination.",
    "type": "object",
    "required": ["title", "session", "vary"],
    "additionalProperties": false,
    "properties": .object(CampaignKeys.root.map { ($0, property($0)) }),
    "$defs": .object(definitions),
  ]

  private static let definitions: [(String, JSONValue)] =
    SchemaParts.definitions + [
      (
        "path",
        [
          "type": "string",
          "pattern": .string(
            #"^[A-Za-z0-9-]+(\[[0-9]{1,3}\])*(\.[A-Za-z0-9-]+(\[[0-9]{1,3}\])*)*(\[\+\])?$"#),
        ]
      ),
      (
        "range",
        ["type": "string", "pattern": "^[0-9]+\\.\\.[0-9]+( step [1-9][0-9]*)?$"]
      ),
      (
        "values",
        ["anyOf": [SchemaParts.reference("range"), ["type": "array", "minItems": 1]]]
      ),
      (
        "assignments",
        ["type": "object", "propertyNames": SchemaParts.reference("path")]
      ),
      (
        "selection",
        [
          "type": "object", "minProperties": 1,
          "additionalProperties": [
            "anyOf": [
              ["type": ["string", "number"]], ["type": "array", "minItems": 1],
            ]
          ],
        ]
      ),
    ]

  private static func property(_ key: String) -> JSONValue {
    switch key {
    case "title":
      SessionSchema.described(
        SchemaParts.text(200), "What the campaign is called.", "Every syringe at three rates")
    case "session":
      [
        "description": "The session that is varied: a path as seen from this file, or its keys.",
        "anyOf": [
          ["type": "string", "minLength": 1],
          [
            "type": "object",
            "propertyNames": ["enum": .strings(FormatKeys.root)],
          ],
        ],
      ]
    case "set":
      [
        "description": "Values that every cell has instead of what the session says, by path.",
        "$ref": "#/$defs/assignments",
      ]
    case "vary": vary
    case "exclude":
      [
        "description": "Combinations that are not run, each with `because`, or without.",
        "type": "array", "maxItems": 1000, "items": SchemaParts.reference("selection"),
      ]
    case "expect": expect
    case "twin":
      [
        "description": "A value of one list: each cell is held against the one that has it.",
        "type": "object", "minProperties": 1, "maxProperties": 1,
        "additionalProperties": ["type": ["string", "number"]],
      ]
    case "refused":
      [
        "description":
          "Whether a combination that the session reader refuses fails; it does where absent.",
        "enum": ["fails", "passes"],
      ]
    default: [:]
    }
  }

  private static let vary: JSONValue = [
    "description": "Lists of values by the path of their parameter, or groups by any name.",
    "type": "object", "minProperties": 1,
    "additionalProperties": [
      "anyOf": [
        SchemaParts.reference("values"),
        [
          "type": "object", "required": ["with"], "additionalProperties": false,
          "properties": [
            "with": [
              "type": "object", "minProperties": 1,
              "propertyNames": SchemaParts.reference("path"),
              "additionalProperties": SchemaParts.reference("values"),
            ]
          ],
        ],
        [
          "type": "object", "required": ["variants"], "additionalProperties": false,
          "properties": [
            "variants": [
              "type": "object", "minProperties": 1,
              "additionalProperties": [
                "type": "object",
                "propertyNames": SchemaParts.reference("path"),
                "properties": [
                  "about": SessionSchema.described(
                    SchemaParts.text(500), "What the variant is.", "the needle is blocked")
                ],
              ],
            ]
          ],
        ],
      ]
    ],
  ]

  private static let expect: JSONValue = [
    "description":
      "What must have held, besides what the session expects; `when` says in which cells.",
    "type": "array", "maxItems": 200,
    "items": [
      "type": "object", "minProperties": 1,
      "properties": [
        "when": SchemaParts.reference("selection"),
        "refused": SessionSchema.described(
          SchemaParts.text(200), "Words that the refusal of the cell has to have.", "hard limit"),
      ],
      "propertyNames": ["enum": .strings(["when", "refused"] + expectationKeys)],
    ],
  ]

  /// The keys that an expectation of a session can have.
  private static var expectationKeys: [String] {
    var keys: [String] = []
    guard case .object(let members) = SchemaParts.expectations,
      case .object(let items)? = members.first(where: { $0.0 == "items" })?.1,
      case .array(let kinds)? = items.first(where: { $0.0 == "anyOf" })?.1
    else { return keys }
    for case .object(let kind) in kinds {
      guard case .object(let properties)? = kind.first(where: { $0.0 == "properties" })?.1 else {
        continue
      }
      keys += properties.map(\.0).filter { !keys.contains($0) }
    }
    return keys
  }
}
