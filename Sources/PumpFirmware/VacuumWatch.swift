import PumpHAL

/// Finds fluid that the plunger is drawn forward by, from the force that is left on the cell.
///
/// A plunger that slides forward feels pressure times bore and its friction; one whose direction is
/// not known feels at least pressure times bore less twice its friction, break-away included. What
/// the cell may be off is taken off as well, so that the alarm says what is certain.
///
/// - Requirements: F06 and ALM02 of the alarm table.
struct VacuumWatch: Equatable, Sendable {
  /// Force at the limit while the plunger slides forward, µN.
  var slidingLimit: Int64 = .min
  /// Force at the limit whatever the plunger did last, µN.
  var certainLimit: Int64 = .min
  /// Force from which on the plunger is known to be pushed, µN.
  var seatedForce: Int64 = .max
  /// Microsteps forward after which the plunger is reached in any case.
  var seatedSteps: Int64 = .max
  /// Whether the plunger is known to slide forward.
  var isSliding = false
  /// Position at which the present forward motion began.
  var forwardFrom: Int64 = 0
  /// Tick since which force has been below the limit; negative where it is not.
  var belowSince: Int64 = -1

  /// The limit: -100 mmHg, as Pa of vacuum.
  static let limit: Int64 = 13_332
  /// Error of the cell's zero that is not taken for vacuum: 0.5 N, half a per cent of full scale.
  static let cellError: Int64 = 500_000
  /// Lost motion until an unpurged plunger is reached: 1.7 mm (physics §1.4), nm.
  static let unpurged: Int64 = 1_700_000
  /// Vacuum has to last for 10 s.
  static let duration: Int64 = 10 * ticksPerSecond

  /// Takes over a confirmed syringe.
  mutating func configure(_ prescription: Prescription, capabilities: Capabilities) {
    // µm² × Pa / 10^6 is µN.
    let pull = prescription.syringe.boreArea.rawValue / 1000 * VacuumWatch.limit / 1000
    let friction = Int64(prescription.syringe.friction)
    slidingLimit = friction - pull - VacuumWatch.cellError
    certainLimit = -2 * friction - pull - VacuumWatch.cellError
    seatedForce = max(friction / 2, slidingLimit + VacuumWatch.cellError)
    seatedSteps =
      (VacuumWatch.unpurged + capabilities.backlash.rawValue)
      / max(1, capabilities.microstepTravel.rawValue)
    isSliding = false
    belowSince = -1
  }

  /// Delivery begins: until force or travel say otherwise the plunger may not have been reached.
  mutating func beginDelivery(at position: Int64) {
    forwardFrom = position
    isSliding = false
    belowSince = -1
  }

  /// Takes in a force sample; true while vacuum has lasted long enough.
  mutating func sample(
    force: Int32, position: Int64, isForward: Bool, isMoving: Bool, now: Int64
  ) -> Bool {
    let force = Int64(force)
    if !isForward {
      isSliding = false
      forwardFrom = position
    } else if !isSliding {
      isSliding = force > seatedForce || position - forwardFrom > seatedSteps
    }
    // At rest friction may hold anything up to its own size in either direction.
    if force >= (isSliding && isMoving ? slidingLimit : certainLimit) {
      belowSince = -1
      return false
    }
    if belowSince < 0 { belowSince = now }
    return now - belowSince >= VacuumWatch.duration
  }
}

extension VacuumWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(slidingLimit)
    sink.put(certainLimit)
    sink.put(seatedForce)
    sink.put(seatedSteps)
    sink.put(isSliding)
    sink.put(forwardFrom)
    sink.put(belowSince)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    slidingLimit = source.takeInt64()
    certainLimit = source.takeInt64()
    seatedForce = source.takeInt64()
    seatedSteps = source.takeInt64()
    isSliding = source.takeBool()
    forwardFrom = source.takeInt64()
    belowSince = source.takeInt64()
  }
}
