import PumpHAL
import PumpPlant

/// A pump of the New Era family: its own software, on the modelled world.
///
/// A value without port or clock: bytes and the time of the line go in, bytes come out, and `tick` lets
/// 10 ms pass in the world. What it does and where that is from is in `Docs/NewEra.md`.
struct NewEraDevice: Sendable {
  /// What it is.
  let version: NewEraVersion
  /// What it keeps without power.
  var settings: NewEraSettings
  var program = NewEraProgram()
  var mechanics: NewEraMechanics
  /// The phase that is looked at.
  var selected = 1
  /// What it believes to have dispensed since it was cleared, µL.
  var infused = 0.0
  var withdrawn = 0.0
  /// An alarm that nobody has acknowledged.
  var alarm: NewEraAlarm?
  /// Levels of the input pins 2, 3, 4 and 6; they are pulled up.
  var inputs: [UInt8: Bool] = [2: true, 3: true, 4: true, 6: true]
  /// Level of the output pin 5.
  var output5 = true
  /// Beeps so far.
  var beeps = 0
  /// Whether the buzzer sounds on and on.
  var isBuzzing = false
  /// Ticks since the world began.
  var now: Int64 = 0
  /// The tick in which the pump first pumped; nil before.
  var firstPumpedAt: Int64?
  /// What it sends; whoever sends it empties it.
  var output: [UInt8] = []

  private var decoder: NewEraCommandDecoder
  private var isOn = true
  /// When Safe mode's time is over, on the line's clock; nil while it does not run.
  private var silentUntil: UInt64?
  /// What is to happen in the world.
  var schedule: NewEraWorldSchedule

  init(
    version: NewEraVersion, settings: NewEraSettings, world: PlantParameters,
    schedule: NewEraWorldSchedule = NewEraWorldSchedule()
  ) {
    self.version = version
    self.settings = settings
    self.schedule = schedule
    mechanics = NewEraMechanics(world)
    decoder = NewEraCommandDecoder(framing: settings.framing)
    powerOn()
  }

  /// What a syringe as it was told lets it do.
  var limits: NewEraRateLimits { NewEraRateLimits(diameter: settings.diameter) }

  // MARK: The line

  /// Takes a byte that came at `nanoseconds` of the line's clock.
  mutating func take(_ byte: UInt8, at nanoseconds: UInt64) {
    if !isOn { return }
    passLineTime(nanoseconds)
    switch decoder.take(byte, at: nanoseconds) {
    case nil: break
    case .command(let payload, let framing):
      for command in NewEraAddressedCommand.split(payload) {
        take(command, framing, at: nanoseconds)
      }
    case .invalid(.basic): reply(refusal: .notRecognised)
    case .invalid(.safe): reply(refusal: .invalidPacket)
    }
  }

  /// The host went away: what it said half is forgotten, everything else goes on.
  mutating func hostIsGone() {
    decoder.reset()
    output = []
  }

  /// Lets the line's clock go on: in Safe mode silence is an alarm.
  mutating func passLineTime(_ nanoseconds: UInt64) {
    guard let limit = silentUntil, nanoseconds >= limit else { return }
    silentUntil = nil
    if isOn { raise(.timedOut) }
  }

  private mutating func take(
    _ command: NewEraAddressedCommand, _ framing: NewEraFraming, at nanoseconds: UInt64
  ) {
    if let address = command.address {
      // Of a pair each pump hears only what is for everybody.
      if address != settings.address || settings.pairing != nil { return }
    }
    let parsed = NewEraCommand.parse(command.text)
    // Safe mode is set before anything is answered, and whatever is wrong: hosts leave it that way
    // and expect the answer in the mode that they asked for.
    if case .success(.safe(let seconds?)) = parsed { setSafe(seconds) }
    if settings.framing == .safe {
      silentUntil = nanoseconds + UInt64(settings.safeTimeout) * 1_000_000_000
    }
    // An alarm is acknowledged by being told, and what it was told in answer to is not done.
    if let alarm {
      self.alarm = nil
      send(NewEraReply(address: settings.address, state: .alarm(alarm)))
      return
    }
    switch parsed {
    case .failure(let error): reply(refusal: error.refusal)
    case .success(let command):
      switch execute(command) {
      case .data(let data): reply(data)
      case .refused(let refusal): reply(refusal: refusal)
      }
    }
  }

