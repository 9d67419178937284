import PumpHAL
import PumpPlant
import Vocabulary

extension Reading {
  /// A component that fails: `{ at: 6 h, component: force-cell, kind: gain, amount: -30 % }`.
  func componentEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "component", in: entries),
      let component = choice(
        value, "component", among: Component.allCases.map { ($0.name, $0) }),
      let section = section(
        tree, "the component `\(component.name)`", keys: FormatKeys.component,
        example: "{ at: 6 h, component: \(component.name), kind: \(component.kinds[0].name) }")
    else { return nil }
    let at = time(section)
    guard let kindTree = section.required("kind", example: "kind: \(component.kinds[0].name)"),
      let kind = failure(kindTree, of: component)
    else { return nil }
    let amount = amount(section, component, kind)
    let ramp = ramp(section, component, kind)
    let period = period(section, component, kind)
    let lasting = lasting(section)
    guard lasting.isRead, let at, let amount, let ramp, let period else { return nil }
    let fault = ComponentFault(component, kind, amount: amount, ramp: ramp, period: period)
    return (at, .inject(.component(fault), lasting: lasting.time))
  }

  /// What somebody puts right: a fault by its name, or a component.
  func clearEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "clear", in: entries) else { return nil }
    if case .text(let name, _) = value.content, let component = Component(name: name),
      FaultKind(name: name) == nil
    {
      return clearComponent(component, tree)
    }
    let faults = FaultKind.named.map { ($0.name, $0 as FaultKind?) }
    let parts = Component.allCases.map { ($0.name, nil as FaultKind?) }
    guard
      let section = section(
        tree, "the event", keys: FormatKeys.clear, example: "{ at: 7 h, clear: occlusion }")
    else { return nil }
    let at = time(section)
    guard let choice = choice(value, "fault", among: faults + parts), let kind = choice else {
      return nil
    }
    guard kind.isClearable else {
      note(
        value.place, "the fault `\(kind.name)` cannot be cleared",
        kind == .bubble
          ? "leave this out; a bubble passes by itself"
          : "leave this out; power returns after `duration`")
      return nil
    }
    var site: FluidSite?
    if let tree = section["site"] {
      guard kind.hasSite else {
        note(tree.place, "the fault `\(kind.name)` has no site", "leave `site` out")
        return nil
      }
      site = self.choice(tree, "site", among: FluidSite.allCases.map { ($0.name, $0) })
      if site == nil { return nil }
    }
    return at.map { ($0, .clear(.named(kind, site: site))) }
  }

  private func clearComponent(_ component: Component, _ tree: Tree) -> (Ticks, SessionEventKind)? {
    guard
      let section = section(
        tree, "the event", keys: FormatKeys.clearComponent,
        example: "{ at: 7 h, clear: \(component.name) }")
    else { return nil }
    let at = time(section)
    guard let tree = section["kind"] else {
      return at.map { ($0, .clear(.component(component, nil))) }
    }
    guard let kind = failure(tree, of: component), let at else { return nil }
    return (at, .clear(.component(component, kind)))
  }

  /// A kind of failure that this component can have.
  private func failure(_ tree: Tree, of component: Component) -> FailureKind? {
    let names = component.kinds.map(\.name).joined(separator: ", ")
    guard let text = text(tree, "the kind of failure", example: "one of \(names)") else {
      return nil
    }
    if let kind = FailureKind(name: text), component.amount(of: kind) != nil { return kind }
    let isKind = FailureKind(name: text) != nil
    note(
      tree.place,
      isKind
        ? "the component `\(component.name)` cannot fail in the way `\(text)`"
        : "`\(text)` is no kind of failure",
      "for \(component.name) write one of \(names)")
    return nil
  }

  private func amount(
    _ section: Section, _ component: Component, _ kind: FailureKind
  ) -> Double? {
    guard let allowed = component.amount(of: kind) else { return nil }
    let name = "\(component.name) \(kind.name)"
    guard let unit = allowed.unit.physicalUnit else {
      if let tree = section["amount"] {
        note(tree.place, "\(name) takes no amount", "leave `amount` out")
        return nil
      }
      return 0
    }
    let example = allowed.example
    return section.required("amount", example: "amount: \(example)").flatMap {
      number(
        $0, "the amount of \(name)", in: unit, range: allowed.least...allowed.most,
        ends: allowed.ends, example: example)
    }
  }

  private func ramp(_ section: Section, _ component: Component, _ kind: FailureKind) -> Double? {
    guard let tree = section["ramp"] else { return 0 }
    guard component.takesRamp(kind) else {
      note(
        tree.place, "\(component.name) \(kind.name) does not grow: it is there or it is not",
        "leave `ramp` out")
      return nil
    }
    return number(
      tree, "the ramp", in: .second, range: 0...ComponentFault.mostRamp, ends: "0 s to 10 d",
      example: "10 min")
  }

  private func period(_ section: Section, _ component: Component, _ kind: FailureKind) -> Double? {
    let isUsed = component.usesPeriod(kind)
    guard let tree = section["period"] else { return isUsed ? 1 : 0 }
    guard isUsed else {
      note(
        tree.place, "\(component.name) \(kind.name) has no period", "leave `period` out")
      return nil
    }
    return number(
      tree, "the period", in: .second,
      range: ComponentFault.leastPeriod...ComponentFault.mostPeriod, ends: "20 ms to 24 h",
      example: "1 s")
  }
}

extension FaultAmount {
  /// A number of its unit as people write it.
  func shown(_ value: Double) -> String {
    let written = value * unit.writtenPerUnit
    let isWhole = written == written.rounded(.towardZero) && abs(written) < 1e15
    return (isWhole ? "\(Int64(written))" : "\(written)") + " " + (unit.symbol ?? "")
  }

  /// From the least to the most, as people write it.
  var ends: String { "\(shown(least)) to \(shown(most))" }

  /// An amount as one might write it: a tenth of the way, on the side that has more room.
  var example: String {
    let far = abs(least) > abs(most) ? least : most
    let near = far == most ? max(least, 0) : min(most, 0)
    // 0.1 is not a binary number: whole units where there are any.
    let value = near + (far - near) / 10
    let whole = (value * unit.writtenPerUnit).rounded(.towardZero) / unit.writtenPerUnit
    return shown(whole == near ? value : whole)
  }
}
