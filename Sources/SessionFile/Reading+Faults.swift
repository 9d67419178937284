import Catalogue
import PumpHAL
import PumpPlant
import Vocabulary

extension Reading {
  /// A fault that has a name of its own: `{ at: 6 h, fault: occlusion, site: needle }`.
  func faultEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "fault", in: entries),
      let row = choice(value, "fault", among: FaultRow.named.map { ($0.name, $0) }),
      let section = section(
        tree, "the fault `\(row.name)`", keys: FormatKeys.fault + row.keys.map(\.name),
        example: "{ at: 6 h, fault: \(row.name) }")
    else { return nil }
    return injection(row, section)
  }

  /// A component that fails: `{ at: 6 h, component: force-cell, kind: gain, amount: -30 % }`.
  func componentEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "component", in: entries),
      let component = choice(
        value, "component", among: Component.allCases.map { ($0.name, $0) }),
      let section = section(
        tree, "the component `\(component.name)`", keys: FormatKeys.component,
        example: "{ at: 6 h, component: \(component.name), kind: \(component.kinds[0].name) }"),
      let kindTree = section.required("kind", example: "kind: \(component.kinds[0].name)"),
      let kind = failure(kindTree, of: component),
      let row = FaultRow.failing(component, kind)
    else { return nil }
    return injection(row, section)
  }

  /// What the keys of a row say.
  private func injection(_ row: FaultRow, _ section: Section) -> (Ticks, SessionEventKind)? {
    let at = time(section)
    var values = row.absentValues
    var lasting: Ticks?
    var isRead = refuseOthers(row, section)
    for key in row.keys {
      guard let tree = section[key.name] else {
        if key.isRequired {
          _ = section.required(key.name, example: "\(key.name): \(key.example)")
          isRead = false
        }
        continue
      }
      switch key.part {
      case .site:
        if let site = choice(tree, "site", among: FluidSite.allCases.map({ ($0.name, $0) })) {
          values.site = site
        } else {
          isRead = false
        }
      case .lasting:
        lasting = quantity(
          tree, key.subject, in: Ticks(count: 1)...Ticks(count: 259_200_000), ends: key.ends,
          example: key.example)
        isRead = isRead && lasting != nil
      case .amount, .ramp, .period:
        if let number = number(tree, key) {
          values[key.part] = number
        } else {
          isRead = false
        }
      }
    }
    guard isRead, let at else { return nil }
    return (at, .inject(row.fault(values), lasting: lasting))
  }

  /// What a key says, in the plant's unit.
  private func number(_ tree: Tree, _ key: FaultKey) -> Double? {
    switch key.writing {
    case .quantity(let unit, let range, let ends):
      number(tree, key.subject, in: unit, range: range, ends: ends, example: key.example)
    case .whole(let range):
      wholeNumber(tree, key.subject, in: range, example: "\(key.name): \(key.example)")
        .map { Double($0) }
    case .syringe:
      entry(tree, key.subject, in: catalogue.syringes)?.value.boreAreaSquareMillimetres
    case .site: nil
    }
  }

  /// Keys that another failure of the component has; false where one is written.
  private func refuseOthers(_ row: FaultRow, _ section: Section) -> Bool {
    guard row.failing != nil else { return true }
    let others = [
      ("amount", "takes no amount"), ("ramp", "does not grow: it is there or it is not"),
      ("period", "has no period"),
    ]
    var areAbsent = true
    for (name, why) in others where !row.keys.contains(where: { $0.name == name }) {
      guard let tree = section[name] else { continue }
      note(tree.place, "\(row.title) \(why)", "leave `\(name)` out")
      areAbsent = false
    }
    return areAbsent
  }

  /// A kind of failure that this component can have.
  func failure(_ tree: Tree, of component: Component) -> FailureKind? {
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
}
