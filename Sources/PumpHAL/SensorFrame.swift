/// What can be said of one sensor's latest reading.
public enum Validity: UInt8, Sendable {
  /// The hardware has no such sensor, or it has not spoken yet.
  case absent = 0
  /// A reading as the sensor gave it.
  case valid = 1
  /// The sensor or its electronics report a defect.
  case invalid = 2
}

/// The sensors a frame can carry, as bits.
public struct Sensors: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// A set from its bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Steps done by the step generator, and the encoder on the motor shaft.
  @inlinable public static var motion: Sensors { Sensors(rawValue: 1 << 0) }
  /// Carriage position, a coarse sensor independent of motor and screw.
  @inlinable public static var carriage: Sensors { Sensors(rawValue: 1 << 1) }
  /// Force cell behind the plunger.
  @inlinable public static var force: Sensors { Sensors(rawValue: 1 << 2) }
  /// Motor current.
  @inlinable public static var motorCurrent: Sensors { Sensors(rawValue: 1 << 3) }
  /// Battery voltage and current.
  @inlinable public static var battery: Sensors { Sensors(rawValue: 1 << 4) }
  /// Temperature inside the case.
  @inlinable public static var temperature: Sensors { Sensors(rawValue: 1 << 5) }
  /// Barrel clamp, flange and plunger sensors.
  @inlinable public static var syringe: Sensors { Sensors(rawValue: 1 << 6) }
  /// Air detector on the line.
  @inlinable public static var air: Sensors { Sensors(rawValue: 1 << 7) }
  /// Wall clock.
  @inlinable public static var wallClock: Sensors { Sensors(rawValue: 1 << 8) }
  /// What lamp and buzzer really do.
  @inlinable public static var annunciation: Sensors { Sensors(rawValue: 1 << 9) }
}

/// One sensor's latest value, whether it can be believed, and when it was taken.
///
/// A stale or absent reading is never a zero: ask `validity` and `age(at:)` before `value`.
public struct Reading<Value: Equatable & Sendable>: Equatable, Sendable {
  /// The value; meaningless unless `validity` is `.valid`.
  public var value: Value
  /// Whether the value can be believed.
  public var validity: Validity
  /// The hardware tick (`SensorFrame.tick`) at which it was taken.
  public var sampledAt: UInt32

  /// A reading.
  @inlinable public init(_ value: Value, _ validity: Validity, sampledAt: UInt32) {
    self.value = value
    self.validity = validity
    self.sampledAt = sampledAt
  }

  /// Ticks since the value was taken.
  @inlinable public func age(at tick: UInt32) -> UInt32 { tick &- sampledAt }

  /// Whether the value is valid and at most `limit` ticks old.
  @inlinable public func isFresh(at tick: UInt32, within limit: UInt32) -> Bool {
    validity == .valid && age(at: tick) <= limit
  }
}

/// Battery voltage and current.
public struct BatteryReading: Equatable, Sendable {
  /// Lowest terminal voltage since the last reading, mV; 0 where the contacts are open when it is
  /// read.
  public var millivolts: UInt16
  /// Current drawn, mA.
  public var milliamperes: Int16
  /// A reading in mV and mA.
  @inlinable public init(millivolts: UInt16, milliamperes: Int16) {
    self.millivolts = millivolts
    self.milliamperes = milliamperes
  }
}

/// How the syringe sits, as the pump's switches and sizer see it.
public struct SyringeReading: Equatable, Sendable {
  /// Barrel clamp closed on a barrel.
  public var isBarrelClamped: Bool
  /// Flange in its slot.
  public var isFlangeSeated: Bool
  /// Plunger head captured by the drive.
  public var isPlungerCaptured: Bool
  /// Outside diameter seen by the barrel clamp, in 0.01 mm; 0 where the clamp has no sizer.
  public var barrelDiameter: UInt16
  /// A reading.
  @inlinable public init(
    isBarrelClamped: Bool, isFlangeSeated: Bool, isPlungerCaptured: Bool, barrelDiameter: UInt16
  ) {
    self.isBarrelClamped = isBarrelClamped
    self.isFlangeSeated = isFlangeSeated
    self.isPlungerCaptured = isPlungerCaptured
    self.barrelDiameter = barrelDiameter
  }
  /// Whether all three switches say that the syringe is held.
  @inlinable public var isSecure: Bool { isBarrelClamped && isFlangeSeated && isPlungerCaptured }
}

