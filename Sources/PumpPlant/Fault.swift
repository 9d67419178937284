import PumpHAL

/// Where on the fluid path something happens.
public enum FluidSite: UInt8, Sendable, CaseIterable {
  /// At the needle, or between hub and tissue.
  case needle = 0
  /// In the line, between syringe and hub.
  case line = 1
}

/// What kind of fault; what `clear` names.
///
/// A kind is declared here, does something in `Plant.inject` and ends in `Plant.clear`; how people write
/// it, with which keys and bounds, is its row in the vocabulary of faults.
public enum FaultKind: UInt8, Sendable, CaseIterable {
  /// Flow blocked at `site`: `amount` of its conductance is left (0 is total), reached linearly over
  /// `ramp`.
  case occlusion = 0
  /// The line has come off at `site`: everything beyond runs into the open.
  case disconnection = 1
  /// A leak to the outside at `site`, conductance in µL/s per mmHg.
  case leak = 2
  /// A bubble of so many µL (at ambient pressure) in the line; cannot be cleared, it has to pass.
  case bubble = 3
  /// The motor stalls: no step is done.
  case stall = 4
  /// This fraction of steps is lost, spread evenly.
  case lostSteps = 5
  /// The syringe fitted has another bore area, mm².
  case wrongSyringe = 6
  /// The force cell reads so many newtons too much.
  case forceOffset = 7
  /// The force cell repeats its last value.
  case forceStuck = 8
  /// The encoder gives no counts; it still looks valid.
  case encoderLoss = 9
  /// The battery is at this fraction of its charge; clearing it fits a fresh battery.
  case battery = 10
  /// No power for so many seconds: the controller dies, memory and mechanics stay; ends by itself.
  case powerLoss = 11
  /// Somebody leans on the site: the tissue's yield pressure is this many times higher.
  case sitePressed = 12
  /// The pump hangs so many metres above the site (negative: below); cleared, they are level.
  case height = 13
  /// The tissue at rest has so many mmHg more (negative: suction), reached linearly over `ramp`.
  case tissuePressure = 14
  /// The syringe is taken out of the pump, the line still on it; cleared, the same is put back.
  case syringeRemoved = 15
  /// A component fails (`Fault.failing`); clearing it mends every component.
  case component = 16

  /// Whether somebody can put it right; else it passes by itself.
  public var isClearable: Bool { self != .bubble && self != .powerLoss }

  /// Whether it happens at a place on the fluid path.
  public var hasSite: Bool { self == .occlusion || self == .disconnection || self == .leak }

  /// Whether it can be put in for a time, after which it is cleared.
  public var canEnd: Bool { isClearable && self != .battery }
}

/// A fault in the world: what is wrong, where, and how much.
public struct Fault: Equatable, Sendable {
  /// What kind it is.
  public private(set) var kind: FaultKind
  /// A site, or the component that fails, by number; 0 where a kind has neither.
  private var place: UInt8
  private var failure: FailureKind
  /// How much, in the unit that its kind says; 0 where there is no amount.
  public private(set) var amount: Double
  /// Seconds in which the amount is reached; 0 at once.
  public private(set) var ramp: Double
  private var period: Double

  /// A fault with a name of its own.
  public init(
    _ kind: FaultKind, site: FluidSite = .needle, amount: Double = 0, ramp: Double = 0
  ) {
    self.kind = kind
    place = kind.hasSite ? site.rawValue : 0
    failure = .off
    self.amount = amount
    self.ramp = ramp
    period = 0
  }

  /// A component that fails.
  public static func component(_ failing: ComponentFault) -> Fault { Fault(failing) }

  private init(_ failing: ComponentFault) {
    kind = .component
    place = failing.component.rawValue
    failure = failing.kind
    amount = failing.amount
    ramp = failing.ramp
    period = failing.period
  }

  /// Where it is; nil where its kind is at no place.
  public var site: FluidSite? { kind.hasSite ? FluidSite(rawValue: place) : nil }

  /// The component that fails; nil for a fault with a name of its own.
  public var failing: ComponentFault? {
    guard kind == .component, let component = Component(rawValue: place) else { return nil }
    return ComponentFault(component, failure, amount: amount, ramp: ramp, period: period)
  }

