import PumpHAL

/// Where on the fluid path something happens.
public enum FluidSite: UInt8, Sendable, CaseIterable {
  /// At the needle, or between hub and tissue.
  case needle = 0
  /// In the line, between syringe and hub.
  case line = 1
}

/// A fault in the world: what is wrong, where, and how much.
public enum Fault: Equatable, Sendable {
  /// Flow blocked at `site`: `remaining` of its conductance is left (0 is total), reached linearly
  /// over `ramp` seconds.
  case occlusion(site: FluidSite, remaining: Double, ramp: Double)
  /// The line has come off at `site`: everything beyond runs into the open.
  case disconnection(site: FluidSite)
  /// A leak to the outside at `site`, conductance in µL/s per mmHg.
  case leak(site: FluidSite, conductance: Double)
  /// A bubble of so many µL (at ambient pressure) in the line.
  case bubble(volume: Double)
  /// The motor stalls: no step is done.
  case stall
  /// This fraction of steps is lost, spread evenly.
  case lostSteps(fraction: Double)
  /// The syringe fitted has another bore area, mm².
  case wrongSyringe(boreArea: Double)
  /// The force cell reads so many newtons too much.
  case forceOffset(newtons: Double)
  /// The force cell repeats its last value.
  case forceStuck
  /// The encoder gives no counts; it still looks valid.
  case encoderLoss
  /// The battery is at this fraction of its charge.
  case battery(charge: Double)
  /// No power for so many seconds: the controller dies, memory and mechanics stay.
  case powerLoss(duration: Double)
  /// Somebody leans on the site: the tissue's yield pressure is this many times higher.
  case sitePressed(factor: Double)
  /// The pump hangs so many metres above the site (negative: below).
  case height(metres: Double)
  /// The tissue at rest has so many mmHg more (negative: suction), reached linearly over `ramp`
  /// seconds.
  case tissuePressure(mmHg: Double, ramp: Double)
  /// The syringe is taken out of the pump, the line still on it.
  case syringeRemoved
  /// A component fails.
  case component(ComponentFault)
}

/// What kind of fault; what `clear` names.
public enum FaultKind: UInt8, Sendable, CaseIterable {
  /// See `Fault.occlusion`.
  case occlusion = 0
  /// See `Fault.disconnection`.
  case disconnection = 1
  /// See `Fault.leak`.
  case leak = 2
  /// See `Fault.bubble`; cannot be cleared, it has to pass.
  case bubble = 3
  /// See `Fault.stall`.
  case stall = 4
  /// See `Fault.lostSteps`.
  case lostSteps = 5
  /// See `Fault.wrongSyringe`.
  case wrongSyringe = 6
  /// See `Fault.forceOffset`.
  case forceOffset = 7
  /// See `Fault.forceStuck`.
  case forceStuck = 8
  /// See `Fault.encoderLoss`.
  case encoderLoss = 9
  /// See `Fault.battery`; clearing it fits a fresh battery.
  case battery = 10
  /// See `Fault.powerLoss`; ends by itself.
  case powerLoss = 11
  /// See `Fault.sitePressed`.
  case sitePressed = 12
  /// See `Fault.height`; clearing it puts pump and site level.
  case height = 13
  /// See `Fault.tissuePressure`.
  case tissuePressure = 14
  /// See `Fault.syringeRemoved`; clearing it puts the same syringe back.
  case syringeRemoved = 15
  /// See `Fault.component`; clearing it mends every component.
  case component = 16

  /// Whether somebody can put it right; else it passes by itself.
  public var isClearable: Bool { self != .bubble && self != .powerLoss }

  /// Whether it happens at a place on the fluid path.
  public var hasSite: Bool { self == .occlusion || self == .disconnection || self == .leak }

  /// Whether it can be put in for a time, after which it is cleared.
  public var canEnd: Bool { isClearable && self != .battery }
}

/// Which faults are meant where some are put right.
public enum FaultSelection: Equatable, Sendable {
  /// Everything of a kind; only at `site` where one is given.
  case named(FaultKind, site: FluidSite?)
  /// All failures of a component; only those of `kind` where one is given.
  case component(Component, FailureKind?)
}

extension Fault {
  /// Whether it blocks or narrows the way from syringe to tissue, whatever it is called.
  public var narrowsLine: Bool {
    switch self {
    case .occlusion: true
    case .component(let failing): failing.component == .line
    default: false
    }
  }

  /// What it takes to put just this right.
  public var selection: FaultSelection {
    switch self {
    case .component(let fault): .component(fault.component, fault.kind)
    case .occlusion(let site, _, _), .disconnection(let site), .leak(let site, _):
      .named(kind, site: site)
    default: .named(kind, site: nil)
    }
  }
}

extension FaultSelection {
  /// Whether `fault` is among them.
  public func holds(_ fault: Fault) -> Bool {
    switch (self, fault) {
    case (.component(let component, let kind), .component(let fault)):
      return fault.component == component && (kind == nil || fault.kind == kind)
    case (.named(let kind, let site), _):
      guard fault.kind == kind else { return false }
      guard let site, case .named(_, let place) = fault.selection else { return true }
      return place == site
    default: return false
    }
  }
}
