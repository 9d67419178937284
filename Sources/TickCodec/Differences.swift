// Differences between what is expected and what came, as numbers that are zero when there is none.
// They are sums of exclusive-ors, because one branch at the end is cheaper than one a field.

import PumpHAL

@inline(__always) private func bits<Value>(_ value: Value) -> UInt64 {
  // Payload-free enumerations and truth values: one byte each, equal when the values are.
  UInt64(unsafeBitCast(value, to: UInt8.self))
}

extension OperatorCommand {
  /// Whether it is `OperatorCommand.none`; cheaper than comparing.
  package var isNone: Bool {
    if case .none = action { return role == .patient }
    return false
  }
}

extension ActuatorFrame {
  /// Lamp and buzzer as in the canonical encoding.
  @inline(__always) var annunciation: UInt8 { lamp.rawValue | buzzer.rawValue << 4 }
  /// Both permits as in the canonical encoding.
  @inline(__always) var permits: UInt8 {
    (isControllerPermitting ? 1 : 0) | (isMonitorPermitting ? 2 : 0)
  }
}

extension SensorFrame {
  /// The eight validities of the sampled sensors, then motion (bits 16, 17), encoder (18, 19).
  var allValidities: UInt32 {
    UInt32(validityBits) | UInt32(motionValidity.rawValue) << 16
      | UInt32(encoderValidity.rawValue) << 18
  }

  mutating func setValidities(of other: SensorFrame) {
    motionValidity = other.motionValidity
    encoderValidity = other.encoderValidity
    carriage.validity = other.carriage.validity
    force.validity = other.force.validity
    motorCurrent.validity = other.motorCurrent.validity
    battery.validity = other.battery.validity
    temperature.validity = other.temperature.validity
    syringe.validity = other.syringe.validity
    air.validity = other.air.validity
    wallClock.validity = other.wallClock.validity
  }

  /// Sets all validities from their bits; false where two bits name none.
  mutating func setValidities(bits: UInt32) -> Bool {
    var isKnown = bits >> 20 == 0
    func validity(_ shift: UInt32) -> Validity {
      if let value = Validity(rawValue: UInt8(bits >> shift & 3)) { return value }
      isKnown = false
      return .invalid
    }
    carriage.validity = validity(0)
    force.validity = validity(2)
    motorCurrent.validity = validity(4)
    battery.validity = validity(6)
    temperature.validity = validity(8)
    syringe.validity = validity(10)
    air.validity = validity(12)
    wallClock.validity = validity(14)
    motionValidity = validity(16)
    encoderValidity = validity(18)
    return isKnown
  }
}

@inline(__always) func statusDifference(_ a: SensorFrame, _ b: SensorFrame) -> UInt64 {
  UInt64(a.keys.rawValue ^ b.keys.rawValue) | UInt64(a.faults.rawValue ^ b.faults.rawValue)
    | (bits(a.link) ^ bits(b.link)) | (bits(a.commandOutcome) ^ bits(b.commandOutcome))
    | UInt64(a.annunciation.rawValue ^ b.annunciation.rawValue)
}

@inline(__always) func driveDifference(_ a: ActuatorFrame, _ b: ActuatorFrame) -> UInt64 {
  UInt64(a.stepRateBound ^ b.stepRateBound) | UInt64(a.flowRate ^ b.flowRate)
    | (bits(a.isControllerPermitting) ^ bits(b.isControllerPermitting))
    | (bits(a.isMonitorPermitting) ^ bits(b.isMonitorPermitting))
}

@inline(__always) func displayDifference(_ a: Display, _ b: Display) -> UInt64 {
  UInt64(a.screenAndFlags ^ b.screenAndFlags) | UInt64(a.alarm ^ b.alarm) | UInt64(a.rate ^ b.rate)
    | UInt64(a.minutesLeft ^ b.minutesLeft)
}

