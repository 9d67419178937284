import BoardProtocol
import PumpHAL

/// A frame as it was found in a stream.
struct Found: Equatable {
  var header: FrameHeader
  var payload: [UInt8]
}

/// The bytes of one frame on the wire.
func wire(
  _ header: FrameHeader, dictionary: UInt32 = BoardDictionary.hash,
  payload: (inout CanonicalWriter) -> Void
) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: FrameFormat.maximumWireSize) { bytes, count in
    count = FrameEncoder.write(header, dictionary: dictionary, into: bytes, payload: payload)
  }
}

/// The bytes of one frame of this version.
func wire(
  _ type: FrameType, sequence: UInt8, payload: (inout CanonicalWriter) -> Void
) -> [UInt8] {
  wire(FrameHeader(type, sequence: sequence), payload: payload)
}

/// Every frame in a stream.
func decode(_ bytes: [UInt8]) -> [Found] {
  var decoder = FrameDecoder()
  var found: [Found] = []
  for byte in bytes {
    guard case .frame(let header) = decoder.take(byte) else { continue }
    let payload = decoder.withPayload { reader in
      var payload: [UInt8] = []
      while reader.remaining > 0 { payload.append(reader.take8()) }
      return payload
    }
    found.append(Found(header: header, payload: payload))
  }
  return found
}

/// Every error in a stream.
func errors(_ bytes: [UInt8]) -> [FrameError] {
  var decoder = FrameDecoder()
  var errors: [FrameError] = []
  for byte in bytes {
    if case .rejected(let error) = decoder.take(byte) { errors.append(error) }
  }
  return errors
}

/// Random numbers that are the same in every run (SplitMix64).
struct Random {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func word() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: word()) }
  mutating func below(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }
  mutating func bool() -> Bool { below(2) == 1 }

  mutating func actuatorFrame() -> ActuatorFrame {
    var frame = ActuatorFrame()
    frame.targetSteps = Int64(bitPattern: word())
    frame.stepRateBound = UInt32(truncatingIfNeeded: word())
    frame.isControllerPermitting = bool()
    frame.isMonitorPermitting = bool()
    frame.lamp = Lamp(rawValue: UInt8(below(5))) ?? .off
    frame.buzzer = Buzzer(rawValue: UInt8(below(6))) ?? .off
    frame.display.flags = DisplayFlags(rawValue: UInt8(below(16)))
    frame.display.screen = PumpMode(rawValue: UInt8(below(15))) ?? .off
    frame.display.alarm = byte()
    frame.display.rate = UInt16(truncatingIfNeeded: word())
    frame.display.minutesLeft = UInt16(truncatingIfNeeded: word())
    frame.flowRate = UInt32(truncatingIfNeeded: word())
    if bool() {
      frame.journal = JournalEntry(
        slot: UInt16(below(256)), sequence: UInt32(truncatingIfNeeded: word()), word0: word(),
        word1: word(), word2: word() >> 16)
      // Torn writes travel as they are.
      if below(4) == 0 { frame.journal?.checksum ^= 1 }
    }
    return frame
  }

  mutating func validity() -> Validity { Validity(rawValue: UInt8(below(3))) ?? .absent }

  /// Changes about one sensor in `rarity`, one tick later.
  mutating func change(_ frame: inout SensorFrame, rarity: Int) {
    frame.tick &+= 1
    frame.stepCount &+= Int64(below(2000)) - 1000
    frame.encoderCount &+= Int32(below(2000)) - 1000
    frame.motionAge = below(4) == 0 ? UInt16(below(65536)) : 0
    frame.motionValidity = validity()
    frame.encoderValidity = validity()
    frame.keys = Keys(rawValue: UInt16(below(8)))
    frame.faults = HardwareFaults(rawValue: UInt16(below(512)))
    frame.commandOutcome = HardwareCommandOutcome(rawValue: UInt8(below(5))) ?? .none
    func stamp(_ random: inout Random, _ tick: UInt32) -> UInt32 {
      random.bool() ? tick : UInt32(truncatingIfNeeded: random.word())
    }
    if below(rarity) == 0 {
      frame.carriage = Reading(
        Int32(truncatingIfNeeded: word()), validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.force = Reading(
        Int32(truncatingIfNeeded: word()), validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.motorCurrent = Reading(
        UInt16(below(65536)), validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.battery = Reading(
        BatteryReading(
          millivolts: UInt16(below(65536)), milliamperes: Int16(truncatingIfNeeded: word())),
        validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.temperature = Reading(
        Int16(truncatingIfNeeded: word()), validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.syringe = Reading(
        SyringeReading(
          isBarrelClamped: bool(), isFlangeSeated: bool(), isPlungerCaptured: bool(),
          barrelDiameter: UInt16(below(65536))),
        validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.air = Reading(UInt16(below(65536)), validity(), sampledAt: stamp(&self, frame.tick))
    }
    if below(rarity) == 0 {
      frame.wallClock = Reading(
        WallClockReading(unixMilliseconds: Int64(bitPattern: word()), isSet: bool()), validity(),
        sampledAt: stamp(&self, frame.tick))
    }
  }
}
