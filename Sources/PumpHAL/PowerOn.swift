/// Where frames come from.
public enum Origin: UInt8, Sendable, CaseIterable {
  /// The plant, in the same process.
  case simulated = 0
  /// An emulated device on a port.
  case emulated = 1
  /// Hardware.
  case hardware = 2
}

/// How the hardware is told to move.
public enum Commanding: UInt8, Sendable {
  /// It follows a step target.
  case stepped = 0
  /// It is given a rate and a volume, on change, and polled.
  case rateCommanded = 1
}

/// What the hardware is and can do, as it declares it.
public struct Capabilities: Equatable, Sendable {
  /// Where frames come from.
  public var origin: Origin = .simulated
  /// How it is told to move.
  public var commanding: Commanding = .stepped
  /// Whether it can be run faster than real time.
  public var canRunFasterThanRealTime = false
  /// The sensors it has.
  public var sensors: Sensors = []
  /// Carriage travel of one microstep: nominally 250 nm.
  public var microstepTravel = Length(nanometres: 0)
  /// Microsteps in one turn of the screw.
  public var microstepsPerRevolution: Int32 = 0
  /// Encoder counts in one turn of the screw; 0 without encoder.
  public var encoderCountsPerRevolution: Int32 = 0
  /// The fastest the motor can go, microsteps per second.
  public var maximumStepRate: UInt32 = 0
  /// The nominal thrust at which the motor stalls, µN.
  public var stallForce: Int32 = 0
  /// Full scale of the force cell, µN.
  public var forceFullScale: Int32 = 0
  /// Stiffness of the drive train.
  public var stiffness = Stiffness(newtonsPerMetre: 0)
  /// Lost motion on reversal, after a purge.
  public var backlash = Length(nanometres: 0)
  /// Resolution of the carriage sensor, µm.
  public var carriageResolution: Int32 = 0
  /// The dead man's time-out, ms.
  public var deadManMilliseconds: UInt16 = 250
  /// Serial number of the device, 0 where it has none.
  public var serialNumber: UInt32 = 0
  /// Version of the device's own firmware, major in the upper byte.
  public var deviceVersion: UInt16 = 0
  /// Capabilities of nothing.
  public init() {}
}

/// What to do when the basal alone reaches a dose cap.
public enum CapPolicy: UInt8, Sendable {
  /// Stop and alarm.
  case stop = 0
  /// Go down to the keep-open rate, if one is set, and alarm.
  case keepOpen = 1
}

/// The access codes of the roles that have one; 0 where none is asked.
public struct RoleCodes: Equatable, Sendable {
  /// The nurse's.
  public var nurse: UInt32 = 0
  /// The pharmacist's.
  public var pharmacist: UInt32 = 0
  /// The service engineer's.
  public var service: UInt32 = 0
  /// No codes.
  public init() {}
  /// The code of a role; the patient has none.
  @inlinable public subscript(role: Role) -> UInt32 {
    get {
      switch role {
      case .patient: 0
      case .nurse: nurse
      case .pharmacist: pharmacist
      case .service: service
      }
    }
    set {
      switch role {
      case .patient: break
      case .nurse: nurse = newValue
      case .pharmacist: pharmacist = newValue
      case .service: service = newValue
      }
    }
  }
}

/// How this pump is configured, from the catalogue; not what is prescribed.
public struct PumpConfiguration: Equatable, Sendable {
  /// Number of the catalogue entry of the pump.
  public var pumpNumber: UInt16 = 0
  /// Version of the drug library, compared with the one the programme was written for.
  public var libraryVersion: UInt32 = 0
  /// Slowest continuous flow that may be set: 0.05 mL/h.
  public var basalMinimum = FlowRate(nanolitresPerHour: 50_000)
  /// Fastest continuous flow that may be set: 10 mL/h.
  public var basalMaximum = FlowRate(nanolitresPerHour: 10_000_000)
  /// Fastest delivery of a bolus: 60 mL/h.
  public var bolusMaximum = FlowRate(nanolitresPerHour: 60_000_000)
  /// How fast the commanded flow may rise, nL/h per tick: 10 mL/h, so that no basal is held back.
  public var slew = FlowRate(nanolitresPerHour: 10_000_000)
  /// How long the power-on self test takes, at most 70 s.
  public var selfTest = Ticks(count: 500)
  /// What to do when the basal reaches a dose cap.
  public var capPolicy: CapPolicy = .stop
  /// Seconds of audio pause, at most 120.
  public var audioPause = Ticks(count: 12_000)
  /// The most to prime at once: 3 mL.
  public var primeMaximum = Volume(picolitres: 3_000_000_000)
  /// Rest in the reservoir at which the near-end alarm comes at the latest: 1 mL.
  public var nearEndVolume = Volume(picolitres: 1_000_000_000)
  /// Time to the end at which the near-end alarm comes at the latest: 30 min.
  public var nearEndTime = Ticks(count: 180_000)
  /// The hardest pressure in a single fault: 1000 mmHg.
  public var pressureCeiling = Pressure(pascals: 133_322)
  /// Lowest battery voltage under load at which it counts as low, mV: 1.0 V a cell with two cells.
  public var batteryLow: UInt16 = 2_000
  /// Lowest battery voltage under load at which it counts as depleted, mV: 0.9 V a cell with two
  /// cells; above where the supply gives up by what load comes at once.
  public var batteryDepleted: UInt16 = 1_800
  /// Access codes of the roles.
  public var codes = RoleCodes()
  /// When service is due by the wall clock, ms since 1970-01-01T00:00:00Z; 0 where it never is.
  public var serviceDue: Int64 = 0
  /// When service is due by hours of running; 0 where it never is.
  public var serviceHours: UInt32 = 0
  /// A default configuration.
  public init() {}
}

