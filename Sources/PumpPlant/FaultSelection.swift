import PumpHAL

/// Which faults are meant where some are put right.
public enum FaultSelection: Equatable, Sendable {
  /// Everything of a kind; only at `site` where one is given.
  case named(FaultKind, site: FluidSite?)
  /// All failures of a component; only those of `kind` where one is given.
  case component(Component, FailureKind?)

  /// Whether `fault` is among them.
  public func holds(_ fault: Fault) -> Bool {
    switch self {
    case .component(let component, let kind):
      guard let failing = fault.failing else { return false }
      return failing.component == component && (kind == nil || failing.kind == kind)
    case .named(let kind, let site):
      guard fault.kind == kind else { return false }
      return site == nil || fault.site == nil || fault.site == site
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
