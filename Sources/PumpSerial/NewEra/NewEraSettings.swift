/// What a pump of the New Era family keeps without power: its program and how it is set up.
public struct NewEraSettings: Equatable, Sendable {
  /// One phase of the program.
  public struct Phase: Equatable, Sendable {
    /// What it does.
    public var function: NewEraFunction
    /// How fast.
    public var rate = NewEraNumber.zero
    /// The unit of `rate`.
    public var rateUnit = NewEraRateUnit.millilitresPerHour
    /// How much, in the pump's volume unit; 0 pumps on and on.
    public var volume = NewEraNumber.zero
    /// Which way; nil: as the phase before ("sticky").
    public var direction: NewEraDirection? = .infuse
  }

  /// Phases of a program.
  public static let phaseCount = 41

  /// Inside diameter of the syringe that the pump was told, mm.
  public var diameter: NewEraNumber
  /// The unit of volumes.
  public var volumeUnit: NewEraVolumeUnit
  /// The program; the first phase pumps, all others stop.
  public var phases: [Phase]
  /// Address on the line, 0 to 99.
  public var address: UInt8 = 0
  /// Speed of the line.
  public var baud: UInt32 = 19_200
  /// Time-out of Safe mode, s; 0 is Basic mode.
  public var safeTimeout: UInt8 = 0
  /// The settings that are on, off or a choice, in the order of `NewEraSetting`.
  var choices: [[UInt8]]
  /// How the pump works together with another one.
  public var pairing: NewEraPairing?

  /// As the pump comes, told a diameter.
  public init(diameter: NewEraNumber) {
    self.diameter = diameter
    volumeUnit = .chosen(forDiameter: diameter)
    phases = Self.emptyProgram
    choices = NewEraSetting.allCases.map { setting in
      switch setting {
      case .trigger: Array("FT".utf8)
      case .alarm, .beep: [0x31]
      default: [0x30]
      }
    }
  }

  /// What a setting stands at.
  public func choice(_ setting: NewEraSetting) -> [UInt8] {
    NewEraSetting.allCases.firstIndex(of: setting).map { choices[$0] } ?? []
  }

  /// Whether a setting is on.
  func isOn(_ setting: NewEraSetting) -> Bool { choice(setting) == [0x31] }

  mutating func set(_ setting: NewEraSetting, to value: [UInt8]) {
    guard let index = NewEraSetting.allCases.firstIndex(of: setting) else { return }
    choices[index] = value
  }

  /// Clears the program, leaves Safe mode and takes address 0, as `*RESET` does.
  mutating func reset() {
    phases = Self.emptyProgram
    safeTimeout = 0
    address = 0
    pairing = nil
  }

  /// How the line is framed.
  var framing: NewEraFraming { safeTimeout == 0 ? .basic : .safe }

  private static var emptyProgram: [Phase] {
    [Phase(function: .rate)] + Array(repeating: Phase(function: .stop), count: phaseCount - 1)
  }
}

/// What a syringe of some diameter lets the pump do.
///
/// The plunger goes 0.004205 cm/h to 5.1005 cm/min (NE-1000; reference as labmcp cites the manual).
public struct NewEraRateLimits: Equatable, Sendable {
  /// The slowest plunger, mm/s.
  public static let speedMin = 0.04205 / 3600
  /// The fastest plunger, mm/s.
  public static let speedMax = 51.005 / 60

  /// Bore area, mm².
  public let area: Double
  /// The slowest rate, µL/s.
  public var rateMin: Double { Self.speedMin * area }
  /// The fastest rate, µL/s.
  public var rateMax: Double { Self.speedMax * area }

  /// The limits for a diameter.
  public init(diameter: NewEraNumber) {
    area = Double.pi / 4 * diameter.value * diameter.value
  }

  /// Whether the pump can do a rate, µL/s.
  public func holds(_ rate: Double) -> Bool { rate >= rateMin && rate <= rateMax }
}