  /// Whether every number in it is one, and a failing component one that the plant can do.
  public var isPossible: Bool {
    if kind == .component { return failing?.isPossible ?? false }
    return amount.isFinite && ramp.isFinite
  }

  /// What it takes to put just this right.
  public var selection: FaultSelection {
    if let failing { return .component(failing.component, failing.kind) }
    return .named(kind, site: site)
  }
}

extension Fault: CanonicalCodable {
  /// Appends kind, site or component, kind of failure and three numbers, 27 bytes whatever the fault.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(kind)
    sink.put(place)
    sink.put(failure)
    sink.put(amount)
    sink.put(ramp)
    sink.put(period)
  }

  /// Reads a fault; fails where the plant could not do it.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self = .stall
    kind = source.takeCase(or: .stall)
    place = source.take8()
    failure = source.takeCase(or: .off)
    amount = source.takeDouble()
    ramp = source.takeDouble()
    period = source.takeDouble()
    let isNamed = kind != .component && failure == .off && period == 0
    let isPlaced =
      kind == .component || (kind.hasSite ? FluidSite(rawValue: place) != nil : place == 0)
    if !isPossible || !isPlaced || !(isNamed || kind == .component) {
      source.fail()
      self = .stall
    }
  }
}

// What is wrong in the words of the world: `.occlusion(site: .needle, remaining: 0, ramp: 0)`.
extension Fault {
  /// See `FaultKind.occlusion`.
  public static func occlusion(site: FluidSite, remaining: Double, ramp: Double) -> Fault {
    Fault(.occlusion, site: site, amount: remaining, ramp: ramp)
  }
  /// See `FaultKind.disconnection`.
  public static func disconnection(site: FluidSite) -> Fault { Fault(.disconnection, site: site) }
  /// See `FaultKind.leak`.
  public static func leak(site: FluidSite, conductance: Double) -> Fault {
    Fault(.leak, site: site, amount: conductance)
  }
  /// See `FaultKind.bubble`.
  public static func bubble(volume: Double) -> Fault { Fault(.bubble, amount: volume) }
  /// See `FaultKind.stall`.
  public static var stall: Fault { Fault(.stall) }
  /// See `FaultKind.lostSteps`.
  public static func lostSteps(fraction: Double) -> Fault { Fault(.lostSteps, amount: fraction) }
  /// See `FaultKind.wrongSyringe`.
  public static func wrongSyringe(boreArea: Double) -> Fault {
    Fault(.wrongSyringe, amount: boreArea)
  }
  /// See `FaultKind.forceOffset`.
  public static func forceOffset(newtons: Double) -> Fault { Fault(.forceOffset, amount: newtons) }
  /// See `FaultKind.forceStuck`.
  public static var forceStuck: Fault { Fault(.forceStuck) }
  /// See `FaultKind.encoderLoss`.
  public static var encoderLoss: Fault { Fault(.encoderLoss) }
  /// See `FaultKind.battery`.
  public static func battery(charge: Double) -> Fault { Fault(.battery, amount: charge) }
  /// See `FaultKind.powerLoss`.
  public static func powerLoss(duration: Double) -> Fault { Fault(.powerLoss, amount: duration) }
  /// See `FaultKind.sitePressed`.
  public static func sitePressed(factor: Double) -> Fault { Fault(.sitePressed, amount: factor) }
  /// See `FaultKind.height`.
  public static func height(metres: Double) -> Fault { Fault(.height, amount: metres) }
  /// See `FaultKind.tissuePressure`.
  public static func tissuePressure(mmHg: Double, ramp: Double) -> Fault {
    Fault(.tissuePressure, amount: mmHg, ramp: ramp)
  }
  /// See `FaultKind.syringeRemoved`.
  public static var syringeRemoved: Fault { Fault(.syringeRemoved) }
}

extension Fault {
  /// Whether it blocks or narrows the way from syringe to tissue, whatever it is called.
  public var narrowsLine: Bool { kind == .occlusion || failing?.component == .line }
}
