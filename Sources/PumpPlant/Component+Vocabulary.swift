// Which component can fail in which way. Everything that asks (session files, the schema, the
// catalogue of faults, the encoding) asks here.

extension Component {
  /// What belongs to a failure of this kind; nil where the plant cannot let this component fail so.
  public func amount(of kind: FailureKind) -> FaultAmount? {
    switch self {
    case .forceCell: Self.sensor(kind, .newton, 100)
    case .carriageSensor: Self.sensor(kind, .millimetre, 200)
    case .motorCurrent: Self.sensor(kind, .milliampere, 5000)
    case .batteryGauge: Self.sensor(kind, .volt, 20)
    case .thermometer: Self.sensor(kind, .celsius, 150)
    case .encoder, .stepCounter: Self.counter(kind)
    case .barrelClamp, .flangeSensor, .plungerSensor: Self.contact(kind)
    case .sizer: Self.sizing(kind)
    case .airDetector: Self.airSeen(kind)
    case .wallClock: Self.clock(kind)
    case .clockCell, .powerFailTone: kind == .off ? .nothing : nil
    case .stopKey, .bolusKey, .audioKey: Self.key(kind)
    case .motor, .nut, .plunger, .line, .valve: mechanical(kind)
    case .batteryCells: Self.cells(kind)
    case .lamp, .buzzer: annunciating(kind)
    case .display: kind == .off || kind == .stuck ? .nothing : Self.turns(kind)
    case .memory: Self.memory(kind)
    case .processor: kind == .wrong ? .nothing : nil
    case .link: Self.linking(kind)
    case .ambient: kind == .offset ? FaultAmount(.celsius, -80, 80) : nil
    case .interference: kind == .noise ? FaultAmount(.share, 0, 1) : nil
    }
  }

  /// The kinds of failure that the plant can do, in their order.
  public var kinds: [FailureKind] { FailureKind.allCases.filter { amount(of: $0) != nil } }

  /// Whether a failure of this kind comes and goes with a period.
  public func usesPeriod(_ kind: FailureKind) -> Bool {
    kind == .intermittent || self == .interference && kind == .noise
  }

  /// Whether the amount of a failure of this kind can grow.
  public func takesRamp(_ kind: FailureKind) -> Bool {
    switch kind {
    case .offset, .gain: true
    case .noise: self != .memory
    case .off, .stuck, .slow, .delayed, .intermittent, .wrong: false
    }
  }

  /// The share of each period in which it fails.
  private static func turns(_ kind: FailureKind) -> FaultAmount? {
    kind == .intermittent ? FaultAmount(.share, 0, 1) : nil
  }

  private static func sensor(
    _ kind: FailureKind, _ unit: FaultUnit, _ most: Double
  ) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .offset, .wrong: FaultAmount(unit, -most, most)
    case .gain: FaultAmount(.share, -2, 10)
    case .noise: FaultAmount(unit, 0, most)
    case .slow, .delayed: FaultAmount(.second, 0.1, 3600)
    case .intermittent: turns(kind)
    }
  }

  private static func counter(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck, .wrong: .nothing
    case .offset: FaultAmount(.millimetre, -10, 10)
    case .gain: FaultAmount(.share, -1, 1)
    case .intermittent: turns(kind)
    case .noise, .slow, .delayed: nil
    }
  }

  private static func contact(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck, .wrong: .nothing
    default: turns(kind)
    }
  }

  private static func sizing(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .offset: FaultAmount(.millimetre, -20, 20)
    case .noise: FaultAmount(.millimetre, 0, 20)
    case .wrong: FaultAmount(.millimetre, 0, 60)
    default: turns(kind)
    }
  }

  private static func airSeen(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .offset: FaultAmount(.microlitre, 0, 5000)
    case .gain: FaultAmount(.share, -1, 10)
    default: turns(kind)
    }
  }

  private static func clock(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .offset: FaultAmount(.second, -31_536_000, 31_536_000)
    case .gain: FaultAmount(.share, -1, 10)
    default: nil
    }
  }

  private static func key(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    default: turns(kind)
    }
  }

  private func mechanical(_ kind: FailureKind) -> FaultAmount? {
    switch (self, kind) {
    case (.motor, .off), (.motor, .stuck): .nothing
    case (.motor, .gain), (.nut, .gain), (.line, .gain): FaultAmount(.share, -1, 0)
    case (.motor, .wrong): FaultAmount(.share, -1, 1)
    case (.nut, .off), (.line, .off): .nothing
    case (.motor, .intermittent), (.nut, .intermittent), (.line, .intermittent): Self.turns(kind)
    case (.plunger, .off), (.plunger, .stuck): .nothing
    case (.plunger, .offset): FaultAmount(.microlitre, 0, 5000)
    case (.plunger, .gain): FaultAmount(.share, -1, 20)
    case (.plunger, .noise): FaultAmount(.share, 0, 20)
    case (.valve, .off), (.valve, .stuck): .nothing
    default: nil
    }
  }

  private static func cells(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off: .nothing
    case .offset: FaultAmount(.volt, -10, 0)
    case .gain: FaultAmount(.share, 0, 100)
    case .wrong: FaultAmount(.share, 0, 1)
    default: turns(kind)
    }
  }

  private func annunciating(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .gain: FaultAmount(.share, -1, 0)
    case .wrong: self == .buzzer ? .nothing : nil
    default: Self.turns(kind)
    }
  }

  private static func memory(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck, .wrong: .nothing
    case .noise: FaultAmount(.share, 0, 1)
    default: turns(kind)
    }
  }

  private static func linking(_ kind: FailureKind) -> FaultAmount? {
    switch kind {
    case .off, .stuck: .nothing
    case .delayed: FaultAmount(.second, 0.02, 60)
    default: turns(kind)
    }
  }
}
