/// How a balance is spoken to.
public enum BalanceProtocol: String, CaseIterable, Sendable {
  /// Mettler Toledo Standard Interface Command Set: lines of text.
  case mtSICS = "mt-sics"
  /// Sartorius Balance Interface: escape sequences, answered in lines of 16 or 22 characters.
  case sbi

  /// Its name in sentences.
  public var name: String {
    switch self {
    case .mtSICS: "MT-SICS"
    case .sbi: "SBI"
    }
  }

  /// Speed and framing as balances of this kind leave the factory.
  ///
  /// MT-SICS 9600 8-N-1, SBI 9600 8-O-1; older Sartorius balances are set to 1200 7-O-1.
  public var factorySettings: SerialSettings {
    switch self {
    case .mtSICS: SerialSettings(baud: 9600)
    case .sbi: SerialSettings(baud: 9600, parity: .odd)
    }
  }
}

/// A unit in which a balance shows masses.
public enum BalanceUnit: String, CaseIterable, Sendable {
  /// 1000 g.
  case kilogram = "kg"
  /// 1 g.
  case gram = "g"
  /// 0.001 g.
  case milligram = "mg"
  /// 0.000 001 g.
  case microgram = "ug"

  /// How many nanograms it is.
  var nanograms: Int64 {
    switch self {
    case .kilogram: 1_000_000_000_000
    case .gram: 1_000_000_000
    case .milligram: 1_000_000
    case .microgram: 1000
    }
  }

  /// The unit that these characters stand for; nil for one that is not of the metre's family.
  init?(_ symbol: ArraySlice<UInt8>) {
    // Latin-1 and UTF-8 micro signs, and the Greek letter.
    let micro: [[UInt8]] = [[0xb5], [0xc2, 0xb5], [0xce, 0xbc], Array("mc".utf8)]
    if micro.contains(where: { Array(symbol) == $0 + [UInt8(ascii: "g")] }) {
      self = .microgram
      return
    }
    self.init(rawValue: String(decoding: symbol, as: UTF8.self))
  }
}
