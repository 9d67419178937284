/// How bytes go over a line: speed and framing of a character.
///
/// A pseudo-terminal takes them and ignores them.
public struct SerialSettings: Equatable, Sendable {
  /// The check bit of each character.
  public enum Parity: UInt8, Sendable, CaseIterable { case none, odd, even }
  /// Bits each second; one of `bauds`.
  public var baud: UInt32
  /// Bits of a character: 7 or 8.
  public var dataBits: UInt8
  /// The check bit.
  public var parity: Parity
  /// Stop bits: 1 or 2.
  public var stopBits: UInt8

  /// The speeds that can be set.
  public static let bauds: [UInt32] = [
    300, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400,
  ]

  /// Eight bits, no parity and one stop bit unless said otherwise.
  public init(
    baud: UInt32, dataBits: UInt8 = 8, parity: Parity = .none, stopBits: UInt8 = 1
  ) {
    precondition(
      Self.bauds.contains(baud) && (7...8).contains(dataBits) && (1...2).contains(stopBits))
    self.baud = baud
    self.dataBits = dataBits
    self.parity = parity
    self.stopBits = stopBits
  }

  /// What the open motor board speaks at.
  public static let board = SerialSettings(baud: 115_200)

  /// Seconds that one character takes on the line, with start, check and stop bits.
  public var characterTime: Double {
    Double(1 + dataBits + (parity == .none ? 0 : 1) + stopBits) / Double(baud)
  }
}

extension SerialSettings {
  /// Speed and framing as people write them, `9600 8N1` or `1200 7O1`; nil for anything else.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, let baud = UInt32(words[0]), Self.bauds.contains(baud) else {
      return nil
    }
    let framing = Array(words[1].utf8)
    guard framing.count == 3, let parity = Parity.allCases.first(where: { $0.letter == framing[1] })
    else { return nil }
    let (dataBits, stopBits) = (framing[0] &- Ascii.zero, framing[2] &- Ascii.zero)
    guard (7...8).contains(dataBits), (1...2).contains(stopBits) else { return nil }
    self.init(baud: baud, dataBits: dataBits, parity: parity, stopBits: stopBits)
  }
}

extension SerialSettings.Parity {
  /// How people write it: N, O or E.
  fileprivate var letter: UInt8 {
    switch self {
    case .none: UInt8(ascii: "N")
    case .odd: UInt8(ascii: "O")
    case .even: UInt8(ascii: "E")
    }
  }
}

extension SerialSettings: CustomStringConvertible {
  /// Speed and framing as people write them: `19200 baud, 8N1`.
  public var description: String {
    "\(baud) baud, \(dataBits)\(Character(Unicode.Scalar(parity.letter)))\(stopBits)"
  }
}
