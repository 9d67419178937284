/// What an emulated balance is, and what happens around it.
public struct BalanceParameters: Equatable, Sendable {
  /// The most it can weigh, g.
  public var capacity: Double = 220
  /// What one unit of the last digit is worth, µg: 1, 2 or 5 with zeros.
  public var digit: Int64 = 100
  /// Standard deviation of the mass it shows, before rounding, µg.
  public var repeatability: Double = 60
  /// How much the mass shown creeps in an hour with nothing on the pan changing, µg/h.
  public var drift: Double = 0
  /// How much fluid vanishes from the vessel in an hour, µg/h; never more than there is.
  public var evaporation: Double = 0
  /// The time in which it has followed a change to within 1 %, s.
  public var settlingTime: Double = 1.5
  /// The time for which the mass has to keep within `stabilityDigits` to be called stable, s.
  public var stabilityTime: Double = 1
  /// The span of the mass that is called stable, in units of the last digit.
  public var stabilityDigits: Double = 5
  /// What is on the pan when it is switched on, with any fluid in it, g.
  public var load: Double = 0
  /// Density of what the pump delivers, mg/µL.
  public var density: Double = 1
  /// What the noise begins with.
  public var seed: UInt64 = 1

  /// An analytical balance: 220 g by 0.1 mg.
  public init() {}

  /// Whether a balance can be made of it.
  public var isUsable: Bool {
    let amounts = [repeatability, evaporation, settlingTime, stabilityTime, stabilityDigits, load]
    return capacity > 0 && capacity <= 100_000 && density > 0 && density <= 30
      && amounts.allSatisfy { $0 >= 0 && $0 <= 1e9 } && drift.magnitude <= 1e9
      && stabilityTime <= 60 && Self.isDigit(digit)
      // Eight digits and a point are what a line of SBI has room for.
      && capacity * 1e6 < Double(digit) * 1e8
  }

  /// Whether `micrograms` is 1, 2 or 5 with zeros, at most a gram.
  private static func isDigit(_ micrograms: Int64) -> Bool {
    var value = micrograms
    while value > 9 && value % 10 == 0 { value /= 10 }
    return [1, 2, 5].contains(value) && micrograms <= 1_000_000
  }
}
