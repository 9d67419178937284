// What the ids in an actuator frame look and sound like. The table with the ranges that these
// figures have to keep, and where the ranges come from, is in `Docs/Alarms.md`.

/// What a lamp shows.
public struct LampPattern: Equatable, Sendable {
  /// A colour of an indicator.
  public enum Colour: UInt8, Sendable {
    /// High priority.
    case red
    /// Medium priority.
    case yellow
    /// Low priority.
    case cyan
    /// No alarm: infusing.
    case green
  }
  /// Its colour.
  public let colour: Colour
  /// How long it is on in every period, ms.
  public let onMilliseconds: UInt16
  /// The period, ms; equal to `onMilliseconds` where it is steady.
  public let periodMilliseconds: UInt16

  /// Whether it is lit so many milliseconds after it was told to begin.
  public func isLit(afterMilliseconds time: Int64) -> Bool {
    time % Int64(periodMilliseconds) < Int64(onMilliseconds)
  }
}

extension Lamp {
  /// What it shows; nil while it is dark.
  public var pattern: LampPattern? {
    switch self {
    case .off: nil
    case .infusing: LampPattern(colour: .green, onMilliseconds: 100, periodMilliseconds: 3000)
    case .low: LampPattern(colour: .cyan, onMilliseconds: 1000, periodMilliseconds: 1000)
    case .medium: LampPattern(colour: .yellow, onMilliseconds: 1000, periodMilliseconds: 2000)
    case .high: LampPattern(colour: .red, onMilliseconds: 250, periodMilliseconds: 500)
    }
  }
}

/// What a buzzer sounds: a burst of equal pulses, and how long until the next.
public struct BuzzerPattern: Equatable, Sendable {
  /// Length of a pulse, ms.
  public let pulseMilliseconds: UInt16
  /// Silence after each pulse but the last of a burst, ms; the gaps that no pulse follows are 0.
  private let gaps: SIMD16<UInt16>
  /// Pulses in a burst, 1 to 10.
  public let pulseCount: UInt8
  /// Silence between the end of a burst and the next one, ms; 0 where it sounds once.
  public let burstGapMilliseconds: UInt16

  fileprivate init(
    pulse: UInt16, gaps: SIMD8<UInt16> = .zero, ninthGap: UInt16 = 0, pulses: UInt8,
    burstGap: UInt16
  ) {
    pulseMilliseconds = pulse
    self.gaps = SIMD16(lowHalf: gaps, highHalf: SIMD8(ninthGap, 0, 0, 0, 0, 0, 0, 0))
    pulseCount = pulses
    burstGapMilliseconds = burstGap
  }

  /// Silence after pulse `index` of a burst, from 0, ms; 0 after the last.
  public func gapMilliseconds(after index: UInt8) -> UInt16 {
    index + 1 < pulseCount ? gaps[Int(index)] : 0
  }

  /// Length of a burst from its first to its last sound, ms.
  public var burstMilliseconds: Int64 {
    var sum = Int64(pulseMilliseconds) * Int64(pulseCount)
    for index in 0..<pulseCount { sum += Int64(gapMilliseconds(after: index)) }
    return sum
  }

  /// Whether it sounds so many milliseconds after it was told to begin.
  public func isSounding(afterMilliseconds time: Int64) -> Bool {
    let burst = burstMilliseconds
    var left = time
    if burstGapMilliseconds > 0 { left %= burst + Int64(burstGapMilliseconds) }
    guard left < burst else { return false }
    for index in 0..<pulseCount {
      if left < Int64(pulseMilliseconds) { return true }
      left -= Int64(pulseMilliseconds) + Int64(gapMilliseconds(after: index))
      if left < 0 { return false }
    }
    return false
  }
}

extension Buzzer {
  /// What it sounds; nil while it is silent.
  public var pattern: BuzzerPattern? {
    switch self {
    case .off: nil
    case .click: BuzzerPattern(pulse: 50, pulses: 1, burstGap: 0)
    case .denied:
      BuzzerPattern(pulse: 100, gaps: SIMD8(100, 0, 0, 0, 0, 0, 0, 0), pulses: 2, burstGap: 0)
    case .low:
      BuzzerPattern(pulse: 200, gaps: SIMD8(200, 0, 0, 0, 0, 0, 0, 0), pulses: 2, burstGap: 16_000)
    case .medium:
      BuzzerPattern(pulse: 200, gaps: SIMD8(200, 200, 0, 0, 0, 0, 0, 0), pulses: 3, burstGap: 4000)
    case .high:
      // Three and two, twice: x x (2x + pulse) x, a longer gap, and again; x is 100 ms.
      BuzzerPattern(
        pulse: 150, gaps: SIMD8(100, 100, 350, 100, 500, 100, 100, 350), ninthGap: 100, pulses: 10,
        burstGap: 3000)
    }
  }
}
