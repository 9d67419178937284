import PumpHAL

/// Pressure from the force cell, the occlusion alarm, its prediction, and what to draw back.
///
/// - Requirements: @relation(R-040, R-041, R-042, R-043, R-044, R-047, R-078, scope=file)
struct OcclusionWatch: Equatable, Sendable {
  /// Bore area, µm²; 0 before a syringe is confirmed.
  var boreArea: Int64 = 0
  /// Friction of this plunger, µN.
  var friction: Int64 = 0
  /// What syringe, line and drive train store, fL/Pa.
  var compliance: Int64 = 0
  /// Lost motion on reversal: backlash and twice the friction on the drive's spring, microsteps.
  var reversalLoss: Int64 = 0
  /// The limit.
  var limit = Pressure.zero
  /// Volume of a microstep, aL.
  var microstepVolume: Int64 = 0

  /// Estimated pressure in the syringe; meaningful while `hasPressure`.
  var pressure = Pressure.zero
  /// Whether a force reading stands behind `pressure`.
  var hasPressure = false
  /// Whether the cell has spoken since power-on.
  var hasForce = false
  /// Force sample last taken in, by its tick.
  var lastSample: UInt32 = 0
  /// Consecutive samples at or above the limit.
  var samplesAbove: UInt8 = 0
  /// Lowest pressure of this delivery, Pa; it rises with the volume delivered since it was taken.
  var baseline: Int64 = 0
  /// Position at which `baseline` was taken.
  var baselinePosition: Int64 = 0
  /// Whether a baseline has been taken in this delivery.
  var hasBaseline = false
  /// Position at which pressure was last within `departure` of the baseline.
  var departurePosition: Int64 = 0
  /// Direction of the last motion: friction acts against it.
  var isReversing = false

  /// Stored volume estimated at the last alarm, microsteps.
  var storedSteps: Int64 = 0
  /// Microsteps still to be drawn back.
  var retractionLeft: Int64 = 0
  /// Samples during retraction at or below `retractionEnd`.
  var samplesLow: UInt8 = 0

  /// Samples at 10 Hz that must agree before the alarm: half a second, so that one spike is none.
  static let samplesForAlarm: UInt8 = 5
  /// Pressure above the baseline at which it is said to have left it: 30 mmHg.
  static let departure: Int64 = 4_000
  /// Rise of the baseline per mL: 50 mmHg, far below the 1300 mmHg/mL of an occluded 20 mL syringe.
  static let baselineRisePerMillilitre: Int64 = 6_666
  /// Retraction ends early at this pressure: 20 mmHg.
  static let retractionEnd: Int64 = 2_666

  /// Takes over a confirmed syringe and set.
  mutating func configure(
    _ prescription: Prescription, capabilities: Capabilities
  ) {
    boreArea = prescription.syringe.boreArea.rawValue
    friction = Int64(prescription.syringe.friction)
    limit = prescription.occlusionLimit
    microstepVolume = boreArea * capabilities.microstepTravel.rawValue
    // A²/K: (µm²/1000)² / (N/m) is fL/Pa.
    let area = boreArea / 1000
    let stiffness = max(1, capabilities.stiffness.rawValue)
    compliance =
      Int64(prescription.syringe.compliance) + Int64(prescription.infusionSet.compliance)
      + area * area / stiffness
    // 2·Fc/K in nm: µN / (N/m) is µm.
    let elastic = 2 * friction * 1000 / stiffness
    reversalLoss =
      (capabilities.backlash.rawValue + elastic) / max(1, capabilities.microstepTravel.rawValue)
  }

  /// The force needed at the limit, µN.
  static func forceAtLimit(_ prescription: Prescription) -> Int64 {
    // µm² × Pa / 10^6 is µN.
    prescription.syringe.boreArea.rawValue / 1000 * prescription.occlusionLimit.rawValue / 1000
      + Int64(prescription.syringe.friction)
  }

  /// A delivery begins: the baseline is taken anew.
  mutating func beginDelivery(at position: Int64) {
    hasBaseline = false
    departurePosition = position
    samplesAbove = 0
    isReversing = false
  }

