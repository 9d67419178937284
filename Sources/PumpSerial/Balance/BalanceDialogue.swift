/// What a host makes of what a balance says, in either protocol.
struct BalanceDialogue: Sendable {
  let spoken: BalanceProtocol
  /// The unit of masses that come without one: that of the last mass that had one.
  private(set) var unit: BalanceUnit?

  init(_ spoken: BalanceProtocol, unit: BalanceUnit? = nil) {
    self.spoken = spoken
    self.unit = unit
  }

  /// What a line means.
  enum Meaning: Equatable {
    /// A mass on the pan.
    case mass(DecimalMass, isStable: Bool)
    /// A mass whose unit is not known yet.
    case unitUnknown
    /// A mass in a unit that is not taken.
    case otherUnit(String)
    /// More than can be weighed.
    case overload
    /// Less than can be weighed.
    case underload
    /// Not now.
    case busy
    /// The balance's own fault, or a command that it does not take.
    case fault(String)
    /// An answer to something else than weighing.
    case answer(MTSICSReply)
    /// Nothing that a balance says.
    case unknown
  }

  /// Asks for the mass now.
  var question: [UInt8] {
    switch spoken {
    case .mtSICS: MTSICSCommand.weigh.bytes
    case .sbi: SBICommand.print.bytes
    }
  }

  /// What a line without its end means.
  mutating func meaning(of line: [UInt8]) -> Meaning {
    switch spoken {
    case .mtSICS: meaningInMTSICS(line)
    case .sbi: meaningInSBI(line)
    }
  }

  private func meaningInMTSICS(_ line: [UInt8]) -> Meaning {
    guard let reply = MTSICSReply(line: line) else { return .unknown }
    switch reply {
    case .mass(head: "S", .stable, let mass, _): return .mass(mass, isStable: true)
    case .mass(head: "S", .dynamic, let mass, _): return .mass(mass, isStable: false)
    case .otherUnit(head: "S", let symbol): return .otherUnit(symbol)
    case .status(head: "S", .overload): return .overload
    case .status(head: "S", .underload): return .underload
    case .status(head: "S", .notNow): return .busy
    case .error(let failure): return .fault(failure.rawValue)
    // `S` with anything else is none of its answers.
    case .status(head: "S", _), .mass(head: "S", _, _, _), .texts(head: "S", _, _):
      return .unknown
    default: return .answer(reply)
    }
  }

  private mutating func meaningInSBI(_ line: [UInt8]) -> Meaning {
    switch SBILine(line: line) {
    case .mass(_, let mass, let unit):
      self.unit = unit
      return .mass(mass, isStable: true)
    case .number(_, let number):
      guard let unit else { return .unitUnknown }
      guard let mass = DecimalMass(number: number, unit: unit) else { return .unknown }
      return .mass(mass, isStable: false)
    case .otherUnit(let symbol): return .otherUnit(symbol)
    case .overload: return .overload
    case .underload: return .underload
    case .busy: return .busy
    case .fault(let text): return .fault(text)
    case nil: return .unknown
    }
  }
}
