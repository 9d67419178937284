/// Something that a balance is to do, and how far it has come.
///
/// Stability is waited for here, by readings, and not in the balance: so readings go on meanwhile,
/// and it ends when the caller wants.
struct BalanceOrder: Sendable {
  /// What there is to do.
  enum Kind: Equatable, Sendable {
    /// A stable reading.
    case read
    /// Tare.
    case tare(isImmediate: Bool)
    /// Zero.
    case zero(isImmediate: Bool)

    /// What it is called in errors.
    var name: String {
      switch self {
      case .read: "weigh"
      case .tare: "tare"
      case .zero: "zero"
      }
    }

    fileprivate var isImmediate: Bool {
      switch self {
      case .read: false
      case .tare(let isImmediate), .zero(let isImmediate): isImmediate
      }
    }
  }

  private enum Stage: Equatable {
    /// Waiting for a mass to begin with.
    case beginning
    /// Sent; waiting for MT-SICS's answer.
    case sent
    /// Done, by its own word or without one; waiting for a reading asked for after this.
    case confirming(since: UInt64)
  }

  /// What is to be done next.
  enum Step: Equatable {
    /// Go on as before.
    case wait
    /// Send these bytes, and no question before the answer.
    case send([UInt8])
    /// It is done.
    case done(BalanceReading)
    /// It will not be.
    case failed(BalanceError)
  }

  let kind: Kind
  let path: String
  let spoken: BalanceProtocol
  /// When it was given, ns.
  let begun: UInt64
  /// When it is to be done, ns.
  let deadline: UInt64
  private var stage = Stage.beginning
  private var massBefore: Int64 = 0
  private var hasTriedOlderCommand = false

  init(_ kind: Kind, path: String, spoken: BalanceProtocol, begun: UInt64, deadline: UInt64) {
    self.kind = kind
    self.path = path
    self.spoken = spoken
    self.begun = begun
    self.deadline = deadline
  }

  /// Whether the balance shall not be asked for masses, because its answer is awaited.
  var isAwaitingAnswer: Bool { stage == .sent }

  /// The time in which a balance without answers shows the effect, ns.
  private static let effectLimit: UInt64 = 2_000_000_000
  /// Digits from zero that are zero: what may have run onto the pan since.
  private static let zeroDigits = 20.0

  /// Takes a reading.
  mutating func take(_ reading: BalanceReading) -> Step {
    switch stage {
    case .sent: return .wait
    case .beginning:
      if reading.askedAt < begun || !(reading.isStable || kind.isImmediate) { return .wait }
      if kind == .read { return .done(reading) }
      massBefore = reading.micrograms
      stage = spoken == .mtSICS ? .sent : .confirming(since: reading.receivedAt)
      return .send(command)
    case .confirming(let since):
      if reading.askedAt <= since { return .wait }
      if spoken == .mtSICS { return .done(reading) }
      let limit = max(
        reading.digitMicrograms * Self.zeroDigits, Double(massBefore.magnitude) / 20)
      if Double(reading.micrograms.magnitude) <= limit { return .done(reading) }
      if reading.askedAt < since + Self.effectLimit { return .wait }
      // Balances before the separate commands have one key for both.
      if hasTriedOlderCommand {
        return .failed(.notCarriedOut(path: path, command: kind.name))
      }
      hasTriedOlderCommand = true
      stage = .confirming(since: reading.receivedAt)
      return .send(SBICommand.tareOrZero.bytes)
    }
  }

  /// Takes what MT-SICS says to something else than a question for the mass.
  mutating func take(_ reply: MTSICSReply, at time: UInt64) -> Step {
    guard stage == .sent else { return .wait }
    let names: Set = kind.name == "tare" ? ["T", "TI"] : ["Z", "ZI"]
    switch reply {
    case .mass(let head, .stable, _, _) where names.contains(head),
      .mass(let head, .dynamic, _, _) where names.contains(head),
      .status(let head, .done) where names.contains(head),
      .status(let head, .stable) where names.contains(head),
      .status(let head, .dynamic) where names.contains(head):
      stage = .confirming(since: time)
      return .wait
    case .status(let head, .overload) where names.contains(head):
      return .failed(.overload(path: path, command: kind.name))
    case .status(let head, .underload) where names.contains(head):
      return .failed(.underload(path: path, command: kind.name))
    case .status(let head, .notNow) where names.contains(head):
      // Not stable any more, or busy: from the beginning.
      stage = .beginning
      return .wait
    case .error(let failure): return refused(failure)
    default: return .wait
    }
  }

  /// Takes a fault of the balance's, or a command that it does not take.
  mutating func take(fault text: String) -> Step {
    if let failure = MTSICSReply.Failure(rawValue: text), spoken == .mtSICS {
      return stage == .sent ? refused(failure) : .wait
    }
    return .failed(.fault(path: path, text: text))
  }

  private func refused(_ failure: MTSICSReply.Failure) -> Step {
    .failed(.refused(path: path, command: kind.name, reason: failure.text))
  }

  /// What it comes to when the time is over.
  func expired(_ state: BalanceState) -> BalanceError {
    switch state {
    case .lost(let error): error
    case .overload: .overload(path: path, command: kind.name)
    case .underload: .underload(path: path, command: kind.name)
    default:
      switch stage {
      case .beginning:
        .notStable(path: path, milliseconds: Int((deadline - begun) / 1_000_000))
      case .sent, .confirming: .notCarriedOut(path: path, command: kind.name)
      }
    }
  }

  private var command: [UInt8] {
    switch (spoken, kind) {
    case (_, .read): []
    case (.mtSICS, .tare(let isImmediate)): MTSICSCommand.tare(isImmediate: isImmediate).bytes
    case (.mtSICS, .zero(let isImmediate)): MTSICSCommand.zero(isImmediate: isImmediate).bytes
    case (.sbi, .tare): SBICommand.tare.bytes
    case (.sbi, .zero): SBICommand.zero.bytes
    }
  }
}
