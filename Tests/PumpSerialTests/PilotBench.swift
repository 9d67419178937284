import PumpHAL

@testable import PumpSerial

/// A New Era pump as far as the driver sees one: rate, volume, run, stop, counter, alarms, time-out.
///
/// Written for these tests alone, from the manual's rules, and shares nothing with the emulated pump.
struct FakeNewEraPump {
  var prompt = NewEraPrompt.stopped
  var alarm: NewEraAlarm?
  /// What really left, µL, and what the counter shows of it.
  var dispensed_uL = 0.0
  var counter_uL = 0.0
  var rate = (number: NewEraNumber.zero, unit: NewEraRateUnit.millilitresPerMinute)
  var volume_uL = 0.0
  var left_uL = 0.0
  var diameter = NewEraNumber(nearest: 26.59) ?? .zero
  var unit = NewEraVolumeUnit.millilitres
  var safeSeconds: UInt8 = 0
  var version = "NE1000V3.928"
  /// Milliseconds since the last valid packet; nil while the time-out is not armed.
  private var unheard: Double?
  /// Milliseconds for which a start is not seen in answers.
  var startLag = 0.0
  private var lagLeft = 0.0
  /// The counter is read every so often at most, and stalls at this, µL.
  var stallsAt_uL = Double.infinity
  /// Commands that were executed, as text.
  var executed: [String] = []
  var rateMax_uLps = 500.0
  var knowsSafeMode = true

  private var perSecond: Double { rate.number.value * rate.unit.microlitresPerSecond }

  /// Time passes; true where an alarm has come up.
  mutating func pass(milliseconds: Double) -> Bool {
    lagLeft = max(0, lagLeft - milliseconds)
    if safeSeconds > 0, let quiet = unheard {
      unheard = quiet + milliseconds
      if quiet + milliseconds > Double(safeSeconds) * 1000, alarm == nil {
        unheard = nil
        return raise(.timedOut)
      }
    }
    guard prompt == .infusing else { return false }
    let step = min(left_uL, perSecond * milliseconds / 1000)
    dispensed_uL += step
    counter_uL += step
    left_uL -= step
    if dispensed_uL >= stallsAt_uL { return raise(.stalled) }
    if left_uL <= 1e-9 { prompt = .stopped }
    return false
  }

  mutating func raise(_ alarm: NewEraAlarm) -> Bool {
    self.alarm = alarm
    if prompt != .stopped { prompt = .paused }
    return true
  }

  /// The answer to a command.
  mutating func answer(_ command: NewEraCommand, address: UInt8 = 0) -> NewEraReply {
    if safeSeconds > 0 { unheard = 0 }
    if let alarm {
      self.alarm = nil
      return NewEraReply(address: address, state: .alarm(alarm))
    }
    let data = execute(command)
    let shown = lagLeft > 0 ? NewEraPrompt.stopped : prompt
    return NewEraReply(address: address, state: .prompt(shown), data: Array(data.utf8))
  }

  private mutating func execute(_ command: NewEraCommand) -> String {
    if command != .dispensed, command != .status {
      executed.append(String(decoding: command.text, as: UTF8.self))
    }
    switch command {
    case .status, .phase, .function, .setting: return ""
    case .version: return version
    case .safe(nil): return "\(safeSeconds)"
    case .safe(let seconds?):
      if !knowsSafeMode { return "?" }
      safeSeconds = seconds
      unheard = seconds > 0 ? 0 : nil
      return ""
    case .diameter(nil): return String(decoding: diameter.replyText, as: UTF8.self)
    case .diameter(let number?):
      if prompt.isPumping { return "?NA" }
      diameter = number
      counter_uL = 0
      return ""
    case .volumeUnit(let unit):
      self.unit = unit
      return ""
    case .direction: return ""
    case .rate(_, let number?, let unit?):
      if prompt.isPumping, unit != rate.unit { return "?NA" }
      if number.value * unit.microlitresPerSecond > rateMax_uLps { return "?OOR" }
      rate = (number, unit)
      return ""
    case .volume(let number):
      if prompt.isPumping { return "?NA" }
      volume_uL = number.value * unit.microlitres
      return ""
    case .run:
      if prompt.isPumping { return "?NA" }
      if prompt == .stopped { left_uL = volume_uL == 0 ? .infinity : volume_uL }
      prompt = .infusing
      lagLeft = startLag
      return ""
    case .stop:
      prompt = prompt == .infusing ? .paused : .stopped
      lagLeft = 0
      return ""
    case .dispensed:
      let shown =
        NewEraNumber(notAbove: counter_uL / unit.microlitres)?.replyText ?? Array("9999.".utf8)
      return "I" + String(decoding: shown, as: UTF8.self) + "W0.000" + unit.rawValue
    case .clearDispensed(let direction):
      if prompt.isPumping { return "?NA" }
      if direction == .infuse { counter_uL = 0 }
      return ""
    default: return "?"
    }
  }
}

