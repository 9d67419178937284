import PumpHAL

/// Holds the force cell against the motor's current, and against standing still.
///
/// A motor draws its idle current and a share for each newton that it pushes: the second observable
/// behind the occlusion alarm. The two are compared at each sample in which the motor moved, so at
/// the start of a delivery and, at every flow that may be set, at least each minute.
///
/// - Requirements: @relation(R-046, scope=file)
struct CurrentCheck: Equatable, Sendable {
  /// Tick of the hardware at the last sample of current.
  var lastSample: UInt32 = 0
  /// Samples in a row that contradict each other; at `samplesForAlarm` until acknowledged.
  var contradictions: UInt8 = 0
  /// Whether the motor drew what it draws at a stall in the last of them; it is idle until it stalls,
  /// which may be in the middle of the first.
  var isStraining = false
  /// The force that the cell repeats, µN, for how many samples, and since which position.
  var repeated: Int32 = 0
  var repetitions: Int32 = 0
  var repeatedFrom: Int64 = 0

  /// Current of the moving motor without load, mA, and of each newton; the drive's data sheet.
  static let idleCurrent: Int64 = 80
  static let currentPerNewton: Int64 = 2
  /// What the current resolves: 4 mA, that is 2 N; µN.
  static let currentTolerance: Int64 = 2_000_000
  /// What the cell's zero may be off at power-on and drift in an hour, µN; its gain to a twentieth.
  static let zeroTolerance: Int64 = 500_000
  static let driftPerHour: Int64 = 20_000
  static let gainDivisor: Int64 = 20
  /// Hours for which the zero is taken to go on drifting: a therapy of 72 h.
  static let longestDrift: Int64 = 72
  /// Samples in a row that have to contradict each other.
  static let samplesForAlarm: UInt8 = 5
  /// Samples at 10 Hz without the least change that a live cell, whose noise is about its
  /// resolution, does not give: a minute.
  static let samplesWithoutNoise: Int32 = 600
  /// Microsteps after which force must have changed: 4 µm, which a stuck plunger answers with 0.2 N.
  static let travelWithoutChange: Int64 = 16

  /// What was found.
  enum Finding: Equatable, Sendable {
    case none
    /// The cell and the current contradict each other, or the cell stands still.
    case cell
    /// The motor draws its stall current and the cell feels nothing of it.
    case drive
  }

  /// The force by which cell and current may differ at `force`, µN, so many ticks after power-on.
  static func tolerance(at force: Int64, now: Int64) -> Int64 {
    let hours = min(now / ticksPerHour, longestDrift)
    return currentTolerance + zeroTolerance + hours * driftPerHour + force / gainDivisor
  }

  /// Takes in a force, and the current where there is a new one.
  mutating func sample(
    _ sensors: SensorFrame, capabilities: Capabilities, position: Int64, isDelivering: Bool,
    now: Int64
  ) -> Finding {
    watchNoise(sensors.force.value, position: position, isDelivering: isDelivering)
    let current = sensors.motorCurrent
    // Where nothing moved in the sample there is no current to compare with.
    if current.validity == .valid, current.sampledAt != lastSample, current.value > 0 {
      lastSample = current.sampledAt
      let force = abs(Int64(sensors.force.value))
      let thrust =
        max(0, Int64(current.value) - CurrentCheck.idleCurrent) * 1_000_000
        / CurrentCheck.currentPerNewton
      let isSaturated = force >= Int64(capabilities.forceFullScale) / 100 * 99
      if isSaturated || abs(thrust - force) > CurrentCheck.tolerance(at: force, now: now) {
        let isStall = thrust > force && thrust >= Int64(capabilities.stallForce) / 10 * 9
        if contradictions < CurrentCheck.samplesForAlarm {
          isStraining = isStall
          contradictions += 1
        }
      } else if contradictions < CurrentCheck.samplesForAlarm {
        contradictions = 0
      }
    }
    return finding
  }

  /// What stands until it is acknowledged.
  var finding: Finding {
    if contradictions >= CurrentCheck.samplesForAlarm { return isStraining ? .drive : .cell }
    return repetitions >= CurrentCheck.samplesWithoutNoise ? .cell : .none
  }

  private mutating func watchNoise(_ force: Int32, position: Int64, isDelivering: Bool) {
    if repetitions >= CurrentCheck.samplesWithoutNoise { return }
    if force != repeated || !isDelivering {
      repeated = force
      repetitions = 0
      repeatedFrom = position
      return
    }
    let hasMoved = position - repeatedFrom >= CurrentCheck.travelWithoutChange
    if repetitions < CurrentCheck.samplesWithoutNoise - 1 || hasMoved { repetitions += 1 }
  }

  /// An operator took notice: both are compared anew.
  mutating func acknowledge() {
    contradictions = 0
    repetitions = 0
    isStraining = false
  }
}

extension CurrentCheck: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(lastSample)
    sink.put(contradictions)
    sink.put(isStraining)
    sink.put(repeated)
    sink.put(repetitions)
    sink.put(repeatedFrom)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    lastSample = source.take32()
    contradictions = source.take8()
    isStraining = source.takeBool()
    repeated = source.takeInt32()
    repetitions = source.takeInt32()
    repeatedFrom = source.takeInt64()
  }
}
