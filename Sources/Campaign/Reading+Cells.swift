// Which cells are left out, what is expected of which, and against which they are held.

import Catalogue
import SessionFile
import Vocabulary

extension Reading {
  func exclusions(_ tree: Tree, _ axes: [CampaignAxis]) -> [Exclusion] {
    let example = "exclude: [ { reservoir.syringe: terumo-5, because: too small } ]"
    let elements = list(tree, "`exclude`", maximum: 1000, example: example) ?? []
    return elements.compactMap { element in
      guard case .mapping(let entries) = element.content else {
        note(
          element.place, "the exclusion is \(element.kindName), not a mapping",
          "write `\(example)`")
        return nil
      }
      let because = entries.first { $0.key == "because" }?.value
      let reason = because.flatMap {
        text($0, "the reason", maximum: 500, example: "because: too small")
      }
      let conditions = entries.filter { $0.key != "because" }
      guard let selector = selector(conditions, at: element.place, axes) else { return nil }
      return Exclusion(selector: selector, reason: reason)
    }
  }

  func campaignExpectations(_ tree: Tree, _ axes: [CampaignAxis]) -> [CampaignExpectation] {
    let example = "expect: [ { alarm: downstream-occlusion, when: { seed: 1 } } ]"
    let elements = list(tree, "`expect`", maximum: 200, example: example) ?? []
    return elements.compactMap { element in
      guard case .mapping(let entries) = element.content else {
        note(
          element.place, "the expectation is \(element.kindName), not a mapping",
          "write `\(example)`")
        return nil
      }
      var selector = CellSelector()
      if let when = entries.first(where: { $0.key == "when" })?.value {
        guard let read = self.selector(when, axes) else { return nil }
        selector = read
      }
      let rest = entries.filter { $0.key != "when" }
      if let refused = rest.first(where: { $0.key == "refused" }) {
        return refusal(refused.value, rest, selector)
      }
      let bare = Tree(place: element.place, content: .mapping(rest))
      // Read here only for its mistakes: with each cell it is read again.
      guard expectation(bare) != nil else { return nil }
      return CampaignExpectation(selector: selector, kind: .session(bare))
    }
  }

  private func refusal(
    _ tree: Tree, _ entries: [Tree.Entry], _ selector: CellSelector
  ) -> CampaignExpectation? {
    guard entries.count == 1 else {
      note(tree.place, "`refused` stands with other keys", "write it alone, or with `when`")
      return nil
    }
    return text(tree, "what the refusal says", example: "refused: hard limit").map {
      CampaignExpectation(selector: selector, kind: .refusal($0))
    }
  }

  /// The cells of one value of one axis.
  func twin(_ tree: Tree, _ axes: [CampaignAxis]) -> CellSelector? {
    guard let selector = selector(tree, axes) else { return nil }
    guard selector.conditions.count == 1, selector.conditions[0].labels.count == 1 else {
      note(
        tree.place, "`twin` does not name one value of one list", "write `twin: { fault: none }`")
      return nil
    }
    return selector
  }

  private func selector(_ tree: Tree, _ axes: [CampaignAxis]) -> CellSelector? {
    guard case .mapping(let entries) = tree.content else {
      note(tree.place, "this is \(tree.kindName), not a mapping", "write `{ seed: [1, 2] }`")
      return nil
    }
    return selector(entries, at: tree.place, axes)
  }

  private func selector(
    _ entries: [Tree.Entry], at place: Place, _ axes: [CampaignAxis]
  ) -> CellSelector? {
    guard !entries.isEmpty else {
      note(place, "no list is named", "write one of those under `vary`, e.g. `\(axes[0].name): …`")
      return nil
    }
    var selector = CellSelector()
    for entry in entries {
      guard let axis = axes.firstIndex(where: { $0.name == entry.key }) else {
        note(
          entry.keyPlace, "`\(entry.key)` is no list under `vary`",
          Reading.suggestion(for: entry.key, among: Array(axes.map(\.name).prefix(12))))
        return nil
      }
      let texts: [Tree]
      if case .list(let elements) = entry.value.content {
        texts = elements
      } else {
        texts = [entry.value]
      }
      var labels: Set<Int> = []
      for text in texts {
        guard let index = label(text, of: axes[axis]) else { return nil }
        labels.insert(index)
      }
      selector.conditions.append((axis, labels))
    }
    return selector
  }

  private func label(_ tree: Tree, of axis: CampaignAxis) -> Int? {
    // A structured value is named as the table shows it.
    let label = if case .text(let text, _) = tree.content { text } else { tree.flowText }
    if let index = axis.values.firstIndex(where: { $0.label == label }) { return index }
    note(
      tree.place, "`\(axis.name)` has no value `\(label)`",
      Reading.suggestion(for: label, among: Array(axis.labels.prefix(12))))
    return nil
  }
}