/// The wall clock, where the hardware has one.
public struct WallClockReading: Equatable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var unixMilliseconds: Int64
  /// Whether the clock has been set since it last lost power.
  public var isSet: Bool
  /// A reading.
  @inlinable public init(unixMilliseconds: Int64, isSet: Bool) {
    self.unixMilliseconds = unixMilliseconds
    self.isSet = isSet
  }
}

/// Keys on the pump, as bits; a bit is set while the key is down.
public struct Keys: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// A set from its bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Stop.
  @inlinable public static var stop: Keys { Keys(rawValue: 1 << 0) }
  /// Patient bolus button on its cord.
  @inlinable public static var bolus: Keys { Keys(rawValue: 1 << 1) }
  /// Audio pause.
  @inlinable public static var audioPause: Keys { Keys(rawValue: 1 << 2) }
}

/// State of the link between controller and hardware.
public enum LinkState: UInt8, Sendable {
  /// No link: the hardware is in the same process.
  case inProcess = 0
  /// Frames come and go.
  case up = 1
  /// Nothing has been heard for longer than the link allows.
  case lost = 2
  /// The hardware was reset behind the controller's back, so its counters mean nothing.
  case mismatched = 3
}

/// What became of the last command on hardware that is given commands one by one.
public enum HardwareCommandOutcome: UInt8, Sendable {
  /// No command is outstanding, or the hardware follows step targets and needs none.
  case none = 0
  /// Sent, not answered yet.
  case pending = 1
  /// Answered: done.
  case succeeded = 2
  /// Answered: not done.
  case failed = 3
  /// Not answered: done or not, the pump has to be asked.
  case unknown = 4
}

/// Defects that the hardware reports of itself, as bits.
public struct HardwareFaults: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// A set from its bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// The dead man stopped the motor: nothing was heard for its time-out.
  @inlinable public static var deadMan: HardwareFaults { HardwareFaults(rawValue: 1 << 0) }
  /// The motor supply is off.
  @inlinable public static var motorSupply: HardwareFaults { HardwareFaults(rawValue: 1 << 1) }
  /// The motor driver reports over-current or over-temperature.
  @inlinable public static var motorDriver: HardwareFaults { HardwareFaults(rawValue: 1 << 2) }
  /// A write to the non-volatile memory failed.
  @inlinable public static var memoryWrite: HardwareFaults { HardwareFaults(rawValue: 1 << 3) }
  /// Loudspeaker or lamp did not answer its test.
  @inlinable public static var annunciator: HardwareFaults { HardwareFaults(rawValue: 1 << 4) }
  /// The display did not answer its test.
  @inlinable public static var display: HardwareFaults { HardwareFaults(rawValue: 1 << 5) }
  /// The supply sagged below the reset threshold and recovered.
  @inlinable public static var brownOut: HardwareFaults { HardwareFaults(rawValue: 1 << 6) }
  /// The last actuator frame was refused (out of order, wrong dictionary, impossible).
  @inlinable public static var frameRefused: HardwareFaults { HardwareFaults(rawValue: 1 << 7) }
  /// The motor stalled, on hardware that tells.
  @inlinable public static var stall: HardwareFaults { HardwareFaults(rawValue: 1 << 8) }
  /// A check of processor, RAM or programme memory failed.
  @inlinable public static var selfCheck: HardwareFaults { HardwareFaults(rawValue: 1 << 9) }
  /// The clock's own oscillator stopped or its cell is flat.
  @inlinable public static var clock: HardwareFaults { HardwareFaults(rawValue: 1 << 10) }
}

