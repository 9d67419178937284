import Catalogue
import PumpHAL
import PumpPlant
import Vocabulary

extension Reading {
  /// One event: a fault, the end of one, or what somebody does.
  func event(_ tree: Tree) -> Located<SessionEvent>? {
    let example = "{ at: 6 h, fault: occlusion, site: needle }"
    guard case .mapping(let entries) = tree.content else {
      note(tree.place, "the event is \(tree.kindName), not a mapping", "write `\(example)`")
      return nil
    }
    let has = { (key: String) in entries.contains { $0.key == key } }
    let kinds = ["fault", "component", "clear", "action"].filter(has)
    guard kinds.count == 1, let kind = kinds.first else {
      note(
        tree.place,
        kinds.isEmpty
          ? "the event does not say what happens"
          : "the event says \(kinds.map { "`\($0)`" }.joined(separator: " and "))",
        kinds.isEmpty
          ? unnamedEventRemedy(entries, example) : "write each as an event of its own")
      return nil
    }
    let read =
      switch kind {
      case "fault": faultEvent(tree, entries)
      case "component": componentEvent(tree, entries)
      case "clear": clearEvent(tree, entries)
      default: actionEvent(tree, entries)
      }
    guard let (at, eventKind) = read else { return nil }
    let code = value(of: FormatKeys.code, in: entries).flatMap { self.code($0, "the code") }
    return Located(
      value: SessionEvent(at: at, line: tree.place.line, kind: eventKind, code: code),
      place: tree.place)
  }

  /// A key that is nearly one of the four explains most of these.
  private func unnamedEventRemedy(_ entries: [Tree.Entry], _ example: String) -> String {
    for entry in entries where !["at", "operator", "site"].contains(entry.key) {
      if let near = nearest(to: entry.key, in: ["fault", "component", "clear", "action"]) {
        return "did you mean `\(near)` instead of `\(entry.key)`?"
      }
    }
    return
      "write `fault: …`, `component: …`, `clear: …` or `operator: …, action: …`, e.g. `\(example)`"
  }

  func time(_ section: Section) -> Ticks? {
    section.required("at", example: "at: 6 h").flatMap {
      quantity(
        $0, "the time of the event", in: .zero...Ticks(count: 259_200_000), ends: "0 s to 30 d",
        example: "6 h 30 min")
    }
  }

  func value(of key: String, in entries: [Tree.Entry]) -> Tree? {
    entries.first { $0.key == key }?.value
  }
}