/// The first recorded input of a session.
///
/// What the non-volatile memory restored goes with it, as a span of journal entries.
public struct PowerOn: Equatable, Sendable {
  /// What the hardware is and can do.
  public var capabilities: Capabilities
  /// How the pump is configured.
  public var configuration: PumpConfiguration
  /// A power-on.
  public init(capabilities: Capabilities, configuration: PumpConfiguration) {
    self.capabilities = capabilities
    self.configuration = configuration
  }
}

extension Capabilities: CanonicalCodable {
  /// Appends the capabilities.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(origin)
    sink.put(commanding)
    sink.put(canRunFasterThanRealTime)
    sink.put(sensors.rawValue)
    microstepTravel.encode(to: &sink)
    sink.put(microstepsPerRevolution)
    sink.put(encoderCountsPerRevolution)
    sink.put(maximumStepRate)
    sink.put(stallForce)
    sink.put(forceFullScale)
    stiffness.encode(to: &sink)
    backlash.encode(to: &sink)
    sink.put(carriageResolution)
    sink.put(deadManMilliseconds)
    sink.put(serialNumber)
    sink.put(deviceVersion)
  }
  /// Reads capabilities.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    origin = source.takeCase(or: .hardware)
    commanding = source.takeCase(or: .stepped)
    canRunFasterThanRealTime = source.takeBool()
    sensors = Sensors(rawValue: source.take16())
    microstepTravel = Length(from: &source)
    microstepsPerRevolution = source.takeInt32()
    encoderCountsPerRevolution = source.takeInt32()
    maximumStepRate = source.take32()
    stallForce = source.takeInt32()
    forceFullScale = source.takeInt32()
    stiffness = Stiffness(from: &source)
    backlash = Length(from: &source)
    carriageResolution = source.takeInt32()
    deadManMilliseconds = source.take16()
    serialNumber = source.take32()
    deviceVersion = source.take16()
  }
}

extension PumpConfiguration: CanonicalCodable {
  /// Appends the configuration.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(pumpNumber)
    sink.put(libraryVersion)
    basalMinimum.encode(to: &sink)
    basalMaximum.encode(to: &sink)
    bolusMaximum.encode(to: &sink)
    slew.encode(to: &sink)
    selfTest.encode(to: &sink)
    sink.put(capPolicy)
    audioPause.encode(to: &sink)
    primeMaximum.encode(to: &sink)
    nearEndVolume.encode(to: &sink)
    nearEndTime.encode(to: &sink)
    pressureCeiling.encode(to: &sink)
    sink.put(batteryLow)
    sink.put(batteryDepleted)
    sink.put(codes.nurse)
    sink.put(codes.pharmacist)
    sink.put(codes.service)
    sink.put(serviceDue)
    sink.put(serviceHours)
  }
  /// Reads a configuration.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    pumpNumber = source.take16()
    libraryVersion = source.take32()
    basalMinimum = FlowRate(from: &source)
    basalMaximum = FlowRate(from: &source)
    bolusMaximum = FlowRate(from: &source)
    slew = FlowRate(from: &source)
    selfTest = Ticks(from: &source)
    capPolicy = source.takeCase(or: .stop)
    audioPause = Ticks(from: &source)
    primeMaximum = Volume(from: &source)
    nearEndVolume = Volume(from: &source)
    nearEndTime = Ticks(from: &source)
    pressureCeiling = Pressure(from: &source)
    batteryLow = source.take16()
    batteryDepleted = source.take16()
    codes.nurse = source.take32()
    codes.pharmacist = source.take32()
    codes.service = source.take32()
    serviceDue = source.takeInt64()
    serviceHours = source.take32()
  }
}

extension PowerOn: CanonicalCodable {
  /// Appends capabilities and configuration.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    capabilities.encode(to: &sink)
    configuration.encode(to: &sink)
  }
  /// Reads a power-on.
  public init<Source: CanonicalSource>(from source: inout Source) {
    capabilities = Capabilities(from: &source)
    configuration = PumpConfiguration(from: &source)
  }
}
