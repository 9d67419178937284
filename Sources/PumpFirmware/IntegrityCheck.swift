import PumpHAL

/// Finds critical values that changed without anybody changing them.
///
/// A fingerprint is taken when they are set, at every command, and compared before the next command
/// and completely at least each minute. The running totals of the dose history carry their own.
/// What is found stops delivery for good: nothing that follows from a wrong value can be trusted.
struct IntegrityCheck: Equatable, Sendable {
  /// Fingerprint of prescription, conversions, bounds, caps, capabilities and configuration.
  var orders: UInt64 = 0
  /// Fingerprint of lockout and grants.
  var boluses: UInt64 = 0
  /// Fingerprint of the rate of the phase that runs.
  var rate: UInt64 = 0
  /// The part that is compared next, and when.
  var nextPart: UInt8 = 0
  var nextTick: Int64 = 0

  /// Parts that are compared one after the other.
  static let parts: UInt8 = 4
  /// Ticks between two parts: all are through in 40 s, below the 60 s of R-082.
  static let period: Int64 = 10 * ticksPerSecond
}

extension IntegrityCheck: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(orders)
    sink.put(boluses)
    sink.put(rate)
    sink.put(nextPart)
    sink.put(nextTick)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    orders = source.take64()
    boluses = source.take64()
    rate = source.take64()
    nextPart = source.take8()
    nextTick = source.takeInt64()
  }
}

extension Controller {
  /// Takes the fingerprints of everything that a command may have changed.
  mutating func seal() {
    detectors.integrity.orders = fingerprintOfOrders()
    detectors.integrity.boluses = fingerprintOfBoluses()
    sealRate()
  }

  /// Takes the fingerprint of the rate, after a phase began or was titrated.
  mutating func sealRate() { detectors.integrity.rate = fingerprintOfRate() }

  /// Takes the fingerprint of lockout and grants, after a bolus was granted.
  mutating func sealBoluses() { detectors.integrity.boluses = fingerprintOfBoluses() }

  /// Whether everything is as it was when it was set; before a command changes it.
  mutating func isWhole() -> Bool {
    var part: UInt8 = 0
    while part < IntegrityCheck.parts {
      if !isWhole(part: part) { return false }
      part += 1
    }
    return true
  }

  /// Compares the part that is due; false where it is not what was set.
  mutating func checkNextPart() -> Bool {
    let part = detectors.integrity.nextPart
    detectors.integrity.nextPart = (part + 1) % IntegrityCheck.parts
    detectors.integrity.nextTick = now + IntegrityCheck.period
    return isWhole(part: part)
  }

  private mutating func isWhole(part: UInt8) -> Bool {
    switch part {
    case 0: fingerprintOfOrders() == detectors.integrity.orders
    case 1: fingerprintOfBoluses() == detectors.integrity.boluses
    case 2: fingerprintOfRate() == detectors.integrity.rate
    default: history.isIntact() && secondHistory.isIntact()
    }
  }

  /// A critical value changed by itself: stop, and stay stopped until the next power-on.
  mutating func failIntegrity(_ conditions: inout AlarmSet) {
    conditions.insert(.memoryFault)
    failure.insert(.memoryFault)
    bolus.cancel()
    hasPending = false
    titration = nil
    enter(.failed)
  }

  private mutating func fingerprintOfOrders() -> UInt64 {
    var digest = StateDigest()
    prescription.encode(to: &digest)
    digest.combine(conversions.microstepVolume)
    digest.combine(conversions.concentration)
    digest.combine(conversions.bodyMass)
    // The bounds alone: what is planned and what was last commanded follow from the programme.
    limiter.prescription.encode(to: &digest)
    limiter.library.encode(to: &digest)
    limiter.pumpContinuous.encode(to: &digest)
    limiter.pumpBolus.encode(to: &digest)
    limiter.syringe.encode(to: &digest)
    limiter.slew.encode(to: &digest)
    digest.put(caps.oneHour)
    digest.put(caps.fourHours)
    digest.put(caps.day)
    digest.put(countedMassPerStep)
    digest.put(secondCaps.oneHour)
    digest.put(secondCaps.fourHours)
    digest.put(secondCaps.day)
    digest.put(secondMassPerStep)
    digest.put(uncommandedLimit)
    digest.put(mismatchLimit)
    digest.put(occlusion.boreArea)
    digest.put(occlusion.friction)
    digest.put(occlusion.compliance)
    occlusion.limit.encode(to: &digest)
    capabilities.encode(to: &digest)
    configuration.encode(to: &digest)
    return digest.value
  }

  private mutating func fingerprintOfBoluses() -> UInt64 {
    var digest = StateDigest()
    digest.put(bolus.lockoutEnd)
    digest.put(bolus.nextGrant)
    for index in 0..<bolus.grants.count { digest.put(bolus.grants[index]) }
    return digest.value
  }

  private mutating func fingerprintOfRate() -> UInt64 {
    var digest = StateDigest()
    programme.rate.encode(to: &digest)
    digest.put(programme.basalPerBin.oneHour)
    digest.put(programme.basalPerBin.fourHours)
    digest.put(programme.basalPerBin.day)
    digest.put(programme.secondPerBin.oneHour)
    digest.put(programme.secondPerBin.fourHours)
    digest.put(programme.secondPerBin.day)
    return digest.value
  }
}
