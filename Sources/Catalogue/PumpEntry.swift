import PumpHAL
import Vocabulary

/// A pump: drive, sensors and what it may be asked to do.
///
/// - Requirements: @relation(R-004, scope=file)
public struct PumpEntry: CatalogueEntry {
  /// The name by which files refer to it.
  public var id: String
  /// The number by which records refer to it.
  public var number: UInt16
  /// The name that a person reads.
  public var name: String
  /// Where its figures come from.
  public var source: String
  /// Whether the figures were read in the source named.
  public var isVerified: Bool
  /// The keys whose figures are estimates.
  public var unverified: [String]

  /// Carriage travel of one microstep.
  public var microstepTravel: Length
  /// Microsteps in one turn of the screw.
  public var microstepsPerRevolution: Int32
  /// Travel of one turn of the screw.
  public var lead: Length
  /// Amplitude of the periodic lead error, mm.
  public var leadErrorMillimetres: Double
  /// Encoder counts in one turn of the screw; 0 without encoder.
  public var encoderCountsPerRevolution: Int32
  /// The fastest the motor can go, microsteps per second.
  public var maximumStepRate: UInt32
  /// Thrust at which the motor stalls.
  public var stallForce: Force
  /// Stiffness of stopper, rod, screw and chassis together.
  public var stiffness: Stiffness
  /// Damping of a slipping plunger, N·s/mm.
  public var dampingNewtonSecondsPerMillimetre: Double
  /// Lost motion on reversal after a purge, flange gap included.
  public var backlash: Length
  /// Lost motion before a purge, flange gap included.
  public var unpurgedGap: Length
  /// Full scale of the force cell, in both directions.
  public var forceFullScale: Force
  /// Resolution of the force cell, bits.
  public var forceBits: Int32
  /// White noise of the force cell, N rms.
  public var forceNoiseNewtons: Double
  /// Drift of the force cell, N/h.
  public var forceDriftNewtonsPerHour: Double
  /// Largest gain error of the force cell, as a share (0.03 is 3 %).
  public var forceGainError: Double
  /// Resolution of the carriage sensor, µm.
  public var carriageResolutionMicrometres: Int32
  /// Whether it has an air detector on the line.
  public var hasAirDetector: Bool
  /// The dead man's time-out, ms.
  public var deadManMilliseconds: UInt16
  /// Id of the battery that is fitted where a file names none.
  public var battery: String
  /// How it is configured with its own battery; `libraryVersion` is the drug library's beside it.
  public var configuration: PumpConfiguration

  /// How it is configured with another battery.
  public func configuration(with battery: BatteryEntry) -> PumpConfiguration {
    var configuration = configuration
    configuration.batteryLow = battery.lowMillivolts
    configuration.batteryDepleted = battery.depletedMillivolts
    return configuration
  }

  /// What it declares to be and to be able to.
  ///
  /// - Parameters:
  ///   - origin: where its frames come from.
  ///   - canRunFasterThanRealTime: whether it can be run faster than real time.
  public func capabilities(origin: Origin, canRunFasterThanRealTime: Bool) -> Capabilities {
    var capabilities = Capabilities()
    capabilities.origin = origin
    capabilities.commanding = .stepped
    capabilities.canRunFasterThanRealTime = canRunFasterThanRealTime
    capabilities.sensors = [
      .motion, .carriage, .force, .motorCurrent, .battery, .temperature, .syringe, .wallClock,
    ]
    if hasAirDetector { capabilities.sensors.insert(.air) }
    capabilities.microstepTravel = microstepTravel
    capabilities.microstepsPerRevolution = microstepsPerRevolution
    capabilities.encoderCountsPerRevolution = encoderCountsPerRevolution
    capabilities.maximumStepRate = maximumStepRate
    capabilities.stallForce = Int32(clamping: stallForce.micronewtons)
    capabilities.forceFullScale = Int32(clamping: forceFullScale.micronewtons)
    capabilities.stiffness = stiffness
    capabilities.backlash = backlash
    capabilities.carriageResolution = carriageResolutionMicrometres
    capabilities.deadManMilliseconds = deadManMilliseconds
    return capabilities
  }
}
