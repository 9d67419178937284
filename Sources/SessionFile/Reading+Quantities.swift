import PumpHAL
import Vocabulary

extension Reading {
  /// What a person wrote with a number and a unit, in its storage type.
  func quantity<Q: ConvertibleQuantity>(
    _ tree: Tree, _ name: String, as: Q.Type = Q.self, allowsNegative: Bool = false,
    example: String = Q.example
  ) -> Q? {
    written(tree, name, allowsNegative: allowsNegative, example: example) {
      (written) throws(QuantityError) in try written.converted(to: Q.self)
    }
  }

  /// A quantity that must lie in `range`, whose ends are told as `ends`.
  func quantity<Q: ConvertibleQuantity>(
    _ tree: Tree, _ name: String, in range: ClosedRange<Q>, ends: String,
    example: String = Q.example
  ) -> Q? {
    guard let value: Q = quantity(tree, name, example: example) else { return nil }
    guard range.contains(value) else {
      note(tree.place, "\(name) is \(tree.shown)", "it goes from \(ends), e.g. \(example)")
      return nil
    }
    return value
  }

  /// A number of `unit` in binary floating point, for the world, in `range`.
  func number(
    _ tree: Tree, _ name: String, in unit: PhysicalUnit, range: ClosedRange<Double>, ends: String,
    example: String
  ) -> Double? {
    let value = written(tree, name, allowsNegative: range.lowerBound < 0, example: example) {
      (written) throws(QuantityError) in try written.value(in: unit, example: example)
    }
    guard let value else { return nil }
    guard range.contains(value) else {
      note(tree.place, "\(name) is \(tree.shown)", "it goes from \(ends), e.g. \(example)")
      return nil
    }
    return value
  }

  /// A dose: a mass, a mass per kg or a volume, more than nothing.
  func dose(_ tree: Tree, _ name: String, example: String) -> Dose? {
    let dose = written(tree, name, example: example) {
      (written) throws(QuantityError) in try written.dose(example: example)
    }
    guard let dose else { return nil }
    guard dose.amount > 0 else {
      note(tree.place, "\(name) is nothing", "write more than 0, e.g. \(example)")
      return nil
    }
    return dose
  }

  /// A rate as it is prescribed, more than nothing.
  func prescribedRate(_ tree: Tree, _ name: String, example: String) -> PrescribedRate? {
    let rate = written(tree, name, example: example) {
      (written) throws(QuantityError) in try written.prescribedRate(example: example)
    }
    guard let rate else { return nil }
    guard rate.dose.amount > 0 else {
      note(tree.place, "\(name) is nothing", "write more than 0, e.g. \(example)")
      return nil
    }
    return rate
  }

  /// A text with a number and a unit, and what `convert` makes of it.
  func written<Value>(
    _ tree: Tree, _ name: String, allowsNegative: Bool = false, example: String,
    _ convert: (WrittenQuantity) throws(QuantityError) -> Value
  ) -> Value? {
    guard let text = text(tree, name, example: example) else { return nil }
    do throws(QuantityError) {
      return try convert(
        WrittenQuantity(text, allowsNegative: allowsNegative, example: example))
    } catch {
      note(tree.place, "\(name): \(error.what)", error.remedy)
      return nil
    }
  }
}

extension Tree {
  /// What was written, for a message.
  var shown: String {
    if case .text(let text, _) = content { return text }
    return kindName
  }

  /// A part of a text value, at its own column.
  func part(_ text: some StringProtocol, offset: Int) -> Tree {
    Tree(
      place: Place(line: place.line, column: place.column + offset),
      content: .text(String(text), isQuoted: false))
  }
}
