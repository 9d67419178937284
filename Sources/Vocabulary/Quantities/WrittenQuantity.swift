/// A quantity as a person writes it, a number and its unit, kept exactly: `20 mL`,
/// `0.06 mg/kg/h`, `7 h 1 min`, `100 mg/24 h`, `540 mmHg`.
///
/// Numbers are decimal, without exponent or thousands separator, at most 18 digits; below one they
/// begin with 0. A unit is a spelling of `PhysicalUnit`, a square (`mm²`), or a quotient with `/`
/// or `per`; what follows `per` belongs together up to the next one (`mmHg per mL/h`). A time may
/// have several parts, each smaller than the one before.
///
/// - Requirements: @relation(R-101, scope=file)
public struct WrittenQuantity: Equatable, Sendable {
  /// What was written.
  public let text: String
  /// The number, in `unit`.
  public let number: Ratio
  /// The unit.
  public let unit: PhysicalUnit
  /// What stands before the last division, and what after it: `mg/kg` and `h` of `mg/kg/h`.
  let lastDivision: (dividend: PhysicalUnit, divisor: PhysicalUnit)?

  /// Whether two texts write the same amount in the same kind of unit.
  public static func == (a: WrittenQuantity, b: WrittenQuantity) -> Bool {
    a.dimension == b.dimension && a.baseValue == b.baseValue
  }

  /// What it measures.
  public var dimension: Dimension { unit.dimension }

  /// Base units in it; nil where 128 bits do not hold it.
  var baseValue: Ratio? { number.multiplied(by: unit.factor) }

  /// Reads `text`.
  ///
  /// - Parameters:
  ///   - text: what was written.
  ///   - allowsNegative: whether the number may have a minus (a height, a temperature, an offset).
  ///   - example: what would be right, for the error where number or unit is missing.
  public init(
    _ text: String, allowsNegative: Bool = false, example: String = "20 mL"
  ) throws(QuantityError) {
    var lexer = try QuantityLexer(text)
    var parser = QuantityParser(tokens: try lexer.tokens(), text: text, example: example)
    let isNegative = parser.takesMinus()
    let parsed = try parser.quantity()
    if isNegative, !allowsNegative {
      throw QuantityError(
        "\(text) is negative", remedy: "\(parsed.unit.dimension.name) here is 0 or more")
    }
    self.text = text
    number = isNegative ? Ratio(-parsed.number.numerator, parsed.number.denominator) : parsed.number
    unit = parsed.unit
    lastDivision = parsed.lastDivision
  }
}

/// Reads the tokens of one quantity from left to right.
struct QuantityParser {
  typealias Parsed = (
    number: Ratio, unit: PhysicalUnit,
    lastDivision: (dividend: PhysicalUnit, divisor: PhysicalUnit)?
  )

  private let tokens: [QuantityToken]
  private let text: String
  private let example: String
  private var position = 0
  private var lastDivision: (dividend: PhysicalUnit, divisor: PhysicalUnit)?

  init(tokens: [QuantityToken], text: String, example: String) {
    self.tokens = tokens
    self.text = text
    self.example = example
  }

  /// Takes a leading minus, if there is one.
  mutating func takesMinus() -> Bool { takes(.minus) }

  mutating func quantity() throws(QuantityError) -> Parsed {
    guard position < tokens.count else {
      throw QuantityError(
        "a quantity is missing", remedy: "write a number and a unit, e.g. \(example)")
    }
    guard case .number(let number, _) = tokens[position] else {
      throw QuantityError(
        "'\(text)' does not begin with a number",
        remedy: "write a number and a unit, e.g. \(example)")
    }
    position += 1
    guard position < tokens.count else {
      throw QuantityError("\(text) has no unit", remedy: "a quantity needs a unit, e.g. \(example)")
    }
    let unit = try unitExpression()
    guard unit.dimension == .time, lastDivision == nil else {
      try expectEnd()
      return (number, unit, lastDivision)
    }
    return (try remainingTimes(number, unit), unit, nil)
  }

