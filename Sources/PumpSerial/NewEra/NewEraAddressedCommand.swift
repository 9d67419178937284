/// What a command's payload begins with: for whom it is.
public struct NewEraAddressedCommand: Equatable, Sendable {
  /// The address, 0 to 99; 0 where none is written; nil for a system command, which every pump hears.
  public var address: UInt8?
  /// The command without it.
  public var text: [UInt8]

  /// A command for one pump, or for every pump.
  public init(address: UInt8?, text: [UInt8]) {
    self.address = address
    self.text = text
  }

  /// The commands of a payload as `NewEraCommandDecoder` gives it: one, or those of a network burst
  /// (`0RAT100*1RAT250*`), in which addresses have one digit.
  public static func split(_ payload: [UInt8]) -> [NewEraAddressedCommand] {
    if payload.first == Ascii.star { return [NewEraAddressedCommand(address: nil, text: payload)] }
    if payload.last == Ascii.star {
      return payload.dropLast().split(separator: Ascii.star).map { part in
        let hasAddress = part.first.map(Ascii.isDigit) == true
        return NewEraAddressedCommand(
          address: hasAddress ? part[part.startIndex] - Ascii.zero : 0,
          text: Array(part.dropFirst(hasAddress ? 1 : 0)))
      }
    }
    let digits = payload.prefix(while: Ascii.isDigit).prefix(2)
    let address = digits.reduce(UInt8(0)) { $0 * 10 + $1 - Ascii.zero }
    let text = Array(payload[digits.endIndex...])
    // `0*RESET`: the star makes it everybody's.
    return [
      NewEraAddressedCommand(address: text.first == Ascii.star ? nil : address, text: text)
    ]
  }

  /// The payload: two digits of address where it needs them, then the command.
  public var payload: [UInt8] {
    guard let address else { return text }
    return Array("\(address)".utf8) + text
  }
}
