// The lists of a campaign: values of one parameter, values that vary together, named variants.

import Catalogue
import SessionFile
import Vocabulary

extension Reading {
  /// Values that every cell has.
  func settings(_ tree: Tree) -> [Assignment] {
    guard case .mapping(let entries) = tree.content else {
      note(tree.place, "`set` is \(tree.kindName), not a mapping", "write `set: { PATH: VALUE }`")
      return []
    }
    return assignments(entries)
  }

  private func assignments(_ entries: [Tree.Entry]) -> [Assignment] {
    entries.compactMap { entry in
      path(entry.key, at: entry.keyPlace).map { assignment($0, entry.value) }
    }
  }

  /// The axes in the order of the file.
  func axes(_ tree: Tree) -> [CampaignAxis] {
    let example = "vary: { reservoir.syringe: [bd-plastipak-10, terumo-20] }"
    guard case .mapping(let entries) = tree.content, !entries.isEmpty else {
      note(tree.place, "`vary` is \(tree.kindName), not a mapping", "write `\(example)`")
      return []
    }
    return entries.compactMap { entry in
      guard let values = values(entry) else { return nil }
      return CampaignAxis(name: entry.key, values: values)
    }
  }

  private func values(_ entry: Tree.Entry) -> [AxisValue]? {
    let values: [AxisValue]?
    if case .mapping(let members) = entry.value.content {
      values = group(entry, members)
    } else {
      guard let path = path(entry.key, at: entry.keyPlace) else { return nil }
      values = listed(entry.value, "`\(entry.key)`").map { list in
        list.enumerated().map { index, tree in
          AxisValue(
            label: label(of: tree, number: index + 1),
            assignments: [assignment(path, tree)], place: tree.place)
        }
      }
    }
    guard let values else { return nil }
    var seen: Set<String> = []
    for value in values where !seen.insert(value.label).inserted {
      note(value.place, "`\(entry.key)` has `\(value.label)` twice", "leave one out")
    }
    return values
  }

  /// `with:` or `variants:` under a name.
  private func group(_ entry: Tree.Entry, _ members: [Tree.Entry]) -> [AxisValue]? {
    let example = "with: { reservoir.syringe: [a, b], reservoir.fill: [10 mL, 20 mL] }"
    guard members.count == 1, let member = members.first, CampaignKeys.group.contains(member.key)
    else {
      let stray = members.first { !CampaignKeys.group.contains($0.key) }
      note(
        stray?.keyPlace ?? entry.keyPlace,
        "`\(entry.key)` is neither a list of values nor a group of them",
        "write a list, or `\(example)`, or `variants: { slow: { seed: 1 }, … }`")
      return nil
    }
    guard case .mapping(let parts) = member.value.content, !parts.isEmpty else {
      note(
        member.value.place, "`\(member.key)` is \(member.value.kindName), not a mapping",
        "write `\(example)`")
      return nil
    }
    return member.key == "with" ? together(parts) : variants(parts)
  }

  /// Lists of one length, of which the n-th values go together.
  private func together(_ parts: [Tree.Entry]) -> [AxisValue]? {
    var columns: [(path: ParameterPath, values: [Tree])] = []
    for part in parts {
      guard let path = path(part.key, at: part.keyPlace),
        let values = listed(part.value, "`\(part.key)`")
      else { return nil }
      if let first = columns.first, first.values.count != values.count {
        note(
          part.value.place,
          "`\(part.key)` has \(values.count) values, `\(first.path)` has \(first.values.count)",
          "write as many values for each, or make them lists of their own")
        return nil
      }
      columns.append((path, values))
    }
    guard let count = columns.first?.values.count else { return nil }
    // As many of the columns as tell the rows apart name them.
    var labels = [String](repeating: "", count: count)
    for column in columns {
      let added = (0..<count).map { label(of: column.values[$0], number: $0 + 1) }
      labels = zip(labels, added).map { $0.isEmpty ? $1 : "\($0) / \($1)" }
      if Set(labels).count == count { break }
    }
    return (0..<count).map { row in
      AxisValue(
        label: labels[row],
        assignments: columns.map { assignment($0.path, $0.values[row]) },
        place: columns[0].values[row].place)
    }
  }

