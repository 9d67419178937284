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
    case .tissuePressure: .tissuePressure
    case .syringeRemoved: .syringeRemoved
    case .component: .component
    }
  }

  /// Whether every number in it is one, and a failing component one that the plant can do.
  public var isPossible: Bool {
    switch self {
    case .occlusion(_, let remaining, let ramp): remaining.isFinite && ramp.isFinite
    case .tissuePressure(let pressure, let ramp): pressure.isFinite && ramp.isFinite
    case .leak(_, let value), .bubble(let value), .lostSteps(let value), .wrongSyringe(let value),
      .forceOffset(let value), .battery(let value), .powerLoss(let value),
      .sitePressed(let value), .height(let value):
      value.isFinite
    case .disconnection, .stall, .forceStuck, .encoderLoss, .syringeRemoved: true
    case .component(let fault): fault.isPossible
    }
  }
}

extension Fault: CanonicalCodable {
  /// Appends kind, site or component, kind of failure and three numbers, 27 bytes whatever the fault.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    var place: UInt8 = 0
    var failure: UInt8 = 0
    var amount = 0.0
    var ramp = 0.0
    var period = 0.0
    switch self {
    case .occlusion(let site, let remaining, let time):
      (place, amount, ramp) = (site.rawValue, remaining, time)
    case .disconnection(let site): place = site.rawValue
    case .leak(let site, let conductance): (place, amount) = (site.rawValue, conductance)
    case .tissuePressure(let pressure, let time): (amount, ramp) = (pressure, time)
    case .bubble(let value), .lostSteps(let value), .wrongSyringe(let value),
      .forceOffset(let value), .battery(let value), .powerLoss(let value),
      .sitePressed(let value), .height(let value):
      amount = value
    case .stall, .forceStuck, .encoderLoss, .syringeRemoved: break
    case .component(let fault):
      place = fault.component.rawValue
      failure = fault.kind.rawValue
      (amount, ramp, period) = (fault.amount, fault.ramp, fault.period)
    }
    sink.put(kind)
    sink.put(place)
    sink.put(failure)
    sink.put(amount)
    sink.put(ramp)
    sink.put(period)
  }

  /// Reads a fault.
  public init<Source: CanonicalSource>(from source: inout Source) {
    let kind: FaultKind = source.takeCase(or: .stall)
    let place = source.take8()
    let failure: FailureKind = source.takeCase(or: .off)
    let amount = source.takeDouble()
    let ramp = source.takeDouble()
    let period = source.takeDouble()
    let site = kind == .component ? .needle : FluidSite(rawValue: place)
    let component = Component(rawValue: kind == .component ? place : 0)
    guard let site, let component, amount.isFinite, ramp.isFinite, period.isFinite else {
      source.fail()
      self = .stall
      return
    }
    self =
      switch kind {
      case .occlusion: .occlusion(site: site, remaining: amount, ramp: ramp)
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
      case .tissuePressure: .tissuePressure(mmHg: amount, ramp: ramp)
      case .syringeRemoved: .syringeRemoved
      case .component:
        .component(
          ComponentFault(component, failure, amount: amount, ramp: ramp, period: period))
      }
    if !isPossible {
      source.fail()
      self = .stall
    }
  }
}

extension FaultSelection: CanonicalCodable {
  /// Appends kind, site, component and kind of failure, each one byte, 255 where not given.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    switch self {
    case .named(let kind, let site):
      sink.put(kind)
      sink.put(site?.rawValue ?? 255)
      sink.put(255 as UInt8)
      sink.put(255 as UInt8)
    case .component(let component, let kind):
      sink.put(FaultKind.component)
      sink.put(255 as UInt8)
      sink.put(component)
      sink.put(kind?.rawValue ?? 255)
    }
  }

  /// Reads a selection.
  public init<Source: CanonicalSource>(from source: inout Source) {
    let kind: FaultKind = source.takeCase(or: .stall)
    let place = source.take8()
    let part = source.take8()
    let failure = source.take8()
    let site = FluidSite(rawValue: place)
    let component = Component(rawValue: part)
    let failureKind = FailureKind(rawValue: failure)
    let isKnown =
      (site != nil || place == 255) && (component != nil || part == 255)
      && (failureKind != nil || failure == 255)
      && (component == nil ? failureKind == nil : kind == .component && site == nil)
    if !isKnown { source.fail() }
    if let component {
      self = .component(component, failureKind)
    } else {
      self = .named(kind, site: site)
    }
  }
}