/// What becomes of a command on its way.
enum Fate {
  /// It arrives, and so does its answer.
  case whole
  /// It never arrives.
  case lost
  /// It arrives, its answer does not.
  case unanswered
  /// Its answer comes later by so many milliseconds.
  case late(Int)
}

/// Pilot and pump on a line with delays, a millisecond at a time.
struct PilotBench {
  var pump = FakeNewEraPump()
  var pilot: NewEraPumpPilot
  var millisecond = 0
  /// Milliseconds in a step; coarser for long runs.
  var stride = 1
  /// What the control loop wants, µL/h; and where it is, µL.
  var flow_uLph = 0.0
  var target_uL = 0.0
  var isPermitted = false
  var isFresh = true
  /// Whether the target follows the flow.
  var isTargetMoving = true
  var fate: (NewEraCommand, Int) -> Fate = { _, _ in .whole }
  /// Commands that were sent, with their millisecond.
  var sent: [(at: Int, text: String)] = []
  private var arriving: [(at: Int, command: NewEraCommand, fate: Fate)] = []
  private var answering: [(at: Int, reply: NewEraReply)] = []
  /// Milliseconds of a command on the line, and of its answer.
  var there = 6
  var back = 12

  init(safe: UInt8 = 1) {
    pump.unit = .microlitres
    pump.safeSeconds = safe
    pilot = NewEraPumpPilot(
      address: 0, safeSeconds: safe, volumeUnit: .microlitres, slowest_uLph: 0, at: 1_000_000_000)
  }

  var now: UInt64 { 1_000_000_000 + UInt64(millisecond) * 1_000_000 }

  mutating func run(_ milliseconds: Int, until condition: (Self) -> Bool = { _ in false }) {
    for _ in 0..<milliseconds where !condition(self) { step() }
  }

  mutating func step() {
    millisecond += stride
    if pump.pass(milliseconds: Double(stride)), pump.safeSeconds > 0, let alarm = pump.alarm {
      // Safe mode tells it unasked, and goes on waiting for somebody to acknowledge it.
      say(NewEraReply(address: 0, state: .alarm(alarm)), in: back)
    }
    while let first = arriving.first, first.at <= millisecond {
      arriving.removeFirst()
      let reply = pump.answer(first.command)
      switch first.fate {
      case .whole: say(reply, in: back)
      case .late(let more): say(reply, in: back + more)
      case .lost, .unanswered: break
      }
    }
    if isPermitted, isTargetMoving { target_uL += flow_uLph / 3_600_000 * Double(stride) }
    pilot.wish = NewEraPumpPilot.Wish(
      isPermitted: isPermitted, isFresh: isFresh, flow_uLph: isPermitted ? flow_uLph : 0,
      target_uL: target_uL)
    while let first = answering.first, first.at <= millisecond {
      answering.removeFirst()
      pilot.take(first.reply, at: now)
    }
    pilot.advance(to: now)
    guard let command = pilot.next(at: now) else { return }
    pilot.sent(command, at: now)
    sent.append((millisecond, String(decoding: command.text, as: UTF8.self)))
    let fate = fate(command, millisecond)
    if case .lost = fate { return }
    arriving.append((millisecond + there, command, fate))
  }

  /// Answers keep their order on the line.
  private mutating func say(_ reply: NewEraReply, in delay: Int) {
    let at = max(millisecond + delay, answering.last?.at ?? 0)
    answering.append((at, reply))
  }

  func count(_ prefix: String) -> Int { sent.count { $0.text.hasPrefix(prefix) } }
}
