// The first words with a balance: whether it is one, and which.

/// Finds out whether a balance is on a line, without changing anything of it, its tare included.
struct BalanceGreeting {
  let line: BalanceLine
  var dialogue: BalanceDialogue
  /// Whether the balance sends lines without being asked.
  private(set) var isAutomatic = false

  /// The time for a first answer, ms; a balance answers within a few tenths of a second.
  static let answerLimit = 1500
  /// The time for an answer about the balance itself, ms.
  private static let inquiryLimit = 800
  /// The time for which an unasked line is waited for, ms: balances send several a second.
  private static let listeningTime = 300

  init(_ line: BalanceLine, _ dialogue: BalanceDialogue) {
    self.line = line
    self.dialogue = dialogue
  }

  private var path: String { line.link.path }

  /// Greets the balance and asks what it is.
  mutating func greet() throws(BalanceError) -> BalanceIdentity {
    line.discard()
    // Asked, a balance of Sartorius's that sends by itself would stop doing so.
    if dialogue.spoken == .sbi { isAutomatic = try hearsMass(within: Self.listeningTime) }
    if !isAutomatic { try askForMass() }
    return try identify()
  }

  /// Whether a line that is a mass, or one's absence, comes by itself.
  private mutating func hearsMass(within milliseconds: Int) throws(BalanceError) -> Bool {
    let deadline = Self.deadline(milliseconds)
    while let bytes = try line.receive(by: deadline) {
      switch dialogue.meaning(of: bytes) {
      case .otherUnit(let symbol): throw .unit(path: path, symbol: symbol)
      // The first line may have begun before the port was open.
      case .unknown, .answer, .fault: continue
      default: return true
      }
    }
    return false
  }

  /// Asks for a mass until one comes, or an answer in its stead.
  private mutating func askForMass() throws(BalanceError) {
    let question = dialogue.question
    var wrong: [UInt8]?
    var refusals = 0
    try line.send(question)
    let deadline = Self.deadline(Self.answerLimit)
    while let bytes = try line.receive(by: deadline) {
      switch dialogue.meaning(of: bytes) {
      case .mass, .overload, .underload, .busy, .unitUnknown: return
      case .otherUnit(let symbol): throw .unit(path: path, symbol: symbol)
      case .fault(let text):
        // Half a command of whoever had the port before spoils the first one of ours.
        refusals += 1
        if refusals == 3 || dialogue.spoken == .sbi { throw refusal(text) }
        try line.send(question)
      case .answer: continue
      case .unknown:
        if !bytes.isEmpty && question.starts(with: bytes) { throw .echo(path: path) }
        wrong = wrong ?? bytes
      }
    }
    if let wrong { throw other(printable(wrong)) }
    if line.isInsideLine { throw other(line.partialLine) }
    throw .silent(path: path, spoken: dialogue.spoken, milliseconds: Self.answerLimit)
  }

  private func refusal(_ text: String) -> BalanceError {
    guard dialogue.spoken == .mtSICS, let failure = MTSICSReply.Failure(rawValue: text) else {
      return .fault(path: path, text: text)
    }
    return .refused(path: path, command: "SI", reason: failure.text)
  }

  private func other(_ received: String) -> BalanceError {
    .otherProtocol(path: path, spoken: dialogue.spoken, received: received)
  }

  private mutating func identify() throws(BalanceError) -> BalanceIdentity {
    var identity = BalanceIdentity(spoken: dialogue.spoken)
    switch dialogue.spoken {
    case .mtSICS:
      identity.serialNumber = try text(4)
      identity.model = try text(2)
      identity.software = try text(3)
    case .sbi:
      identity.model = try info(1)
      identity.serialNumber = try info(2)
      identity.software = try info(3)
    }
    return identity
  }

  /// What `I` and a number is answered with; empty where it is not.
  private func text(_ number: UInt8) throws(BalanceError) -> String {
    try line.send(MTSICSCommand.inquire(number).bytes)
    let deadline = Self.deadline(Self.inquiryLimit)
    while let bytes = try line.receive(by: deadline) {
      switch MTSICSReply(line: bytes) {
      case .texts(head: "I\(number)", _, let texts): return texts.joined(separator: " ")
      case .status(head: "I\(number)", _), .error: return ""
      default: continue
      }
    }
    return ""
  }

  /// What `ESC x` and a number is answered with; empty where it is not, as by older balances.
  private mutating func info(_ number: UInt8) throws(BalanceError) -> String {
    try line.send(SBICommand.inquire(number).bytes)
    let deadline = Self.deadline(Self.inquiryLimit)
    while let bytes = try line.receive(by: deadline) {
      var ownDialogue = dialogue
      let isAnswer = ownDialogue.meaning(of: bytes) == .unknown || !isAutomatic
      guard isAnswer, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { continue }
      let text = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      if !text.isEmpty { return text.joined(separator: " ") }
    }
    return ""
  }

  private static func deadline(_ milliseconds: Int) -> UInt64 {
    Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
  }
}