  /// Takes in a new force sample; true where the alarm is due.
  mutating func sample(force: Int32, position: Int64, isDelivering: Bool) -> Bool {
    hasForce = true
    guard boreArea > 0 else { return false }
    let net = Int64(force) + (isReversing ? friction : -friction)
    // µN × 10^6 / µm² is Pa; 10^8 × 10^6 stays below 2^47.
    pressure = Pressure(pascals: net * 1_000_000 / boreArea)
    hasPressure = true
    guard isDelivering else {
      samplesAbove = 0
      return false
    }
    followBaseline(position: position)
    if pressure >= limit {
      if samplesAbove < OcclusionWatch.samplesForAlarm { samplesAbove += 1 }
    } else {
      samplesAbove = 0
    }
    return samplesAbove == OcclusionWatch.samplesForAlarm
  }

  private mutating func followBaseline(position: Int64) {
    let now = max(0, pressure.rawValue)
    // Beyond five million microsteps the rise is far above any pressure, and the product too long.
    let moved = min(max(0, position - baselinePosition), 5_000_000)
    // Microsteps × fL × Pa/mL / 10^12 fL/mL.
    let risen =
      baseline + moved * (microstepVolume / 1000) / 1000 * OcclusionWatch.baselineRisePerMillilitre
      / 1_000_000_000
    if !hasBaseline || now < risen {
      hasBaseline = true
      baseline = now
      baselinePosition = position
    }
    if now <= risen + OcclusionWatch.departure { departurePosition = position }
  }

  /// The alarm was raised: estimates what is stored and how far to draw back.
  ///
  /// What was delivered since pressure left its baseline, scaled to the whole rise, because the
  /// first `departure` of the rise went by unnoticed. Bounded by twice what the catalogue says
  /// these parts store at this pressure.
  mutating func planRetraction(position: Int64) {
    let rise = max(1, pressure.rawValue - baseline)
    let seen = max(1, rise - OcclusionWatch.departure)
    let since = max(0, position - departurePosition)
    let estimate = since * rise / seen
    // fL/Pa × Pa over the femtolitres of a microstep.
    let bound = 2 * compliance * rise / max(1, microstepVolume / 1000)
    storedSteps = min(estimate, bound)
    retractionLeft = storedSteps + reversalLoss
    samplesLow = 0
  }

  /// Takes in a force sample while drawing back; true where pressure says that it is enough.
  mutating func sampleRetracting(force: Int32) -> Bool {
    isReversing = true
    _ = sample(force: force, position: 0, isDelivering: false)
    if pressure.rawValue <= OcclusionWatch.retractionEnd {
      if samplesLow < 2 { samplesLow += 1 }
    } else {
      samplesLow = 0
    }
    return samplesLow == 2
  }

  /// Time from an occlusion now to its alarm, s, at `flow`; 0 where unknown.
  ///
  /// C·ΔP/Q with the catalogue's compliance; R-042 asks for ±30 %.
  func predictedSeconds(at flow: FlowRate) -> UInt32 {
    guard flow.rawValue > 0, compliance > 0, limit.rawValue > 0 else { return 0 }
    let present = hasPressure ? min(max(0, pressure.rawValue), limit.rawValue) : 0
    // fL/Pa × Pa is fL; 1 nL/h is 10^6/3600 fL/s.
    let stored = compliance * (limit.rawValue - present)
    return UInt32(clamping: stored / 1000 * 3600 / (flow.rawValue * 1000))
  }
}

extension OcclusionWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(boreArea)
    sink.put(friction)
    sink.put(compliance)
    sink.put(reversalLoss)
    limit.encode(to: &sink)
    sink.put(microstepVolume)
    pressure.encode(to: &sink)
    sink.put(hasPressure)
    sink.put(hasForce)
    sink.put(lastSample)
    sink.put(samplesAbove)
    sink.put(baseline)
    sink.put(baselinePosition)
    sink.put(hasBaseline)
    sink.put(departurePosition)
    sink.put(isReversing)
    sink.put(storedSteps)
    sink.put(retractionLeft)
    sink.put(samplesLow)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    boreArea = source.takeInt64()
    friction = source.takeInt64()
    compliance = source.takeInt64()
    reversalLoss = source.takeInt64()
    limit = Pressure(from: &source)
    microstepVolume = source.takeInt64()
    pressure = Pressure(from: &source)
    hasPressure = source.takeBool()
    hasForce = source.takeBool()
    lastSample = source.take32()
    samplesAbove = source.take8()
    baseline = source.takeInt64()
    baselinePosition = source.takeInt64()
    hasBaseline = source.takeBool()
    departurePosition = source.takeInt64()
    isReversing = source.takeBool()
    storedSteps = source.takeInt64()
    retractionLeft = source.takeInt64()
    samplesLow = source.take8()
  }
}
