/// A piece of a written quantity.
enum QuantityToken: Equatable {
  case number(Ratio, text: String)
  case unit(PhysicalUnit, text: String)
  case per
  case slash
  case times
  case open
  case close
  case minus
  case plusMinus
}

/// Cuts the text of a quantity into pieces and refuses what cannot be a piece.
struct QuantityLexer {
  private let characters: [Character]
  private var position = 0

  /// The longest text that is looked at.
  static let longestText = 100
  /// The most significant digits of a number; 18 always fit.
  static let mostDigits = 18

  init(_ text: String) throws(QuantityError) {
    guard text.unicodeScalars.count <= QuantityLexer.longestText else {
      throw QuantityError(
        "a quantity of \(text.unicodeScalars.count) characters",
        remedy: "write a number and a unit, e.g. 20 mL")
    }
    // The Greek letter and the micro sign look alike; one spelling inside.
    characters = text.map { $0 == "\u{3BC}" ? "\u{B5}" : $0 }
  }

  mutating func tokens() throws(QuantityError) -> [QuantityToken] {
    var tokens: [QuantityToken] = []
    while let character = peek() {
      switch character {
      case " ", "\u{A0}", "\u{202F}", "\u{2009}": position += 1
      case "/": tokens.append(take(.slash))
      case "·", "*": tokens.append(take(.times))
      case "(": tokens.append(take(.open))
      case ")": tokens.append(take(.close))
      case "-", "\u{2212}": tokens.append(take(.minus))
      case "±": tokens.append(take(.plusMinus))
      case "0"..."9": tokens.append(try number())
      case "." where !isLetter(at: position + 1):
        throw QuantityError(
          "a number that begins with a point", remedy: "write 0 before the point, e.g. 0.5 mg")
      case _ where isLetter(at: position) || character == ".": tokens.append(try word())
      case "∞": throw QuantityLexer.notFinite("∞")
      case ",":
        throw QuantityError(
          "a comma in a quantity",
          remedy: "write decimals with a point and thousands without a separator, e.g. 1000.5 mg")
      default:
        throw QuantityError(
          "'\(character.escaped)' in a quantity", remedy: "write a number and a unit, e.g. 20 mL")
      }
    }
    return tokens
  }

  private func peek() -> Character? {
    position < characters.count ? characters[position] : nil
  }

  private func isDigit(at index: Int) -> Bool {
    index < characters.count && ("0"..."9").contains(characters[index])
  }

  private func isLetter(at index: Int) -> Bool {
    guard index < characters.count else { return false }
    let character = characters[index]
    return character.isLetter || character == "°" || character == "%" || character == "Ω"
      || character == "\u{2126}"
  }

  private mutating func take(_ token: QuantityToken) -> QuantityToken {
    position += 1
    return token
  }

  private mutating func number() throws(QuantityError) -> QuantityToken {
    let start = position
    while isDigit(at: position) { position += 1 }
    let wholeDigits = characters[start..<position]
    var fraction: ArraySlice<Character> = []
    if peek() == "." {
      position += 1
      let first = position
      while isDigit(at: position) { position += 1 }
      fraction = characters[first..<position]
      if fraction.isEmpty {
        throw QuantityError(
          "a number that ends with a point", remedy: "write digits after the point, or no point")
      }
    }
    let text = String(characters[start..<position])
    if wholeDigits.count > 1, wholeDigits.first == "0" {
      throw QuantityError("leading zeros in \(text)", remedy: "write the number without them")
    }
    if let next = peek(), next == "e" || next == "E",
      isDigit(at: position + 1) || ["+", "-"].contains(characters[safe: position + 1])
    {
      throw QuantityError(
        "an exponent after \(text)", remedy: "write the number out, e.g. 1000 mg")
    }
    if wholeDigits.count + fraction.count > QuantityLexer.mostDigits {
      throw QuantityError(
        "the number \(text) has too many digits",
        remedy: "at most \(QuantityLexer.mostDigits) are taken; choose a larger unit or round it")
    }
    var mantissa: Int128 = 0
    var scale: Int128 = 1
    for digit in wholeDigits + fraction { mantissa = mantissa * 10 + Int128(digit.digitValue) }
    for _ in fraction { scale *= 10 }
    return .number(Ratio(mantissa, scale), text: text)
  }

  private mutating func word() throws(QuantityError) -> QuantityToken {
    let start = position
    if peek() == "." { position += 1 }
    while isLetter(at: position) { position += 1 }
    let letters = String(characters[start..<position])
    if letters == "per" { return .per }
    let bare = letters.lowercased().drop { $0 == "." }
    if ["nan", "inf", "infinity"].contains(bare) { throw QuantityLexer.notFinite(letters) }
    let spelling = letters.replacing("\u{2126}", with: "Ω")
    guard let unit = PhysicalUnit.spellings[spelling] else {
      throw QuantityLexer.unknownUnit(letters)
    }
    guard let power = power(of: unit) else { return .unit(unit, text: letters) }
    guard power == 2, let squared = unit.multiplied(by: unit) else {
      throw QuantityError("a power of \(power) of \(letters)", remedy: "only squares, e.g. mm²")
    }
    return .unit(squared, text: letters + "²")
  }

  /// A square or another power; the plain digit of mm2 only after a length, for 7h1min is a time.
  private mutating func power(of unit: PhysicalUnit) -> Int? {
    switch peek() {
    case "²":
      position += 1
      return 2
    case "³":
      position += 1
      return 3
    case "^" where isDigit(at: position + 1):
      position += 2
      return characters[position - 1].digitValue
    case .some where isDigit(at: position) && unit.dimension == .length:
      position += 1
      return characters[position - 1].digitValue
    default:
      return nil
    }
  }

  private static func notFinite(_ text: String) -> QuantityError {
    QuantityError("\(text) is not a finite number", remedy: "write a number, e.g. 20 mL")
  }

  private static func unknownUnit(_ text: String) -> QuantityError {
    if let advice = PhysicalUnit.advice[text] {
      return QuantityError("'\(text)' is not a unit that is taken here", remedy: advice)
    }
    if let near = nearest(to: text, in: PhysicalUnit.spellings.keys) {
      return QuantityError("'\(text)' is not a known unit", remedy: "did you mean \(near)?")
    }
    return QuantityError(
      "'\(text)' is not a known unit", remedy: "units are written like mg, mL, h, mg/kg/h, mmHg")
  }
}

extension Character {
  /// The value of an ASCII digit; 0 for anything else.
  fileprivate var digitValue: Int { wholeNumberValue ?? 0 }

  /// The character, or its code where it would not be seen.
  fileprivate var escaped: String {
    unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      ? String(self)
      : unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }.joined()
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
