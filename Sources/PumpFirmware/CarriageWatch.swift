import PumpHAL

/// Compares what the motor turned with how far the carriage went: slip of the nut, jumps.
///
/// Inside the backlash the two may differ. What differs beyond it adds up, less 2 % of the way,
/// which is what the sensor's scale may be off.
struct CarriageWatch: Equatable, Sendable {
  /// Travel of a microstep, backlash and resolution of the sensor, nm.
  var microstepTravel: Int64 = 0
  var backlash: Int64 = 0
  var resolution: Int64 = 0
  /// Travel that 0.05 mL and 0.02 mL are in this syringe, nm.
  var slipLimit: Int64 = .max
  var jumpLimit: Int64 = .max
  /// Tick of the hardware at the last sample.
  var lastSample: UInt32 = 0
  /// Whether `carriage` and `motor` were taken in this delivery.
  var hasReference = false
  /// Carriage, nm, and motor, microsteps, at the last sample.
  var carriage: Int64 = 0
  var motor: Int64 = 0
  /// Travel of the motor that the carriage does not show, nm; 0 to minus the backlash is play.
  var lag: Int64 = 0
  /// How far the carriage has gone with this syringe, nm.
  var advance: Int64 = 0

  /// Lost motion before an unpurged carriage moves: 1.7 mm (physics §1.4), nm.
  static let unpurged: Int64 = 1_700_000
  /// Resolutions by which a sensor and a screw with its periodic error may differ.
  static let resolutions: Int64 = 3
  /// The sensor's scale is right to one part in so many.
  static let scale: Int64 = 50

  /// What was found.
  enum Finding: Equatable, Sendable {
    case none
    /// The motor turned and the carriage did not follow.
    case slip
    /// The carriage went further than the motor turned.
    case jump
  }

  /// Whether the hardware has a carriage sensor of known resolution.
  var isAvailable: Bool { resolution > 0 }
  /// Whether the carriage has been seen to move with this syringe.
  var isSeated: Bool { advance > CarriageWatch.resolutions * resolution }

  /// Takes over a confirmed syringe.
  mutating func configure(_ prescription: Prescription, capabilities: Capabilities) {
    microstepTravel = capabilities.microstepTravel.rawValue
    backlash = max(0, capabilities.backlash.rawValue)
    resolution =
      capabilities.sensors.contains(.carriage) ? Int64(capabilities.carriageResolution) * 1000 : 0
    let area = max(1, prescription.syringe.boreArea.rawValue)
    // 1 µL over 1 µm² is 10^12 nm.
    slipLimit = 50 * 1_000_000_000_000 / area
    jumpLimit = 20 * 1_000_000_000_000 / area
    hasReference = false
    lag = 0
    advance = 0
  }

  /// The volume of motor travel, nm, after which a nut that slips wholly is found.
  var slipTravel: Int64 { slipLimit + CarriageWatch.resolutions * resolution }

  /// A delivery begins: what happened by hand since the last one is not counted.
  mutating func begin() { hasReference = false }

  /// An operator took notice.
  mutating func acknowledge() { lag = min(0, max(-backlash, lag)) }

  /// Takes in a position of the carriage, µm, and one of the motor, microsteps.
  mutating func sample(_ reading: Reading<Int32>, motor: Int64) -> Finding {
    lastSample = reading.sampledAt
    let position = Int64(reading.value) * 1000
    let way = position - carriage
    let travel = (motor - self.motor) * microstepTravel
    carriage = position
    self.motor = motor
    guard hasReference else {
      hasReference = true
      return .none
    }
    let wasSeated = isSeated
    advance = min(advance + way, 1 << 40)
    if isSeated != wasSeated {
      lag = 0
      return .none
    }
    lag += travel - way
    let path = abs(travel)
    drain(path / CarriageWatch.scale)
    // The two are not sampled at the same instant: they may differ by one sample's way.
    let play =
      CarriageWatch.resolutions * resolution + path + (isSeated ? 0 : CarriageWatch.unpurged)
    if lag > slipLimit + play { return .slip }
    if lag < -(jumpLimit + backlash + play) { return .jump }
    return .none
  }

  private mutating func drain(_ amount: Int64) {
    if lag > 0 {
      lag = max(0, lag - amount)
    } else if lag < -backlash {
      lag = min(-backlash, lag + amount)
    }
  }
}

extension CarriageWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(microstepTravel)
    sink.put(backlash)
    sink.put(resolution)
    sink.put(slipLimit)
    sink.put(jumpLimit)
    sink.put(lastSample)
    sink.put(hasReference)
    sink.put(carriage)
    sink.put(motor)
    sink.put(lag)
    sink.put(advance)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    microstepTravel = source.takeInt64()
    backlash = source.takeInt64()
    resolution = source.takeInt64()
    slipLimit = source.takeInt64()
    jumpLimit = source.takeInt64()
    lastSample = source.take32()
    hasReference = source.takeBool()
    carriage = source.takeInt64()
    motor = source.takeInt64()
    lag = source.takeInt64()
    advance = source.takeInt64()
  }
}
