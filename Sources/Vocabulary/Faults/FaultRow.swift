// The vocabulary of faults, a row each: what reads, checks, shows and describes faults reads the row.

import PumpHAL
import PumpPlant

/// One fault as people write it: its name, what it means, its keys, and what they become.
public struct FaultRow: Sendable {
  /// What kind of fault it is.
  public let kind: FaultKind
  /// The component and the way in which it fails; nil for a fault with a name of its own.
  public let failing: (component: Component, kind: FailureKind)?
  /// The name of the fault, or of the component.
  public let name: String
  /// What it is, in a sentence.
  public let meaning: String
  /// The numbers of the fault list in `Docs/Faults.md` for which it stands.
  public let ids: [String]
  /// Its keys besides the time, in the order in which people write and read them.
  public let keys: [FaultKey]

  init(_ kind: FaultKind, _ name: String, _ meaning: String, _ ids: [String], _ keys: [FaultKey]) {
    self.kind = kind
    failing = nil
    self.name = name
    self.meaning = meaning
    self.ids = ids
    self.keys = keys + (kind.canEnd ? [.lasting] : [])
  }

  init(
    _ component: Component, _ failure: FailureKind, _ meaning: String, _ ids: [String],
    _ keys: [FaultKey]
  ) {
    kind = .component
    failing = (component, failure)
    name = component.name
    self.meaning = meaning
    self.ids = ids
    self.keys = keys + [.lasting]
  }

  /// Every fault that has a name of its own.
  public static let named: [FaultRow] = FaultKind.allCases.compactMap { named($0) }

  /// Every component in every way in which it can fail.
  public static let components: [FaultRow] = Component.allCases.flatMap { component in
    component.kinds.compactMap { failing(component, $0) }
  }

  /// Every fault that a session file can put in: those with names, then components by kind.
  public static let all: [FaultRow] = named + components

  /// The names under which faults can be looked up.
  public static let names: [String] = named.map(\.name) + Component.allCases.map(\.name)

  /// The row of a fault; nil where the plant cannot do it.
  public static func row(of fault: Fault) -> FaultRow? {
    if let failing = fault.failing { return self.failing(failing.component, failing.kind) }
    return named(fault.kind)
  }

  /// The name, with the kind of failure.
  public var title: String { name + (failing.map { " \($0.kind.name)" } ?? "") }

  /// An event that puts it in, as a session file writes it.
  public var example: String {
    let head =
      failing.map { "component: \(name), kind: \($0.kind.name)" } ?? "fault: \(name)"
    let rest = keys.filter(\.isInExample).map { "\($0.name): \($0.example)" }
    return "{ at: 1 min, " + ([head] + rest).joined(separator: ", ") + " }"
  }

  /// What its keys gave, in the plant's units.
  public struct Values: Equatable, Sendable {
    /// Where.
    public var site = FluidSite.needle
    /// How much.
    public var amount = 0.0
    /// Seconds in which the amount is reached.
    public var ramp = 0.0
    /// Seconds from one turn to the next.
    public var period = 0.0

    /// The number that belongs to a key.
    public subscript(_ part: FaultKey.Part) -> Double {
      get {
        switch part {
        case .amount: amount
        case .ramp: ramp
        case .period: period
        case .site, .lasting: 0
        }
      }
      set {
        switch part {
        case .amount: amount = newValue
        case .ramp: ramp = newValue
        case .period: period = newValue
        case .site, .lasting: break
        }
      }
    }
  }

  /// What is so where nothing is written.
  public var absentValues: Values {
    var values = Values()
    for key in keys { values[key.part] = key.absentValue }
    return values
  }

  /// The fault with these values.
  public func fault(_ values: Values) -> Fault {
    guard let failing else {
      return Fault(kind, site: values.site, amount: values.amount, ramp: values.ramp)
    }
    return .component(
      ComponentFault(
        failing.component, failing.kind, amount: values.amount, ramp: values.ramp,
        period: values.period))
  }
}

extension Fault {
  /// What its keys would have to say.
  public var values: FaultRow.Values {
    FaultRow.Values(
      site: site ?? .needle, amount: amount, ramp: ramp, period: failing?.period ?? 0)
  }

  /// How much of it there is, with its units: `needle, total, within 300 s`; nil where it is just
  /// there.
  ///
  /// - Parameter number: a number with at most so many decimals.
  public func details(_ number: (Double, Int) -> String) -> String? {
    guard let row = FaultRow.row(of: self) else { return nil }
    let values = values
    func words(_ key: FaultKey) -> String? {
      switch key.part {
      case .site: values.site.name
      case .amount: key.phrase.text(of: values.amount, number)
      // Nothing is said of what is so anyway.
      case .ramp, .period:
        values[key.part] == 0 ? nil : key.phrase.text(of: values[key.part], number)
      case .lasting: nil
      }
    }
    let parts = row.keys.compactMap(words)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