  /// The further parts of `7 h 1 min`, added up in the first one's unit.
  private mutating func remainingTimes(
    _ first: Ratio, _ unit: PhysicalUnit
  ) throws(QuantityError) -> Ratio {
    var (total, smallest) = (first, unit)
    while position < tokens.count {
      guard case .number(let number, _) = tokens[position], position + 1 < tokens.count,
        case .unit(let next, _) = tokens[position + 1], next.dimension == .time
      else { break }
      position += 2
      guard next.factor < smallest.factor,
        let ratio = number.multiplied(by: next.factor), ratio < smallest.factor
      else {
        throw QuantityError(
          "the parts of \(text) do not get smaller",
          remedy: "write hours, then minutes below 60, e.g. 7 h 1 min")
      }
      smallest = next
      guard let part = ratio.divided(by: unit.factor), let sum = total.adding(part) else {
        throw tooLarge
      }
      total = sum
    }
    try expectEnd()
    return total
  }

  private func expectEnd() throws(QuantityError) {
    if position < tokens.count {
      throw QuantityError(
        "'\(text)' goes on after its unit", remedy: "write one number and one unit, e.g. \(example)"
      )
    }
  }

  /// Quotients divided by `per`; begins with a divisor where there is no dividend (`2 per h`).
  private mutating func unitExpression() throws(QuantityError) -> PhysicalUnit {
    var result = position < tokens.count && tokens[position] == .per ? .one : try quotient()
    while takes(.per) {
      let multiple = try multipleOfDivisor()
      result = try divide(result, by: try quotient(), multiple)
    }
    return result
  }

  /// Factors joined by `/` and `·`; begins with a divisor where there is no dividend (`2/h`).
  private mutating func quotient() throws(QuantityError) -> PhysicalUnit {
    var result = position < tokens.count && tokens[position] == .slash ? .one : try factor()
    while position < tokens.count {
      if takes(.slash) {
        let multiple = try multipleOfDivisor()
        result = try divide(result, by: try factor(), multiple)
      } else if takes(.times) {
        guard let product = result.multiplied(by: try factor()) else { throw tooLarge }
        result = product
        lastDivision = nil
      } else {
        break
      }
    }
    return result
  }

  /// The 24 of `100 mg/24 h`; 1 where there is none.
  private mutating func multipleOfDivisor() throws(QuantityError) -> Ratio {
    guard position < tokens.count, case .number(let number, let written) = tokens[position] else {
      return .one
    }
    position += 1
    guard number.numerator > 0 else {
      throw QuantityError("a division by \(written) in '\(text)'", remedy: "divide by more than 0")
    }
    return number
  }

  private mutating func divide(
    _ dividend: PhysicalUnit, by unit: PhysicalUnit, _ multiple: Ratio
  ) throws(QuantityError) -> PhysicalUnit {
    guard let divisor = PhysicalUnit(.none, multiple).multiplied(by: unit),
      let quotient = dividend.divided(by: divisor)
    else { throw tooLarge }
    lastDivision = (dividend, divisor)
    return quotient
  }

  private mutating func factor() throws(QuantityError) -> PhysicalUnit {
    if takes(.open) {
      let inner = try unitExpression()
      lastDivision = nil
      guard takes(.close) else {
        throw QuantityError("a '(' without ')' in \(text)", remedy: "close it, e.g. mmHg/(mL/h)")
      }
      return inner
    }
    guard position < tokens.count, case .unit(let unit, _) = tokens[position] else {
      throw QuantityError(
        "a unit is missing in '\(text)'", remedy: "a quantity needs a unit, e.g. \(example)")
    }
    position += 1
    return unit
  }

  private mutating func takes(_ token: QuantityToken) -> Bool {
    guard position < tokens.count, tokens[position] == token else { return false }
    position += 1
    return true
  }

  private var tooLarge: QuantityError {
    QuantityError("\(text) is too large", remedy: "write a number that a pump can have")
  }
}
