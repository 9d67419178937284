/// A balance and the vessel on it: what is delivered into the vessel, and what is shown of it.
///
/// Time passes in `advance` alone, and the noise comes out of a seed: the same calls show the same.
public struct BalanceModel: Equatable, Sendable {
  /// What it is made of.
  public let parameters: BalanceParameters
  /// Time that has passed, s.
  public private(set) var seconds: Double = 0
  /// Fluid delivered into the vessel, µL.
  public private(set) var delivered: Double = 0
  /// Fluid that has vanished from it, µg.
  public private(set) var evaporated: Double = 0
  /// What is called zero, µg.
  private var zeroPoint: Double
  /// What is taken off the mass shown, µg; 0 where nothing is tared.
  public private(set) var tareMass: Double = 0

  // What the weighing cell makes of it.
  private var followed: Double
  private var shown: Double
  private var untilUpdate: Double = 0
  private var noise: UInt64
  /// The last masses shown, before rounding, the newest last.
  private var history: [Double] = []

  /// Masses a second that the cell gives.
  public static let updatesPerSecond = 10.0

  /// A balance that was just switched on; it takes an empty pan for zero.
  public init(_ parameters: BalanceParameters) {
    precondition(parameters.isUsable)
    self.parameters = parameters
    noise = parameters.seed
    // What stands on the pan when it is switched on is its zero, as far as it may be.
    let load = parameters.load * 1e6
    zeroPoint = load <= parameters.capacity * 1e6 * Self.initialZeroRange ? load : 0
    followed = load
    shown = load
  }

  /// The share of the capacity, either way, within which zero can be set (OIML R 76: 4 % in all).
  static let zeroRange = 0.02
  /// The share of the capacity that may stand on the pan when it is switched on, and be zero
  /// (OIML R 76: 20 % in all).
  static let initialZeroRange = 0.1

  /// What really is on the pan, µg.
  public var mass: Double {
    parameters.load * 1e6 + delivered * parameters.density * 1000 - evaporated
  }

  /// Lets time pass, at the end of which so much fluid (µL) has been added, or less taken away.
  public mutating func advance(seconds step: Double, adding volume: Double) {
    precondition(step >= 0)
    seconds += step
    delivered += volume
    let loss = parameters.evaporation * step / 3600
    evaporated += max(0, min(loss, mass))
    // A first-order lag has done 99 % of a change after 4.6 time constants.
    let lag = parameters.settlingTime / 4.6
    followed += (mass - followed) * (lag > 0 ? step / (lag + step) : 1)
    untilUpdate -= step
    if untilUpdate <= 1e-9 { update() }
  }

  private mutating func update() {
    untilUpdate += 1 / Self.updatesPerSecond
    // After a step longer than the time between two updates, the next is due as usual.
    if untilUpdate < 0 { untilUpdate = 0 }
    shown =
      followed + parameters.drift * seconds / 3600 + parameters.repeatability * nextNormal()
    history.append(shown)
    if history.count > historyCount { history.removeFirst(history.count - historyCount) }
  }

  private var historyCount: Int { Int(parameters.stabilityTime * Self.updatesPerSecond) + 1 }

  /// What the balance shows.
  public enum Display: Equatable, Sendable {
    /// A net mass, rounded to the last digit, µg.
    case mass(micrograms: Int64, isStable: Bool)
    /// More than it can weigh.
    case overload
    /// Less than it can weigh.
    case underload
  }

  /// The mass on the pan as the cell sees it, less what is called zero, µg.
  private var gross: Double { shown - zeroPoint }

  /// What it shows now.
  public var display: Display {
    // By convention nine digits above the capacity.
    if gross > parameters.capacity * 1e6 + 9 * Double(parameters.digit) { return .overload }
    if gross < -parameters.capacity * 1e6 * Self.zeroRange { return .underload }
    return .mass(micrograms: rounded(gross - tareMass), isStable: isStable)
  }

  /// The tare in memory, rounded to the last digit, µg.
  public var tareDisplay: Int64 { rounded(tareMass) }

  /// Whether the mass has kept within the span for long enough.
  public var isStable: Bool {
    guard history.count >= historyCount, let least = history.min(), let most = history.max() else {
      return false
    }
    return most - least <= parameters.stabilityDigits * Double(parameters.digit)
  }

  private func rounded(_ micrograms: Double) -> Int64 {
    let digits = (micrograms / Double(parameters.digit)).rounded()
    return Int64(digits) * parameters.digit
  }

  /// Why a command is not carried out.
  public enum Refusal: Error, Equatable, Sendable {
    /// Too much on the pan.
    case overload
    /// Too little on the pan.
    case underload
  }

  /// Calls what is on the pan zero, and forgets the tare.
  public mutating func zero() throws(Refusal) {
    let range = parameters.capacity * 1e6 * Self.zeroRange
    let load = zeroPoint - initialZero + gross
    if load > range { throw .overload }
    if load < -range { throw .underload }
    zeroPoint += gross
    tareMass = 0
  }

  private var initialZero: Double {
    let load = parameters.load * 1e6
    return load <= parameters.capacity * 1e6 * Self.initialZeroRange ? load : 0
  }

  /// Takes what is on the pan off all masses shown from now on.
  public mutating func tare() throws(Refusal) {
    switch display {
    case .overload: throw .overload
    case .underload: throw .underload
    case .mass: if rounded(gross) < 0 { throw .underload }
    }
    tareMass = gross
  }

  /// Takes so much (µg) off all masses shown from now on; 0 or more, at most the capacity.
  public mutating func presetTare(_ micrograms: Double) throws(Refusal) {
    if micrograms < 0 { throw .underload }
    if micrograms > parameters.capacity * 1e6 { throw .overload }
    tareMass = micrograms
  }

  /// A number of mean 0 and variance 1: the sum of twelve uniform ones (SplitMix64).
  private mutating func nextNormal() -> Double {
    var sum = -6.0
    for _ in 0..<12 {
      noise &+= 0x9e37_79b9_7f4a_7c15
      var mixed = noise
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      sum += Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
    }
    return sum
  }
}
