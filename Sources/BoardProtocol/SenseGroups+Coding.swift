// How the groups of a sense frame are written and read.
import PumpHAL

extension SensorFrame {
  /// One bit a sensor that was sampled in this very tick, so that its sample tick is left out.
  var sampledNow: UInt8 {
    (carriage.sampledAt == tick ? 1 : 0) | (force.sampledAt == tick ? 2 : 0)
      | (motorCurrent.sampledAt == tick ? 4 : 0) | (battery.sampledAt == tick ? 8 : 0)
      | (temperature.sampledAt == tick ? 16 : 0) | (syringe.sampledAt == tick ? 32 : 0)
      | (air.sampledAt == tick ? 64 : 0) | (wallClock.sampledAt == tick ? 128 : 0)
  }

  /// Two bits a sensor, in the order of the groups.
  var wireValidities: UInt16 {
    UInt16(carriage.validity.rawValue) | UInt16(force.validity.rawValue) << 2
      | UInt16(motorCurrent.validity.rawValue) << 4 | UInt16(battery.validity.rawValue) << 6
      | UInt16(temperature.validity.rawValue) << 8 | UInt16(syringe.validity.rawValue) << 10
      | UInt16(air.validity.rawValue) << 12 | UInt16(wallClock.validity.rawValue) << 14
  }

  /// Writes the values of `groups`, each with its sample tick unless that is this tick.
  func put<Sink: CanonicalSink>(_ groups: SenseGroups, to sink: inout Sink) {
    func stamp<Value>(_ reading: Reading<Value>, _ sink: inout Sink) {
      if reading.sampledAt != tick { sink.put(reading.sampledAt) }
    }
    if groups.contains(.motionAge) { sink.put(motionAge) }
    if groups.contains(.carriage) {
      sink.put(carriage.value)
      stamp(carriage, &sink)
    }
    if groups.contains(.force) {
      sink.put(force.value)
      stamp(force, &sink)
    }
    if groups.contains(.motorCurrent) {
      sink.put(motorCurrent.value)
      stamp(motorCurrent, &sink)
    }
    if groups.contains(.battery) {
      sink.put(battery.value.millivolts)
      sink.put(battery.value.milliamperes)
      stamp(battery, &sink)
    }
    if groups.contains(.temperature) {
      sink.put(temperature.value)
      stamp(temperature, &sink)
    }
    if groups.contains(.syringe) {
      sink.put(syringe.value.switches)
      sink.put(syringe.value.barrelDiameter)
      stamp(syringe, &sink)
    }
    if groups.contains(.air) {
      sink.put(air.value)
      stamp(air, &sink)
    }
    if groups.contains(.wallClock) {
      sink.put(wallClock.value.unixMilliseconds)
      sink.put(wallClock.value.isSet)
      stamp(wallClock, &sink)
    }
  }

  /// Reads the values of `groups`; a malformed one fails the source.
  mutating func takeGroups<Source: CanonicalSource>(
    _ groups: SenseGroups, sampledNow: UInt8, validities: UInt16, from source: inout Source
  ) {
    let tick = tick
    /// Sets validity and sample tick of the reading with the given place in the bit fields.
    func stamp<Value>(_ reading: inout Reading<Value>, _ place: UInt16, _ source: inout Source) {
      reading.sampledAt = sampledNow >> UInt8(place) & 1 == 1 ? tick : source.take32()
      if let validity = Validity(rawValue: UInt8(validities >> (2 * place) & 3)) {
        reading.validity = validity
      } else {
        source.fail()
      }
    }
    motionAge = groups.contains(.motionAge) ? source.take16() : 0
    if groups.contains(.carriage) {
      carriage.value = source.takeInt32()
      stamp(&carriage, 0, &source)
    }
    if groups.contains(.force) {
      force.value = source.takeInt32()
      stamp(&force, 1, &source)
    }
    if groups.contains(.motorCurrent) {
      motorCurrent.value = source.take16()
      stamp(&motorCurrent, 2, &source)
    }
    if groups.contains(.battery) {
      battery.value.millivolts = source.take16()
      battery.value.milliamperes = source.takeInt16()
      stamp(&battery, 3, &source)
    }
    if groups.contains(.temperature) {
      temperature.value = source.takeInt16()
      stamp(&temperature, 4, &source)
    }
    if groups.contains(.syringe) {
      let switches = source.take8()
      if switches > 7 { source.fail() }
      syringe.value.switches = switches
      syringe.value.barrelDiameter = source.take16()
      stamp(&syringe, 5, &source)
    }
    if groups.contains(.air) {
      air.value = source.take16()
      stamp(&air, 6, &source)
    }
    if groups.contains(.wallClock) {
      wallClock.value.unixMilliseconds = source.takeInt64()
      wallClock.value.isSet = source.takeBool()
      stamp(&wallClock, 7, &source)
    }
  }
}
