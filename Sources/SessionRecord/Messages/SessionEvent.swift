import PumpHAL

/// Something that happened, for people: one message on `/trumpet/events`.
public struct SessionEvent: Equatable, Sendable {
  /// What kind of thing happened; the raw value stands in the JSON.
  public enum Kind: String, Sendable, CaseIterable {
    /// An alarm condition came up.
    case alarmRaised = "alarm-raised"
    /// An alarm condition is gone.
    case alarmCleared = "alarm-cleared"
    /// Somebody gave a command; `outcome` says what became of it.
    case command = "command"
    /// A rule overrides delivery, or a bound of the rate limiter bites.
    case interlock = "interlock"
    /// That rule or bound no longer does.
    case interlockCleared = "interlock-cleared"
    /// A fault was put into the world.
    case faultInjected = "fault-injected"
    /// A fault was taken out of the world.
    case faultCleared = "fault-cleared"
    /// The pump's mode changed.
    case mode = "mode"
    /// A soft limit was confirmed in the session file.
    case softLimit = "soft-limit"
    /// Power came or went.
    case power = "power"
    /// What was left in a syringe was measured and disposed of before two witnesses.
    case dispose = "dispose"
    /// Anything else worth a line.
    case note = "note"
  }

  /// What kind of thing happened.
  public var kind: Kind
  /// Its name, in the words of a session file: `downstream-occlusion`, `acknowledge`, `infusing`.
  public var name: String
  /// Its number (alarm, mode, fault), where it has one.
  public var number: Int?
  /// Priority of an alarm: `low`, `medium`, `high`.
  public var priority: String?
  /// Who did it, where somebody did.
  public var role: String?
  /// What became of a command.
  public var outcome: String?
  /// One line for people.
  public var text: String?
  /// How much was found, where something was.
  public var amount: Double?
  /// The unit of `amount`: `mL` or `mg`.
  public var unit: String?
  /// Who saw it, where it has to be seen.
  public var witnesses: [String]

  /// An event.
  public init(
    _ kind: Kind, _ name: String, number: Int? = nil, priority: String? = nil, role: String? = nil,
    outcome: String? = nil, text: String? = nil, amount: Double? = nil, unit: String? = nil,
    witnesses: [String] = []
  ) {
    self.kind = kind
    self.name = name
    self.number = number
    self.priority = priority
    self.role = role
    self.outcome = outcome
    self.text = text
    self.amount = amount
    self.unit = unit
    self.witnesses = witnesses
  }
}

extension SessionEvent: RecordMessageContent {
  /// A note of nothing.
  public init() { self.init(.note, "") }

  /// The kind as it stands in the JSON; a word that is none is a note.
  var kindText: String {
    get { kind.rawValue }
    set { kind = Kind(rawValue: newValue) ?? .note }
  }

  /// The title of its schema.
  public static var schemaTitle: String { "trumpet.Event" }
  /// Its fields.
  public static let fields: [MessageField<SessionEvent>] = [
    .init("kind", Kind.allCases.map(\.rawValue).joined(separator: ", "), .text(\.kindText)),
    .init("name", "what, in the words of a session file", .text(\.name)),
    .init("number", "number of the alarm, mode or fault", .integer(\.number)),
    .init("priority", "priority of an alarm", .optionalText(\.priority)),
    .init("role", "who did it", .optionalText(\.role)),
    .init("outcome", "what became of a command", .optionalText(\.outcome)),
    .init("text", "one line for people", .optionalText(\.text)),
    .init(
      "amount", "what was found at a disposal, in unit", .optionalNumber(\.amount, decimals: 6)),
    .init("unit", "unit of amount: mL or mg", .optionalText(\.unit)),
    .init("witnesses", "who saw the disposal", .texts(\.witnesses)),
  ]
}
