import PumpHAL
import PumpPlant
import Vocabulary

extension Reading {
  /// What somebody puts right: a fault by its name, or a component.
  func clearEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "clear", in: entries) else { return nil }
    if case .text(let name, _) = value.content, let component = Component(name: name),
      FaultKind(name: name) == nil
    {
      return clearComponent(component, tree)
    }
    let faults = FaultRow.named.map { ($0.name, $0.kind as FaultKind?) }
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
}
