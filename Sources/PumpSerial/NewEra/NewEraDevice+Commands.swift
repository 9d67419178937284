/// What each command does; `NewEraDevice` has seen to address, alarm and framing before.
extension NewEraDevice {
  enum Outcome {
    case data([UInt8])
    case refused(NewEraRefusal)
    static let done = Outcome.data([])
  }

  mutating func execute(_ command: NewEraCommand) -> Outcome {
    switch command {
    case .status: return .done
    case .diameter(let number): return diameter(number)
    case .phase(let phase):
      guard let phase else { return .data(twoDigits(program.isRunning ? program.phase : selected)) }
      if program.isRunning { return .refused(.notApplicable) }
      selected = Int(phase)
      return .done
    case .function(let function):
      guard let function else { return .data(Array(looked.function.string.utf8)) }
      if program.isRunning { return .refused(.notApplicable) }
      settings.phases[selected - 1].function = function
      return .done
    case .rate(let scope, let number, let unit): return rate(scope, number, unit)
    case .askVolume:
      return .data(looked.volume.replyText + Array(settings.volumeUnit.rawValue.utf8))
    case .volume(let number):
      if program.isRunning { return .refused(.notApplicable) }
      settings.phases[selected - 1].volume = number
      return .done
    case .volumeUnit(let unit):
      if program.isRunning { return .refused(.notApplicable) }
      settings.volumeUnit = unit
      return .done
    case .direction(let order): return direction(order)
    case .run(let phase): return run(phase.map { Int($0) })
    case .event(let phase):
      // The program went on by itself in this very moment: the pump cannot tell which came first.
      if program.isRunning && program.changedPhaseAt == now { return .refused(.ignored) }
      return event(to: phase.map { Int($0) }) ? .done : .refused(.notApplicable)
    case .purge:
      if program.isRunning { return .refused(.notApplicable) }
      if program.activity == .stopped {
        program.direction = looked.direction ?? program.direction
        program.interrupted = .stopped
      }
      program.activity = .purging
      return .done
    case .stop:
      halt()
      return .done
    case .dispensed: return .data(dispensed.data)
    case .clearDispensed(let direction):
      if program.isRunning { return .refused(.notApplicable) }
      if direction == .infuse { infused = 0 } else { withdrawn = 0 }
      return .done
    // A value has been taken before the alarm was looked at.
    case .safe(let seconds):
      return seconds == nil ? .data(Array("\(settings.safeTimeout)".utf8)) : .done
    case .version: return .data(version.data)
    case .setting(let setting, let value):
      if value.isEmpty { return .data(settings.choice(setting)) }
      settings.set(setting, to: value)
      return .done
    case .buzzer(let isOn, let count):
      isBuzzing = isOn && count == 0
      beeps += Int(count)
      return .done
    case .output(let level):
      output5 = level
      return .done
    case .input(let pin): return .data([inputs[pin] == false ? 0x30 : 0x31])
    case .address(let addressing): return address(addressing)
    case .reset:
      program.stop()
      mechanics.stand()
      settings.reset()
      selected = 1
      followFraming()
      return .done
    }
  }

  /// The phase that is asked about: the one that runs, else the one that was selected.
  private var looked: NewEraSettings.Phase {
    settings.phases[(program.isRunning ? min(max(program.phase, 1), 41) : selected) - 1]
  }

  private func twoDigits(_ number: Int) -> [UInt8] {
    [Ascii.zero + UInt8(number / 10 % 10), Ascii.zero + UInt8(number % 10)]
  }

  private mutating func diameter(_ number: NewEraNumber?) -> Outcome {
    guard let number else { return .data(settings.diameter.replyText) }
    if program.isRunning { return .refused(.notApplicable) }
    if number.tenThousandths < 1000 || number.tenThousandths > 500_000 {
      return .refused(.outOfRange)
    }
    settings.diameter = number
    settings.volumeUnit = .chosen(forDiameter: number)
    infused = 0
    withdrawn = 0
    return .done
  }