  private mutating func setSafe(_ seconds: UInt8) {
    settings.safeTimeout = seconds
    decoder.framing = settings.framing
    if seconds == 0 { silentUntil = nil }
  }

  /// Takes the framing of the settings, after something else than `SAF` changed it.
  mutating func followFraming() { setSafe(settings.safeTimeout) }

  private mutating func reply(_ data: [UInt8]) {
    send(NewEraReply(address: settings.address, state: .prompt(program.prompt), data: data))
  }

  private mutating func reply(refusal: NewEraRefusal) {
    send(NewEraReply(address: settings.address, state: .prompt(program.prompt), refusal: refusal))
  }

  private mutating func send(_ reply: NewEraReply) {
    output += NewEraFrame.reply(reply.payload, settings.framing)
  }

  // MARK: Alarms and power

  /// Stops with an alarm; in Safe mode the host is told unasked, which acknowledges nothing.
  mutating func raise(_ alarm: NewEraAlarm) {
    program.stop()
    mechanics.stand()
    self.alarm = alarm
    tellAlarm()
  }

  private mutating func tellAlarm() {
    guard let alarm, settings.framing == .safe else { return }
    send(NewEraReply(address: settings.address, state: .alarm(alarm)))
  }

  /// Power comes: only what is kept without it is left, and the alarm says so.
  private mutating func powerOn() {
    let interruptedAt = settings.isOn(.powerFailure) && program.isRunning ? program.phase : nil
    isOn = true
    program = NewEraProgram()
    selected = 1
    infused = 0
    withdrawn = 0
    isBuzzing = false
    mechanics.powerOn()
    decoder = NewEraCommandDecoder(framing: settings.framing)
    // Safe mode's time runs from the first valid packet.
    silentUntil = nil
    alarm = .reset
    tellAlarm()
    if let interruptedAt { enter(interruptedAt) }
  }

  // MARK: Time

  /// One tick of 10 ms in the world.
  mutating func tick() {
    schedule.apply(to: &mechanics.pump, at: now, firstPumpedAt: firstPumpedAt)
    let hasPower = mechanics.pump.isPowered
    if hasPower && !isOn {
      powerOn()
    } else if !hasPower && isOn {
      isOn = false
      output = []
    }
    if isOn { run() }
    mechanics.tick()
    now += 1
    if isOn && program.isMotorOn && mechanics.hasStalled() { raise(.stalled) }
  }

  /// What the program does in one tick.
  private mutating func run() {
    var left = 0.01
    // A phase that takes almost no time must not hold up the tick.
    for _ in 0..<100 where left > 0 && isOn {
      switch program.activity {
      case .pumping:
        noteFirstMotion()
        let volume = program.rate * left
        if let remaining = program.remaining, remaining <= volume {
          dispense(remaining)
          left -= remaining / program.rate
          leavePhase()
        } else {
          dispense(volume)
          program.remaining = program.remaining.map { $0 - volume }
          left = 0
        }
      case .purging:
        noteFirstMotion()
        dispense(limits.rateMax * left)
        left = 0
      case .timedPause:
        if program.pauseLeft <= left {
          left -= program.pauseLeft
          leavePhase()
        } else {
          program.pauseLeft -= left
          left = 0
        }
      case .between:
        enter(program.phase)
        if program.activity == .between { left = 0 }
      case .stopped, .paused, .awaitingTrigger, .awaitingSelection: left = 0
      }
    }
    if !program.isMotorOn { mechanics.stand() }
  }

  private mutating func noteFirstMotion() {
    if firstPumpedAt == nil { firstPumpedAt = now }
  }

  /// Moves the plunger by what the pump believes to be so many µL, and counts them.
  private mutating func dispense(_ volume: Double) {
    let isForward = program.direction == .infuse
    mechanics.move((isForward ? volume : -volume) / limits.area)
    if isForward { infused += volume } else { withdrawn += volume }
  }

  private mutating func leavePhase() {
    program.changedPhaseAt = now
    enter(program.phase + 1)
  }
}
