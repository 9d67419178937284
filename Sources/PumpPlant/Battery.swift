import PumpHAL

/// The battery, advanced once a second by what was drawn in it.
struct Battery: Sendable {
  let parameters: BatteryParameters
  /// Charge left, 0 to 1.
  var charge: Double
  /// Polarisation of one cell, V.
  var polarisation = 0.0
  /// Terminal voltage at the mean current of the last second, V.
  var voltage = 0.0
  /// Lowest terminal voltage of the last second, V.
  var lowest = 0.0
  /// Mean current of the last second, A.
  var current = 0.0
  /// Inside of the case, °C.
  var temperature: Double
  private var ambient: Double
  /// Share by which the inner resistance is higher than it should be.
  private var addedResistance = 0.0
  /// What contacts take of the voltage, V (0 or less).
  private var contactVoltage = 0.0
  /// The share of charge at which the cells collapse.
  private var end = 0.0
  /// Whether the contacts are open.
  private(set) var isOut = false

  /// Warming of the case, K/W, and its time constant, s (general knowledge for a hand-sized case).
  private static let warming = 20.0
  private static let warmingTime = 1800.0

  init(_ parameters: BatteryParameters, ambient: Double) {
    self.parameters = parameters
    self.ambient = ambient
    charge = parameters.charge
    temperature = ambient
    current = parameters.quiescentCurrent * 0.001
    voltage = terminal(at: current)
    lowest = voltage
  }

  /// One second with a mean and a highest current, A.
  mutating func advance(mean: Double, highest: Double) {
    current = mean
    charge -= mean * (1 + mean / parameters.halfCurrent) / (3600 * parameters.capacity)
    if charge < end || charge < 0 { charge = 0 }
    polarisation +=
      (mean * parameters.polarisationResistance - polarisation) / parameters.polarisationTime
    voltage = terminal(at: mean)
    lowest = terminal(at: highest)
    let heat = mean * voltage * Self.warming
    temperature += (heat - (temperature - ambient)) / Self.warmingTime
  }

  /// Puts in cells with so much charge.
  mutating func replace(charge: Double) {
    self.charge = charge
    polarisation = 0
    voltage = terminal(at: current)
    lowest = voltage
  }

  /// Takes what failing cells do, and the temperature around, °C.
  mutating func take(_ effects: FaultEffects, ambient: Double) {
    self.ambient = ambient
    addedResistance = effects.cellResistance
    contactVoltage = effects.cellVoltage
    end = effects.cellEnd
    isOut = effects.isBatteryOut
  }

  private func terminal(at current: Double) -> Double {
    let sound =
      parameters.resistanceEmpty
      - (parameters.resistanceEmpty - parameters.resistanceFresh) * charge
    let resistance = sound * (1 + addedResistance)
    let cell = openVoltage - current * resistance - polarisation
    return max(max(cell, 0) * Double(parameters.cells) + contactVoltage, 0)
  }

  /// Voltage of one cell without load, V: 16 points over charge, straight lines between them.
  private var openVoltage: Double {
    let place = min(max(charge, 0), 1) * 15
    let index = min(Int32(place), 14)
    let low = point(index)
    return low + (point(index + 1) - low) * (place - Double(index))
  }

  /// Typical discharge shapes (general knowledge; `Docs/Plant.md`).
  private func point(_ index: Int32) -> Double {
    switch parameters.chemistry {
    case .alkaline:
      switch index {
      case 0: 0.80
      case 1: 1.00
      case 2: 1.07
      case 3: 1.12
      case 4: 1.16
      case 5: 1.19
      case 6: 1.21
      case 7: 1.23
      case 8: 1.25
      case 9: 1.27
      case 10: 1.30
      case 11: 1.33
      case 12: 1.37
      case 13: 1.42
      case 14: 1.49
      default: 1.58
      }
    case .lithium:
      switch index {
      case 0: 2.00
      case 1: 2.45
      case 2: 2.65
      case 3: 2.72
      case 4: 2.76
      case 5: 2.79
      case 6: 2.81
      case 7: 2.83
      case 8: 2.84
      case 9: 2.85
      case 10: 2.86
      case 11: 2.87
      case 12: 2.89
      case 13: 2.92
      case 14: 2.98
      default: 3.15
      }
    }
  }
}

extension Battery {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(charge)
    sink.put(polarisation)
    sink.put(voltage)
    sink.put(lowest)
    sink.put(current)
    sink.put(temperature)
  }
  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    charge = source.takeDouble()
    polarisation = source.takeDouble()
    voltage = source.takeDouble()
    lowest = source.takeDouble()
    current = source.takeDouble()
    temperature = source.takeDouble()
  }
}