/// What lamp and buzzer really do, as current through them shows, as bits.
///
/// All clear, and meaningless, on hardware without `Sensors.annunciation`.
public struct Annunciation: OptionSet, Sendable {
  /// The bits; only the lower four are used.
  public let rawValue: UInt8
  /// A set from its bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The lamp shows an alarm of any priority.
  @inlinable public static var lamp: Annunciation { Annunciation(rawValue: 1 << 0) }
  /// The lamp shows an alarm of high priority.
  @inlinable public static var highLamp: Annunciation { Annunciation(rawValue: 1 << 1) }
  /// The buzzer plays the pattern of an alarm of any priority, pauses between bursts included.
  @inlinable public static var sound: Annunciation { Annunciation(rawValue: 1 << 2) }
  /// The buzzer plays the pattern of an alarm of high priority.
  @inlinable public static var highSound: Annunciation { Annunciation(rawValue: 1 << 3) }
}

/// Everything the hardware tells the controller in one tick.
///
/// Steps and encoder are taken every tick and so carry a plain age; every other sensor has its own
/// rate and carries the tick of its sample. Nominal rates: force and motor current 10 Hz, carriage,
/// temperature and syringe 10 Hz, battery and wall clock 1/min, air 10 Hz.
public struct SensorFrame: Equatable, Sendable {
  /// The hardware's own tick counter, 100 Hz.
  public var tick: UInt32 = 0
  /// Microsteps done by the step generator since power-on; negative is backwards.
  public var stepCount: Int64 = 0
  /// Encoder counts since power-on.
  public var encoderCount: Int32 = 0
  /// Age of `stepCount` and `encoderCount`, ticks.
  public var motionAge: UInt16 = 0
  /// Whether `stepCount` can be believed.
  public var motionValidity: Validity = .absent
  /// Whether `encoderCount` can be believed.
  public var encoderValidity: Validity = .absent
  /// Carriage position since the hardware's origin, µm.
  public var carriage = Reading<Int32>(0, .absent, sampledAt: 0)
  /// Force along the plunger, µN; signed, 100 N full scale.
  public var force = Reading<Int32>(0, .absent, sampledAt: 0)
  /// Motor current, mA, mean over the sample period while moving.
  public var motorCurrent = Reading<UInt16>(0, .absent, sampledAt: 0)
  /// Battery voltage and current.
  public var battery = Reading(
    BatteryReading(millivolts: 0, milliamperes: 0), .absent, sampledAt: 0)
  /// Temperature inside the case, 0.01 °C.
  public var temperature = Reading<Int16>(0, .absent, sampledAt: 0)
  /// How the syringe sits.
  public var syringe = Reading(
    SyringeReading(
      isBarrelClamped: false, isFlangeSeated: false, isPlungerCaptured: false, barrelDiameter: 0),
    .absent, sampledAt: 0)
  /// Air that passed the detector since power-on, µL.
  public var air = Reading<UInt16>(0, .absent, sampledAt: 0)
  /// The wall clock.
  public var wallClock = Reading(
    WallClockReading(unixMilliseconds: 0, isSet: false), .absent, sampledAt: 0)
  /// Keys that are down.
  public var keys: Keys = []
  /// State of the link.
  public var link: LinkState = .inProcess
  /// What became of the last command, on rate-commanded hardware.
  public var commandOutcome: HardwareCommandOutcome = .none
  /// Defects that the hardware reports.
  public var faults: HardwareFaults = []
  /// What lamp and buzzer really do.
  public var annunciation: Annunciation = []

  /// A frame in which nothing has been measured.
  public init() {}
}