@inline(__always) func outputDifference(_ a: TickOutput, _ b: TickOutput) -> UInt64 {
  var sum = UInt64(bitPattern: a.actuator.targetSteps ^ b.actuator.targetSteps)
  sum |= driveDifference(a.actuator, b.actuator)
  sum |= displayDifference(a.actuator.display, b.actuator.display)
  sum |= bits(a.actuator.lamp) ^ bits(b.actuator.lamp)
  sum |= bits(a.actuator.buzzer) ^ bits(b.actuator.buzzer)
  sum |= a.conditions.bits ^ b.conditions.bits
  sum |= a.signals.bits ^ b.signals.bits
  sum |= UInt64(a.bounds.rawValue ^ b.bounds.rawValue) | UInt64(a.phase ^ b.phase)
  return sum | UInt64(a.predictedTimeToAlarm ^ b.predictedTimeToAlarm)
}

@inline(__always) func sensorDifference(_ a: SensorFrame, _ b: SensorFrame) -> UInt64 {
  var sum = UInt64(bitPattern: a.stepCount ^ b.stepCount)
  sum |= UInt64(a.tick ^ b.tick)
  sum |= UInt64(UInt32(bitPattern: a.encoderCount ^ b.encoderCount))
  sum |= UInt64(a.motionAge ^ b.motionAge)
  sum |= valueDifference(a, b) | sampleTimeDifference(a, b) | validityDifference(a, b)
  return sum | statusDifference(a, b)
}

@inline(__always) private func valueDifference(_ a: SensorFrame, _ b: SensorFrame) -> UInt64 {
  var sum = UInt64(UInt32(bitPattern: a.carriage.value ^ b.carriage.value))
  sum |= UInt64(UInt32(bitPattern: a.force.value ^ b.force.value))
  sum |= UInt64(a.motorCurrent.value ^ b.motorCurrent.value)
  sum |= UInt64(a.battery.value.millivolts ^ b.battery.value.millivolts)
  sum |= UInt64(UInt16(bitPattern: a.battery.value.milliamperes ^ b.battery.value.milliamperes))
  sum |= UInt64(UInt16(bitPattern: a.temperature.value ^ b.temperature.value))
  sum |= UInt64(a.syringe.value.barrelDiameter ^ b.syringe.value.barrelDiameter)
  sum |= bits(a.syringe.value.isBarrelClamped) ^ bits(b.syringe.value.isBarrelClamped)
  sum |= bits(a.syringe.value.isFlangeSeated) ^ bits(b.syringe.value.isFlangeSeated)
  sum |= bits(a.syringe.value.isPlungerCaptured) ^ bits(b.syringe.value.isPlungerCaptured)
  sum |= UInt64(a.air.value ^ b.air.value)
  sum |= bits(a.wallClock.value.isSet) ^ bits(b.wallClock.value.isSet)
  return sum
    | UInt64(
      bitPattern: a.wallClock.value.unixMilliseconds ^ b.wallClock.value.unixMilliseconds)
}

@inline(__always) private func sampleTimeDifference(_ a: SensorFrame, _ b: SensorFrame) -> UInt64 {
  var sum = a.carriage.sampledAt ^ b.carriage.sampledAt
  sum |= a.force.sampledAt ^ b.force.sampledAt
  sum |= a.motorCurrent.sampledAt ^ b.motorCurrent.sampledAt
  sum |= a.battery.sampledAt ^ b.battery.sampledAt
  sum |= a.temperature.sampledAt ^ b.temperature.sampledAt
  sum |= a.syringe.sampledAt ^ b.syringe.sampledAt
  sum |= a.air.sampledAt ^ b.air.sampledAt
  sum |= a.wallClock.sampledAt ^ b.wallClock.sampledAt
  return UInt64(sum)
}

@inline(__always) private func validityDifference(_ a: SensorFrame, _ b: SensorFrame) -> UInt64 {
  var sum = bits(a.motionValidity) ^ bits(b.motionValidity)
  sum |= bits(a.encoderValidity) ^ bits(b.encoderValidity)
  sum |= bits(a.carriage.validity) ^ bits(b.carriage.validity)
  sum |= bits(a.force.validity) ^ bits(b.force.validity)
  sum |= bits(a.motorCurrent.validity) ^ bits(b.motorCurrent.validity)
  sum |= bits(a.battery.validity) ^ bits(b.battery.validity)
  sum |= bits(a.temperature.validity) ^ bits(b.temperature.validity)
  sum |= bits(a.syringe.validity) ^ bits(b.syringe.validity)
  sum |= bits(a.air.validity) ^ bits(b.air.validity)
  return sum | (bits(a.wallClock.validity) ^ bits(b.wallClock.validity))
}
