import PumpHAL

// What the ids in an actuator frame look and sound like. The table with the ranges that these
// figures have to keep, and where the ranges come from, is in `Docs/Alarms.md`.

/// What a lamp shows.
///
/// - Requirements: @relation(R-070, scope=file)
public struct LampPattern: Equatable, Sendable {
  /// A colour of an indicator.
  public enum Colour: String, Sendable {
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

/// What a buzzer sounds.
public struct BuzzerPattern: Equatable, Sendable {
  /// Length of a pulse, ms.
  public let pulseMilliseconds: UInt16
  /// Silence between the pulses of a burst, ms, one fewer than there are pulses.
  public let gapMilliseconds: [UInt16]
  /// Silence between the end of a burst and the next one, ms; nil where it sounds once.
  public let burstGapMilliseconds: UInt16?
  /// Pulses in a burst.
  public var pulseCount: Int { gapMilliseconds.count + 1 }
}

extension Buzzer {
  /// What it sounds; nil while it is silent.
  public var pattern: BuzzerPattern? {
    switch self {
    case .off: nil
    case .click:
      BuzzerPattern(pulseMilliseconds: 50, gapMilliseconds: [], burstGapMilliseconds: nil)
    case .denied:
      BuzzerPattern(pulseMilliseconds: 100, gapMilliseconds: [100], burstGapMilliseconds: nil)
    case .low:
      BuzzerPattern(pulseMilliseconds: 200, gapMilliseconds: [200], burstGapMilliseconds: 16_000)
    case .medium:
      BuzzerPattern(
        pulseMilliseconds: 200, gapMilliseconds: [200, 200], burstGapMilliseconds: 4000)
    case .high:
      // Three and two, twice: x x (2x + pulse) x, a longer gap, and again; x is 100 ms.
      BuzzerPattern(
        pulseMilliseconds: 150, gapMilliseconds: [100, 100, 350, 100, 500, 100, 100, 350, 100],
        burstGapMilliseconds: 3000)
    }
  }
}