extension SensorFrame: CanonicalCodable {
  /// Appends the frame, 88 bytes.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(tick)
    sink.put(stepCount)
    sink.put(encoderCount)
    sink.put(motionAge)
    sink.put(
      motionValidity.rawValue | encoderValidity.rawValue << 2 | annunciation.rawValue << 4)
    sink.put(carriage.value)
    sink.put(carriage.sampledAt)
    sink.put(force.value)
    sink.put(force.sampledAt)
    sink.put(motorCurrent.value)
    sink.put(motorCurrent.sampledAt)
    sink.put(battery.value.millivolts)
    sink.put(battery.value.milliamperes)
    sink.put(battery.sampledAt)
    sink.put(temperature.value)
    sink.put(temperature.sampledAt)
    sink.put(syringe.value.switches)
    sink.put(syringe.value.barrelDiameter)
    sink.put(syringe.sampledAt)
    sink.put(air.value)
    sink.put(air.sampledAt)
    sink.put(wallClock.value.unixMilliseconds)
    sink.put(wallClock.value.isSet)
    sink.put(wallClock.sampledAt)
    sink.put(validities)
    sink.put(keys.rawValue)
    sink.put(link.rawValue | commandOutcome.rawValue << 4)
    sink.put(faults.rawValue)
  }

  /// Reads a frame.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    tick = source.take32()
    stepCount = source.takeInt64()
    encoderCount = source.takeInt32()
    motionAge = source.take16()
    let motion = source.take8()
    annunciation = Annunciation(rawValue: motion >> 4)
    if let steps = Validity(rawValue: motion & 3), let encoder = Validity(rawValue: motion >> 2 & 3)
    {
      motionValidity = steps
      encoderValidity = encoder
    } else {
      source.fail()
    }
    carriage.value = source.takeInt32()
    carriage.sampledAt = source.take32()
    force.value = source.takeInt32()
    force.sampledAt = source.take32()
    motorCurrent.value = source.take16()
    motorCurrent.sampledAt = source.take32()
    battery.value.millivolts = source.take16()
    battery.value.milliamperes = source.takeInt16()
    battery.sampledAt = source.take32()
    temperature.value = source.takeInt16()
    temperature.sampledAt = source.take32()
    syringe.value.switches = source.take8()
    syringe.value.barrelDiameter = source.take16()
    syringe.sampledAt = source.take32()
    air.value = source.take16()
    air.sampledAt = source.take32()
    wallClock.value.unixMilliseconds = source.takeInt64()
    wallClock.value.isSet = source.takeBool()
    wallClock.sampledAt = source.take32()
    let validities = source.take16()
    if !setValidities(validities) { source.fail() }
    keys = Keys(rawValue: source.take16())
    let states = source.take8()
    if let link = LinkState(rawValue: states & 15),
      let outcome = HardwareCommandOutcome(rawValue: states >> 4)
    {
      self.link = link
      commandOutcome = outcome
    } else {
      source.fail()
    }
    faults = HardwareFaults(rawValue: source.take16())
  }

  /// Two bits a sensor: carriage, force, motor current, battery, temperature, syringe, air, clock.
  @usableFromInline var validities: UInt16 {
    UInt16(carriage.validity.rawValue) | UInt16(force.validity.rawValue) << 2
      | UInt16(motorCurrent.validity.rawValue) << 4 | UInt16(battery.validity.rawValue) << 6
      | UInt16(temperature.validity.rawValue) << 8 | UInt16(syringe.validity.rawValue) << 10
      | UInt16(air.validity.rawValue) << 12 | UInt16(wallClock.validity.rawValue) << 14
  }

  /// Sets the eight validities; false where two bits name none.
  @usableFromInline mutating func setValidities(_ bits: UInt16) -> Bool {
    var known = true
    func validity(_ shift: UInt16) -> Validity {
      if let value = Validity(rawValue: UInt8(bits >> shift & 3)) { return value }
      known = false
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
    return known
  }
}

extension SyringeReading {
  /// The three switches as bits: clamp 1, flange 2, plunger 4.
  @inlinable public var switches: UInt8 {
    get {
      (isBarrelClamped ? 1 : 0) | (isFlangeSeated ? 2 : 0) | (isPlungerCaptured ? 4 : 0)
    }
    set {
      isBarrelClamped = newValue & 1 != 0
      isFlangeSeated = newValue & 2 != 0
      isPlungerCaptured = newValue & 4 != 0
    }
  }
}
