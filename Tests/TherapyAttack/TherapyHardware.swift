// The pump, syringes and line that the attacks run on, without the catalogues, so that the portable
// core can be attacked alone. A test of the sessions compares every figure with the catalogues.

import PumpHAL
import PumpPlant

/// Syringes of the catalogue with figures of their own.
enum FittedSyringe: String, CaseIterable, Sendable {
  case plastipak10 = "bd-plastipak-10"
  case plastipak20 = "bd-plastipak-20"
  case plastipak30 = "bd-plastipak-30"
  case plastipak50 = "bd-plastipak-50"

  /// What the plant makes of it.
  var parameters: SyringeParameters {
    var value = SyringeParameters()
    switch self {
    case .plastipak10: value.set(163.539, capacity: 10_000, 100, 3.0, 0.30, diameter: 1643)
    case .plastipak20: value.set(285.023, capacity: 20_000, 150, 4.5, 0.50, diameter: 2125)
    case .plastipak30: value.set(366.096, capacity: 30_000, 170, 5.5, 0.65, diameter: 2399)
    case .plastipak50: value.set(554.046, capacity: 60_000, 200, 7.0, 1.00, diameter: 2916)
    }
    return value
  }

  /// What an operator confirms.
  var specification: SyringeSpecification {
    let figures = parameters
    let number: UInt16 =
      switch self {
      case .plastipak10: 104
      case .plastipak20: 105
      case .plastipak30: 106
      case .plastipak50: 107
      }
    return SyringeSpecification(
      number: number, barrelDiameter: figures.barrelDiameter,
      boreArea: Area(squareMicrometres: Int64(figures.boreArea * 1e6 + 0.5)),
      capacity: Volume(picolitres: Int64(figures.capacity) * 1_000_000),
      deadSpace: Volume(picolitres: Int64(figures.deadSpace) * 1_000_000),
      friction: Int32(figures.friction * 1e6 + 0.5),
      compliance: Int32(figures.compliance * 1e9 / 133.322387415 + 0.5))
  }
}

extension SyringeParameters {
  fileprivate mutating func set(
    _ boreArea: Double, capacity: Double, _ deadSpace: Double, _ friction: Double,
    _ compliance: Double, diameter: UInt16
  ) {
    self.boreArea = boreArea
    self.capacity = capacity
    self.deadSpace = deadSpace
    self.friction = friction
    self.compliance = compliance
    barrelDiameter = diameter
  }
}

/// Batteries of the catalogue.
enum FittedBattery: String, CaseIterable, Sendable {
  case twoAA = "two-aa-alkaline"
  case nineVolt = "nine-volt-alkaline"

  /// mV under load at which the pump warns.
  var low: UInt16 { self == .twoAA ? 2000 : 6600 }
  /// mV under load at which it stops.
  var depleted: UInt16 { self == .twoAA ? 1800 : 6000 }

  /// What the plant makes of a full one.
  var parameters: BatteryParameters {
    var value = BatteryParameters()
    value.minimumVoltage = 1.6
    guard self == .nineVolt else { return value }
    value.minimumVoltage = 5.4
    value.cells = 6
    value.capacity = 0.7615
    value.halfCurrent = 0.065
    value.resistanceFresh = 0.2833
    value.resistanceEmpty = 1.2
    return value
  }
}

/// Everything that is fitted for a therapy.
struct TherapyHardware: Sendable {
  let syringe: FittedSyringe
  var battery = FittedBattery.twoAA

  /// Winged needle 25 G × 19 mm, line 1.0 mm × 100 cm.
  let infusionSet = InfusionSetSpecification(
    number: 252, primingVolume: Volume(picolitres: 786_406_929), compliance: 750_062,
    resistance: 58)

  /// The pump's configuration, with a self test of 0.2 s, for there are many.
  var configuration: PumpConfiguration {
    var configuration = PumpConfiguration()
    configuration.pumpNumber = 1
    configuration.selfTest = Ticks(count: 20)
    configuration.batteryLow = battery.low
    configuration.batteryDepleted = battery.depleted
    return configuration
  }

  /// The world that it stands in: 20 °C, pump and site level, the line primed.
  var plant: PlantParameters {
    var parameters = PlantParameters()
    parameters.syringe = syringe.parameters
    parameters.environment.temperature = 20
    parameters.battery = battery.parameters
    return parameters
  }
}
