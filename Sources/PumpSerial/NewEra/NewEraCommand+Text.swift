extension NewEraCommand {
  /// The text of the command, without an address.
  public var text: [UInt8] { Array(string.utf8) }

  private var string: String {
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "" }
    switch self {
    case .status: return ""
    case .diameter(let number): return "DIA" + text(number)
    case .phase(let phase): return "PHN" + text(phase)
    case .function(let function): return "FUN" + (function?.string ?? "")
    case .rate(let scope, let number, let unit):
      return "RAT" + scope.rawValue + text(number) + (unit?.rawValue ?? "")
    case .askVolume: return "VOL"
    case .volume(let number): return "VOL\(number)"
    case .volumeUnit(let unit): return "VOL" + unit.rawValue
    case .direction(let order): return "DIR" + (order?.rawValue ?? "")
    case .run(let phase): return "RUN" + text(phase)
    case .event(let phase): return "RUNE" + text(phase)
    case .purge: return "PUR"
    case .stop: return "STP"
    case .dispensed: return "DIS"
    case .clearDispensed(let direction): return "CLD" + direction.rawValue
    case .safe(let seconds): return "SAF" + text(seconds)
    case .version: return "VER"
    case .setting(let setting, let value):
      return setting.rawValue + String(decoding: value, as: UTF8.self)
    case .buzzer(let isOn, let beeps):
      return "BUZ" + (isOn ? "1" : "0") + (beeps > 0 ? "\(beeps)" : "")
    case .output(let level): return "OUT5" + (level ? "1" : "0")
    case .input(let pin): return "IN\(pin)"
    case .address(.ask): return "*ADR"
    case .address(.set(let address, let baud)):
      return "*ADR\(address)" + (baud.map { "B\($0)" } ?? "")
    case .address(.pair(let pairing)): return "*ADR" + pairing.rawValue
    case .reset: return "*RESET"
    }
  }

  /// Reads the text of a command, without an address, as `NewEraCommandDecoder` gives it; else the
  /// refusal that a pump answers: `?` where the command is not known, `?OOR` where its value cannot be.
  public static func parse(_ text: some Collection<UInt8>) -> Result<
    NewEraCommand, NewEraRefusalError
  > {
    let bytes = Array(text)
    if bytes.isEmpty { return .success(.status) }
    if bytes.count > 64 { return refused(.notRecognised) }
    // The longest name first: no name is the beginning of another that is as long.
    for length in [6, 3, 2] where bytes.count >= length {
      let name = String(decoding: bytes[..<length], as: UTF8.self)
      if let result = parse(name, bytes[length...]) { return result }
    }
    // "*ADR" has four letters.
    if bytes.starts(with: "*ADR".utf8) { return wrap(address(bytes[4...])) }
    return refused(.notRecognised)
  }

  /// Nil where there is no command of that name.
  private static func parse(
    _ name: String, _ rest: ArraySlice<UInt8>
  ) -> Result<NewEraCommand, NewEraRefusalError>? {
    let word = String(decoding: rest, as: UTF8.self)
    switch name {
    case "*RESET": return alone(rest, .reset)
    case "DIA":
      return rest.isEmpty ? .success(.diameter(nil)) : number(rest) { .diameter($0) }
    case "PHN":
      return rest.isEmpty ? .success(.phase(nil)) : whole(rest, 1...41) { .phase(UInt8($0)) }
    case "FUN":
      return rest.isEmpty
        ? .success(.function(nil)) : NewEraFunction.parse(rest).map { .function($0) }
    case "RAT": return rate(rest)
    case "VOL":
      if rest.isEmpty { return .success(.askVolume) }
      if let unit = NewEraVolumeUnit(rawValue: word) { return .success(.volumeUnit(unit)) }
      return number(rest) { .volume($0) }
    case "DIR":
      if rest.isEmpty { return .success(.direction(nil)) }
      return NewEraDirectionOrder(rawValue: word).map { .success(.direction($0)) }
        ?? refused(.notRecognised)
    case "RUN": return run(rest)
    case "PUR": return alone(rest, .purge)
    case "STP": return alone(rest, .stop)
    case "DIS": return alone(rest, .dispensed)
    case "CLD":
      return NewEraDirection(rawValue: word).map { .success(.clearDispensed($0)) }
        ?? refused(.notRecognised)
    case "SAF":
      return rest.isEmpty ? .success(.safe(nil)) : whole(rest, 0...255) { .safe(UInt8($0)) }
    case "VER": return alone(rest, .version)
    case "BUZ": return buzzer(rest)
    case "OUT": return output(rest)
    case "IN":
      return whole(rest, 2...6) { $0 == 5 ? nil : .input(UInt8($0)) }
    default:
      guard let setting = NewEraSetting(rawValue: name) else { return nil }
      if !rest.isEmpty && !setting.choices.contains(word) {
        return refused(rest.allSatisfy(Ascii.isDigit) ? .outOfRange : .notRecognised)
      }
      return .success(.setting(setting, Array(rest)))
    }
  }

  private static func rate(
    _ rest: ArraySlice<UInt8>
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    var rest = rest
    var scope = NewEraRateScope.set
    for prefix in [NewEraRateScope.current, .increment]
    where rest.first == prefix.rawValue.utf8.first {
      scope = prefix
      rest = rest.dropFirst()
    }
    if rest.isEmpty { return .success(.rate(scope, nil, nil)) }
    let unit = NewEraRateUnit(rawValue: String(decoding: rest.suffix(2), as: UTF8.self))
    return number(unit == nil ? rest : rest.dropLast(2)) { .rate(scope, $0, unit) }
  }

  private static func run(
    _ rest: ArraySlice<UInt8>
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    if rest.isEmpty { return .success(.run(nil)) }
    if rest.first != 0x45 { return whole(rest, 0...99) { .run(UInt8($0)) } }
    if rest.count == 1 { return .success(.event(nil)) }
    return whole(rest.dropFirst(), 1...41) { .event(UInt8($0)) }
  }

  private static func buzzer(
    _ rest: ArraySlice<UInt8>
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    guard let first = rest.first, first == 0x30 || first == 0x31 else {
      return refused(.notRecognised)
    }
    let isOn = first == 0x31
    if rest.count == 1 { return .success(.buzzer(isOn: isOn, beeps: 0)) }
    if !isOn { return refused(.notRecognised) }
    return whole(rest.dropFirst(), 1...255) { .buzzer(isOn: true, beeps: UInt8($0)) }
  }

  private static func output(
    _ rest: ArraySlice<UInt8>
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    switch String(decoding: rest, as: UTF8.self) {
    case "50": .success(.output(false))
    case "51": .success(.output(true))
    default: refused(.outOfRange)
    }
  }

  private static func address(_ rest: ArraySlice<UInt8>) -> NewEraAddressing? {
    if rest.isEmpty { return .ask }
    if let pairing = NewEraPairing(rawValue: String(decoding: rest, as: UTF8.self)) {
      return .pair(pairing)
    }
    let parts = rest.split(separator: 0x42, maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = wholeNumber(parts[0]), address <= 99 else { return nil }
    if parts.count == 1 { return .set(address: UInt8(address), baud: nil) }
    guard let baud = wholeNumber(parts[1]), NewEraAddressing.bauds.contains(UInt32(baud))
    else { return nil }
    return .set(address: UInt8(address), baud: UInt32(baud))
  }

  private static func wrap(
    _ addressing: NewEraAddressing?
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    addressing.map { .success(.address($0)) } ?? refused(.outOfRange)
  }

  // MARK: Values

  private static func alone(
    _ rest: ArraySlice<UInt8>, _ command: NewEraCommand
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    rest.isEmpty ? .success(command) : refused(.notRecognised)
  }

  private static func number(
    _ text: ArraySlice<UInt8>, _ make: (NewEraNumber) -> NewEraCommand
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    if let number = NewEraNumber(command: text) { return .success(make(number)) }
    // A number, but too long or too large, is out of range; anything else is not understood.
    let isNumber = !text.isEmpty && text.allSatisfy { Ascii.isDigit($0) || $0 == Ascii.point }
    return refused(isNumber ? .outOfRange : .notRecognised)
  }

  static func whole<Value>(
    _ text: ArraySlice<UInt8>, _ range: ClosedRange<Int>, _ make: (Int) -> Value?
  ) -> Result<Value, NewEraRefusalError> {
    if text.isEmpty || !text.allSatisfy(Ascii.isDigit) {
      return .failure(NewEraRefusalError(refusal: .notRecognised))
    }
    guard let value = wholeNumber(text), range.contains(value), let made = make(value) else {
      return .failure(NewEraRefusalError(refusal: .outOfRange))
    }
    return .success(made)
  }

  /// A whole number of one to six digits.
  static func wholeNumber(_ text: ArraySlice<UInt8>) -> Int? {
    if text.isEmpty || text.count > 6 || !text.allSatisfy(Ascii.isDigit) { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 - Ascii.zero) }
  }

  private static func refused(
    _ refusal: NewEraRefusal
  ) -> Result<NewEraCommand, NewEraRefusalError> {
    .failure(NewEraRefusalError(refusal: refusal))
  }
}

