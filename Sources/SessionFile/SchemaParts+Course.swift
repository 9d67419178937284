// The parts of the schema that say what happens in the course of a session.

import Catalogue
import PumpHAL
import PumpPlant
import Text
import Vocabulary

extension SchemaParts {
  static let events: JSONValue = [
    "description": "What happens, each at a time after the start of the programme.",
    "type": "array", "maxItems": 1000,
    "items": [
      "anyOf": .array((faults + components + clears + actions).map(withOrigin) + [activity])
    ],
  ]

  static let at = SessionSchema.described(
    reference("time"), "Time after the start of the programme.", "6 h 30 min")

  /// A schema of an event that may also say what its time counts from.
  private static func withOrigin(_ event: JSONValue) -> JSONValue {
    guard case .object(let members) = event else { return event }
    return .object(
      members.map { key, value in
        guard key == "properties", case .object(let properties) = value else { return (key, value) }
        let since: JSONValue = [
          "description": "What `at` counts from; the start of the programme where absent.",
          "enum": .strings(EventOrigin.allCases.map(\.rawValue)),
        ]
        return (key, .object(properties + [("since", since)]))
      })
  }

  private static let activity = mapping(
    "What the patient does for a while: a walk is a step of height and pressure every 1 s to 9 s.",
    keys: FormatKeys.activity, required: ["at", "activity", "for"]
  ) { key in
    switch key {
    case "at": at
    case "for": SessionSchema.described(reference("time"), "How long.", "30 min")
    case "height":
      SessionSchema.described(
        reference("length"), "Most change of height either way; 80 cm where absent.", "80 cm")
    case "press":
      SessionSchema.described(
        whole, "Most by which the tissue's pressure is multiplied; 5 where absent.", "5")
    case "seed": SessionSchema.described(whole, "Another seed, another walk; 1.", "1")
    default: ["enum": .strings(ActivityName.allCases.map(\.rawValue))]
    }
  }

  /// One schema for each action.
  private static let actions: [JSONValue] = ActionName.allCases.map { name in
    let parameters = name.parameters.filter { $0 != "after" }
    return mapping(
      keys: FormatKeys.action + name.parameters + (name.takesCode ? [FormatKeys.code] : []),
      required: FormatKeys.action + parameters
    ) { key in
      switch key {
      case "action": ["const": .string(name.rawValue)]
      case "over": reference("time")
      default:
        name == .changeSyringe && name.parameters.contains(key)
          ? changeProperty(key) : eventProperty(key)
      }
    }
  }

  static func eventProperty(_ key: String) -> JSONValue {
    switch key {
    case "at": at
    case "operator": role
    case "site": ["enum": .strings(FluidSite.allCases.map(\.name))]
    case "over", "for": reference("time")
    case "code", "reason": whole
    case "dose": reference("dose")
    case "to": reference("rate")
    case "severity": ["enum": ["mild", "moderate", "severe"]]
    case "found": ["anyOf": [reference("volume"), reference("mass")]]
    case "witnesses":
      [
        "type": "array", "minItems": 2, "maxItems": 2, "uniqueItems": true, "items": text(80),
      ]
    default: id
    }
  }

  package static let expectations: JSONValue = [
    "description": "What must have held at the end.",
    "type": "array", "maxItems": 200,
    "items": [
      "anyOf": .array(
        ExpectationName.allCases.map { name in
          let required = name.parameters.contains("tolerance") ? ["tolerance"] : []
          return mapping(
            "For example \(name.example).", keys: [name.rawValue] + name.parameters,
            required: [name.rawValue] + required
          ) { key in key == name.rawValue ? expected(name) : expectationProperty(key) }
        })
    ],
  ]

  private static func expected(_ name: ExpectationName) -> JSONValue {
    let alarms = AlarmID.allCases.map(\.name)
    return switch name {
    case .alarm: ["enum": .strings(alarms)]
    case .noAlarm: ["enum": .strings(alarms + ["any", "any-medium", "any-high"])]
    case .postOcclusionBolus: reference("volumeSided")
    case .dispensed, .infused: reference("mass")
    case .plasma: reference("concentrationSided")
    case .ends: ["enum": .strings(PumpMode.allCases.map(\.name))]
    case .bolusesGranted, .bolusesDenied: whole
    case .reactionToStop: reference("timeBelow")
    }
  }

  private static func expectationProperty(_ key: String) -> JSONValue {
    switch key {
    case "tolerance": reference("tolerance")
    case "drug": id
    default: reference("time")
    }
  }
}
