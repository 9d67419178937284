// Finding out what pump it is and setting it up, before anything moves.

/// How a New Era pump is opened.
public struct NewEraPumpOptions: Sendable {
  /// The pump's address, 0 to 99.
  public var address: UInt8 = 0
  /// Whether the pump may be driven in Basic mode, in which nothing but the end of a portion stops it
  /// when this program dies.
  public var isDeadManWaived = false
  /// Bore area of the syringe that is fitted, µm².
  public var boreArea: Double
  /// Speed of the port, one of `bauds`.
  public var baud: UInt32 = 19_200

  /// Speeds at which a question and its answer, 37 characters, are through between two polls.
  public static let bauds: [UInt32] = [9600, 19_200]

  /// Address 0, Safe mode, 19200 baud.
  public init(boreArea: Double) { self.boreArea = boreArea }
}

/// What was found out while a pump was opened.
struct NewEraPumpFindings {
  /// Model and firmware; nil where the pump does not tell.
  var version: NewEraVersion?
  /// The Safe mode time-out that is set, s; 0 in Basic mode.
  var safeSeconds: UInt8 = 0
  /// The one that was set before.
  var safeSecondsBefore: UInt8 = 0
  /// The unit in which the pump counts.
  var volumeUnit = NewEraVolumeUnit.microlitres
  /// The diameter that is set, mm.
  var diameter: NewEraNumber = .zero
  /// Alarms that were pending, and acknowledged.
  var alarms: [NewEraAlarm] = []
}

/// Asks a pump who it is and sets it up; throws before anything can move.
struct NewEraPumpOpening {
  let line: NewEraPumpLine
  let options: NewEraPumpOptions
  private var found = NewEraPumpFindings()

  init(_ line: NewEraPumpLine, _ options: NewEraPumpOptions) {
    self.line = line
    self.options = options
  }

  private var path: String { line.link.path }

  /// Everything, in order.
  mutating func run() throws(NewEraPumpError) -> NewEraPumpFindings {
    try find()
    try checkAtRest()
    try setMode()
    try setUp()
    return found
  }

  /// What is there, in whichever mode it speaks.
  private mutating func find() throws(NewEraPumpError) {
    // A pump in Safe mode does not hear text, one in Basic mode does not mind waiting.
    if try ask(.status) == nil {
      line.framing = .safe
      guard try ask(.status) != nil else {
        throw .noAnswer(
          path: path, address: options.address, baud: options.baud, heard: line.heard)
      }
      let safe = try ask(.safe(nil))?.number?.value ?? 1
      found.safeSecondsBefore = UInt8(min(255, max(0, safe)))
    }
    guard let reply = try ask(.version) else {
      // Devices there are that do not know the question; they have no Safe mode either.
      if options.isDeadManWaived { return }
      throw .noDeadMan(path: path)
    }
    guard let version = reply.version else {
      throw .otherDevice(path: path, name: "'\(reply.text)'")
    }
    // The NE-9000s are peristaltic: a diameter means something else to them.
    let isSyringePump = version.model.hasPrefix("NE") && !version.model.hasPrefix("NE9")
    if !isSyringePump { throw .otherDevice(path: path, name: version.model) }
    found.version = version
  }

  /// What somebody else started is not taken over; a pause is ended.
  private mutating func checkAtRest() throws(NewEraPumpError) {
    guard let reply = try ask(.status) else { throw lost }
    switch reply.prompt {
    case .stopped: return
    case .paused: _ = try ask(.stop)
    default: throw .running(path: path)
    }
  }

  private mutating func setMode() throws(NewEraPumpError) {
    if options.isDeadManWaived {
      if line.framing == .safe {
        guard try ask(.safe(0)) != nil else { throw lost }
        line.framing = .basic
      }
      return
    }
    // The answer comes in the mode that was asked for.
    guard let reply = try ask(.safe(1)), reply.refusal == nil else {
      throw .noDeadMan(path: path)
    }
    line.framing = .safe
    guard let answer = try ask(.safe(nil)) else { throw .noDeadMan(path: path) }
    if let set = answer.number, set.value != 1 {
      throw .notSet(path: path, command: "SAF1", says: answer.text)
    }
    found.safeSeconds = 1
  }

  private mutating func setUp() throws(NewEraPumpError) {
    let diameter = 2 * (options.boreArea / Double.pi).squareRoot() / 1000
    guard let number = NewEraNumber(nearest: diameter) else {
      throw .notSet(path: path, command: "DIA", says: "\(diameter) mm")
    }
    try tell(.diameter(number))
    guard let set = try ask(.diameter(nil))?.number else { throw lost }
    // Four digits: within half of the last, and devices that show fewer.
    if abs(set.value - number.value) > 0.011 {
      throw .notSet(path: path, command: "DIA\(number)", says: "\(set)")
    }
    found.diameter = number
    // Microlitres show more; a pump that does not take them counts in millilitres.
    _ = try ask(.volumeUnit(.microlitres))
    // One portion and then a stop: a phase 2 that pumps on would never end. No resuming by itself
    // after a loss of power. Devices without a program do not know these.
    try tryTo([.phase(2), .function(.stop), .phase(1), .function(.rate)])
    try tryTo([.setting(.powerFailure, [Ascii.zero])])
    try tell(.direction(.infuse))
    _ = try ask(.clearDispensed(.infuse))
    _ = try ask(.clearDispensed(.withdraw))
    guard let shown = try ask(.dispensed)?.dispensed else {
      throw .refused(path: path, command: "DIS", why: "it does not tell what it has dispensed")
    }
    found.volumeUnit = shown.unit
  }

  /// Whether the pump takes a rate with this syringe, µL/h by its own reckoning; nothing moves.
  mutating func takes(_ rate: NewEraPumpRate) throws(NewEraPumpError) -> Bool {
    guard let reply = try ask(.rate(.set, rate.number, rate.unit)) else { throw lost }
    if reply.refusal == .outOfRange { return false }
    if let refusal = reply.refusal {
      throw .refused(
        path: path, command: "RAT\(rate.number)\(rate.unit.rawValue)", why: refusal.text)
    }
    return true
  }

  /// Commands that every pump of the family knows, and that others may leave unanswered.
  private mutating func tryTo(_ commands: [NewEraCommand]) throws(NewEraPumpError) {
    for command in commands {
      guard let reply = try ask(command) else {
        if found.version == nil { return }
        throw lost
      }
      if reply.refusal == .notRecognised, found.version == nil { return }
    }
  }

  private mutating func tell(_ command: NewEraCommand) throws(NewEraPumpError) {
    guard let reply = try ask(command) else { throw lost }
    if let refusal = reply.refusal {
      throw .refused(
        path: path, command: String(decoding: command.text, as: UTF8.self), why: refusal.text)
    }
  }

  private var lost: NewEraPumpError {
    .noAnswer(
      path: path, address: options.address, baud: options.baud, heard: line.heard)
  }

  private mutating func ask(_ command: NewEraCommand) throws(NewEraPumpError) -> NewEraReply? {
    var alarms: [NewEraAlarm] = []
    defer { found.alarms += alarms }
    do {
      let reply = try line.ask(command, acknowledged: &alarms)
      if reply == nil, alarms.count >= 4 {
        throw NewEraPumpError.alarm(path: path, name: alarms.last?.text ?? "")
      }
      return reply
    } catch let error as SerialLinkError {
      throw .link(error)
    } catch let error as NewEraPumpError {
      throw error
    } catch {
      preconditionFailure("an error of no declared type")
    }
  }
}
