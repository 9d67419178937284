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
}
