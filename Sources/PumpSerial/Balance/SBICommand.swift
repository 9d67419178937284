/// What a host asks of a balance in SBI: an escape and a letter, or an escape, a letter, a digit and
/// an underline; CR and LF after it may be there or not.
enum SBICommand: Equatable, Sendable {
  /// `ESC P`: sends a line.
  case print
  /// `ESC T`: tares, or zeroes an empty pan.
  case tareOrZero
  /// `ESC U`: tares.
  case tare
  /// `ESC V`: zeroes.
  case zero
  /// `ESC K`, `L`, `M`, `N`: from very stable to very unstable surroundings, 0 to 3.
  case surroundings(UInt8)
  /// `ESC O` and `ESC R`: locks and unlocks the keys.
  case lockKeys(Bool)
  /// `ESC Q`: sounds.
  case sound
  /// `ESC S`: begins anew, as after switching on.
  case restart
  /// `ESC Z` and `ESC W`: adjusts by the weight inside, or by one put on the pan.
  case adjust(isInternal: Bool)
  /// `ESC x1_` to `x3_`: sends model, serial number, version.
  case inquire(UInt8)
  /// A command that is not known here, which a balance passes over in silence.
  case other

  private static let letters: [(UInt8, SBICommand)] = [
    (UInt8(ascii: "P"), .print), (UInt8(ascii: "T"), .tareOrZero), (UInt8(ascii: "U"), .tare),
    (UInt8(ascii: "V"), .zero), (UInt8(ascii: "K"), .surroundings(0)),
    (UInt8(ascii: "L"), .surroundings(1)), (UInt8(ascii: "M"), .surroundings(2)),
    (UInt8(ascii: "N"), .surroundings(3)), (UInt8(ascii: "O"), .lockKeys(true)),
    (UInt8(ascii: "R"), .lockKeys(false)), (UInt8(ascii: "Q"), .sound),
    (UInt8(ascii: "S"), .restart), (UInt8(ascii: "Z"), .adjust(isInternal: true)),
    (UInt8(ascii: "W"), .adjust(isInternal: false)),
  ]

  /// The command as it goes over the wire.
  var bytes: [UInt8] {
    let end = Array("\r\n".utf8)
    switch self {
    case .inquire(let number): return [SBICommandReader.escape] + Array("x\(number)_".utf8) + end
    default:
      let letter = Self.letters.first { $0.1 == self }?.0
      return [SBICommandReader.escape] + (letter.map { [$0] } ?? []) + end
    }
  }

  /// The command of one letter.
  init(letter: UInt8) { self = Self.letters.first { $0.0 == letter }?.1 ?? .other }

  /// The command of a letter, digits or letters, and an underline, which is left out here.
  init(long text: [UInt8]) {
    switch String(decoding: text, as: UTF8.self) {
    case "x1": self = .inquire(1)
    case "x2": self = .inquire(2)
    case "x3": self = .inquire(3)
    case "kP", "p": self = .print
    case "kT": self = .tareOrZero
    default: self = .other
    }
  }
}

/// Finds SBI commands in a stream of bytes; whatever is outside of them means nothing.
struct SBICommandReader: Sendable {
  static let escape: UInt8 = 0x1b
  /// The most characters of a command with an underline.
  private static let limit = 20

  private var isInside = false
  private var text: [UInt8] = []

  /// Takes one byte; gives a command where it ends one.
  mutating func take(_ byte: UInt8) -> SBICommand? {
    if byte == Self.escape {
      text.removeAll(keepingCapacity: true)
      isInside = true
      return nil
    }
    if !isInside { return nil }
    if text.isEmpty, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
      isInside = false
      return SBICommand(letter: byte)
    }
    if byte == UInt8(ascii: "_") {
      isInside = false
      return SBICommand(long: text)
    }
    text.append(byte)
    if text.count == Self.limit || byte < 0x20 { isInside = false }
    return nil
  }
}