  /// Values by name, each with whatever it puts wherever.
  private func variants(_ parts: [Tree.Entry]) -> [AxisValue]? {
    var values: [AxisValue] = []
    for part in parts {
      guard case .mapping(let settings) = part.value.content else {
        note(
          part.value.place, "the variant `\(part.key)` is \(part.value.kindName), not a mapping",
          "write `\(part.key): { PATH: VALUE }`, or `{}` where it changes nothing")
        return nil
      }
      let about = settings.first { $0.key == "about" }.flatMap {
        text($0.value, "what the variant is", maximum: 500, example: "about: a slow start")
      }
      values.append(
        AxisValue(
          label: part.key, about: about,
          assignments: assignments(settings.filter { $0.key != "about" }), place: part.keyPlace))
    }
    return values
  }

  private func path(_ text: String, at place: Place) -> ParameterPath? {
    guard let path = ParameterPath(text) else {
      note(
        place, "`\(text)` is no path of a parameter",
        "write keys with points and entries with brackets, e.g. `programme[0].basal`")
      return nil
    }
    if let mistake = KnownParameters.mistake(in: path) {
      note(place, mistake.what, mistake.remedy)
      return nil
    }
    return path
  }

  /// `absent`, without quotes, takes the parameter away.
  private func assignment(_ path: ParameterPath, _ tree: Tree) -> Assignment {
    if case .text("absent", isQuoted: false) = tree.content {
      return Assignment(path: path, value: nil, place: tree.place)
    }
    return Assignment(path: path, value: tree, place: tree.place)
  }

  private func label(of tree: Tree, number: Int) -> String {
    if case .text(let text, _) = tree.content { return text }
    let text = tree.flowText
    return text.count <= 40 ? text : "#\(number)"
  }

  /// The values of a list, in which `1..300`, or `0..90 step 10`, stands for whole numbers.
  private func listed(_ tree: Tree, _ name: String) -> [Tree]? {
    if case .text(let text, isQuoted: false) = tree.content, text.contains("..") {
      return range(text, tree)
    }
    guard case .list(let elements) = tree.content, !elements.isEmpty else {
      note(
        tree.place, "\(name) is \(tree.kindName), not a list of values",
        "write `[a, b]`, or `1..300` for whole numbers")
      return nil
    }
    var values: [Tree] = []
    for element in elements {
      if case .text(let text, isQuoted: false) = element.content, text.contains("..") {
        guard let numbers = range(text, element) else { return nil }
        values += numbers
      } else if element.isEmpty {
        note(element.place, "\(name) has an empty value", "write `absent` to leave the key out")
        return nil
      } else {
        values.append(element)
      }
    }
    return values
  }

  private func range(_ text: String, _ tree: Tree) -> [Tree]? {
    let words = text.split(separator: " ")
    let ends = (words.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard ends.count == 3, ends[1].isEmpty, let first = Int32(ends[0]), let last = Int32(ends[2]),
      first >= 0, first <= last, words.count == 1 || words.count == 3 && words[1] == "step",
      let step = words.count == 1 ? 1 : Int32(words[2]), step > 0,
      Int(last - first) / Int(step) < CampaignDescription.maximumCells
    else {
      note(
        tree.place, "`\(text)` is no range of whole numbers",
        "write `1..300`, or `0..90 step 10`, of at most \(CampaignDescription.maximumCells)")
      return nil
    }
    return stride(from: first, through: last, by: Int(step)).map { number in
      Tree(place: tree.place, content: .text(String(number), isQuoted: false))
    }
  }

  /// No list may undo what another does.
  func checkAxes(_ axes: [CampaignAxis]) {
    var earlier: [(axis: String, path: ParameterPath)] = []
    for axis in axes {
      var own: [(axis: String, path: ParameterPath)] = []
      for value in axis.values {
        for (index, assignment) in value.assignments.enumerated() where !assignment.path.isAddition
        {
          let before = value.assignments[..<index].map { (axis.name, $0.path) }
          if let undone = (earlier + before).first(where: { assignment.path.covers($0.path) }) {
            note(
              assignment.place,
              "`\(assignment.path)` would undo `\(undone.path)` of `\(undone.axis)`",
              "vary both together under `with` or `variants`, the larger one first")
          }
          own.append((axis.name, assignment.path))
        }
      }
      earlier += own
    }
  }
}
