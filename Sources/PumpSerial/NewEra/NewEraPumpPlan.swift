// How a flow becomes a rate and a volume that a New Era pump takes.

/// A rate as the pump is told it.
struct NewEraPumpRate: Equatable, Sendable {
  /// Four digits.
  var number: NewEraNumber
  /// Their unit.
  var unit: NewEraRateUnit

  /// The rate, µL/s.
  var microlitresPerSecond: Double { number.value * unit.microlitresPerSecond }

  /// The rate nearest to so many µL/h; nil where four digits cannot show it.
  init?(microlitresPerHour rate: Double) {
    // Above 9999 µL/h four digits do not reach; the unit cannot change while the pump runs, so it
    // changes where that costs no digit.
    let isSmall = rate < 9000
    guard let number = NewEraNumber(nearest: isSmall ? rate : rate / 1000), number > .zero else {
      return nil
    }
    self.number = number
    unit = isSmall ? .microlitresPerHour : .millilitresPerHour
  }
}

/// Rate and volume of one portion.
///
/// A pump is never told to run on and on: a portion is a volume after which it stops by itself,
/// whatever became of the line and of this program. It is a minute of the flow, a quarter of a
/// minute of a fast one, so that portions bound what a lost line delivers to `volumeMax_uL` or
/// `shortest` seconds, whichever is more. The rate is a little higher than the flow: a portion ends
/// `slack` early, and the next begins when the target has come to where the last ended. So it is the
/// volume that follows the programme, and no error of rate or delay of the line adds up.
struct NewEraPumpPlan: Equatable, Sendable {
  /// What `RAT` is told.
  var rate: NewEraPumpRate
  /// What `VOL` is told.
  var volume: NewEraNumber

  /// Seconds of flow in a portion: in Safe mode, where the pump stops by itself after 1 s without a
  /// word, and in Basic mode, where nothing but the portion stops it.
  static let longest = (safe: 60.0, basic: 20.0)
  static let shortest = 15.0
  /// A portion is no larger than this unless it would be over in less than `shortest`, µL.
  static let volumeMax_uL = 250.0
  /// A portion is no smaller than some twenty steps of the motor, µL, nor than five of the last digit
  /// that the pump shows, in the unit that it counts in.
  static let volumeMin_uL = 0.05
  static let volumeMin = 0.005
  /// Seconds by which a portion ends early: more than a poll and the exchanges up to the next `RUN`.
  static let slack = 0.3

  /// A portion at `flow`, µL/h by the pump's reckoning; nil where four digits cannot say it.
  ///
  /// - Parameter slowest: the slowest rate that the pump takes, µL/h: a slower flow is given in
  ///   portions with a rest between them.
  init?(flow: Double, slowest: Double, isSafe: Bool, volumeUnit: NewEraVolumeUnit) {
    guard flow > 0 else { return nil }
    let perSecond = flow / 3600
    let longest = isSafe ? Self.longest.safe : Self.longest.basic
    let seconds = min(longest, max(Self.shortest, Self.volumeMax_uL / perSecond))
    let amount = max(
      Self.volumeMin_uL, Self.volumeMin * volumeUnit.microlitres, perSecond * seconds)
    let faster = flow * (1 + Self.slack / seconds)
    guard let rate = NewEraPumpRate(microlitresPerHour: max(slowest, faster)),
      let volume = NewEraNumber(notAbove: amount / volumeUnit.microlitres), volume > .zero
    else { return nil }
    self.rate = rate
    self.volume = volume
  }
}
