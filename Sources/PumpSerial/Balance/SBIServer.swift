/// The balance's side of SBI: bytes in, bytes out, time in the model.
struct SBIServer: BalanceServer {
  /// Bytes for the host; whoever sends them empties it.
  var output: [UInt8] = []
  /// Whether an identification of six characters stands before each line.
  let hasIdentification: Bool
  /// Whether lines are sent without being asked; a question switches that off and on.
  private var isAutomatic: Bool

  private var reader = SBICommandReader()
  /// A command that waits for stability, and since when, s.
  private var pending: (command: SBICommand, since: Double)?
  private var lastLineAt = 0.0
  private let wasAutomatic: Bool

  /// The time for which a command waits for stability, s.
  private static let stabilityLimit = 10.0
  /// The time between two lines that nobody asked for, s.
  private static let automaticInterval = 0.2

  init(hasIdentification: Bool, isAutomatic: Bool) {
    self.hasIdentification = hasIdentification
    self.isAutomatic = isAutomatic
    wasAutomatic = isAutomatic
  }

  /// The host went away: what it began ends.
  mutating func hostIsGone() {
    reader = SBICommandReader()
    pending = nil
    output.removeAll(keepingCapacity: true)
  }

  /// Takes bytes from the host.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ model: inout BalanceModel) {
    for byte in bytes {
      if let command = reader.take(byte) { take(command, &model) }
    }
  }

  /// Does what is due after time has passed.
  mutating func elapse(_ model: inout BalanceModel) {
    if let pending, model.isStable || model.seconds - pending.since > Self.stabilityLimit {
      self.pending = nil
      // Without stability in time nothing is done, and nothing is said.
      if model.isStable { carryOut(pending.command, &model) }
    }
    if isAutomatic, model.seconds - lastLineAt >= Self.automaticInterval - 1e-6 {
      lastLineAt = model.seconds
      sendMass(model)
    }
  }

  private mutating func take(_ command: SBICommand, _ model: inout BalanceModel) {
    switch command {
    case .print:
      if wasAutomatic { isAutomatic.toggle() } else { sendMass(model) }
    case .tareOrZero, .tare, .zero:
      if model.isStable { carryOut(command, &model) } else { pending = (command, model.seconds) }
    case .inquire(1): send(SBIServer.modelName)
    case .inquire(2): send(MTSICSServer.serialNumber)
    case .inquire: send(MTSICSServer.software)
    case .restart:
      pending = nil
      try? model.presetTare(0)
      isAutomatic = wasAutomatic
    case .surroundings, .lockKeys, .sound, .adjust, .other: break
    }
  }

  /// The identity that the emulated balance tells.
  static let modelName = "TRUMPET-EMUL"

  /// What cannot be done is passed over in silence, as the protocol has no answer for it.
  private func carryOut(_ command: SBICommand, _ model: inout BalanceModel) {
    switch command {
    case .zero: try? model.zero()
    case .tare: try? model.tare()
    case .tareOrZero:
      do {
        try model.zero()
      } catch {
        try? model.tare()
      }
    default: break
    }
  }

  private mutating func sendMass(_ model: BalanceModel) {
    switch model.display {
    case .mass(let micrograms, let isStable):
      let mass = DecimalMass(
        nanograms: micrograms * 1000, digitNanograms: model.parameters.digit * 1000)
      send(body: SBILine.body(mass, unit: .gram, isStable: isStable), id: "N")
    case .overload: send(body: SBILine.body(special: "High"), id: "Stat")
    case .underload: send(body: SBILine.body(special: "Low"), id: "Stat")
    }
  }

  private mutating func send(body: String, id: String) {
    output += SBILine.bytes(body, id: hasIdentification ? id : nil)
  }

  private mutating func send(_ text: String) { output += Array("\(text)\r\n".utf8) }
}