  private mutating func rate(
    _ scope: NewEraRateScope, _ number: NewEraNumber?, _ unit: NewEraRateUnit?
  ) -> Outcome {
    if scope == .current && program.activity != .pumping { return .refused(.notApplicable) }
    switch looked.function {
    case .rate, .fill, .increment, .decrement: break
    default: return .refused(.notApplicable)
    }
    let isPumping = program.activity == .pumping
    let before = isPumping ? program.rateNumber : looked.rate
    let beforeUnit = isPumping ? program.rateUnit : looked.rateUnit
    guard let number else { return .data(before.replyText + Array(beforeUnit.rawValue.utf8)) }
    if program.isRunning && !isPumping { return .refused(.notApplicable) }
    if isPumping && unit != nil && unit != beforeUnit { return .refused(.notApplicable) }
    let unit = unit ?? beforeUnit
    var new = number
    if scope == .increment {
      guard let sum = NewEraNumber(nearest: before.value + number.value) else {
        return .refused(.outOfRange)
      }
      new = sum
    }
    let flow = new.value * unit.microlitresPerSecond
    // A phase may stand at 0 until it is told a rate, and an INC or DEC phase changes by less than
    // the pump can go.
    let isChange = looked.function == .increment || looked.function == .decrement
    if isPumping {
      if isChange { return .refused(.notApplicable) }
      if program.changedPhaseAt == now { return .refused(.ignored) }
      if !limits.holds(flow) { return .refused(.outOfRange) }
      // While pumping the memory keeps what it had.
      program.rate = flow
      program.rateNumber = new
      return .done
    }
    let isPossible = isChange ? flow <= limits.rateMax : new == .zero || limits.holds(flow)
    if !isPossible { return .refused(.outOfRange) }
    settings.phases[selected - 1].rate = new
    settings.phases[selected - 1].rateUnit = unit
    return .done
  }

  private mutating func direction(_ order: NewEraDirectionOrder?) -> Outcome {
    let now = program.isRunning ? program.direction : looked.direction
    switch order {
    case nil: return .data(Array((now?.rawValue ?? "STK").utf8))
    case .sticky:
      if program.isRunning { return .refused(.notApplicable) }
      settings.phases[selected - 1].direction = nil
      return .done
    case .infuse: return turn(.infuse) ? .done : .refused(.notApplicable)
    case .withdraw: return turn(.withdraw) ? .done : .refused(.notApplicable)
    case .reverse:
      return turn((now ?? program.direction).reversed) ? .done : .refused(.notApplicable)
    }
  }

  private mutating func run(_ phase: Int?) -> Outcome {
    switch program.activity {
    case .pumping, .purging, .timedPause, .between: return .refused(.notApplicable)
    case .awaitingTrigger:
      enter(program.phase + 1)
      return .done
    case .awaitingSelection:
      guard let phase else { return .refused(.notApplicable) }
      let label = NewEraFunction.label(UInt8(phase))
      guard let index = settings.phases.firstIndex(where: { $0.function == label }) else {
        return .refused(.outOfRange)
      }
      enter(index + 1)
      return .done
    case .paused where phase == nil:
      resume()
      return .done
    case .paused, .stopped:
      let start = phase ?? 1
      if !(1...NewEraSettings.phaseCount).contains(start) { return .refused(.outOfRange) }
      if let objection = objection(toStartAt: start) { return .refused(objection) }
      program.stop()
      enter(start)
      return .done
    }
  }

  /// What is shown as dispensed: never more than was counted, and from 0 again after 9999.
  private var dispensed: NewEraDispensed {
    let unit = settings.volumeUnit
    func shown(_ volume: Double) -> NewEraNumber {
      let number = volume / unit.microlitres
      return NewEraNumber(notAbove: number - (number / 10_000).rounded(.down) * 10_000) ?? .maximum
    }
    return NewEraDispensed(infused: shown(infused), withdrawn: shown(withdrawn), unit: unit)
  }

  private mutating func address(_ addressing: NewEraAddressing) -> Outcome {
    switch addressing {
    case .ask: return .data(twoDigits(Int(settings.address)))
    case .set(let address, let baud):
      settings.address = address
      settings.pairing = nil
      // The answer comes at the new speed already.
      if let baud { settings.baud = baud }
      return .done
    case .pair(let pairing):
      settings.pairing = pairing
      return .done
    }
  }
}
