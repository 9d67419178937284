/// What a host asks of a balance in MT-SICS.
enum MTSICSCommand: Equatable, Sendable {
  /// `@`: cancels what is going on and clears the tare; answered like `I4`.
  case cancel
  /// `I0` to `I5`, `I10`, `I11`: asks about the balance.
  case inquire(UInt8)
  /// `S`: the next stable mass.
  case weighStable
  /// `SI`: the mass now, stable or not; ends a stream.
  case weigh
  /// `SIR`: the mass now and again and again.
  case weighRepeatedly
  /// `SR`: the next stable mass, and again whenever it changes.
  case weighOnChange
  /// `SU` and `SIU`: as `S` and `SI`, in the unit displayed.
  case weighDisplayed(isStable: Bool)
  /// `Z` (once stable) and `ZI` (now): zero; clears the tare.
  case zero(isImmediate: Bool)
  /// `T` (once stable) and `TI` (now): tare.
  case tare(isImmediate: Bool)
  /// `TA`: the tare in memory.
  case tareValue
  /// `TA 10.00 g`: another tare.
  case presetTare(DecimalMass)
  /// `TAC`: no tare.
  case clearTare
  /// `D "text"`: shows a text instead of the mass.
  case display
  /// `DW`: shows the mass again.
  case displayWeight

  /// Why a line is no command.
  enum Mistake: Error, Equatable {
    /// No command of that name.
    case unknown
    /// The command is there, but not with this parameter.
    case parameter(head: String)
  }

  private static let plain: [(String, MTSICSCommand)] = [
    ("@", .cancel), ("S", .weighStable), ("SI", .weigh), ("SIR", .weighRepeatedly),
    ("SR", .weighOnChange), ("SU", .weighDisplayed(isStable: true)),
    ("SIU", .weighDisplayed(isStable: false)), ("Z", .zero(isImmediate: false)),
    ("ZI", .zero(isImmediate: true)), ("T", .tare(isImmediate: false)),
    ("TI", .tare(isImmediate: true)), ("TA", .tareValue), ("TAC", .clearTare),
    ("DW", .displayWeight),
  ]

  /// The inquiries that are understood.
  static let inquiries: [UInt8] = [0, 1, 2, 3, 4, 5, 10, 11]

  /// The names of all commands, each with the level of MT-SICS that it belongs to.
  static var names: [(level: Int, name: String)] {
    let level0 = ["@", "I0", "I1", "I2", "I3", "I4", "I5", "S", "SI", "SIR", "Z", "ZI"]
    let level1 = ["D", "DW", "SR", "T", "TA", "TAC", "TI"]
    let level2 = ["I10", "I11", "SIU", "SU"]
    return level0.map { (0, $0) } + level1.map { (1, $0) } + level2.map { (2, $0) }
  }

  /// The command's name, which its answer begins with; masses are answered by `S`.
  var head: String {
    switch self {
    case .inquire(let number): "I\(number)"
    case .presetTare: "TA"
    case .display: "D"
    default: Self.plain.first { $0.1 == self }?.0 ?? ""
    }
  }

  /// The command as it goes over the wire; a text to display is left out.
  var bytes: [UInt8] {
    switch self {
    case .presetTare(let mass): Array("TA \(mass.text(in: .gram)) g\r\n".utf8)
    default: Array("\(head)\r\n".utf8)
    }
  }

  /// Reads a line without its end.
  init(line: some Collection<UInt8>) throws(Mistake) {
    let parts = Array(line).split(separator: UInt8(ascii: " "))
    guard let first = parts.first, first.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw .unknown
    }
    let head = String(decoding: first, as: UTF8.self)
    let parameters = parts.dropFirst()
    if head == "TA", !parameters.isEmpty {
      guard parameters.count == 2, let number = parameters.first, let symbol = parameters.last,
        let unit = BalanceUnit(symbol), let mass = DecimalMass(number: number, unit: unit)
      else { throw .parameter(head: head) }
      self = .presetTare(mass)
      return
    }
    if head == "D" {
      guard line.contains(UInt8(ascii: "\"")) else { throw .parameter(head: head) }
      self = .display
      return
    }
    let known: MTSICSCommand
    if let found = Self.plain.first(where: { $0.0 == head }) {
      known = found.1
    } else if let number = Self.inquiries.first(where: { "I\($0)" == head }) {
      known = .inquire(number)
    } else {
      throw .unknown
    }
    if !parameters.isEmpty { throw .parameter(head: head) }
    self = known
  }
}
