/// The keys of each mapping of a session file; `SessionSchema` describes the same ones.
package enum FormatKeys {
  package static let root = [
    "title", "pump", "patient", "drug", "reservoir", "infusionSet", "battery", "programme",
    "patientBolus", "limits", "onReaction", "confirm", "codes", "libraryVersion", "service", "seed",
    "start", "startAfter", "duration", "environment", "events", "expect",
  ]
  static let patient = ["mass"]
  static let drug = ["name", "indication", "concentration", "caps"]
  static let reservoir = ["syringe", "fill", "prime"]
  static let battery = ["type", "charge"]
  static let step = ["loading", "basal", "change"]
  static let change = ["syringe", "fill", "concentration", "after", "by"]
  static let patientBolus = ["dose", "lockout", "maximum", "rate"]
  static let limits = ["rate", "dose", "occlusion", "keepOpen"]
  static let confirmation = ["limit", "drug", "by", "reason"]
  static let environment = ["temperature", "height", "ambient", "tissue"]
  static let fault = ["at", "fault"]
  static let component = ["at", "component", "kind", "amount", "ramp", "period", "for"]
  static let clear = ["at", "clear", "site"]
  static let clearComponent = ["at", "clear", "kind"]
  static let action = ["at", "operator", "action"]
  static let activity = ["at", "activity", "for", "height", "press", "seed"]
  static let code = "code"
  static let codes = ["nurse", "pharmacist", "service"]
  static let service = ["due", "hours"]
}
