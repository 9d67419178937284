import PumpPlant

// Names of faults on the host, kebab case and never changed.

extension FaultKind {
  /// The name in files and results; `component` for a failing component, which goes by its own.
  public var name: String { FaultRow.named(self)?.name ?? "component" }

  /// The kind with this name.
  public init?(name: String) {
    guard let kind = FaultKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

extension Fault {
  /// The name in results: that of its kind, or the component with the kind of failure.
  public var name: String {
    failing?.name ?? kind.name
  }
}

extension ComponentFault {
  /// The component and the kind of failure, `force-cell gain`.
  public var name: String { "\(component.name) \(kind.name)" }
}

extension FaultSelection {
  /// The name in results.
  public var name: String {
    switch self {
    case .named(let kind, _): kind.name
    case .component(let component, let kind):
      component.name + (kind.map { " \($0.name)" } ?? "")
    }
  }
}

extension FluidSite {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .needle: "needle"
    case .line: "line"
    }
  }
  /// The site with this name.
  public init?(name: String) {
    guard let site = FluidSite.allCases.first(where: { $0.name == name }) else { return nil }
    self = site
  }
}

extension Component {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .forceCell: "force-cell"
    case .encoder: "encoder"
    case .stepCounter: "step-counter"
    case .carriageSensor: "carriage-sensor"
    case .motorCurrent: "motor-current"
    case .batteryGauge: "battery-gauge"
    case .thermometer: "thermometer"
    case .barrelClamp: "barrel-clamp"
    case .flangeSensor: "flange-sensor"
    case .plungerSensor: "plunger-sensor"
    case .sizer: "sizer"
    case .airDetector: "air-detector"
    case .wallClock: "wall-clock"
    case .clockCell: "clock-cell"
    case .stopKey: "stop-key"
    case .bolusKey: "bolus-key"
    case .audioKey: "audio-key"
    case .motor: "motor"
    case .nut: "nut"
    case .plunger: "plunger"
    case .line: "line"
    case .valve: "anti-siphon-valve"
    case .batteryCells: "battery-cells"
    case .lamp: "lamp"
    case .buzzer: "buzzer"
    case .powerFailTone: "power-fail-tone"
    case .display: "display"
    case .memory: "memory"
    case .processor: "processor"
    case .link: "link"
    case .ambient: "ambient"
    case .interference: "interference"
    }
  }
  /// The component with this name.
  public init?(name: String) {
    guard let component = Component.allCases.first(where: { $0.name == name }) else { return nil }
    self = component
  }
}

extension FailureKind {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .off: "off"
    case .stuck: "stuck"
    case .offset: "offset"
    case .gain: "gain"
    case .noise: "noise"
    case .slow: "slow"
    case .delayed: "delayed"
    case .intermittent: "intermittent"
    case .wrong: "wrong"
    }
  }
  /// The kind with this name.
  public init?(name: String) {
    guard let kind = FailureKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

extension FaultUnit {
  /// The unit in which the plant takes an amount; nil where there is no amount.
  public var physicalUnit: PhysicalUnit? {
    switch self {
    case .none: nil
    case .share: .whole
    case .newton: .newton
    case .millimetre: .millimetre
    case .microlitre: .microlitre
    case .milliampere: PhysicalUnit(.current, 1)
    case .volt: .volt
    case .celsius: .degreeCelsius
    case .second: .second
    }
  }

  /// The unit as people write it; nil where there is no amount.
  public var symbol: String? {
    switch self {
    case .none: nil
    case .share: "%"
    case .newton: "N"
    case .millimetre: "mm"
    case .microlitre: "µL"
    case .milliampere: "mA"
    case .volt: "V"
    case .celsius: "°C"
    case .second: "s"
    }
  }

  /// How many of what people write stand for one of what the plant takes.
  public var writtenPerUnit: Double { self == .share ? 100 : 1 }
}
