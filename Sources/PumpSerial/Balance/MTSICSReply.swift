/// What a balance answers in MT-SICS.
enum MTSICSReply: Equatable, Sendable {
  /// A command that is none (`ES`), that came damaged (`ET`) or that cannot be done (`EL`).
  case error(Failure)
  /// A mass, of the net weight or of the tare.
  case mass(head: String, Status, DecimalMass, unit: BalanceUnit)
  /// A mass in a unit that is not of the metric system.
  case otherUnit(head: String, symbol: String)
  /// A status alone.
  case status(head: String, Status)
  /// Texts in quotation marks.
  case texts(head: String, Status, [String])

  /// An error that names no command.
  enum Failure: String, CaseIterable, Sendable {
    /// The command is not known.
    case syntax = "ES"
    /// The command came damaged.
    case transmission = "ET"
    /// The command cannot be done.
    case logical = "EL"

    /// What it says, for people.
    var text: String {
      switch self {
      case .syntax: "it does not know the command (ES)"
      case .transmission: "the command came damaged (ET); are speed and parity right?"
      case .logical: "it cannot do that (EL)"
      }
    }
  }

  /// What became of a command.
  enum Status: String, CaseIterable, Sendable {
    /// Done.
    case done = "A"
    /// Done, and more lines follow.
    case more = "B"
    /// Done, and the mass is stable.
    case stable = "S"
    /// Done, and the mass is not stable.
    case dynamic = "D"
    /// Not now: busy, or no stability in time.
    case notNow = "I"
    /// Too much on the pan.
    case overload = "+"
    /// Too little on the pan.
    case underload = "-"
    /// A wrong parameter.
    case wrongParameter = "L"
  }

  /// The line without its end.
  var line: String {
    switch self {
    case .error(let failure): return failure.rawValue
    case .mass(let head, let status, let mass, let unit):
      let number = mass.text(in: unit)
      let padding = String(repeating: " ", count: max(0, 10 - number.utf8.count))
      return "\(head) \(status.rawValue) \(padding)\(number) \(unit.rawValue)"
    case .otherUnit(let head, let symbol): return "\(head) S 0 \(symbol)"
    case .status(let head, let status): return "\(head) \(status.rawValue)"
    case .texts(let head, let status, let texts):
      return ([head, status.rawValue] + texts.map { "\"\($0)\"" }).joined(separator: " ")
    }
  }

  /// Reads a line without its end; nil where it is no answer in MT-SICS.
  init?(line: [UInt8]) {
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    let parts = line.split(separator: UInt8(ascii: " "))
    guard let first = parts.first, Self.isHead(first) else { return nil }
    let head = String(decoding: first, as: UTF8.self)
    if parts.count == 1 {
      guard let failure = Failure(rawValue: head) else { return nil }
      self = .error(failure)
      return
    }
    guard let status = Status(rawValue: String(decoding: parts[1], as: UTF8.self)) else {
      return nil
    }
    if parts.count == 2 {
      self = .status(head: head, status)
    } else if line.contains(UInt8(ascii: "\"")) {
      guard let texts = Self.quoted(line) else { return nil }
      self = .texts(head: head, status, texts)
    } else if parts.count == 4 {
      guard let unit = BalanceUnit(parts[3]) else {
        guard DecimalMass.isNumber(parts[2]) else { return nil }
        self = .otherUnit(head: head, symbol: String(decoding: parts[3], as: UTF8.self))
        return
      }
      guard let mass = DecimalMass(number: parts[2], unit: unit) else { return nil }
      self = .mass(head: head, status, mass, unit: unit)
    } else {
      return nil
    }
  }

  /// A capital, and then capitals and digits: what a command is called.
  private static func isHead(_ word: ArraySlice<UInt8>) -> Bool {
    guard let first = word.first, word.count <= 5 else { return false }
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return capitals.contains(first)
      && word.allSatisfy { capitals.contains($0) || digits.contains($0) }
  }

  /// What stands between quotation marks; nil where one is missing.
  private static func quoted(_ line: [UInt8]) -> [String]? {
    let pieces = line.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    if pieces.count % 2 == 0 { return nil }
    return stride(from: 1, to: pieces.count, by: 2).map {
      String(decoding: pieces[$0], as: UTF8.self)
    }
  }
}