/// A refusal, to be thrown or carried in a result.
public struct NewEraRefusalError: Error, Equatable, Sendable {
  /// Why.
  public let refusal: NewEraRefusal
}

extension NewEraFunction {
  /// The text after `FUN`.
  public var string: String {
    func two(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch self {
    case .rate: return "RAT"
    case .fill: return "FIL"
    case .increment: return "INC"
    case .decrement: return "DEC"
    case .stop: return "STP"
    case .jump(let phase): return "JMP" + two(phase)
    case .selectProgram: return "PRI"
    case .label(let label): return "PRL" + two(label)
    case .loopStart: return "LPS"
    case .loop(let count): return "LOP" + two(count)
    case .loopForever: return "LPE"
    case .pause(let tenths):
      return tenths % 10 == 0
        ? "PAS" + two(UInt8(min(tenths / 10, 99))) : "PAS\(tenths / 10).\(tenths % 10)"
    case .ifLow(let phase): return "IF" + two(phase)
    case .onEvent(let phase): return "EVN" + two(phase)
    case .onChange(let phase): return "EVS" + two(phase)
    case .resetEvent: return "EVR"
    case .clearDispensed: return "CLD"
    case .trigger(let mode): return "TRG" + String(decoding: mode, as: UTF8.self)
    case .beep: return "BEP"
    case .output(let level): return "OUT" + (level ? "1" : "0")
    }
  }

  /// Reads the text after `FUN`, or the refusal that a pump answers.
  public static func parse(
    _ text: some Collection<UInt8>
  ) -> Result<NewEraFunction, NewEraRefusalError> {
    let bytes = Array(text)
    let unknown = Result<NewEraFunction, NewEraRefusalError>.failure(
      NewEraRefusalError(refusal: .notRecognised))
    if bytes.starts(with: "IF".utf8) { return phase(bytes[2...]) { .ifLow($0) } }
    if bytes.count < 3 { return unknown }
    let rest = bytes[3...]
    let simple: [String: NewEraFunction] = [
      "RAT": .rate, "FIL": .fill, "INC": .increment, "DEC": .decrement, "STP": .stop,
      "PRI": .selectProgram, "LPS": .loopStart, "LPE": .loopForever, "EVR": .resetEvent,
      "CLD": .clearDispensed, "BEP": .beep,
    ]
    let name = String(decoding: bytes[..<3], as: UTF8.self)
    if let function = simple[name] { return rest.isEmpty ? .success(function) : unknown }
    switch name {
    case "JMP": return phase(rest) { .jump($0) }
    case "PRL": return NewEraCommand.whole(rest, 0...99) { .label(UInt8($0)) }
    case "LOP": return NewEraCommand.whole(rest, 1...99) { .loop(UInt8($0)) }
    case "EVN": return phase(rest) { .onEvent($0) }
    case "EVS": return phase(rest) { .onChange($0) }
    case "PAS": return pause(rest)
    case "OUT": return NewEraCommand.whole(rest, 0...1) { .output($0 == 1) }
    case "TRG":
      let word = String(decoding: rest, as: UTF8.self)
      // A program may also send the trigger, or the stop key, to the event.
      let choices = NewEraSetting.trigger.choices + ["ET", "BT"]
      return choices.contains(word) ? .success(.trigger(Array(rest))) : unknown
    default: return unknown
    }
  }

  private static func phase(
    _ text: ArraySlice<UInt8>, _ make: (UInt8) -> NewEraFunction
  ) -> Result<NewEraFunction, NewEraRefusalError> {
    NewEraCommand.whole(text, 1...41) { make(UInt8($0)) }
  }

  /// Whole seconds 0 to 99, or 0.1 to 9.9.
  private static func pause(
    _ text: ArraySlice<UInt8>
  ) -> Result<NewEraFunction, NewEraRefusalError> {
    guard let point = text.firstIndex(of: Ascii.point) else {
      return NewEraCommand.whole(text, 0...99) { .pause(tenths: UInt16($0) * 10) }
    }
    guard let seconds = NewEraCommand.wholeNumber(text[..<point]),
      let tenths = NewEraCommand.wholeNumber(text[(point + 1)...])
    else { return .failure(NewEraRefusalError(refusal: .notRecognised)) }
    if seconds > 9 || tenths > 9 || text.endIndex - point != 2 {
      return .failure(NewEraRefusalError(refusal: .outOfRange))
    }
    return .success(.pause(tenths: UInt16(seconds * 10 + tenths)))
  }
}
