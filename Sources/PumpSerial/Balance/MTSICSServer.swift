/// The balance's side of MT-SICS: bytes in, bytes out, time in the model.
struct MTSICSServer: BalanceServer {
  /// Bytes for the host; whoever sends them empties it.
  var output: [UInt8] = []

  private var lines = LineAssembler(limit: 128)
  /// A command that waits for stability, and since when, s.
  private var pending: (command: MTSICSCommand, since: Double)?
  private var stream: Stream?
  private var id = "emulated"

  /// What is sent again and again.
  private enum Stream {
    /// Every mass; the last one at this time, s.
    case every(lastAt: Double)
    /// Masses that differ from the last stable one, µg; whether the change was told.
    case changes(from: Int64, wasTold: Bool)
  }

  /// The time for which a command waits for stability, s.
  static let stabilityLimit = 10.0
  /// The least time between two masses of a stream, s.
  private static let streamInterval = 0.1
  /// The identity that the emulated balance tells.
  static let modelName = "Trumpet emulated"
  static let serialNumber = "0000000001"
  static let software = "1.00"

  /// The host went away: what it began ends.
  mutating func hostIsGone() {
    lines.forget()
    pending = nil
    stream = nil
    output.removeAll(keepingCapacity: true)
  }

  /// Takes bytes from the host.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ model: inout BalanceModel) {
    for byte in bytes {
      let before = lines.overlong
      if let line = lines.take(byte) {
        if !line.isEmpty { take(line: line, &model) }
      } else if lines.overlong != before {
        send(.error(.transmission))
      }
    }
  }

  /// Does what is due after time has passed.
  mutating func elapse(_ model: inout BalanceModel) {
    if let pending {
      if model.isStable || Self.isOutOfRange(model) {
        self.pending = nil
        carryOut(pending.command, &model)
      } else if model.seconds - pending.since > Self.stabilityLimit {
        self.pending = nil
        stream = nil
        send(.status(head: Self.answerHead(pending.command), .notNow))
      }
    }
    switch stream {
    case .every(let lastAt) where model.seconds - lastAt >= Self.streamInterval - 1e-6:
      stream = .every(lastAt: model.seconds)
      sendMass(model)
    case .changes(let from, let wasTold): followChanges(from, wasTold, model)
    default: break
    }
  }

  private mutating func take(line: [UInt8], _ model: inout BalanceModel) {
    do {
      try carry(MTSICSCommand(line: line), &model)
    } catch {
      switch error {
      case .unknown: send(.error(.syntax))
      case .parameter(let head): send(.status(head: head, .wrongParameter))
      }
    }
  }

  private mutating func carry(_ command: MTSICSCommand, _ model: inout BalanceModel) {
    if let pending, command != .cancel, Self.isWeighing(command) || Self.changes(command) {
      // Nothing else is weighed while it tares; a new question takes the place of an old one.
      if Self.changes(pending.command) {
        return send(.status(head: Self.answerHead(command), .notNow))
      }
      self.pending = nil
    }
    if Self.isWeighing(command) { stream = nil }
    switch command {
    case .weighStable, .weighOnChange, .weighDisplayed(isStable: true),
      .zero(isImmediate: false), .tare(isImmediate: false):
      if model.isStable || Self.isOutOfRange(model) {
        carryOut(command, &model)
      } else {
        pending = (command, model.seconds)
      }
    case .cancel:
      pending = nil
      stream = nil
      try? model.presetTare(0)
      sendTexts(4, model)
    case .inquire(let number): sendTexts(number, model)
    default: carryOut(command, &model)
    }
  }

  private static func isOutOfRange(_ model: BalanceModel) -> Bool {
    if case .mass = model.display { return false }
    return true
  }

  private static func isWeighing(_ command: MTSICSCommand) -> Bool {
    switch command {
    case .weighStable, .weigh, .weighRepeatedly, .weighOnChange, .weighDisplayed: true
    default: false
    }
  }

  private static func changes(_ command: MTSICSCommand) -> Bool {
    switch command {
    case .zero, .tare, .presetTare, .clearTare: true
    default: false
    }
  }

  private static func answerHead(_ command: MTSICSCommand) -> String {
    isWeighing(command) ? "S" : command.head
  }

  /// Carries a command out now.
  private mutating func carryOut(_ command: MTSICSCommand, _ model: inout BalanceModel) {
    switch command {
    case .weighStable, .weigh, .weighDisplayed: sendMass(model)
    case .weighRepeatedly:
      sendMass(model)
      stream = .every(lastAt: model.seconds)
    case .weighOnChange:
      sendMass(model)
      if case .mass(let mass, _) = model.display { stream = .changes(from: mass, wasTold: false) }
    case .zero, .tare, .presetTare:
      do throws(BalanceModel.Refusal) {
        send(try changed(by: command, &model))
      } catch {
        send(.status(head: command.head, error == .overload ? .overload : .underload))
      }
    case .tareValue: send(tareReply(command.head, .done, model))
    case .clearTare:
      try? model.presetTare(0)
      send(.status(head: command.head, .done))
    case .display, .displayWeight: send(.status(head: command.head, .done))
    case .cancel, .inquire: break
    }
  }

  /// Changes zero or tare, and gives the answer to it.
  private func changed(
    by command: MTSICSCommand, _ model: inout BalanceModel
  ) throws(BalanceModel.Refusal) -> MTSICSReply {
    let status: MTSICSReply.Status = model.isStable ? .stable : .dynamic
    switch command {
    case .zero(let isImmediate):
      try model.zero()
      return .status(head: command.head, isImmediate ? status : .done)
    case .presetTare(let mass):
      try model.presetTare(Double(mass.nanograms) / 1000)
      return tareReply(command.head, .done, model)
    default:
      try model.tare()
      return tareReply(command.head, status, model)
    }
  }

  private func tareReply(
    _ head: String, _ status: MTSICSReply.Status, _ model: BalanceModel
  ) -> MTSICSReply {
    .mass(head: head, status, Self.mass(model.tareDisplay, model), unit: .gram)
  }

  private static func mass(_ micrograms: Int64, _ model: BalanceModel) -> DecimalMass {
    DecimalMass(
      nanograms: micrograms * 1000, digitNanograms: model.parameters.digit * 1000)
  }

  private mutating func sendMass(_ model: BalanceModel) {
    switch model.display {
    case .mass(let micrograms, let isStable):
      send(
        .mass(
          head: "S", isStable ? .stable : .dynamic, Self.mass(micrograms, model), unit: .gram))
    case .overload: send(.status(head: "S", .overload))
    case .underload: send(.status(head: "S", .underload))
    }
  }

  /// Tells a change of an eighth, or of 30 digits where that is more, and the next stable mass.
  private mutating func followChanges(_ from: Int64, _ wasTold: Bool, _ model: BalanceModel) {
    guard case .mass(let mass, let isStable) = model.display else { return }
    let least = max(Double(from.magnitude) * 0.125, 30 * Double(model.parameters.digit))
    if !wasTold, Double((mass - from).magnitude) >= least {
      sendMass(model)
      stream = isStable ? .changes(from: mass, wasTold: false) : .changes(from: from, wasTold: true)
    } else if wasTold, isStable {
      sendMass(model)
      stream = .changes(from: mass, wasTold: false)
    }
  }

  private mutating func sendTexts(_ number: UInt8, _ model: BalanceModel) {
    let head = "I\(number)"
    let capacity = Self.mass(Int64(model.parameters.capacity * 1e6), model)
    switch number {
    case 0:
      let names = MTSICSCommand.names
      for (index, entry) in names.enumerated() {
        // Its level stands before the name, without quotation marks.
        let status: MTSICSReply.Status = index == names.count - 1 ? .done : .more
        output += Array("\(head) \(status.rawValue) \(entry.level) \"\(entry.name)\"\r\n".utf8)
      }
    case 1: send(.texts(head: head, .done, ["012", "2.30", "2.22", "2.33", ""]))
    case 2: send(.texts(head: head, .done, ["\(Self.modelName) \(capacity.text(in: .gram)) g"]))
    case 3, 5: send(.texts(head: head, .done, [Self.software]))
    case 4: send(.texts(head: head, .done, [Self.serialNumber]))
    case 10: send(.texts(head: head, .done, [id]))
    default: send(.texts(head: head, .done, [Self.modelName]))
    }
  }

  private mutating func send(_ reply: MTSICSReply) {
    output += Array(reply.line.utf8)
    output += Array("\r\n".utf8)
  }
}
