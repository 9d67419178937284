import PumpHAL

extension Fault {
  /// What kind of fault it is.
  public var kind: FaultKind {
    switch self {
    case .occlusion: .occlusion
    case .disconnection: .disconnection
    case .leak: .leak
    case .bubble: .bubble
    case .stall: .stall
    case .lostSteps: .lostSteps
    case .wrongSyringe: .wrongSyringe
    case .forceOffset: .forceOffset
    case .forceStuck: .forceStuck
    case .encoderLoss: .encoderLoss
    case .battery: .battery
    case .powerLoss: .powerLoss
    case .sitePressed: .sitePressed
    case .height: .height
    }
  }

  /// Whether every number in it is one.
  public var isFinite: Bool {
    switch self {
    case .occlusion(_, let remaining, let ramp): remaining.isFinite && ramp.isFinite
    case .leak(_, let value), .bubble(let value), .lostSteps(let value), .wrongSyringe(let value),
      .forceOffset(let value), .battery(let value), .powerLoss(let value),
      .sitePressed(let value), .height(let value):
      value.isFinite
    case .disconnection, .stall, .forceStuck, .encoderLoss: true
    }
  }
}

extension Fault: CanonicalCodable {
  /// Appends kind, site and two numbers, 18 bytes whatever the fault.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    var place = FluidSite.needle
    var amount = 0.0
    var second = 0.0
    switch self {
    case .occlusion(let site, let remaining, let ramp):
      (place, amount, second) = (site, remaining, ramp)
    case .disconnection(let site): place = site
    case .leak(let site, let conductance): (place, amount) = (site, conductance)
    case .bubble(let value), .lostSteps(let value), .wrongSyringe(let value),
      .forceOffset(let value), .battery(let value), .powerLoss(let value),
      .sitePressed(let value), .height(let value):
      amount = value
    case .stall, .forceStuck, .encoderLoss: break
    }
    sink.put(kind)
    sink.put(place)
    sink.put(amount)
    sink.put(second)
  }

  /// Reads a fault.
  public init<Source: CanonicalSource>(from source: inout Source) {
    let kind: FaultKind = source.takeCase(or: .stall)
    let site: FluidSite = source.takeCase(or: .needle)
    let amount = source.takeDouble()
    let second = source.takeDouble()
    if !amount.isFinite || !second.isFinite { source.fail() }
    self =
      switch kind {
      case .occlusion: .occlusion(site: site, remaining: amount, ramp: second)
      case .disconnection: .disconnection(site: site)
      case .leak: .leak(site: site, conductance: amount)
      case .bubble: .bubble(volume: amount)
      case .stall: .stall
      case .lostSteps: .lostSteps(fraction: amount)
      case .wrongSyringe: .wrongSyringe(boreArea: amount)
      case .forceOffset: .forceOffset(newtons: amount)
      case .forceStuck: .forceStuck
      case .encoderLoss: .encoderLoss
      case .battery: .battery(charge: amount)
      case .powerLoss: .powerLoss(duration: amount)
      case .sitePressed: .sitePressed(factor: amount)
      case .height: .height(metres: amount)
      }
  }
}
