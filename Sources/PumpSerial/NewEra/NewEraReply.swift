/// What a pump answers: who, what it is doing or what alarms it, and what was asked for.
public struct NewEraReply: Equatable, Sendable {
  /// What the pump says of itself.
  public enum State: Equatable, Sendable {
    /// It is well, and doing this.
    case prompt(NewEraPrompt)
    /// It is in alarm; the command that this answers was not executed.
    case alarm(NewEraAlarm)
  }

  /// The pump's address, 0 to 99.
  public var address: UInt8
  /// What the pump says of itself.
  public var state: State
  /// What was asked for, or the refusal, as text.
  public var data: [UInt8]

  /// A reply with data, or without.
  public init(address: UInt8, state: State, data: [UInt8] = []) {
    self.address = address
    self.state = state
    self.data = data
  }

  /// A reply that refuses.
  public init(address: UInt8, state: State, refusal: NewEraRefusal) {
    self.init(address: address, state: state, data: Array(refusal.rawValue.utf8))
  }

  /// Why the pump did not do what it was told; nil where it did.
  ///
  /// An unknown `?…` counts as the plain one.
  public var refusal: NewEraRefusal? {
    if data.first != Ascii.question { return nil }
    return NewEraRefusal(rawValue: String(decoding: data, as: UTF8.self)) ?? .notRecognised
  }

  /// What the pump is doing; nil in alarm.
  public var prompt: NewEraPrompt? {
    if case .prompt(let prompt) = state { return prompt }
    return nil
  }

  /// What alarms the pump; nil where nothing does.
  public var alarm: NewEraAlarm? {
    if case .alarm(let alarm) = state { return alarm }
    return nil
  }

  /// Reads a payload: two digits of address, a prompt or `A?x`, data that can be seen; nil for
  /// anything else.
  public init?(payload: some Collection<UInt8>) {
    let bytes = Array(payload)
    guard bytes.count >= 3, Ascii.isDigit(bytes[0]), Ascii.isDigit(bytes[1]) else { return nil }
    address = (bytes[0] - Ascii.zero) * 10 + bytes[1] - Ascii.zero
    if bytes[2] == 0x41 {  // A
      guard bytes.count >= 5, bytes[3] == Ascii.question,
        let alarm = NewEraAlarm(rawValue: bytes[4])
      else { return nil }
      state = .alarm(alarm)
      data = Array(bytes[5...])
    } else {
      guard let prompt = NewEraPrompt(rawValue: bytes[2]) else { return nil }
      state = .prompt(prompt)
      data = Array(bytes[3...])
    }
    if !data.allSatisfy(Ascii.isVisible) { return nil }
  }

  /// The reply's payload, which `NewEraFrame.reply` puts into a frame.
  public var payload: [UInt8] {
    var bytes = [Ascii.zero + address / 10 % 10, Ascii.zero + address % 10]
    switch state {
    case .prompt(let prompt): bytes.append(prompt.rawValue)
    case .alarm(let alarm): bytes += [0x41, Ascii.question, alarm.rawValue]
    }
    return bytes + data
  }

  /// The data as text.
  public var text: String { String(decoding: data, as: UTF8.self) }
}

extension NewEraReply {
  /// The data as a number alone (answer to `DIA`).
  public var number: NewEraNumber? { NewEraNumber(reply: data) }

  /// The data as a number with a unit of two letters (answer to `RAT`).
  public var rate: (number: NewEraNumber, unit: NewEraRateUnit)? {
    guard let unit = NewEraRateUnit(rawValue: String(decoding: data.suffix(2), as: UTF8.self)),
      let number = NewEraNumber(reply: data.dropLast(2))
    else { return nil }
    return (number, unit)
  }

  /// The data as a volume with its unit (answer to `VOL`).
  public var volume: (number: NewEraNumber, unit: NewEraVolumeUnit)? {
    guard let unit = NewEraVolumeUnit(rawValue: String(decoding: data.suffix(2), as: UTF8.self)),
      let number = NewEraNumber(reply: data.dropLast(2))
    else { return nil }
    return (number, unit)
  }

  /// The data as both dispensed volumes (answer to `DIS`).
  public var dispensed: NewEraDispensed? { NewEraDispensed(data) }

  /// The data as what pump this is (answer to `VER`).
  public var version: NewEraVersion? { NewEraVersion(data) }
}

/// What was dispensed since it was cleared, each way: `I` number `W` number unit.
public struct NewEraDispensed: Equatable, Sendable {
  /// Infused.
  public var infused: NewEraNumber
  /// Withdrawn.
  public var withdrawn: NewEraNumber
  /// The unit of both.
  public var unit: NewEraVolumeUnit

  /// Both volumes in one unit.
  public init(infused: NewEraNumber, withdrawn: NewEraNumber, unit: NewEraVolumeUnit) {
    self.infused = infused
    self.withdrawn = withdrawn
    self.unit = unit
  }

  /// Reads the data of a reply; nil where they are something else.
  public init?(_ data: some Collection<UInt8>) {
    let bytes = Array(data)
    guard bytes.first == 0x49, let middle = bytes.firstIndex(of: 0x57), bytes.count >= middle + 3,
      let unit = NewEraVolumeUnit(rawValue: String(decoding: bytes.suffix(2), as: UTF8.self)),
      let infused = NewEraNumber(reply: bytes[1..<middle]),
      let withdrawn = NewEraNumber(reply: bytes[(middle + 1)..<(bytes.count - 2)])
    else { return nil }
    self.init(infused: infused, withdrawn: withdrawn, unit: unit)
  }

  /// The data of a reply.
  public var data: [UInt8] {
    [0x49] + infused.replyText + [0x57] + withdrawn.replyText + Array(unit.rawValue.utf8)
  }
}

/// What pump this is: `NE1000V3.928`, `NE1000X1V3.61`.
public struct NewEraVersion: Equatable, Sendable {
  /// The model with its letters, `NE1000`.
  public var model: String
  /// The upgrade: `X`, `X1`, `X2` …; empty without one.
  public var upgrade: String
  /// The firmware, `3.928`.
  public var firmware: String

  /// A model, an upgrade or none, and a firmware.
  public init(model: String, upgrade: String = "", firmware: String) {
    self.model = model
    self.upgrade = upgrade
    self.firmware = firmware
  }

  /// Reads the data of a reply; nil where they are something else.
  public init?(_ data: some Collection<UInt8>) {
    let bytes = Array(data)
    guard bytes.count <= 40, let mark = bytes.lastIndex(of: 0x56), mark > 0 else { return nil }
    let firmware = bytes[(mark + 1)...]
    let isFirmware =
      firmware.contains(Ascii.point) && firmware.first.map(Ascii.isDigit) == true
      && firmware.allSatisfy { Ascii.isDigit($0) || $0 == Ascii.point }
    let letters = bytes[..<mark].prefix(while: Ascii.isUpper)
    let digits = bytes[letters.endIndex..<mark].prefix(while: Ascii.isDigit)
    let upgrade = bytes[digits.endIndex..<mark]
    let isUpgrade =
      upgrade.isEmpty || upgrade.first == 0x58 && upgrade.dropFirst().allSatisfy(Ascii.isDigit)
    guard isFirmware, isUpgrade, !letters.isEmpty, !digits.isEmpty else { return nil }
    model = String(decoding: bytes[..<digits.endIndex], as: UTF8.self)
    self.upgrade = String(decoding: upgrade, as: UTF8.self)
    self.firmware = String(decoding: firmware, as: UTF8.self)
  }

  /// The data of a reply.
  public var data: [UInt8] { Array("\(model)\(upgrade)V\(firmware)".utf8) }
}
