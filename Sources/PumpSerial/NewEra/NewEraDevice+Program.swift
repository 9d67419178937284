/// How the program goes from phase to phase.
extension NewEraDevice {
  /// The most phases without duration that are done in one tick.
  private static let hopsMax = 1000

  /// Goes to a phase, and on from it through all that take no time.
  mutating func enter(_ phase: Int) {
    program.phase = phase
    for _ in 0..<Self.hopsMax {
      guard (1...NewEraSettings.phaseCount).contains(program.phase) else {
        raise(.phaseOutOfRange)
        return
      }
      guard let next = begin(settings.phases[program.phase - 1]) else { return }
      program.phase = next
    }
    program.activity = .between
  }

  /// Begins a phase; gives the one to go on at where this takes no time, nil where it takes some or
  /// the program has ended.
  private mutating func begin(_ phase: NewEraSettings.Phase) -> Int? {
    let after = program.phase + 1
    switch phase.function {
    case .rate: return pump(phase, at: phase.rate, volume: volume(of: phase))
    case .increment, .decrement: return step(phase)
    case .fill: return fill(phase)
    case .stop:
      program.stop()
      return nil
    case .jump(let target): return Int(target)
    case .selectProgram:
      program.activity = .awaitingSelection
      return nil
    case .label: return after
    case .loopStart:
      if program.beginLoop() { return after }
      raise(.programError)
      return nil
    case .loop(let count): return program.endLoop(count: Int(count))
    case .loopForever: return program.endLoop(count: nil)
    case .pause(let tenths):
      program.activity = tenths == 0 ? .awaitingTrigger : .timedPause
      program.pauseLeft = Double(tenths) / 10
      return nil
    case .ifLow(let target): return inputs[6] == false ? Int(target) : after
    case .onEvent(let target):
      program.trap = NewEraProgram.Trap(phase: Int(target), isAtEveryChange: false)
      return after
    case .onChange(let target):
      program.trap = NewEraProgram.Trap(phase: Int(target), isAtEveryChange: true)
      return after
    case .resetEvent:
      program.trap = nil
      return after
    case .clearDispensed:
      infused = 0
      withdrawn = 0
      return after
    case .trigger(let mode):
      program.trigger = mode
      return after
    case .beep:
      beeps += 1
      return after
    case .output(let level):
      output5 = level
      return after
    }
  }

  /// The volume of a phase, µL; nil without an end.
  private func volume(of phase: NewEraSettings.Phase) -> Double? {
    phase.volume == .zero ? nil : phase.volume.value * settings.volumeUnit.microlitres
  }

  private mutating func pump(
    _ phase: NewEraSettings.Phase, at number: NewEraNumber, volume: Double?
  ) -> Int? {
    let rate = number.value * phase.rateUnit.microlitresPerSecond
    if !limits.holds(rate) {
      raise(.programError)
      return nil
    }
    program.rate = rate
    program.rateNumber = number
    program.rateUnit = phase.rateUnit
    // A sticky phase goes on the way it went, or as input 3 says where it is the first.
    if let direction = phase.direction {
      program.direction = direction
    } else if program.activity == .stopped {
      program.direction = inputs[3] == false ? .infuse : .withdraw
    }
    program.remaining = volume
    program.activity = .pumping
    return nil
  }

  /// Pumps faster or slower than the phase before, by the rate of this one.
  private mutating func step(_ phase: NewEraSettings.Phase) -> Int? {
    let unit = phase.rateUnit.microlitresPerSecond
    let change = phase.function == .increment ? phase.rate.value : -phase.rate.value
    guard let number = NewEraNumber(nearest: program.rate / unit + change) else {
      raise(.programError)
      return nil
    }
    return pump(phase, at: number, volume: volume(of: phase))
  }

  /// Takes back what was infused, or gives back what was withdrawn, whichever way the phase goes.
  private mutating func fill(_ phase: NewEraSettings.Phase) -> Int? {
    let direction = phase.direction ?? program.direction.reversed
    let volume = direction == .withdraw ? infused - withdrawn : withdrawn - infused
    if volume <= 0 { return program.phase + 1 }
    var phase = phase
    phase.direction = direction
    return pump(phase, at: phase.rate, volume: volume)
  }

  // MARK: From outside

  /// Why the program cannot begin at a phase; nil where it can.
  func objection(toStartAt phase: Int) -> NewEraRefusal? {
    let phase = settings.phases[phase - 1]
    if phase.function != .rate { return nil }
    if phase.rate == .zero { return .notApplicable }
    let rate = phase.rate.value * phase.rateUnit.microlitresPerSecond
    return limits.holds(rate) ? nil : .outOfRange
  }

  /// Goes on after a pause.
  mutating func resume() {
    program.activity = program.interrupted
    program.interrupted = .stopped
  }

  /// An event from the line or the event input; false where nothing waits for one.
  mutating func event(to phase: Int?) -> Bool {
    if !program.isRunning { return false }
    guard let target = phase ?? program.trap?.phase else { return false }
    if program.trap?.isAtEveryChange != true { program.trap = nil }
    enter(target)
    return true
  }

  /// Sets an input pin: 2 operational trigger, 3 direction, 4 event, 6 program input.
  mutating func setInput(_ pin: UInt8, to level: Bool) {
    guard let before = inputs[pin], before != level else { return }
    inputs[pin] = level
    switch pin {
    case 2: trigger(isRising: level)
    case 3:
      let isWithdrawing = level != settings.isOn(.directionalInput)
      _ = turn(isWithdrawing ? .withdraw : .infuse)
    case 4:
      if !level || program.trap?.isAtEveryChange == true, program.trap != nil {
        _ = event(to: nil)
      }
    default: break
    }
  }

  /// What the operational trigger does at an edge (NE-500 manual, table of TTL connections).
  private mutating func trigger(isRising: Bool) {
    let mode = String(decoding: program.trigger ?? settings.choice(.trigger), as: UTF8.self)
    let starts: Bool
    switch (mode, isRising) {
    case ("FT", false), ("F2", true):
      starts = !program.isRunning || program.activity == .awaitingTrigger
    case ("FH", false), ("ST", false), ("RL", false), ("LE", true), ("T2", true), ("RH", true):
      starts = true
    case ("FH", true), ("SP", false), ("SL", false), ("LE", false), ("P2", true), ("SH", true):
      starts = false
    case ("ET", false):
      _ = event(to: nil)
      return
    default: return
    }
    if alarm != nil { return }
    if !starts {
      halt()
    } else if program.activity == .awaitingTrigger {
      enter(program.phase + 1)
    } else if program.activity == .paused {
      resume()
    } else if program.activity == .stopped && objection(toStartAt: 1) == nil {
      enter(1)
    }
  }

  /// `STP`: pauses what runs; stops what is paused; a purge just ends.
  mutating func halt() {
    if program.activity == .purging {
      program.activity = program.interrupted == .stopped ? .stopped : .paused
    } else if program.isRunning {
      program.pause()
    } else {
      program.stop()
    }
    if !program.isMotorOn { mechanics.stand() }
  }

  /// Turns the pumping direction; false where that cannot be now.
  mutating func turn(_ direction: NewEraDirection) -> Bool {
    if program.isRunning {
      if program.activity != .pumping || program.remaining != nil { return false }
      program.direction = direction
      settings.phases[program.phase - 1].direction = direction
    } else {
      settings.phases[selected - 1].direction = direction
    }
    return true
  }
}
