import PumpHAL

/// A part of the pump or of its surroundings that can fail.
public enum Component: UInt8, Sendable, CaseIterable {
  /// The force cell between carriage and plunger.
  case forceCell = 0
  /// The encoder on the motor shaft.
  case encoder = 1
  /// The counter of the steps that were sent to the motor.
  case stepCounter = 2
  /// The coarse sensor of the carriage.
  case carriageSensor = 3
  /// The sensor of the motor's current.
  case motorCurrent = 4
  /// The gauge of the battery's voltage.
  case batteryGauge = 5
  /// The sensor of the temperature inside the case.
  case thermometer = 6
  /// The switch at the barrel clamp.
  case barrelClamp = 7
  /// The switch at the flange.
  case flangeSensor = 8
  /// The switch at the plunger head.
  case plungerSensor = 9
  /// What measures the barrel in its clamp.
  case sizer = 10
  /// The air detector on the line.
  case airDetector = 11
  /// The wall clock.
  case wallClock = 12
  /// The cell that keeps the wall clock without power.
  case clockCell = 13
  /// The stop key.
  case stopKey = 14
  /// The patient's bolus button.
  case bolusKey = 15
  /// The key that pauses the sound.
  case audioKey = 16
  /// Motor and driver.
  case motor = 17
  /// The nut on the lead screw.
  case nut = 18
  /// The plunger, its stopper and what holds its head.
  case plunger = 19
  /// The line between syringe and needle.
  case line = 20
  /// The anti-siphon valve, where the set has one.
  case valve = 21
  /// The cells of the battery and their contacts.
  case batteryCells = 22
  /// The lamp.
  case lamp = 23
  /// The buzzer.
  case buzzer = 24
  /// The tone that sounds from its own supply when the power fails.
  case powerFailTone = 25
  /// The display.
  case display = 26
  /// The non-volatile memory.
  case memory = 27
  /// Processor, RAM and programme memory, as the hardware's own check sees them.
  case processor = 28
  /// The link between controller and hardware.
  case link = 29
  /// The air around the pump.
  case ambient = 30
  /// Electromagnetic noise from outside.
  case interference = 31

  /// Its bit in a set of components.
  var bit: UInt64 { 1 << UInt64(rawValue) }
}

/// The way in which a component fails; what each does to which component is in `Docs/Faults.md`.
public enum FailureKind: UInt8, Sendable, CaseIterable {
  /// Does nothing at all any more.
  case off = 0
  /// Stays as it is.
  case stuck = 1
  /// Too much or too little by an amount.
  case offset = 2
  /// Too much or too little by a share.
  case gain = 3
  /// Disturbed at random.
  case noise = 4
  /// Follows with a time constant.
  case slow = 5
  /// Comes late, and only every so often.
  case delayed = 6
  /// Works and fails by turns.
  case intermittent = 7
  /// Does something else than it should.
  case wrong = 8
}

/// In what the amount of a fault is measured.
public enum FaultUnit: UInt8, Sendable, CaseIterable {
  /// There is no amount.
  case none = 0
  /// A share; 1 is the whole.
  case share = 1
  /// N.
  case newton = 2
  /// mm.
  case millimetre = 3
  /// µL.
  case microlitre = 4
  /// mA.
  case milliampere = 5
  /// V.
  case volt = 6
  /// °C, also for differences.
  case celsius = 7
  /// s.
  case second = 8
}

/// In what an amount is measured, and how small and large it may be.
public struct FaultAmount: Equatable, Sendable {
  /// Its unit.
  public let unit: FaultUnit
  /// The least.
  public let least: Double
  /// The most.
  public let most: Double

  init(_ unit: FaultUnit, _ least: Double = 0, _ most: Double = 0) {
    self.unit = unit
    self.least = least
    self.most = most
  }

  /// No amount.
  static let nothing = FaultAmount(.none)
}

/// A component that fails: which, how, by how much.
public struct ComponentFault: Equatable, Sendable {
  /// What fails.
  public var component: Component
  /// How.
  public var kind: FailureKind
  /// By how much, in the unit that `Component.amount(of:)` gives; 0 where there is no amount.
  public var amount: Double
  /// Seconds in which the amount grows from nothing; 0 at once.
  public var ramp: Double
  /// Seconds from one turn to the next, or between two disturbances; 0 where `usesPeriod` is false.
  public var period: Double

  /// A failing component.
  public init(
    _ component: Component, _ kind: FailureKind, amount: Double = 0, ramp: Double = 0,
    period: Double? = nil
  ) {
    self.component = component
    self.kind = kind
    self.amount = amount
    self.ramp = ramp
    self.period = period ?? (component.usesPeriod(kind) ? 1 : 0)
  }

  /// The shortest period, s: two ticks.
  public static let leastPeriod = 0.02
  /// The longest period, s.
  public static let mostPeriod = 86_400.0
  /// The longest ramp, s.
  public static let mostRamp = 864_000.0

  /// Whether the plant can do this, with these numbers.
  public var isPossible: Bool {
    guard let allowed = component.amount(of: kind) else { return false }
    let hasAmount = amount >= allowed.least && amount <= allowed.most
    let hasRamp = ramp == 0 || ramp > 0 && ramp <= Self.mostRamp && component.takesRamp(kind)
    let hasPeriod =
      component.usesPeriod(kind)
      ? period >= Self.leastPeriod && period <= Self.mostPeriod : period == 0
    return hasAmount && hasRamp && hasPeriod
  }
}
